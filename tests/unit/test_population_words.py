"""Sentences on relation, feedback and survival of signs: another verdict, another sentence."""

import pandas as pd

from coevo.report.documents.report_text import text
from coevo.report.words.voices import voice
from tests import populations
from tests.sample import NAMES, study
from tests.unit.test_report import PHRASES, PROVENANCE, TEMPLATE, words


def said(**chosen: object) -> str:
    """Return the report of the sample with the relations as chosen."""
    return words(**populations.fit_tables(NAMES, **chosen))


def test_weak_instruments_are_said_to_say_little() -> None:
    assert "below ten: signs, probabilities and tests that rest on them say little" in said()
    assert "below ten" not in said(strength=20.0)


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


def test_constant_prices_have_a_sentence_of_their_own() -> None:
    assert "At constant prices" not in words()
    table = populations.specifications(4)
    deflated = table[table["pair"] == "employment"].assign(pair="deflated")
    chosen = {"upstream": "output", "downstream": "sales"}
    changed = study(specifications=pd.concat([table, deflated], ignore_index=True))
    changed.config["robustness"]["deflated"] = chosen
    source = " ".join(text(voice(changed, PHRASES), TEMPLATE, PROVENANCE).split())
    assert "the interval of b₁ contains zero in three of three fits" in source


def test_one_region_names_no_relation() -> None:
    source = words(count=1, **populations.fit_tables({"330000": "Zhejiang"}))
    assert "No relation is named: that needs at least six regions pooled" in source
    assert "Feedback is not held against competition; that needs at least six" in source
