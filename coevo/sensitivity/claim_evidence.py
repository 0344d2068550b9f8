"""What claims are held against, and the verdicts that a check can give (docs/methods.md, 0).

A verdict says in detail what came out; under one of four conclusions a reader finds it first.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

AGREES = "agrees"
DOES_NOT_FOLLOW = "does_not_follow"
MISPRINT = "probable_misprint"
WEAKER_SENSE = "weaker_sense"
SOME_CHOICES = "some_choices"
NOT_IN_THE_MODEL = "not_in_the_model"
NOT_IN_THESE_DATA = "not_in_these_data"
UNDETERMINED = "undetermined"
NOT_TESTABLE = "not_testable"

SUPPORTED, NOT_SUPPORTED = "supported", "not_supported"
DEPENDS, UNDECIDED = "depends_on_choices", "cannot_be_decided"
CONCLUSIONS = {
    AGREES: SUPPORTED,
    DOES_NOT_FOLLOW: NOT_SUPPORTED,
    MISPRINT: NOT_SUPPORTED,
    WEAKER_SENSE: DEPENDS,
    SOME_CHOICES: DEPENDS,
    NOT_IN_THE_MODEL: NOT_SUPPORTED,
    NOT_IN_THESE_DATA: NOT_SUPPORTED,
    UNDETERMINED: UNDECIDED,
    NOT_TESTABLE: UNDECIDED,
}

# The tables that claims are held against; a study without an index or a model part lacks some.
READ = (
    "observations", "audit", "coupling", "headlines", "headline_variants", "coverage_breaks",
    "coverage_growth", "equilibria", "theory", "parameters", "verdicts", "specifications",
)  # fmt: skip

Message = tuple[str, Mapping[str, Any]]  # a key and its fields


class Answer(NamedTuple):
    """What was computed, the verdict, and what the paper prints where the files hold it."""

    verdict: str
    computed: str
    fields: Mapping[str, Any] = MappingProxyType({})
    printed: Message = ("", {})
