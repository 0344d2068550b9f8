"""Sentences on relation, feedback and survival of signs: another verdict, another sentence."""

import pandas as pd
import pytest

from coevo.report.documents.report_text import text
from coevo.report.words.voices import voice
from tests import populations
from tests.sample import NAMES, study
from tests.unit.test_report import PHRASES, PROVENANCE, TEMPLATE, words


def said(**chosen: object) -> str:
    """Return the report of the sample with the relations as chosen."""
    return words(**populations.fit_tables(NAMES, **chosen))


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({}, "the instruments that would have to confirm it are weak (least first-stage F"),
        ({"strength": 20.0}, "two estimators that should agree give different signs"),
        (
            {"strength": 20.0, "A12": (0.01, 0.02), "A21": (0.3, 0.4)},
            "no larger than regions without any interaction would give",
        ),
        ({"relation": "competition"}, "show competition: two estimators agree"),
        (
            {"relation": "predator_prey", "direction": "x2_preys_on_x1"},
            "show a predator–prey \\(supply\\) relation (x₂ lives on x₁): two estimators agree",
        ),
    ],
)
def test_the_relation_is_said_with_its_reason(chosen: dict, sentence: str) -> None:
    source = said(**chosen)
    assert sentence in source
    assert ("have is undetermined" in source) == ("relation" not in chosen)


def test_weak_instruments_are_said_to_say_little() -> None:
    assert "below ten: signs, probabilities and tests that rest on them say little" in said()
    assert "below ten" not in said(strength=20.0)


@pytest.mark.parametrize(
    ("weak", "strong", "sentence"),
    [
        ("undecidable", "undecidable", "cannot be decided here, in the weak or the strong form"),
        ("yes", "no", "in the weak form yes, in the strong form no"),
        ("no", "undecidable", "in the weak form no, in the strong form not decidable"),
    ],
)
def test_feedback_is_said_in_both_forms(weak: str, strong: str, sentence: str) -> None:
    source = said(weak=weak, strong=strong)
    assert sentence in source
    assert f"2015–2018 weak {weak.replace('undecidable', 'not decidable')}" in source


def test_phi_is_a_set_or_cannot_be_located() -> None:
    assert "ratio, cannot be located" in said()
    assert "ratio, lies in 1\\.2 to 3\\.4" in said(phi=(1.2, 3.4))


def test_a_half_that_is_not_estimated_is_named() -> None:
    refusals = populations.refused(
        "pooled", "fod_iv", "region+year", quantity="feedback", period="2019-2020",
        message="no_growth_rows",
    )  # fmt: skip
    source = words(refusals=refusals)
    assert "2019–2020 not estimated" in source


@pytest.mark.parametrize(
    ("supply", "sentence"),
    [
        (("region",), "shows in all 3 fits with region effects alone and in none of 3 with region"),
        (("region", "region+year"), "stands in every one of 3 fits"),
        ((), "shows in no fit of the two outputs"),
    ],
)
def test_whether_the_signs_stand(supply: tuple[str, ...], sentence: str) -> None:
    assert sentence in words(specifications=populations.specifications(4, supply=supply))


def test_one_fit_without_the_pattern_makes_it_hang_on_choices() -> None:
    table = populations.specifications(4)
    own = table["pair"].eq("main") & table["roles"].eq("given") & table["estimator"].eq("lag")
    table.loc[own & table["quantity"].eq("b1") & table["effects"].eq("region"), "low"] = -1.0
    source = words(specifications=table)
    assert "shows in 2 of 3 fits with region effects and 0 of 3 fits with region and year" in source
    assert "it hangs on choices" in source


def test_constant_prices_have_a_sentence_of_their_own() -> None:
    assert "At constant prices" not in words()
    table = populations.specifications(4)
    deflated = table[table["pair"] == "employment"].assign(pair="deflated")
    chosen = {"upstream": "output", "downstream": "sales"}
    changed = study(specifications=pd.concat([table, deflated], ignore_index=True))
    changed.config["robustness"]["deflated"] = chosen
    source = " ".join(text(voice(changed, PHRASES), TEMPLATE, PROVENANCE).split())
    assert "At constant prices region effects alone do not show it either." in source
    assert "the interval of b₁ contains zero in three of three fits" in source


def test_one_region_names_no_relation() -> None:
    source = words(count=1, **populations.fit_tables({"330000": "Zhejiang"}))
    assert "No relation is named: that needs at least six regions pooled" in source
    assert "Feedback is not held against competition; that needs at least six" in source
