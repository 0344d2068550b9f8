"""What each job of a study read and made, by digest, and what it took.

A record stands beside the study's tables, in the lines of `sha256sum` (` *` before what the job
made). A release keeps only what is as its jobs made it, and a build makes anew what is not.
"""

import atexit
import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from coevo import files
from coevo.errors import StudyError, speak_plainly
from coevo.files import PART, sha256_of, write_text
from coevo.paths import read_small

RECORDS = ".made"  # folder, beside a study's tables
OUTPUT_MARK, INPUT_MARK = " *", "  "  # between digest and file in a line of a record


def begin_job(log: str | Path, inputs: Iterable[str], settings: Any = None) -> None:
    """Let this process, a script, record what it reads and makes, and say plainly what stops it.

    The record begins anew with the job, and a file stands in it once it is in its place: what a
    killed job leaves is not taken for made. settings: what of the config the job depends on.
    """
    speak_plainly(log)
    read = [file for file in inputs if Path(file).suffix != PART]
    record = record_of(log)
    files.records.clear()
    write_text("".join(f"{sha256_of(file)}{INPUT_MARK}{file}\n" for file in read), record)
    files.records.append(record)
    atexit.register(_note_costs, costs_of(log), settings_digest(settings))


def record_of(log: str | Path) -> Path:
    """Return the record of a job, by its log `logs/<study>/<job>.log`."""
    return Path("data", "processed", Path(log).parent.name, RECORDS, Path(log).stem)


def costs_of(log: str | Path) -> Path:
    """Return the file, JSON, of what a job took, by its log."""
    return Path(log).with_suffix(".costs.json")


def settings_digest(settings: Any) -> str:
    """Return the SHA-256 of what a config says."""
    return sha256_of(json.dumps(settings, sort_keys=True, default=str).encode())


def _note_costs(path: Path, settings: str) -> None:
    """Write what this process and those that it called took, when and on which machine."""
    import psutil

    costs = {
        "seconds": round(sum(os.times()[:4]), 1),
        "megabytes": round(_most_memory() / 1e6),
        "machine": f"{platform.system()} {platform.release()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB of memory",
        "date": f"{date.today()}",
        "python": platform.python_version(),
        "settings": settings,
    }
    files.records.clear()  # it is none of what the job makes
    with suppress(OSError):
        write_text(json.dumps(costs) + "\n", path)


def _most_memory() -> int:
    """Return the bytes of memory that this process, or one that it called, has had at most."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

    peaks = (getrusage(who).ru_maxrss for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return max(peaks) * (1 if sys.platform == "darwin" else 1024)


def read_record(record: str | Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a job read and what it made, by file: its SHA-256; of no record nothing."""
    sides: tuple[dict[str, str], dict[str, str]] = {}, {}
    if Path(record).exists():
        for line in read_small(record).splitlines():
            sides[line[64:66] == OUTPUT_MARK][line[66:]] = line[:64]
    return sides


def changed(digests: dict[str, str], within: str | Path = "") -> list[str]:
    """Return the files, in the folder `within`, that have another SHA-256 or are not there."""
    paths = {file: Path(within, file) for file in digests}
    return [
        path.as_posix()
        for file, path in paths.items()
        if not path.is_file() or sha256_of(path) != digests[file]
    ]


class Jobs:
    """The jobs of the last build of a study, by their records.

    sides: what each read and made, digests by file; made: the record of the job that made a file.
    """

    def __init__(self, study: str) -> None:
        self.study = study
        records = [*Path("data", "processed", study, RECORDS).glob("[!.]*")]
        records.sort(key=lambda record: record.stat().st_mtime)  # the newest says what holds
        self.sides = {record: read_record(record) for record in records}
        self.made = {file: record for record in records for file in self.sides[record][1]}

    def outdated(self) -> list[Path]:
        """Return an output of each job of which a file is another by now, whatever its time: one
        that it made, or one that it read and no job makes. Without it Snakemake runs the job.
        """
        found: list[Path] = []
        for record, (read, made) in self.sides.items():
            own = {file: digest for file, digest in made.items() if self.made[file] == record}
            given = {file: digest for file, digest in read.items() if file not in self.made}
            outputs = [Path(file) for file in own if Path(file).parent.name == self.study]
            if outputs and changed(given | own):
                found.append(outputs[0])
        return found

    def behind(self, tables: Sequence[str]) -> list[Path]:
        """Return the records of the jobs that made files, that made what these read, and so on."""
        found, pending = dict[Path, None](), [*tables]
        for file in pending:  # grows while it is read
            record = self.made.get(file)
            if record and record not in found:
                found[record] = None
                pending += self.sides[record][0]
        return [*found]

    def check(self, tables: Sequence[str]) -> None:
        """Raise `StudyError` unless tables are as they were built, with all they were made from."""
        sides = [self.sides[record] for record in self.behind(tables)]
        found = {file for read, made in sides for file in changed(read | made)}
        what = {True: "was changed since", False: "is missing, though"}
        advice = "the study was built; give the same command again, which makes it anew"
        if found := found | {*tables} - self.made.keys():
            raise StudyError(*(f"{f}: {what[Path(f).exists()]} {advice}" for f in sorted(found)))
