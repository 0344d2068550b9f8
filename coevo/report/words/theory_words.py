"""Relations of ecology and the probability of their signs."""

from typing import Any

from coevo.inference.relation_rule import RELATIONS as SIGNS
from coevo.report.findings.relation import relation_finding
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, fixed

# What the phrases call the relations in which both outputs act on each other -> relation.
RELATIONS = {
    "competition": ("competition", ""),
    "mutualism": ("mutualism", ""),
    "predation": ("predator_prey", "x2_preys_on_x1"),
    "reversed": ("predator_prey", "x1_preys_on_x2"),
}


def relations(words: Words) -> Rows:
    """Relation, its signs, and the probability of these."""
    found: dict[str, Any] = relation_finding(words.study).get("quadrants", {})
    signs = {kind: "".join("+" if a > 0 else "-" for a in both) for both, kind in SIGNS.items()}
    return [
        [
            words.say(f"theory/relation/{name}"),
            words.say(f"theory/coefficients/{name}"),
            fixed(found[signs[kind]]) if signs[kind] in found else NOTHING,
        ]
        for name, kind in RELATIONS.items()
    ]
