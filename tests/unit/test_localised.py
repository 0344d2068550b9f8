"""A study in the language of its reader: names, labels, grades and messages, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.grade_scales import GRADES
from coevo.report.findings import all_findings
from coevo.report.findings.localised import NAMED, chart_words, study_in_language, translator
from tests.sample import NAMES, config, indicators, places, study, tables, words_of

CHINESE = {"330000": "浙江", "110000": "北京", "150000": "内蒙古", "620000": "甘肃"}
WORDS = words_of("phrases", "zh")["words"]
MESSAGES = words_of("messages", "zh")


def chinese(made: dict[str, pd.DataFrame], **chosen: object):
    given = {"words": WORDS, "messages": MESSAGES, "places": places()} | chosen
    return study_in_language(config(), made, indicators("zh"), "zh", **given)


def test_a_message_that_no_entry_fits_keeps_its_signs() -> None:
    claim = tables()["audit"].iloc[[0]].assign(message="quoted; that")
    told = chinese(tables() | {"audit": claim}).tables["audit"]["message"]
    assert list(told) == ["quoted; that"]


def findings_of(**rows: str) -> pd.DataFrame:
    """Return an audit of findings: check -> message."""
    first = tables()["audit"].iloc[[0]]
    return pd.concat([first.assign(check=check, message=said) for check, said in rows.items()])


def test_every_table_names_its_regions_in_chinese() -> None:
    for name, frame in chinese(tables()).tables.items():
        key = next((column for column in ("region", "scope") if column in frame), None)
        if key and "name" in frame:
            known = frame[frame[key].isin(NAMES)]
            assert (known["name"] == known[key].map(CHINESE)).all(), name
            assert not set(frame["name"].dropna()) & set(NAMES.values()), name


def test_a_region_that_is_not_known_keeps_its_name() -> None:
    made = tables()
    some = made["coupling"].assign(region="990000", name="Atlantis")
    told = chinese({"coupling": pd.concat([made["coupling"], some])}).tables["coupling"]
    assert set(told["name"]) == {*CHINESE.values(), "Atlantis"}
    without = chinese(tables(), places=None).tables["coupling"]
    assert set(without["name"]) == set(NAMES.values())


def test_a_twin_column_is_taken_where_it_is_filled() -> None:
    table = indicators("zh")
    table.loc[table["indicator"] == "jobs", ["label_zh", "dimension_zh"]] = ["", np.nan]
    told = study_in_language(config(), tables(), table, "zh", places(), WORDS, MESSAGES)
    assert told.label("sales") == "销售额" and told.label("shops") == "商店"
    assert told.label("jobs") == "jobs"
    assert list(told.indicators["dimension"]) == ["规模", "规模", "规模", "volume", ""]
    claims = tables(claims=True)["claims"].assign(claim_zh="论断", source_zh="")
    claim = chinese({"coupling": tables()["coupling"], "claims": claims}).tables["claims"].iloc[0]
    assert (claim["claim"], claim["source"]) == ("论断", "Table *1*")


@pytest.mark.parametrize("column", NAMED)
def test_grades_and_stages_have_chinese_words_in_every_column(column: str) -> None:
    names = WORDS[NAMED[column]]
    frame = pd.DataFrame({column: [*names, "", None]})
    told = chinese({"coupling": tables()["coupling"], "any": frame}).tables["any"][column]
    assert list(told[:-1]) == [*names.values(), ""] and pd.isna(told.iloc[-1])


def test_the_scale_of_grades_speaks_the_language_of_the_tables() -> None:
    told = chinese(tables())
    ten = GRADES["ten"].labels
    assert list(told.grades.labels) == [WORDS["grade"][grade] for grade in ten]
    assert told.grades.cuts == GRADES["ten"].cuts
    assert set(told.coupling["grade"]) <= set(told.grades.labels)


def test_messages_are_told_with_the_words_of_their_fields() -> None:
    audit = findings_of(
        jump="falls by 42 % from 515.9 in 2015 to 299.3 (100 million yuan)",
        not_checkable="cannot be checked: this vintage has no figure of sales, orders",
        duplicate="3 figures stand in the same table too and are equal; they count once",
        withdrawn="nobody ever wrote this; as printed",
    )
    told = chinese(tables() | {"audit": audit}).tables["audit"]["message"]
    assert list(told) == [
        "由2015年的515.9降至299.3（亿元），降幅42%",
        "无法核对：该数据版本中没有销售额、订单额的数据",
        "3个数据在同一表中重复出现且数值相同；只计一次",
        "nobody ever wrote this；与公布值一致",
    ]


def test_words_of_the_file_are_quoted_as_they_are() -> None:
    audit = findings_of(note="as printed; they count once", noted="as printed")
    told = chinese(tables() | {"audit": audit}).tables["audit"]
    assert list(told["message"]) == ["as printed; they count once", "与公布值一致"]
    assert list(told["check"]) == ["note", "noted"]


def test_a_method_in_a_message_has_its_word() -> None:
    said = "probability of these signs 0.32 (flat prior) in the region’s own fit (trapezoid)"
    claims = tables(claims=True)["claims"].assign(computed=said)
    told = chinese(tables() | {"claims": claims}).tables["claims"]["computed"].iloc[0]
    assert told == "该地区自身拟合中（梯形法），系数取上述符号的概率为0.32（平坦先验）"
    said = "2 growth rows are too few for effects 'region+year'"
    row = {"scope": "330000", "name": "Zhejiang", "relation": said}
    relations = pd.concat([tables()["relations"], pd.DataFrame([row])], ignore_index=True)
    told = chinese(tables() | {"relations": relations}).tables["relations"]["relation"].iloc[-1]
    assert told == "2个增长率观测不足以估计含“地区与年份双向固定效应”的模型"


def test_what_findings_compare_is_left_as_it_is() -> None:
    """Verdicts, sets and kinds in tables are keys: only phrases put them into words."""
    made = tables(claims=True)
    told = chinese(made).tables
    for name, column in (
        ("relations", "quantity"), ("relations", "effects"), ("equilibria", "kind"),
        ("equilibria", "x1_set"), ("claims", "verdict"), ("coupling", "lagging"),
        ("audit", "check"), ("diagnostics", "guard"), ("sensitivity", "choice"),
    ):  # fmt: skip
        assert told[name][column].equals(made[name][column]), (name, column)
    kept = {"undetermined", "undecidable", "interval", "line", "yes", "no"}
    before = made["relations"]["relation"]
    assert told["relations"]["relation"][before.isin(kept)].equals(before[before.isin(kept)])


def test_verdicts_do_not_depend_on_the_language() -> None:
    english, other = (
        all_findings(study(claims=True)),
        all_findings(study(claims=True, language="zh")),
    )
    assert list(english) == list(other)
    for section, found in english.items():
        if isinstance(found, dict):
            assert found.get("verdict") == other[section].get("verdict"), section
    assert english["robustness"]["count"] == other["robustness"]["count"]
    assert other["robustness"]["grade"] == WORDS["grade"][english["robustness"]["grade"]]


def test_no_argument_is_changed() -> None:
    made, table, before = tables(claims=True), indicators("zh"), tables(claims=True)
    study_in_language(config(), made, table, "zh", places(), WORDS, MESSAGES)
    for name, frame in made.items():
        pd.testing.assert_frame_equal(frame, before[name])
    pd.testing.assert_frame_equal(table, indicators("zh"))


def test_without_words_and_messages_tables_stay_as_they_are() -> None:
    made = tables(claims=True)
    english = study_in_language(config(), made, indicators(), "en", places(), {}, None)
    for name, frame in english.tables.items():
        pd.testing.assert_frame_equal(frame, made[name], check_dtype=False)


def test_charts_name_pairs_and_systems_as_the_study_does() -> None:
    chosen = study(language="zh")
    pair = {"upstream": "jobs", "downstream": "sales"}
    chosen.config["robustness"] |= {"pairs": {"wages": pair, "lag": pair}}
    chosen.config["names"] = {"absolute": {"en": "amounts", "zh": "绝对量"}}
    words = chart_words(chosen, words_of("phrases", "zh"))
    assert words["variant_pair_wages"] == "工资额"
    assert words["variant_system_absolute"] == "绝对量"
    assert words["variant_pair_lag"] == "工资额"  # and the estimator keeps its name, below
    held = words_of("phrases", "zh")["charts"]
    assert {key: words[key] for key in held} == held


def test_a_year_of_a_message_is_a_number() -> None:
    told = translator({"{year}: {value}": "{year}年{value}"}, lambda kind, value: value)
    assert told("2017: 49.63") == "2017年49.63"
    assert told("predator_prey: 2 preys on 1") == "predator_prey: 2 preys on 1"
