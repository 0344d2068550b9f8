"""What a study can get wrong, said in lines that its author can act on."""

import contextlib
import csv
import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from coevo.messages import message_columns

ROOT = Path(__file__).resolve().parent.parent
IS_CLONE = (ROOT / "Snakefile").is_file()  # of the repository, and not installed from a wheel
# The folder of what ships beside the code: workflow, config, raw files.
PROGRAM = ROOT if IS_CLONE else ROOT / "coevo"
OWN = ("coevo", "workflow", "profiles", "docs", "config/regions", "Snakefile", "pyproject.toml")
LONGEST, LAST = 2000, 400  # characters of a message, and of its end where it is cut
MOST_PROBLEMS = 500  # lines that are told together

# What the system refuses -> what is said of it, and what to do
FULL = "the disk is full; make room on it, then give the same command again"
CLOSED = "this account may not {}; ask its owner, or give yourself the right"
SYSTEM = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: "the room that this account has is used up; make room, then give it again",
    errno.EACCES: CLOSED.format("open or change it"),
    errno.EPERM: CLOSED.format("open or change it"),
    errno.EROFS: "stands on a disk that cannot be written to; copy the project to another",
    errno.EISDIR: "is a folder where a file is needed; rename or remove it",
    errno.ENOTDIR: "is a file where a folder is needed; rename or remove it",
    errno.EEXIST: "is a file where a folder is needed; rename or remove it",
    errno.ENAMETOOLONG: "has a name that is too long for the disk; choose a shorter one",
    errno.EMFILE: "too many files are open at once; close other programs",
    errno.EIO: "the disk or the network gives an error; see that it is well",
    errno.EFBIG: "would be larger than this account may write; raise its limit (ulimit -f)",
}
GONE = (
    "get it back: git -C '{}' checkout -- '{}', or copy the whole program anew"
    if IS_CLONE
    else "install coevo anew: python -m pip install --force-reinstall --no-deps, then its wheel"
)
NO_MEMORY = (
    "coevo: the memory of this computer does not suffice; close other programs, give --cores 1, or "
    "lower robustness.draws in the config"
)


def one_line(text: str) -> str:
    """Return a text as one line of a terminal: no signs that move its cursor, and not too long."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - LAST]} … {text[-LAST:]}"


def short(value: object, most: int = 80) -> str:
    """Return what a file or a config says, as a message may repeat it."""
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}…"


class StudyError(Exception):
    """A problem of configuration or data: one line each, where, what, why, what to do.

    Raised with every problem found so far, so that a file is repaired in one go.
    """

    def __init__(self, *messages: str) -> None:
        self.messages = [one_line(message) for message in messages]
        super().__init__("\n".join(self.messages))


class Refusal(StudyError):  # noqa: N818 - it is an answer, and no error of the program
    """What the figures do not allow: a message that a table keeps, beside its line for a terminal.

    key, fields: the message; its line stands in `refusals.csv` in every language, with its fields,
    and a detail that is none, in braces.
    """

    def __init__(self, key: str, detail: str = "", **fields: Any) -> None:
        self.key, self.fields = key, fields
        shown = {name: _shown(value) for name, value in fields.items()}
        super().__init__(refusal_lines("en")[key].format(detail=detail, **shown))

    @property
    def columns(self) -> dict[str, str]:
        """The columns `message` and `fields` of the row that keeps it."""
        return message_columns(self.key, self.fields)

    def concerning(self, key: str, region: str) -> "Refusal":
        """Return a refusal of what concerns a region, with this one as its reason."""
        return Refusal(key, str(self), region=region, reason=self.key, fields=self.fields)


def tried(
    rows: Iterable[Mapping[str, Any]], label: Mapping[str, Any], **refused: Any
) -> Iterator[dict[str, Any]]:
    """Yield all rows under their label, or where figures forbid one the refusal alone.

    refused: further columns of the row of a refusal.
    """
    try:
        yield from [{**label, **row} for row in rows]
    except Refusal as refusal:
        yield {**label, **refused, **refusal.columns}


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else value


@cache
def refusal_lines(language: str) -> dict[str, str]:
    """Return the lines of refusals in a language by key, with names of fields in braces."""
    with Path(__file__).with_name("refusals.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row[language] for row in csv.DictReader(file)}


class Problems:
    """Collects lines and raises them together: `problems.add(...)`, then `problems.check()`."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    @property
    def messages(self) -> list[str]:
        return list(self._found)

    def add(self, message: str) -> None:
        self._found.setdefault(message)

    def __len__(self) -> int:
        return len(self._found)

    def extend(self, messages: Iterable[str]) -> None:
        self._found |= dict.fromkeys(messages)

    def check(self) -> None:
        """Raise `StudyError` if anything was added; of very many the first are told."""
        messages, more = self.messages[:MOST_PROBLEMS], len(self) - MOST_PROBLEMS
        if more > 0:
            messages.append(f"coevo: {more:,} more problems; correct these first")
        if messages:
            raise StudyError(*messages)


@contextlib.contextmanager
def about(path: str | Path) -> Iterator[None]:
    """Let an error of the system name this file: one of writing names none, or a passing one."""
    try:
        yield
    except OSError as problem:
        if problem.errno:
            problem.filename, problem.filename2 = str(path), None
        raise


def _program_file(path: str | Path) -> str:
    """Return what a file of the program is called in its folder, "" for any other file."""
    place = Path(os.path.abspath(path))  # noqa: PTH100 - it may be reached through a link
    name = place.relative_to(ROOT).as_posix() if place.is_relative_to(ROOT) else ""
    return name if name.startswith(OWN) else ""


def plain_words(problem: BaseException) -> str:
    """Return what to tell the user, with its line end: the lines of a `StudyError`, in one line
    what the system refuses, the traceback of any other exception, which is our mistake."""
    if isinstance(problem, StudyError):
        return f"{problem}\n"
    if isinstance(problem, MemoryError):
        return NO_MEMORY + "\n"
    if isinstance(problem, OSError) and (problem.filename or problem.errno in SYSTEM):
        place = problem.filename or "coevo"
        if isinstance(problem, FileNotFoundError) and (part := _program_file(place)):
            place, why = part, f"is part of the program and is gone; {GONE.format(ROOT, part)}"
        else:
            why = SYSTEM.get(problem.errno or 0) or (
                f"{problem.strerror}; see that it is there and can be read and written"
            )
        return one_line(f"{place}: {why}") + "\n"
    return "".join(traceback.format_exception(problem))


def command(step: Callable[[], int]) -> int:
    """Take the step of a command and return its exit code; say in our words what stops it."""
    try:
        return step()
    except KeyboardInterrupt:
        print("coevo: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # nobody reads on, as after `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (StudyError, OSError, MemoryError) as problem:
        sys.stderr.write(plain_words(problem))
        return 1


def speak_plainly(log: str | Path) -> None:
    """Make this process end with the lines of a `StudyError` in place of a traceback.

    The lines go into `log`, which Snakemake or the command shows at the end, or to stderr where it
    cannot be written. Any other exception is our mistake, not the user's: it keeps its traceback. A
    run that is stopped says nothing here.
    """

    def hook(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(problem, KeyboardInterrupt):
            return
        text = plain_words(problem)
        try:
            Path(log).parent.mkdir(parents=True, exist_ok=True)
            Path(log).write_text(text, encoding="utf-8")
        except OSError:
            sys.stderr.write(text)

    with contextlib.suppress(OSError):
        Path(log).unlink(missing_ok=True)
    sys.excepthook = hook
