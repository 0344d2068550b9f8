"""What claims are held against, and the verdicts that a check can give (docs/methods.md, 0).

A verdict says in detail what came out; under one of four conclusions a reader finds it first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from coevo.files import as_table
from coevo.panel.derivations import cause_of_breaks

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


@dataclass(frozen=True)
class Evidence:
    """The study's tables that claims are held against, and who the claims are about.

    A table that the study does not have is empty. pair: names of the upstream and the downstream
    output, empty without a model part; size: the first indicator of size; years: those that a
    claim is about, None where it names none.
    """

    observations: pd.DataFrame
    audit: pd.DataFrame
    coupling: pd.DataFrame
    headlines: pd.DataFrame
    headline_variants: pd.DataFrame
    coverage_breaks: pd.DataFrame
    coverage_growth: pd.DataFrame
    equilibria: pd.DataFrame
    theory: pd.DataFrame
    parameters: pd.DataFrame
    verdicts: pd.DataFrame
    specifications: pd.DataFrame
    units: Mapping[str, str]  # indicator -> its unit
    region: str
    size: str = ""
    estimator: str = ""
    cause: str = "other"  # of breaks in coverage, see `cause_of_breaks`
    pair: tuple[str, ...] = ()
    years: tuple[int, int] | None = None

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pd.DataFrame],
        indicators: pd.DataFrame,
        config: Mapping[str, Any],
    ) -> "Evidence":
        """Return the evidence of a study.

        tables: those of `READ` that it has; indicators: the indicator table; config: its keys
        focus_region, comovement and interaction.
        """
        model = config["interaction"]
        return cls(
            **{name: tables.get(name, as_table(name, [])) for name in READ},
            units=indicators.set_index("indicator")["unit"].to_dict(),
            region=config["focus_region"],
            size=next(iter(config["comovement"]["size"]), ""),
            estimator=model["estimator"] if model else "",
            cause=cause_of_breaks(indicators),
            pair=(model["upstream"], model["downstream"]) if model else (),
        )

    @property
    def single(self) -> bool:
        """Whether the study's index is of one region."""
        return bool(self.coupling["region"].nunique() == 1)
