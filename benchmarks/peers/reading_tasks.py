"""Tasks of reading: a panel from a workbook to long rows."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.peers.task import Answer, Side, Task
from coevo.observations import observe

FIGURES_ALONE = (
    "values alone; coevo also keeps the cell, format and unit of each figure, merged ranges, "
    "hidden rows and formulas without values"
)
RUST = (
    f"{FIGURES_ALONE}, and reads by openpyxl, in Python; calamine is compiled and tells no formats"
)


class Book(NamedTuple):
    """A workbook of a county panel, the indicators and regions of its study, and its folder."""

    path: Path
    indicators: pd.DataFrame
    regions: pd.DataFrame
    folder: Any


def book(small: bool) -> Book:
    names = [f"县{i}" for i in range(10 if small else 140)]
    titles, years = [f"指标{n}号" for n in range(50)], range(2001, 2021)
    codes = [f"{100_000 + i}" for i in range(len(names))]
    regions = pd.DataFrame({"region": codes, "name_zh": names, "long_zh": "", "name_en": ""})
    own = {"indicator": [f"i{n}" for n in range(50)], "source_name": titles}
    indicators = pd.DataFrame(own).assign(unit="100 million yuan", derivation="")
    index = pd.MultiIndex.from_product([names, years], names=["地区", "年份"])
    values = np.random.default_rng(1).lognormal(3, 1, (len(index), 50)).round(2)
    folder = tempfile.TemporaryDirectory(prefix="coevo-peers-")
    path = Path(folder.name) / "2026-10" / "panel.xlsx"
    path.parent.mkdir()
    table = pd.DataFrame(values, index, [f"{title}(亿元)" for title in titles]).reset_index()
    table.to_excel(path, index=False, engine="xlsxwriter")
    return Book(path, indicators, regions, folder)


def own_figures(data: Book) -> Answer:
    """Every figure with region, year, indicator, unit and cell."""
    found, _ = observe([str(data.path)], data.folder.name, data.indicators, data.regions, {}, {})
    return Answer(np.sort(found["value"].to_numpy()))


def pandas_figures(engine: Any, data: Book) -> Answer:
    long = pd.read_excel(data.path, engine=engine).melt(["地区", "年份"], var_name="indicator")
    return Answer(np.sort(long["value"].to_numpy(dtype=float)))


BESIDE = (
    Side("pandas, openpyxl", "openpyxl", partial(pandas_figures, "openpyxl"), FIGURES_ALONE),
    Side("pandas, calamine", "python-calamine", partial(pandas_figures, "calamine"), RUST),
)
NAME = "workbook of 140,000 figures to long rows"
TASKS = (Task(NAME, book, own_figures, BESIDE, 12, repeats=3),)
