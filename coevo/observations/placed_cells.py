"""Cells as a reader of workbooks or web pages gives them, put together to a sheet."""

from array import array
from collections.abc import Callable, Iterable

import numpy as np

from coevo.errors import StudyError
from coevo.observations.hidden import hidden_remarks
from coevo.observations.limits import LARGEST, check_extent
from coevo.observations.sheets import CellValue, MergedRange, NumberStyle, Remark, Sheet, cut_ranges


class PlacedCells:
    """Cells with their places, zero-based, in any order; of two in one place the last counts.

    `look` stands for the number format of a cell, in the numbering of its reader.
    """

    def __init__(self, file: str, name: str) -> None:
        self.file, self.name = file, name
        self.rows, self.columns, self.looks = array("q"), array("q"), array("q")
        self.values: list[CellValue] = []
        self.faults: dict[tuple[int, int], str] = {}
        self.characters = 0

    def add(self, row: int, column: int, value: CellValue, look: int = 0) -> None:
        """Add a cell that says something."""
        self.rows.append(row)
        self.columns.append(column)
        self.looks.append(look)
        self.values.append(value)
        if type(value) is str:
            self.characters += len(value)
            if self.characters > LARGEST:  # one text may be shared by every cell
                raise StudyError(
                    f"{self.file} › {self.name}: repeats long texts to more than {LARGEST:,} "
                    "characters; keep only the tables of figures in it"
                )

    def add_fault(self, row: int, column: int, reason: str) -> None:
        """Add a cell whose figure is not to be had."""
        self.add(row, column, None)
        self.faults[row, column] = reason

    def sheet(
        self,
        before: int,
        style_of: Callable[[int], NumberStyle] = lambda look: NumberStyle(),
        merged: Iterable[MergedRange] = (),
        hidden_rows: Iterable[int] = (),
        hidden_columns: Iterable[int] = (),
        remarks: Iterable[Remark] = (),
    ) -> Sheet | None:
        """Return the cells as a sheet from A1 to the furthest of them; None if there are none.

        before: cells of other sheets of the file; style_of: what a look shows; merged and hidden
        may reach beyond the cells. Raises `StudyError` for cells far beyond any table.
        """
        if not self.values:
            return None
        rows, columns = np.asarray(self.rows), np.asarray(self.columns)
        if rows.min() < 0:
            raise ValueError("a cell stands above the first row")
        shape = int(rows.max()) + 1, int(columns.max()) + 1
        check_extent(*shape, len(rows), f"{self.file} › {self.name}", before)
        values = np.full(shape, None, dtype=object)
        values[rows, columns] = self.values
        looks, look = np.unique(np.asarray(self.looks), return_inverse=True)
        shown = [style_of(look) for look in looks.tolist()]
        styles = {
            look: number for number, look in enumerate(dict.fromkeys([NumberStyle(), *shown]))
        }
        style = np.zeros(shape, dtype=np.int32)
        style[rows, columns] = np.array([styles[look] for look in shown])[look]
        hidden = hidden_remarks(
            [row for row in hidden_rows if row < shape[0]],
            [column for column in hidden_columns if column < shape[1]],
        )
        return Sheet(
            self.file,
            self.name,
            values,
            self.faults,
            cut_ranges(merged, *shape),
            tuple(styles),
            style if style.any() else None,
            (*hidden, *remarks),
        )
