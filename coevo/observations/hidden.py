"""What a workbook hides: said in the audit, so that nobody is surprised by it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from coevo.errors import StudyError
from coevo.observations.sheets import Remark, Sheet

MOST_RUNS = 20  # of hidden rows that a remark names


def visible_sheets(
    sheets: Iterable[tuple[str, Callable[[int], Sheet | None] | None]], shown: str
) -> list[Sheet]:
    """Read the visible sheets of a workbook that say something.

    sheets: names, each with its reader, which takes the number of cells read so far; None for a
    hidden sheet. The first sheet read says which are hidden and hence not read: lists and drafts.
    Raises `StudyError` if nothing else is there.
    """
    found: list[Sheet] = []
    hidden: list[str] = []
    for name, read in sheets:
        if read is None:
            hidden.append(name)
        elif sheet := read(sum(other.values.size for other in found)):
            found.append(sheet)
    if hidden and not found:
        raise StudyError(
            f"{shown}: everything in it is on hidden sheets ({', '.join(hidden)}), which are not "
            "read; unhide the sheet that holds the figures"
        )
    if hidden:
        remark = Remark("hidden", "hidden_sheets", {"sheets": hidden})
        found[0] = replace(found[0], remarks=(remark, *found[0].remarks))
    return found


def hidden_remarks(rows: Iterable[int], columns: Iterable[int]) -> list[Remark]:
    """Return the remark on hidden rows and columns of a sheet, if there are any."""
    runs = {
        "rows": _runs(rows, lambda row: str(row + 1)),
        "columns": _runs(columns, xl_col_to_name),
    }
    if not any(runs.values()):
        return []
    fields: dict[str, object] = {name: said[:MOST_RUNS] for name, said in runs.items()}
    fields |= {f"more_{name}": max(0, len(said) - MOST_RUNS) for name, said in runs.items()}
    return [Remark("hidden", "hidden_cells", fields)]


def _runs(numbers: Iterable[int], name: Callable[[int], str]) -> list[str]:
    """Return numbers as runs in order: `1-3`, `7`."""
    sorted_ = np.unique(np.fromiter(numbers, dtype=int))
    runs = np.split(sorted_, np.flatnonzero(np.diff(sorted_) > 1) + 1) if len(sorted_) else []
    return ["-".join(name(int(end)) for end in np.unique(run[[0, -1]])) for run in runs]
