"""Which ecological relation the two outputs show, if any, and whether feedback is the stronger."""

from typing import Any

import pandas as pd

from coevo.estimation.pooled import FOD_IV
from coevo.inference.relation_rule import ESTIMATORS
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.signs import QUADRANTS
from coevo.messages import packed
from coevo.report.findings.carried import carried_slopes
from coevo.report.findings.study_tables import POOLED, Study, reason

UNDETERMINED = "undetermined"
# the fit that the rule and feedback rest on
EFFECTS = ("A12", "A21")
JUDGED = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


def relation_finding(study: Study) -> dict[str, Any]:
    """The relation of x1 and x2 that the rule names.

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`. `why` an undetermined
    one is: `weak` (the instruments are), `signs` (the two estimators disagree), `half` (one effect
    alone, `seen`, exceeds what panels without interaction give) or `size` (none does). `families`:
    of both outputs S, and the families of such panels that its figures allow. `quadrants`:
    probability of each relation by its signs, not told where a slope rests on one region;
    `restriction`: p value of the paper's A11 = A22 = 0; `strength`: least first-stage F.
    """
    named, families = study.verdicts(**JUDGED), _families(study)
    if "relation" not in named.index:
        absent = "not_estimated"
        few = ("feedback_needs_regions", packed({"least": FEWEST_CLUSTERS}))
        why = reason(study.rows("refusals", **JUDGED)) or few
        return {"verdict": absent, "headline": absent, "reason": why, "families": families}
    rows = study.facts(**JUDGED)
    values, verdict = rows["value"], named.at["relation", "verdict"]
    strength, limit = rows.loc["first_stage_F", ["value", "limit"]].astype(float)
    least = {a: min(abs(values[f"t_{a}_{judge}"]) for judge in ESTIMATORS) for a in EFFECTS}
    seen = [a for a in EFFECTS if least[a] > values[f"critical_{a}"]]
    told = () if carried_slopes(study) else QUADRANTS
    return {
        "verdict": verdict,
        "headline": verdict if verdict == UNDETERMINED else "named",
        "why": "weak" if strength < limit else _disagreement(values, seen),
        "seen": seen,
        "families": families,
        "quadrants": {k: p for k in told if (p := values.get(f"p_{k}_12")) is not None},
        "restriction": float(values["restriction"]),
        "strength": strength,
    }


def _disagreement(effects: pd.Series, seen: list[str]) -> str:
    """Whether the two estimators give A12 and A21 other `signs`; else what they lack is `size`, or
    that of one of them, `half`.
    """
    signs = {tuple(effects[f"{a}_{judge}"] > 0 for a in EFFECTS) for judge in ESTIMATORS}
    return "signs" if len(signs) > 1 else "half" if seen else "size"


def _families(study: Study) -> list[tuple[str, float, float, float, list[str]]]:
    """Of both outputs S, what it is of random walks, and the families that its figures allow."""
    found = []
    every = study.rows("null_families").groupby("population")
    for output, (_, rows) in zip(study.pair, every, strict=False):
        of, walk = rows.set_index("family"), rows.iloc[0]
        allowed = list(of.index[of["allowed"]]) or ["none"]
        named = ["all"] if len(allowed) == len(of) else allowed
        found.append((study.label(output), walk["S"], walk["low"], walk["high"], named))
    return found


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form of feedback, with what they rest on.

    `verdict`: `not_estimated`, `undecidable` (in both forms), or `decided`; `weak`, `strong`:
    `yes`, `no`, `undecidable`; `difference`: A12 A21 - A11 A22 with its interval, where no slope
    rests on one region.
    """
    verdicts = study.verdicts(**JUDGED)["verdict"]
    if "feedback_weak" not in verdicts:
        return {"verdict": "not_estimated"}
    forms = {form: verdicts[f"feedback_{form}"] for form in ("weak", "strong")}
    facts = study.facts(**JUDGED)
    return forms | {
        "verdict": "undecidable" if set(forms.values()) == {"undecidable"} else "decided",
        "difference": None if carried_slopes(study) else facts.loc["feedback_difference"].to_dict(),
    }
