"""Units: names in the files, conversions by hand, and what must not be converted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.observations.units import NAMES, UNITS, conversion, find_unit, is_unit, split_unit


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("亿元", "100 million yuan"),
        ("亿 元", "100 million yuan"),
        ("(亿元)", "100 million yuan"),
        ("亿元人民币", "100 million yuan"),
        ("100 million yuan", "100 million yuan"),
        ("亿元 (100 million yuan)", "100 million yuan"),
        ("亿元/100 million yuan", "100 million yuan"),
        ("亿元 100 million yuan", "100 million yuan"),
        ("百万元", "million yuan"),
        ("万元 (10 000 yuan)", "10 thousand yuan"),
        ("千元", "thousand yuan"),
        ("万人 (10,000 persons)", "10 thousand persons"),
        ("千人", "thousand persons"),
        ("件", "count"),
        ("家", "count"),
        ("万件", "10 thousand"),
        ("户", "household"),
        ("元/人", "yuan per person"),
        ("% (percent)", "%"),
        ("％", "%"),
    ],
)
def test_a_unit_by_its_names(text, name):
    assert find_unit(text).name == name


@pytest.mark.parametrize(
    "text", ["", "两", "亿元 (10 000 yuan)", "亿元(当年价)", "亿元 (bn)", "年"]
)
def test_what_is_no_unit_is_refused(text):
    assert not is_unit(text)
    with pytest.raises(StudyError) as problem:
        find_unit(text)
    assert str(problem.value).startswith(f"unknown unit '{text}'; known: yuan, 元, thousand yuan,")


@pytest.mark.parametrize(
    ("old", "new", "factor"),
    [
        ("万元", "100 million yuan", 1e-4),
        ("百万元", "100 million yuan", 1e-2),
        ("元", "100 million yuan", 1e-8),
        ("千人", "10 thousand persons", 0.1),
        ("万个", "count", 1e4),
        ("‰", "%", 0.1),
        ("%", "%", 1.0),
    ],
)
def test_conversions_by_hand(old, new, factor):
    assert conversion(find_unit(old), UNITS[new]) == pytest.approx(factor, rel=1e-15)


def test_different_things_are_not_converted():
    with pytest.raises(StudyError) as problem:
        conversion(find_unit("万人"), UNITS["100 million yuan"])
    assert str(problem.value) == (
        "figures in '10 thousand persons' (persons) cannot become '100 million yuan' (money)"
    )


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_there_and_back_is_one(old, new):
    if UNITS[old].measures == UNITS[new].measures:
        there, back = conversion(UNITS[old], UNITS[new]), conversion(UNITS[new], UNITS[old])
        assert there * back == pytest.approx(1, rel=1e-12)


@given(st.sampled_from(sorted(NAMES)))
def test_a_unit_in_brackets_leaves_the_name(name):
    assert split_unit(f"销售额({name})") == ("销售额", name)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("跨境网络零售总额(正文)", ("跨境网络零售总额(正文)", "")),
        ("地区生产总值 (亿元)", ("地区生产总值", "亿元")),
        ("销售额[万元]", ("销售额", "万元")),
        ("销售额(当年价)(亿元)", ("销售额(当年价)", "亿元")),
        ("(亿元)", ("(亿元)", "")),
        ("销售额", ("销售额", "")),
    ],
)
def test_only_known_units_are_taken_off(text, parts):
    assert split_unit(text) == parts
