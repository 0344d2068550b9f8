"""The equations: closed forms against the equations themselves, and the accounting identity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.estimation.growth import trapezoid
from coevo.lotka_volterra import calibrate, equilibrium
from coevo.lotka_volterra.calibration import calibration_failures, period_equilibrium
from coevo.lotka_volterra.classic import conserved_drift, euler_modulus, kind, orbit, turned
from coevo.lotka_volterra.populations import rest_point, rest_point_kind

rate = st.floats(0.01, 10)
signed = st.one_of(rate, rate.map(lambda value: -value))


def test_equilibrium_by_hand():
    assert equilibrium(0.5, 0.1, 0.3, 2.0) == pytest.approx((1.5, 5.0))


@pytest.mark.parametrize(("b1", "b2"), [(0.0, 1.0), (1.0, 0.0)])
def test_no_equilibrium_without_interaction(b1, b2):
    with pytest.raises(StudyError, match="do not interact"):
        equilibrium(1.0, b1, 1.0, b2)


@given(signed, signed, signed, signed)
def test_equilibrium_and_kind_are_those_of_the_general_equations(a1, b1, a2, b2):
    equations = (a1, -a2), [[0, -b1], [b1 * b2, 0]]
    assert equilibrium(a1, b1, a2, b2) == pytest.approx(rest_point(*equations))
    assert kind(a1, b1, a2, b1 * b2) == rest_point_kind(*equations)


def test_kinds_by_hand():
    # predator-prey, the same reversed, saddle, and E in another quadrant
    a1, b1, a2, d = np.array([(1, 1, 1, 1), (-1, -1, -1, -1), (1, 1, -1, -1), (1, -1, 1, 1)]).T
    assert kind(a1, b1, a2, d).tolist() == ["centre", "centre", "saddle", "none"]
    assert kind(1.0, 0.0, 1.0, 1.0) == "none"


CLASSIC = (0.55, 0.028, 0.8, 0.024 / 0.028)


def test_conserved_along_an_observed_path():
    # with all parameters 1, V = x1 - ln x1 + x2 - ln x2
    rising = conserved_drift([1.0, np.nan, 2.0, 1.0], [1.0, 2.0, 1.0, 3.0], 1, 1, 1, 1)
    assert rising == 1  # from the least to the most
    assert conserved_drift([1.0, 2.0, 1.0], [1.0, 1.0, 1.0], 1, 1, 1, 1) == 0
    partly = conserved_drift([1.0, 3.0, 2.0], [1.0, 1.0, 1.0], 1, 1, 1, 1)
    assert partly == pytest.approx((1 - np.log(2)) / (2 - np.log(3)))
    assert conserved_drift([2.0, 2.0], [1.0, 1.0], 1, 1, 1, 1) == 0
    with pytest.raises(StudyError, match="two years"):
        conserved_drift([1.0, np.nan], [1.0, 1.0], 1, 1, 1, 1)


def test_the_map_of_the_regression_spirals_outward():
    """Explicit Euler on logs, iterated, leaves E by the factor sqrt(1 + a1 a2) a year."""
    a1, b1, a2, b2 = CLASSIC
    assert euler_modulus(a1, a2) == pytest.approx(np.sqrt(1.44))
    assert np.isnan(euler_modulus(a1, -a2))
    E = np.array(equilibrium(*CLASSIC))
    u = np.array([1e-8, 0.0])
    far = []
    for _ in range(40):
        x1, x2 = E * np.exp(u)
        u = u + np.array([a1 - b1 * x2, b1 * b2 * x1 - a2])
        far.append(np.hypot(a2**0.5 * u[0], a1**0.5 * u[1]))
    assert far[-1] / far[-11] == pytest.approx(1.2**10, rel=1e-4)


def test_turns_round_the_equilibrium_are_counted_by_the_period_near_it():
    a1, b1, a2, b2 = CLASSIC
    period, E = 2 * np.pi / np.sqrt(a1 * a2), np.array(equilibrium(*CLASSIC))
    near = orbit(*CLASSIC, tuple(E * 1.001), np.linspace(0, 2.5 * period, 101))
    found = turned(near, a1, b1, a2, b1 * b2)
    np.testing.assert_allclose(found[::20], np.linspace(0, 2.5, 6), atol=1e-3)
    assert (np.diff(found) > 0).all()
    there_and_back = turned([*near[:20], *near[18::-1]], a1, b1, a2, b1 * b2)
    assert there_and_back[-1] == 0 < there_and_back.max()
    assert not turned(near, a1, b1, -a2, b1 * b2).any()  # E is not positive


positive = st.floats(0.5, 2e4)
series = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.tuples(positive, positive, positive, positive), min_size=n, max_size=n)
)


@given(series)
def test_calibration_restates_growth_purchases_and_sales(rows):
    x1, x2, purchases, sales = np.array(rows).T
    a1, b1, a2, b2 = calibrate(x1, x2, purchases, sales)
    mean1, mean2, bought, sold = map(trapezoid, (x1, x2, purchases, sales))
    g1, g2 = a1 - b1 * mean2, b1 * b2 * mean1 - a2
    scale = 1e-9 * np.maximum(b1 * mean2 + b1 * b2 * mean1, 1)
    assert np.all(np.abs(g1 - np.diff(np.log(x1))) < scale)
    assert np.all(np.abs(g2 - np.diff(np.log(x2))) < scale)
    assert b1 * mean1 * mean2 == pytest.approx(bought)
    assert b2 * bought == pytest.approx(sold)


def test_calibrated_equilibrium_where_sales_are_the_downstream_output():
    """x1* = x1 (1 - g2), x2* = x2 (1 + g1 x1/P), all of them means of two years."""
    x1, x2 = np.array([100.0, 110.0, 115.0]), np.array([20.0, 24.0, 22.0])
    purchases = np.array([10.0, 12.0, 11.0])
    g1, g2 = np.diff(np.log(x1)), np.diff(np.log(x2))
    E = equilibrium(*calibrate(x1, x2, purchases, x2))
    assert E[0] == pytest.approx(np.array([105, 112.5]) * (1 - g2))
    assert E[1] == pytest.approx(np.array([22, 23]) * (1 + g1 * [105, 112.5] / [11, 11.5]))


def test_period_equilibrium_is_a_ratio_of_means():
    a1, b1, a2, b2 = np.array([[1.0, 3.0], [0.5, 0.5], [2.0, 4.0], [2.0, 4.0]])
    assert period_equilibrium(a1, b1, a2, b2) == pytest.approx((3 / 1.5, 2 / 0.5))


def test_calibration_failures_name_the_reason():
    x1 = np.array([100.0, 101.0, 60.0, 61.0, 62.0])
    x2 = np.array([10.0, 30.0, 30.0, 31.0, np.nan])
    purchases = np.array([5.0, 5.0, 5.0, 150.0, 5.0])
    found = calibration_failures(x1, x2, purchases, x2)
    assert found["purchases_exceed_output"].tolist() == [False, False, True, False]
    assert found["downstream_growth"].tolist() == [True, False, False, False]
    assert found["a1_not_positive"].tolist() == [False, True, False, False]
    assert found["a2_not_positive"].tolist() == [True, False, False, False]
    two = calibration_failures(*(np.stack([x, x], axis=1) for x in (x1, x2, purchases, x2)))
    for reason, failed in found.items():
        assert two[reason].T.tolist() == [failed.tolist()] * 2


def test_calibration_of_missing_and_of_impossible_figures():
    x = np.array([1.0, 2.0, 3.0])
    a1, b1, _, _ = calibrate([1.0, np.nan, 3.0], x, x, x)
    assert np.isnan(a1).all() and np.isnan(b1).all()
    with pytest.raises(StudyError, match="positive"):
        calibrate(x, x, [1.0, 0.0, 1.0], x)
