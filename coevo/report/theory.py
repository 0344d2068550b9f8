"""The theory page: levels of ecology and what measures them, relations and what they look like."""

from typing import Any

from coevo.findings.relation import relation
from coevo.report.cells import Rows, Words
from coevo.report.numbers import NOTHING, fixed

LEVELS = ("ecosystem", "community", "population", "individual")
# Each relation with the signs of A12 and A21, what each output does to the growth of the other.
RELATIONS = {"competition": "--", "mutualism": "++", "predation": "-+", "reversed": "+-"}


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
    found: dict[str, Any] = relation(words.study).get("quadrants", {})
    return [
        [
            words.say(f"theory/relation/{name}"),
            *(words.say(f"theory/{part}/{name}") for part in ("coefficients", "plane", "years")),
            fixed(found[signs]) if signs in found else NOTHING,
        ]
        for name, signs in RELATIONS.items()
    ]
