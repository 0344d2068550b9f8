"""Paths of many models at once against a second integration of each."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coevo.estimation.variation import paths

YEARS = 12


def drawn(number=40, seed=1):
    """Parameters with rates up to 1 a year, of every sign, and logs around 0."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.normal(0, 0.3, (number, 4)), rng.normal(0, 0.8, (number, 2))])


def integrated(p):
    """One path and its derivatives by scipy: (YEARS, 2) and (YEARS, 2, 6)."""
    c1, s1, c2, s2 = p[:4]

    def rates(_, y):
        x1, x2 = np.exp(y[:2])
        turned = np.array([[0, s1 * x2], [s2 * x1, 0]]) @ y[2:].reshape(2, 6)
        own = np.array([[1, x2, 0, 0, 0, 0], [0, 0, 1, x1, 0, 0]])
        return np.concatenate([[c1 + s1 * x2, c2 + s2 * x1], (turned + own).ravel()])

    beginning = np.concatenate([p[4:], np.eye(6)[4], np.eye(6)[5]])
    times = np.arange(YEARS)
    found = solve_ivp(rates, (0, YEARS - 1), beginning, t_eval=times, rtol=1e-12, atol=1e-12)
    assert found.success
    return found.y.T[:, :2], found.y.T[:, 2:].reshape(YEARS, 2, 6)


def test_logs_and_derivatives_are_those_of_a_second_integration():
    p = drawn()
    logs, derivatives = paths(p, YEARS)
    followed = np.flatnonzero(np.isfinite(logs).all(axis=(1, 2)))
    assert len(followed) > 25
    for i in followed:
        expected, slopes = integrated(p[i])
        assert logs[i] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert derivatives[i] == pytest.approx(slopes, rel=1e-7, abs=1e-7)


def test_no_path_depends_on_its_neighbours():
    p = drawn(8)
    logs, derivatives = paths(p, YEARS)
    for i in range(len(p)):
        alone = paths(p[[i]], YEARS)
        np.testing.assert_allclose(alone[0][0], logs[i], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(alone[1][0], derivatives[i], rtol=1e-9, atol=1e-9)


def test_a_path_that_runs_to_infinity_is_lost_from_that_year_on():
    """u' = exp(v), v' = exp(u) from u = v = ln 0.4 is 1/x = 2.5 - t: infinite at 2.5."""
    log = np.log(0.4)
    logs, derivatives = paths(np.array([[0, 1, 0, 1, log, log]], dtype=float), 6)
    assert np.exp(-logs[0, :3]) == pytest.approx(2.5 - np.array([[0, 0], [1, 1], [2, 2]]), rel=1e-9)
    assert np.isinf(logs[0, 3:]).all() and np.isinf(derivatives[0, 3:]).all()
