"""How sure are we of D? Read from `multiverse`, `sensitivity` and `uncertainty`."""

from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Study
from coevo.sensitivity.choices import ROBUST

MOSTLY = 2 / 3  # share of the combinations that give the same grade, from which most do
DRIVES = 0.5  # first-order share from which one choice drives D alone
ALONE = 0.01  # first-order share below which a choice does nothing by itself
IDLE = 0.05  # total share below which a choice hardly matters


def robustness_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section 'how sure we are of D', about the region in focus.

    `verdict`: `every` where all combinations give one grade, `robust` at least 95 %, `mostly` from
    two thirds on, `split` below, `none` where no combination gives one; `own`: whether the most
    frequent grade is the study's `own` or an`other`; `others`: whether `one` combination or
    `several` give neither of the first two; `D`, `rank`: their least and largest, `ranks` where
    they differ; `own_place`: whether the study's own rank is the `highest` or the `lowest` of all.
    `shares` of choices: `drawn` in a chart or told `alone`.
    """
    table = study.tables["multiverse"]
    seen = table[table["focus_grade"].fillna("") != ""]
    found: dict[str, Any] = {"verdict": "none", "draws": _draws(study), "drives": _drives(study)}
    if seen.empty:
        return found
    order = list(study.grades.labels)
    counts = seen["focus_grade"].value_counts()
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], order.index(pair[0])))
    grade, count = ranked[0]
    share = count / len(seen)
    ranks = seen["focus_rank"].astype(int)
    rest = len(seen) - sum(counts.iloc[:2])
    choices, main = found["drives"].get("choices"), seen[seen["main"].astype(bool)].iloc[0]
    return found | {
        "verdict": "every"
        if share == 1
        else "robust"
        if share >= ROBUST
        else "mostly"
        if share >= MOSTLY
        else "split",
        "own": "own" if main["focus_grade"] == grade else "other",
        "n": len(seen),
        "grade": grade,
        "others": "one" if rest == 1 else "several" if rest else "",
        "shares": choices and ("drawn" if len(counts) > 1 else "alone"),
        "grades": [(grade, int(count)) for grade, count in ranked],
        "D": (float(seen["focus_D"].min()), float(seen["focus_D"].max())),
        "rank": (int(ranks.min()), int(ranks.max())),
        "ranks": ranks.nunique() > 1,
        "own_place": _place(ranks, int(main["focus_rank"])),
    }


def _place(ranks: pd.Series, own: int) -> str:
    ends = {int(ranks.max()): "lowest", int(ranks.min()): "highest"}
    return ends.get(own, "") if len(ends) > 1 else ""


def _draws(study: Study) -> dict[str, Any]:
    """Of the region in focus in its last year: a row of `uncertainty` by source."""
    rows = study.of_focus("uncertainty")
    last = rows[rows["year"] == rows["year"].max()]
    return {row["source"]: row for row in last.to_dict("records")}


def _drives(study: Study) -> dict[str, Any]:
    """Which choice drives D of the region in focus.

    `verdict`: `one` where a choice accounts for half of the variance or more, `several` where none
    does, `together` where none acts alone, `none` where nothing varies. `choices`: choice and
    first-order share, the largest first, without those that are idle (total below 5 %) or act only
    together with others (share below 1 %).
    """
    rows = study.rows("sensitivity", outcome="focus_D")
    if rows.empty:
        return {"verdict": "none"}
    rows = rows.sort_values("first_order", ascending=False)
    alone = rows[(rows["total"] >= IDLE) & (rows["first_order"] >= ALONE)]
    return {
        "verdict": "one"
        if rows["first_order"].iloc[0] >= DRIVES
        else "several"
        if len(alone)
        else "together",
        "choices": list(zip(alone["choice"], alone["first_order"], strict=True)),
    }


def guards_finding(study: Study) -> dict[str, list[dict[str, Any]]]:
    """What `diagnostics` flags: rows by guard, in the order of the table."""
    table = study.tables["diagnostics"]
    flagged = table[table["flagged"].astype(str).str.lower() == "true"]
    groups = flagged.groupby("guard", sort=False)
    return {str(guard): rows.to_dict("records") for guard, rows in groups}


def heaviest_removal(study: Study) -> tuple[list[str], float] | None:
    """The indicators without which most grades change, and their share; None where none would."""
    rows = study.rows("diagnostics", guard="grades_without")
    most = rows["value"].max()
    return (list(rows.loc[rows["value"] == most, "indicator"]), float(most)) if most > 0 else None


def most_filled(study: Study) -> float | None:
    """The largest share of a region's figures that is filled; None without a filled one."""
    rows = study.rows("diagnostics", guard="imputed_share")
    return None if rows.empty else float(rows["value"].max())
