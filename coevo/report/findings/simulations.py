"""What simulations say of the rules used here. Read from the tables of docs/simulation."""

from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Study


def simulation_finding(study: Study) -> dict[str, Any]:
    """Power of the rule that names a relation, and what tests reject under common shocks.

    `relation_rule`: by strength the least and largest share of samples, over the relations, in
    which the true one is named, with year shocks (`power`). `common_shocks`: least and largest
    share of samples with shocks common to all regions in which fits with region effects find what
    is not there: by clusters of regions (`region`), by the bootstrap by year (`year`).
    """
    found: dict[str, Any] = {}
    if study.pair is not None and "common_shocks" in study.tables:
        rows = study.rows("common_shocks", effects="region", year_shock="independent")
        found["common_shocks"] = {
            name: _ends(rows.loc[rows["errors"] == errors, "rejected"])
            for name, errors in (("region", "region"), ("year", "year_wild"))
        }
    if study.pair is not None and "relation_rule" in study.tables:
        rule = study.tables["relation_rule"]
        rows = rule[(rule["strength"] > 0) & rule["year_shock"]]
        true = pd.Series([row[row["design"]] for _, row in rows.iterrows()], rows.index)
        power = {float(key): _ends(part) for key, part in true.groupby(rows["strength"])}
        found["relation_rule"] = {"power": power}
    return found


def _ends(shares: pd.Series) -> tuple[float, float]:
    return float(shares.min()), float(shares.max())
