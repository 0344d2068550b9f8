"""What the workbook traces: the region in focus, its years, its indicators, and their places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.normalisation import scaled_panel
from coevo.report.findings.study_tables import Study
from coevo.report.tables.cell_address import absolute_address, of_table, span
from coevo.schema import LANGUAGES
from coevo.weighting import WEIGHTINGS
from coevo.weighting.method import Array, Weighting

EDGE = 3  # columns before the indicators: words, the name of the line, year
Entry = tuple[str | float, str]  # what a cell holds, and the formula that gives it


@dataclass(frozen=True)
class WorkbookCase:
    """A study with its tables, its configuration after defaults, and its indicator table."""

    study: Study

    def said(self, *texts: str) -> str:
        """Return what is said in English and Chinese in the language of the study."""
        return texts[LANGUAGES.index(self.study.language)]

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        return self.study.tables

    @property
    def config(self) -> Mapping[str, Any]:
        return self.study.config

    @property
    def region(self) -> str:
        """Code of the region in focus: the configured one, or the first that has figures."""
        return self.study.focus

    @cached_property
    def rows(self) -> dict[int, int]:
        """Position of each year of the region in the table `coupling`."""
        coupling = self.tables["coupling"]
        places = np.flatnonzero(coupling["region"] == self.region)
        return {int(coupling["year"].iloc[place]): int(place) for place in places}

    @cached_property
    def weights(self) -> pd.DataFrame:
        """The weights in use, with the position of each in the table `weights`."""
        table = self.tables["weights"].assign(position=range(len(self.tables["weights"])))
        return table[table["weighting"] == self.config["weighting"]["method"]]

    @property
    def weighting(self) -> Weighting:
        """The registry's entry of the weighting in use."""
        return WEIGHTINGS[self.config["weighting"]["method"]]

    @cached_property
    def places(self) -> pd.DataFrame:
        """Position in the table `normalised` of each region-year (down) and indicator (across)."""
        table = self.tables["normalised"].reset_index(drop=True).reset_index(names="place")
        key = ["region", "name", "year"]
        return table.pivot(index=key, columns="indicator", values="place")[self.members]

    @cached_property
    def known(self) -> dict[str, Array]:
        """Numbers of the indicators by name, from those of the tables to each line's of the way."""
        known = {name: self.weights[name].to_numpy(dtype=float) for name in ("entropy", "weight")}
        given, columns = self.config["weighting"].get("given"), self.weighting.columns
        if given:
            known["given"] = np.array([float(given[indicator]) for indicator in self.members])
        if columns:
            known["z"] = self.tables["normalised"]["z"].to_numpy(dtype=float)[self.places]
        for line in (*(columns.lines if columns else ()), *self.weighting.steps):
            if line.value:
                known[line.name] = line.value(known)
        return known

    @cached_property
    def members(self) -> list[str]:
        """Indicators in the order of their columns: subsystem by subsystem."""
        return list(self.weights["indicator"])

    @cached_property
    def subsystems(self) -> dict[str, tuple[int, int]]:
        """First and last column of each subsystem."""
        own = self.weights["subsystem"].to_numpy()
        columns = {name: np.flatnonzero(own == name) + EDGE for name in dict.fromkeys(own)}
        return {str(name): (int(at[0]), int(at[-1])) for name, at in columns.items()}

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest normalised value."""
        return scaled_panel(self.config["normalisation"]) or (0.0, 1.0)

    def given(self, column: str) -> list[Entry]:
        """Return what the indicator table says of each indicator."""
        table = self.study.indicators.set_index("indicator")[column]
        return [(str(table[indicator]), "") for indicator in self.members]

    def figures(self, name: str, column: str, year: int) -> list[Entry]:
        """Return the figures of a year from a table of region, year and indicator."""
        table = self.tables[name]
        chosen = np.flatnonzero((table["region"] == self.region) & (table["year"] == year))
        places = {table["indicator"].iloc[place]: int(place) for place in chosen}
        return [self.entry(name, column, places[indicator]) for indicator in self.members]

    def entry(self, name: str, column: str, place: int) -> Entry:
        """Return a number of a table and the formula that refers to it."""
        table = self.tables[name]
        return float(table[column].iloc[place]), of_table(name, table, column, place)


class SheetGrid(NamedTuple):
    """Rows of the sheet by name, over the columns of a case."""

    case: WorkbookCase
    at: Mapping[str, int]

    def cell(self, line: str, column: int, fixed: str = "") -> str:
        """Return the address of a cell in a line."""
        return absolute_address(self.at[line], column, fixed)

    def own(self, line: str, column: int, fixed: str = "column") -> str:
        """Return the range that the subsystem of a column takes in a line."""
        ends = next(e for e in self.case.subsystems.values() if e[0] <= column <= e[1])
        return span(self.at[line], *ends, fixed)


class Line(NamedTuple):
    """A line of the sheet: its name, its words, perhaps a year, its look, what gives its cells."""

    name: str
    en: str = ""
    zh: str = ""
    year: int | str = ""
    look: str = ""
    cells: Sequence[Entry] | Callable[[SheetGrid], list[Entry]] = ()


def formulas(
    values: list[float], formula: Callable[[SheetGrid, int], str]
) -> Callable[[SheetGrid], list[Entry]]:
    """Return what gives the cells of a line: a formula per column, and the values it must give."""
    return lambda grid: [
        (value, f"={formula(grid, column)}") for column, value in enumerate(values, start=EDGE)
    ]
