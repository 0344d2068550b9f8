"""Do the indices move together beyond level and common trend? Read from `comovement`."""

from typing import Any

import pandas as pd

from coevo.coupling.comovement import SCALES, SCOPES, SIGNIFICANT, whole_regions
from coevo.files import rows_of
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study, reason

LOGS = next(iter(SCALES))  # of the headline
# the row of `headline_size` on panels whose systems follow a level that moves
ALARM = {"design": "independent, level moves", "quantity": "r_p", "outcome": "below .05"}
SHOWN = (LOGS, "U")  # scales that the report speaks of


def _of_pair(study: Study) -> pd.DataFrame:
    """Rows of `comovement` of the first two subsystems."""
    return study.rows("comovement", pair="~".join(study.subsystems[:2]))


def paired_by(study: Study) -> list[str]:
    """What regions are paired by, the level that explains most of D first, as in all combinations;
    empty without pairings.
    """
    names = [name for name in dict.fromkeys(_of_pair(study)["paired_by"]) if name]
    explained = dict(study.rows("level", measure="R2")[["level", "value"]].to_numpy())
    return sorted(names, key=lambda name: -explained.get(name, 0))


def correlation_values(study: Study, by: str | None = None, scale: str = LOGS) -> pd.DataFrame:
    """Correlation of U1 and U2 by scope, with what random pairing gives.

    scale: one of `SCALES`. Paired are regions of similar `by`, by default of the first of
    `paired_by`.

    Returns
    -------
    DataFrame
        Index `scope` (those of `SCOPES` that the study has), columns `value`, `n`, and of random
        pairings `mean`, `low`, `high`, `p`; NaN where nothing was paired at random.
    """
    table = _of_pair(study).dropna(subset="value")
    by, measure = by or next(iter(paired_by(study)), ""), f"correlation_{scale}"
    of_measure = table["of"].eq(measure) & table["paired_by"].eq(by)
    table = table[table["measure"].eq(measure) | of_measure]
    wide = table.pivot(index="scope", columns="measure", values=["value", "n"])
    placebo = {end: wide.get(("value", f"placebo_{end}")) for end in ("mean", "low", "high", "p")}
    columns = {"value": wide.get(("value", measure)), **placebo, "n": wide.get(("n", measure))}
    frame = pd.DataFrame(columns, SCOPES)
    return frame.dropna(subset="value").astype(float).rename_axis("scope")


def step_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'in step, or just rich and rising?'.

    The correlation of the logs within regions and years decides, against regions paired at random
    by the first of `paired_by`: `verdict` is `none` where the two-sided p is .05 or more, else
    `beyond` above the mean of the pairings, `opposite` below it; `unplaced` when nothing was
    paired, for the reason `why`; `uncomputed` when there is no such correlation. `r`: by scale
    (`SHOWN`) and scope; `place`: mean and p of the pairings by the first, by scale; `alarm`: how
    often such a p is below .05 without a link; `rise`: whether the means of both indices `rise`,
    from the first year to the last, or go `apart`; `whole`: how many regions enter, where not all
    do.
    """
    if study.single:
        return {"verdict": "one_region", "body": "one_region", "place": None}
    indices = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    whole = study.compared["region"].unique()
    first, last = (rows.loc[whole, indices] for rows in study.ends)
    frames = {scale: correlation_values(study, scale=scale) for scale in SHOWN}
    rows = study.coupling[(study.coupling[indices] > 0).all(axis=1)]
    kept = whole_regions(rows)["region"].unique()
    placed = {by: _placed(study, by) for by in paired_by(study)}
    places = {by: place for by, place in placed.items() if len(place) == len(SHOWN)}
    return {
        "verdict": _verdict(frames[LOGS]),
        "body": "placed" if places else _verdict(frames[LOGS]),
        "of": "two" if len(study.subsystems) == 2 else "several",
        "why": reason(rows_of(_of_pair(study), measure="placebo_p")),
        "r": {scale: {s: frames[scale]["value"].get(s) for s in SCOPES} for scale in SHOWN},
        "by": list(placed),
        "place": next(iter(places.values()), None),
        "alarm": next(iter(study.rows("headline_size", **ALARM)["share"]), None),
        "pairings": study.rows("comovement", measure="placebo_p").dropna(subset="value")["n"].max(),
        "n": int(frames[LOGS]["n"].max()) if len(frames[LOGS]) else 0,
        "whole": len(kept) if len(kept) < len(study.regions) else None,
        "rise": "rise" if (last.mean() > first.mean()).all() else "apart",
    }


def _placed(study: Study, by: str) -> dict[str, dict[str, float]]:
    """Mean and p of the pairings within regions and years, by those scales that have them."""
    frames = {scale: correlation_values(study, by=by, scale=scale) for scale in SHOWN}
    rows = {scale: frame.reindex(SCOPES[-1:]).iloc[0] for scale, frame in frames.items()}
    return {scale: dict(row[["mean", "p"]]) for scale, row in rows.items() if row["p"] == row["p"]}


def _verdict(frame: pd.DataFrame) -> str:
    if SCOPES[-1] not in frame.index:
        return "uncomputed"
    row = frame.loc[SCOPES[-1]]
    if pd.isna(row["p"]):
        return "unplaced"
    if row["p"] >= SIGNIFICANT:
        return "none"
    return "beyond" if row["value"] > row["mean"] else "opposite"
