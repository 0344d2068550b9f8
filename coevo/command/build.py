"""Build a study: once at a time in this folder, with words that help where it ends.

A second run at the same time is refused in one line. With `--verbose` Snakemake says what it does
in its own many lines, in place of a line a step. After a run that was stopped or killed, half-made
outputs are built again. Where rules failed, their problems are repeated as the last thing on the
screen.
"""

import errno
import os
import re
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from coevo.command.clean import built, own_folders, tidy
from coevo.command.runner import (
    ASIDE,
    LOCK,
    LOST,
    SHOWN,
    Stopped,
    alone,
    clock,
    heed_signals,
    snakemake,
)
from coevo.errors import FULL, PROGRAM, command, plain_words
from coevo.files import sha256_of, write_text
from coevo.study.configuration import read_config

BUILT_HERE = Path(".snakemake", "built_here")
LEAST_ROOM = 20_000_000  # bytes on the disk, below which no study is begun
REFUSED = re.compile(r"\[Errno (\d+)\] .*?: '(.+)'")  # by the system, as Python words it
PROFILE = "for setting default command line arguments."  # so ends what Snakemake says first
STOPPED = "coevo: stopped; the same command goes on where it was"


def check_open(study: str) -> None:
    """Raise `PermissionError` for a folder of results in which nothing can be written."""
    for folder in ("data/processed", "reports", "logs", ".snakemake"):
        place = Path(folder, study)
        there = next(part for part in (place, *place.parents) if part.exists())
        if there.is_dir() and not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "", str(there))


def place_of_build() -> str:
    """Return what this folder has on this machine alone: no copy of it has the same."""
    about = Path.cwd().stat()
    return f"{about.st_dev} {about.st_ino} {about.st_uid} {Path.cwd()}"


def mark_built_here() -> None:
    """Keep that what stands here was built here."""
    write_text(sha256_of(place_of_build().encode()), BUILT_HERE)


def is_foreign(study: str) -> bool:
    """Whether what is built of a study came with the folder; nothing of `.snakemake` is then kept.

    Its tables, records and dates may have been edited together, and are not believed.
    """
    with suppress(OSError):
        if BUILT_HERE.read_text("utf-8") == sha256_of(place_of_build().encode()):
            return False
    for place in BUILT_HERE.parent.iterdir():
        if place.name != LOCK.name:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    if any(built(own_folders(study))):
        return True
    mark_built_here()
    return False


def problems(since: float) -> str:
    """Return what the rules of this run reported; of a mistake of ours, where its details are."""
    lines = []
    for log in sorted(Path("logs").glob("*/*.log"), key=lambda log: log.stat().st_mtime):
        if log.stat().st_mtime >= since:
            text = log.read_text("utf-8")
            lines.append(
                f"coevo: {log.stem}: this is a mistake of the program, not of yours; please report "
                f"it with the file {log}\n"
                if text.startswith("Traceback")
                else text
            )
    return "".join(lines)


def refusal(said: str) -> str:
    """Return what Snakemake says before its first job, in our words where the system refused."""
    if found := REFUSED.search(said):
        return plain_words(OSError(int(found[1]), os.strerror(int(found[1])), found[2]))
    first, _, rest = said.partition("\n")
    return rest.lstrip() if first.endswith(PROFILE) else said


def main(chosen: Namespace, then: Callable[[], int] | None = None) -> int:
    """Build the study, then do what is left to do; return the exit code."""
    try:
        heed_signals()
        return command(lambda: build_alone(chosen, then))
    except Stopped:
        print(STOPPED, file=sys.stderr)
        return 130


def options_of(chosen: Namespace) -> list[str]:
    """Return what Snakemake is told."""
    profile = PROGRAM / "profiles" / chosen.profile
    return [
        *("--snakefile", str(PROGRAM / "workflow" / "Snakefile")),
        *("--workflow-profile", str(profile if profile.is_dir() else chosen.profile)),
        *("--configfile", chosen.config, "--rerun-incomplete"),
        *(["--cores", chosen.cores] if chosen.cores else []),
        *chosen.further,
        *(() if chosen.verbose else SHOWN),
    ]


def build_alone(chosen: Namespace, then: Callable[[], int] | None = None) -> int:
    """Build the study under the lock of the folder; return the exit code."""
    study = str(read_config(chosen.config).get("study"))
    if shutil.disk_usage(".").free < LEAST_ROOM:
        print(f"{Path.cwd()}: {FULL}", file=sys.stderr)
        return 1
    check_open(study)
    with alone() as held:
        started, options = time.time(), options_of(chosen)
        if is_foreign(study):
            print(f"coevo: {study} was not built in this folder on this machine; it is built anew")
            options.append("--forceall")
        code = snakemake(*options, held=held)
        if code:
            full = shutil.disk_usage(".").free < LEAST_ROOM
            aside = "" if chosen.verbose else ASIDE.read_text("utf-8", "replace").lstrip()
            said = problems(started) or refusal(aside)
            said += f"coevo: {LOST}\n" if code < 0 and not said else ""
            said += f"{Path.cwd()}: {FULL}\n" if full and FULL not in said else ""
            print(said, end="", file=sys.stderr)
            return 1
        tidy(study)  # only now has the config passed
        if not chosen.further:  # which may be a dry run, or ask for a part
            mark_built_here()
        done = f"coevo: done in {clock(time.time() - started)}"
        print("; ".join([done, *opened(study, chosen.home)]), flush=True)
        return then() if then else 0


def opened(study: str, home: Path) -> list[str]:
    """Return which of a study's reports to open, as seen from `home`, those for a browser first."""
    made = sorted(Path("reports", study).glob("report.*"))
    reports = [os.path.relpath(path, home) for path in made]
    pages = [name for name in reports if name.endswith(".html")] or reports
    return [f"open {' or '.join(pages)}"] if pages else []
