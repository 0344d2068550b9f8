"""A small CSV table of the configuration, as dictionaries of text."""

import csv
import io
from pathlib import Path

from coevo.errors import Problems, StudyError

LARGEST = 10_000_000  # bytes


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Read a small CSV table of the configuration as dictionaries of text.

    Raises `StudyError` for a file that is not UTF-8, has no rows, or has rows of another length
    than its head.
    """
    try:
        if Path(path).stat().st_size > LARGEST:
            raise StudyError(f"{path}: has more than {LARGEST:,} bytes; is it the right file?")
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StudyError(f"{path}: is not UTF-8 text; save it as 'CSV UTF-8'") from None
    except OSError as problem:
        why = problem.strerror or problem
        raise StudyError(f"{path}: cannot be opened ({why}); see that it can be read") from None
    try:
        lines = csv.reader(io.StringIO(text.replace("\0", " "), newline=None))
        head, *rows = [row for row in lines if row] or [[]]
    except csv.Error as problem:
        raise StudyError(f"{path}: is no table of text ({problem}); save it as CSV") from None
    if len(head) == 1 and ";" in head[0]:
        raise StudyError(f"{path}: is separated by semicolons; save it with commas")
    if not rows:
        raise StudyError(f"{path}: has no rows below its head; write one row each")
    problems = Problems()
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            problems.add(
                f"{path}: row {number} ({row[0]}) has {len(row)} fields instead of {len(head)}; "
                "put a text that contains a comma into quotes"
            )
    problems.check()
    return [dict(zip(head, row, strict=True)) for row in rows]
