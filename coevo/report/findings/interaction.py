"""Do the two outputs act on each other's growth? Read from `parameters` and `relations`."""

from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.report.findings.equilibrium import refused
from coevo.report.findings.fit_tables import facts, reason
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.specifications import EFFECTS

ENDS = ["low", "high"]
POOLED, FOD_IV = "pooled", "fod_iv"
BY_YEAR = "year_wild"  # the errors that hold their size where years bring common shocks


def slope_intervals(study: Study, parameter: str) -> pd.DataFrame:
    """Rows of one coefficient by effects and estimator, the main estimator first.

    Pooled, scaled by the first year, with region and with region and year effects; in a study of
    too few regions to pool, the focus region's own fits, per unit of its first-year output.
    """
    table = study.rows("parameters", parameter=parameter, model="classic")
    if not study.pooled:
        rows = _per_first_year(study, rows_of(table, scope=study.focus), parameter)
    else:
        rows = rows_of(table, scope=POOLED, scaling="first", effects=EFFECTS)
    rows = rows.assign(later=rows["estimator"] != study.estimator)
    rows = rows.sort_values(["effects", "later", "estimator"], kind="stable")
    return rows.drop(columns="later").dropna(subset=ENDS).reset_index(drop=True)


def regional(study: Study, parameter: str) -> pd.DataFrame:
    """One coefficient in every region by the main estimator, per unit of its first-year output."""
    own = {"effects": "none", "estimator": study.estimator, "model": "classic"}
    rows = study.rows("parameters", parameter=parameter, **own)
    rows = rows[rows["scope"] != POOLED]
    rows = _per_first_year(study, rows, parameter).dropna(subset=ENDS)
    return rows.reset_index(drop=True)


def _per_first_year(study: Study, rows: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """Coefficients of regions' own fits times the first value of the output they multiply.

    b1 is per unit of x2 and d per unit of x1: per first-year output they can be compared over
    regions and with the pooled fit. a1 and a2 have no unit and stay.
    """
    assert study.pair is not None
    output = {"b1": study.pair[1], "d": study.pair[0]}.get(parameter)
    if output is None:
        return rows
    first = study.series(output).groupby(level="region").first()
    factor = rows["scope"].map(first)
    return rows.assign(**{column: rows[column] * factor for column in ("estimate", *ENDS)})


def holds_zero(row: pd.Series) -> bool:
    """Whether an interval contains zero."""
    return bool(row["low"] <= 0 <= row["high"])


def slope_signs(b1: pd.Series, d: pd.Series) -> str:
    """What a pair of slopes says: `supply` when both intervals lie above zero, the pattern of a
    predator-prey (supply) relation; `neither` when both hold zero; else `one` or `other`.
    """
    undecided = holds_zero(b1) + holds_zero(d)
    if undecided == 2:
        return "neither"
    if undecided == 1:
        return "one"
    return "supply" if b1["low"] > 0 and d["low"] > 0 else "other"


def slope_patterns(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    """What b1 and d of `specifications` say together, by columns; see `slope_signs`."""
    b1, d = (rows_of(rows, quantity=name).set_index(by) for name in ("b1", "d"))
    both = b1.index.intersection(d.index)
    return pd.Series([slope_signs(b1.loc[key], d.loc[key]) for key in both], both, dtype=object)


def years_that_break(study: Study) -> dict[str, list[str]]:
    """By effects, the years without whose growth the main estimator shows no supply pattern."""
    rows = study.rows("specifications", scope=POOLED, model="classic", estimator=study.estimator)
    rows = rows[rows["without_growth"] != ""]
    signs = slope_patterns(rows, ["effects", "without_growth"])
    broken = signs.index[signs != "supply"]
    return {name: sorted(year for e, year in broken if e == name) for name in study.effects}


def interaction_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section on the two populations.

    `verdict` joins the verdicts with region effects and with region and year effects
    (`supply_then_neither`, ...). With region effects, whose clusters of regions leave out what
    regions share in a year, `supply` has to pass the bootstrap by year in both slopes (`by_year`)
    and to stand without the growth of any one year; else it is `fragile`. Without pooled fits it is
    `region_` and the verdict of the focus region's own, with the `reason` if figures forbid pooled
    ones, or `not_estimated` where that has no fit either. `headline`: what the last effects say;
    `head`: their b1 and d by the main estimator; `zeros`: how many of their `intervals`, by all
    estimators, contain zero; `apart`: the others by parameter, estimator and side of it; `own`: how
    many regions' own intervals of b1 contain zero, of how many.
    """
    if study.pair is None:
        return {"verdict": "none"}
    if not study.pooled and study.focus in refused(study):
        return {"verdict": "not_estimated", "headline": "not_estimated"}
    slopes = {name: slope_intervals(study, name) for name in ("b1", "d")}
    main = {
        effects: {
            name: rows_of(rows, effects=effects, estimator=study.estimator).iloc[0]
            for name, rows in slopes.items()
        }
        for effects in study.effects
    }
    verdicts = [slope_signs(**pair) for pair in main.values()]
    by_year, broken, last = _p_by_year(study), years_that_break(study), study.effects[-1]
    if study.pooled and verdicts[0] == "supply":
        alpha = 1 - study.config["interaction"]["confidence"]
        passes = by_year and max(by_year.values()) < alpha and not broken[study.effects[0]]
        verdicts[0] = "supply" if passes else "fragile"
    intervals = rows_of(pd.concat(slopes), effects=last)
    off = intervals[(intervals["low"] > 0) | (intervals["high"] < 0)]
    side = off["low"].gt(0).map({True: "above", False: "below"})
    found = {
        "verdict": "_then_".join(verdicts) if study.pooled else f"region_{verdicts[0]}",
        "headline": "undecided" if verdicts[-1] in ("neither", "one") else verdicts[-1],
        "head": main[last],
        "zeros": len(intervals) - len(off),
        "intervals": len(intervals),
        "apart": list(zip(off["parameter"], off["estimator"], side, strict=True)),
        "df": main[last]["b1"]["df"],
        "by_year": by_year,
        "broken": broken,
    }
    fit = {"scope": POOLED, "effects": last, "estimator": study.estimator}
    if not study.pooled:
        fit["effects"] = EFFECTS[-1]
        return found | {"reason": reason(study.rows("refusals", quantity="fit", **fit))}
    own = regional(study, "b1")
    return found | {
        "pool": facts(study, **fit).to_dict("index"),
        "own": (int((own["low"].le(0) & own["high"].ge(0)).sum()), len(own)),
    }


def _p_by_year(study: Study) -> dict[str, float]:
    """p of b1 = 0 and d = 0 with region effects by the bootstrap by year; empty without it."""
    fit = {"estimator": study.estimator, "effects": EFFECTS[0], "errors": BY_YEAR}
    rows = study.rows("slope_tests", **fit)
    return dict(zip(rows["parameter"], rows["p"], strict=True))
