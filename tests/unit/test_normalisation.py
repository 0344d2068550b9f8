"""Min-max by hand, its invariants, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import Refusal, StudyError
from coevo.files import read_table, write_table
from coevo.normalisation import REFERENCES, ConstantIndicators, minmax, normalise, scaled_panel
from coevo.normalisation.directions import DIRECTIONS, scale_of
from coevo.study.indicator_table import IndicatorRow
from tests.panels import SCALE
from tests.unit.cases import sections

CASES = sections("normalisation")
floats = st.floats(-1e6, 1e6)


def test_by_hand():
    np.testing.assert_allclose(minmax([1, 2, 5], "+", 1, 5, (0, 1)), [0, 0.25, 1])
    np.testing.assert_allclose(minmax([1, 2, 5], "-", 1, 5), [0.99, 0.745, 0.01])


@given(st.lists(floats, min_size=2, unique=True), st.floats(0.01, 1e6), st.sampled_from("+-"))
def test_a_change_of_unit_changes_nothing(values, factor, direction):
    x = np.array(values)
    if np.ptp(x * factor) == 0:
        return
    z = minmax(x, direction, x.min(), x.max())
    np.testing.assert_allclose(
        minmax(x * factor, direction, (x * factor).min(), (x * factor).max()), z, atol=1e-6
    )
    assert z.min() == pytest.approx(0.01) and z.max() == pytest.approx(0.99)


def test_moderate_by_hand():
    """1 from 4 to 6; 10 lies furthest from it, by 4; then 1 does, by 3, against a lower top."""
    z = minmax([1, 4, 5, 6, 8, 10], "moderate", 1, 10, (0, 1), (4, 6))
    np.testing.assert_allclose(z, [0.25, 1, 1, 1, 0.5, 0])
    np.testing.assert_allclose(
        minmax([1, 2.5, 4, 5], "moderate", 1, 5, (0, 1), (4, 4)), [0, 0.5, 1, 2 / 3]
    )
    # beyond the goalposts it goes on below the range, never above it
    np.testing.assert_allclose(minmax([12, 5], "moderate", 1, 10, (0, 1), (4, 6)), [-0.5, 1])


INDICATORS = pd.DataFrame(
    [("a", "s", "+"), ("b", "s", "-"), ("c", "", "")],
    columns=["indicator", "subsystem", "direction"],
)


def panel(**series):
    rows = [
        (region, region.upper(), 2015 + k, indicator, value)
        for indicator, by_region in series.items()
        for region, values in by_region.items()
        for k, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])


def test_only_complete_region_years_enter_and_goalposts_are_theirs():
    frame = panel(
        a={"p": [1, 2], "q": [3, np.nan]},
        b={"p": [1, 5], "q": [9, 100]},
        c={"p": [0, 0], "q": [0, 0]},
    )
    normalised, goalposts = normalise(frame, INDICATORS, SCALE)
    assert len(normalised) == 6  # three complete region-years, two indicators
    assert goalposts.set_index("indicator")["high"].to_dict() == {"a": 3, "b": 9}
    assert goalposts["sha256"].nunique() == 1
    z = normalised.set_index(["region", "year", "indicator"])["z"]
    assert z["q", 2015, "b"] == pytest.approx(0.01)  # direction -: the highest is the worst


FIGURES = panel(
    a={"p": [1, 2, 6], "q": [3, 5, 4]}, b={"p": [9, 5, 1], "q": [2, 8, 3]}, c={"p": [0], "q": [0]}
)
KEPT = pd.DataFrame({"indicator": ["a", "b"], "low": [0.0, 0.0], "high": [5.0, 10.0]})
GIVEN = {"base": {"base": {"first": 2015, "last": 2016}}}


def values(reference, frame=FIGURES, **settings):
    settings = {**SCALE, "reference": reference, **GIVEN.get(reference, {}), **settings}
    normalised, goalposts = normalise(frame, INDICATORS, settings, KEPT)
    return normalised.set_index(["region", "year", "indicator"]), goalposts


@pytest.mark.parametrize("reference", sorted(REFERENCES))
def test_every_reference_keeps_to_the_range_whatever_the_order_of_the_rows(reference):
    z, goalposts = values(reference)
    low, high = scaled_panel({**SCALE, "reference": reference})
    assert z["z"].between(low, high).all() and not (goalposts["low"] >= goalposts["high"]).any()
    shuffled, _ = values(reference, FIGURES.sample(frac=1, random_state=1))
    pd.testing.assert_series_equal(shuffled["z"].sort_index(), z["z"].sort_index())


def test_references_by_hand():
    by_year, goalposts = values("year", range=[0, 1])
    assert by_year["z"]["p", 2017, "a"] == 1 and by_year["z"]["p", 2015, "a"] == 0
    assert by_year["z"]["p", 2017, "b"] == 1  # direction -: the lowest of the year
    assert set(goalposts["group"]) == {"2015", "2016", "2017"}
    by_region, goalposts = values("region", range=[0, 1])
    assert by_region["z"]["q", 2017, "a"] == 0.5 and set(goalposts["group"]) == {"p", "q"}
    base, goalposts = values("base", range=[0, 1])
    assert goalposts.set_index("indicator")["high"].to_dict() == {"a": 5, "b": 9}
    assert base["z"]["p", 2017, "a"] == 1 and base["flag"]["p", 2017, "a"] == "capped"
    frozen, goalposts = values("goalposts", range=[0, 1])
    assert frozen["z"]["p", 2015, "a"] == 0.2 and frozen["z"]["p", 2015, "b"] == pytest.approx(0.1)


def test_kept_goalposts_carry_their_hash(tmp_path):
    _, made = values("panel", FIGURES[FIGURES["year"] < 2017])
    write_table(made, tmp_path / "goalposts.csv")
    kept = read_table(tmp_path / "goalposts.csv")
    settings = {**SCALE, "reference": "goalposts"}
    _, again = normalise(FIGURES, INDICATORS, settings, kept)
    assert set(again["sha256"]) == set(made["sha256"])
    kept.loc[0, "high"] += 1
    with pytest.raises(StudyError, match="the file was changed after it was made"):
        normalise(FIGURES, INDICATORS, settings, kept)
    normalise(FIGURES, INDICATORS, settings, kept.drop(columns="sha256"))


def test_figures_beyond_their_goalposts_are_capped_or_refused():
    z, _ = values("goalposts")
    assert z["flag"].eq("capped").sum() == 1 and z["z"]["p", 2017, "a"] == 0.99
    with pytest.raises(StudyError, match=r"a: 1 figures lie beyond .* P 2017; write normalisation"):
        values("goalposts", beyond="error")


def test_vector_normalisation_by_hand():
    z, goalposts = values("panel", method="vector")
    assert z["z"]["p", 2017, "a"] == pytest.approx(6 / np.sqrt(91))
    assert goalposts["reference"].unique().tolist() == ["vector"]


def scaled(**columns):
    """Return the indicator table with more columns, of a, b and c."""
    return INDICATORS.assign(**{name: list(cells) for name, cells in columns.items()})


TWO_YEARS = panel(a={"p": [1, 2], "q": [3, 5]}, b={"p": [1, 5], "q": [9, 3]}, c={"p": [1, 1]})


@pytest.mark.parametrize(("reference", "best", "expected"), CASES["moderate"])
def test_moderate_is_held_against_the_furthest_figure_of_its_group(reference, best, expected):
    """Figures of a: 1, 2 in p and 3, 5 in q."""
    table = scaled(direction=["moderate", "-", ""], best=[best, "", ""])
    settings = SCALE | {"reference": reference, "range": [0.0, 1.0]}
    z, _ = normalise(TWO_YEARS, table, settings)
    found = z[z["indicator"] == "a"].sort_values(["region", "year"])["z"]
    np.testing.assert_allclose(found, expected, atol=1e-15)


@pytest.mark.parametrize("reference", ["panel", "year", "region", "base", "goalposts"])
def test_goalposts_of_its_own_stand_under_any_reference(reference):
    """Those of a are 0 and 4: 5 lies beyond; a kept file need not have a."""
    table = scaled(low=["0", "", ""], high=["4", "", ""])
    base = {"first": 2015, "last": 2015}
    kept = pd.DataFrame({"indicator": ["b"], "low": [0.0], "high": [10.0]})
    settings = SCALE | {"reference": reference, "range": [0.0, 1.0], "base": base}
    z, posts = normalise(TWO_YEARS, table, settings, kept)
    rows = z[z["indicator"] == "a"].sort_values(["region", "year"])
    np.testing.assert_allclose(rows["z"], [0.25, 0.5, 0.75, 1])
    assert rows["flag"].to_list() == ["", "", "", "capped"]
    own = posts[posts["indicator"] == "a"]
    assert set(own["low"]) == {0.0} and set(own["high"]) == {4.0}
    with pytest.raises(StudyError, match="a: 1 figures lie beyond their goalposts"):
        normalise(TWO_YEARS, table, settings | {"beyond": "error"}, kept)


@pytest.mark.parametrize(("arguments", "said"), CASES["no_minmax"])
def test_what_has_no_minmax(arguments, said):
    with pytest.raises(StudyError, match=said):
        minmax(*arguments)


FLAT = panel(a={"p": [2, 2], "q": [2, 2]}, b={"p": [1, 5], "q": [9, 3]})
GAPS = panel(a={"p": [1, 2], "q": [np.nan, 3]}, b={"p": [1, 5], "q": [9, np.nan]})


@pytest.mark.parametrize(
    ("frame", "reference", "kept", "said"),
    [
        (FLAT, "panel", KEPT, "a: is 2 in every region and year"),
        (FLAT, "year", KEPT, "a: is 2 throughout year 2015"),
        (GAPS, "panel", KEPT, r"q Q has no year with all indicators.* a, b"),
        (FIGURES, "goalposts", None, "goalposts: reference goalposts needs a file"),
        (FIGURES, "goalposts", KEPT[:1], "goalposts: the file has no row for b"),
        (FIGURES, "goalposts", pd.concat([KEPT, KEPT]), "several rows per indicator"),
        (FIGURES, "base", None, "base: reference base needs the first and the last"),
        (FIGURES, "best", KEPT, "a: keeps to its best band in every region and year"),
    ],
)
def test_what_cannot_be_normalised_is_named(frame, reference, kept, said):
    table, settings = INDICATORS, SCALE | {"reference": reference}
    if reference == "best":
        table, settings = scaled(direction=["moderate", "-", ""], best=["0 9", "", ""]), SCALE
    with pytest.raises(StudyError, match=said):
        normalise(frame, table, settings, kept)


@pytest.mark.parametrize(("row", "said"), CASES["no_scale"])
def test_what_an_indicator_table_may_not_say_of_a_scale(row, said):
    with pytest.raises(StudyError) as problem:
        scale_of(row)
    assert said in str(problem.value)


def test_the_scale_of_an_indicator():
    assert scale_of({"direction": "+"}).own is None
    assert scale_of({"direction": "moderate", "best": "-2"}).best == (-2, -2)
    found = scale_of({"direction": "moderate", "best": "40 60.5", "low": "0", "high": "1e2"})
    assert found[:3] == ("moderate", (40, 60.5), (0, 100))


def test_a_ratio_has_a_true_zero():
    """z = x / max, and min / x where less is better, by hand; a unit of measurement cancels."""
    z, goalposts = values("ratio")
    found = z["z"].unstack("indicator")
    np.testing.assert_allclose(found["a"], np.array([1, 2, 6, 3, 5, 4]) / 6)
    np.testing.assert_allclose(found["b"], 1 / np.array([9, 5, 1, 2, 8, 3]))
    assert goalposts[["low", "high"]].to_numpy().tolist() == [[0, 6], [1, 9]]
    larger, _ = values("ratio", FIGURES.assign(value=1000 * FIGURES["value"]))
    np.testing.assert_allclose(larger["z"], z["z"])


def test_a_ratio_keeps_the_best_of_an_indicators_own_goalposts():
    own = INDICATORS.assign(low=["1", "0.5", ""], high=["12", "20", ""])
    settings = {**SCALE, "reference": "ratio"}
    found = normalise(FIGURES, own, settings)[0].pivot(
        index=["region", "year"], columns="indicator", values="z"
    )
    np.testing.assert_allclose(found["a"], np.array([1, 2, 6, 3, 5, 4]) / 12)
    np.testing.assert_allclose(found["b"], 0.5 / np.array([9, 5, 1, 2, 8, 3]))


@pytest.mark.parametrize(
    ("a", "b", "named"), [([-1, 2], [1, 5], "a"), ([0, 2], [0, 5], "b"), ([-1, 2], [-1, 5], "a, b")]
)
def test_a_ratio_refuses_figures_without_one(a, b, named):
    frame = panel(a={"p": a, "q": [1, 4]}, b={"p": b, "q": [9, 3]})
    with pytest.raises(Refusal, match=f"not so: {named}$"):
        normalise(frame, INDICATORS, {**SCALE, "reference": "ratio"})
    middle = INDICATORS.assign(direction=["moderate", "-", ""], best=["3", "", ""])
    with pytest.raises(StudyError, match=r"neither of .* under reference ratio"):
        normalise(FIGURES, middle, {**SCALE, "reference": "ratio"})


def test_a_constant_indicator_has_no_ratio():
    frame = panel(a={"p": [2, 2], "q": [2, 2]}, b={"p": [7, 7], "q": [7, 7]})
    with pytest.raises(ConstantIndicators, match="a: is 2 in every") as problem:
        normalise(frame, INDICATORS, {**SCALE, "reference": "ratio"})
    assert problem.value.indicators == ["a", "b"]


def test_the_directions_of_the_schema_are_those_of_the_registry():
    column = IndicatorRow.model_json_schema()["properties"]["direction"]
    assert set(column["enum"]) == {*DIRECTIONS, ""}
