"""What simulations say of the rules used here. Read from the tables of docs/simulation."""

from typing import Any

from coevo.findings.study import Study


def simulated(study: Study) -> dict[str, Any]:
    """Size and power of the rule that names a relation, and coverage of the sets, where known.

    `relation_rule`: largest share of samples without interaction in which a relation is named
    (`size`); by relation and strength the share in which the true one is, with year shocks
    (`power`).
    """
    rule = study.tables.get("relation_rule")
    if rule is None or study.pair is None:
        return {}
    null, shocked = rule[rule["strength"] == 0], rule[(rule["strength"] > 0) & rule["year_shock"]]
    power = {
        str(design): dict(zip(part["strength"], part[str(design)], strict=True))
        for design, part in shocked.groupby("design", sort=False)
    }
    samples = int(rule["samples"].min())
    return {"relation_rule": {"size": null["named"].max(), "power": power, "samples": samples}}
