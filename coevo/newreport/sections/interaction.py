"""What the signs of the interaction say: which effects are shown, and whether feedback is."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import CARRIES, FOD_IV
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.slope_errors import BY_REGION_WILD
from coevo.newreport.sections.theory import main_effects
from coevo.newreport.study import Reason, Study, reason
from coevo.sensitivity.choices import MAIN
from coevo.strengths.shown_effects import EFFECT_NAMES

UNDETERMINED, NOT_ESTIMATED = "undetermined", "not_estimated"
SUPPLY = "x2_preys_on_x1"  # direction of the predator-prey pattern in which x2 lives on x1
SLOPE_OF = dict(zip(EFFECT_NAMES, ("b1", "d"), strict=True))
FEEDBACK_FIT = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


@dataclass(frozen=True)
class InteractionFacts:
    """Which effects are shown, with which signs, and whether feedback outweighs competition.

    verdict: `named` (both effects are shown), `half` (one is), `rests` (a named relation of which a
    slope rests on one region), `none`, or `not_estimated` (`reason`); relation: what both signs are
    called; direction: of it; shown: effects that are shown, without those that rest on one region
    (`carried`: rows with slope, name, share, p); unconfirmed: shown effects with the p of a wild
    bootstrap by region of .05 or more; by: `panel` or `own`; p_supply: probability of the
    predator-prey signs by the own fit of the focus; signs, fits: in how many fits the slopes have
    these signs, and of how many; feedback: `not_estimated`, `undecidable` or `decided`; weak,
    strong: its forms, `yes`, `no` or `undecidable`.
    """

    verdict: str
    reason: Reason | None = None
    relation: str = ""
    direction: str = ""
    shown: list[str] = field(default_factory=list)
    carried: list[Row] = field(default_factory=list)
    unconfirmed: list[tuple[str, float]] = field(default_factory=list)
    by: str = ""
    p_supply: float | None = None
    signs: int = 0
    fits: int = 0
    feedback: str = NOT_ESTIMATED
    weak: str = ""
    strong: str = ""
    fewest_regions: int = FEWEST_CLUSTERS

    @property
    def is_supply(self) -> bool:
        """Whether both effects are shown with the signs of a predator that lives on its prey."""
        return self.verdict == "named" and self.direction == SUPPLY


def facts(study: Study) -> InteractionFacts:
    """Return what the signs of both effects say."""
    rows = study.rows("effects", scope=POOLED, effects=main_effects(study))
    in_panel = len(rows) > 0
    counted = study.rows("specification_counts", count="supply", pair=MAIN, effects="")
    found: dict[str, Any] = {
        "carried": [*carried_slopes(study).values()],
        "p_supply": _p_supply(study),
        "signs": int(counted["agree"].sum()),
        "fits": int(counted["specifications"].sum()),
        **_feedback(study),
    }
    if not in_panel:
        rows = study.rows("effects", scope=study.focus)
    if rows.empty:
        why = reason(study.rows("refusals", scope=study.focus, quantity=["effects", "fit"]))
        return InteractionFacts(NOT_ESTIMATED, why or ("no_growth_rows", "{}"), **found)
    fit = rows.iloc[0][["scope", "effects", "estimator"]].to_dict()
    relation = study.verdicts(**fit).loc["relation"]
    first = rows.drop_duplicates("effect")
    every = list(first.loc[first["shown"].eq(True), "effect"])
    carried = carried_slopes(study) if in_panel else {}
    shown = [effect for effect in every if SLOPE_OF[effect] not in carried]
    if relation["verdict"] != UNDETERMINED:
        verdict = "named" if shown == every else "rests"
    else:
        verdict = "half" if shown else "none"
    return InteractionFacts(
        verdict,
        relation=relation["verdict"],
        direction=relation["direction"],
        shown=shown,
        unconfirmed=_unconfirmed(study, shown) if in_panel else [],
        by="panel" if in_panel else "own",
        **found,
    )


@lru_cache(maxsize=8)
def carried_slopes(study: Study) -> dict[str, Row]:
    """Return slopes that rest on one region, by slope; none without pooled fits.

    Of such a slope most of the regressor's variation, in units of the first year and net of both
    effects, is that of one region. Each has `slope`, `output` that it multiplies, `name` of the
    region, its `share`, and `p` of the slope by the wild bootstrap by region.
    """
    found: dict[str, Row] = {}
    for output, slope in (("x1", "d"), ("x2", "b1")) if study.pooled else ():
        x = study.series(study.outputs[output]).unstack("year").sort_index(axis=1)
        x = x.div(x.bfill(axis=1).iloc[:, 0], axis=0)
        x = (x + x.shift(axis=1)) / 2
        left = x.sub(x.mean(axis=1), axis=0)
        squares = ((left - left.mean()) ** 2).sum(axis=1)
        region, share = squares.idxmax(), float(squares.max() / squares.sum())
        fit = study.pooled_fit | {"errors": BY_REGION_WILD, "parameter": slope}
        p = study.rows("slope_tests", **fit)["p"]
        if share > CARRIES and len(p):
            of_region = {"name": study.name(str(region)), "share": share, "p": float(p.iloc[0])}
            found[slope] = {"slope": slope, "output": output, **of_region}
    return found


def slope_set_holds(slopes: Mapping[Hashable, Any], estimate: float) -> bool:
    """Return whether a set of slopes, a row of `relations`, holds an estimate."""
    inside = not (estimate < slopes["low"] or estimate > slopes["high"])  # an end may be missing
    known = {"line": True, "empty": False, "complement": not inside}
    return known.get(slopes["set"], inside)


def _p_supply(study: Study) -> float | None:
    rows = study.rows("equilibria", source="fit", model="classic", **study.focus_fit)
    return next(iter(rows["p_predator_prey"].dropna()), None)


def _unconfirmed(study: Study, shown: list[str]) -> list[tuple[str, float]]:
    tests = study.rows("slope_tests", errors=BY_REGION_WILD, effects=main_effects(study))
    p: dict[str, float] = dict(zip(tests["parameter"], tests["p"], strict=True))
    alpha = 1 - study.config["interaction"]["confidence"]
    values = {effect: p.get(SLOPE_OF[effect], 0.0) for effect in shown}
    return [(effect, value) for effect, value in values.items() if value >= alpha]


def _feedback(study: Study) -> dict[str, str]:
    verdicts: pd.Series = study.verdicts(**FEEDBACK_FIT)["verdict"]
    if "feedback_weak" not in verdicts:
        return {}
    weak, strong = (str(verdicts[f"feedback_{form}"]) for form in ("weak", "strong"))
    decided = {weak, strong} != {"undecidable"}
    return {"feedback": "decided" if decided else "undecidable", "weak": weak, "strong": strong}
