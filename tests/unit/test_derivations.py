"""Derived indicators by hand, and the intervals that the audit relies on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.panel.derivations import DERIVATIONS, derive, derive_interval, linked, parse, undefined

A = pd.DataFrame({2015: [10.0, 20.0], 2016: [11.0, 30.0], 2017: [12.1, 45.0]}, ["x", "y"])
B = pd.DataFrame({2015: [2.0, 4.0], 2016: [2.0, 5.0], 2017: [4.0, 9.0]}, ["x", "y"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ratio(a, b)", [5, 5.5, 3.025]),
        ("product(a, b)", [20, 22, 48.4]),
        ("per_capita(a, b)", [5, 5.5, 3.025]),
        ("sum(a, b)", [12, 13, 16.1]),
        ("difference(a, b)", [8, 9, 8.1]),
        ("equal(a)", [10, 11, 12.1]),
        ("growth(a)", [np.nan, 0.1, 0.1]),
        ("average_growth(a)", [np.nan, 0.1, 0.1]),
        ("total(a)", [10, 21, 33.1]),
        ("location_quotient(a, b)", [1, (11 / 2) / (41 / 7), (12.1 / 4) / (57.1 / 13)]),
        ("deflate(a, b)", [10, 11 / 0.02, 12.1 / (0.02 * 0.04)]),
        ("volume(a, b)", [10, 10 * 0.02, 10 * 0.02 * 0.04]),
    ],
)
def test_by_hand(text, expected):
    np.testing.assert_allclose(derive(text, {"a": A, "b": B}).loc["x"], expected)


def test_a_chained_index_needs_no_first_year_and_is_not_carried_over_a_gap():
    index = pd.DataFrame({2015: [np.nan] * 2, 2016: [110.0, np.nan], 2017: [120.0, 120.0]}, A.index)
    real = derive("deflate(a, b)", {"a": A, "b": index})
    np.testing.assert_allclose(real, [[10, 10, 12.1 / 1.32], [20, np.nan, np.nan]])
    moved = derive("volume(a, b)", {"a": A, "b": index})
    np.testing.assert_allclose(moved, [[10, 11, 13.2], [20, np.nan, np.nan]])


def test_value_over_volume_is_the_price_level():
    prices = pd.DataFrame({2015: [100.0], 2016: [105.0], 2017: [98.0]})
    quantity = pd.DataFrame({2015: [100.0], 2016: [103.0], 2017: [110.0]})
    value = pd.DataFrame({2015: [50.0], 2016: [50 * 1.05 * 1.03]})
    value[2017] = value[2016] * 0.98 * 1.10
    moved = derive("volume(a, b)", {"a": value, "b": quantity})
    np.testing.assert_allclose(derive("deflate(a, b)", {"a": value, "b": prices}), moved)


def test_an_index_is_linked_unless_something_else_needs_its_first_year():
    assert linked(["deflate(a, p)", "volume(a, q)", "", "ratio(a, b)"]) == {"p", "q"}
    assert linked(["deflate(a, p)", "growth(p)"]) == set()
    assert linked(["deflate(p, p)"]) == set()


def test_a_figure_below_zero_has_no_growth_and_zero_over_zero_no_ratio():
    a = pd.DataFrame([[-10.0, 5.0, -5.0], [0.0, 0.0, 3.0]], columns=[2015, 2016, 2017])
    b = pd.DataFrame([[1.0, 1.0, 1.0], [0.0, 2.0, 0.0]], columns=[2015, 2016, 2017])
    np.testing.assert_allclose(derive("growth(a)", {"a": a}).iloc[0], [np.nan, np.nan, -2])
    assert derive("average_growth(a)", {"a": a}).iloc[0].isna().all()
    none = undefined("growth(a)", {"a": a})
    # the first year has no year before it, which is no figure without a value
    assert none.to_numpy().tolist() == [[False, True, False], [False, True, False]]
    none = undefined("ratio(a, b)", {"a": a, "b": b})
    assert none.to_numpy().tolist() == [[False] * 3, [True, False, False]]


def test_growth_does_not_bridge_a_missing_year():
    gap = A[[2015, 2017]].reindex(columns=[2015, 2016, 2017])
    assert derive("growth(a)", {"a": gap}).isna().all(axis=None)


@pytest.mark.parametrize("text", ["ratio(a)", "ratio a, b", "rato(a, b)", "growth(a, b)"])
def test_what_is_no_derivation_is_refused(text):
    with pytest.raises(StudyError, match="derivation"):
        parse(text)


@given(st.sampled_from(sorted(DERIVATIONS)), st.integers(0, 2**32 - 1))
def test_the_interval_holds_every_value_that_figures_inside_can_give(name, seed):
    rng = np.random.default_rng(seed)
    half = 0.5

    def inside(frame):
        return frame + rng.uniform(-half, half, frame.shape)

    arguments = ["a", "b"][: DERIVATIONS[name].arguments]
    text = f"{name}({', '.join(arguments)})"
    low, high = derive_interval(
        text, {"a": A - half, "b": B - half}, {"a": A + half, "b": B + half}
    )
    value = derive(text, {"a": inside(A), "b": inside(B)})
    slack = 1e-9 * (1 + high.abs())
    assert ((value >= low - slack) & (value <= high + slack) | value.isna()).all(axis=None)
