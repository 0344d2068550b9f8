"""Do the indices move together beyond level and common trend? Read from `comovement`."""

from dataclasses import dataclass

import pandas as pd

from coevo.coupling.comovement import SCALES, SCOPES, SIGNIFICANT, whole_regions
from coevo.files import rows_of
from coevo.newreport.study import SUBSYSTEM_PREFIX, Reason, Study, reason

LOGS = next(iter(SCALES))  # the scale that decides
LEVELS = "U"
WITHIN = SCOPES[-1]  # deviations from the means of regions and of years
# Share of simulated panels without a link, but with a level that moves, that have p below .05.
FALSE_ALARM = {"design": "independent, level moves", "quantity": "r_p", "outcome": "below .05"}


@dataclass(frozen=True)
class Correlation:
    """A correlation within regions and years, and what random pairings give."""

    r: float
    mean: float | None
    p: float | None


@dataclass(frozen=True)
class TogetherFacts:
    """Whether the indices of the first two systems are associated beyond level and common trend.

    verdict: `beyond` (more closely than by chance), `opposite` (less than by chance), `none`,
    `untested` where nothing was paired at random (`reason`), or `one_region`; observed: r of the
    logarithms as observed; logs, levels: within regions and years; paired_by: the level of
    development by which regions were paired; false_alarm: how often simulated panels without a link
    have so small a p; both_rise: whether the means of both indices rise; regions: how many take
    part, where not all do.
    """

    verdict: str
    observed: float | None = None
    logs: Correlation | None = None
    levels: Correlation | None = None
    reason: Reason | None = None
    paired_by: str = ""
    pairings: int = 0
    false_alarm: float | None = None
    both_rise: bool = False
    regions: int | None = None


def facts(study: Study) -> TogetherFacts:
    """Return whether the indices move together, in logarithms, which decide, and in levels."""
    if study.single:
        return TogetherFacts("one_region")
    indices = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    whole = study.compared["region"].unique()
    first, last = (rows.loc[whole, indices] for rows in study.ends)
    rows = study.coupling[(study.coupling[indices] > 0).all(axis=1)]
    kept = int(whole_regions(rows)["region"].nunique())
    logs, levels = (correlations(study, scale) for scale in (LOGS, LEVELS))
    pairings = study.rows("comovement", measure="placebo_p").dropna(subset="value")["n"].max()
    return TogetherFacts(
        verdict=_verdict(logs),
        observed=logs["value"].get(SCOPES[0]),
        logs=_within(logs),
        levels=_within(levels),
        reason=reason(rows_of(_of_pair(study), measure="placebo_p")),
        paired_by=next(iter(paired_by(study)), ""),
        pairings=0 if pd.isna(pairings) else int(pairings),
        false_alarm=next(iter(study.rows("headline_size", **FALSE_ALARM)["share"]), None),
        both_rise=bool((last.mean() > first.mean()).all()),
        regions=kept if kept < len(study.regions) else None,
    )


def _of_pair(study: Study) -> pd.DataFrame:
    """Rows of `comovement` of the first two systems."""
    return study.rows("comovement", pair="~".join(study.subsystems[:2]))


def paired_by(study: Study) -> list[str]:
    """Return the levels by which regions were paired, the one that explains most of D first."""
    names = [name for name in dict.fromkeys(_of_pair(study)["paired_by"]) if name]
    explained = dict(study.rows("level", measure="R2")[["level", "value"]].to_numpy())
    return sorted(names, key=lambda name: -explained.get(name, 0))


def correlations(study: Study, scale: str = LOGS) -> pd.DataFrame:
    """Return the correlation of the two indices by scope, and what random pairings give.

    Returns
    -------
    DataFrame
        Index: the scopes of `SCOPES` that the study has; columns value, mean, p, n (NaN where
        nothing was paired at random).
    """
    table = _of_pair(study).dropna(subset="value")
    by, measure = next(iter(paired_by(study)), ""), f"correlation_{scale}"
    of_measure = table["of"].eq(measure) & table["paired_by"].eq(by)
    table = table[table["measure"].eq(measure) | of_measure]
    wide = table.pivot(index="scope", columns="measure", values=["value", "n"])
    columns = {
        "value": wide.get(("value", measure)),
        "mean": wide.get(("value", "placebo_mean")),
        "p": wide.get(("value", "placebo_p")),
        "n": wide.get(("n", measure)),
    }
    frame = pd.DataFrame(columns, SCOPES).dropna(subset="value")
    return frame.astype(float).rename_axis("scope")


def _within(frame: pd.DataFrame) -> Correlation | None:
    if WITHIN not in frame.index:
        return None
    row = frame.loc[WITHIN]
    known = not pd.isna(row["p"])
    return Correlation(row["value"], row["mean"] if known else None, row["p"] if known else None)


def _verdict(frame: pd.DataFrame) -> str:
    within = _within(frame)
    if within is None or within.p is None or within.mean is None:
        return "untested"
    if within.p >= SIGNIFICANT:
        return "none"
    return "beyond" if within.r > within.mean else "opposite"
