"""How far and how fast did D move? Read from `coupling`."""

from typing import Any

import pandas as pd

from coevo.findings.grades import MIDPOINT
from coevo.findings.study import Study


def _wide(study: Study) -> pd.DataFrame:
    """D with regions down and years across."""
    return study.coupling.pivot(index="region", columns="year", values="D")


def _since(ranks: pd.Series) -> int:
    """The first year from which the rank has been that of the last year without a break."""
    same = ranks[::-1].eq(ranks.iloc[-1]).cumprod().astype(bool)
    return int(same[same].index[-1])


def focus_state(study: Study, region: str) -> dict[str, Any]:
    """D, grade, rank and the parts of D of one region in the first and the last year."""
    wide = _wide(study)
    ranks = wide.rank(ascending=False, method="min").loc[region].astype(int)
    rows = study.coupling[study.coupling["region"] == region].set_index("year").sort_index()
    first, last = rows.iloc[0], rows.iloc[-1]
    steps = rows["D"].pct_change()
    return {
        "name": last["name"],
        "D": (first["D"], last["D"]),
        "grade": (first["grade"], last["grade"]),
        "rank": (int(ranks.iloc[0]), int(ranks.iloc[-1])),
        "since": _since(ranks),
        "growth": (last["D"] / first["D"]) ** (1 / (len(rows) - 1)) - 1 if first["D"] else None,
        "fastest": (int(steps.idxmax()), float(steps.max())) if steps.notna().any() else None,
        "move": "rose"
        if last["D"] > first["D"]
        else "fell"
        if last["D"] < first["D"]
        else "stayed",
        "C": last["C"],
        "T": last["T"],
        "relative": last["relative_development"],
        "lagging": last["lagging"],
        "stage": last["stage"],
    }


def far(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'how far and how fast'.

    `verdict` is `one_region`, `all`, `most` (more than half of the regions rose), `some` or `none`.
    """
    wide = _wide(study)
    first, last = wide.iloc[:, 0], wide.iloc[:, -1]
    rose = int((last > first).sum())
    n = len(wide)
    verdict = (
        "one_region" if n == 1
        else "all" if rose == n
        else "most" if rose > n / 2
        else "some" if rose else "none"
    )  # fmt: skip
    return {
        "verdict": verdict,
        "n": n,
        "rose": rose,
        "first": study.years[0],
        "last": study.years[-1],
        "mean": (float(first.mean()), float(last.mean())),
        "above": (int((first >= MIDPOINT).sum()), int((last >= MIDPOINT).sum())),
        "lowest": float(last.min()),
        "rows": len(study.coupling),
        "focus": focus_state(study, study.focus),
    }
