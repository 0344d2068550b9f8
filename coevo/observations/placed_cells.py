"""Cells as a reader of workbooks or web pages gives them, put together to a sheet.

What a workbook hides is said in the audit, so that nobody is surprised by it.
"""

import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from coevo.errors import StudyError
from coevo.observations.sheets import CellValue, MergedRange, Remark, Sheet, number_style

Span = tuple[int, int, int, int]  # first row and column, last row and column
# Of a sheet: its name and what reads it after so many cells of others, None for a hidden one.
NamedReader = tuple[str, Callable[[int], Sheet | None] | None]
PLAIN = "General"  # format code of a number as it is
# How much a raw file may hold: far above any table of yearly figures, far below what harms.
LARGEST = 200_000_000  # bytes of a file, packed or unpacked
MOST_CELLS, MOST_ROWS, MOST_COLUMNS = 10_000_000, 200_000, 16_384
MOST_TABLES = 1000  # of a file, on one sheet or on several
MOST_SHEETS = 500
LONGEST_TEXT = 32_767  # characters of a cell, as Excel has it
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # what would break a line of a message
# A rectangle above SPARSE cells with fewer than one in EMPTY_SHARE filled is a stray cell far out.
SPARSE, EMPTY_SHARE = 1_000_000, 100
MOST_RUNS = 20  # of hidden rows that a remark names


def check_extent(rows: int, columns: int, filled: int, where: str, before: int = 0) -> None:
    """Raise `StudyError` for a table that is too large to be one.

    rows, columns: of the rectangle from A1 to the furthest cell, which is held whole; filled: cells
    in it that say something; before: cells of the rectangles of other tables of the file.
    """
    cells = rows * columns
    together = before + cells
    if (
        rows > MOST_ROWS
        or columns > MOST_COLUMNS
        or together > MOST_CELLS
        or (cells > SPARSE and cells > EMPTY_SHARE * filled)
    ):
        last = xl_rowcol_to_cell(rows - 1, columns - 1)
        raise StudyError(
            f"{where}: has cells far beyond any table (as far as {last}, {together:,} cells); "
            "delete what stands outside the table, or split the table"
        )


def check_count(number: int, most: int, what: str, where: str) -> None:
    """Raise `StudyError` for a file of more sheets or tables than one has; `what`: which."""
    if number > most:
        raise StudyError(
            f"{where}: holds more than {most:,} {what}; keep those of the study, or split it into "
            "several files"
        )


def check_length(text: str, where: str, row: int, column: int) -> None:
    """Raise `StudyError` for a text that is longer than that of any cell."""
    if len(text) > LONGEST_TEXT:
        raise StudyError(
            f"{where} › {xl_rowcol_to_cell(row, column)}: holds a text of {len(text):,} "
            f"characters, and a cell has at most {LONGEST_TEXT:,}; keep only the tables of figures"
        )


class PlacedCells:
    """Cells with their places, zero-based, in any order; of two in one place the last counts.

    merged, hidden_rows and hidden_columns may reach beyond the cells; raised: as a `Sheet` has it.
    """

    def __init__(self, file: str, name: str) -> None:
        self.file, self.name = file, BREAKS.sub(" ", name)
        self.where = f"{self.file} › {self.name}"
        self.merged: list[Span] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.remarks: list[Remark] = []
        self.raised: list[tuple[int, int]] = []
        self.rows, self.columns, self.looks = array("q"), array("q"), array("l")
        self.values: list[CellValue] = []
        self.codes = {PLAIN: 0}  # of number formats -> its number in `looks`
        self.characters = 0

    def add(self, row: int, column: int, value: CellValue, code: str = PLAIN) -> None:
        """Add a cell that says something; `code` is that of its number format."""
        self.rows.append(row)
        self.columns.append(column)
        self.looks.append(self.codes.setdefault(code, len(self.codes)))
        self.values.append(value)
        if type(value) is str:
            check_length(value, self.where, row, column)
            self.characters += len(value)
            if self.characters > LARGEST:  # one text may be shared by every cell
                raise StudyError(
                    f"{self.where}: repeats long texts to more than {LARGEST:,} characters; keep "
                    "only the tables of figures in it"
                )

    def sheet(self, before: int) -> Sheet | None:
        """Return the cells as a sheet from A1 to the furthest of them; None if there are none.

        before: cells of other sheets of the file. Raises `StudyError` for cells far beyond tables.
        """
        if not self.values:
            return None
        rows, columns = np.asarray(self.rows), np.asarray(self.columns)
        if rows.min() < 0:
            raise ValueError("a cell stands above the first row")
        shape = int(rows.max()) + 1, int(columns.max()) + 1
        check_extent(*shape, len(rows), self.where, before)
        values, style = np.full(shape, None, dtype=object), np.zeros(shape, dtype=np.int32)
        values[rows, columns], style[rows, columns] = self.values, self.looks
        hidden = hidden_remarks(
            [row for row in self.hidden_rows if row < shape[0]],
            [column for column in self.hidden_columns if column < shape[1]],
        )
        return Sheet(
            self.file,
            self.name,
            values,
            tuple(MergedRange(*m) for m in self.merged if m[0] < shape[0] and m[1] < shape[1]),
            tuple(map(number_style, self.codes)),
            style if len(self.codes) > 1 else None,
            (*hidden, *self.remarks),
            raised=frozenset(self.raised),
        )


def visible_sheets(sheets: Iterable[NamedReader], shown: str) -> list[Sheet]:
    """Read the visible sheets of a workbook that say something.

    The first sheet read says which are hidden and hence not read: lists and drafts. Raises
    `StudyError` if nothing else is there.
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
