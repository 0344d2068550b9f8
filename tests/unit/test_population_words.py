"""Sentences on relation, feedback and survival of signs: another verdict, another sentence."""

import pandas as pd

from coevo.report.documents.source import text
from coevo.report.words.template_values import worded
from tests import populations
from tests.sample import NAMES, study
from tests.unit.test_report import PHRASES, PROVENANCE, TEMPLATE, words


def said(**chosen: object) -> str:
    """Return the report of the sample with the relations as chosen."""
    return words(**populations.fit_tables(NAMES, **chosen))


def test_weak_instruments_keep_a_relation_from_being_named() -> None:
    assert (
        "the instruments of the general model, which would have to confirm it, are weak" in said()
    )
    assert "are weak, with a least" not in said(strength=20.0)


def test_constant_prices_have_a_sentence_of_their_own() -> None:
    assert "At constant prices" not in words()
    table = populations.specifications(4)
    deflated = table[table["pair"] == "employment"].assign(pair="deflated")
    chosen = {"upstream": "output", "downstream": "sales"}
    table = pd.concat([table, deflated], ignore_index=True)
    counts = populations.specification_counts(table)
    changed = study(specifications=table, specification_counts=counts)
    changed.config["robustness"]["deflated"] = chosen
    source = " ".join(text(worded(changed, PHRASES), TEMPLATE, PROVENANCE).split())
    assert "At constant prices, with either effects, it shows in" in source


def test_one_region_names_no_relation() -> None:
    source = words(count=1, **populations.fit_tables({"330000": "Zhejiang"}))
    assert "general model needs at least six regions" in source
    assert "Feedback is not compared with competition" in source


def test_counts_bear_p_by_chance_or_the_reason_for_none() -> None:
    source = " ".join(words().split())
    assert "the pattern shows in 3 of 3 fits, *p* = 0\\.030" in source
    assert "the share of 999 other orders of the growth years" in source
    none = populations.specification_counts(populations.specifications(4), None)
    source = " ".join(words(specification_counts=none).split())
    assert "fits, without *p*: 3 years of growth" in source and "in 3 of 3 fits, errors" in source
    some = populations.specification_counts(populations.specifications(4))
    rest = some["pair"] != "main"
    some = pd.concat([some[~rest], none[rest]], ignore_index=True)
    source = " ".join(words(specification_counts=some).split())
    assert "No *p* is given where 3 years of growth" in source and "*p* = 0\\.030" in source
