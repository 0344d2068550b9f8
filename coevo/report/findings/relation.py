"""Which ecological relation the two outputs show, if any. Read from `relations`, `parameters`."""

from typing import Any

import pandas as pd

from coevo.inference import QUADRANTS
from coevo.inference.relation_rule import ESTIMATORS
from coevo.report.findings.interaction import POOLED
from coevo.report.findings.study_tables import Study

UNDETERMINED = "undetermined"
JUDGES = tuple(ESTIMATORS)  # the two estimators that must agree before a relation is named
WEAK = 10.0  # first-stage F below which instruments are called weak (Stock and Yogo)


def pooled_rows(study: Study, **where: str) -> pd.DataFrame:
    """Rows of `relations` of the pooled fits with region and year effects, by quantity."""
    rows = study.rows("relations", scope=POOLED, effects="region+year", **where)
    return rows.drop_duplicates("quantity").set_index("quantity")


def general_effects(study: Study) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Effects A_ij of the pooled general model, and the (effects, estimator) shown of them.

    Those are both judges of a relation and the main estimator, with region and year effects, and
    the main estimator with region effects.
    """
    rows = study.rows("parameters", scope=POOLED, model="general")
    last = [("region+year", name) for name in dict.fromkeys((*JUDGES, study.estimator))]
    return rows, [*last, ("region", study.estimator)]


def relation_finding(study: Study) -> dict[str, Any]:
    """The relation of x1 and x2 that the rule names.

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`, "" where too few
    regions are pooled. `why` an undetermined one is: `weak` (the instruments are), `signs` (the two
    estimators disagree) or `size` (no more than panels without interaction give). `effects`: A12
    and A21 by both estimators; `quadrants`: probability of each relation by its signs;
    `restriction`: p value of the paper's A11 = A22 = 0; `strength`: least first-stage F, `weak`
    below ten.
    """
    if study.pair is None:
        return {"verdict": "none"}
    rows = pooled_rows(study, estimator="fod_iv")
    if "relation" not in rows.index:
        return {"verdict": "not_estimated", "reason": _refused(rows)}
    strength = float(rows.at["first_stage_F", "value"])
    name, _, direction = str(rows.at["relation", "relation"]).partition(": ")
    effects = {e: {p: _effect(rows, f"{p}_{e}") for p in ("A12", "A21")} for e in JUDGES}
    probabilities = {
        signs: float(rows.at[f"p_{signs}_12", "value"])
        for signs in QUADRANTS
        if f"p_{signs}_12" in rows.index
    }
    return {
        "verdict": name,
        "direction": direction,
        "why": "weak" if strength < WEAK else _why(effects),
        "effects": effects,
        "quadrants": probabilities,
        "restriction": float(rows.at["restriction", "value"]),
        "strength": strength,
        "weak": strength < WEAK,
    }


def _refused(rows: pd.DataFrame) -> str:
    """Why instruments give no relation, "" where nothing was refused."""
    reasons = rows.loc[rows.index.str.endswith("not_estimated"), "relation"]
    return str(reasons.iloc[0]) if len(reasons) else ""


def _effect(rows: pd.DataFrame, quantity: str) -> pd.Series:
    return rows.loc[quantity].rename({"value": "estimate"})


def _why(effects: dict[str, dict[str, Any]]) -> str:
    signs = {tuple(row["estimate"] > 0 for row in pair.values()) for pair in effects.values()}
    return "size" if len(signs) == 1 else "signs"
