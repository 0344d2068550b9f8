"""Which vintages a study uses, what newer figures it leaves, and where vintages meet."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.panel.vintages import BREAK, CELL, POLICIES, SERIES, SPLICED, of_years
from coevo.report.findings.study_tables import Study


def vintages_finding(study: Study) -> dict[str, Any]:
    """What a sentence on vintages needs.

    `pinned`: the vintage that hides later ones, or None; `newer`: groups of known figures
    newer than those used, by vintage and years; `largest`: the one that differs most from the
    figure used, `of_focus` the same for the region in focus, or None; `breaks`, `spliced`: groups
    of figures with that flag; `crossing_all`: pairs of years that are growth rows of no region
    because they cross two vintages.
    """
    panel = study.tables["panel"]
    policy, pin = study.config["vintage_policy"], study.config["vintage"]
    newer = _newer(study, policy)
    read = panel[panel["indicator"].isin(study.tables["observations"]["indicator"])]
    return {
        "pinned": None if pin == "latest" else pin,
        "newer": [
            {"vintage": vintage, **group}
            for vintage, rows in newer.groupby("vintage")
            for group in _groups(study, rows)
        ],
        "largest": _largest(newer),
        "of_focus": _largest(newer[newer["region"] == study.focus]),
        "breaks": _groups(study, read[read["flag"] == BREAK]),
        "spliced": _groups(study, read[read["flag"] == SPLICED]),
        "crossing_all": _crossing(study),
    }


def broken_years(study: Study, region: str) -> list[int]:
    """Years in which a region's D rests on a figure of another vintage than the year before."""
    return _broken(study).get(region, [])


@lru_cache(maxsize=8)
def _broken(study: Study) -> dict[str, list[int]]:
    """The years of `broken_years` by region; one that has none is left out."""
    panel = study.tables["panel"]
    inside = study.indicators.loc[study.indicators["subsystem"].isin(study.subsystems), "indicator"]
    rows = panel[(panel["flag"] == BREAK) & panel["indicator"].isin(inside)]
    return {str(code): sorted(own["year"].unique()) for code, own in rows.groupby("region")}


def _newer(study: Study, policy: str) -> pd.DataFrame:
    """Return the newest figures that are newer than the series used, with their `change`.

    change = newer/used - 1; missing where there is no figure used, or where it is 0.
    """
    panel, seen = study.tables["panel"], study.tables["observations"]
    for column in ("region", "indicator"):
        seen = seen[seen[column].isin(panel[column])]
    seen = of_years(seen, panel["year"].unique())
    stands, newest = (POLICIES[name](seen) for name in (policy, "overlay"))
    used = stands.groupby(SERIES)["vintage"].max().rename("vintage_used")
    newer = newest[newest["value"].notna()].join(used, on=SERIES)
    newer = newer[newer["vintage"] > newer["vintage_used"]]
    before = stands.set_index(CELL)["value"].rename("value_used")
    newer = newer.join(before.where(before != 0), on=CELL)
    return newer.assign(change=newer["value"] / newer["value_used"] - 1)


def _largest(newer: pd.DataFrame) -> dict[str, Any] | None:
    """Return name, indicator, year and change of the figure that differs most, if any does."""
    changed = newer[newer["change"].abs() > 0]
    if changed.empty:
        return None
    row = changed.loc[changed["change"].abs().idxmax()]
    return {key: row[key] for key in ("region", "name", "indicator", "year", "change")}


def _groups(study: Study, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Group cells by their years and regions: indicators in the table's order, years, names.

    `names` is empty where every region of the study is concerned.
    """
    found: dict[tuple[tuple[int, ...], tuple[str, ...]], list[str]] = {}
    for indicator in study.indicators["indicator"]:
        mine = rows[rows["indicator"] == indicator]
        if len(mine):
            names = sorted(set(mine["name"]))
            everyone = len(names) == len(study.regions)
            key = (tuple(sorted(set(mine["year"]))), () if everyone else tuple(names))
            found.setdefault(key, []).append(indicator)
    return [
        {"indicators": indicators, "years": list(years), "names": list(names)}
        for (years, names), indicators in found.items()
    ]


def _crossing(study: Study) -> int:
    """Return how many pairs of years the regions' own growth rows leave out, main estimator."""
    if "checks" not in study.tables or study.pair is None:
        return 0
    rows = study.rows("checks", check="rows_across_vintages", estimator=study.estimator)
    return int(rows.loc[rows["scope"] != "pooled", "value"].sum())
