"""Do the two outputs act on each other's growth? Read from `parameters` and `relations`."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from coevo.equilibria.fitted import POOLED
from coevo.files import rows_of
from coevo.inference.slope_errors import SLOPES
from coevo.report.findings.carried import carried_slopes
from coevo.report.findings.equilibrium import refused
from coevo.report.findings.relation import SUPPLY, relation_finding
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.specifications import EFFECTS

ENDS = ["low", "high"]
TENTH = 0.1  # of the first-year output, for which effects are told


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
