"""Which ecological relation the two outputs show, if any."""

from typing import Any

import pandas as pd

from coevo.inference.relation_rule import ESTIMATORS
from coevo.inference.signs import QUADRANTS
from coevo.report.findings.fit_tables import Reason, facts, reason, verdicts
from coevo.report.findings.interaction import FOD_IV, POOLED
from coevo.report.findings.study_tables import Study

UNDETERMINED = "undetermined"
JUDGES = tuple(ESTIMATORS)  # the two estimators that must agree before a relation is named
# the fit that the rule and feedback rest on
JUDGED = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


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

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`, None where too few
    regions are pooled. `why` an undetermined one is: `weak` (the instruments are), `signs` (the two
    estimators disagree) or `size` (no more than panels without interaction give). `effects`: A12
    and A21 by both estimators; `quadrants`: probability of each relation by its signs;
    `restriction`: p value of the paper's A11 = A22 = 0; `strength`: least first-stage F, `weak`
    below its limit.
    """
    if study.pair is None:
        return {"verdict": "none"}
    named = verdicts(study, **JUDGED)
    if "relation" not in named.index:
        absent = "not_estimated"
        return {"verdict": absent, "headline": absent, "reason": _refused(study)}
    rows = facts(study, **JUDGED)
    strength, limit = (float(rows.at["first_stage_F", c]) for c in ("value", "limit"))
    effects = {e: {p: _effect(rows, f"{p}_{e}") for p in ("A12", "A21")} for e in JUDGES}
    probabilities = {
        signs: float(rows.at[f"p_{signs}_12", "value"])
        for signs in QUADRANTS
        if f"p_{signs}_12" in rows.index
    }
    verdict = named.at["relation", "verdict"]
    return {
        "verdict": verdict,
        "headline": verdict if verdict == UNDETERMINED else "named",
        "direction": named.at["relation", "direction"],
        "why": "weak" if strength < limit else _why(effects),
        "effects": effects,
        "quadrants": probabilities,
        "restriction": float(rows.at["restriction", "value"]),
        "strength": strength,
        "weak": strength < limit,
        "limit": limit,
    }


def _refused(study: Study) -> Reason | None:
    """Why instruments give no relation; None where nothing was refused."""
    return reason(study.rows("refusals", **JUDGED))


def _effect(rows: pd.DataFrame, quantity: str) -> pd.Series:
    return rows.loc[quantity].rename({"value": "estimate"})


def _why(effects: dict[str, dict[str, Any]]) -> str:
    signs = {tuple(row["estimate"] > 0 for row in pair.values()) for pair in effects.values()}
    return "size" if len(signs) == 1 else "signs"
