"""The pooled general model: any number of populations, slopes common to all regions."""

import numpy as np
import pytest

from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled import fit_pooled_general, joint_test, largest_shares
from tests.panels import walks

NAMES = ("up", "middle", "down")


def panel(missing=0.0):
    return walks(columns=NAMES, missing=missing)


@pytest.fixture(params=EFFECTS)
def effects(request):
    return request.param


def dummies_fit(fit, effects):
    """Return A and its clustered covariance by one dense least squares on all dummies."""
    rows, n, G = fit.data, len(fit.A), len(fit.regions)
    regions = 1.0 * (rows.region[:, None] == np.arange(G))
    years = 1.0 * (rows.year[:, None] == np.unique(rows.year)[1:])
    blocks = {"none": [np.ones((len(years), 1))], "region": [regions]}
    X = np.column_stack([rows.regressor, *blocks.get(effects, [regions, years])])
    inverse = np.linalg.inv(X.T @ X)
    b = inverse @ X.T @ rows.growth
    e = rows.growth - X @ b
    u = np.hstack([sums(rows.region, X * e[:, [i]]) @ inverse[:, :n] for i in range(n)])
    counted = {"none": 1, "region": 0}.get(effects, X.shape[1] - n)
    T = len(e)
    return b, u.T @ u * G / (G - 1) * (T - 1) / (T - n - counted)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_equals_a_dense_regression_on_dummies(effects, missing, estimator):
    fit = fit_pooled_general(panel(missing=missing), NAMES, estimator, effects)
    b, V = dummies_fit(fit, effects)
    assert pytest.approx(b[:3].T, rel=1e-8) == fit.A
    assert fit.covariance == pytest.approx(V, rel=1e-7)
    assert fit.error.ravel() == pytest.approx(np.sqrt(np.diag(V)), rel=1e-7)
    if effects == "region":
        assert fit.intercepts == pytest.approx(b[3:], rel=1e-8, abs=1e-12)
    assert fit.df == 8 and fit.rows == len(fit.data.year) < (64 if missing == 0 else 60)


def test_the_classic_form_equals_the_classic_fit(effects):
    data = panel(missing=0.1)
    general = fit_pooled_general(data, ("up", "down"), effects=effects, form="classic")
    classic = fit_pooled(data, "up", "down", effects=effects)
    assert (-general.A[0, 1], general.A[1, 0]) == pytest.approx((classic.b1, classic.d), rel=1e-10)
    errors = general.error
    assert errors[0, 1] == pytest.approx(classic.lines.errors()["b1"], rel=1e-9)
    assert errors[1, 0] == pytest.approx(classic.lines.errors()["d"], rel=1e-9)
    assert general.intercepts == pytest.approx(classic.intercepts, rel=1e-9)
    assert general.data.units.tolist() == classic.data.units.tolist()


@pytest.mark.parametrize("estimator", ["trapezoid", "fod_iv"])
def test_other_roles_and_units(estimator):
    data = panel()
    one = fit_pooled_general(data, NAMES, estimator)
    mixed = data.assign(up=data["up"] * (1 + data["region"].str[1:].astype(int)))
    other = fit_pooled_general(mixed.sample(frac=1, random_state=2), NAMES[::-1], estimator)
    assert pytest.approx(one.A[::-1, ::-1], rel=1e-8) == other.A
    assert other.covariance[::-1, ::-1] == pytest.approx(one.covariance, rel=1e-7)
    assert other.intercepts[:, ::-1] == pytest.approx(one.intercepts, rel=1e-8)


def test_instruments_behind_the_same_result():
    fit = fit_pooled_general(panel(missing=0.1), NAMES, "fod_iv")
    assert fit.rows == len(fit.data.year) - 9 and fit.df == 8
    assert (fit.strength > 0).all() and fit.residuals.shape == (fit.rows, 3)
    least = fit_pooled_general(panel(missing=0.1), NAMES)
    assert np.isnan(least.strength).all() and pytest.approx(fit.A, rel=0.01) != least.A
    left = fit.data.growth - fit.data.regressor @ fit.A.T
    mean = EFFECTS["region+year"](fit.data.region, fit.data.year, left).level
    assert fit.intercepts == pytest.approx(mean)
    years_in = fit_pooled_general(panel(missing=0.1), NAMES, "fod_iv", "region")
    assert (years_in.moments.rank, fit.moments.rank) == (0, len(np.unique(fit.data.year)) - 1)
    assert pytest.approx(fit.A, rel=0.01) != years_in.A


def test_the_largest_share_of_a_regressor_is_that_of_the_region_that_carries_it():
    """Net of the other regressors, by a regression on them; scale makes no difference."""
    fit = fit_pooled_general(panel(), NAMES, effects="region+year")
    X, region = fit.moments.regressor, fit.moments.region
    others = X[:, 1:]
    net = X[:, 0] - others @ np.linalg.lstsq(others, X[:, 0], rcond=None)[0]
    shares = sums(region, net[:, None] ** 2)[:, 0] / (net**2).sum()
    assert largest_shares(fit.moments)[0] == pytest.approx(shares.max(), rel=1e-9)
    lifted = fit.moments._replace(regressor=X * np.where(region == 0, 100.0, 1.0)[:, None])
    assert (largest_shares(lifted) > 0.9).all()


def test_the_joint_test_of_own_slopes_by_hand():
    from scipy.stats import f

    fit = fit_pooled_general(panel(), NAMES)
    own, at = joint_test(fit), [0, 4, 8]
    V = fit.covariance[np.ix_(at, at)]
    by_hand = fit.A.diagonal() @ np.linalg.inv(V) @ fit.A.diagonal() / 3
    assert own.df == (3, 8) and pytest.approx(by_hand) == own.F
    assert own.p == pytest.approx(f.sf(by_hand, 3, 8))


def test_one_population_alone():
    fit = fit_pooled_general(panel(), ["up"], effects="region")
    b, V = dummies_fit(fit, "region")
    assert fit.A.shape == (1, 1) and fit.A[0, 0] == pytest.approx(b[0, 0], rel=1e-9)
    assert fit.covariance == pytest.approx(V, rel=1e-8)


def test_filled_cells_and_breaks_make_no_rows():
    flags = panel().assign(flag="")
    flags.loc[3, "flag"], flags.loc[13, "flag"] = "filled", "break"
    fit = fit_pooled_general(flags, NAMES, effects="region")
    assert fit.rows == 63 - 2 - 1 and fit.data.crossing.tolist() == [2004]


def test_what_cannot_be_fitted():
    data = panel()
    with pytest.raises(StudyError, match="a regressor depends on the others"):
        fit_pooled_general(data.assign(down=2 * data["up"]), NAMES)
    with pytest.raises(StudyError, match=r"too few for region\+year"):
        fit_pooled_general(data[data["year"] < 2002], NAMES)
    with pytest.raises(StudyError, match="unknown estimator 'grey'"):
        fit_pooled_general(data, NAMES, "grey")
    three = data[data["region"] < "r03"]
    with pytest.raises(StudyError, match="3 regions are too few for a joint test of 3 slopes"):
        joint_test(fit_pooled_general(three, NAMES))
