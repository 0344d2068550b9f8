"""Which ecological relation the two outputs show, if any, and whether feedback is the stronger."""

import math
from typing import Any

import numpy as np

from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import FOD_IV
from coevo.inference.relation_rule import ESTIMATORS
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.signs import QUADRANTS
from coevo.messages import packed
from coevo.report.findings.carried import carried_slopes
from coevo.report.findings.study_tables import Study, reason

UNDETERMINED = "undetermined"
# the fit that the rule and feedback rest on
EFFECTS = ("A12", "A21")
JUDGED = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


def relation_finding(study: Study) -> dict[str, Any]:
    """The relation of x1 and x2 that the rule names.

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`. `why` an undetermined
    one is: `signs` (the two estimators disagree, on the effects `differ`), `half` (one effect
    alone, `seen`, exceeds what panels without interaction give, `critical`) or `size` (none does).
    `families`: of both outputs S, and the families of such panels that its figures allow. `sizes`:
    how often it errs in simulations. `quadrants`: probability of each relation by its signs, not
    told where a slope rests on one region; `restriction`: p value of the paper's A11 = A22 = 0;
    `strength`: least first-stage F, by which `instruments` are `weak` or `strong`.
    """
    named = study.verdicts(**JUDGED)
    known = {"families": _families(study), "sizes": _sizes(study)}
    if "relation" not in named.index:
        absent = "not_estimated"
        few = ("feedback_needs_regions", packed({"least": FEWEST_CLUSTERS}))
        why = reason(study.rows("refusals", **JUDGED)) or few
        return {"verdict": absent, "headline": absent, "reason": why, **known}
    rows = study.facts(**JUDGED)
    values, verdict = rows["value"], named.at["relation", "verdict"]
    strength, limit = rows.loc["first_stage_F", ["value", "limit"]].astype(float)
    least = {a: min(abs(values[f"t_{a}_{judge}"]) for judge in ESTIMATORS) for a in EFFECTS}
    critical = [float(values[f"critical_{a}"]) for a in EFFECTS]
    seen = [a for a, limit_of in zip(EFFECTS, critical, strict=True) if least[a] > limit_of]
    positive = {a: {values[f"{a}_{judge}"] > 0 for judge in ESTIMATORS} for a in EFFECTS}
    differ = [a for a in EFFECTS if len(positive[a]) > 1]
    told = () if carried_slopes(study) else QUADRANTS
    return {
        "verdict": verdict,
        "headline": verdict if verdict == UNDETERMINED else "named",
        "why": "signs" if differ else "half" if seen else "size",
        "differ": differ,
        "seen": seen,
        "critical": critical,
        "instruments": "weak" if strength < limit else "strong",
        **known,
        "quadrants": {k: p for k in told if (p := values.get(f"p_{k}_12")) is not None},
        "restriction": float(values["restriction"]),
        "strength": strength,
    }


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


def _sizes(study: Study) -> dict[str, Any]:
    """The largest shares of simulated panels in which a relation is named that is not there, in
    whole per cent upwards, 1 at least: of `none` at all, and of `one` effect alone. Of the panels
    with the number of `regions` and `years` that is nearest to the study's, by ratios.
    """
    rows = study.table("relation_rule")
    if rows.empty:
        return {}
    own = {"regions": len(study.regions), "years": len(study.years)}
    away = np.abs(np.log(rows[list(own)] / list(own.values()))).sum(axis=1)
    rows = rows[away == away.min()]
    named = 1 - rows["undetermined"] - rows["refused"]
    alone = rows["relation"].isin(EFFECTS)
    most = {"none": named[rows["relation"] == "none"].max(), "one": named[alone].max()}
    shares = {name: max(math.ceil(100 * share), 1) / 100 for name, share in most.items()}
    nearest: dict[str, Any] = rows[list(own)].iloc[0].to_dict()
    return shares | nearest


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
