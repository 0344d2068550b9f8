"""The general model recovers what made the data; the paper's restriction is tested rightly."""

import numpy as np
import pytest
import statsmodels.api as sm

from coevo.errors import StudyError
from coevo.estimation import fit
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.region import fit_general, restriction_test
from tests.exact_maps import exact_map

YEARS = np.arange(2000, 2014)
PAIR = {"r": (0.7, -0.3), "A": ((-0.02, -0.03), (0.02, -0.01)), "start": (34.0, 9.0)}
TRIO = {
    "r": (0.7, 0.4, -0.2),
    "A": ((-0.02, -0.010, -0.005), (0.004, -0.03, -0.010), (0.01, 0.008, -0.02)),
    "start": (20.0, 3.0, 30.0),
}


def random_series(years=16, n=2, seed=3):
    rng = np.random.default_rng(seed)
    return 50 * np.exp(np.cumsum(rng.normal(0.05, 0.3, (years, n)), axis=0))


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("model", [PAIR, TRIO], ids=["two", "three"])
def test_recovery_from_the_estimators_own_map(estimator, model):
    found = fit_general(YEARS, exact_map(estimator, **model, years=len(YEARS)), estimator)
    assert found.r == pytest.approx(np.array(model["r"]), rel=1e-11)
    np.testing.assert_allclose(found.A, model["A"], rtol=1e-11)
    assert max(np.abs(equation.residuals).max() for equation in found.equations) < 1e-12
    assert len(found.data.year) == 13 and found.df == 13 - 1 - len(model["r"])


def test_fit_is_ordinary_least_squares():
    X = random_series(n=3)
    found = fit_general(range(16), X)
    design = np.column_stack([np.ones(15), (X[1:] + X[:-1]) / 2])
    for i in range(3):
        other = sm.OLS(np.diff(np.log(X[:, i])), design).fit()
        assert np.append(found.r[i], found.A[i]) == pytest.approx(other.params, rel=1e-9)
        assert found.covariance[i] == pytest.approx(other.cov_params(), rel=1e-8)
        assert found.equations[i].residuals == pytest.approx(other.resid, abs=1e-12)
        assert found.equations[i].r_squared == pytest.approx(other.rsquared, rel=1e-9)
    assert found.df == other.df_resid == 11


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_other_units_and_roles_change_columns_and_order_and_nothing_else(estimator):
    X, k, order = random_series(n=3), np.array([250.0, 0.004, 1.0]), np.array([2, 0, 1])
    one, other = (fit_general(range(16), part, estimator) for part in (X, (X * k)[:, order]))
    assert other.r == pytest.approx(one.r[order], rel=1e-9)
    np.testing.assert_allclose(other.A * k[order], one.A[order][:, order], rtol=1e-9)
    assert restriction_test(other) == pytest.approx(restriction_test(one), rel=1e-9)


def test_restriction_compares_the_sums_of_squares_of_both_models():
    """F = (RSS of the classic form - RSS of the general model)/1 over RSS/df."""
    x1, x2 = random_series(seed=5).T
    general, classic = fit_general(range(16), np.column_stack([x1, x2])), fit(range(16), x1, x2)
    for i in range(2):
        left, without = ((found.equations[i].residuals ** 2).sum() for found in (general, classic))
        F = (without - left) / (left / general.df)
        assert pytest.approx(F, rel=1e-9) == general.equations[i].test([1 + i]).F


def test_p_values_by_hand():
    from scipy.stats import t
    from statsmodels.stats.multitest import multipletests

    found = fit_general(range(16), random_series())
    errors = np.sqrt(found.covariance[[0, 1], [1, 2], [1, 2]])
    by_t = 2 * t.sf(np.abs(np.diag(found.A)) / errors, found.df)
    combined = restriction_test(found)
    assert combined == pytest.approx(min(1, 2 * min(by_t)), rel=1e-10)
    assert combined == pytest.approx(multipletests(by_t, method="holm")[1].min(), rel=1e-10)


def test_what_cannot_be_fitted():
    with pytest.raises(StudyError, match=r"5 pairs of consecutive years.* needs at least 6"):
        fit_general(range(6), random_series(6))
    with pytest.raises(StudyError, match=r"6 pairs.* of 3 populations needs at least 7"):
        fit_general(range(7), random_series(7, 3))
    X = random_series()
    with pytest.raises(StudyError, match="depends on the others"):
        fit_general(range(16), np.column_stack([X[:, 0], 3 * X[:, 0]]))
