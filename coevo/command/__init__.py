"""The command `coevo`: begins, checks, builds and keeps studies, in any folder.

Exit code: 0 if all went well; 1 if something stopped it, said in a line each at the end; 2 of
`check` if the study can be built and the audit has findings; 130 after Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import yaml

from coevo.errors import StudyError, command
from coevo.package.wheel import LOCK, lock_problem, version
from coevo.paths import check_folder
from coevo.registry import left
from coevo.study.configuration import DEFAULT, config_file

FILE = Path(__file__).with_name("commands.yaml")
BUILDING = ("build", "release", "package")  # commands that start Snakemake


class _Parser(argparse.ArgumentParser):
    """A parser whose refusal is a line like any other."""

    def error(self, message: str) -> NoReturn:
        raise StudyError(f"{self.prog}: {message}; see {self.prog} --help")


@cache
def read_commands() -> dict[str, Any]:
    """Return the commands by name, as the file has them: what each does, an example, options."""
    commands: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return commands


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
    for name, entry in read_commands().items():
        does, example = entry["does"], f"Example: {entry['example']}"
        part = commands.add_parser(
            name, help=does, description=does, epilog=example, allow_abbrev=False
        )
        for option, settings in entry["options"].items():
            part.add_argument(option, **settings)
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
    if reason := left("command", given[0]):
        raise StudyError(f"coevo: {given[0]}: {reason}")
    chosen = _parser().parse_args(given[:end])
    chosen.further = given[end + 1 :]
    if "study" in chosen:
        chosen.home = Path.cwd()
        chosen.config = enter(chosen.study)
        check_folder()
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
