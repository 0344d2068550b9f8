"""Many fits at once equal the fits one by one, in little memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import many_fits
from benchmarks.many_fits import fit_batch
from coevo.errors import StudyError
from coevo.estimation import fit
from coevo.estimation.growth import population_rows


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(4, 12), st.floats(1e-3, 1e6))
def test_equals_the_fit_of_each_region(seed, years, size):
    rng = np.random.default_rng(seed)
    X = size * np.exp(np.cumsum(rng.normal(0.1, 0.3, (5, years, 2)), axis=1))
    rows = [population_rows(range(years), x) for x in X]
    found = fit_batch([row.growth for row in rows], [row.regressor[:, ::-1] for row in rows])
    for i, x in enumerate(X):
        one = fit(range(years), *x.T)
        assert found.df == one.df
        np.testing.assert_allclose(found.lines[i], one.coefficients, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(found.covariance[i], one.covariance, rtol=1e-10, atol=1e-14)


def test_chunks_do_not_show(monkeypatch):
    rng = np.random.default_rng(3)
    growth, regressor = rng.normal(size=(50, 6, 2)), rng.uniform(1, 2, (50, 6, 2))
    whole = fit_batch(growth, regressor)
    monkeypatch.setattr(many_fits, "CHUNK", 7 * 12)
    parts = fit_batch(growth, regressor)
    np.testing.assert_array_equal(whole.lines, parts.lines)
    np.testing.assert_array_equal(whole.covariance, parts.covariance)


def test_what_cannot_be_fitted():
    with pytest.raises(StudyError, match="2 growth rows"):
        fit_batch(np.ones((5, 2, 2)), np.ones((5, 2, 2)))
    regressor = np.random.default_rng(1).uniform(1, 2, (5, 6, 2))
    regressor[3, :, 1] = 0.1
    with pytest.raises(StudyError, match="does not vary in 1 of the fits"):
        fit_batch(np.ones((5, 6, 2)), regressor)
    growth = np.ones((6, 2))
    growth[2, 0] = np.nan
    with pytest.raises(StudyError, match="missing or infinite"):
        fit_batch(growth, regressor[0])
