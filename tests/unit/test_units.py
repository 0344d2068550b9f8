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
    read_unit,
    sharers,
    split_unit,
    unit_key,
    unit_of,
)
from tests.unit.cases import sections

CASES = sections("units")


@pytest.mark.parametrize(("text", "name"), CASES["names"])
def test_a_unit_by_its_names(text, name):
    assert find_unit(text).name == name


@pytest.mark.parametrize("text", CASES["none"])
def test_what_is_no_unit_is_refused(text):
    assert not is_unit(text)
    with pytest.raises(StudyError):
        find_unit(text)


@pytest.mark.parametrize(("old", "new", "factor"), CASES["conversions"])
def test_conversions_by_hand(old, new, factor):
    assert conversion(find_unit(old), UNITS[new]) == pytest.approx(factor, rel=1e-15)


def test_different_things_are_not_converted():
    with pytest.raises(StudyError, match=r"^figures in '10 thousand persons' \(persons\) cannot"):
        conversion(find_unit("万人"), UNITS["100 million yuan"])
    with pytest.raises(StudyError, match=r"\(money USD\) cannot become 'million EUR' \(money EUR"):
        conversion(find_unit("万美元"), unit_of("million EUR"))


@given(st.sampled_from(sorted(NAMES)))
def test_a_unit_in_brackets_leaves_the_name(name):
    assert split_unit(f"销售额({name})") == ("销售额", name)


@pytest.mark.parametrize(("text", "parts"), CASES["taken_off"])
def test_only_known_units_are_taken_off(text, parts):
    assert split_unit(text) == tuple(parts)


@pytest.mark.parametrize(("text", "name", "measures", "factor"), CASES["composed"])
def test_composed_units_and_those_of_publishers(text, name, measures, factor):
    unit = find_unit(text)
    assert (unit.name, unit.measures, unit.factor) == (name, measures, factor)
    assert unit_of(name) == unit


@pytest.mark.parametrize(("text", "code", "name"), CASES["currencies"])
def test_money_of_several_countries_is_that_of_none_until_it_is_said(text, code, name):
    assert code in sharers(text) and find_unit(of_currency(text, code)).name == name
    for unsaid in (text, of_currency(text, "EUR")):
        with pytest.raises(StudyError, match="does not say of which country it is"):
            find_unit(unsaid)
    assert sharers("US dollars") == sharers("million CAD") == sharers("万美元") == []


def test_a_share_of_something_has_no_bounds():
    assert unit_of("%").high == 100 and unit_of("% of GDP").high == float("inf")
    assert conversion(find_unit("%"), unit_of("% of GDP")) == 1


def test_a_free_unit_agrees_with_itself_alone():
    points = unit_of("other: points")
    assert points.names == ("points",) and named("other: points", "en") == "points"
    assert not is_unit("points") and is_unit("Points", {unit_key("points")})
    assert split_unit("score (points)", {unit_key("points")}) == ("score", "points")
    with pytest.raises(StudyError):
        conversion(points, unit_of("other: stars"))


@pytest.mark.parametrize(("name", "said"), CASES["spelt"])
def test_an_indicator_table_spells_units_as_listed(name, said):
    with pytest.raises(StudyError) as problem:
        unit_of(name)
    assert str(problem.value).startswith(f"unknown unit '{name}'; {said}")


def test_the_config_reads_units_by_their_chinese_names_too():
    assert read_unit("万户") is unit_of("10 thousand households")
    assert read_unit("other: 分") is unit_of("other: 分")


@pytest.mark.parametrize(
    "name",
    [*UNITS, "million USD", "EUR per person", "NOK", "% of GDP", "per 1,000 beds", "billion yuan"],
)
def test_what_a_language_calls_a_unit_is_that_unit(name):
    assert {find_unit(named(name, language)) for language in ("en", "zh")} == {unit_of(name)}
