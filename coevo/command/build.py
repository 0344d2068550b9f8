"""Build a study: once at a time in this folder, a line for each step, at the end what to open.

After a run that was stopped or killed the same command goes on. What was built elsewhere, and what
was changed since it was built, is made anew.
"""

import errno
import os
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from coevo.command.clean import built, own_folders, remove, tidy
from coevo.command.runner import LOCK, LOGGER, alone, clock, snakemake
from coevo.errors import FULL, PROGRAM
from coevo.files import sha256_of, write_text
from coevo.records import Jobs
from coevo.study.configuration import complete_config, read_config

BUILT_HERE = Path(".snakemake", "built_here")
LEAST_ROOM = 20_000_000  # bytes on the disk, below which no study is begun
LARGEST_TABLE = 1_000_000_000  # bytes; a new file of the same content is no change


def main(chosen: Namespace, then: Callable[[], int] | None = None) -> int:
    """Build the study under the lock of the folder, then do what is left to do.

    Returns the exit code.
    """
    study = str(read_config(chosen.config).get("study"))
    check_room(study)
    with alone():
        started, anew = time.time(), list[str]()
        complete_config(chosen.config)  # nothing is removed before it has passed
        remove(Jobs(study).outdated())
        if is_foreign(study):
            print(f"coevo: {study} was not built in this folder on this machine; it is built anew")
            anew = ["--forceall"]
        if code := snakemake([*anew, *options_of(chosen)]):
            if shutil.disk_usage(".").free < LEAST_ROOM:
                print(f"{Path.cwd()}: {FULL}", file=sys.stderr)
            return code
        tidy(study)  # only now has the config passed
        if not chosen.further:  # which may be a dry run, or ask for a part
            write_text(place_of_build(), BUILT_HERE)
        done = f"coevo: done in {clock(time.time() - started)}"
        print("; ".join([done, *opened(study, chosen.home)]), flush=True)
        return then() if then else 0


def check_room(study: str) -> None:
    """Raise `OSError` for a full disk, and for a folder of results that cannot be written to."""
    if shutil.disk_usage(".").free < LEAST_ROOM:
        raise OSError(errno.ENOSPC, "", str(Path.cwd()))
    for folder in ("data/processed", "reports", "logs", ".snakemake"):
        place = Path(folder, study)
        there = next(part for part in (place, *place.parents) if part.exists())
        if there.is_dir() and not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "", str(there))


def place_of_build() -> str:
    """Return what this folder has on this machine alone: no copy of it has the same."""
    about = Path.cwd().stat()
    return sha256_of(f"{about.st_dev} {about.st_ino} {about.st_uid} {Path.cwd()}".encode())


def is_foreign(study: str) -> bool:
    """Whether what is built of a study came with the folder; nothing of `.snakemake` is then kept.

    Its tables, records and dates may have been edited together, and are not believed.
    """
    with suppress(OSError):
        if BUILT_HERE.read_text("utf-8") == place_of_build():
            return False
    remove(path for path in BUILT_HERE.parent.iterdir() if path.name != LOCK.name)
    if any(built(own_folders(study))):
        return True
    write_text(place_of_build(), BUILT_HERE)
    return False


def options_of(chosen: Namespace) -> Iterator[str]:
    """Yield what Snakemake is told."""
    shipped = PROGRAM / "profiles" / chosen.profile
    profile = str(shipped) if shipped.is_dir() else chosen.profile
    yield from ("--snakefile", str(PROGRAM / "workflow" / "Snakefile"))
    yield from ("--configfile", chosen.config, "--workflow-profile", profile)
    yield from ("--rerun-incomplete", "--show-failed-logs", "--quiet", "host", "reason", "rules")
    yield from ("--max-checksum-file-size", str(LARGEST_TABLE))
    if cores := chosen.cores or ("all" if profile == "none" else ""):
        yield from ("--cores", cores)
    yield from chosen.further
    if not chosen.verbose:
        yield from ("--logger", LOGGER)


def opened(study: str, home: Path) -> list[str]:
    """Return which of a study's reports to open, as seen from `home`, those for a browser first."""
    made = sorted(Path("reports", study).glob("report.*"))
    reports = [os.path.relpath(path, home) for path in made]
    pages = [name for name in reports if name.endswith(".html")] or reports
    return [f"open {' or '.join(pages)}"] if pages else []
