"""Where would the interaction take the two outputs? Read from `equilibria` and `parameters`."""

from typing import Any

import pandas as pd

from coevo.findings.study import Study

BOUNDED = "interval"
FAILS = "fails"


def path(study: Study) -> pd.DataFrame:
    """Observed x1 and x2 of the region in focus by year."""
    assert study.pair is not None
    series = {
        f"x{i}": study.series(identifier).loc[study.focus]
        for i, identifier in enumerate(study.pair, start=1)
    }
    return pd.DataFrame(series).dropna().reset_index()


def _equilibria(study: Study, source: str) -> pd.DataFrame:
    table = study.tables["equilibria"]
    rows = table[table["source"] == source]
    return rows.assign(located=rows["located"].astype(str).str.lower().eq("true"))


def fits(study: Study) -> pd.DataFrame:
    """Classic fits of the region in focus from its own growth rows, main estimator first."""
    rows = _equilibria(study, "fit")
    rows = rows[
        (rows["scope"] == study.focus) & (rows["effects"] == "none") & (rows["model"] == "classic")
    ]
    later = (rows["estimator"] != study.estimator).rename("later")
    return rows.assign(later=later).sort_values(["later", "estimator"]).reset_index(drop=True)


def own_fits(study: Study) -> pd.DataFrame:
    """Equilibria of every region from its own growth rows by the main estimator."""
    rows = _equilibria(study, "fit")
    return rows[(rows["effects"] == "none") & (rows["estimator"] == study.estimator)]


def pooled_fits(study: Study) -> pd.DataFrame:
    """Equilibria of the region in focus from the pooled fits of the main estimator."""
    rows = _equilibria(study, "fit")
    rows = rows[(rows["scope"] == study.focus) & (rows["effects"] != "none")]
    return rows[rows["estimator"] == study.estimator].sort_values("effects")


def own_parameters(study: Study) -> dict[str, float]:
    """a1, b1, a2, d of the region in focus by the main estimator, in original units."""
    table = study.tables["parameters"]
    rows = table[
        (table["scope"] == study.focus)
        & (table["effects"] == "none")
        & (table["estimator"] == study.estimator)
        & (table["model"] == "classic")
    ]
    return dict(zip(rows["parameter"], rows["estimate"], strict=True))


def calibrations(study: Study) -> pd.DataFrame:
    """All calibrations: single years (`year` filled) and the period (`year` empty)."""
    return _equilibria(study, "calibration")


def yearly(study: Study) -> pd.DataFrame:
    """Calibrated equilibria of the region in focus by single year, without the failed ones."""
    rows = calibrations(study)
    rows = rows[(rows["scope"] == study.focus) & rows["year"].notna() & (rows["kind"] != FAILS)]
    return (
        rows[["year", "x1", "x2", "observed_x1", "observed_x2"]]
        .dropna(subset=["x1", "x2"])
        .astype({"year": int})
        .reset_index(drop=True)
    )


def period(study: Study) -> pd.Series | None:
    """Calibrated equilibrium of the region in focus over the period, if there is one."""
    rows = calibrations(study)
    rows = rows[(rows["scope"] == study.focus) & rows["year"].isna() & (rows["kind"] != FAILS)]
    rows = rows.dropna(subset=["x1", "x2"])
    return rows.iloc[0] if len(rows) else None


def failed(study: Study) -> pd.DataFrame:
    """Region-years in which the calibration fails: scope, name, years as a list."""
    rows = calibrations(study)
    rows = rows[rows["year"].notna() & (rows["kind"] == FAILS)]
    grouped = rows.groupby(["scope", "name"])["year"].apply(lambda y: [int(v) for v in sorted(y)])
    return grouped.rename("years").reset_index()


def zone(study: Study) -> pd.Series:
    """Region that holds E of the region in focus: sets of x1 and x2 at the level that their
    product needs (`level`), as `x1_low`, `x1_high`, `x1_set` and likewise for x2.
    """
    table = study.tables["relations"]
    rows = table[(table["scope"] == study.focus) & (table["estimator"] == study.estimator)]
    rows = rows.set_index("quantity")
    found: dict[str, Any] = {"level": rows.at["region_x1", "value"]}
    for x in ("x1", "x2"):
        found[f"{x}_set"] = rows.at[f"region_{x}", "relation"]
        found |= {f"{x}_{end}": rows.at[f"region_{x}", end] for end in ("low", "high")}
    return pd.Series(found)


def located_verdict(fit: pd.Series) -> str:
    """`located`, or which of the two sets is unbounded: `both`, `x1`, `x2`; `not_positive` where
    both are bounded but do not lie above zero.
    """
    unbounded = [i for i in ("x1", "x2") if fit[f"{i}_set"] != BOUNDED]
    if len(unbounded) == 2:
        return "both"
    if unbounded:
        return unbounded[0]
    return "located" if fit["located"] else "not_positive"


def equilibrium(study: Study) -> dict[str, Any]:
    """Values and verdict of the fitted equilibrium of the region in focus."""
    if study.pair is None:
        return {"verdict": "none"}
    own = fits(study)
    main = own.iloc[0]
    parameters = own_parameters(study)
    rows = study.tables["parameters"]
    df = rows.loc[(rows["scope"] == study.focus) & (rows["estimator"] == study.estimator), "df"]
    return {
        "verdict": located_verdict(main),
        "main": main,
        "zone_level": zone(study)["level"],
        "p_positive": main["p_predator_prey"] + main["p_reversed"] + main["p_saddle"],
        "located": int(own["located"].sum()),
        "estimators": len(own),
        "df": int(df.iloc[0]),
        "rows": int(df.iloc[0]) + 2,
        "parameters": parameters,
        "beyond": _beyond(study, parameters),
    }


def _beyond(study: Study, parameters: dict[str, float]) -> bool:
    """Whether a coordinate of the rest point lies outside the observed range (extrapolation)."""
    observed = path(study)
    rest = {"x1": parameters["a2"] / parameters["d"], "x2": parameters["a1"] / parameters["b1"]}
    return any(not observed[i].min() <= rest[i] <= observed[i].max() for i in rest)


def calibration(study: Study) -> dict[str, Any]:
    """Values and verdict of the accounting calibration of the region in focus."""
    if study.pair is None:
        return {"verdict": "none"}
    table = calibrations(study)
    if table.empty:
        return {"verdict": "none"}
    whole, single, every = period(study), yearly(study), table[table["year"].notna()]
    found = {
        "verdict": "fails" if whole is None else "period",
        "period": whole,
        "failed": int((every["kind"] == FAILS).sum()),
        "of": len(every),
        "years": len(single),
    }
    if len(single):
        found["range"] = {i: (single[i].min(), single[i].max()) for i in ("x1", "x2")}
        ratios = {i: single[i] / single[f"observed_{i}"] for i in ("x1", "x2")}
        found["ratio"] = {i: (r.min(), r.max()) for i, r in ratios.items()}
    if whole is not None:
        sides = [whole[i] < whole[f"observed_{i}"] for i in ("x1", "x2")]
        found["side"] = "below" if all(sides) else "above" if not any(sides) else "mixed"
    return found
