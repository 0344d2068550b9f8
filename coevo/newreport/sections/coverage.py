"""D with and without the years in which coverage of indicators changed, such as census years."""

from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from coevo.newreport.grades import MIDPOINT
from coevo.newreport.study import Reason, Study, first_and_last, reason
from coevo.panel.derivations import breaks_in_coverage, cause_of_breaks
from coevo.sensitivity.coverage_breaks import (
    HIDDEN,
    JUMP,
    KEPT,
    SHOWN,
    UNTOLD,
    WITH,
    years_with_verdict,
)


@dataclass(frozen=True)
class StateWithout:
    """D of one region without the years of changed coverage, and what it is with them."""

    D: float
    grade: str
    D_with: float
    grade_with: str

    @property
    def grade_changes(self) -> bool:
        """Whether the grade of the last year is another one."""
        return self.grade != self.grade_with

    @property
    def D_changes(self) -> bool:
        """Whether D, as printed, is another one."""
        return f"{self.D:.2f}" != f"{self.D_with:.2f}"


@dataclass(frozen=True)
class CoverageFacts:
    """What the years of changed coverage do to D.

    years: all in which coverage changed; shown: of these the ones that the growth of an indicator
    shows; verdict: `shown`, `not_shown`, `too_few_years` where no year can be judged, or `none`;
    cause: `census` or `other`; jumps: years that stand out and that the indicator table does not
    name; indicators: whose coverage changed; mean: mean D of the last year without these years;
    rose, reached: regions that rose, and that reach 0.5; reason: why D cannot be computed without
    them; method: how growth of such a year is replaced, `before` or `around`.
    """

    verdict: str = "none"
    years: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    cause: str = "other"
    jumps: list[int] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    mean: float | None = None
    rose: int = 0
    reached: int = 0
    reason: Reason | None = None
    method: str = "around"
    focus: StateWithout | None = None


def shown_breaks(study: Study) -> list[int]:
    """Return the years of changed coverage that show themselves in the growth of an indicator."""
    return years_with_verdict(study.tables["coverage_growth"], SHOWN)


def facts(study: Study) -> CoverageFacts:
    """Return what the years of changed coverage do to D; the verdict `none` where none changed."""
    table, growth = study.tables["coverage_breaks"], study.tables["coverage_growth"]
    if table.empty:
        return CoverageFacts()
    breaks = breaks_in_coverage(study.indicators)
    years = sorted({year for of_one in breaks.values() for year in of_one} & {*study.years[1:]})
    shown = shown_breaks(study)
    judged = set(growth.loc[growth["named"], "verdict"])
    verdict = SHOWN if shown else HIDDEN if HIDDEN in judged else UNTOLD
    ends = _ends(study).get(KEPT)
    last = None if ends is None else ends[1]["D"]
    return CoverageFacts(
        verdict=verdict,
        years=years,
        shown=shown,
        cause=cause_of_breaks(study.indicators),
        jumps=years_with_verdict(growth, JUMP) if verdict != UNTOLD else [],
        indicators=list(breaks),
        mean=None if last is None else float(last.mean()),
        rose=0 if ends is None else int((ends[1]["D"] > ends[0]["D"]).sum()),
        reached=0 if last is None else int((last >= MIDPOINT).sum()),
        reason=reason(table),
        method="before" if (shown or years) == study.years[-1:] else "around",
        focus=without_breaks(study, study.focus),
    )


def without_breaks(study: Study, region: str) -> StateWithout | None:
    """Return D of the last year of a region without these years; None where it is not known."""
    ends = _ends(study)
    known = [ends[name][1] for name in (KEPT, WITH) if name in ends]
    if len(known) < 2 or any(region not in rows.index for rows in known):
        return None
    kept, whole = (rows.loc[region] for rows in known)
    return StateWithout(kept["D"], kept["grade"], whole["D"], whole["grade"])


@lru_cache(maxsize=8)
def _ends(study: Study) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Rows of every region's first and last year, by variant (`with`, `kept`)."""
    rows = study.tables["coverage_breaks"].dropna(subset="D")
    return {str(variant): first_and_last(part) for variant, part in rows.groupby("variant")}
