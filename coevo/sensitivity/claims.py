"""Statements of a paper as computed rows: the claim, what the paper says, what follows, verdict.

A set of claims is a table config/claims/<name>.csv that gives each claim its check and the
indicators it concerns. A check reads the study's own tables and returns what was computed, a
verdict and, where the files hold it, what the paper prints; it never calls a claim wrong. What
needs another study is not testable here. A verdict says in detail what came out; under one of six
conclusions a reader finds it first (docs/methods.md, 0).
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.equilibria.fitted import POOLED
from coevo.errors import StudyError
from coevo.files import as_table
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.signs import DECISIVE, RARE, ignorance
from coevo.inference.slope_errors import BY_REGION_WILD
from coevo.messages import packed
from coevo.panel.derivations import cause_of_breaks
from coevo.panel.vintages import single
from coevo.registry import choose
from coevo.schema import column_rows
from coevo.sensitivity.coverage_breaks import KEPT, SHOWN, years_with_verdict
from coevo.sensitivity.headlines import (
    DEPENDS,
    NOT_SUPPORTED,
    ROBUST_TO_CHOICES,
    SIGNIFICANCE,
    UNDECIDED,
)
from coevo.study_data import StudyData, StudyTables

SUPPORTED = "supported"  # the conclusion on what figures or equations give as it is stated
AGREES = "agrees"
NOT_REJECTED = "not_rejected"  # a test that could have rejected a claim did not
DOES_NOT_FOLLOW = "does_not_follow"
MISPRINT = "probable_misprint"
WEAKER_SENSE = "weaker_sense"
SOME_CHOICES = "some_choices"
NOT_IN_THE_MODEL = "not_in_the_model"
NOT_IN_THESE_DATA = "not_in_these_data"
UNDETERMINED = "undetermined"
NOT_TESTABLE = "not_testable"

CONCLUSIONS = {
    AGREES: SUPPORTED,
    ROBUST_TO_CHOICES: ROBUST_TO_CHOICES,
    NOT_REJECTED: NOT_REJECTED,
    DOES_NOT_FOLLOW: NOT_SUPPORTED,
    MISPRINT: NOT_SUPPORTED,
    WEAKER_SENSE: DEPENDS,
    SOME_CHOICES: DEPENDS,
    NOT_IN_THE_MODEL: NOT_SUPPORTED,
    NOT_IN_THESE_DATA: NOT_SUPPORTED,
    UNDETERMINED: UNDECIDED,
    NOT_TESTABLE: UNDECIDED,
}

Message = tuple[str, Mapping[str, Any]]  # a key and its fields


class Answer(NamedTuple):
    """What was computed, the verdict, and what the paper prints where the files hold it."""

    verdict: str
    computed: str
    fields: Mapping[str, Any] = MappingProxyType({})
    printed: Message = ("", {})

    @property
    def columns(self) -> dict[str, str]:
        """What tables of claims hold of it."""
        out = {"computed": self.computed, "fields": packed(self.fields)}
        return out | {"verdict": self.verdict, "conclusion": CONCLUSIONS[self.verdict]}


NO_FIGURES = Answer(NOT_TESTABLE, "no_figures")
# What needs no figures: the equations of the classic form (docs/methods.md, 4) give growth at
# E, its eigenvalues, how both coordinates of E move with b1 and b2; some claims no figure measures.
BY_ALGEBRA = {
    "interior_equilibrium": Answer(AGREES, "no_growth_at_E"),
    "stability": Answer(WEAKER_SENSE, "centre"),
    "upstream_statics": Answer(AGREES, "elasticities_x1", {"b1": -1.0, "b2": -1.0}),
    "downstream_statics": Answer(NOT_IN_THE_MODEL, "elasticities_x2", {"b1": -1.0, "b2": 0.0}),
}
GIVEN = BY_ALGEBRA | {"not_testable": Answer(NOT_TESTABLE, "not_measured")}


def _figures(study: StudyData, indicator: str) -> pd.DataFrame:
    """Return the printed figures of the region, of the newest vintage that has most of them."""
    rows = study.rows("observations", indicator=indicator, region=study.focus)
    return single(rows.dropna(subset="value"))


def _dated(rows: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    """Return the figures of a column with their years."""
    pairs = zip(rows["year"], rows[column], strict=True)
    return [{"year": year, "value": value} for year, value in pairs]


def _decimals(half_units: pd.Series) -> int:
    """Return the decimals that figures are printed with, by half a unit of the last digit."""
    return max(0, -round(math.log10(2 * half_units.min())))


def as_printed(study: StudyData, indicator: str) -> Answer:
    """Do the printed derived figures follow from the printed levels, to their digits?"""
    rows = _figures(study, indicator)
    if rows.empty:
        return NO_FIGURES
    unit, decimals = study.units[indicator], _decimals(rows["half_unit"])
    of_files = {"indicator": indicator, "region": study.focus, "file": rows["file"].tolist()}
    findings = study.rows("audit", **of_files)
    unchecked = findings.loc[findings["check"] == "not_checkable", "year"]
    differing = findings[~findings["check"].isin(["not_checkable", "unit"])]
    agreeing = len(rows) - len(differing) - len(unchecked)
    fields = {
        "differing": _dated(differing, "computed"),
        "agreeing": agreeing,
        "unchecked": sorted(unchecked),
        "decimals": decimals + 1,
        "unit": unit,
    }
    printed = {"figures": _dated(rows, "value"), "decimals": decimals, "unit": unit}
    verdict = DOES_NOT_FOLLOW if len(differing) else AGREES if agreeing else NOT_TESTABLE
    return Answer(verdict, "derived_figures", fields, ("printed_figures", printed))


def unit(study: StudyData, indicator: str) -> Answer:
    """Does the unit printed over a table fit the figures elsewhere in the paper?"""
    rows = _figures(study, indicator)
    sheets = {column: rows[column].tolist() for column in ("file", "sheet")}
    of_files = study.rows("audit", check="unit", **sheets)
    if rows.empty:
        return NO_FIGURES
    if of_files.empty:
        printed = ("printed_unit", {"unit": rows["unit"].iloc[0]})
        return Answer(AGREES, "unit_fits", printed=printed)
    finding, fields = of_files.iloc[0], {"read_as": study.units[indicator]}
    printed = ("printed_unit", {"unit": finding["unit"]})
    if not np.isfinite(finding["computed"]):
        return Answer(NOT_TESTABLE, "unit_alone", fields, printed)
    fields |= {"value": finding["computed"], "year": finding["year"]}
    return Answer(MISPRINT, "unit_elsewhere", fields, printed)


def supply_signs(study: StudyData, indicator: str) -> Answer:
    """Are a1, b1, a2 and d positive, in the region's own fit and, pooled, b1 and d?

    What is not rejected with all years, but cannot be told without the growth of one of them, holds
    under some choices.
    """
    answers = {"own": _region_signs(study), "pooled": _pooled_signs(study)}
    verdicts = {answer[0] for answer in answers.values() if answer}
    if not verdicts:
        return Answer(NOT_TESTABLE, "not_modelled")
    verdict = verdicts.pop() if len(verdicts) == 1 else UNDETERMINED
    fields: dict[str, Any] = {
        name: answer[1] if answer else None for name, answer in answers.items()
    }
    if verdict == NOT_REJECTED and (years := breaking_years(study, "region+year")):
        verdict, fields = SOME_CHOICES, fields | {"years": years}
    return Answer(verdict, "supply_signs", fields)


def _region_signs(study: StudyData) -> tuple[str, dict[str, Any]] | None:
    """Return the verdict of the region's own fit and the probability that it rests on."""
    fits = study.rows("equilibria", source="fit", model="classic", **study.focus_fit)
    if fits.empty:
        return None
    p = float(fits["p_predator_prey"].iloc[0])
    verdict = NOT_REJECTED if p >= DECISIVE else NOT_IN_THESE_DATA if p <= RARE else UNDETERMINED
    fields = {"probability": p, "ignorance": float(ignorance(4)), "estimator": study.estimator}
    return verdict, fields


def _pooled_signs(study: StudyData) -> tuple[str, dict[str, Any]] | None:
    """b1 and d of the pooled fit with region and year effects, which leave a1 and a2 to regions.

    An interval decides only where the wild bootstrap by region rejects a slope of zero as well.
    """
    fit = study.pooled_fit
    rows = study.rows("parameters", **fit, model="classic", scaling="first")
    rows = rows.dropna(subset=["low", "high"]).set_index("parameter")
    if not {"b1", "d"} <= set(rows.index):
        return None
    ends = rows.loc[["b1", "d"], ["low", "high"]]
    fields = {name: {"low": low, "high": high} for name, (low, high) in ends.T.items()}
    tests = study.rows("slope_tests", errors=BY_REGION_WILD, **fit)
    p = tests.set_index("parameter")["p"].reindex(ends.index)
    confirmed = p < SIGNIFICANCE
    if (confirmed & (ends["low"] > 0)).all():
        return NOT_REJECTED, fields
    return NOT_IN_THESE_DATA if (confirmed & (ends["high"] < 0)).any() else UNDETERMINED, fields


def breaking_years(study: StudyTables, effects: str) -> list[str]:
    """Return the years without whose growth the pooled b1 or d is no longer clear of 0."""
    fit = study.pooled_fit | {"effects": effects, "model": "classic"}
    rows = study.rows("specifications", quantity=["b1", "d"], **fit)
    rows = rows[rows["without_growth"].fillna("") != ""]
    return sorted(rows.loc[rows["low"] <= 0, "without_growth"].unique())


def feedback_claim(study: StudyData, indicator: str) -> Answer:
    """Is feedback stronger than competition, in the weak and in the strong form?"""
    rows = study.rows("verdicts", scope=POOLED, period="")
    forms = dict(zip(rows["question"], rows["verdict"], strict=True))
    if "feedback_weak" not in forms:
        return Answer(NOT_TESTABLE, "feedback_needs_regions", {"least": FEWEST_CLUSTERS})
    fields = {form: forms[f"feedback_{form}"] for form in ("weak", "strong")}
    verdict = NOT_IN_THESE_DATA if fields["weak"] == "no" else UNDETERMINED
    verdict = WEAKER_SENSE if fields["weak"] == "yes" else verdict
    verdict = NOT_REJECTED if fields["strong"] == "yes" else verdict
    return Answer(verdict, "feedback_forms", fields)


def most_rapid(study: StudyData, indicator: str) -> Answer:
    """Does D grow faster in the paper's years than in the years after them?

    What another answer has without breaks in coverage (weights and goalposts kept) holds under some
    choices.
    """
    rows = _figures(study, indicator)
    single_region = study.table("coupling")["region"].nunique() == 1
    D = study.rows("coupling", region=study.focus).sort_values("year")
    first, last = study.years or (rows["year"].min(), rows["year"].max())
    if D.empty or (rows.empty and not study.years):
        return NO_FIGURES
    ends = rows["value"].iloc[[0, -1]].tolist() if len(rows) > 1 else None
    if single_region:  # D runs over the whole scale by construction
        fields = {"D": D["D"].iloc[[0, -1]].tolist(), "printed": ends}
        return Answer(NOT_TESTABLE, "growth_of_one_region", fields)
    if min(D["year"].between(first, last).sum(), D["year"].ge(last).sum()) < 2:
        return Answer(NOT_TESTABLE, "growth_alone", {"D": _growth_of_D(D), "printed": ends})
    verdict, both = _faster(D, first, last)
    unbroken = study.rows("coverage_breaks", region=study.focus, variant=KEPT)
    if len(unbroken):
        other, without = _faster(unbroken.sort_values("year"), first, last)
        both |= {"without": without, **shown_breaks(study)}
        verdict = verdict if other == verdict else SOME_CHOICES
    return Answer(verdict, "growth_compared", both)


def shown_breaks(study: StudyData) -> dict[str, Any]:
    """Return the years in which coverage changed and growth shows it, and what changed it."""
    years = years_with_verdict(study.table("coverage_growth"), SHOWN)
    return {"cause": cause_of_breaks(study.indicators) if years else "none", "years": years}


def _faster(D: pd.DataFrame, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """Return whether D grew faster from `first` to `last` than after, and both rates of growth."""
    parts = {"during": D[D["year"].between(first, last)], "after": D[D["year"] >= last]}
    both = {name: _growth_of_D(part) for name, part in parts.items()}
    faster = both["during"]["rate"] > both["after"]["rate"]
    return AGREES if faster else NOT_IN_THESE_DATA, both


def _growth_of_D(D: pd.DataFrame) -> dict[str, Any]:
    """Return the average growth of D a year, per cent, with the years it is over."""
    (first, last), (start, end) = D[["year", "D"]].iloc[[0, -1]].T.to_numpy()
    rate = float(100 * ((end / start) ** (1 / (last - first)) - 1))
    return {"rate": rate, "first": int(first), "last": int(last)}


def _given(study: StudyData, indicator: str, answer: Answer) -> Answer:
    return answer


CHECKS: dict[str, Callable[[StudyData, str], Answer]] = {
    "printed": as_printed,
    "unit": unit,
    "signs": supply_signs,
    "feedback": feedback_claim,
    "most_rapid": most_rapid,
    **{name: partial(_given, answer=answer) for name, answer in GIVEN.items()},
}


def _years(text: str) -> tuple[int, int] | None:
    """Return the years that a claim is about, `2016-2020`; None where it names none."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})-(\d{4})", text)
    if not match:
        raise StudyError(f"claims: years '{text}'; they are written as 2016-2020")
    return int(match[1]), int(match[2])


def check_claims(claims: pd.DataFrame, study: StudyData) -> pd.DataFrame:
    """Return the table `claims` for a set of claims (claim, paper, check, indicators, source).

    `years`, which a set may have, are those that a claim is about.
    `check` says how a claim was tested. `paper` quotes; where it is empty, `printed_message` and
    `printed_fields` say what the paper prints. `computed` is the key of a message, `fields` are its
    fields. Columns such as `claim_zh`, the claim in another language, are carried along.
    """
    rows = []
    for row in claims.to_dict("records"):
        about = replace(study, years=_years(row.get("years", "")))
        answer = choose(CHECKS, row["check"], "check")(about, row["indicators"])
        message, fields = ("", {}) if row["paper"] else answer.printed
        printed = {"printed_message": message, "printed_fields": packed(fields)}
        rows.append(row | printed | answer.columns)
    twins = [name for name in claims if name.rpartition("_")[0] in column_rows("claims")]
    return as_table("claims", rows).assign(**{name: claims[name].to_numpy() for name in twins})
