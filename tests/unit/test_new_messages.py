"""Messages: each key of the code has a sentence in both languages that shows its fields."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jinja2 import UndefinedError

from coevo.errors import ROOT, refusal_lines
from coevo.messages import packed
from coevo.newreport.messages import (
    FOLDER,
    MessageWords,
    message_texts,
    read_yaml,
    study_nouns,
    with_study_nouns,
)
from coevo.schema import LANGUAGES
from coevo.sensitivity.headline_claims import HEADLINES

# Which argument of a call is the key of a message.
KEY_OF_CALL = {
    "finding_row": 2, "finding_rows": 1, "block_rows": 1, "_changed_places": 1, "Remark": 1,
    "lines.remark": 1, "message_columns": 0, "Answer": 1,
}  # fmt: skip
FORBIDDEN = re.compile(r"[{}]|<<|None|\bnan\b|Undefined|〔|  |\.\.| \.| ,|，，|。。|，。|（）|\(\)")

MONEY = {"unit": "100 million yuan"}
PERCENT = {"decimals": 1, "unit": "%"}
FIGURE = {"figures": 3}
SCALED = {**FIGURE, **MONEY, "times": 10.0, "value": 9534.1, "expected": 953.41}
STATED = {
    "systems": ["ecommerce", "cluster"], "regions": 31, "years": [2015, 2023],
    "size": "gross_regional_product", "region": "330000", "D": [0.578, 0.731], "rose": True,
    "grade": "intermediate coordination", "rank": 5, "ranked": 31,
}  # fmt: skip
COUNTS = {"agree": 232, "contrary": 62, "n": 294, "open": 0, "own": 1.0}
PARTS = [{"variant": "main", **COUNTS}, {"variant": "absolute", **COUNTS}]
FORMS = [{"variant": name, **COUNTS} for name in ("standard", "wang")]
BREAKS = {"cause": "census", "years": [2020, 2023]}
EVERY_COUNT = {
    **COUNTS, **BREAKS, "choice": "form", "share": 0.29, "sides": FORMS, "systems": PARTS,
    "main": 31.0, "least": 28.0, "median": 31.0, "most": 31.0,
    "without": COUNTS, "hangs": False, "whole": COUNTS,
    "beside": {"agree": 105, "combinations": 186, "held_agree": 74},
    "chance": [{"variant": "standard", "chance_least": 0.5, "chance_most": 0.9}],
    "curves": [{"variant": "main", "above": 11, "sets": 60, "p": 0.0001}],
}  # fmt: skip
GROWTH = {"first": 2016, "last": 2020, "rate": 1.596}
BOTH = {"during": GROWTH, "after": GROWTH}
SLOPES = {"b1": {"low": -0.2, "high": 0.04}, "d": {"low": 0.9, "high": 1.3}}
OWN = {"probability": 0.99999, "ignorance": 0.0625, "estimator": "trapezoid"}
STRENGTH = {"effect": "b1", "strength": -0.13, "low": -0.3, "high": 0.036, "share": ""}
YEARLY = [{"year": 2016, "value": 43.4}, {"year": 2017, "value": 48.9}]
NONE: dict[str, Any] = {}

# Fields as the code gives them, by key: at least one example of each message.
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "no_such_figures": [{"indicators": ["sales", "patents"]}],
    "no_base_year": [{"indicator": "sales"}],
    "levels_differ": [
        {"value": 48.9, "decimals": 1, "given": 49.628345, "low": 49.597, "high": 49.659}
    ],
    "total_differs": [{"name": "Total", "regions": 31, "sum": 100.5, "printed": 99.5}],
    "part_above_whole": [{**SCALED, "other": "sales"}],
    "equals_whole": [{**SCALED, "other": "sales"}],
    "withdrawn": [
        {"vintage": "2026", "flag": "suppressed", "old_vintage": "2024", "old_value": 5.5}
    ],
    "jump_rise": [{"old": 201.6, "year": 2020, "new": 665.2, "ratio": 3.2996, **MONEY}],
    "jump_fall": [{"old": 515.9, "year": 2015, "new": 299.3, "ratio": 0.58, **MONEY}],
    "zero_alone": [{"value": 0.0, "near": 19.06, "year": 282, "unit": "animals per ml"}],
    "negative_alone": [{"value": -3.0, "near": 19.06, "year": 2018, **MONEY}],
    "zeros_of_region": [{**FIGURE, **MONEY, "value": 0.0}],
    "negatives_few": [{**FIGURE, **MONEY, "value": -2.0}],
    "out_of_range": [{"value": 130.0, "unit": "%"}],
    "alternates": [FIGURE],
    "per_head_outside": [{**FIGURE, "per_head": 3.2e9, "low": 100, "high": 1e6}],
    "scale_restated": [SCALED],
    "scale_of_past": [SCALED],
    "scale_of_regions": [SCALED],
    "tenfold_of_regions": [SCALED],
    "shares_for_percentages": [{**FIGURE, "value": 0.43}],
    "percentages_below_one": [FIGURE],
    "unit_unconfirmed": [{"unit": "trillion yuan"}],
    "unit_misprint": [
        {
            "unit": "trillion yuan", "value": 1387.1, "read_as": "100 million yuan",
            "file": "data/raw/zhejiang/table1.xlsx", "sheet": "正文", "cell": "G5",
        }
    ],
    "units_contradict": [{"unit": "亿元", "read_as": "万元"}],
    "shown_scaled": [{"value": 1234567.0, "shown": 1234.6, "figures": 1}],
    "unit_given": [{"indicator": "sales", "unit": "%"}],
    "same_figures": [{**FIGURE, "other": "sales"}],
    "same_in_system": [{"figures": 1, "other": "sales"}],
    "proportional": [{**FIGURE, "other": "sales"}],
    "region_copied": [{**FIGURE, "other": "330000"}],
    "year_copied": [FIGURE],
    "sum_of_the_others": [FIGURE],
    "places_changed": [{**FIGURE, "other": "330000"}],
    "places_changed_from": [{**FIGURE, "other": "330000"}],
    "names_swapped": [{**FIGURE, "other": "330000"}],
    "sheet_shifted": [{**FIGURE, "rows": 1}, {**FIGURE, "rows": -2}],
    "year_out_of_order": [{"year": 2017}],
    "year_of_another_century": [{"year": 1016, "meant": 2016}],
    "code_contradicts_name": [{"code": "330000", "region": "330000", "name": "Hebei"}],
    "fewer_regions": [
        {"vintage": "2026", "old_vintage": "2024", "regions": ["330000", "110000", "120000"]}
    ],
    "accepts_nothing": [{"given": ["jump", "sales"]}],
    "raised_digit": [{"value": "1231"}],
    "short_row": [{"fields": 7, "columns": 9}],
    "cut_off": [NONE],
    "quote_swallows": [{"lines": 12}],
    "no_table": [NONE],
    "column_not_read": [{"name": "Rank", **FIGURE}],
    "no_single_region": [{"name": "East", **FIGURE}],
    "unknown_regions": [{"count": 2, "names": ["Atlantis", "Utopia"], **FIGURE}],
    "variant_name": [{"name": "Zhe Jiang", "read_as": "Zhejiang"}],
    "homonym": [{"name": "Guinea", "read_as": "Guinea", "also": "Papua New Guinea"}],
    "fiscal_years": [{"name": "2015/16", "year": 2015}],
    "marked_years": [{"name": "2023p", "year": 2023}],
    "years_by_cells": [{"name": "Period"}],
    "year_from_name": [{"year": 2020, "name": "2020.xlsx"}],
    "indicator_from_name": [{"name": "Sales"}],
    "region_from_name": [{"name": "Zhejiang"}],
    "only_region": [NONE],
    "nearest_samples": [{"figures": 1948, "samples": 1953}],
    "made_of_parts": [
        {"figures": 9, "parts": 36, "frequency": frequency} for frequency in ("sum", "mean", "last")
    ],
    "not_in_model": [{"figures": 7, "blank": 7}],
    "mark_filled": [{"flag": "below_half_unit", **FIGURE}],
    "note_marks": [{**FIGURE, "cell": "B7"}, {"figures": 1, "cell": "B7"}],
    "note": [{"text": "注：统计范围为联网直报企业。"}],
    "equal_in_table": [FIGURE],
    "equal_elsewhere": [{**FIGURE, "place": "table1.xlsx"}],
    "computed_elsewhere": [{"cell": "B7", "others": 0}, {"cell": "B7", "others": 4}],
    "hidden_sheets": [{"sheets": ["Notes", "Old"]}],
    "hidden_cells": [
        {"rows": ["3–5", "9"], "columns": ["C"], "more_rows": 2, "more_columns": 0},
        {"rows": [], "columns": ["C–D"], "more_rows": 0, "more_columns": 0},
        {"rows": ["3"], "columns": [], "more_rows": 0, "more_columns": 0},
    ],
    **{
        name: [STATED, {**STATED, "rose": False}]
        for name in (
            "all_rose", "gap_narrowed", "gap_in_D_narrowed", "low_caught_up", "neighbours_alike",
            "level_over_balance", "follows_product_per_head", "systems_in_step", "rise_of_focus",
            "grade_of_focus", "rank_of_focus",
        )
    },
    "theory_strength_panel": [{"region": "330000", "regions": 29}],
    "theory_strength": [{"region": "330000", "regions": 1}],
    "equilibrium_located": [{"region": "330000"}],
    "supply_relation": [{"outputs": ["sales", "patents"]}],
    "feedback_exceeds_competition": [{"outputs": ["sales", "patents"]}],
    "by_choices": [
        EVERY_COUNT,
        {"agree": 0, "contrary": 240, "n": 240, "open": 0, "choice": "", "own": -1.0},
        {**COUNTS, "choice": "weighting", "share": 0.05, "sides": FORMS},
        {**COUNTS, "choice": "system", "share": 0.5, "sides": PARTS},
        {
            **COUNTS, "choice": "scale", "share": 0.5, "without": COUNTS, "cause": "none",
            "years": [], "sides": [{"variant": "panel [0.01, 0.99]", **COUNTS}],
        },
    ],
    "rank_range": [EVERY_COUNT, {**COUNTS, "least": 3.0, "median": 3.0, "most": 4.0}],
    "strengths_found": [
        {"rows": [{**STRENGTH, "scenario": "none"}, {**STRENGTH, "effect": "d", "low": ""}]},
        {"rows": [{**STRENGTH, "share": 0.5, "scenario": "share"}]},
    ],
    "no_theoretical_slopes": [NONE],
    "located_by_fit": [{"own": True, "pooled": None}, {"own": False, "pooled": False}],
    "supply_signs": [
        {"own": OWN, "pooled": SLOPES, "years": ["2019", "2020"]},
        {"own": OWN, "pooled": None},
        {"own": None, "pooled": SLOPES},
    ],
    "feedback_needs_regions": [{"least": 6}],
    "feedback_forms": [{"weak": "yes", "strong": "no"}, {"weak": "undecidable", "strong": "no"}],
    **{
        name: [NONE]
        for name in (
            "not_modelled", "no_growth_at_E", "centre", "not_measured", "no_figures", "unit_fits",
        )
    },
    "elasticities_x1": [{"b1": -1.0, "b2": -1.0}],
    "elasticities_x2": [{"b1": -1.0, "b2": 0.0}],
    "unit_alone": [{"read_as": "100 million yuan"}],
    "unit_elsewhere": [{"read_as": "100 million yuan", "value": 1387.1, "year": 2020}],
    "printed_unit": [{"unit": "trillion yuan"}],
    "printed_figures": [
        {**PERCENT, "figures": YEARLY}, {**PERCENT, **MONEY, "figures": YEARLY[:1]},
    ],
    "derived_figures": [
        {**PERCENT, "differing": YEARLY, "agreeing": 1, "unchecked": [2016]},
        {**PERCENT, "differing": [], "agreeing": 4, "unchecked": []},
        {**PERCENT, "differing": [], "agreeing": 0, "unchecked": [2016]},
        {**PERCENT, "differing": YEARLY, "agreeing": 0, "unchecked": [2016]},
    ],
    "growth_of_one_region": [
        {"D": [0.1, 0.99], "printed": [43.4, 31.9]}, {"D": [0.1, 0.99], "printed": None},
    ],
    "growth_alone": [{"D": GROWTH, "printed": [43.4, 31.9]}, {"D": GROWTH, "printed": None}],
    "growth_compared": [
        {**BOTH, "without": BOTH, **BREAKS},
        BOTH,
    ],
    "too_few_regions": [{"regions": 3, "least": 6}],
    "calibration_fails": [{"reasons": ["purchases_exceed_output", "downstream_growth"]}],
}  # fmt: skip


@cache
def trees() -> list[ast.AST]:
    package = ROOT / "coevo"
    paths = [path.relative_to(package) for path in package.rglob("*.py")]
    own = [package / path for path in paths if path.parts[0] not in ("report", "newreport")]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(own)]


def produced() -> Iterator[str]:
    """Yield the keys that stand as constants in calls which make a message."""
    for tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            place = KEY_OF_CALL.get(ast.unparse(call.func))
            if place is None or place >= len(call.args):
                continue
            key = call.args[place]
            options = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
            yield from (str(part.value) for part in options if isinstance(part, ast.Constant))
    yield from HEADLINES


def constants() -> set[str]:
    nodes = (node for tree in trees() for node in ast.walk(tree))
    return {str(node.value) for node in nodes if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_holds_exactly_the_keys_of_the_code(language: str) -> None:
    keys = set(read_yaml(FOLDER / f"messages.{language}.yaml"))
    refused, made = set(refusal_lines(language)), set(produced())
    assert len(made) > 80
    assert made - keys - refused == set()
    assert keys - constants() == set() and keys & refused == set()
    assert keys == set(EXAMPLES)


CASES = [(key, fields) for key, examples in EXAMPLES.items() for fields in examples]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "fields"), CASES)
def test_a_message_is_plain_text_without_gaps(
    language: str, key: str, fields: dict[str, Any]
) -> None:
    message = message_texts(language, nouns=nouns_of(language))
    text = message(key, fields)
    assert text and not FORBIDDEN.search(text), text
    assert text == message(key, packed(fields)) and text == text.strip()
    if language == "en" and key != "note":
        assert re.match(r"[A-Zx0-9]|trillion", text), text
    assert not re.search(r"[一-鿿]", text) or language == "zh" or key in ("note", "unit_misprint",
        "units_contradict"), text  # fmt: skip


def nouns_of(language: str, kind: str = "regions", **config: Any) -> dict[str, str]:
    terms = read_yaml(FOLDER / f"terms.{language}.yaml")
    return study_nouns(terms, {"period": None, "names": {}, **config}, language, kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_field_is_part_of_some_sentence(language: str) -> None:
    message = message_texts(language, nouns=nouns_of(language))
    texts = read_yaml(FOLDER / f"messages.{language}.yaml")
    untold = {
        key
        for key, (fields, *_) in EXAMPLES.items()
        if fields and message(key, fields) == with_study_nouns(texts[key], nouns_of(language))
    }
    same = {"all_rose", "gap_narrowed", "gap_in_D_narrowed", "low_caught_up", "neighbours_alike",
            "level_over_balance", "feedback_exceeds_competition"}  # fmt: skip
    assert untold <= same


def test_names_and_numbers_are_those_of_the_study() -> None:
    message = message_texts(
        "en", label=lambda name: f"label of {name}", region={"330000": "Zhejiang"}.__getitem__
    )
    assert message("no_base_year", {"indicator": "sales"}) == (
        "The figure cannot be checked, because the files have no figure of label of sales for the "
        "base year."
    )
    assert message("rank_of_focus", STATED) == "Zhejiang ranks fifth of 31 regions in 2023"
    fall = EXAMPLES["jump_fall"][0]
    assert message("jump_fall", fall) == (
        "The figure falls by 42 %, from 515.9 (2015) to 299.3 (100 million yuan)."
    )
    found = message("strengths_found", EXAMPLES["strengths_found"][0])
    assert "b₁ (x₂ on x₁) is −13 % of the theoretical one (95 % interval −30 to 4 %)" in found


def test_a_refusal_shows_its_reason_and_the_nouns_of_the_study() -> None:
    nouns = nouns_of("en", names={"region": {"en": "country"}}, period={"en": "day"})
    message = message_texts("en", nouns=nouns)
    fields = {"region": "C1", "reason": "too_few_pairs", "fields": {"pairs": 2, "least": 3}}
    assert message("of_region", fields) == (
        "C1: 2 pairs of consecutive days with both figures, of one vintage; at least three are "
        "needed"
    )
    assert message("all_rose", STATED) == "D rose in every country"
    assert "(day 2015)" in message("jump_fall", EXAMPLES["jump_fall"][0])


def test_nouns_leave_code_and_fields_alone() -> None:
    nouns = nouns_of("en", names={"region": {"en": "city"}})
    text = "Regions and {{ region|region }}: a region, `region`, [x](region.html), regional"
    assert with_study_nouns(text, nouns) == (
        "Cities and {{ region|region }}: a city, `region`, [x](region.html), regional"
    )


def test_marks_of_places_depend_on_what_all_regions_are() -> None:
    for kind, told in {"provinces": "各省份的D均上升", "regions": "各地区的D均上升",
                       "countries": "各经济体的D均上升"}.items():  # fmt: skip
        assert message_texts("zh", nouns=nouns_of("zh", kind))("all_rose", STATED) == told


def test_years_in_a_row_become_a_span() -> None:
    words = MessageWords("en", read_yaml(FOLDER / "terms.en.yaml"))
    assert words.spans([2015, 2016, 2017, 2020]) == "2015–2017 and 2020"


def test_a_message_may_lack_a_field_that_it_asks_for_but_not_one_that_it_prints() -> None:
    message = message_texts("en")
    assert message("supply_signs", {"own": OWN, "pooled": None}).endswith("1/16).")
    with pytest.raises(UndefinedError):
        message("jump_fall", {"old": 1.0})
