"""Cells as a reader of workbooks or web pages gives them, put together to a sheet."""

from array import array
from collections.abc import Iterable

import numpy as np

from coevo.errors import StudyError
from coevo.observations.hidden import hidden_remarks
from coevo.observations.limits import LARGEST, check_extent
from coevo.observations.sheets import CellValue, MergedRange, NumberStyle, Remark, Sheet

PLAIN_NUMBER = NumberStyle()


class PlacedCells:
    """Cells with their places, zero-based, in any order; of two in one place the last counts."""

    def __init__(self, file: str, name: str) -> None:
        self.file, self.name = file, name
        self.rows, self.columns, self.looks = array("q"), array("q"), array("l")
        self.values: list[CellValue] = []
        self.styles = {PLAIN_NUMBER: 0}  # style -> its number in `looks`
        self.characters = 0

    def add(
        self, row: int, column: int, value: CellValue, style: NumberStyle = PLAIN_NUMBER
    ) -> None:
        """Add a cell that says something."""
        self.rows.append(row)
        self.columns.append(column)
        self.looks.append(self.styles.setdefault(style, len(self.styles)))
        self.values.append(value)
        if type(value) is str:
            self.characters += len(value)
            if self.characters > LARGEST:  # one text may be shared by every cell
                raise StudyError(
                    f"{self.file} › {self.name}: repeats long texts to more than {LARGEST:,} "
                    "characters; keep only the tables of figures in it"
                )

    def sheet(
        self,
        before: int,
        merged: Iterable[MergedRange] = (),
        hidden_rows: Iterable[int] = (),
        hidden_columns: Iterable[int] = (),
        remarks: Iterable[Remark] = (),
    ) -> Sheet | None:
        """Return the cells as a sheet from A1 to the furthest of them; None if there are none.

        before: cells of other sheets of the file; merged and hidden may reach beyond the cells.
        Raises `StudyError` for cells far beyond any table.
        """
        if not self.values:
            return None
        rows, columns = np.asarray(self.rows), np.asarray(self.columns)
        if rows.min() < 0:
            raise ValueError("a cell stands above the first row")
        shape = int(rows.max()) + 1, int(columns.max()) + 1
        check_extent(*shape, len(rows), f"{self.file} › {self.name}", before)
        values, style = np.full(shape, None, dtype=object), np.zeros(shape, dtype=np.int32)
        values[rows, columns], style[rows, columns] = self.values, self.looks
        hidden = hidden_remarks(
            [row for row in hidden_rows if row < shape[0]],
            [column for column in hidden_columns if column < shape[1]],
        )
        return Sheet(
            self.file,
            self.name,
            values,
            tuple(m for m in merged if m.first_row < shape[0] and m.first_column < shape[1]),
            tuple(self.styles),
            style if len(self.styles) > 1 else None,
            (*hidden, *remarks),
        )
