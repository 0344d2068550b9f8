"""Does D hang on years in which coverage changed? Read from `coverage_breaks`."""

from typing import Any

import numpy as np
import pandas as pd

from coevo.panel.derivations import breaks_in_coverage
from coevo.report.findings.grade_scale import MIDPOINT
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.coverage_breaks import ANEW, KEPT, WITH


def break_years(study: Study) -> list[int]:
    """Years of the study, its first aside, in which the coverage of an indicator changed."""
    years = {year for own in breaks_in_coverage(study.indicators).values() for year in own}
    return sorted(years & set(study.years[1:]))


def coverage_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of D with and without the years in which coverage changed.

    `verdict`: `none` where no coverage changed; `refused` where D without those years cannot be
    computed, with the reason `why`; `hangs` where the grade of the focus in its last year is
    another one without them (same weights and goalposts), that is, hangs on a year of
    changed coverage; `holds` where it is the same. `with`, `kept`, `anew`: of the focus `D` and
    `grade` of its first and last year, `rise` of ln D, `rank`; `above`: regions at 0.5 or more, of
    `regions`, and `mean` of D, in the last year of each; `sd_ln`: standard deviation of ln D over
    the regions (divided by their number) where that year is the same for all.
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
        refused = table[table["D"].isna()].iloc[0]
        return base | {"verdict": "refused", "why": (refused["message"], refused["fields"])}
    hangs = base[KEPT]["grade"][1] != base[WITH]["grade"][1]
    return base | {"verdict": "hangs" if hangs else "holds", "anew": base.get(ANEW)}


def _state(rows: pd.DataFrame, focus: str) -> dict[str, Any]:
    ordered = rows.sort_values("year", kind="stable").groupby("region")
    first, last = (part.set_index("region") for part in (ordered.head(1), ordered.tail(1)))
    own = [part.loc[focus] for part in (first, last)]
    D = tuple(float(row["D"]) for row in own)
    alike = last["D"].gt(0).all() and last["year"].nunique() == 1
    return {
        "D": D,
        "grade": tuple(row["grade"] for row in own),
        "rise": float(np.log(D[1] / D[0])) if min(D) > 0 else None,
        "rank": int(own[1]["rank"]),
        "above": int((last["D"] >= MIDPOINT).sum()),
        "mean": float(last["D"].mean()),
        "sd_ln": float(np.log(last["D"]).std(ddof=0)) if alike else None,
        "regions": len(last),
    }
