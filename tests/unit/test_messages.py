"""Messages: every key of the code has its words in every language, and no words lack a key."""

import ast
import re
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
# calls whose text arguments name a message: Refusal("key"), _finding(..., "key", fields)
MAKERS = {"Refusal", "message_columns", "Answer", "Remark"}


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


def constants() -> set[str]:
    return {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def parts(language: str) -> set[str]:
    """Return the messages that other messages are made of."""
    held = "".join(map(str, words_of("phrases", language)["messages"].values()))
    return set(re.findall(r"messages/(\w+)", held))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_one_that_the_code_gives(language: str) -> None:
    assert not set(words_of("phrases", language)["messages"]) - constants() - parts(language)


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


def test_no_message_is_a_sentence() -> None:
    for call in calls(*MAKERS):
        for argument in call.args[:2]:
            if isinstance(argument, ast.Constant) and ast.unparse(call.func) != "Refusal":
                assert re.fullmatch(r"\w*", str(argument.value)), ast.unparse(call)


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("jump_fall",
     {"old": 515.9, "year": 2015, "new": 299.3, "unit": "100 million yuan", "ratio": 299.3 / 515.9},
     "falls by 42 % from 515.9 in 2015 to 299.3 (100 million yuan)",
     "由2015年的515.9降至299.3（亿元），降幅42%"),
    ("jump_rise", {"old": 10.0, "year": 2015, "new": 31.4, "unit": "%", "ratio": 3.14},
     "rises 3.1-fold from 10 in 2015 to 31.4 (%)", "由2015年的10增至31.4（%），为上年的3.1倍"),
    ("no_such_figures", {"indicators": ["sales", "orders"]},
     "cannot be checked: this vintage has no figure of sales of shops and orders of shops",
     "无法核对：该数据版本中没有销售额和订单额的数据"),
    ("levels_differ", {"value": 4256.0, "decimals": 1, "given": 4256.4, "low": -1.5, "high": 2.0},
     "printed 4,256.0, by printed levels 4,256.4 (−1.5 to 2)",
     "公布值为4,256.0，由公布的绝对量推算为4,256.4（−1.5至2）"),
    ("withdrawn", {"vintage": "2026-10", "flag": "not_available", "old_vintage": "2025-10",
                   "old_value": 1234.5},
     "2026-10 has no figure (not available); 2025-10 printed 1,234.5",
     "数据版本2026-10中无此数据（数据不详）；2025-10的公布值为1,234.5"),
    ("note", {"text": "注：*按* <b>当年</b> 价格"},
     "注：*按* <b>当年</b> 价格", "注：*按* <b>当年</b> 价格"),
    ("hidden_cells", {"rows": ["3-5", "7"], "columns": ["B"], "more_rows": 2, "more_columns": 0},
     "hidden in the file and read like the others: 3-5, 7, B and 2 more",
     "文件中隐藏，但与其余部分一并读取：3-5、7、B和另外2处"),
    ("computed_elsewhere", {"cell": "C7", "others": 2},
     "computed in another workbook, read as stored here: C7 and 2 more",
     "由其他工作簿计算得出，按本文件保存的数值读取：C7和另外2处"),
    ("derived_figures", {"differing": [{"year": 2016, "value": 23.071}], "agreeing": 2,
                         "unchecked": [2015], "decimals": 2, "unit": "%"},
     "the levels give 23.07 %; 2 figures as printed; 2015 not checkable: its base year is not in "
     "the files",
     "由绝对量推算为23.07%；2个数据与公布值一致；2015年无法核对：文件中没有其基年数据"),
    ("printed_figures", {"figures": [{"year": 2016, "value": 5.0}, {"year": 2017, "value": 30.0}],
                         "decimals": 1, "unit": "100 million yuan"},
     "2016: 5.0; 2017: 30.0 (100 million yuan)", "2016年5.0；2017年30.0（亿元）"),
    ("shown_scaled", {"value": 30125.0, "shown": 3.0125, "figures": 2},
     "the cell holds 30,125, shown as 3.0125 by its number format; the stored number is read in "
     "the unit of the table (figures so: 2); check which the unit is of",
     "单元格存储值为30,125，其数字格式显示为3.0125；现按存储值及表中单位读取（此类数据共2个），请核实"
     "单位对应哪一个数"),
    ("supply_signs", {"own": {"probability": 0.324, "ignorance": 0.0625, "estimator": "trapezoid"},
                      "pooled": {"b1": {"low": -0.012, "high": 0.5}, "d": {"low": 0.1, "high": 2}}},
     "probability of these signs in the own fit 0.32 (flat prior; without figures 1/16); "
     "pooled with region and year effects b₁ from −0.012 to 0.5, δ from 0.1 to 2",
     "重点地区单独估计中，四个系数均为正的概率：0.32（平坦先验；无数据时为1/16）；合并样本（地区与"
     "年份双向固定效应）：b₁介于−0.012与0.5之间，δ介于0.1与2之间"),
    ("growth_alone", {"D": {"rate": 22.47, "first": 2016, "last": 2018}, "printed": [5.0, 20.5]},
     "D grew by 22.5 % a year over 2016–2018; printed growth goes from 5 to 20.5 %; no other years",
     "D在2016—2018年年均增长22.5%；公布的增速由5%变为20.5%；没有其他年份可供比较"),
    ("too_few_rows_for_effects", {"rows": 2, "effects": "region+year"},
     "2 growth rows are too few for region and year effects",
     "2个增长率观测不足以估计含“地区与年份双向固定效应”的模型"),
    ("of_region", {"region": "330000", "reason": "year_twice", "fields": {"year": 2016}},
     "Zhejiang: the year 2016 is there twice", "浙江：2016年重复出现"),
    ("calibration_fails", {"reasons": ["a1_not_positive", "downstream_growth"]},
     "a₁ is not positive, downstream growth is 1 or more", "a₁不为正、下游增长率不小于1"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "fields", "english", "chinese"), CASES, ids=lambda v: str(v)[:20])
def test_messages_in_both_languages(key: str, fields: dict, english: str, chinese: str) -> None:
    assert TEXTS["en"](key, fields) == english == TEXTS["en"](key, packed(fields))
    assert TEXTS["zh"](key, fields) == chinese


REMARKS: list[tuple[str, dict[str, Any], str]] = [
    ("column_not_read", {"name": "增速", "figures": 3}, "column '增速' is not read: 3 figures"),
    (
        "computed_elsewhere",
        {"cell": "B1", "others": 0},
        "computed in another workbook, read as stored here: B1",
    ),
    (
        "computed_elsewhere",
        {"cell": "B1", "others": 3},
        "computed in another workbook, read as stored here: B1 and 3 more",
    ),
    (
        "equal_elsewhere",
        {"figures": 2, "place": "b.csv › 表1"},
        "2 figures stand in b.csv › 表1 too and are equal; they count once",
    ),
    (
        "equal_in_table",
        {"figures": 2},
        "2 figures stand in the same table too and are equal; they count once",
    ),
    (
        "hidden_cells",
        {"rows": ["2-4", "8"], "columns": ["B"], "more_rows": 1, "more_columns": 0},
        "hidden in the file and read like the others: 2-4, 8, B and 1 more",
    ),
    (
        "hidden_sheets",
        {"sheets": ["列表", "草稿"]},
        "the workbook has hidden sheets, which are not read: 列表, 草稿",
    ),
    (
        "no_single_region",
        {"name": "合计", "figures": 9},
        "'合计' is no single region and is not read: 9 figures",
    ),
    ("no_table", {}, "the sheet holds no table of figures and is not read"),
    ("note", {"text": "注：{初步}数"}, "注：{初步}数"),
    (
        "note_marks",
        {"figures": 4, "cell": "C7"},
        "4 figures carry a note mark; the first stands in C7",
    ),
    (
        "variant_name",
        {"name": "两浙", "region": "330000", "read_as": "浙江"},
        "'两浙' is read as 浙江",
    ),
]


@pytest.mark.parametrize(("key", "fields", "english"), REMARKS)
def test_how_files_were_read(key: str, fields: dict, english: str) -> None:
    assert TEXTS["en"](key, packed(fields)) == english


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
