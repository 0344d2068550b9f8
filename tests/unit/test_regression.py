"""What is reported of a regression, by hand and by other implementations."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coevo.errors import StudyError
from coevo.estimation.regression import Clusters, regress, residual_tests


def sample(rows=12, k=3, seed=1):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(rows), rng.normal(3, 1, (rows, k - 1))])
    return X @ rng.normal(size=k) + rng.normal(size=rows), X


def test_equals_statsmodels_whatever_the_units():
    y, X = sample()
    other = sm.OLS(y, X).fit()
    for units in (np.ones(3), np.array([1, 1e9, 1e-7])):
        found = regress(y, X * units, constant=True)
        assert found.coefficients * units == pytest.approx(other.params, rel=1e-11)
        V = found.covariance * np.outer(units, units)
        np.testing.assert_allclose(V, other.cov_params(), rtol=1e-10)
        assert found.residuals == pytest.approx(other.resid, abs=1e-13)
        assert found.r_squared == pytest.approx(other.rsquared, rel=1e-11)
        assert (found.rows, found.df) == (12, 9)


@pytest.mark.parametrize(
    ("which", "kept"), [(None, [0]), ([1, 2], [0]), ([1], [0, 2]), ([0, 2], [1])]
)
def test_the_F_test_compares_sums_of_squares(which, kept):
    y, X = sample()
    F, p, q = sm.OLS(y, X).fit().compare_f_test(sm.OLS(y, X[:, kept]).fit())
    found = regress(y, X, constant=True).test(which)
    assert (found.F, found.p) == pytest.approx((F, p), rel=1e-9) and found.df == (q, 9)


def test_effects_taken_out_before_cost_degrees_of_freedom():
    """As with their dummies: means of three groups leave two degrees fewer than one mean."""
    y, X = sample()
    dummies = np.kron(np.eye(3), np.ones((4, 1)))
    other = sm.OLS(y, np.column_stack([X[:, 1:], dummies])).fit()
    mean = dummies @ dummies.T / 4
    found = regress(y - mean @ y, X[:, 1:] - mean @ X[:, 1:], effects=3)
    assert found.coefficients == pytest.approx(other.params[:2], rel=1e-10)
    np.testing.assert_allclose(found.covariance, other.cov_params()[:2, :2], rtol=1e-10)
    assert found.df == other.df_resid == 7


@pytest.mark.parametrize("counted", [0, 3])
def test_clustered_errors_and_their_F(counted):
    y, X = sample(40)
    index = np.repeat(np.arange(8), 5)
    found = regress(y, X, clusters=Clusters(index, counted), constant=True)
    V = sm.OLS(y, X).fit(cov_type="cluster", cov_kwds={"groups": index}).cov_params()
    V = V * 37 / (37 - counted)
    np.testing.assert_allclose(found.covariance, V, rtol=1e-10)
    np.testing.assert_allclose(found.influence.T @ found.influence, V, rtol=1e-10)
    b = found.coefficients[1:]
    F = b @ np.linalg.solve(V[1:, 1:], b) / 2
    assert pytest.approx(F, rel=1e-9) == found.test().F and found.test().df == (2, 7)


def test_instruments_equal_linearmodels():
    from linearmodels.iv import IV2SLS

    y, X = sample(60)
    rng = np.random.default_rng(7)
    Z = X @ rng.normal(size=(3, 4)) + rng.normal(size=(60, 4))
    index = np.repeat(np.arange(12), 5)
    found = regress(y, X, clusters=Clusters(index), instruments=Z)
    model = IV2SLS(pd.Series(y), None, pd.DataFrame(X), pd.DataFrame(Z))
    other = model.fit(cov_type="clustered", clusters=index, debiased=True)
    assert found.coefficients == pytest.approx(other.params.to_numpy(), rel=1e-9)
    np.testing.assert_allclose(found.covariance, other.cov.to_numpy(), rtol=1e-8)
    assert found.residuals == pytest.approx(other.resids.to_numpy(), abs=1e-10)
    by_instruments = other.wald_test(np.eye(3), np.zeros(3)).stat / 3
    assert pytest.approx(by_instruments, rel=1e-7) == found.test([0, 1, 2]).F


def test_without_error_there_is_no_F():
    found = regress([0.0, 0, 0, 0], np.arange(1.0, 5)[:, None])
    assert np.isnan(found.test().F) and np.isnan(found.r_squared)
    assert found.coefficients.tolist() == [0]


def test_what_cannot_be_fitted():
    X = np.column_stack([np.ones(5), np.arange(5), 2 * np.arange(5) + 3])
    with pytest.raises(StudyError, match="depends on the others"):
        regress(np.arange(5) ** 2, X)
    with pytest.raises(StudyError, match="does not vary"):
        regress(np.arange(5), np.ones((5, 2)))
    with pytest.raises(StudyError, match="2 rows"):
        regress([1, 2], np.eye(2))
    with pytest.raises(StudyError, match="5 rows"):
        regress(np.arange(5), X[:, :2], effects=3)
    with pytest.raises(StudyError, match="an instrument depends on the others"):
        regress(np.arange(5), X[:, [1]], instruments=X)


def test_residuals_by_hand():
    e = np.array([1.0, -1, 2, 3, 1])
    alone = residual_tests(e, np.zeros(5, int), np.arange(5))
    assert alone["durbin_watson"] == pytest.approx((4 + 9 + 1 + 4) / 16)
    gap = residual_tests(e, np.zeros(5, int), np.array([0, 1, 2, 4, 5]))
    assert gap["durbin_watson"] == pytest.approx((4 + 9 + 4) / 16)
    two = residual_tests(e, np.array([0, 0, 1, 1, 1]), np.array([0, 1, 2, 3, 4]))
    assert two["durbin_watson"] == pytest.approx((4 + 1 + 4) / 16)
    assert np.isnan(alone["jarque_bera_p"])
    assert residual_tests(0 * e, np.zeros(5, int), np.arange(5)) == {}


def test_normal_errors_are_told_from_others():
    from scipy.stats import jarque_bera

    rng = np.random.default_rng(3)
    zeros, years = np.zeros(200, int), np.arange(200)
    normal, heavy = rng.normal(size=200), rng.standard_t(2, 200)
    for e in (normal, heavy):
        found = residual_tests(e, zeros, years)["jarque_bera_p"]
        assert found == pytest.approx(jarque_bera(e).pvalue, rel=1e-9)
    assert residual_tests(normal, zeros, years)["jarque_bera_p"] > 0.05
    assert residual_tests(heavy, zeros, years)["jarque_bera_p"] < 1e-3
