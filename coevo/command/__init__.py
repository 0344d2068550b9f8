"""The command `coevo`: begins, checks, builds and keeps studies, in any folder.

Exit code: 0 if all went well; 1 if something stopped it, said in a line each at the end; 2 of
`check` if the study can be built and the audit has findings; 130 after Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from coevo.errors import StudyError, command
from coevo.package.wheel import LOCK, lock_problem, version
from coevo.study.configuration import DEFAULT, config_file

# command -> what it does, an example of it
COMMANDS = {
    "new": (
        "Begin a study: a folder with all that it needs, from downloads or with a workbook to fill "
        "in.",
        "coevo new mine --from downloads",
    ),
    "check": (
        "Read and audit a study's files, show what they hold, compute and write nothing. Exit "
        "code: 0 if the study can be built, 1 if not, 2 if it can and the audit has serious "
        "findings, with --strict any.",
        "coevo check",
    ),
    "build": (
        "Build a study's tables and reports, or what of them is out of date. What stands after -- "
        "is handed to Snakemake.",
        "coevo build --cores 4",
    ),
    "release": (
        "Build a study, then keep its tables as a release that is never overwritten.",
        "coevo release submitted",
    ),
    "package": (
        "Pack a study that is built, to deposit it: raw files that may be passed on, tables, "
        "reports, programs, and a README for data editors.",
        "coevo package",
    ),
    "weights": (
        "Say which method, and which common mistake, gives the weights that a paper prints: a CSV "
        "table with an indicator and its weight in each row.",
        "coevo weights paper.csv",
    ),
    "clean": (
        "Remove what was built for a study. Raw files and releases stay.",
        "coevo clean",
    ),
    "example": (
        "Write a study that ships as a folder of its own; without a name, say which there are.",
        "coevo example lynx-hare",
    ),
}
STUDY = "its folder, or its name where there are several; without, the study of this folder"
BUILDING = ("build", "release")  # commands that start Snakemake


class _Parser(argparse.ArgumentParser):
    """A parser whose refusal is a line like any other."""

    def error(self, message: str) -> NoReturn:
        raise StudyError(f"{self.prog}: {message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="coevo",
        description="Do two systems develop in step, and where would their interaction take them?",
        epilog="Example: coevo example lynx-hare, then cd lynx-hare, then coevo build. "
        "More on a command: coevo build --help",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"coevo {version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    parts = {
        name: commands.add_parser(
            name, help=what, description=what, epilog=f"Example: {example}", allow_abbrev=False
        )
        for name, (what, example) in COMMANDS.items()
    }
    new = parts["new"]
    new.add_argument("name", metavar="NAME", help="of the study and its folder")
    new.add_argument("--from", dest="source", default="", metavar="FOLDER", help="of downloads")
    new.add_argument("--first", default="", metavar="YEAR", help="of the study")
    new.add_argument("--last", default="", metavar="YEAR")
    new.add_argument("--vintage", default="", metavar="YYYY-MM", help="this month unless given")
    parts["check"].add_argument("--strict", action="store_true", help="exit with 2 on any finding")
    parts["release"].add_argument(
        "name", nargs="?", default="", metavar="NAME", help="of the release"
    )
    parts["weights"].add_argument("file", metavar="FILE", help="the table of weights")
    parts["example"].add_argument(
        "name", nargs="?", default="", metavar="NAME", help="of the study"
    )
    for part in (parts[name] for name in BUILDING):
        part.add_argument(
            "--cores", default="", metavar="N", help="of the processor to use; all unless given"
        )
        part.add_argument("--verbose", action="store_true", help="show what Snakemake says")
        part.add_argument(
            "--profile", default="default", metavar="NAME", help="default, slurm, or a folder"
        )
    for name in ("check", "build", "release", "package", "weights", "clean"):
        parts[name].add_argument("--study", default="", metavar="STUDY", help=STUDY)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words of a command line ask for; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character
    given = list(sys.argv[1:] if words is None else words)
    return command(lambda: _do(given or ["--help"]))


def _do(given: list[str]) -> int:
    """Find the command and its study, and do it."""
    end = given.index("--") if given[0] in BUILDING and "--" in given else len(given)
    chosen = _parser().parse_args(given[:end])
    chosen.further = given[end + 1 :]
    if "file" in chosen:
        chosen.file = _seen_from(chosen.study, chosen.file)
    if "study" in chosen:
        chosen.home = Path.cwd()
        chosen.config = enter(chosen.study)
        if problem := lock_problem(LOCK):
            raise StudyError(problem)
    called: Any = import_module(f"coevo.command.{chosen.command}")
    return int(called.main(chosen))


def enter(study: str) -> str:
    """Go to the folder of the study that a word asks for; return its config file from there.

    A word is the name of a study of this folder, or a folder; "" is this folder.
    """
    if not study and not Path(DEFAULT).is_file():
        raise StudyError(
            f"coevo: there is no {DEFAULT}; go to the folder of a study, or name it: --study FOLDER"
        )
    if _is_folder(study):
        os.chdir(study or os.curdir)
        return DEFAULT
    return config_file(study)


def _is_folder(study: str) -> bool:
    """Whether a word is the folder of a study, and not the name of one in this folder."""
    with suppress(OSError, ValueError):  # what can be no path
        return not Path("config", f"{study}.yaml").is_file() and Path(study, DEFAULT).is_file()
    return False


def _seen_from(study: str, file: str) -> str:
    """Return the path of a file from the folder of a study."""
    return str(Path(file).absolute()) if study and _is_folder(study) else file
