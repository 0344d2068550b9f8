"""The theory page: levels of ecology and what measures them, relations and what they look like."""

from typing import Any

from coevo.inference.relation_rule import RELATIONS as SIGNS
from coevo.report.findings.relation import relation_finding
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, fixed

LEVELS = ("ecosystem", "community", "population", "individual")
# What the phrases call the relations in which both outputs act on each other -> relation.
RELATIONS = {
    "competition": ("competition", ""),
    "mutualism": ("mutualism", ""),
    "predation": ("predator_prey", "x2_preys_on_x1"),
    "reversed": ("predator_prey", "x1_preys_on_x2"),
}


def levels(words: Words) -> Rows:
    """Level, what the study calls it, which of its series measures it; empty without such words."""
    named = words.study.config.get("levels", {})
    return [
        [
            words.say(f"theory/level/{level}"),
            named[level].get(words.study.language, NOTHING),
            words.say(f"theory/measured/{level}"),
        ]
        for level in LEVELS
        if level in named
    ]


def relations(words: Words) -> Rows:
    """Relation, signs, what phase plane and years would show, and the probability of its signs."""
    found: dict[str, Any] = relation_finding(words.study).get("quadrants", {})
    signs = {kind: "".join("+" if a > 0 else "-" for a in both) for both, kind in SIGNS.items()}
    return [
        [
            words.say(f"theory/relation/{name}"),
            *(words.say(f"theory/{part}/{name}") for part in ("coefficients", "plane", "years")),
            fixed(found[signs[kind]]) if signs[kind] in found else NOTHING,
        ]
        for name, kind in RELATIONS.items()
    ]
