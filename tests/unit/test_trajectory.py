"""A path fitted to figures: recovery, errors, a second implementation, gaps, refusals."""

import numpy as np
import pytest

from coevo.errors import StudyError
from coevo.estimation import fit_trajectory
from coevo.estimation.trajectory import Series, fit_trajectories
from coevo.lotka_volterra.classic import orbit

TRUTH = {"a1": 0.55, "b1": 0.028, "a2": 0.8, "d": 0.024}
YEARS = np.arange(2000, 2015)


def exact(years=YEARS):
    b2 = TRUTH["d"] / TRUTH["b1"]
    return orbit(TRUTH["a1"], TRUTH["b1"], TRUTH["a2"], b2, (34, 5.9), years)


def noisy(seed=1, noise=0.1):
    return exact() * np.exp(np.random.default_rng(seed).normal(0, noise, (len(YEARS), 2)))


def values(found):
    return np.array([found.a1, found.b1, found.a2, found.d])


def test_the_fitted_path_solves_the_equations():
    found = fit_trajectory(YEARS, *noisy().T, starts=2)
    path = orbit(found.a1, found.b1, found.a2, found.b2, tuple(found.path[0]), YEARS)
    assert path == pytest.approx(found.path, rel=1e-7)
    assert found.residuals == pytest.approx(np.log(path / noisy()), abs=1e-7)
    assert found.df == 2 * 15 - 6


def test_estimates_and_errors_by_a_second_implementation():
    from scipy.optimize import curve_fit

    X = noisy()

    def logs(years, *p):
        a1, b1, a2, d, *start = np.exp(p)
        return np.log(orbit(a1, b1, a2, d / b1, tuple(start), years[: len(YEARS)])).ravel()

    start = np.log([*TRUTH.values(), 34, 5.9])
    p, V = curve_fit(logs, np.tile(YEARS, 2), np.log(X).ravel(), start, xtol=1e-10, ftol=1e-12)
    found = fit_trajectory(YEARS, *X.T, starts=2)
    assert values(found) == pytest.approx(np.exp(p[:4]), rel=1e-5)
    errors = np.exp(p[:4]) * np.sqrt(np.diag(V)[:4])
    assert list(found.errors().values()) == pytest.approx(errors, rel=1e-3)
    shared = -np.exp(p[0] + p[1]) * V[0, 1]
    assert found.covariance[0, 0, 1] == pytest.approx(shared, rel=1e-3)


def test_errors_are_those_of_repeated_samples():
    found = [fit_trajectory(YEARS, *noisy(seed).T, starts=1) for seed in range(30)]
    off = np.array([(values(f) - list(TRUTH.values())) / list(f.errors().values()) for f in found])
    assert np.abs(off.mean(axis=0)).max() < 3 / np.sqrt(30)
    assert off.std(axis=0) == pytest.approx(np.ones(4), abs=0.4)


def test_scaling_and_swapping_roles():
    x1, x2 = noisy().T
    one = fit_trajectory(YEARS, x1, x2, starts=1)
    scaled = fit_trajectory(YEARS, 300 * x1, x2 / 7, starts=1)
    swapped = fit_trajectory(YEARS, x2, x1, starts=1)
    assert values(scaled) * [1, 1 / 7, 1, 300] == pytest.approx(values(one), rel=1e-6)
    assert values(swapped) == pytest.approx(-values(one)[[2, 3, 0, 1]], rel=1e-6)


def test_a_gap_leaves_the_longest_run():
    x1, x2 = noisy().T
    gap = x2.copy()
    gap[5] = np.nan
    found = fit_trajectory(YEARS, x1, gap, starts=1)
    assert found.years.tolist() == YEARS[6:].tolist() and found.df == 12
    alone = fit_trajectory(YEARS[6:], x1[6:], x2[6:], starts=1)
    assert values(found) == pytest.approx(values(alone), rel=1e-9)
    broken = fit_trajectory(YEARS, x1, x2, breaks=[2004, 2009], starts=1)
    assert broken.years.tolist() == YEARS[9:].tolist()  # six years to 2014, not five to 2008


def test_same_seed_same_bytes_and_other_starts_the_same_minimum():
    X = noisy()
    one, again = (fit_trajectory(YEARS, *X.T, starts=4, seed=3) for _ in range(2))
    assert np.array_equal(one.coefficients, again.coefficients)
    other = fit_trajectory(YEARS, *X.T, starts=4, seed=5)
    assert values(other) == pytest.approx(values(one), rel=1e-8)


def test_many_regions_are_fitted_as_each_alone():
    """Runs of different lengths, and two that cannot be fitted, side by side."""
    short = noisy(3)[:6]
    flat = np.column_stack([np.full(8, 2.0), noisy(4)[:8, 1]])
    regions = [
        Series(YEARS, *noisy(1).T),
        Series(YEARS[:3], *noisy(2)[:3].T),
        Series(YEARS[:6], *short.T),
        Series(YEARS[:8], *flat.T),
        Series(YEARS, *noisy(5).T, breaks=[2003]),
    ]
    found = fit_trajectories(regions, starts=3)
    for i in (0, 2, 4):
        alone = fit_trajectory(*regions[i], starts=3)
        assert values(found[i]) == pytest.approx(values(alone), rel=1e-6)
        assert found[i].covariance == pytest.approx(alone.covariance, rel=1e-5)
        assert found[i].years.tolist() == alone.years.tolist()
    assert "has 3; a path needs 4" in str(found[1])
    assert "regressor does not vary" in str(found[3])


def test_what_cannot_be_fitted():
    x1, x2 = noisy().T
    with pytest.raises(StudyError, match="longest run of years with both figures has 3; a path"):
        fit_trajectory(YEARS[:3], x1[:3], x2[:3])
    with pytest.raises(StudyError, match="both figures has 0; a path needs 4"):
        fit_trajectory([], [], [])
    with pytest.raises(StudyError, match="x1 is -1 in 2003"):
        fit_trajectory(YEARS, np.where(YEARS == 2003, -1, x1), x2)


def test_figures_that_no_path_approaches_are_refused_in_words():
    """A jump up and down again within a year: rates run away and no minimum is reached."""
    x1 = [1.0, 1.1, 1.0, 40.0, 1.0, 1.1, 1.0, 1.1]
    x2 = [2.0, 2.0, 2.1, 2.0, 2.1, 2.0, 2.1, 2.0]
    with pytest.raises(StudyError, match="path fit did not converge from any of 2 starts"):
        fit_trajectory(range(8), x1, x2, starts=2)
