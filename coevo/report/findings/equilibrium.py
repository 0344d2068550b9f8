"""Where would the interaction take the two outputs? Read from the tables of the fits."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.lotka_volterra.classic import resting_levels
from coevo.report.findings.fit_tables import Reason, facts, reason
from coevo.report.findings.study_tables import Study

BOUNDED = "interval"


@lru_cache(maxsize=64)
def path(study: Study, region: str | None = None) -> pd.DataFrame:
    """Observed x1 and x2 of a region (by default the one in focus) in the years that have both."""
    assert study.pair is not None
    series = {
        f"x{i}": study.series(identifier).loc[region or study.focus]
        for i, identifier in enumerate(study.pair, start=1)
    }
    return pd.DataFrame(series).dropna().reset_index()


def last_observed(study: Study, region: str | None = None) -> pd.Series:
    """Year, x1 and x2 of the last year in which a region has both; empty without such a year."""
    seen = path(study, region).to_dict("records")
    return pd.Series(seen[-1] if seen else dict.fromkeys(("year", "x1", "x2")), dtype=object)


@lru_cache(maxsize=8)
def refused(study: Study) -> dict[str, Reason | None]:
    """Why the main estimator has no fit of a region of its own, by region."""
    fitted = set(region_fit_rows(study)["scope"])
    rows = study.rows("refusals", quantity="fit", effects="none", estimator=study.estimator)
    return {r: reason(rows[rows["scope"] == r]) for r in study.regions if r not in fitted}


def of_source(study: Study, source: str, **wanted: object) -> pd.DataFrame:
    """Rows of `equilibria` of one source that hold what is wanted, `located` as booleans."""
    rows = study.rows("equilibria", source=source, **wanted)
    return rows.assign(located=rows["located"].astype(str).str.lower().eq("true"))


def fits(study: Study) -> pd.DataFrame:
    """Classic fits of the region in focus from its own growth rows, main estimator first."""
    rows = of_source(study, "fit", scope=study.focus, effects="none", model="classic")
    later = (rows["estimator"] != study.estimator).rename("later")
    return rows.assign(later=later).sort_values(["later", "estimator"]).reset_index(drop=True)


def general_fit(study: Study) -> pd.DataFrame:
    """The rest point of the general form of the region in focus, if its growth rows give one."""
    rows = of_source(study, "fit", scope=study.focus, effects="none", model="general")
    return rows.dropna(subset=["x1", "x2"])


def region_fit_rows(study: Study) -> pd.DataFrame:
    """Equilibria of every region from its own growth rows by the main estimator."""
    main = study.estimator
    return of_source(study, "fit", effects="none", estimator=main, model="classic")


def pooled_fits(study: Study) -> pd.DataFrame:
    """Equilibria of the region in focus from the pooled fits of the main estimator, by effects."""
    rows = of_source(study, "fit", scope=study.focus, estimator=study.estimator)
    return rows[rows["effects"] != "none"].sort_values("effects", kind="stable")


def own_parameters(study: Study) -> dict[str, float]:
    """a1, b1, a2, d of the region in focus by the main estimator, in original units."""
    rows = _own_rows(study)
    return dict(zip(rows["parameter"], rows["estimate"], strict=True))


def _own_rows(study: Study) -> pd.DataFrame:
    own = {"scope": study.focus, "effects": "none", "estimator": study.estimator}
    return study.rows("parameters", **own, model="classic")


def located_verdict(fit: pd.Series) -> str:
    """`located`, `unlocated` where a set is unbounded, `not_positive` where both are bounded but do
    not lie above zero.
    """
    if fit["located"]:
        return "located"
    return "not_positive" if fit["x1_set"] == fit["x2_set"] == BOUNDED else "unlocated"


def outside(study: Study, coordinate: str, value: Any) -> float:
    """How far a value lies above the observed range of x1 or x2, negative below it; 0 inside."""
    seen = path(study)[coordinate]
    return float(max(value - seen.max(), 0) or min(value - seen.min(), 0))


@lru_cache(maxsize=8)
def equilibrium_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the fitted equilibrium of the region in focus.

    `verdict` is that of `located_verdict`, or `not_estimated` with a `reason`. `general`: the row
    of the rest point of the general form, `told` whether there is one, and p of no own terms
    (`restriction`); `means`: those of `observed_means`; `everywhere`: in how many regions E is
    located by their own growth, of how many, None of one region; `exceptions`: regions whose E a
    pooled fit locates, with its effects; `beyond`: whether a coordinate of the rest point lies
    outside the observed range.
    """
    if study.pair is None:
        return {"verdict": "none"}
    if study.focus in refused(study):
        why = refused(study)[study.focus]
        return {"verdict": "not_estimated", "reason": why, "beyond": False}
    main, parameters, every = fits(study).iloc[0], own_parameters(study), region_fit_rows(study)
    df, verdict = int(_own_rows(study)["df"].iloc[0]), located_verdict(main)
    E = resting_levels(*(parameters[name] for name in ("a1", "b1", "a2", "d")))
    return {
        "verdict": verdict,
        "means": observed_means(study),
        "main": main,
        "general": _general(study),
        "years": (path(study)["year"].min(), path(study)["year"].max()),
        "everywhere": None if study.single else (int(every["located"].sum()), len(every)),
        "exceptions": _located_pooled(study),
        "df": df,
        "rows": df + 2,
        "beyond": any(outside(study, x, value) for x, value in zip(("x1", "x2"), E, strict=True)),
    }


def _general(study: Study) -> dict[str, Any]:
    rows = general_fit(study).to_dict("records")
    rest = facts(study, scope=study.focus, effects="none", estimator=study.estimator)["value"]
    found = {"told": "given" if rows else "missing", "restriction": rest.get("restriction")}
    return found | (rows[0] if rows else {})


def observed_means(study: Study) -> list[dict[str, Any]]:
    """What was observed on average: `x1`, `x2`, the years (`period`), whether those are `whole`
    cycles; first over whole cycles, then over all years. Empty without a whole cycle.
    """
    fit = {"scope": study.focus, "effects": "none", "estimator": study.estimator}
    rows, found = study.rows("relations", **fit).set_index("quantity"), []
    for name in ("cycle_mean", "mean"):
        if f"{name}_x1" in rows.index:
            values = {x: rows.at[f"{name}_{x}", "value"] for x in ("x1", "x2")}
            years = rows.at[f"{name}_x1", "period"].split("-")
            found.append(values | {"period": years, "whole": name == "cycle_mean"})
    return found


def _located_pooled(study: Study) -> list[tuple[str, str]]:
    """Regions whose E a pooled fit of the main estimator locates: name, and effects of the fit."""
    rows = of_source(study, "fit", estimator=study.estimator, model="classic")
    found = rows[rows["located"] & (rows["effects"] != "none")].drop_duplicates("name")
    return list(zip(found["name"], found["effects"], strict=True))
