"""Where things stand in a sheet of the workbook, and the cells of a sheet of formulas."""

from typing import NamedTuple

import pandas as pd

# rows of a table's sheet, from 0: what it holds, link, heads, ids, data
LINK, HEAD_ROW, IDS, FIRST = range(1, 5)


class Cell(NamedTuple):
    """A cell by row and column from 0: what it holds, or the value of its formula; its look."""

    row: int
    column: int
    value: str | float
    formula: str = ""
    look: str = ""


def absolute_address(row: int, column: int, fixed: str = "") -> str:
    """Return the address of a cell, such as D7; `fixed`: "row", "column" or "both" get a $."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    rows, columns = fixed in ("row", "both"), fixed in ("column", "both")
    return str(xl_rowcol_to_cell(row, column, rows, columns))


def span(row: int, first: int, last: int, fixed: str = "") -> str:
    """Return the range from the first to the last column of a row."""
    return f"{absolute_address(row, first, fixed)}:{absolute_address(row, last, fixed)}"


def of_table(name: str, table: pd.DataFrame, column: str, position: int) -> str:
    """Return the formula that refers to a cell of a table's sheet, by the position of its row."""
    return f"={name}!{absolute_address(FIRST + position, list(table.columns).index(column))}"
