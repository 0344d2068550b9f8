"""What was read and what the audit found; weights and obstacles as sentences need them."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.normalisation import MODERATE, RATIO, scales_of
from coevo.panel import FILLED
from coevo.panel.audit import ACCEPTED, is_finding, is_serious
from coevo.panel.derivations import linked
from coevo.report.findings.study_tables import Study
from coevo.report.findings.vintage_breaks import groups, vintages_finding

MISSING = "missing"


def data_finding(study: Study) -> dict[str, Any]:
    """Counts of what was read, audit findings by check, missing and filled cells, vintages."""
    seen, panel = study.tables["observations"], study.tables["panel"]
    flags = panel["flag"].fillna("").astype(str)
    # an index on the year before has no use in the first year
    chained = panel["indicator"].isin(linked(study.derivations.values()))
    unneeded = chained & panel["year"].eq(panel["year"].min())
    filled = groups(study, panel[flags.eq(FILLED)])
    missing = groups(study, panel[flags.str.startswith(MISSING) & ~unneeded])
    return vintages_finding(study) | {
        "observations": int(seen["value"].notna().sum()),
        "indicators": seen["indicator"].nunique(),
        "audit": len(audited(study)),
        "serious": serious(study),
        "accepted": int((study.tables["audit"]["standing"] == ACCEPTED).sum()),
        "filled": filled,
        "missing": missing,
        "complete": None if missing else "filled" if filled else "whole",
        "revisions": len(study.tables["revisions"]),
    }


def audited(study: Study) -> pd.DataFrame:
    """Findings of the audit, which doubt a figure; without remarks on how the files were read."""
    audit = study.tables["audit"]
    return audit[is_finding(audit)]


def serious(study: Study) -> dict[str, Any]:
    """How many findings are serious, and of which checks; none of those that the study accepts."""
    audit = study.tables["audit"]
    checks = audit.loc[is_serious(audit), "check"]
    return {"count": len(checks), "checks": list(checks.unique())}


def between(study: Study) -> pd.Series:
    """Share of each normalised indicator's panel variance that lies between regions (0 to 1)."""
    table = study.tables["normalised"]
    means = table.groupby(["indicator", "region"])["z"].transform("mean")
    parts = pd.DataFrame({"indicator": table["indicator"], "z": table["z"], "mean": means})
    grouped = parts.groupby("indicator")
    return grouped["mean"].var(ddof=0) / grouped["z"].var(ddof=0)


def weights_finding(study: Study) -> dict[str, Any]:
    """The weights in use, heaviest first in each subsystem, and what is heavy.

    `verdict`: the weights `differ`, are `equal`, or `alone`, where no subsystem has more than one
    indicator, so that no weight can `vary`, of `one`, not of `several`; `sure`: they rest on
    differences of `regions` or of `years`; `between_max`, `between_min`: indicators whose variance
    lies most and least between regions.
    """
    used, shares = study.config["weighting"]["method"], between(study)
    rows = study.rows("weights", weighting=used)
    rows = rows.assign(
        place=rows["subsystem"].map(study.subsystems.index), between=rows["indicator"].map(shares)
    ).sort_values(["place", "weight"], ascending=[True, False])
    heaviest = rows.groupby("place", sort=True).first()
    alone = len(rows) == len(heaviest)
    return {
        "method": used,
        "verdict": "alone" if alone else "equal" if used == "equal" else "differ",
        "sure": None if alone else "years" if study.single else "regions",
        "entropy": used == "entropy",
        "vary": "one" if alone else "several",
        "rows": rows,
        "heaviest": list(zip(heaviest["indicator"], heaviest["weight"], strict=True)),
        "between_max": (str(shares.idxmax()), float(shares.max())),
        "between_min": (str(shares.idxmin()), float(shares.min())),
    }


def obstacle_rows(study: Study) -> pd.DataFrame:
    """Obstacle degrees of the latest year in which the region in focus has any.

    A region at the top of every scale has none (all its shares are 0).
    """
    table = study.tables["obstacles"].dropna(subset="obstacle")
    table = table[table.groupby(["region", "year"])["obstacle"].transform("sum") > 0]
    years = table.loc[table["region"] == study.focus, "year"]
    return table[table["year"] == (years.max() if len(years) else study.years[-1])]


@lru_cache(maxsize=8)
def largest_obstacles(study: Study) -> pd.Series:
    """The indicator that holds a region back most, by region; of those that any does."""
    rows = obstacle_rows(study)
    return rows.loc[rows.groupby("region")["obstacle"].idxmax()].set_index("region")["indicator"]


def obstacles_finding(study: Study) -> dict[str, Any]:
    """The largest obstacle in the focus, its degree, of which year, and who sets its scale's top.

    `verdict` is `none` when no year has any, `earlier` when the focus's last year has none.
    """
    rows = obstacle_rows(study)
    own = rows[rows["region"] == study.focus].set_index("indicator")["obstacle"]
    if own.empty:
        return {"verdict": "none", "year": study.years[-1]}
    year, first = int(rows["year"].iloc[0]), str(own.idxmax())
    return {
        "verdict": "last" if year == study.ends[1].at[study.focus, "year"] else "earlier",
        "year": year,
        "first": first,
        "degree": float(own.max()),
        "top": scale_top(study, first),
    }


def scale_top(study: Study, indicator: str) -> tuple[str, int] | None:
    """Region and year whose figure sets the top of an indicator's scale; None where none does.

    The top is the largest z of all regions and years, the least figure where less is better. With
    goalposts kept from elsewhere, of its own, or by year or region, or a best band, no single
    figure of the study sets it.
    """
    scale = scales_of(study.indicators)[indicator]
    fixed = scale.own is not None or scale.direction == MODERATE
    if fixed or study.config["normalisation"]["reference"] not in ("panel", RATIO):
        return None
    rows = study.rows("normalised", indicator=indicator).dropna(subset="z")
    row = rows.loc[rows["z"].idxmax()]
    return row["name"], int(row["year"])
