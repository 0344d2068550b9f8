"""Do the indices move together beyond level and common trend? Read from `comovement`."""

from itertools import combinations
from typing import Any

import pandas as pd

from coevo.coupling.comovement import FEWEST_PAIRED, SCOPES
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study

MUCH_AS = 0.7  # rank correlation from which one measure ranks regions much as another does
ROUNDING = 1e-9  # a correlation within this of an end of the range does not lie beyond it
EDGE = 0.015  # about the noise of an end of the range


def pairs(study: Study) -> list[tuple[str, str]]:
    """Every pair of subsystems, the first two first."""
    return list(combinations(study.subsystems, 2))


def correlation_values(study: Study, pair: tuple[str, str] | None = None) -> pd.DataFrame:
    """Correlation of ln U1 and ln U2 by scope, with the range that random pairing gives.

    Of more than two subsystems the first two, or the `pair` that is asked for.

    Returns
    -------
    DataFrame
        Index `scope` (those of `SCOPES` that the study has), columns `value`, `low`, `high`, `n`;
        low and high are NaN where nothing was paired at random.
    """
    table = study.tables["comovement"].dropna(subset="value")
    table = table[table["pair"] == "~".join(pair or study.subsystems[:2])]
    wide = table.pivot(index="scope", columns="measure", values=["value", "n"])
    frame = pd.DataFrame({
        "value": wide.get(("value", "correlation_lnU")),
        "low": wide.get(("value", "placebo_low")),
        "high": wide.get(("value", "placebo_high")),
        "n": wide.get(("n", "correlation_lnU")),
    }, SCOPES)  # fmt: skip
    return frame.dropna(subset="value").astype(float).rename_axis("scope")


def comovement_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'in step, or just large and rising?'.

    `verdict` is `beyond` when the correlation within regions and years lies above the range of
    random pairings and above zero, `none` when it does not, `unplaced` when there is no such range,
    `uncomputed` when there is no such correlation. `where` says for each scope with a range where
    the correlation lies: below, at an edge, inside or above; `why` says why there is no range.
    """
    if study.single:
        return {"verdict": "one_region"}
    frame = correlation_values(study)
    placed = frame.dropna()
    return {
        "verdict": _verdict(frame),
        "why": "few" if len(study.regions) < FEWEST_PAIRED else "unbalanced",
        "r": {scope: frame["value"].get(scope) for scope in SCOPES},
        "low": placed["low"].to_dict(),
        "high": placed["high"].to_dict(),
        "where": {scope: _where(row) for scope, row in placed.iterrows()},
        "n": int(frame["n"].max()) if len(frame) else 0,
        "rise": _both_rise(study),
        **_sizes(study),
    }


def _verdict(frame: pd.DataFrame) -> str:
    if SCOPES[-1] not in frame.index:
        return "uncomputed"
    last = frame.loc[SCOPES[-1]]
    if last.isna().any():
        return "unplaced"
    return "beyond" if last["value"] > max(last["high"], 0.0) + ROUNDING else "none"


def _both_rise(study: Study) -> bool:
    """Whether the mean over regions of both indices is higher in their last year than before."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    first, last = study.ends()
    return bool((last[columns].mean() > first[columns].mean()).all())


def _sizes(study: Study) -> dict[str, Any]:
    """What D has to do with the size of a region: rank correlations, share of variance."""
    table = study.tables["comovement"].dropna(subset="value")
    ranks = table[table["measure"] == "rank_correlation_D"].set_index("scope")["value"]
    size = study.config["comovement"]["size"][0]
    top = str(ranks.abs().idxmax()) if len(ranks) else None
    return {
        "rank": ranks.to_dict(),
        "size": size,
        "top": (top, float(ranks[top])) if top else None,
        "ranks": "rank" if top and ranks[top] >= MUCH_AS else "none",
    }


def _where(row: pd.Series) -> str:
    """Place of a correlation against the range of random pairings."""
    if abs(row["value"] - row["low"]) <= EDGE:
        return "lower_edge"
    if abs(row["value"] - row["high"]) <= EDGE:
        return "upper_edge"
    if row["value"] < row["low"]:
        return "below"
    return "above" if row["value"] > row["high"] else "inside"
