"""Where would the interaction take the two outputs? Read from the tables of the fits."""

from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Reason, Study, reason

BOUNDED = "interval"
OWN = {"source": "fit", "effects": "none"}  # equilibria of fits of one region from its own growth


def path(study: Study, region: str | None = None) -> pd.DataFrame:
    """Observed x1 and x2 of a region (by default the one in focus) in the years that have both."""
    at = region or study.focus
    series = {x: study.series(output).loc[at] for x, output in study.outputs.items()}
    return pd.DataFrame(series).dropna().reset_index()


def last_observed(study: Study) -> pd.Series:
    """Year, x1 and x2 of the last year in which the region in focus has both; empty without one."""
    seen = path(study).to_dict("records")
    return pd.Series(seen[-1] if seen else dict.fromkeys(("year", "x1", "x2")), dtype=object)


def refused(study: Study) -> dict[str, Reason | None]:
    """Why the main estimator has no fit of a region of its own, by region."""
    rows = study.rows("refusals", quantity="fit", **study.focus_fit | {"scope": study.regions})
    why = {scope: reason(part) for scope, part in rows.groupby("scope")}
    fitted = set(region_fit_rows(study)["scope"])
    return {region: why.get(region) for region in study.regions if region not in fitted}


def fits(study: Study) -> pd.DataFrame:
    """Classic fits of the region in focus from its own growth rows, main estimator first."""
    rows = study.rows("equilibria", model="classic", **OWN, scope=study.focus)
    return rows.sort_values("estimator", key=lambda names: names.replace(study.estimator, ""))


def general_fit(study: Study) -> pd.DataFrame:
    """The rest point of the general form of the region in focus, if its growth rows give one."""
    rows = study.rows("equilibria", model="general", **OWN, scope=study.focus)
    return rows.dropna(subset=["x1", "x2"])


def region_fit_rows(study: Study) -> pd.DataFrame:
    """Equilibria of every region from its own growth rows by the main estimator."""
    fit = OWN | {"scope": study.regions, "estimator": study.estimator}
    return study.rows("equilibria", model="classic", **fit)


def pooled_fits(study: Study) -> pd.DataFrame:
    """Equilibria of the region in focus from the pooled fits of the main estimator, by effects."""
    rows = study.rows("equilibria", source="fit", scope=study.focus, estimator=study.estimator)
    return rows[rows["effects"] != "none"].sort_values("effects", kind="stable")


def parameter_rows(study: Study) -> pd.DataFrame:
    """Rows of a1, b1, a2, d of the region in focus by the main estimator, in original units."""
    return study.rows("parameters", model="classic", **study.focus_fit).set_index("parameter")


def located_verdict(fit: pd.Series) -> str:
    """`located`, `unlocated` where a set is unbounded, `not_positive` where both are bounded but do
    not lie above zero.
    """
    if fit["located"]:
        return "located"
    return "not_positive" if fit["x1_set"] == fit["x2_set"] == BOUNDED else "unlocated"


def equilibrium_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the fitted equilibrium of the region in focus.

    `verdict` is that of `located_verdict`, or `not_estimated` with a `reason`. `negative`: outputs
    that are below zero `at` the point. `general`: the row of the rest point of the general form,
    `told` whether there is one, and p of no own terms (`restriction`); `means`: those of
    `observed_means`; `everywhere`: in how many regions E is located by their own growth, of how
    many, None of one region; `exceptions`: names of regions whose E a pooled fit locates;
    `elsewhere`: other estimators that locate E of the region in focus outside its sets;
    `beyond`: whether a coordinate of the rest point lies outside the observed range.
    """
    unfitted = refused(study)
    if study.focus in unfitted:
        reason = unfitted[study.focus]
        return {"verdict": "not_estimated", "reason": reason, "beyond": False}
    main, every, seen = fits(study).iloc[0], region_fit_rows(study), path(study)
    negative = [output for x, output in study.outputs.items() if main[x] < 0]
    return {
        "verdict": located_verdict(main),
        "means": observed_means(study),
        "main": main,
        "negative": negative,
        "at": "negative" if negative else "positive",
        "general": _general(study),
        "years": (seen["year"].min(), seen["year"].max()),
        "everywhere": None if study.single else (int(every["located"].sum()), len(every)),
        "exceptions": _located_pooled(study),
        "elsewhere": _located_elsewhere(fits(study)),
        "rows": int(parameter_rows(study)["df"].iloc[0]) + 2,
        "beyond": not all(seen[x].min() <= main[x] <= seen[x].max() for x in ("x1", "x2")),
    }


def _general(study: Study) -> dict[str, Any]:
    rows = general_fit(study).to_dict("records")
    p = study.rows("relations", quantity="restriction", period="", **study.focus_fit)["value"]
    told = {"told": "given" if rows else "missing", "restriction": next(iter(p), None)}
    return told | (rows[0] if rows else {})


def observed_means(study: Study) -> list[dict[str, Any]]:
    """What was observed on average: `x1`, `x2`, the years (`period`), whether those are `whole`
    cycles; first over whole cycles, then over all years. Empty without a whole cycle.
    """
    rows, means = study.rows("relations", **study.focus_fit).set_index("quantity"), []
    for name in ("cycle_mean", "mean"):
        if f"{name}_x1" in rows.index:
            values = {x: rows.at[f"{name}_{x}", "value"] for x in ("x1", "x2")}
            years = rows.at[f"{name}_x1", "period"].split("-")
            means.append(values | {"period": years, "whole": name == "cycle_mean"})
    return means


def _located_elsewhere(every: pd.DataFrame) -> list[str]:
    """Estimators that locate E where a set does not overlap that of the main one, the first."""
    main, rows = every.iloc[0], every[every["located"]]
    apart = [
        rows[f"{x}_low"].gt(main[f"{x}_high"]) | rows[f"{x}_high"].lt(main[f"{x}_low"])
        for x in ("x1", "x2")
    ]
    return list(rows.loc[apart[0] | apart[1], "estimator"]) if main["located"] else []


def _located_pooled(study: Study) -> list[str]:
    """Names of regions whose E a pooled fit of the main estimator locates."""
    rows = study.rows("equilibria", source="fit", estimator=study.estimator, model="classic")
    return list(dict.fromkeys(rows.loc[rows["located"] & (rows["effects"] != "none"), "name"]))
