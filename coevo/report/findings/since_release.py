"""What changed since the latest release? Read from `changes` alone."""

from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.history.frozen_goalposts import ROUNDING
from coevo.report.findings.study_tables import Study

FIGURES = ("figure_restated", "figure_withdrawn", "figure_added", "figure_filled")
SIDES = ("year_added", "year_removed", "region_added", "region_removed")
D_SETTINGS = ("normalisation", "weighting", "coupling")  # what makes D of a panel


def of(study: Study, *changes: str) -> pd.DataFrame:
    """Rows of `changes` of some kinds, in the order of the table."""
    table = study.tables["changes"]
    return table[table["change"].isin(changes)]


def states_since(study: Study) -> pd.DataFrame:
    """D of the region-years that both have, with what figures and what goalposts did to it.

    `figures` = frozen - old, `goalposts` = new - frozen (missing where there is no frozen D);
    `reason` of a grade that moved: figures, goalposts, both, unknown; "" where it stayed.
    """
    rows = of(study, "D")
    rows = rows.assign(figures=rows["frozen"] - rows["old"], goalposts=rows["new"] - rows["frozen"])
    moved = rows["old_words"] != rows["new_words"]
    reason = pd.Series("both", rows.index)
    reason = reason.mask(rows["frozen_words"] == rows["old_words"], "goalposts")
    reason = reason.mask(rows["frozen_words"] == rows["new_words"], "figures")
    reason = reason.mask(rows["frozen_words"] == "", "unknown")
    return rows.assign(reason=reason.where(moved, ""))


def figures_since(study: Study) -> pd.DataFrame:
    """Figures that differ, with D of their region-year: the release's and at its goalposts."""
    D = states_since(study)[["scope", "year", "old", "frozen"]]
    D = D.rename(columns={"old": "D_old", "frozen": "D_frozen"})
    rows = of(study, *FIGURES).drop(columns="frozen")
    return rows.merge(D, on=["scope", "year"], how="left")


def release_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section 'what changed since the release'.

    `verdict` is `none` without a release, `unchanged` where all numbers are as they were, else
    `changed`. `comparable`: today's figures can be held against the release's goalposts.
    """
    if "changes" not in study.tables:
        return {"verdict": "none"}
    D, table = states_since(study), study.tables["changes"]
    rest = table[~table["change"].isin(["release", "D"])]
    still = (D["new"] - D["old"]).abs().le(ROUNDING).all()
    settings = of(study, "setting")
    release = of(study, "release").set_index("quantity")
    comparable = bool(D["frozen"].notna().all()) and len(D) > 0
    return {
        "verdict": "unchanged" if still and rest.empty else "changed",
        "release": release.at["name", "old_words"],
        "figures": len(of(study, *FIGURES)),
        "happenings": _happenings(study) or [{"kind": "none"}],
        "settings": settings[["quantity", "old_words", "new_words"]].to_numpy().tolist(),
        "comparable": comparable,
        "n": len(D),
        "mean": (D["old"].mean(), D["new"].mean()),
        "focus": _last(D[D["scope"] == study.focus]),
        "grades": {"n": int(D["reason"].ne("").sum()), **D["reason"].value_counts().to_dict()},
        "effect": _effect(D) if comparable else None,
        "rewritten": _rewritten(D) if comparable else None,
        "posts": list(dict.fromkeys(of(study, "goalpost")["indicator"])),
        "model": _model(study),
        "claims": len(of(study, "claim")),
    }


def _happenings(study: Study) -> list[dict[str, Any]]:
    """How many figures were restated, withdrawn, added; which years and regions came or went."""
    found = []
    for kind in (*FIGURES, *SIDES):
        rows = of(study, kind)
        names = rows["year"].astype(int) if kind.startswith("year") else rows["name"]
        if len(rows):
            found.append({"kind": kind, "n": len(rows), "names": list(dict.fromkeys(names))})
    return found


def _last(rows: pd.DataFrame) -> dict[str, Any] | None:
    """The row of the last year, if there is one."""
    return rows.sort_values("year").iloc[-1].to_dict() if len(rows) else None


def _largest(rows: pd.DataFrame, column: str) -> dict[str, Any] | None:
    """The row with the largest change of a kind, if any is above rounding."""
    if not len(rows) or not rows[column].abs().max() > ROUNDING:
        return None
    largest: dict[str, Any] = rows.loc[rows[column].abs().idxmax()].to_dict()
    return largest


def _effect(D: pd.DataFrame) -> dict[str, Any]:
    """What the figures alone do to D: in how many region-years, and where most."""
    return {"n": int(D["figures"].ne(0).sum()), "largest": _largest(D, "figures")}


def _rewritten(D: pd.DataFrame) -> dict[str, Any]:
    """What goalposts and weights do to D of the region-years that both have."""
    return {
        "mean": D["goalposts"].mean(),
        "largest": _largest(D, "goalposts"),
        "grades": int((D["frozen_words"] != D["new_words"]).sum()),
    }


def _model(study: Study) -> dict[str, Any] | None:
    """How many estimates and verdicts of the model differ, where E is now located or no more."""
    if study.pair is None:
        return None
    verdicts = of(study, "verdict")
    own = {"effects": "none", "model": "classic", "estimator": study.estimator}
    located = rows_of(verdicts, quantity="fit_located", **own)
    return {
        "estimates": len(of(study, "parameter")),
        "verdicts": len(verdicts),
        "located": rows_of(located, new_words="located")["name"].tolist(),
        "lost": rows_of(located, old_words="located")["name"].tolist(),
    }
