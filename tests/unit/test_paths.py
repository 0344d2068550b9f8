"""Paths of many fitted models at once against a second integration of each."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coevo.prediction.models import growth_ahead

YEARS = 12


def drawn(number=40, seed=1):
    """Parameters with rates up to 1 a year, of every sign."""
    return np.random.default_rng(seed).normal(0, 0.3, (number, 4))


def paths(p, years):
    """Logs (m, years, 2) of the paths of p (m, 4) that begin at zero."""
    return growth_ahead(p.reshape(-1, 2, 2), np.ones((len(p), 2)), years)


def integrated(p):
    """One path by scipy: (YEARS, 2)."""
    c1, s1, c2, s2 = p

    def rates(_, y):
        x1, x2 = np.exp(y)
        return [c1 + s1 * x2, c2 + s2 * x1]

    times = np.arange(1, YEARS + 1)
    found = solve_ivp(rates, (0, YEARS), [0, 0], t_eval=times, rtol=1e-12, atol=1e-12)
    assert found.success
    return found.y.T


def test_logs_are_those_of_a_second_integration():
    p = drawn()
    logs = paths(p, YEARS)
    followed = np.flatnonzero(np.isfinite(logs).all(axis=(1, 2)))
    assert len(followed) > 20
    for i in followed:
        assert logs[i] == pytest.approx(integrated(p[i]), rel=1e-8, abs=1e-8)


def test_no_path_depends_on_its_neighbours():
    p = drawn(8)
    logs = paths(p, YEARS)
    for i in range(len(p)):
        np.testing.assert_allclose(paths(p[[i]], YEARS)[0], logs[i], rtol=1e-12, atol=1e-12)


def test_a_path_that_runs_to_infinity_is_lost_from_that_year_on():
    """u' = s exp(v), v' = s exp(u) from u = v = 0 is exp(-u) = 1 - s t: infinite at 2.5."""
    logs = paths(np.array([[0, 0.4, 0, 0.4]]), 5)
    assert np.exp(-logs[0, :2]) == pytest.approx(np.array([[0.6, 0.6], [0.2, 0.2]]), rel=1e-7)
    assert np.isnan(logs[0, 2:]).all()
