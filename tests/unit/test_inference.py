"""Sets against the test they invert, probabilities against a second computation."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from coevo.errors import StudyError
from coevo.estimation.region import Equations
from coevo.inference import fieller, sign_probabilities
from coevo.inference.sets import equilibrium_sets, interval, located, t_quantile
from coevo.inference.signs import QUADRANTS, quadrant_probabilities, sign_patterns

value = st.floats(-10, 10).filter(lambda x: abs(x) > 0.01)
spread = st.floats(0.01, 5)
correlation = st.floats(-0.95, 0.95)


def covariance(c_error, s_error, r):
    return np.array([[c_error**2, r * c_error * s_error], [r * c_error * s_error, s_error**2]])


def within(found, rho):
    inside = (found.low < rho) & (rho < found.high)
    return {"interval": inside, "complement": ~inside, "line": np.full_like(inside, True)}[
        str(found.kind)
    ]


@given(value, value, spread, spread, correlation, st.integers(1, 60), st.floats(0.5, 0.99))
def test_a_set_holds_what_the_t_test_does_not_reject(c, s, c_error, s_error, r, df, level):
    V = covariance(c_error, s_error, r)
    found = fieller(c, s, V, df, level)
    assume(abs(found.g - 1) > 1e-6)  # at 1 an end passes through infinity
    rho = -c / s + np.concatenate([-np.geomspace(1e-4, 1e5, 60), np.geomspace(1e-4, 1e5, 60)])
    statistic = (c + rho * s) / np.sqrt(V[0, 0] + 2 * rho * V[0, 1] + rho**2 * V[1, 1])
    excess = np.abs(statistic) / stats.t.ppf((1 + level) / 2, df) - 1
    clear = np.abs(excess) > 1e-6  # not on the edge of the set
    assert (within(found, rho) == (excess < 0))[clear].all()
    assert within(found, np.array([found.estimate])).all()
    assert (found.g >= 1) == (found.kind != "interval")
    assert found.estimate == pytest.approx(-c / s)


def test_sets_without_error_are_points():
    found = fieller(2.0, -4.0, np.zeros((2, 2)), 3)
    assert (found.kind, found.low, found.high, found.g) == ("interval", 0.5, 0.5, 0)
    assert fieller(0.0, 1.0, np.zeros((2, 2)), 3)[:3] == (0, 0, 0)


def test_intervals():
    low, high = interval(np.array([1.0, 2.0]), 0.5, 10, 0.9)
    margin = stats.t.ppf(0.95, 10) * 0.5
    assert low == pytest.approx([1 - margin, 2 - margin])
    assert high == pytest.approx([1 + margin, 2 + margin])
    with pytest.raises(StudyError, match="between 0 and 1"):
        t_quantile(3, 95)


def lines(df=6, size=1.0):
    coefficients = np.array([[0.4, -0.3], [-0.2, 0.5]])
    errors = np.array([covariance(0.3, 0.2, -0.8), covariance(0.25, 0.45, -0.6)])
    return Equations(coefficients, size**2 * errors, df)


def test_equilibrium_sets_take_each_coordinate_from_its_equation():
    precise = lines(size=0.3)
    x1, x2 = equilibrium_sets(precise)
    assert x1 == fieller(-0.2, 0.5, precise.covariance[1], 6)
    assert x2 == fieller(0.4, -0.3, precise.covariance[0], 6)
    assert (x1.kind, x2.kind) == ("interval", "interval")
    assert (x1.estimate, x2.estimate) == pytest.approx((0.2 / 0.5, 0.4 / 0.3))


def quadrant(mean, V, df, signs):
    """P(both coordinates have these signs) of a bivariate t, by quadrature."""
    flip = np.array(signs)
    shape = V * np.outer(flip, flip)
    return stats.multivariate_t(-flip * mean, shape, df).cdf([0, 0], random_state=1)


@pytest.mark.parametrize("df", [1, 4, 30])
def test_sign_probabilities_by_quadrature(df):
    both = lines(df)
    p = np.array(
        [
            [quadrant(both.coefficients[i], both.covariance[i], df, signs) for signs in pairs]
            for i, pairs in enumerate([[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]])
        ]
    )
    expected = {
        "predator_prey": p[0, 0] * p[1, 0],
        "reversed": p[0, 1] * p[1, 1],
        "saddle": p[0, 0] * p[1, 1] + p[0, 1] * p[1, 0],
        "positive": p[0].sum() * p[1].sum(),
    }
    assert sign_probabilities(both) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("df", [1, 6, 279])
@pytest.mark.parametrize("r", [-0.999, -0.7, 0, 0.5, 0.99])
def test_quadrants_by_quadrature(df, r):
    for mean in ([0.4, -0.3], [1.2, 1.1], [-0.5, 0.02]):
        V = covariance(0.5, 0.4, r)
        found = quadrant_probabilities(mean, V, df)
        signs = {"-": -1, "+": 1}
        for pair in QUADRANTS:
            expected = quadrant(np.array(mean), V, df, [signs[sign] for sign in pair])
            assert found[pair] == pytest.approx(expected, abs=4e-3)
        assert list(found) == list(QUADRANTS)
        assert sum(found.values()) == pytest.approx(1, abs=1e-12)


def test_quadrants_around_zero_have_a_closed_form():
    """P(both positive) = 1/4 + arcsin(rho)/(2 pi), whatever the degrees of freedom."""
    for r in (-0.9999, -0.3, 0.0, 0.8):
        for df in (1, 7, 200):
            found = quadrant_probabilities([0, 0], covariance(2, 3, r), df)
            expected = 0.25 + np.arcsin(r) / (2 * np.pi)
            assert found["++"] == pytest.approx(expected, abs=1e-8)
            assert found["+-"] == pytest.approx(0.5 - expected, abs=1e-8)


def test_quadrants_where_the_two_nearly_agree():
    """Means as far from zero in their errors, a case that is steep in the quadrature."""
    for r, gap in ((0.6, 1e-3), (-0.55, 2e-4), (0.999, 1e-4)):
        mean, V = np.array([-0.69, np.sign(r) * -0.69 + gap]), covariance(1, 1, r)
        found = quadrant_probabilities(mean, V, 279)["++"]

        def part(t, mean=mean, r=r):
            spread = np.sqrt((1 - r**2) * (279 + t**2) / 280)
            return stats.t.pdf(t, 279) * stats.t.cdf((mean[1] - r * t) / spread, 280)

        cuts = [-12.0, *(x for x in [mean[1] / r] if x < mean[0]), mean[0]]
        pieces = [quad(part, *ends, epsabs=1e-12, limit=400)[0] for ends in pairwise(cuts)]
        expected = sum(pieces)
        assert found == pytest.approx(expected, abs=1e-7)


def test_sign_patterns_of_many_fits_at_once():
    fits = [lines(), lines(3, 0.5), lines(30, 2)]
    stacked = (
        np.array([getattr(f, name) for f in fits]) for name in ("coefficients", "covariance")
    )
    found = sign_patterns(*stacked, [f.df for f in fits])
    for i, one in enumerate(fits):
        alone = {name: share[i] for name, share in found.items()}
        assert sign_probabilities(one) == pytest.approx(alone, rel=1e-13)
    parts = found["predator_prey"] + found["reversed"] + found["saddle"]
    assert parts == pytest.approx(found["positive"], abs=1e-15)
    assert sign_probabilities(fits[0], draws=10, seed=3) == sign_probabilities(fits[0])
    with pytest.raises(StudyError, match="no residual degree"):
        sign_probabilities(lines(0))


def test_sign_probabilities_without_error_are_certain():
    certain = Equations(np.array([[0.4, -0.3], [-0.2, 0.5]]), np.zeros((2, 2, 2)), 3)
    expected = {"predator_prey": 1, "reversed": 0, "saddle": 0, "positive": 1}
    assert sign_probabilities(certain) == expected


def test_located_is_an_interval_above_zero_in_every_coordinate():
    kinds = [["interval", "interval"], ["interval", "line"], ["interval", "interval"]]
    lows = [[0.1, 2.0], [0.1, np.nan], [0.0, 2.0]]
    assert located(kinds, lows).tolist() == [True, False, False]
    assert located(["interval"] * 2, [1, 1]) and not located(["complement", "interval"], [1, 1])


def test_sets_of_many_ratios_at_once():
    c, s = np.random.default_rng(1).normal(size=(2, 50))
    V = np.array([covariance(0.1 + 0.01 * k, 0.7 - 0.01 * k, 0.3) for k in range(50)])
    together = fieller(c, s, V, 6)
    assert set(together.kind) == {"interval", "complement", "line"}
    for i in range(50):
        np.testing.assert_equal([part[i] for part in together], list(fieller(c[i], s[i], V[i], 6)))


def test_ends_keep_their_digits_where_one_is_near_zero():
    # c is t(df) times its error and a little more: the lower end is close to zero
    t = t_quantile(9)
    for little in (1e-6, -1e-6):
        found = fieller(-t - little, 1.0, np.diag([1.0, 0.01]), 9)
        A, B, C = 1 - 0.01 * t**2, -t - little, (t + little) ** 2 - t**2
        near = C / (-B + np.sqrt(B**2 - A * C))  # the root without cancellation
        assert found.kind == "interval" and found.low == pytest.approx(near, rel=1e-9)
