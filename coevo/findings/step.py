"""Do the indices move together beyond level and common trend? Read from `comovement`."""

from typing import Any

import pandas as pd

from coevo.findings.study import Study

MUCH_AS = 0.7  # rank correlation from which one measure ranks regions much as another does
SCOPES = ("levels", "within_regions", "within_regions_and_years")


def correlations(study: Study) -> pd.DataFrame:
    """Correlation of ln U1 and ln U2 by scope, with the range that random pairing gives.

    Returns
    -------
    DataFrame
        Index `scope` (those of `SCOPES` that the study has), columns `value`, `low`, `high`, `n`.
    """
    table = study.tables["comovement"]
    wide = table.pivot_table(index="scope", columns="measure", values="value", sort=False)
    counts = table[table["measure"] == "correlation_lnU"].set_index("scope")["n"]
    frame = pd.DataFrame(
        {
            "value": wide["correlation_lnU"],
            "low": wide.get("placebo_low"),
            "high": wide.get("placebo_high"),
            "n": counts,
        }
    )
    return frame.reindex(SCOPES).dropna(subset="value").rename_axis("scope")


def step(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'in step, or just large and rising?'.

    `verdict` is `none` when the correlation within regions and years lies inside the range of
    random pairings or is not positive, `beyond` when it lies above that range. `inside` says for
    each scope where the correlation lies: below, edge (within .005 of an end), inside or above.
    """
    if study.single:
        return {"verdict": "one_region"}
    frame = correlations(study)
    last = frame.loc[SCOPES[-1]]
    ranks = study.tables["comovement"]
    ranks = ranks[ranks["measure"] == "rank_correlation_D"].set_index("scope")["value"]
    shares = study.tables["comovement"]
    shares = shares[shares["measure"] == "share_of_variance_lnD"].set_index("scope")["value"]
    size = study.config["comovement"]["size"][0]
    top = str(ranks.abs().idxmax())
    return {
        "verdict": "beyond" if last["value"] > max(last["high"], 0) else "none",
        "falls": bool(frame["value"].is_monotonic_decreasing),
        "r": frame["value"].to_dict(),
        "low": frame["low"].to_dict(),
        "high": frame["high"].to_dict(),
        "where": {scope: _where(row) for scope, row in frame.iterrows()},
        "n": int(frame["n"].iloc[0]),
        "rank": ranks.to_dict(),
        "size": size,
        "top": (top, float(ranks[top])),
        "ranks": "rank" if ranks[top] >= MUCH_AS else "none",
        "share": shares.get(f"ln_{size}"),
    }


def _where(row: pd.Series) -> str:
    """Place of a correlation against the range of random pairings."""
    edge = 0.005
    if abs(row["value"] - row["low"]) <= edge:
        return "lower_edge"
    if abs(row["value"] - row["high"]) <= edge:
        return "upper_edge"
    if row["value"] < row["low"]:
        return "below"
    return "above" if row["value"] > row["high"] else "inside"
