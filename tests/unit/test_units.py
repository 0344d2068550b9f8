"""Units: names in the files, conversions by hand, and what must not be converted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.observations.units import (
    NAMES,
    UNITS,
    conversion,
    find_unit,
    is_unit,
    named,
    of_currency,
    sharers,
    split_unit,
    unit_key,
    unit_of,
)


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


@pytest.mark.parametrize(
    ("text", "name", "measures", "factor"),
    [
        ("current US$", "USD", "money USD", 1),
        ("constant 2015 US$", "USD", "money USD", 1),  # prices as they are
        ("Thousands of US dollars", "thousand USD", "money USD", 1e3),
        ("Millions of chained 2017 US dollars", "million USD", "money USD", 1e6),
        ("MIO_EUR", "million EUR", "money EUR", 1e6),
        ("CP_MEUR", "million EUR", "money EUR", 1e6),
        ("Current prices, million euro", "million EUR", "money EUR", 1e6),
        ("EUR_HAB", "EUR per person", "money per person EUR", 1),
        ("Euro per inhabitant", "EUR per person", "money per person EUR", 1),
        ("万美元", "10 thousand USD", "money USD", 1e4),
        ("亿美元 (100 million USD)", "100 million USD", "money USD", 1e8),
        ("百万欧元", "million EUR", "money EUR", 1e6),
        ("billion yuan", "billion yuan", "money", 1e9),
        ("CNY", "yuan", "money", 1),
        ("% of GDP", "% of GDP", "ratio", 0.01),
        ("percentage of GDP", "% of GDP", "ratio", 0.01),
        ("per 1,000 people", "per 1,000 persons", "per person", 1e-3),
        ("per 1,000 live births", "per 1,000 live births", "per live births", 1e-3),
        ("万吨标准煤", "10 thousand tonnes of coal equivalent", "primary energy", 1e4),
        ("sq. km", "km²", "area", 1e6),
        ("THS_PER", "thousand persons", "persons", 1e3),
    ],
)
def test_composed_units_and_those_of_publishers(text, name, measures, factor):
    unit = find_unit(text)
    assert (unit.name, unit.measures, unit.factor) == (name, measures, factor)
    assert unit_of(name) == unit


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Thousands of dollars", "CAD", "thousand CAD"),
        ("Millions of chained 2017 dollars", "USD", "million USD"),
        ("Rs. Crore", "INR", "10 million INR"),
        ("Millones de pesos a precios corrientes", "MXN", "million MXN"),
    ],
)
def test_money_of_several_countries_is_that_of_none_until_it_is_said(text, code, name):
    assert code in sharers(text) and find_unit(of_currency(text, code)).name == name
    with pytest.raises(StudyError, match="does not say of which country it is"):
        find_unit(of_currency(text, "EUR"))
    assert sharers("US dollars") == sharers("million CAD") == sharers("万美元") == []


def test_money_of_two_currencies_is_not_converted_and_a_share_of_something_has_no_bounds():
    with pytest.raises(StudyError) as problem:
        conversion(find_unit("万美元"), unit_of("million EUR"))
    said = "figures in '10 thousand USD' (money USD) cannot become 'million EUR' (money EUR)"
    assert str(problem.value) == said
    assert unit_of("%").high == 100 and unit_of("% of GDP").high == float("inf")
    assert conversion(find_unit("%"), unit_of("% of GDP")) == 1


def test_a_free_unit_agrees_with_itself_alone():
    points = unit_of("other: points")
    assert points.names == ("points",) and named("other: points", "en") == "points"
    assert not is_unit("points") and is_unit("Points", {unit_key("points")})
    assert split_unit("score (points)", {unit_key("points")}) == ("score", "points")
    with pytest.raises(StudyError):
        conversion(points, unit_of("other: stars"))


@pytest.mark.parametrize("name", ["billion euro", "percent of GDP", "others: points", "try", "T"])
def test_an_indicator_table_spells_units_as_listed(name):
    with pytest.raises(StudyError) as problem:
        unit_of(name)
    assert str(problem.value).startswith(f"unknown unit '{name}'; known: yuan, thousand yuan,")


def test_chinese_names_of_composed_units():
    assert [named(n, "zh") for n in ("million USD", "EUR per person", "NOK", "% of GDP")] == [
        "百万美元", "欧元/人", "NOK", "% of GDP",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [*UNITS, "million USD", "EUR per person", "NOK", "% of GDP", "per 1,000 beds", "billion yuan"],
)
def test_what_a_language_calls_a_unit_is_that_unit(name):
    assert {find_unit(named(name, language)) for language in ("en", "zh")} == {unit_of(name)}


def test_units_in_other_languages():
    said_so = {
        "Mill. EUR": "million EUR", "£ million": "million GBP", "₹ Crore": "10 million INR",
        "₹ Lakh": "100 thousand INR", "백만원": "million KRW", "百万円": "million JPY",
        "Mil Reais": "thousand BRL", "milioni di euro": "million EUR", "Personen": "person",
        "millions d'euros": "million EUR", "명": "person", "Anzahl": "count",
        "en milliers": "thousand", "in millions of US dollars": "million USD",
    }  # fmt: skip
    assert {text: find_unit(text).name for text in said_so} == said_so
    with pytest.raises(StudyError):
        find_unit("Millones de pesos")  # of which country is not said
    assert find_unit(of_currency("Millones de pesos", "MXN")).name == "million MXN"
    with pytest.raises(StudyError):
        find_unit("百萬元")  # of Taiwan or of Hong Kong, and not yuan
