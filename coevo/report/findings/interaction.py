"""Do the two outputs act on each other's growth, which ecological relation do they show, and is
feedback the stronger? Read from `parameters`, `relations` and `effects`.
"""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import CARRIES, FOD_IV
from coevo.files import rows_of
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.slope_errors import BY_REGION_WILD, SLOPES
from coevo.messages import packed
from coevo.report.findings.equilibrium import refused
from coevo.report.findings.study_tables import Study, reason
from coevo.report.findings.theory_against_fit import main_effects
from coevo.sensitivity.specifications import EFFECTS
from coevo.strengths.shown_effects import EFFECT_NAMES

ENDS = ["low", "high"]
TENTH = 0.1  # of the first-year output, for which effects are told
UNDETERMINED, NOT_ESTIMATED = "undetermined", "not_estimated"
SUPPLY = "x2_preys_on_x1"  # direction of the pattern of supply
SLOPE_OF = dict(zip(EFFECT_NAMES, ("b1", "d"), strict=True))
# the fit that feedback rests on
JUDGED = {"scope": POOLED, "effects": "region+year", "estimator": FOD_IV}


@lru_cache(maxsize=8)
def carried_slopes(study: Study) -> dict[str, Row]:
    """Slopes that rest on one region, which are not interpreted; none without pooled fits.

    Of such a slope most of the regressor's variation, in units of the first year and net of both
    effects, is that of one region. By slope: its name, the `output` it multiplies, the region's
    `name`, its `share`, and `p` of the slope by the wild bootstrap by region.
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
            of_region = {"name": study.name(region), "share": share, "p": float(p.iloc[0])}
            found[slope] = {"slope": slope, "output": output, **of_region}
    return found


def _fits(study: Study, parameter: str) -> pd.DataFrame:
    """Rows of `parameters` of one coefficient that have intervals, by t."""
    table = study.rows("parameters", parameter=parameter, model="classic").dropna(subset=ENDS)
    if study.pooled:
        return rows_of(table, scope=POOLED, scaling="first", effects=EFFECTS)
    return _per_first_year(study, rows_of(table, scope=study.focus), parameter)


def holds(slopes: Mapping[Hashable, Any], estimate: float) -> bool:
    """Whether a set of slopes, a row of `relations`, holds an estimate."""
    inside = not (estimate < slopes["low"] or estimate > slopes["high"])  # an end may be missing
    known = {"line": True, "empty": False, "complement": not inside}
    return known.get(slopes["set"], inside)


def regional(study: Study, parameter: str) -> pd.DataFrame:
    """One coefficient in every region by the main estimator, per unit of its first-year output."""
    fit = study.focus_fit | {"scope": study.regions, "model": "classic", "parameter": parameter}
    rows = _per_first_year(study, study.rows("parameters", **fit), parameter)
    return rows.dropna(subset=ENDS).reset_index(drop=True)


def _per_first_year(study: Study, rows: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """Coefficients of regions' own fits times the first value of the output they multiply.

    b1 is per unit of x2 and d per unit of x1: per first-year output they can be compared over
    regions and with the pooled fit.
    """
    output = study.outputs[{"b1": "x2", "d": "x1"}[parameter]]
    factor = rows["scope"].map(study.series(output).groupby(level="region").first())
    return rows.assign(**{column: rows[column] * factor for column in ("estimate", *ENDS)})


def slope_signs(b1: pd.Series, d: pd.Series) -> str:
    """What a pair of slopes says: `supply` when both intervals lie above zero, the pattern of a
    predator-prey (supply) relation; `neither` when both hold zero; else `one` or `other`.
    """
    undecided = [bool(row["low"] <= 0 <= row["high"]) for row in (b1, d)]
    if any(undecided):
        return "neither" if all(undecided) else "one"
    return "supply" if b1["low"] > 0 and d["low"] > 0 else "other"


def interaction_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section on the two populations.

    `verdict` joins the verdicts with region effects and with region and year effects
    (`supply_then_neither`, ...). Without pooled fits it is `region_` and the verdict of the focus
    region's own, or `not_estimated` where that has no fit either. `headline`: what both effects are
    shown to be, `undecided` where one is not; `points`: see `_in_points`, of b1 and d with the last
    effects by the main estimator, and the first year (`start`) that they compare with: the study’s
    (`same`) or a region’s `own`; `carried`: slopes that rest on one region: they decide nothing,
    and what is told slope by slope leaves them out.
    """
    if not study.pooled and study.focus in refused(study):
        return dict.fromkeys(("verdict", "headline", "by"), "not_estimated")
    fits = (rows_of(_fits(study, name), estimator=study.estimator) for name in SLOPES)
    b1, d = (rows.set_index("effects") for rows in fits)
    verdicts = [slope_signs(b1.loc[effects], d.loc[effects]) for effects in study.effects]
    carried, last, relation = carried_slopes(study), study.effects[-1], relation_finding(study)
    undecided = bool(carried) or relation["headline"] != "named"
    headline = (
        "undecided" if undecided else "supply" if relation["direction"] == SUPPLY else "other"
    )
    head = {k: row for k, row in {"b1": b1.loc[last], "d": d.loc[last]}.items() if k not in carried}
    by = "pooled" if study.pooled else "own"
    scopes = study.regions if study.pooled else [study.focus]
    outputs = pd.concat([study.series(output).dropna().loc[scopes] for output in study.pair])
    starts = outputs.reset_index().groupby("region")["year"].min()
    return {
        "verdict": "_then_".join(verdicts) if study.pooled else f"region_{verdicts[0]}",
        "headline": headline,
        "by": by,
        "points": {name: _in_points(name, row) for name, row in head.items()},
        "start": "same" if starts.eq(study.years[0]).all() else "own",
        "told": by if head else "",
        **dict.fromkeys(("rests", "rested"), bool(carried)),
        "carried": [*carried.values()],
    }


def _in_points(slope: str, row: pd.Series) -> pd.Series:
    """Return the effect of a tenth of the first-year output on yearly growth, in percentage points.

    estimate, low, high; b1 is what x2 takes from the growth of x1.
    """
    points = 100 * TENTH * row[["estimate", *ENDS]].astype(float)
    return points if slope == "d" else -points.rename(dict(zip(ENDS, ENDS[::-1], strict=True)))


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
