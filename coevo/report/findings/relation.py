"""Which ecological relation the two outputs show, if any, and whether feedback is the stronger."""

from typing import Any

from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import FOD_IV
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.slope_errors import BY_REGION_WILD
from coevo.messages import packed
from coevo.report.findings.carried import carried_slopes
from coevo.report.findings.study_tables import Study, reason
from coevo.report.findings.theory_against_fit import main_effects
from coevo.strengths.shown_effects import EFFECT_NAMES

UNDETERMINED, NOT_ESTIMATED = "undetermined", "not_estimated"
SUPPLY = "x2_preys_on_x1"  # direction of the pattern of supply
SLOPE_OF = dict(zip(EFFECT_NAMES, ("b1", "d"), strict=True))
# the fit that feedback rests on
JUDGED = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


def relation_finding(study: Study) -> dict[str, Any]:
    """The relation of x1 and x2, named where both effects are shown.

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`; `direction`;
    `headline`: `named`, `rests` where a slope of a named one rests on one region, or the verdict;
    `why` an undetermined one is: `half` (one effect alone is shown, `seen`) or `none`. An effect
    whose slope rests on one region does not count as shown. `untested`:
    whether no population without interaction moves like the figures, and an effect is shown;
    `unconfirmed`: effects that are shown in the panel, but whose p by the wild bootstrap by region
    is .05 or more, with that p.
    """
    rows = study.rows("effects", scope=POOLED, effects=main_effects(study))
    in_panel = len(rows) > 0
    if not in_panel:
        rows = study.rows("effects", scope=study.focus)
    if rows.empty:
        why = reason(study.rows("refusals", scope=study.focus, quantity=["effects", "fit"]))
        reasons = {"reason": why or ("no_growth_rows", packed({}))}
        return {"verdict": NOT_ESTIMATED, "headline": NOT_ESTIMATED, **reasons}
    fit = rows.iloc[0][["scope", "effects", "estimator"]].to_dict()
    named = study.verdicts(**fit).loc["relation"]
    first = rows.drop_duplicates("effect")
    carried = carried_slopes(study) if in_panel else {}
    found = list(first.loc[first["shown"].eq(True), "effect"])
    seen = [effect for effect in found if SLOPE_OF[effect] not in carried]
    known = "named" if seen == found else "rests"
    worlds = rows.dropna(subset=["world_low", "world_high"])
    return {
        "verdict": named["verdict"],
        "headline": UNDETERMINED if named["verdict"] == UNDETERMINED else known,
        "direction": named["direction"],
        "why": "half" if seen else "none",
        "seen": seen,
        "untested": bool(seen) and worlds.empty,
        "unconfirmed": _unconfirmed(study, seen) if in_panel else [],
    }


def _unconfirmed(study: Study, seen: list[str]) -> list[tuple[str, float]]:
    tests = study.rows("slope_tests", errors=BY_REGION_WILD, effects=main_effects(study))
    p = tests.set_index("parameter")["p"]
    alpha = 1 - study.config["interaction"]["confidence"]
    values = {name: p.get(SLOPE_OF[name]) for name in seen}
    return [(name, float(value)) for name, value in values.items() if (value or 0) >= alpha]


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form of feedback.

    `verdict`: `not_estimated`, with the `least` regions that it takes, `undecidable` (in both
    forms), or `decided`; `weak`, `strong`: `yes`, `no`, `undecidable`.
    """
    verdicts = study.verdicts(**JUDGED)["verdict"]
    if "feedback_weak" not in verdicts:
        return {"verdict": "not_estimated", "least": FEWEST_CLUSTERS}
    forms = {form: verdicts[f"feedback_{form}"] for form in ("weak", "strong")}
    undecidable = set(forms.values()) == {"undecidable"}
    return forms | {"verdict": "undecidable" if undecidable else "decided"}
