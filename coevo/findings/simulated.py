"""What simulations say of the rules used here. Read from the tables of docs/simulation."""

from typing import Any

from coevo.findings.study import Study


def simulated(study: Study) -> dict[str, Any]:
    """Size and power of the rule that names a relation, and coverage of the sets, where known.

    `relation_rule`: largest share of samples without interaction in which a relation is named, and
    by relation the share in which the true one is at each strength.
    """
    rule = study.tables.get("relation_rule")
    if rule is None or study.pair is None:
        return {}
    null = rule[rule["design"] == "no_interaction"]
    power = rule[rule["design"] != "no_interaction"]
    shares = {
        str(design): [(row["strength"], row[design] / row["samples"]) for _, row in part.iterrows()]
        for design, part in power.groupby("design", sort=False)
    }
    size = float((null["named"] / null["samples"]).max())
    return {"relation_rule": {"size": size, "power": shares}}
