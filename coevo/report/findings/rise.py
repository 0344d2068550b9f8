"""How far and how fast did D move? Read from `coupling`."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from coevo.report.findings.grade_scale import MIDPOINT
from coevo.report.findings.study_tables import Study
from coevo.report.findings.vintage_breaks import broken_years


@lru_cache(maxsize=8)
def _wide(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """D and its ranks, regions down and years across, every year from the first to the last."""
    wide = study.coupling.pivot(index="region", columns="year", values="D")
    wide = wide.reindex(columns=range(study.years[0], study.years[-1] + 1))
    return wide, wide.rank(ascending=False, method="min")


@lru_cache(maxsize=8)
def _by_region(study: Study) -> dict[str, pd.DataFrame]:
    """The rows of `coupling` of each region."""
    return {str(code): rows for code, rows in study.coupling.groupby("region")}


def _since(ranks: pd.Series) -> int:
    """The first year from which the rank has been that of the last year without a break."""
    same = ranks[::-1].eq(ranks.iloc[-1]).cumprod().astype(bool)
    return int(same[same].index[-1])


def _move(first: float, last: float) -> str:
    if last == first:
        return "stayed"
    return "rose" if last > first else "fell"


def _before(rows: pd.DataFrame, steps: pd.Series) -> dict[str, Any] | None:
    """The state before the largest step, if that is the last one: the end rests on one year."""
    last = int(rows["year"].max())
    if not len(steps) or int(steps.idxmax()) != last or last - 1 not in set(rows["year"]):
        return None
    return dict(rows.set_index("year").loc[last - 1, ["D", "grade"]]) | {"year": last - 1}


def focus_state(study: Study, region: str) -> dict[str, Any]:
    """D, grade, rank and the parts of D of one region in its own first and last year."""
    wide, ranked = _wide(study)
    ranks = ranked.loc[region].dropna().astype(int)
    first, last = (part.loc[region] for part in study.ends())
    between = last["year"] - first["year"]
    steps = wide.loc[region].pct_change(fill_method=None)
    steps = steps[np.isfinite(steps) & ~steps.index.isin(broken_years(study, region))]
    return {
        "name": last["name"],
        "years": (int(first["year"]), int(last["year"])),
        "D": (first["D"], last["D"]),
        "grade": (first["grade"], last["grade"]),
        "rank": (int(ranks.iloc[0]), int(ranks.iloc[-1])),
        "since": _since(ranks),
        "growth": (last["D"] / first["D"]) ** (1 / between) - 1 if first["D"] and between else None,
        "before": _before(_by_region(study)[region], steps),
        "move": _move(first["D"], last["D"]),
        "C": last["C"],
        "T": last["T"],
        "relative": last["relative_development"],
        "lagging": last["lagging"],
        "stage": last["stage"],
    }


def rise_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'how far and how fast'.

    `verdict` is `one_region`, `all`, `most` (more than half of the regions rose), `some` or `none`.
    A region that lacks the first or the last year enters with its own, and stands in `shorter`
    (name, first, last). `scale`: what fixes the scale of an indicator.
    """
    starts, ends = study.ends()
    first, last = starts["D"], ends["D"]
    rose = int((last > first).sum())
    n = len(last)
    verdict = (
        "one_region" if n == 1
        else "all" if rose == n
        else "most" if rose > n / 2
        else "some" if rose else "none"
    )  # fmt: skip
    years = (study.years[0], study.years[-1])
    spans = zip(ends["name"], starts["year"].astype(int), ends["year"].astype(int), strict=True)
    return {
        "verdict": verdict,
        "n": n,
        "rose": rose,
        "first": years[0],
        "last": years[1],
        "mean": (float(first.mean()), float(last.mean())),
        "above": (int((first >= MIDPOINT).sum()), int((last >= MIDPOINT).sum())),
        "rows": len(study.coupling),
        "shorter": [span for span in spans if span[1:] != years],
        "scale": _scale(study),
        "focus": focus_state(study, study.focus),
    }


def _scale(study: Study) -> str:
    """What fixes the scale of an indicator: `vector`, `one_region`, `panel` or `other`."""
    normalisation = study.config["normalisation"]
    if normalisation["method"] == "vector":
        return "vector"
    if study.single:
        return "one_region"
    return "panel" if normalisation["reference"] == "panel" else "other"
