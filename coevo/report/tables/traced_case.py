"""What the workbook traces, the region in focus with its years, indicators and their places; and a
sheet of formulas, made line by line.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from coevo.coupling.formulas import COMPOSITES, FORMS
from coevo.files import rows_of
from coevo.normalisation.directions import scales_of
from coevo.report.findings.study_tables import Study
from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import Column
from coevo.report.words.report_text import ReportText
from coevo.weighting import WEIGHTINGS

TRACED = "panel goalposts normalised weights coupling parameters equilibria theory".split()
MOST = 100_000  # rows of a sheet

FIRST = 1  # row of a table's sheet, from 0, where the data begin, below the heads
EDGE = 3  # columns before the cells of a line: its words, a gap, a year
LARGEST = 4  # row of the largest difference, from 0
Entry = tuple[str | float, str]  # what a cell holds, and the formula that gives it, if any does


def held_rows(study: Study, name: str) -> pd.DataFrame:
    """The rows of a table that its sheet holds: all, of a long table with regions those that are of
    no region but that in focus. Its CSV holds all.
    """
    table = study.tables[name]
    key = next((column for column in ("region", "scope") if column in table), "")
    if len(table) <= MOST or not key:
        return table
    return table[~table[key].isin(set(study.regions) - {study.focus})]


class TracedCase:
    """A study as the sheets of its workbook hold it, and what its language calls their lines.

    method, weighting: name and entry of the weighting in use; reference: that of normalisation;
    scales: direction, best band and own goalposts of each indicator; tables: those that formulas
    refer to, as their sheets hold them.
    """

    def __init__(self, words: ReportText) -> None:
        self.words, self.study = words, words.study
        self.method = str(self.study.config["weighting"]["method"])
        self.weighting = WEIGHTINGS[self.method]
        self.reference = str(self.study.config["normalisation"]["reference"])
        self.scales = scales_of(self.study.indicators, self.reference)
        held = [name for name in TRACED if name in self.study.tables]
        self.tables = {n: held_rows(self.study, n).reset_index(drop=True) for n in held}

    def term(self, line: str, /, **more: str) -> str:
        """The words of a line of the trace by its key; they may name sheets."""
        sheets = {table: self.words.sheet(table) for table in TRACED}
        return self.words.term("trace", line).format(**sheets, **more)

    def at(self, table: str, cell: str) -> str:
        """A cell of another sheet, as formulas refer to it."""
        return f"'{self.words.sheet(table)}'!{cell}"

    @cached_property
    def formulas(self) -> Mapping[str, str]:
        """Formulas of a weight, of U and of C; "" for what is read from its table: a preset looks
        at all rows.
        """
        coupling = self.study.config["coupling"]
        return {
            "weights": self.weighting.cells,
            "U": "" if coupling["preset"] else COMPOSITES[coupling["composite"]].cells,
            "C": FORMS[coupling["form"]].cells,
        }

    @cached_property
    def weights(self) -> pd.DataFrame:
        """The weights in use, by their positions in the table `weights`."""
        return rows_of(self.tables["weights"], weighting=self.method)

    @property
    def members(self) -> list[str]:
        """Indicators in the order of their columns: subsystem by subsystem."""
        return list(self.weights["indicator"])

    @cached_property
    def subsystems(self) -> dict[str, tuple[int, int]]:
        """First and last column of each subsystem."""
        columns = self.weights.assign(column=range(EDGE, EDGE + len(self.weights)))
        ends = columns.groupby("subsystem", sort=False)["column"].agg(["min", "max"])
        return {str(name): (low, high) for name, low, high in ends.itertuples()}

    @cached_property
    def rows(self) -> dict[int, int]:
        """Position of each year of the region in the table `coupling`."""
        years = rows_of(self.tables["coupling"], region=self.study.focus)["year"]
        return {int(year): place for place, year in years.items()}

    @cached_property
    def known(self) -> dict[str, list[Entry]]:
        """Numbers of the indicators on the way to weights by the name of their line."""
        weights = self.study.config["weighting"].get("given")
        known: dict[str, list[Entry]] = {}
        for line in self.weighting.steps:
            if line.value:
                values = {name: np.array([v for v, _ in of]) for name, of in known.items()}
                known[line.name] = [(value, "") for value in line.value(values).tolist()]
            elif weights:
                known[line.name] = [(float(weights[name]), "") for name in self.members]
            else:
                known[line.name] = self.of_members("weights", line.name, weighting=self.method)
        return known

    def of_members(self, name: str, column: str, **wanted: object) -> list[Entry]:
        """Return the numbers of the indicators from the wanted rows of a table."""
        rows = rows_of(self.tables[name], **wanted).reset_index(names="place")
        return self.entries(name, column, rows.set_index("indicator")["place"][self.members])

    def of_year(self, name: str, column: str, year: int) -> list[Entry]:
        """Return the numbers of the indicators in a year of the region in focus."""
        return self.of_members(name, column, region=self.study.focus, year=year)

    def entries(self, name: str, column: str, places: Iterable[int]) -> list[Entry]:
        """Return numbers of a table by position, and the formulas that refer to them; of a table
        without a sheet the numbers again.
        """
        table, chosen = self.tables[name], list(places)
        letter = xl_col_to_name(list(table.columns).index(column))
        values = table[column].to_numpy(dtype=float)[chosen].tolist()
        if name not in LAYOUT["sheets"]:
            return [(value, repr(value)) for value in values]
        cells = (self.at(name, f"{letter}{FIRST + place + 1}") for place in chosen)
        return list(zip(values, cells, strict=True))


class FormulaSheet:
    """Lines by name, one below the other; the formulas of a line refer to those above it.

    To the workbook it is a table of its key and caption without columns and rows.
    """

    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Any]] = ()

    def __init__(self, key: str, caption: str, term: Callable[[str], str]) -> None:
        """term: gives the words of a line by its name.

        next: row of the next line; names: what the formulas of a column refer to besides its cells
        by line; cells: row and column from 0, what it holds or the value of its formula, its
        formula, its look.
        """
        self.key, self.caption, self.term, self.next = key, caption, term, LARGEST + 2
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
