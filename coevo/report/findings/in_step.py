"""Do the indices move together beyond level and common trend? Read from `comovement`."""

from itertools import combinations
from typing import Any

import pandas as pd

from coevo.coupling.comovement import OUTSIDE, SCOPES
from coevo.report.findings.fit_tables import reason
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study


def pairs(study: Study) -> list[tuple[str, str]]:
    """Every pair of subsystems, the first two first."""
    return list(combinations(study.subsystems, 2))


def _of_pair(study: Study, pair: tuple[str, str] | None) -> pd.DataFrame:
    """Rows of `comovement` of a pair of subsystems, by default the first two."""
    return study.rows("comovement", pair="~".join(pair or study.subsystems[:2]))


def grouped_by(study: Study) -> list[str]:
    """What regions are paired by within terciles, size per head first; empty without pairings."""
    return [name for name in dict.fromkeys(_of_pair(study, None)["terciles"]) if name]


def correlation_values(
    study: Study, pair: tuple[str, str] | None = None, by: str | None = None
) -> pd.DataFrame:
    """Correlation of ln U1 and ln U2 by scope, with the range that random pairing gives.

    Of more than two subsystems the first two, or the `pair` that is asked for; regions paired
    within terciles of `by`, by default of the first that they are.

    Returns
    -------
    DataFrame
        Index `scope` (those of `SCOPES` that the study has), columns `value`, `low`, `high`,
        `beyond` (share of pairings as far out), `n`; NaN where nothing was paired at random.
    """
    table = _of_pair(study, pair).dropna(subset="value")
    by = by or next(iter(grouped_by(study)), "")
    table = table[table["terciles"].isin(["", by])]
    wide = table.pivot(index="scope", columns="measure", values=["value", "n"])
    frame = pd.DataFrame({
        "value": wide.get(("value", "correlation_lnU")),
        "low": wide.get(("value", "placebo_low")),
        "high": wide.get(("value", "placebo_high")),
        "beyond": wide.get(("value", "placebo_beyond")),
        "n": wide.get(("n", "correlation_lnU")),
    }, SCOPES)  # fmt: skip
    return frame.dropna(subset="value").astype(float).rename_axis("scope")


def comovement_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'in step, or just rich and rising?'.

    The correlation within regions and years decides, against regions paired at random by the first
    of `grouped_by`: `verdict` is `beyond` when it lies outside the range of 95 % of the pairings on
    their upper side and above zero, `opposite` when outside on their lower side, `none` when
    inside; `unplaced` when nothing was paired, for the reason `why`; `uncomputed` when there is no
    such correlation. `place` and `levels`: among these pairings, within regions and years and in
    levels, `low`, `high` and `where` (inside, above, below); `others`: by what else regions are
    paired, and where the first then lies.
    """
    if study.single:
        return {"verdict": "one_region", "place": None}
    frame, by = correlation_values(study), grouped_by(study)
    places = {name: _places(correlation_values(study, by=name)) for name in by}
    first = places[by[0]] if by else {}
    refused = _of_pair(study, None).query("measure == 'placebo_beyond' and value.isna()")
    return {
        "verdict": _verdict(frame, first),
        "why": reason(refused),
        "r": {scope: frame["value"].get(scope) for scope in SCOPES},
        "by": by,
        "place": first.get(SCOPES[-1]),
        "levels": first.get(SCOPES[0]),
        "others": {name: places[name][SCOPES[-1]]["where"] for name in by[1:]},
        "pairings": _pairings(study),
        "n": int(frame["n"].max()) if len(frame) else 0,
        "rise": _both_rise(study),
    }


def step_verdicts(study: Study) -> list[str]:
    """The verdict of `comovement_finding` on every pair of subsystems."""
    if study.single:
        return ["one_region"]
    frames = [correlation_values(study, pair) for pair in pairs(study)]
    return [_verdict(frame, _places(frame)) for frame in frames]


def _places(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Of each correlation the range of random pairings, and its place among them."""
    rows = frame.dropna().iterrows()
    return {str(scope): {**row[["low", "high"]], "where": _where(row)} for scope, row in rows}


def _where(row: pd.Series) -> str:
    """Place of a correlation among random pairings: inside, or on which side of 95 % of them."""
    if row["beyond"] >= OUTSIDE:
        return "inside"
    return "below" if row["value"] < (row["low"] + row["high"]) / 2 else "above"


def _verdict(frame: pd.DataFrame, places: dict[str, dict[str, Any]]) -> str:
    last = SCOPES[-1]
    if last not in frame.index:
        return "uncomputed"
    if last not in places:
        return "unplaced"
    where = places[last]["where"]
    if where == "above":
        return "beyond" if frame.loc[last, "value"] > 0 else "none"
    return "opposite" if where == "below" else "none"


def _pairings(study: Study) -> int:
    """How many random pairings a correlation is held against."""
    rows = study.rows("comovement", measure="placebo_beyond").dropna(subset="value")
    return int(rows["n"].max()) if len(rows) else 0


def _both_rise(study: Study) -> bool:
    """Whether the mean over regions of both indices is higher in their last year than before."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    first, last = study.ends
    return bool((last[columns].mean() > first[columns].mean()).all())
