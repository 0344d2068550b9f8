"""A table as a file holds it: a grid of cells, what they show, and what is odd about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Faults of a cell
ERROR = "holds the error {}; correct it in the workbook, or type the figure"
NO_VALUE = (
    "holds a formula without a stored value; open the file in Excel or LibreOffice and save it, or "
    "type the figure"
)

CellValue = None | str | float | bool | date


class NumberStyle(NamedTuple):
    """How a cell shows its number: decimals (None: as many as it has); as a percentage or not.

    A percentage is stored as a ratio (0.12 shows as 12 %).
    """

    decimals: int | None = None
    percent: bool = False


class Remark(NamedTuple):
    """Something about a sheet that a reader should know and that is no error: a row of the audit.

    `check` is the kind (`hidden`, `external_link`, `note`, ...); `message` the key of a sentence,
    `fields` what it names (text, numbers, lists of texts); `row`, `column` are zero-based.
    """

    check: str
    message: str
    fields: Mapping[str, object] = {}
    row: int | None = None
    column: int | None = None


class MergedRange(NamedTuple):
    """A merged range; zero-based, both ends inside."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def cut_ranges(spans: Iterable[MergedRange], rows: int, columns: int) -> tuple[MergedRange, ...]:
    """Return merged ranges as far as they lie in the grid and span more than a cell."""
    cut = [
        MergedRange(
            s.first_row, s.first_column, min(s.last_row, rows - 1), min(s.last_column, columns - 1)
        )
        for s in spans
        if s.first_row < rows and s.first_column < columns
    ]
    return tuple(s for s in cut if s.first_row < s.last_row or s.first_column < s.last_column)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of cells.

    file: as messages name it; name: of the sheet ("" in a file of text). values (rows, columns):
    objects as the file holds them, text untouched; a whole number of a workbook is a float. faults:
    cells whose figure is not to be had, with the reason ("holds a formula without a stored value;
    ..."). merged: all but the first cell of a span are empty in `values`. style (rows, columns)
    points into `styles`; None if all cells have the first.
    """

    file: str
    name: str
    values: npt.NDArray[np.object_]
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[MergedRange, ...] = ()
    styles: tuple[NumberStyle, ...] = (NumberStyle(),)
    style: npt.NDArray[np.int32] | None = None
    remarks: tuple[Remark, ...] = ()

    def text(self, row: int, column: int) -> str:
        """Return what a cell says as plain text; "" beyond the grid's edge."""
        rows, columns = self.values.shape
        return cell_text(self.values[row, column]) if row < rows and column < columns else ""

    def where(self, row: int | None = None, column: int | None = None) -> str:
        """Return `file › sheet › C7` for a message."""
        parts = [self.file] + ([self.name] if self.name else [])
        if row is not None and column is not None:
            parts.append(cell_name(row, column))
        return " › ".join(parts)


# Full-width forms to their plain ones, every kind of space and line break to a space. Not NFKC,
# which would turn the note mark of 12.5① into a digit.
PLAIN: dict[int, int | str | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
PLAIN |= dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
PLAIN |= dict.fromkeys([*range(0x09, 0x0E), 0x85, 0x2028, 0x2029], " ")  # a message is one line
PLAIN |= dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF], None)
PLAIN[0x2212] = "-"


def cell_text(value: CellValue) -> str:
    """Return a value as text in one line, with full-width forms and odd spaces made plain, trimmed.

    A whole number is written without a point: 2015.0 gives "2015".
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).translate(PLAIN).strip()


def cell_name(row: int, column: int) -> str:
    """Return the A1 name of zero-based `row`, `column`: (6, 2) is C7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
