"""What simulations say of the rules used here. Read from the tables of docs/simulation."""

from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Study

NOISE = 0.05  # process noise at which coverage is quoted


def simulation_finding(study: Study) -> dict[str, Any]:
    """Size and power of the rule that names a relation, and coverage of the sets, where known.

    `relation_rule`: largest share of samples without interaction in which a relation is named
    (`size`); by strength the least and largest share, over the relations, in which the true one is,
    with year shocks (`power`). `coverage`: least share of samples of growth in which
    pooled sets of the
    trapezoid hold the true coordinates. `common_shocks`: least and largest share of samples with
    shocks common to all regions in which fits with region effects find what is not there: by
    clusters of regions (`region`), by the bootstrap by year (`year`).
    """
    if study.pair is None:
        return {}
    found: dict[str, Any] = {}
    rule, coverage = study.tables.get("relation_rule"), study.tables.get("coverage")
    if (shocks := study.tables.get("common_shocks")) is not None:
        found["common_shocks"] = _common_shocks(shocks)
    if rule is not None:
        found["relation_rule"] = _rule(rule)
    if coverage is not None:
        found["coverage"] = _coverage(coverage)
    return found


def _rule(rule: pd.DataFrame) -> dict[str, Any]:
    null, shocked = rule[rule["strength"] == 0], rule[(rule["strength"] > 0) & rule["year_shock"]]
    true = pd.Series([row[row["design"]] for _, row in shocked.iterrows()], shocked.index)
    power = {
        float(strength): (float(part.min()), float(part.max()))
        for strength, part in true.groupby(shocked["strength"])
    }
    return {"size": null["named"].max(), "power": power}


def _common_shocks(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    rows = table[table["effects"] == "region"]
    cases = {
        "region": ("region", "independent"),
        "year": ("year_wild", "independent"),
    }
    parts = {
        name: rows.loc[(rows["errors"] == errors) & (rows["year_shock"] == shock), "rejected"]
        for name, (errors, shock) in cases.items()
    }
    return {name: (float(p.min()), float(p.max())) for name, p in parts.items()}


def _coverage(table: pd.DataFrame) -> dict[str, float]:
    rows = table[(table["estimator"] == "trapezoid") & (table["noise"] == NOISE)]
    growth = rows[rows["regime"] == "pooled growth"]
    return {
        f"growth_{x}": growth.loc[growth["quantity"] == f"coverage_{x}", "value"].min()
        for x in ("x1", "x2")
    }
