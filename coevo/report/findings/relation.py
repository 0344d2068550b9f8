"""Which ecological relation the two outputs show, if any, and whether feedback is the stronger."""

from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import FOD_IV
from coevo.inference.signs import QUADRANTS
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

    `verdict`: its name, `undetermined`, or `not_estimated` with the `reason`; `direction`; `why` an
    undetermined one is: `half` (one effect alone is shown, `seen`) or `none`. `by`: `panel` or
    `own`, whose fit decides. `shown`: see `_effect`; `untested`: whether no population without
    interaction moves like the figures, and an effect is shown; `unconfirmed`: effects that are
    shown, but whose p by the wild bootstrap by region is .05 or more, with that p. Of the general
    model by instruments `quadrants`: probability of each pair of signs, not told where a slope
    rests on one region; `restriction`: p of the paper's A11 = A22 = 0; `strength`: least
    first-stage F, by which `instruments` are `weak` or `strong`.
    """
    rows, by = study.rows("effects", scope=POOLED, effects=main_effects(study)), "panel"
    if rows.empty:
        rows, by = study.rows("effects", scope=study.focus), "own"
    known = _general_model(study)
    if rows.empty:
        why = reason(study.rows("refusals", scope=study.focus, quantity=["effects", "fit"]))
        absent = {"verdict": NOT_ESTIMATED, "headline": NOT_ESTIMATED, "shown": []}
        return absent | {"reason": why or ("no_growth_rows", packed({})), **known}
    fit = rows.iloc[0][["scope", "effects", "estimator"]].to_dict()
    named = study.verdicts(**fit).loc["relation"]
    effects = [_effect(part) for _, part in rows.groupby("effect", sort=False)]
    seen = [effect["effect"] for effect in effects if effect["shown"]]
    return {
        "verdict": named["verdict"],
        "headline": UNDETERMINED if named["verdict"] == UNDETERMINED else "named",
        "direction": named["direction"],
        "by": by,
        "why": "half" if seen else "none",
        "seen": seen,
        "shown": effects,
        "untested": bool(seen) and not any(effect["worlds"] for effect in effects),
        "unconfirmed": _unconfirmed(study, seen) if by == "panel" else [],
        **known,
    }


def _effect(rows: pd.DataFrame) -> Row:
    """One effect: its row, the `worlds` whose panels move like the figures, and how many of them
    hold its t (`inside`).
    """
    worlds = rows.dropna(subset=["world_low", "world_high"])
    inside = worlds["t"].between(worlds["world_low"], worlds["world_high"])
    first = rows.iloc[0]
    excludes_zero = bool(first["low"] > 0 or first["high"] < 0)
    return {
        **first.to_dict(),
        "worlds": worlds.to_dict("records"),
        "inside": int(inside.sum()),
        "interval": "clear" if excludes_zero else "holds_zero",
    }


def _unconfirmed(study: Study, seen: list[str]) -> list[tuple[str, float]]:
    tests = study.rows("slope_tests", errors=BY_REGION_WILD, effects=main_effects(study))
    p = tests.set_index("parameter")["p"]
    alpha = 1 - study.config["interaction"]["confidence"]
    values = {name: p.get(SLOPE_OF[name]) for name in seen}
    return [(name, float(value)) for name, value in values.items() if (value or 0) >= alpha]


def _general_model(study: Study) -> dict[str, Any]:
    """What instruments say of the general model; empty where it is not estimated."""
    rows = study.facts(**JUDGED)
    if "restriction" not in rows.index:
        return {}
    values = rows["value"]
    strength, limit = rows.loc["first_stage_F", ["value", "limit"]].astype(float)
    told = () if carried_slopes(study) else QUADRANTS
    return {
        "instruments": "weak" if strength < limit else "strong",
        "quadrants": {k: p for k in told if (p := values.get(f"p_{k}_12")) is not None},
        "restriction": float(values["restriction"]),
        "strength": strength,
    }


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
