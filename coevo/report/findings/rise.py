"""How far did D move, and what moved it? Read from `coupling` and `growth_split`."""

from typing import Any

from coevo.coupling import splits
from coevo.report.findings.grade_scale import MIDPOINT
from coevo.report.findings.study_tables import Study

FEW = 10  # regions that a sentence names
NEAR = 1e-9  # sums that differ by less agree


def move(first: float, last: float) -> str:
    """Whether a figure `rose`, `fell` or `stayed`."""
    if last == first:
        return "stayed"
    return "rose" if last > first else "fell"


def focus_state(study: Study, region: str) -> dict[str, Any]:
    """D, grade, rank and the parts of D of one region in its own first and last year."""
    first, last = (part.loc[region] for part in study.ends)
    years = (int(first["year"]), int(last["year"]))
    between = years[1] - years[0]
    return {
        "years": years,
        "own": None if years == (study.years[0], study.years[-1]) else years,
        "D": (first["D"], last["D"]),
        "grade": (first["grade"], last["grade"]),
        "rank": (int(first["rank"]), int(last["rank"])),
        "growth": (last["D"] / first["D"]) ** (1 / between) - 1 if first["D"] and between else None,
        "move": move(first["D"], last["D"]),
        "relative": last["relative_development"],
        **last[["C", "T", "lagging"]],
    }


def far_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'how far'.

    `verdict` is `one_region`, `both` or `all` rose, `most` (more than half), `some` or `none`.
    Of the regions known in the first and in the last year; the others, `uncompared`, stand in
    `shorter` if they are few, the focus in `between`. `whole`: whether there are such. `scale`:
    what fixes the scale of an indicator. `growth`, `rank` of the focus; `ranked`: of how many in
    its first and last year, once if they are as many.
    """
    whole = study.compared["region"].unique()
    first, last = (rows.loc[whole, "D"] for rows in study.ends)
    rose = int((last > first).sum())
    n = len(last)
    verdict = (
        "one_region" if n == 1
        else "both" if rose == n == 2
        else "all" if rose == n
        else "most" if rose > n / 2
        else "some" if rose else "none"
    )  # fmt: skip
    out = study.uncompared
    return {
        "verdict": verdict,
        "n": n,
        "rose": rose,
        "mean": (float(first.mean()), float(last.mean())),
        "mean_move": move(float(first.mean()), float(last.mean())),
        "above": (int((first >= MIDPOINT).sum()), int((last >= MIDPOINT).sum())),
        "rows": len(study.coupling),
        "whole": bool(out),
        "uncompared": len(out),
        "shorter": [study.name(region) for region in out] if len(out) <= FEW else [],
        "scale": _scale(study),
        **far_of(study, study.focus),
    }


def far_of(study: Study, region: str) -> dict[str, Any]:
    """What `far_finding` says of one region."""
    state, alone = focus_state(study, region), study.single
    counts = (study.coupling["year"].eq(year).sum() for year in state["years"])
    return {
        "focus": state,
        "between": state["own"],
        "growth": None if alone else state["growth"],
        "rank": None if alone else state["rank"][1],
        "ranked": list(dict.fromkeys(int(n) for n in counts)),
    }


def _scale(study: Study) -> str:
    """What fixes the scale of an indicator: `vector`, `one_region`, `panel` or `other`."""
    normalisation = study.config["normalisation"]
    if normalisation["method"] == "vector":
        return "vector"
    if study.single:
        return "one_region"
    return "panel" if normalisation["reference"] == "panel" else "other"


def growth_finding(study: Study, count: int = 2) -> dict[str, Any]:
    """Values and verdict of 'what moves D', as sums over the steps of the region in focus.

    `verdict`: `rose` or `fell` by the sign of the sum; `stayed` where it is 0; `not_split` where
    form, contributions, composite or preset do not allow it; `none` where no step could be split.
    `largest`: the contributions that go furthest along with the sum, `against`: those the other
    way, each with indicator and value.
    """
    if not splits(study.config["coupling"]):
        return {"verdict": "not_split"}
    rows = study.rows("growth_split", region=study.focus)
    if rows.empty:
        return {"verdict": "none"}
    parts = rows.groupby("indicator")["contribution"].sum()
    total = float(parts.sum())
    years = (int(rows["year"].min()) - 1, int(rows["year"].max()))
    along = (parts if total >= 0 else -parts).sort_values(ascending=False)
    if abs(total) < NEAR:
        return {"verdict": "stayed", "years": years}
    return {
        "verdict": "rose" if total > 0 else "fell",
        "years": years,
        "largest": [(i, float(parts[i])) for i in along.index[:count] if along[i] > 0],
    }
