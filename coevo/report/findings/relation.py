"""Which ecological relation the two outputs show, if any, and whether feedback is the stronger."""

from typing import Any

import numpy as np
import pandas as pd

from coevo.estimation.pooled import FOD_IV
from coevo.inference.relation_rule import ESTIMATORS
from coevo.inference.sets import FEWEST_CLUSTERS, t_quantile
from coevo.inference.signs import QUADRANTS
from coevo.messages import packed
from coevo.report.findings.study_tables import POOLED, Study, reason

UNDETERMINED = "undetermined"
EFFECTS = ("A12", "A21")
# the fit that the rule and feedback rest on
JUDGED = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


def relation_finding(study: Study) -> dict[str, Any]:
    """The relation of x1 and x2 that the rule names.

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`. `why` an undetermined
    one is: `weak` (the instruments are), `A12` or `A21` (that effect alone is larger than chance
    gives), `signs` (the two estimators disagree) or `size` (no more than panels without interaction
    give). `quadrants`: probability of each relation by its signs; `restriction`: p value of the
    paper's A11 = A22 = 0; `strength`: least first-stage F.
    """
    named = study.verdicts(**JUDGED)
    if "relation" not in named.index:
        absent = "not_estimated"
        few = ("feedback_needs_regions", packed({"least": FEWEST_CLUSTERS}))
        why = reason(study.rows("refusals", **JUDGED)) or few
        return {"verdict": absent, "headline": absent, "reason": why}
    rows = study.facts(**JUDGED)
    values, verdict = rows["value"], named.at["relation", "verdict"]
    strength, limit = rows.loc["first_stage_F", ["value", "limit"]].astype(float)
    seen = [effect for effect in EFFECTS if _is_seen(effect, rows)]
    return {
        "verdict": verdict,
        "headline": verdict if verdict == UNDETERMINED else "named",
        "why": "weak" if strength < limit else seen[0] if len(seen) == 1 else _disagreement(values),
        "quadrants": {k: p for k in QUADRANTS if (p := values.get(f"p_{k}_12")) is not None},
        "restriction": float(values["restriction"]),
        "strength": strength,
    }


def _is_seen(effect: str, rows: pd.DataFrame) -> bool:
    """Whether both estimators give an effect one sign, and |t| above what chance gives."""
    both = rows.loc[[f"{effect}_{judge}" for judge in ESTIMATORS]]
    df, level = rows.at["regions_general", "value"] - 1, both["level"].astype(float)
    t = both["value"] / (both["high"] - both["low"]) * 2 * t_quantile(df, level.iloc[0])
    return bool(
        abs(np.sign(t).sum()) == len(t) and t.abs().min() > rows.at[f"critical_{effect}", "value"]
    )


def _disagreement(effects: pd.Series) -> str:
    """Whether the two estimators give A12 and A21 other `signs`; else what they lack is `size`."""
    signs = {tuple(effects[f"{a}_{judge}"] > 0 for a in EFFECTS) for judge in ESTIMATORS}
    return "size" if len(signs) == 1 else "signs"


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form of feedback, with what they rest on.

    `verdict`: `not_estimated`, `undecidable` (in both forms), or `decided`; `weak`, `strong`:
    `yes`, `no`, `undecidable`; `difference`: A12 A21 - A11 A22 with its interval.
    """
    verdicts = study.verdicts(**JUDGED)["verdict"]
    if "feedback_weak" not in verdicts:
        return {"verdict": "not_estimated"}
    forms = {form: verdicts[f"feedback_{form}"] for form in ("weak", "strong")}
    return forms | {
        "verdict": "undecidable" if set(forms.values()) == {"undecidable"} else "decided",
        "difference": study.facts(**JUDGED).loc["feedback_difference"].to_dict(),
    }
