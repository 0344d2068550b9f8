"""Does D depend on years in which coverage changed, and do these stand out?"""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.panel.derivations import breaks_in_coverage, cause_of_breaks
from coevo.report.findings.grade_scale import MIDPOINT
from coevo.report.findings.study_tables import Study, first_and_last, reason
from coevo.sensitivity.coverage_breaks import (
    FAR,
    HIDDEN,
    JUMP,
    KEPT,
    SHOWN,
    UNTOLD,
    WITH,
    years_with_verdict,
)


def shown_breaks(study: Study) -> list[int]:
    """Years of changed coverage that show themselves in the growth of an indicator."""
    return years_with_verdict(study.tables["coverage_growth"], SHOWN)


def coverage_finding(study: Study) -> dict[str, Any]:
    """D with and without the years in which coverage changed; nothing where none changed.

    `moved`: whether D of the focus in its last year, as printed, is another one (`unmoved`: not);
    `why` D without those years cannot be computed; `hangs`: whether the grade of the focus in its
    last year is another one without them (same weights and goalposts), that is, depends on years of
    changed coverage. `years`: all that are named; `shown`: of them those that show themselves,
    `hidden` the others; `jumps`: years that stand out and that none names; `cause`: what such years
    are, `census` or `other`; `seen`: `shown`, `not_shown`, or `too_few_years` where none can be
    judged; `growth` of the first indicator that shows any: its mean over those `years`, and over
    the years not named (`otherwise`); `limit` of z.
    `with`, `kept`: of the focus `D` and `grade` of its first and last year; of each region’s
    last year `above`: how many at 0.5 or more, `mean` of D, and how many `rose` since their
    first; `counts`: whether there are several to count, and `all` or `some` of them rose. `beside`:
    what stands for growth of such a year, that of the year `before` where it is the last.
    """
    table, growth = study.tables["coverage_breaks"], study.tables["coverage_growth"]
    if table.empty:
        return {"shown": []}
    breaks = breaks_in_coverage(study.indicators)
    named = {year for years_of_one in breaks.values() for year in years_of_one}
    shown, years = shown_breaks(study), sorted(named & set(study.years[1:]))
    judged = set(growth.loc[growth["named"], "verdict"])
    seen = SHOWN if shown else HIDDEN if HIDDEN in judged else UNTOLD
    hidden = [year for year in years if shown and year not in shown]
    base: dict[str, Any] = {
        "years": years,
        "shown": shown,
        "hidden": hidden,
        "likewise": hidden,
        "jumps": years_with_verdict(growth, JUMP) if seen != UNTOLD else [],
        "cause": cause_of_breaks(study.indicators),
        "indicators": list(breaks),
        "limit": FAR,
        "seen": seen,
        "beside": "before" if (shown or years) == study.years[-1:] else "around",
        "growth": _growth(growth) if shown else None,
    }
    base |= coverage_of(study, study.focus)
    if KEPT not in base:
        return base | {"why": reason(table)}
    if study.single:
        return base
    every = base[KEPT]["rose"] == len(study.regions)
    return base | {"counts": "all" if every else "some", "mean": bool(shown)}


def coverage_of(study: Study, region: str) -> dict[str, Any]:
    """What `coverage_finding` says of one region, by variant, and of all."""
    known = {v: ends for v, ends in _ends(study).items() if region in ends[0].index}
    states = {variant: _state(*ends, region) for variant, ends in known.items()}
    last = [states[variant] for variant in (KEPT, WITH) if variant in states]
    moved = len({f"{state['D'][1]:.2f}" for state in last}) > 1
    hangs = len({state["grade"][1] for state in last}) > 1
    return states | {"hangs": hangs, "moved": "moved" if moved else "unmoved"}


def _growth(growth: pd.DataFrame) -> dict[str, Any]:
    shown = growth["verdict"].eq(SHOWN)
    first = growth.loc[shown, "indicator"].iloc[0]
    of_first = growth["indicator"].eq(first)
    return {
        "indicator": first,
        "years": years_with_verdict(growth[of_first], SHOWN),
        "growth": float(growth.loc[of_first & shown, "growth"].mean()),
        "otherwise": float(growth.loc[of_first & ~growth["named"], "growth"].mean()),
    }


@lru_cache(maxsize=8)
def _ends(study: Study) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Rows of every region's first and of its last year by variant."""
    rows = study.tables["coverage_breaks"].dropna(subset="D")
    return {str(variant): first_and_last(part) for variant, part in rows.groupby("variant")}


def _state(first: pd.DataFrame, last: pd.DataFrame, focus: str) -> dict[str, Any]:
    return {
        "D": tuple(float(part.at[focus, "D"]) for part in (first, last)),
        "grade": tuple(part.at[focus, "grade"] for part in (first, last)),
        "above": int((last["D"] >= MIDPOINT).sum()),
        "rose": int((last["D"] > first["D"]).sum()),
        "mean": float(last["D"].mean()),
    }
