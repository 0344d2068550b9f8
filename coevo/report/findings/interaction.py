"""Do the two outputs act on each other's growth? Read from `parameters` and `relations`."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import FOD_IV
from coevo.files import rows_of
from coevo.inference.slope_errors import BY_YEAR, SLOPES
from coevo.report.findings.carried import carried_slopes
from coevo.report.findings.equilibrium import refused
from coevo.report.findings.relation import SUPPLY, relation_finding
from coevo.report.findings.study_tables import Study, least_and_largest, reason
from coevo.sensitivity.claims import breaking_years
from coevo.sensitivity.specifications import EFFECTS

ENDS = ["low", "high"]
TENTH = 0.1  # of the first-year output, for which effects are told
MEAN_GROUP, AR_SET = "mean_group", "anderson_rubin"  # stand beside the estimators


def slope_intervals(study: Study, parameter: str) -> pd.DataFrame:
    """Rows of one coefficient by effects and estimator, the main estimator first.

    Pooled, scaled by the first year, with the interval whose test holds its size: with region
    effects what the bootstrap by year does not reject, no row without it; with region and year
    effects also the mean group, and beside the instruments' interval their Anderson-Rubin set (its
    hull; infinite where it has no end). In a study of too few regions to pool, the focus region's
    own fits, per unit of its first-year output.
    """
    rows = _fits(study, parameter)
    if study.pooled:
        by_year = study.rows("slope_tests", errors=BY_YEAR, effects=EFFECTS[0], parameter=parameter)
        ends, first = by_year.set_index("estimator")[ENDS], rows["effects"].eq(EFFECTS[0])
        rows[ENDS] = rows[ENDS].mask(first, ends.reindex(rows["estimator"]).set_index(rows.index))
        beside = [_mean_group(study, parameter), _instrument_set(study, parameter, rows)]
        rows = pd.concat([rows, *(part for part in beside if len(part))])
    places = {study.estimator: "", AR_SET: FOD_IV}
    by = ["effects", "estimator"]
    rows = rows.sort_values(by, key=lambda names: names.replace(places), kind="stable")
    return rows.dropna(subset=ENDS).reset_index(drop=True)


def _fits(study: Study, parameter: str) -> pd.DataFrame:
    """Rows of `parameters` of one coefficient that have intervals, by t."""
    table = study.rows("parameters", parameter=parameter, model="classic").dropna(subset=ENDS)
    if study.pooled:
        return rows_of(table, scope=POOLED, scaling="first", effects=EFFECTS)
    return _per_first_year(study, rows_of(table, scope=study.focus), parameter)


def _mean_group(study: Study, parameter: str) -> pd.DataFrame:
    """The mean of the regions' own slopes with both effects, as a row of `parameters`."""
    rows = study.rows("relations", quantity=f"mean_group_{parameter}", **study.pooled_fit)
    return rows.assign(estimate=rows["value"], parameter=parameter, estimator=MEAN_GROUP)


def _instrument_set(study: Study, parameter: str, fits: pd.DataFrame) -> pd.DataFrame:
    """The Anderson-Rubin set as a row beside the estimate by instruments; none if it does not hold
    that, or the slope rests on one region.
    """
    sets = study.rows("relations", scope=POOLED, quantity=f"anderson_rubin_{parameter}", period="")
    fit = rows_of(fits, estimator=FOD_IV, effects=EFFECTS[-1])
    sets = sets.iloc[: len(fit)].assign(estimate=fit["estimate"].to_numpy()[: len(sets)])
    resting = parameter in carried_slopes(study)
    known = [not resting and holds(row, row["estimate"]) for row in sets.to_dict("records")]
    sets = sets[known]
    ends = sets[ENDS].mask(~sets["set"].isin(["interval", "unbounded"]))
    sets[ENDS] = ends.fillna({"low": -float("inf"), "high": float("inf")})
    return sets.assign(parameter=parameter, estimator=AR_SET)


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
    (`supply_then_neither`, ...). With region effects, whose clusters of regions leave out what
    regions share in a year, `supply` has to pass the bootstrap by year in both slopes (`by_year`)
    and to stand without the growth of any one year; else it is `fragile`. Without pooled fits it is
    `region_` and the verdict of the focus region's own, with the `reason` if figures forbid pooled
    ones, or `not_estimated` where that has no fit either. `headline`: what both effects are
    shown to be, `undecided` where one is not; `head`: b1 and d with the last effects by the main
    estimator; `points`: see `_in_points`; `zero`: whether both intervals hold zero. `r2`: least and
    largest share of growth that the slopes explain, over estimators and both equations; `own`: how
    many regions' own intervals of b1 contain zero, of how many; `carried`: slopes that rest on one
    region: they decide nothing, and what is told slope by slope leaves them out; `sets`: of slopes
    by instruments whose set holds the estimate, `unset` the others; `broken`: years without which
    the supply pattern is gone; `equal`: p of equal slopes. Where it is undecided the years that
    make it `fragile`; `signs`: the headline, or `outlived` by year effects.
    """
    if not study.pooled and study.focus in refused(study):
        return dict.fromkeys(("verdict", "headline", "by"), "not_estimated")
    fits = (rows_of(_fits(study, name), estimator=study.estimator) for name in SLOPES)
    b1, d = (rows.set_index("effects") for rows in fits)
    verdicts = [slope_signs(b1.loc[effects], d.loc[effects]) for effects in study.effects]
    by_year, broken, last = _by_year(study), list[str](), study.effects[-1]
    carried = carried_slopes(study)
    relation = relation_finding(study)
    undecided = bool(carried) or relation["headline"] != "named"
    headline = (
        "undecided" if undecided else "supply" if relation["direction"] == SUPPLY else "other"
    )
    if study.pooled and verdicts[0] == "supply":
        alpha = 1 - study.config["interaction"]["confidence"]
        broken = breaking_years(study, EFFECTS[0])
        passes = by_year and max(row["p"] for row in by_year.values()) < alpha
        verdicts[0] = "supply" if passes and not broken else "fragile"
    head = {k: row for k, row in {"b1": b1.loc[last], "d": d.loc[last]}.items() if k not in carried}
    instruments = [row for row in _instruments(study) if row["parameter"] not in carried]
    outlived = undecided and not carried and verdicts[0] in ("supply", "fragile")
    finding = {
        "verdict": "_then_".join(verdicts) if study.pooled else f"region_{verdicts[0]}",
        "headline": headline,
        "signs": "outlived" if outlived else headline,
        "by": "pooled" if study.pooled else "own",
        "head": head,
        "points": {name: _in_points(name, row) for name, row in head.items()},
        "told": ("pooled" if study.pooled else "own") if head else "",
        "doubt": bool(head),
        "zero": verdicts[-1] == "neither",
        **dict.fromkeys(("rests", "rested"), bool(carried)),
        "carried": [*carried.values()],
        "r2": _explained(study),
        "df": b1.at[last, "df"],
        "by_year": {k: row for k, row in by_year.items() if k not in carried},
        "broken": broken,
        "fragile": undecided and broken and not carried,
        "groups": _mean_groups(study) if study.pooled else [],
        "instruments": instruments,
        "sets": [row for row in instruments if holds(row["set"], row["estimate"])],
        "unset": [row for row in instruments if not holds(row["set"], row["estimate"])],
    }
    if not study.pooled:
        why = reason(study.rows("refusals", quantity="fit", **study.pooled_fit))
        return finding | {"reason": why}
    alone, tested = regional(study, "b1"), study.facts(**study.pooled_fit)["value"]
    return finding | {
        "equal": {b: tested[f"homogeneity_{b}"] for b in SLOPES if f"homogeneity_{b}" in tested},
        "own": (int((alone["low"].le(0) & alone["high"].ge(0)).sum()), len(alone)),
    }


def _in_points(slope: str, row: pd.Series) -> pd.Series:
    """Return the effect of a tenth of the first-year output on yearly growth, in percentage points.

    estimate, low, high; b1 is what x2 takes from the growth of x1.
    """
    points = 100 * TENTH * row[["estimate", *ENDS]].astype(float)
    return points if slope == "d" else -points.rename(dict(zip(ENDS, ENDS[::-1], strict=True)))


def _explained(study: Study) -> tuple[float, float]:
    """The least and the largest R2 of growth, beyond the last effects, by the other output."""
    scope, scaling = (POOLED, "first") if study.pooled else (study.focus, "none")
    fit = {"scope": scope, "scaling": scaling, "effects": study.effects[-1]}
    return least_and_largest(study.rows("fits", model="classic", **fit)["r2"])


def _by_year(study: Study) -> dict[str, dict[str, Any]]:
    """p and interval of b1 and of d with region effects by the bootstrap by year; or empty."""
    fit = {"estimator": study.estimator, "effects": EFFECTS[0], "errors": BY_YEAR}
    return dict(study.rows("slope_tests", **fit).set_index("parameter").to_dict("index"))


def _mean_groups(study: Study) -> list[dict[str, Any]]:
    """The mean-group estimates of b1 and d with both effects, with their intervals."""
    rows = pd.concat([_mean_group(study, name) for name in SLOPES])
    return list(rows[["parameter", "value", *ENDS]].to_dict("records"))


def _instruments(study: Study) -> list[dict[str, Any]]:
    """Of b1 and d by instruments: the row of `parameters`, the `set`, and their checks by name."""
    known = study.facts(**study.pooled_fit | {"estimator": FOD_IV})
    slopes = []
    for name in SLOPES:
        rows = rows_of(_fits(study, name), effects=EFFECTS[-1], estimator=FOD_IV)
        if len(rows) and f"anderson_rubin_p_{name}" in known.index:
            checks = known.filter(regex=f"_{name}$", axis=0)["value"]
            checks.index = checks.index.str.removesuffix(f"_{name}")
            slopes.append({**rows.iloc[0], **checks, "set": known.loc[f"anderson_rubin_{name}"]})
    return slopes
