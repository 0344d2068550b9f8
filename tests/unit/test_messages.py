"""Messages: every key of the code has its words in every language, and no words lack a key."""

import ast
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

import numpy as np
import pytest

from coevo.errors import Refusal, StudyError, refusal_lines
from coevo.messages import message_columns, packed, unpacked
from coevo.report.words.message_words import message_texts
from coevo.study.configuration import LANGUAGES
from tests.sample import ROOT, study, words_of

TEXTS = {
    language: message_texts(words_of("phrases", language), chosen.label, chosen.name)
    for language in LANGUAGES
    for chosen in [study(language=language)]
}


@cache
def trees() -> list[ast.AST]:
    paths = sorted((ROOT / "coevo").rglob("*.py"))
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths]


def calls(*names: str) -> Iterator[ast.Call]:
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield node


def refusals() -> dict[str, set[str]]:
    """Return the keys that the code refuses with, and the fields of each."""
    found: dict[str, set[str]] = {}
    for call in calls("Refusal"):
        key = ast.literal_eval(call.args[0])
        fields = {word.arg or "" for word in call.keywords}
        assert found.setdefault(key, fields) == fields, key
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_refusal_read_only_its_fields(language: str) -> None:
    nested = {"reason": "no_growth_rows", "fields": {}}
    values = {
        "region": "330000",
        "regions": 3,
        "effects": "region",
        "estimator": "lag",
        "year": 2016,
    }
    for key, fields in refusals().items():
        given = {name: values.get(name, 2) for name in fields} | {
            name: nested[name] for name in fields & set(nested)
        }
        given |= {"regions": ["330000"]} if key == "no_own_slopes" else {}
        assert TEXTS[language](key, given), key


# key, fields, and what stands in both languages or, parted by |, in English and in Chinese
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("jump_fall", {"old": 515.9, "year": 2015, "new": 299.3, "unit": "100 million yuan",
                   "ratio": 299.3 / 515.9}, "42 %|42%; 515.9; 2015; 299.3; 100 million yuan|亿元"),
    ("jump_rise", {"old": 10.0, "year": 2015, "new": 31.4, "unit": "%", "ratio": 3.14},
     "3.1; 10; 2015; 31.4"),
    ("no_such_figures", {"indicators": ["sales", "orders"]},
     "sales of shops and orders of shops|销售额和订单额"),
    ("levels_differ", {"value": 4256.0, "decimals": 1, "given": 4256.4, "low": -1.5, "high": 2.0},
     "4\u202f256.0; 4\u202f256.4; −1.5 to 2|−1.5至2"),
    ("withdrawn", {"vintage": "2026-10", "flag": "not_available", "old_vintage": "2025-10",
                   "old_value": 1234.5}, "2026-10; not available|数据不详; 2025-10; 1\u202f234.5"),
    ("note", {"text": "注：*按* <b>当年</b> {价格}"}, "注：*按* <b>当年</b> {价格}"),
    ("hidden_cells", {"rows": ["3-5", "7"], "columns": ["B"], "more_rows": 2, "more_columns": 0},
     "3-5, 7, B and 2 more|3-5、7、B和另外2处"),
    ("computed_elsewhere", {"cell": "C7", "others": 2}, "C7 and 2 more|C7和另外2处"),
    ("derived_figures", {"differing": [{"year": 2016, "value": 23.071}], "agreeing": 2,
                         "unchecked": [2015], "decimals": 2, "unit": "%"},
     "23.07 %|23.07%; 2 figures|2个数据; 2015"),
    ("printed_figures", {"figures": [{"year": 2016, "value": 5.0}, {"year": 2017, "value": 30.0}],
                         "decimals": 1, "unit": "100 million yuan"},
     "2016: 5.0; 2017: 30.0 (100 million yuan)|2016年5.0；2017年30.0（亿元）"),
    ("shown_scaled", {"value": 30125.0, "shown": 3.0125, "figures": 2}, "30\u202f125; 3.0125; 2"),
    ("supply_signs", {"own": {"probability": 0.324, "ignorance": 0.0625, "estimator": "trapezoid"},
                      "pooled": {"b1": {"low": -0.012, "high": 0.5}, "d": {"low": 0.1, "high": 2}}},
     "0.32; 1/16; −0.012 to 0.5|−0.012与0.5; 0.1 to 2|0.1与2"),
    ("growth_alone", {"D": {"rate": 22.47, "first": 2016, "last": 2018}, "printed": [5.0, 20.5]},
     "22.5 %|22.5%; 2016–2018|2016—2018; 5 to 20.5 %|5%至20.5%"),
    ("too_few_rows_for_effects", {"rows": 2, "effects": "region+year"},
     "2 growth rows|2个增长率; region and year effects|地区与年份双向固定效应"),
    ("of_region", {"region": "330000", "reason": "year_twice", "fields": {"year": 2016}},
     "Zhejiang|浙江; 2016"),
    ("equal_elsewhere", {"figures": 2, "place": "b.csv › 表1"}, "2; b.csv › 表1"),
    ("hidden_sheets", {"sheets": ["列表", "草稿"]}, "列表, 草稿|列表、草稿"),
    ("column_not_read", {"name": "增速", "figures": 3}, "增速; 3"),
    ("years_by_cells", {"name": "届"}, "届"),
    ("no_single_region", {"name": "合计", "figures": 9}, "合计; 9"),
    ("note_marks", {"figures": 4, "cell": "C7"}, "4; C7"),
    ("variant_name", {"name": "两浙", "region": "330000", "read_as": "浙江"}, "两浙; 浙江"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "fields", "told"), CASES, ids=lambda v: str(v)[:20])
def test_a_message_holds_its_fields_in_each_language(key: str, fields: dict, told: str) -> None:
    for place, text in zip((0, -1), TEXTS.values(), strict=True):
        said = text(key, fields)
        assert said == text(key, packed(fields))
        parts = told.split("; ") if "；" not in told else [told]
        assert [part for part in parts if part.split("|")[place] not in said] == [], said


def test_without_a_study_ids_stand_for_names() -> None:
    text = message_texts(words_of("phrases", "en"))
    assert text("no_base_year", {"indicator": "sales"}).endswith(
        "figure of sales for the base year"
    )
    assert text("year_twice", {"year": 2016}) == "the year 2016 is there twice"


def test_fields_keep_their_types() -> None:
    given = {"n": np.int64(3), "x": np.float64(0.1), "none": float("nan"), "each": [np.int64(1)]}
    row = message_columns("key", given)
    assert row["message"] == "key"
    assert unpacked(row["fields"]) == {"n": 3, "x": 0.1, "none": None, "each": [1]}
    assert message_columns("key", {})["fields"] == "" and unpacked("") == {}


def test_a_refusal_is_a_line_for_the_terminal_and_a_message_for_a_table() -> None:
    refusal = Refusal("too_few_rows", rows=2, coefficients=3)
    said = ["2 rows cannot determine 3 coefficients and their errors"]
    assert isinstance(refusal, StudyError) and refusal.messages == said
    assert (refusal.key, refusal.fields) == ("too_few_rows", {"rows": 2, "coefficients": 3})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_line_that_reads_only_its_fields(language: str) -> None:
    lines, found = refusal_lines(language), refusals()
    assert len(found) > 30 and sorted(lines) == sorted(found)
    for key, line in lines.items():
        read = {name for _, name, _, _ in Formatter().parse(line) if name}
        assert line and read <= found[key] | {"detail"}, key
        if language != "en":
            english = {n for _, n, _, _ in Formatter().parse(refusal_lines("en")[key]) if n}
            assert read == english, key
