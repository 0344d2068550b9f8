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
from pathlib import Path

from coevo.command.clean import tidy
from coevo.command.runner import ASIDE, LOST, SHOWN, Stopped, alone, clock, heed_signals, snakemake
from coevo.errors import FULL, PROGRAM, command, plain_words
from coevo.study.configuration import read_config

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
        started = time.time()
        code = snakemake(*options_of(chosen), held=held)
        if code:
            full = shutil.disk_usage(".").free < LEAST_ROOM
            aside = "" if chosen.verbose else ASIDE.read_text("utf-8", "replace").lstrip()
            said = problems(started) or refusal(aside)
            said += f"coevo: {LOST}\n" if code < 0 and not said else ""
            said += f"{Path.cwd()}: {FULL}\n" if full and FULL not in said else ""
            print(said, end="", file=sys.stderr)
            return 1
        tidy(study)  # only now has the config passed
        done = f"coevo: done in {clock(time.time() - started)}"
        print("; ".join([done, *opened(study, chosen.home)]), flush=True)
        return then() if then else 0


def opened(study: str, home: Path) -> list[str]:
    """Return which of a study's reports to open, as seen from `home`, those for a browser first."""
    made = sorted(Path("reports", study).glob("report.*"))
    reports = [os.path.relpath(path, home) for path in made]
    pages = [name for name in reports if name.endswith(".html")] or reports
    return [f"open {' or '.join(pages)}"] if pages else []
