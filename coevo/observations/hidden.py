"""What a workbook hides: said in the audit, so that nobody is surprised by it."""

from collections.abc import Callable
from dataclasses import replace

from coevo.errors import StudyError
from coevo.observations.sheets import Remark, Sheet, address

MOST_RUNS = 20  # of hidden rows that a remark names


def with_hidden_sheets(sheets: list[Sheet], hidden: list[str], shown: str) -> list[Sheet]:
    """Let the first sheet say which sheets are hidden and hence not read: lists and drafts.

    Raises `StudyError` if nothing else is there.
    """
    if not hidden:
        return sheets
    if not sheets:
        raise StudyError(
            f"{shown}: everything in it is on hidden sheets ({', '.join(hidden)}), which are not "
            "read; unhide the sheet that holds the figures"
        )
    message = f"the workbook has hidden sheets, which are not read: {', '.join(hidden)}"
    first = sheets[0]
    return [replace(first, remarks=(Remark("hidden", message), *first.remarks)), *sheets[1:]]


def hidden_remark(rows: list[int], columns: list[int]) -> list[Remark]:
    """Return the remark on hidden rows and columns of a sheet, if there are any."""
    said = []
    for kind, numbers, name in (
        ("rows", rows, lambda number: str(number + 1)),
        ("columns", columns, lambda number: address(0, number)[:-1]),
    ):
        if numbers:
            said.append(f"{kind} {_runs(sorted(set(numbers)), name)}")
    if not said:
        return []
    return [Remark("hidden", f"hidden in the file and read like the others: {' and '.join(said)}")]


def _runs(numbers: list[int], name: Callable[[int], str]) -> str:
    """Write sorted numbers as runs: 1-3, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [name(a) if a == b else f"{name(a)}-{name(b)}" for a, b in runs[:MOST_RUNS]]
    return ", ".join(said) + (" and more" if len(runs) > MOST_RUNS else "")
