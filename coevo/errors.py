"""What a study can get wrong, said in lines that its author can act on."""

import csv
import sys
import traceback
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any


class StudyError(Exception):
    """A problem of configuration or data: one line each, where, what, why, what to do.

    Raised with every problem found so far, so that a file is repaired in one go.
    """

    def __init__(self, *messages: str) -> None:
        self.messages = list(messages)
        super().__init__("\n".join(self.messages))


class Refusal(StudyError):  # noqa: N818 - it is an answer, and no error of the program
    """What the figures do not allow: a message that a table keeps, beside its line for a terminal.

    key, fields: the message, which the phrases of a language put into words; its line stands in
    `refusals.csv` and may have a detail that is no field.
    """

    def __init__(self, key: str, detail: str = "", **fields: Any) -> None:
        self.key, self.fields = key, fields
        super().__init__(_lines()[key].format(detail=detail, **fields))


@cache
def _lines() -> dict[str, str]:
    with Path(__file__).with_name("refusals.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row["line"] for row in csv.DictReader(file)}


class Problems:
    """Collects lines and raises them together: `problems.add(...)`, then `problems.check()`."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, message: str) -> None:
        if message not in self.messages:
            self.messages.append(message)

    def extend(self, messages: Iterable[str]) -> None:
        for message in messages:
            self.add(message)

    def check(self) -> None:
        """Raise `StudyError` if anything was added."""
        if self.messages:
            raise StudyError(*self.messages)


def plain_words(problem: BaseException) -> str:
    """Return what to tell the user, with its line end: the lines of a `StudyError`, the file of a
    system error, the traceback of any other exception, which is our mistake."""
    if isinstance(problem, StudyError):
        return "\n".join(problem.messages) + "\n"
    if isinstance(problem, OSError) and problem.filename:
        return f"{problem.filename}: {problem.strerror}; see that it can be read and written\n"
    return "".join(traceback.format_exception(problem))


def speak_plainly(log: str | Path) -> None:
    """Make this process end with the lines of a `StudyError` in place of a traceback.

    The lines go to stderr and into `log`, from where the runner repeats them at the very end. Any
    other exception is our mistake, not the user's: it keeps its traceback, in the log too.
    """

    def hook(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        text = plain_words(problem)
        Path(log).parent.mkdir(parents=True, exist_ok=True)
        Path(log).write_text(text, encoding="utf-8")
        sys.stderr.write(text)

    Path(log).unlink(missing_ok=True)
    sys.excepthook = hook
