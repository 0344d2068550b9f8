"""Do the two outputs act on each other's growth? Read from `parameters` and `relations`."""

from typing import Any

import pandas as pd

from coevo.estimation.pooled import FOD_IV
from coevo.files import rows_of
from coevo.inference.slope_errors import BY_YEAR, SLOPES
from coevo.report.findings.equilibrium import refused
from coevo.report.findings.fit_tables import facts, reason
from coevo.report.findings.simulations import simulation_finding
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.specifications import EFFECTS

ENDS = ["low", "high"]
POOLED = "pooled"
MEAN_GROUP, AR_SET = "mean_group", "anderson_rubin"  # stand beside the estimators


def slope_intervals(study: Study, parameter: str) -> pd.DataFrame:
    """Rows of one coefficient by effects and estimator, the main estimator first.

    Pooled, scaled by the first year, with the interval whose test holds its size: with region
    effects what the bootstrap by year does not reject, no row without it; with region and year
    effects also the mean group, and beside the instruments' interval their Anderson-Rubin set,
    which `counts` in its place (its hull; infinite where it has no end). In a study of too few
    regions to pool, the focus region's own fits, per unit of its first-year output.
    """
    rows = _fits(study, parameter).assign(counts=True)
    if study.pooled:
        by_year = study.rows("slope_tests", errors=BY_YEAR, effects=EFFECTS[0], parameter=parameter)
        ends, first = by_year.set_index("estimator")[ENDS], rows["effects"].eq(EFFECTS[0])
        rows[ENDS] = rows[ENDS].mask(first, ends.reindex(rows["estimator"]).set_index(rows.index))
        beside = [_mean_group(study, parameter), _instrument_set(study, parameter, rows)]
        rows["counts"] = rows["estimator"].ne(FOD_IV) | beside[1].empty
        rows = pd.concat([rows, *(part for part in beside if len(part))])
    rows = rows.assign(
        later=rows["estimator"] != study.estimator,
        order=rows["estimator"].replace(AR_SET, FOD_IV),
    )
    rows = rows.sort_values(["effects", "later", "order"], kind="stable")
    return rows.drop(columns=["later", "order"]).dropna(subset=ENDS).reset_index(drop=True)


def _fits(study: Study, parameter: str) -> pd.DataFrame:
    """Rows of `parameters` of one coefficient that have intervals, by t."""
    table = study.rows("parameters", parameter=parameter, model="classic").dropna(subset=ENDS)
    if study.pooled:
        return rows_of(table, scope=POOLED, scaling="first", effects=EFFECTS)
    return _per_first_year(study, rows_of(table, scope=study.focus), parameter)


def _mean_group(study: Study, parameter: str) -> pd.DataFrame:
    """The mean of the regions' own slopes with both effects, as a row of `parameters`."""
    fit = {"scope": POOLED, "effects": EFFECTS[-1], "estimator": study.estimator}
    rows = study.rows("relations", quantity=f"mean_group_{parameter}", **fit)
    return rows.assign(
        estimate=rows["value"], parameter=parameter, estimator=MEAN_GROUP, counts=True
    )


def _instrument_set(study: Study, parameter: str, fits: pd.DataFrame) -> pd.DataFrame:
    """The Anderson-Rubin set as a row beside the estimate by instruments; none if it is empty."""
    sets = study.rows("relations", scope=POOLED, quantity=f"anderson_rubin_{parameter}", period="")
    fit = rows_of(fits, estimator=FOD_IV, effects=EFFECTS[-1])
    sets = sets[sets["set"].ne("empty")].iloc[: len(fit)]
    ends = sets[ENDS].mask(~sets["set"].isin(["interval", "unbounded"]))
    known = {"parameter": parameter, "estimator": AR_SET, "counts": True}
    known |= {"estimate": fit["estimate"].to_numpy()[: len(sets)]}
    bound = float("inf")
    return sets.assign(**known, low=ends["low"].fillna(-bound), high=ends["high"].fillna(bound))


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


def years_that_break(study: Study) -> list[str]:
    """Years without whose growth the main estimator with region effects shows no supply pattern."""
    fit = {"scope": POOLED, "model": "classic", "estimator": study.estimator}
    rows = study.rows("specifications", **fit, effects=EFFECTS[0])
    signs = slope_patterns(rows[rows["without_growth"] != ""], ["without_growth"])
    return sorted(signs.index[signs != "supply"])


def interaction_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section on the two populations.

    `verdict` joins the verdicts with region effects and with region and year effects
    (`supply_then_neither`, ...). With region effects, whose clusters of regions leave out what
    regions share in a year, `supply` has to pass the bootstrap by year in both slopes (`by_year`)
    and to stand without the growth of any one year; else it is `fragile`. Without pooled fits it is
    `region_` and the verdict of the focus region's own, with the `reason` if figures forbid pooled
    ones, or `not_estimated` where that has no fit either. `headline`: what the last effects say;
    `head`: their b1 and d by the main estimator; `zeros`: how many of their `intervals`, by all
    estimators, contain zero; `own`: how many regions' own intervals of b1 contain zero, of how
    many; `broken`: years without which the supply pattern is gone; `equal`: p of equal slopes.
    Where it is undecided also `apart`: intervals off zero by parameter, estimator and side; the
    `power` of the rule; years that make it `fragile`; `signs`: `outlived` by year effects.
    """
    if study.pair is None:
        return {"verdict": "none"}
    if not study.pooled and study.focus in refused(study):
        return dict.fromkeys(("verdict", "headline", "by"), "not_estimated")
    slopes = {name: slope_intervals(study, name) for name in SLOPES}
    main = {
        effects: {
            name: rows_of(_fits(study, name), effects=effects, estimator=study.estimator).iloc[0]
            for name in slopes
        }
        for effects in study.effects
    }
    verdicts = [slope_signs(**pair) for pair in main.values()]
    by_year, broken, last = _by_year(study), list[str](), study.effects[-1]
    headline = "undecided" if verdicts[-1] in ("neither", "one") else verdicts[-1]
    if study.pooled and verdicts[0] == "supply":
        alpha, broken = 1 - study.config["interaction"]["confidence"], years_that_break(study)
        passes = by_year and max(row["p"] for row in by_year.values()) < alpha
        verdicts[0] = "supply" if passes and not broken else "fragile"
    intervals = rows_of(pd.concat(slopes), effects=last, counts=True)
    off = intervals[(intervals["low"] > 0) | (intervals["high"] < 0)]
    side = off["low"].gt(0).map({True: "above", False: "below"})
    found = {
        "verdict": "_then_".join(verdicts) if study.pooled else f"region_{verdicts[0]}",
        "headline": headline,
        "signs": headline,
        "by": "pooled" if study.pooled else "own",
        "head": main[last],
        "zeros": len(intervals) - len(off),
        "intervals": len(intervals),
        "df": main[last]["b1"]["df"],
        "by_year": by_year,
        "broken": broken,
        "groups": _groups(study) if study.pooled else {},
        "instruments": _instruments(study) if study.pooled else [],
    }
    if headline == "undecided":
        found |= {
            "signs": "outlived" if verdicts[0] in ("supply", "fragile") else headline,
            "apart": list(zip(off["parameter"], off["estimator"], side, strict=True)),
            "power": simulation_finding(study) if study.pooled else {},
            "fragile": broken,
        }
    fit = {"scope": POOLED, "effects": last, "estimator": study.estimator}
    if not study.pooled:
        fit["effects"] = EFFECTS[-1]
        return found | {"reason": reason(study.rows("refusals", quantity="fit", **fit))}
    own, tested = regional(study, "b1"), facts(study, **fit)["value"]
    return found | {
        "equal": {b: tested[f"homogeneity_{b}"] for b in SLOPES if f"homogeneity_{b}" in tested},
        "own": (int((own["low"].le(0) & own["high"].ge(0)).sum()), len(own)),
    }


def _by_year(study: Study) -> dict[str, pd.Series]:
    """p and interval of b1 and of d with region effects by the bootstrap by year; or empty."""
    fit = {"estimator": study.estimator, "effects": EFFECTS[0], "errors": BY_YEAR}
    rows = study.rows("slope_tests", **fit)
    return {row["parameter"]: row for _, row in rows.iterrows()}


def _groups(study: Study) -> dict[str, list[dict[str, Any]]]:
    """b1 and d of the mean group with both effects, and less the pooled slope: values and p."""
    known = facts(study, scope=POOLED, effects=EFFECTS[-1], estimator=study.estimator)
    if "hausman_b1" not in known.index:
        return {}
    return {
        kind: [
            {
                "parameter": name,
                **known.loc[f"{kind}_{name}"],
                "p": known.at[f"{kind}_p_{name}", "value"],
            }
            for name in SLOPES
        ]
        for kind in (MEAN_GROUP, "hausman")
    }


def _instruments(study: Study) -> list[dict[str, Any]]:
    """Of b1 and d by instruments: the row of `parameters`, the `set`, and their checks by name."""
    known = facts(study, scope=POOLED, effects=EFFECTS[-1], estimator=FOD_IV)
    found = []
    for name in SLOPES:
        rows = rows_of(_fits(study, name), effects=EFFECTS[-1], estimator=FOD_IV)
        if len(rows) and f"anderson_rubin_p_{name}" in known.index:
            own = known.filter(regex=f"_{name}$", axis=0)["value"]
            own.index = own.index.str.removesuffix(f"_{name}")
            found.append({**rows.iloc[0], **own, "set": known.loc[f"anderson_rubin_{name}"]})
    return found
