"""Does D hang on years in which coverage changed? Read from `coverage_breaks`."""

from typing import Any

import pandas as pd

from coevo.panel.derivations import breaks_in_coverage
from coevo.report.findings.fit_tables import reason
from coevo.report.findings.grade_scale import MIDPOINT
from coevo.report.findings.study_tables import Study, first_and_last
from coevo.sensitivity.coverage_breaks import KEPT, WITH


def break_years(study: Study) -> list[int]:
    """Years of the study, its first aside, in which the coverage of an indicator changed."""
    years = {year for own in breaks_in_coverage(study.indicators).values() for year in own}
    return sorted(years & set(study.years[1:]))


def coverage_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of D with and without the years in which coverage changed.

    `verdict`: `none` where no coverage changed; `refused` where D without those years cannot be
    computed, with the reason `why`; `hangs` where the grade of the focus in its last year is
    another one without them (same weights and goalposts), that is, hangs on years of
    changed coverage; `holds` where it is the same. `with`, `kept`: of the focus `D` and `grade` of
    its first and last year; of each region’s last year `above`: how many at 0.5 or more, `mean`
    of D, and how many `rose` since their first.
    """
    table = study.tables["coverage_breaks"]
    if table.empty:
        return {"verdict": "none"}
    indicators = [name for name, years in breaks_in_coverage(study.indicators).items() if years]
    base: dict[str, Any] = {"years": break_years(study), "indicators": indicators}
    base |= {
        str(variant): _state(rows, study.focus)
        for variant, rows in table.dropna(subset="D").groupby("variant")
    }
    if KEPT not in base:
        return base | {"verdict": "refused", "why": reason(table[table["D"].isna()])}
    hangs = base[KEPT]["grade"][1] != base[WITH]["grade"][1]
    return base | {"verdict": "hangs" if hangs else "holds"}


def _state(rows: pd.DataFrame, focus: str) -> dict[str, Any]:
    first, last = first_and_last(rows)
    return {
        "D": tuple(float(part.at[focus, "D"]) for part in (first, last)),
        "grade": tuple(part.at[focus, "grade"] for part in (first, last)),
        "above": int((last["D"] >= MIDPOINT).sum()),
        "rose": int((last["D"] > first["D"]).sum()),
        "mean": float(last["D"].mean()),
    }
