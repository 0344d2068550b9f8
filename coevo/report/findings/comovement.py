"""Do the indices move together beyond level and common trend? Read from `comovement`."""

from itertools import combinations
from typing import Any

import pandas as pd

from coevo.coupling.comovement import OUTSIDE, SCOPES
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
    such correlation. `placed`: by what regions are paired by, for each scope `low`, `high`,
    `beyond`, `where` (inside, above, below) and `tail` (the side that `beyond` counts); `place` and
    `levels`: by the first of them, within regions and years and in levels.
    """
    if study.single:
        return {"verdict": "one_region", "place": None}
    frame, by = correlation_values(study), grouped_by(study)
    placed = {name: _placed(correlation_values(study, by=name).dropna()) for name in by}
    refused = _of_pair(study, None).query("measure == 'placebo_beyond' and value.isna()")
    return {
        "verdict": _verdict(frame, placed.get(by[0], {}) if by else {}),
        "why": tuple(refused[["message", "fields"]].iloc[0]) if len(refused) else None,
        "r": {scope: frame["value"].get(scope) for scope in SCOPES},
        "by": by,
        "placed": placed,
        "place": placed[by[0]].get(SCOPES[-1]) if by else None,
        "levels": placed[by[0]].get(SCOPES[0]) if by else None,
        "pairings": _pairings(study),
        "n": int(frame["n"].max()) if len(frame) else 0,
        "rise": _both_rise(study),
    }


def step_verdicts(study: Study) -> list[str]:
    """The verdict of `comovement_finding` on every pair of subsystems."""
    if study.single:
        return ["one_region"]
    by, found = grouped_by(study), []
    for pair in pairs(study):
        placed = _placed(correlation_values(study, pair, by[0]).dropna()) if by else {}
        found.append(_verdict(correlation_values(study, pair), placed))
    return found


def _placed(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {
        str(scope): {**row[["low", "high", "beyond"]], "where": _where(row), "tail": _tail(row)}
        for scope, row in frame.iterrows()
    }


def _where(row: pd.Series) -> str:
    """Place of a correlation among random pairings: inside, or on which side of 95 % of them."""
    return "inside" if row["beyond"] >= OUTSIDE else _tail(row)


def _tail(row: pd.Series) -> str:
    """The side of the random pairings that a correlation is on."""
    return "below" if row["value"] < (row["low"] + row["high"]) / 2 else "above"


def _verdict(frame: pd.DataFrame, placed: dict[str, dict[str, Any]]) -> str:
    last = SCOPES[-1]
    if last not in frame.index:
        return "uncomputed"
    if last not in placed:
        return "unplaced"
    where = placed[last]["where"]
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
    first, last = study.ends()
    return bool((last[columns].mean() > first[columns].mean()).all())
