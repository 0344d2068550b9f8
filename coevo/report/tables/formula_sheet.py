"""A sheet of formulas, made line by line, and where things stand in the sheets of the workbook."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.report.tables.report_table import Column

FIRST = 1  # row of a table's sheet, from 0, where the data begin, below the heads
EDGE = 3  # columns before the cells of a line: its words, a gap, a year
LARGEST = 4  # row of the largest difference, from 0
Entry = tuple[str | float, str]  # what a cell holds, and the formula that gives it, if any does


class FormulaSheet:
    """Lines by name, one below the other; the formulas of a line refer to those above it.

    To the workbook it is a table of its key and caption without columns and rows.
    """

    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Any]] = ()

    def __init__(
        self, key: str, caption: str, term: Callable[[str], str], first: int = LARGEST + 2
    ) -> None:
        """term: gives the words of a line by its name; first: row of the first line.

        next: row of the next line; frozen: rows that stay in sight; names: what the formulas of a
        column refer to besides its cells by line; cells: row and column from 0, what it holds or
        the value of its formula, its formula, its look.
        """
        self.key, self.caption, self.term, self.next, self.frozen = key, caption, term, first, 0
        self.names: Callable[[int], Mapping[str, str]] = lambda column: {}
        self.lines: dict[str, int] = {}
        self.cells: list[tuple[int, int, str | float, str, str]] = []

    def put(self, row: int, column: int, value: str | float, look: str, formula: str = "") -> None:
        """Put one cell where it belongs."""
        self.cells.append((row, column, value, formula and f"={formula}", look))

    def line(
        self, name: str, cells: Iterable[Entry], look: str = "", year: int | str = "",
        formula: str = "",
    ) -> None:  # fmt: skip
        """Add a line: the words of its name as far as the first space, a year or what else it is
        of, its cells.

        formula: of every cell, in place of its own, with names in braces.
        """
        row = self.lines[name] = self.next
        head = "head" if look == "heads" else "text"
        self.put(row, 0, self.term(name.partition(" ")[0]), head)
        if year != "":
            self.put(row, 2, year, head)
        for column, (value, own) in enumerate(cells, start=EDGE):
            names = {**self.above(column), **self.names(column)} if formula else {}
            self.put(row, column, value, look, formula.format(**names) or own)
        self.next += 1

    def largest(self, label: str, differences: Iterable[str]) -> None:
        """Say at the top how large the largest of the differences in some ranges is."""
        self.put(LARGEST, 0, label, "text")
        self.put(LARGEST, EDGE, 0.0, "tiny", f"MAX({','.join(differences)})")

    def cell(self, line: str, column: int, fixed: str = "") -> str:
        """Return the address of a cell in a line; `fixed`: "row", "column" or both get a $."""
        rows, columns = "row" in fixed, "column" in fixed
        return str(xl_rowcol_to_cell(self.lines[line], column, rows, columns))

    def above(self, column: int) -> dict[str, str]:
        """Return the addresses of a column's cells by line."""
        return {line: self.cell(line, column) for line in self.lines}

    def span(self, line: str, ends: tuple[int, int], fixed: str = "") -> str:
        """Return the range from the first to the last of some columns of a line."""
        return ":".join(self.cell(line, column, fixed) for column in ends)
