"""Which vintages a study uses, what newer figures it leaves, and where vintages meet."""

from typing import Any

import pandas as pd

from coevo.panel.vintages import BREAK, POLICIES, SERIES, SPLICED, of_years
from coevo.report.findings.study_tables import Study

MOST_NAMED = 4  # indicators, before their number says enough


def vintages_finding(study: Study) -> dict[str, Any]:
    """What a sentence on vintages needs.

    `pinned`: the vintage that hides later ones, or None; `newer`: groups of known figures
    newer than those used, by vintage and years; `breaks`, `spliced`: groups of figures with that
    flag; `crossing`: pairs of years that are growth rows of no region because they cross two
    vintages.
    """
    panel, pin = study.tables["panel"], study.config["vintage"]
    read = panel[panel["indicator"].isin(study.tables["observations"]["indicator"])]
    return {
        "pinned": None if pin == "latest" else pin,
        "newer": [
            {"vintage": vintage, **group}
            for vintage, rows in _newer(study).groupby("vintage")
            for group in groups(study, rows)
        ],
        "breaks": groups(study, read[read["flag"] == BREAK]),
        "spliced": groups(study, read[read["flag"] == SPLICED]),
        "crossing": _crossing(study),
    }


def _newer(study: Study) -> pd.DataFrame:
    """Return the newest figures that are newer than the series used."""
    panel, seen = study.tables["panel"], study.tables["observations"]
    for column in ("region", "indicator"):
        seen = seen[seen[column].isin(panel[column])]
    seen = of_years(seen, panel["year"].unique())
    stands, newest = (POLICIES[name](seen) for name in (study.config["vintage_policy"], "overlay"))
    used = stands.groupby(SERIES)["vintage"].max().rename("vintage_used")
    newer = newest[newest["value"].notna()].join(used, on=SERIES)
    return newer[newer["vintage"] > newer["vintage_used"]]


def groups(study: Study, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Group cells by their years and regions: indicators in the table's order, few or many, years,
    names of regions, some of them or everywhere.
    """
    found: dict[tuple[tuple[int, ...], tuple[str, ...]], list[str]] = {}
    for indicator in study.indicators["indicator"]:
        at: dict[tuple[str, ...], list[int]] = {}
        for year, names in rows[rows["indicator"] == indicator].groupby("year")["name"]:
            at.setdefault(tuple(sorted(set(names))), []).append(year)
        for where, years in at.items():
            found.setdefault((tuple(years), where), []).append(indicator)
    return [
        {
            "indicators": indicators,
            "what": "few" if len(indicators) <= MOST_NAMED else "many",
            "years": list(years),
            "names": list(names),
            "where": "everywhere" if 1 < len(names) == len(study.regions) else "some",
        }
        for (years, names), indicators in found.items()
    ]


def _crossing(study: Study) -> int:
    """Return how many pairs of years the regions' own growth rows leave out, main estimator."""
    if "checks" not in study.tables or study.pair is None:
        return 0
    rows = study.rows("checks", check="rows_across_vintages", estimator=study.estimator)
    return int(rows.loc[rows["scope"] != "pooled", "value"].sum())
