"""What was read, of which vintages, and what the audit found; weights and obstacles."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.panel.audit import ACCEPTED, is_finding, is_serious
from coevo.panel.derivations import breaks_in_coverage, linked
from coevo.panel.vintages import POLICIES, SERIES, of_years
from coevo.report.findings.level_control import per_resident
from coevo.report.findings.study_tables import Study
from coevo.schema import BREAK, FILLED, SPLICED
from coevo.sensitivity.coverage_breaks import SHOWN

MISSING = "missing"
MOST_NAMED = 4  # indicators, before their number says enough
MOST_RUNS = 40  # of years with missing figures, before their number does


def data_finding(study: Study) -> dict[str, Any]:
    """Counts of what was read and of what the audit found, missing and filled cells, vintages.

    `missing` and `filled`: groups of figures; where these are too many, `absent` and `interpolated`
    hold how many they are by indicator.

    `pinned`: the vintage that hides later ones, or None; `newer`: groups of known figures
    newer than those used, by vintage and years; `breaks`, `spliced`: groups of figures with that
    flag; `crossing`: pairs of years that are growth rows of no region because they cross two
    vintages.
    """
    seen, panel, pin = study.tables["observations"], study.tables["panel"], study.config["vintage"]
    flags = panel["flag"].fillna("").astype(str)
    # an index on the year before has no use in the first year
    chained = panel["indicator"].isin(linked(study.derivations.values()))
    unneeded = chained & panel["year"].eq(panel["year"].min())
    filled, interpolated = _told(study, panel[flags.eq(FILLED)])
    missing, absent = _told(study, panel[flags.str.startswith(MISSING) & ~unneeded])
    read = panel[panel["indicator"].isin(seen["indicator"])]
    return {
        "observations": int(seen["value"].notna().sum()),
        "indicators": seen["indicator"].nunique(),
        "audit": len(audited(study)),
        "serious": serious(study),
        "accepted": int((study.tables["audit"]["standing"] == ACCEPTED).sum()),
        "filled": filled,
        "interpolated": interpolated,
        "missing": missing,
        "absent": absent,
        "complete": None if missing or absent else "filled" if filled or interpolated else "whole",
        "revisions": len(study.tables["revisions"]),
        "pinned": None if pin == "latest" else pin,
        "newer": [
            {"vintage": vintage, **group}
            for vintage, rows in _newer(study).groupby("vintage")
            for group in groups(study, rows)
        ],
        "breaks": groups(study, read[read["flag"] == BREAK]),
        "spliced": groups(study, read[read["flag"] == SPLICED]),
        "crossing": _crossing(study) if study.pair else 0,
    }


def _newer(study: Study) -> pd.DataFrame:
    """Return the newest figures that are newer than the series used."""
    newest, stands = standing(study, "overlay"), standing(study)
    used = stands.groupby(SERIES)["vintage"].max().rename("vintage_used")
    newer = newest[newest["value"].notna()].join(used, on=SERIES)
    return newer[newer["vintage"] > newer["vintage_used"]]


@lru_cache(maxsize=8)
def standing(study: Study, policy: str = "") -> pd.DataFrame:
    """Return which figures stand by a policy for vintages, else by the study's, and their vintage.

    Of regions, years and indicators of the panel.
    """
    panel, seen = study.tables["panel"], study.tables["observations"]
    for column in ("region", "indicator"):
        seen = seen[seen[column].isin(panel[column])]
    return POLICIES[policy or study.config["vintage_policy"]](
        of_years(seen, panel["year"].unique())
    )


def _told(study: Study, rows: pd.DataFrame) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Groups of cells, or, where these are too many, how many cells there are by indicator."""
    found = groups(study, rows)
    if sum(1 + (pd.Series(group["years"]).diff() > 1).sum() for group in found) <= MOST_RUNS:
        return found, {}
    return [], rows["indicator"].value_counts(sort=False).to_dict()


def groups(study: Study, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Group cells by their years and regions: indicators in the table's order, few or many, years,
    names of regions, some of them or everywhere.
    """
    order = pd.CategoricalDtype(study.indicators["indicator"])
    cells = rows.astype({"indicator": order}).sort_values(["indicator", "year", "name"])
    for held, by in (("name", ["indicator", "year"]), ("year", ["indicator", "name"])):
        cells = cells.groupby(by, sort=False, observed=True)[held].agg(tuple).reset_index()
    return [
        {
            "indicators": list(indicators),
            "what": "few" if len(indicators) <= MOST_NAMED else "many",
            "years": list(years),
            "names": list(names),
            "where": "everywhere" if 1 < len(names) == len(study.regions) else "some",
        }
        for (years, names), indicators in cells.groupby(["year", "name"], sort=False)["indicator"]
    ]


def _crossing(study: Study) -> int:
    """Return how many pairs of years the regions' own growth rows leave out, main estimator."""
    fits = {"estimator": study.estimator, "scope": study.regions}
    return int(study.rows("checks", check="rows_across_vintages", **fits)["value"].sum())


def audited(study: Study) -> pd.DataFrame:
    """Findings of the audit, which doubt a figure; without remarks on how the files were read."""
    audit = study.tables["audit"]
    return audit[is_finding(audit)]


def serious(study: Study) -> dict[str, Any]:
    """How many findings are serious, and of which checks; none of those that the study accepts."""
    audit = study.tables["audit"]
    checks = audit.loc[is_serious(audit), "check"]
    return {"count": len(checks), "checks": list(checks.unique())}


def weights_finding(study: Study) -> dict[str, Any]:
    """The weights in use (`rows`), heaviest first in each subsystem, and their `method`."""
    used = study.config["weighting"]["method"]
    rows = study.rows("weights", weighting=used)
    rows = rows.assign(place=rows["subsystem"].map(study.subsystems.index))
    rows = rows.sort_values(["place", "weight"], ascending=[True, False])
    return {"method": used, "rows": rows}


def measured_finding(study: Study) -> dict[str, Any]:
    """What D is made of. `verdict`: whether `some` or `none` of its indicators are per resident;
    `changed`: of how many the growth shows years of changed coverage; `filled`: indicators that
    are filled in every region, each with its weight and the years.
    """
    panel, rows = study.tables["panel"], weights_finding(study)["rows"]
    weights = rows.set_index("indicator")["weight"]
    growth = study.tables["coverage_growth"]
    of_D = panel[panel["flag"].eq(FILLED) & panel["indicator"].isin(weights.index)]
    every = [g for g in groups(study, of_D) if len(g["names"]) == len(study.regions)]
    return {
        "verdict": "some" if per_resident(study) else "none",
        "changed": growth.loc[growth["verdict"].eq(SHOWN), "indicator"].nunique(),
        "filled": [(i, weights[i], g["years"]) for g in every for i in g["indicators"]],
    }


def since(study: Study, indicator: str) -> dict[str, Any]:
    """Since when an indicator is measured as it is: `first` year with a figure, years in which
    coverage `changed`, in which its vintage does (`breaks`), and `filled` ones.
    """
    rows = study.rows("panel", indicator=indicator).dropna(subset="value")
    flags = {"breaks": BREAK, "filled": FILLED}
    years = {key: sorted(rows.loc[rows["flag"].eq(f), "year"].unique()) for key, f in flags.items()}
    changed = breaks_in_coverage(study.indicators).get(indicator, [])
    return {"first": int(rows["year"].min()), "changed": changed, **years}


def largest_obstacles(study: Study) -> pd.Series:
    """The indicator that holds a region back most, by region; of those that any does.

    In the latest year in which the region in focus has any obstacle; a region at the top of every
    scale has none (all its shares are 0).
    """
    table = study.tables["obstacles"].dropna(subset="obstacle")
    table = table[table.groupby(["region", "year"])["obstacle"].transform("sum") > 0]
    years = table.loc[table["region"] == study.focus, "year"]
    rows = table[table["year"] == (years.max() if len(years) else study.years[-1])]
    return rows.loc[rows.groupby("region")["obstacle"].idxmax()].set_index("region")["indicator"]
