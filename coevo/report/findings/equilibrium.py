"""Where would the interaction take the two outputs? Read from the tables of the fits."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.lotka_volterra.classic import resting_levels
from coevo.report.findings.fit_tables import Reason, facts, reason
from coevo.report.findings.study_tables import Study

BOUNDED = "interval"
CONTROL = "lynx-hare"  # the study that shows that the same program locates E where figures can tell


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


def region_fit_rows(study: Study) -> pd.DataFrame:
    """Equilibria of every region from its own growth rows by the main estimator."""
    main = study.estimator
    return of_source(study, "fit", effects="none", estimator=main, model="classic")


def pooled_fits(study: Study) -> pd.DataFrame:
    """Equilibria of the region in focus from the pooled fits of the main estimator."""
    return rows_of(every_pooled(study), estimator=study.estimator)


def headline_equilibrium(study: Study, region: str) -> pd.Series | None:
    """Equilibrium of a region from the pooled fit of the headline; None without one."""
    rows = of_source(
        study,
        "fit",
        scope=region,
        effects=study.effects[-1],
        estimator=study.estimator,
        model="classic",
    )
    return rows.iloc[0] if len(rows) else None


def every_pooled(study: Study) -> pd.DataFrame:
    """Equilibria of the region in focus from the pooled fits of every estimator."""
    rows = of_source(study, "fit", scope=study.focus)
    return rows[rows["effects"] != "none"].sort_values(["effects", "estimator"], kind="stable")


def own_parameters(study: Study) -> dict[str, float]:
    """a1, b1, a2, d of the region in focus by the main estimator, in original units."""
    rows = _own_rows(study)
    return dict(zip(rows["parameter"], rows["estimate"], strict=True))


def _own_rows(study: Study) -> pd.DataFrame:
    own = {"scope": study.focus, "effects": "none", "estimator": study.estimator}
    return study.rows("parameters", **own, model="classic")


def zone(study: Study) -> pd.Series:
    """Region that holds E of the region in focus: sets of x1 and x2 at the level that their
    product needs (`level`), as `x1_low`, `x1_high`, `x1_set` and likewise for x2.
    """
    rows = facts(study, scope=study.focus, effects="none", estimator=study.estimator)
    found: dict[str, Any] = {"level": rows.at["region_x1", "level"]}
    for x in ("x1", "x2"):
        found |= {f"{x}_{end}": rows.at[f"region_{x}", end] for end in ("set", "low", "high")}
    return pd.Series(found)


def located_verdict(fit: pd.Series) -> str:
    """`located`, or which of the two sets is unbounded: `both`, `x1`, `x2`; `not_positive` where
    both are bounded but do not lie above zero.
    """
    if fit["located"]:
        return "located"
    unbounded = [i for i in ("x1", "x2") if fit[f"{i}_set"] != BOUNDED]
    if len(unbounded) == 2:
        return "both"
    return unbounded[0] if unbounded else "not_positive"


@lru_cache(maxsize=8)
def equilibrium_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the fitted equilibrium of the region in focus.

    `verdict` is that of `located_verdict`, or `not_estimated` with a `reason`. `control`: whether
    to say where E is located; `means`: those of `observed_means`; `exceptions`: regions whose E a
    pooled fit locates.
    """
    if study.pair is None:
        return {"verdict": "none"}
    control = study.config["study"] != CONTROL
    if study.focus in refused(study):
        why = refused(study)[study.focus]
        found = {"verdict": "not_estimated", "headline": "not_estimated", "reason": why}
        return found | {"control": control, "beyond": False}
    own = fits(study)
    main = own.iloc[0]
    parameters = own_parameters(study)
    df = _own_rows(study)["df"]
    verdict = located_verdict(main)
    return {
        "verdict": verdict,
        "headline": "unlocated" if verdict in ("both", "x1", "x2") else verdict,
        "control": control and verdict != "located",
        "means": observed_means(study),
        "main": main,
        "years": (path(study)["year"].min(), path(study)["year"].max()),
        "zone_level": zone(study)["level"],
        "everywhere": (int(region_fit_rows(study)["located"].sum()), len(region_fit_rows(study))),
        "exceptions": _located_pooled(study),
        "df": int(df.iloc[0]),
        "rows": int(df.iloc[0]) + 2,
        "beyond": _beyond(study, parameters),
    }


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


def _located_pooled(study: Study) -> list[str]:
    """Names of the regions whose E a pooled fit of the main estimator locates."""
    rows = of_source(study, "fit", estimator=study.estimator, model="classic")
    return list(dict.fromkeys(rows.loc[rows["located"] & (rows["effects"] != "none"), "name"]))


def _beyond(study: Study, parameters: dict[str, float]) -> bool:
    """Whether a coordinate of the rest point lies outside the observed range (extrapolation)."""
    seen = path(study)
    E = resting_levels(*(parameters[name] for name in ("a1", "b1", "a2", "d")))
    return any(
        not seen[i].min() <= value <= seen[i].max()
        for i, value in zip(("x1", "x2"), E, strict=True)
    )
