"""How much of D is size, and what an indicator system of absolute amounts would make of it."""

from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Study
from coevo.sensitivity.choices import CHOICES

MOST = 0.5  # share of the variance of ln D from which D is mostly size


def size_control_finding(study: Study) -> dict[str, Any]:
    """Values and verdict about size. Read from `comovement` and `multiverse`.

    `verdict`: `most` where size accounts for half of the variance of ln D or more, `part` below,
    `none` where that was not computed. `focus`: rank of D, rank with size taken out, number of
    regions, and `move`: whether the rank `rises`, `falls` or `stays`; None without the region.
    """
    share = of_measure(study, "share_of_variance_lnD")
    return {
        "verdict": "none" if share.empty else "most" if share.iloc[0] >= MOST else "part",
        "share": None if share.empty else float(share.iloc[0]),
        "by": study.config["comovement"]["size"][0],
        "focus": _focus(study),
        "systems": systems(study),
    }


def of_measure(study: Study, measure: str) -> pd.Series:
    """Values of one measure of `comovement` by scope."""
    table = study.tables["comovement"]
    return table[table["measure"] == measure].set_index("scope")["value"].dropna()


def _focus(study: Study) -> dict[str, Any] | None:
    own, adjusted = (of_measure(study, m) for m in ("rank_D", "rank_size_adjusted_D"))
    if study.focus not in own.index or study.focus not in adjusted.index:
        return None
    before, after = int(own[study.focus]), int(adjusted[study.focus])
    move = "stays" if after == before else "rises" if after < before else "falls"
    return {"rank": before, "adjusted": after, "n": len(adjusted), "move": move}


def systems(study: Study) -> list[dict[str, Any]]:
    """Combinations that differ from the study's own by the indicator system alone.

    The study's own row comes first; empty where there is no other system.
    """
    table = study.tables["multiverse"]
    main = table[table["main"].astype(bool)]
    if main.empty:
        return []
    others = [choice for choice in CHOICES if choice != "system"]
    same = (table[others] == main[others].iloc[0]).all(axis=1)
    rows = table[same].to_dict("records")
    return rows if len(rows) > 1 else []
