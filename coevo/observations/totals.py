"""Printed totals, held against the sum of the regions in the same table."""

import numpy as np
import pandas as pd

from coevo.arrays import Array, Integers
from coevo.observations.recognition import ASIDE, UNKNOWN, UNWANTED, TableLines
from coevo.observations.sheets import CellWords
from coevo.observations.tables import FigureTable, Labels

ROUNDING = 0.002  # how far a total may lie from the sum of its rounded parts, as a share of it
FEWEST_TOTALS = 3  # years of an indicator from which a row is known to be the sum of the regions
MOST_APART = 1 / 3  # of these years that may differ; if more do, the row is something else
KEYS = ["series", "year"]


def remark_wrong_totals(
    table: FigureTable, labels: Labels, region: Integers, when: Integers, value: Array,
    lines: TableLines,
) -> None:  # fmt: skip
    """Remark each total that is not the sum of the regions, where it is that in other years.

    labels: words of regions; region, when: codes; all can be broadcast to `value` (rows, columns).
    """
    if not (region == ASIDE).any():
        return
    names = np.array([words.text for words in labels.flat], dtype=object).reshape(labels.shape)
    parts = {"name": names, "region": region, "year": when, "series": table.labels["series"]}
    parts |= {"row": table.rows[:, None], "column": table.columns, "value": value}
    cells = pd.DataFrame({k: np.broadcast_to(v, value.shape).ravel() for k, v in parts.items()})
    known = cells[(cells["series"] != UNKNOWN) & (cells["year"] >= 0)].dropna(subset="value")
    of_regions = known[(known["region"] >= 0) | (known["region"] == UNWANTED)]
    sums = of_regions.groupby(KEYS)["value"].agg(["sum", "size"]).reset_index()
    complete = sums[sums["size"] == sums.groupby("series")["size"].transform("max")]
    totals = known[known["region"] == ASIDE].merge(complete, on=KEYS)
    totals["apart"] = (totals["value"] - totals["sum"]).abs() > ROUNDING * totals["sum"].abs()
    years = totals.groupby(["name", "series"])["apart"]
    is_sum = (years.transform("size") >= FEWEST_TOTALS) & (years.transform("mean") <= MOST_APART)
    for row in totals[totals["apart"] & is_sum].to_dict("records"):
        fields = {"name": row["name"], "regions": row["size"], "sum": row["sum"]}
        place = CellWords("", row["row"], row["column"])
        lines.remark("total", "total_differs", place, **fields, printed=row["value"])
