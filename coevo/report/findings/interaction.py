"""Do the two outputs act on each other's growth? Read from `parameters` and `relations`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.report.findings.equilibrium import refused
from coevo.report.findings.fit_tables import Reason, facts, reason
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.specifications import EFFECTS

POOLED, FOD_IV = "pooled", "fod_iv"
BY_YEAR = "year_wild"  # the errors that hold their size where years bring common shocks


def _intervals(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset=["low", "high"])


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
    order = {effects: i for i, effects in enumerate(("none", *EFFECTS))}
    rows = rows.assign(
        by_effects=rows["effects"].map(order), later=rows["estimator"] != study.estimator
    )
    rows = rows.sort_values(["by_effects", "later", "estimator"], kind="stable")
    return _intervals(rows.drop(columns=["by_effects", "later"])).reset_index(drop=True)


def regional(study: Study, parameter: str) -> pd.DataFrame:
    """One coefficient in every region by the main estimator, per unit of its first-year output."""
    own = {"effects": "none", "estimator": study.estimator, "model": "classic"}
    rows = study.rows("parameters", parameter=parameter, **own)
    rows = rows[rows["scope"] != POOLED]
    return _intervals(_per_first_year(study, rows, parameter)).reset_index(drop=True)


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
    return rows.assign(**{column: rows[column] * factor for column in ("estimate", "low", "high")})


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


def years_that_break(study: Study) -> dict[str, list[str]]:
    """By effects, the years without whose growth the main estimator shows no supply pattern."""
    rows = study.rows("specifications", scope=POOLED, model="classic", estimator=study.estimator)
    rows = rows[rows["without_growth"] != ""]
    by = ["effects", "without_growth"]
    b1, d = (rows_of(rows, quantity=name).set_index(by) for name in ("b1", "d"))
    both = b1.index.intersection(d.index)
    broken = [key for key in both if slope_signs(b1.loc[key], d.loc[key]) != "supply"]
    return {effects: sorted(year for e, year in broken if e == effects) for effects in EFFECTS}


def _row(frame: pd.DataFrame, effects: str, estimator: str) -> pd.Series:
    return rows_of(frame, effects=effects, estimator=estimator).iloc[0]


def interaction_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section on the two populations.

    `verdict` joins the verdicts with region effects and with region and year effects
    (`supply_then_neither`, ...). With region effects, whose clusters of regions leave out what
    regions share in a year, `supply` has to pass the bootstrap by year in both slopes and to stand
    without the growth of any one year; else it is `fragile`. Without pooled fits it is `region_`
    and the verdict of the focus region's own, with the `reason` if figures forbid pooled ones, or
    `not_estimated` where that has no fit either.
    """
    if study.pair is None:
        return {"verdict": "none"}
    own = {} if study.single else {p: _count(regional(study, p)) for p in ("b1", "d")}
    if not study.pooled and study.focus in refused(study):
        found = {"verdict": "not_estimated", "headline": "not_estimated", "undecided": True}
        return found | {"regional": own}
    b1, d = slope_intervals(study, "b1"), slope_intervals(study, "d")
    effects = list(EFFECTS) if study.pooled else ["none"]
    main = {e: (_row(b1, e, study.estimator), _row(d, e, study.estimator)) for e in effects}
    verdicts = [slope_signs(*pair) for pair in main.values()]
    tests = _tests(study) if study.pooled else {}
    broken = years_that_break(study) if study.pooled else {}
    fails = _fails(study, tests)
    if study.pooled and verdicts[0] == "supply" and (fails is not False or broken[EFFECTS[0]]):
        verdicts[0] = "fragile"
    last = rows_of(pd.concat([b1, d]), effects=effects[-1])
    undecided = verdicts[-1] in ("neither", "one")
    found = {
        "verdict": "_then_".join(verdicts) if study.pooled else f"region_{verdicts[0]}",
        "headline": _headline(verdicts[-1], undecided),
        "estimates": {e: {"b1": pair[0], "d": pair[1]} for e, pair in main.items()},
        "zeros": int(sum(holds_zero(row) for _, row in last.iterrows())),
        "intervals": len(last),
        "exceptions": [row for _, row in last.iterrows() if not holds_zero(row)],
        "undecided": undecided,
        "df": main[effects[-1]][0]["df"],
        "regional": own,
    }
    if not study.pooled:
        return found | {"reason": _refused(study)}
    return found | {
        "tests": tests,
        "by_year": tests.get(EFFECTS[0], {}).get(BY_YEAR),
        "broken": broken,
        "fails": fails,
        "pool": _pool(study),
        "instrumented": _instrumented(study, b1, d),
    }


def _headline(verdict: str, undecided: bool) -> str:
    """What the section opens with."""
    if undecided:
        return "undecided"
    return "supply" if verdict.endswith("supply") else "other"


def _refused(study: Study) -> Reason | None:
    """Why the main estimator has no pooled fit of the headline; None where nothing was refused."""
    fit = {"scope": POOLED, "effects": EFFECTS[-1], "estimator": study.estimator}
    return reason(study.rows("refusals", quantity="fit", **fit))


def _tests(study: Study) -> dict[str, dict[str, dict[str, Any]]]:
    """p of b1 = 0 and d = 0 by effects, kind of errors and parameter."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in study.rows("slope_tests", estimator=study.estimator).itertuples():
        found.setdefault(row.effects, {}).setdefault(row.errors, {})[row.parameter] = row.p
    return found


def _fails(study: Study, tests: Mapping[str, Any]) -> bool | None:
    """Whether b1 or d with region effects does not pass the bootstrap by year; None without it."""
    p = tests.get(EFFECTS[0], {}).get(BY_YEAR, {})
    alpha = 1 - study.config["interaction"]["confidence"]
    return bool(max(p.values()) >= alpha) if p else None


def _instrumented(study: Study, b1: pd.DataFrame, d: pd.DataFrame) -> dict[str, Any] | None:
    """b1 and d by instruments in forward deviations and their first-stage F; None without them."""
    found = {name: rows_of(rows, estimator=FOD_IV) for name, rows in (("b1", b1), ("d", d))}
    if not all(map(len, found.values())):
        return None
    F = facts(study, scope=POOLED, effects=EFFECTS[-1], estimator=FOD_IV)["value"]
    first_stage = {name: F[f"first_stage_F_{name}"] for name in found}
    return {name: rows.iloc[0] for name, rows in found.items()} | {"F": first_stage}


def _pool(study: Study) -> dict[str, dict[str, Any]]:
    """What the main estimator's pooled fits show and rest on, by effects and name (`facts`)."""
    fit = {"scope": POOLED, "estimator": study.estimator}
    return {effects: facts(study, effects=effects, **fit).to_dict("index") for effects in EFFECTS}


def _count(rows: pd.DataFrame) -> dict[str, int]:
    """How many of the regions' intervals hold zero, and how many lie above it."""
    return {
        "n": len(rows),
        "zero": int(((rows["low"] <= 0) & (rows["high"] >= 0)).sum()),
        "above": int((rows["low"] > 0).sum()),
    }
