"""The entropy of each indicator by live formulas, from z of all regions and years side by side."""

from typing import Any

import numpy as np

from coevo.report.tables.cell_address import Cell, absolute_address, of_table
from coevo.report.tables.workbook_case import EDGE, WorkbookCase

NUMBER, TOTAL, LOGS, ENTROPY, HEAD, BODY = 3, 4, 5, 6, 8, 9  # rows of the sheet, from 0
TITLE = (
    "Entropy e of each indicator by formulas, from z of all regions and years (sheet normalised): "
    "e = (ln S − Q / S) / ln N, S the sum of z, Q the sum of z ln z, N the number of rows",
    "用公式由全部地区与年份的标准化值z（normalised表）计算各指标的信息熵：e=(ln S−Q/S)/ln N，"
    "S为z之和，Q为z·ln z之和，N为行数",
)
WORDS = {
    NUMBER: ("rows N", "行数N"),
    TOTAL: ("sum S of z", "z之和S"),
    LOGS: ("sum Q of z ln z", "z·ln z之和Q"),
    ENTROPY: ("entropy e", "信息熵e"),
}


def entropy_cells(case: WorkbookCase) -> list[Cell]:
    """Return the cells of the sheet; without rows for a weighting that is not by entropy."""
    table = case.tables["normalised"].reset_index(drop=True)
    places = table.reset_index(names="place").pivot(
        index=["region", "name", "year"], columns="indicator", values="place"
    )[case.members]
    z = table["z"].to_numpy(dtype=float)[places.to_numpy()]
    cells = [Cell(k, 0, text, look="note") for k, text in enumerate(TITLE)]
    for row, words in WORDS.items():
        cells += [Cell(row, k, text, look="text") for k, text in enumerate(words)]
    heads = ["region", "name", "year", *case.members]
    cells += [Cell(HEAD, k, text, look="head") for k, text in enumerate(heads)]
    for k, key in enumerate(places.index):
        cells += [Cell(BODY + k, c, part, look="text") for c, part in enumerate(key)]
    for (k, c), place in np.ndenumerate(places.to_numpy()):
        formula = of_table("normalised", table, "z", int(place))
        cells.append(Cell(BODY + k, EDGE + c, float(z[k, c]), formula, "score"))
    return cells + [cell for c in range(len(case.members)) for cell in _sums(case, z, c)]


def _sums(case: WorkbookCase, z: Any, place: int) -> list[Cell]:
    """The steps from the column of an indicator to its entropy."""
    column, own = EDGE + place, z[:, place]
    body = f"{absolute_address(BODY, column)}:{absolute_address(BODY + len(own) - 1, column)}"
    count, total, logs = (absolute_address(row, column) for row in (NUMBER, TOTAL, LOGS))
    e = float(case.weights["entropy"].iloc[place])
    steps = [
        # ln 1 stands in for ln 0, since 0 ln 0 counts as 0
        (NUMBER, len(own), f"COUNT({body})", "whole"),
        (TOTAL, own.sum(), f"SUM({body})", "score"),
        (LOGS, (own * np.log(own + (own == 0))).sum(), f"SUMPRODUCT({body},LN({body}+({body}=0)))",
         "score"),
        (ENTROPY, e, f"MAX(0,MIN(1,(LN({total})-{logs}/{total})/LN({count})))", "score"),
    ]  # fmt: skip
    return [
        Cell(row, column, float(value), f"={formula}", look) for row, value, formula, look in steps
    ]
