"""Which indicators stand among the largest obstacles, and how often. Read from `obstacles`."""

import pandas as pd

from coevo.report.findings.study_tables import Study

TOP = 5


def ranked(study: Study, count: int = TOP) -> pd.DataFrame:
    """The `count` largest obstacles of each region and year, `place` 1 the largest.

    A region-year at the top of every scale has none. Of equal ones the first in the indicator
    table goes ahead. Empty where the study has no more than `count` indicators: all would be in it.
    """
    table = study.tables["obstacles"].dropna(subset="obstacle")
    order = {indicator: i for i, indicator in enumerate(study.indicators["indicator"])}
    if table["indicator"].nunique() <= count:
        return table.iloc[:0].assign(place=pd.Series(dtype=int))
    table = table[table["obstacle"] > 0].assign(at=table["indicator"].map(order))
    table = table.sort_values(
        ["region", "year", "obstacle", "at"], ascending=[True, True, False, True]
    )
    place = table.groupby(["region", "year"]).cumcount() + 1
    return table.assign(place=place)[place <= count].drop(columns="at")


def last_ranked(study: Study, count: int = TOP) -> pd.DataFrame:
    """Those of `ranked` in each region's own last year."""
    table = ranked(study, count)
    return table[table["year"] == table.groupby("region")["year"].transform("max")]


def frequencies(study: Study, count: int = TOP) -> pd.DataFrame:
    """How often each indicator is among the `count` largest obstacles, the most frequent first.

    Columns: indicator, `last` of `regions` in their last year, `all` of `cases` region-years.
    """
    every, last = ranked(study, count), last_ranked(study, count)
    counts = pd.DataFrame(
        {"last": last["indicator"].value_counts(), "all": every["indicator"].value_counts()}
    )
    counts = counts.reindex(study.tables["obstacles"]["indicator"].unique()).fillna(0).astype(int)
    counts["regions"] = last["region"].nunique()
    counts["cases"] = len(every.drop_duplicates(["region", "year"]))
    counts = counts.rename_axis("indicator").reset_index()
    return counts.sort_values(["all", "last"], ascending=False, kind="stable")
