"""How well do rules of inference do? Read from the tables of docs/simulation."""

from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Study


def simulation_finding(study: Study) -> dict[float, tuple[float, float]]:
    """By strength of the effects in panels with year shocks, the least and largest share, over the
    relations, in which the rule names the true one; empty where that is not known.
    """
    rule = study.tables.get("relation_rule")
    if study.pair is None or rule is None:
        return {}
    shocked = rule[(rule["strength"] > 0) & rule["year_shock"]]
    true = pd.Series([row[row["design"]] for _, row in shocked.iterrows()], shocked.index)
    return {
        float(strength): (float(part.min()), float(part.max()))
        for strength, part in true.groupby(shocked["strength"])
    }


def control_finding(study: Study) -> dict[str, dict[float, dict[str, Any]]]:
    """The control of growth at a theoretical point, empty where that is not known: rows by case
    (`observed`, `control`, `growth_phase`) and by factor (1, .7, 1.3).
    """
    table = study.tables.get("theory_control")
    if study.pair is None or table is None:
        return {}
    cases = table.set_index("factor").groupby("case")
    return {str(name): part.to_dict("index") for name, part in cases}
