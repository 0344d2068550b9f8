"""Leslie's map: its own data, the logistic curve, the rest point, what it refuses."""

import numpy as np
import pytest

from coevo.errors import StudyError
from coevo.estimation.logistic import fit_leslie, leslie_step

RATE = np.array([1.8, 1.3])
WEIGHTS = np.array([[0.008, 0.003], [0.002, 0.010]])
YEARS = np.arange(2000, 2012)


def path(rate=RATE, weights=WEIGHTS, start=(10.0, 4.0)):
    x = [np.array(start)]
    for _ in YEARS[1:]:
        x.append(leslie_step(x[-1], rate, weights))
    return np.array(x)


def test_recovery_from_its_own_map():
    found = fit_leslie(YEARS, path())
    assert found.rate == pytest.approx(RATE, rel=1e-12)
    np.testing.assert_allclose(found.weights, WEIGHTS, rtol=1e-11)
    assert np.abs(found.residuals).max() < 1e-13 and found.df == 11 - 3


def test_one_population_follows_the_logistic_curve():
    """dx/dt = r x (1 - x/K) solved: x(t) = K/(1 + (K/x(0) - 1) exp(-r t))."""
    r, K, start = 0.4, 90.0, 5.0
    curve = K / (1 + (K / start - 1) * np.exp(-r * np.arange(len(YEARS))))
    found = fit_leslie(YEARS, curve[:, None])
    assert found.r == pytest.approx([r], rel=1e-11)
    np.testing.assert_allclose(found.A, [[-r / K]], rtol=1e-10)
    step = leslie_step(curve[:-1, None], found.rate, found.weights)
    assert step[:, 0] == pytest.approx(curve[1:], rel=1e-12)


def test_the_map_rests_where_the_model_rests():
    found = fit_leslie(YEARS, path())
    rest = np.linalg.solve(found.A, -found.r)
    assert leslie_step(rest, RATE, WEIGHTS) == pytest.approx(rest, rel=1e-10)
    assert (found.A < 0).all()


def test_scaling_changes_the_unit_of_a_column_and_nothing_else():
    k = np.array([1000.0, 0.01])
    noisy = path() * np.exp(np.random.default_rng(1).normal(0, 0.02, (12, 2)))
    one, other = fit_leslie(YEARS, noisy), fit_leslie(YEARS, noisy * k)
    assert other.rate == pytest.approx(one.rate, rel=1e-10)
    np.testing.assert_allclose(other.A * k, one.A, rtol=1e-9)
    np.testing.assert_allclose(other.residuals, one.residuals, atol=1e-12)


def test_a_gap_breaks_the_chain():
    X = path()
    X[5, 0] = np.nan
    found = fit_leslie(YEARS, X, breaks=[2009])
    assert len(found.residuals) == 11 - 2 - 1
    np.testing.assert_allclose(found.weights, WEIGHTS, rtol=1e-10)


def test_a_rate_of_one_is_decline_by_crowding_alone():
    found = fit_leslie(YEARS, path(rate=np.array([1.0, 1.3])))
    assert found.r[0] == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(found.A[0], -WEIGHTS[0], rtol=1e-9)


def test_what_cannot_be_fitted_or_stepped():
    with pytest.raises(StudyError, match="no next year"):
        leslie_step([10.0, 4.0], RATE, [[-0.2, 0.0], [0.0, 0.01]])
    with pytest.raises(StudyError, match="3 rows"):
        fit_leslie(YEARS[:4], path()[:4])
    with pytest.raises(StudyError, match="0 rows"):
        fit_leslie([2000, 2002], [[1.0, 2.0], [2.0, 3.0]])
    x = [10.0]
    for _ in YEARS[1:]:
        x.append(x[-1] / (0.1 * x[-1] - 0.2))  # 1/lambda = -0.2
    with pytest.raises(StudyError, match="x1 follows no logistic path: its rate is not positive"):
        fit_leslie(YEARS, np.array(x)[:, None])
