"""Tasks of reading: the cells of raw workbooks, a panel from a workbook to long rows."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks import reading
from benchmarks.peers.task import COEVO, ROOT, Answer, Side, Task
from coevo.observations.opening import read_sheets
from coevo.observations.recognition import StudyTerms

CELLS_ALONE = (
    "values alone; coevo also keeps the cell, format and unit of each figure, merged ranges, "
    "hidden rows and formulas without values"
)
RUST = f"{CELLS_ALONE}, and reads by openpyxl, in Python; calamine is compiled and tells no formats"


def raw_files(small: bool) -> list[Path]:
    """Return the workbooks of the studies of this repository."""
    return sorted((ROOT / "data" / "raw").rglob("*.xlsx"))[: 1 if small else None]


def own_sheets(paths: list[Path]) -> Answer:
    sheets = [sheet for path in paths for sheet in read_sheets(path, path.name)]
    return _numbers(value for sheet in sheets for value in sheet.values.ravel())


def pandas_sheets(engine: str, paths: list[Path]) -> Answer:
    engine_: Any = engine
    books = [pd.read_excel(p, sheet_name=None, header=None, engine=engine_) for p in paths]
    return _numbers(v for book in books for s in book.values() for v in s.to_numpy().ravel())


def _numbers(values: Iterator[Any]) -> Answer:
    """Return how many numbers there are, their sum and the sum of their squares."""
    known = [float(v) for v in values if isinstance(v, int | float) and v == v]
    x = np.array(known)
    return Answer(np.array([len(x), x.sum(), (x**2).sum()]))


class Book(NamedTuple):
    """A workbook of a county panel and the terms of its study; the folder lives as long."""

    path: Path
    terms: StudyTerms
    regions: int
    folder: Any


def book(small: bool) -> Book:
    number = 10 if small else 140
    folder = tempfile.TemporaryDirectory(prefix="coevo-peers-")
    path = reading.write(Path(folder.name), number)["xlsx"]
    regions, indicators = reading.names(number)
    return Book(path, StudyTerms(indicators, regions, {}, {}), number, folder)


def own_figures(data: Book) -> Answer:
    """Every figure with region, year, indicator, unit and cell."""
    return Answer(
        np.sort(reading.typed(data.path, data.terms, data.regions)[2]["value"].to_numpy())
    )


def pandas_figures(engine: str, data: Book) -> Answer:
    engine_: Any = engine
    table = pd.read_excel(data.path, engine=engine_)
    long = table.melt(id_vars=["地区", "年份"], var_name="indicator")
    return Answer(np.sort(long["value"].to_numpy(dtype=float)))


TASKS = (
    Task(
        "cells of the raw workbooks",
        raw_files,
        COEVO(own_sheets),
        (
            Side("pandas, openpyxl", "openpyxl", partial(pandas_sheets, "openpyxl"), CELLS_ALONE),
            Side("pandas, calamine", "python-calamine", partial(pandas_sheets, "calamine"), RUST),
        ),
        12,
        repeats=3,
    ),
    Task(
        "workbook of 140,000 figures to long rows",
        book,
        COEVO(own_figures),
        (
            Side("pandas, openpyxl", "openpyxl", partial(pandas_figures, "openpyxl"), CELLS_ALONE),
            Side("pandas, calamine", "python-calamine", partial(pandas_figures, "calamine"), RUST),
        ),
        12,
        repeats=3,
    ),
)
