"""What changed since the latest release? Read from `changes` alone."""

from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.history.changes import ROUNDING
from coevo.report.findings.study_tables import Study

FIGURES = ("figure_restated", "figure_withdrawn", "figure_added", "figure_filled")
SIDES = ("year_added", "year_removed", "region_added", "region_removed")


def of(study: Study, *changes: str) -> pd.DataFrame:
    """Rows of `changes` of some kinds, in the order of the table."""
    return study.rows("changes", change=changes)


def changes_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'what changed since the release'.

    `verdict` is `none` without a release, `unchanged` where all numbers are as they were, else
    `changed`. `comparable`: today's figures can be held against the release's goalposts if it has
    the `same` system, no `other`; `effect`, `rewritten`: the largest change of D by figures (frozen
    - old) and by goalposts (new - frozen); `grades`: how many differ.
    """
    if "changes" not in study.tables:
        return {"verdict": "none"}
    D, table = of(study, "D"), study.tables["changes"]
    rest = table[~table["change"].isin(["release", "D"])]
    still = (D["new"] - D["old"]).abs().le(ROUNDING).all()
    release = of(study, "release").set_index("quantity")
    focus = rows_of(D, scope=study.focus).sort_values("year").to_dict("records")
    return {
        "verdict": "unchanged" if still and rest.empty else "changed",
        "release": release.at["name", "old_words"],
        "happenings": _happenings(study) or [{"kind": "none"}],
        "comparable": len(D) and ("same" if D["frozen"].notna().all() else "other"),
        "n": len(D),
        "mean": (D["old"].mean(), D["new"].mean()),
        "focus": focus[-1] if focus else None,
        "grades": int((D["old_words"] != D["new_words"]).sum()),
        "effect": (D["frozen"] - D["old"]).abs().max(),
        "rewritten": (D["new"] - D["frozen"]).abs().max(),
    }


def _happenings(study: Study) -> list[dict[str, Any]]:
    """How many figures were restated, withdrawn, added; which years and regions came or went."""
    happenings = []
    for kind in (*FIGURES, *SIDES):
        rows = of(study, kind)
        names = rows["year"].astype(int) if kind.startswith("year") else rows["name"]
        if len(rows):
            happenings.append({"kind": kind, "n": len(rows), "names": list(dict.fromkeys(names))})
    return happenings
