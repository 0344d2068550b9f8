"""Forward orthogonal deviations with instruments."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coevo.errors import StudyError
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import Pool
from coevo.estimation.pooled import deviations, shared_slopes, strength
from coevo.estimation.region import FORMS
from coevo.registry import choose

GENERAL, CLASSIC = FORMS["general"](2), FORMS["classic"](2)


def simulated(seed=1, G=31, years=8, n=2, common=0.1, correlation=0.5, A=None):
    """Return rows of n populations from x = 1: drifts, shocks of a year, shocks of a region.

    Growth hangs on x(t) through A (n, n), or on nothing; the regressor is the trapezoid's.
    """
    rng = np.random.default_rng(seed)
    mix = np.linalg.cholesky(correlation + (1 - correlation) * np.eye(n))
    drift, year = rng.normal(0.1, 0.05, (G, n)), rng.normal(0, common, (years, n))
    x = [np.ones((G, n))]
    for t in range(years):
        g = drift + year[t] + 0.1 * rng.normal(size=(G, n)) @ mix.T
        x.append(x[-1] * np.exp(g if A is None else g + x[-1] @ np.transpose(A)))
    return rows_of(np.stack(x, axis=1))


def rows_of(x):
    G, years, n = x.shape[0], x.shape[1] - 1, x.shape[2]
    growth, mean = np.diff(np.log(x), axis=1), (x[:, 1:] + x[:, :-1]) / 2
    growth, mean, start = (part.reshape(-1, n) for part in (growth, mean, x[:, :-1]))
    region, year = np.repeat(np.arange(G), years), np.tile(np.arange(years), G)
    codes = tuple(f"r{i:02}" for i in range(G))
    return Pool(codes, np.ones((G, n)), region, year, growth, mean, np.empty(0, int), start)


def some(rows, share=0.85, seed=3):
    """Return an unbalanced part of the rows in which every region stays."""
    kept = np.random.default_rng(seed).random(len(rows.year)) < share
    columns = ("region", "year", "growth", "regressor", "start")
    return rows._replace(**{name: getattr(rows, name)[kept] for name in columns})


def fod_iv(rows, form="general", effects="region+year"):
    included = choose(FORMS, form, "form")(rows.growth.shape[1])
    return shared_slopes(deviations(rows, effects), included)


@pytest.mark.parametrize("effects", ["region", "region+year"])
@pytest.mark.parametrize("n", [2, 3])
def test_least_squares_in_deviations_equals_effects_taken_out(effects, n):
    """The deviations are a rotation of the rows without region means: the slopes are the same."""
    rows = some(simulated(n=n))
    found = shared_slopes(deviations(rows, effects)._replace(instrument=None), FORMS["general"](n))
    both = np.column_stack([rows.growth, rows.regressor])
    left = EFFECTS[effects](rows.region, rows.year, both).residual
    expected = np.linalg.lstsq(left[:, n:], left[:, :n], rcond=None)[0].T
    assert pytest.approx(expected, rel=1e-9) == found.A


def year_means_first(rows):
    """Return growth, regressors, instruments in deviations, written out for a balanced panel."""
    T, n, parts = rows.year.max() + 1, rows.growth.shape[1], []
    for columns in (rows.growth, rows.regressor, rows.start):
        x = columns.reshape(-1, T, n)
        parts.append(x - x.mean(axis=0))
    for i in (0, 1):
        x = parts[i]
        ahead = np.stack([x[:, t + 1 :].mean(axis=1) for t in range(T - 1)], axis=1)
        k = np.arange(T - 1, 0, -1)[:, None]
        parts[i] = np.sqrt(k / (k + 1)) * (x[:, :-1] - ahead)
    parts[2] = parts[2][:, :-1]
    return [part.reshape(-1, n) for part in parts]


@pytest.mark.parametrize("form", FORMS)
def test_balanced_panel_equals_linearmodels(form):
    from linearmodels.iv import IV2SLS

    rows = simulated(A=[[-0.05, 0.02], [-0.02, -0.05]])
    found, moments = fod_iv(rows, form), deviations(rows)
    g, R, Z = year_means_first(rows)
    groups = np.repeat(np.arange(31), 7)
    # linearmodels does not know of the seven year effects that went before
    k = FORMS[form](2)[0].sum()
    correction = (len(g) - k) / (len(g) - k - 7)
    for i, own in enumerate(FORMS[form](2)):
        model = IV2SLS(pd.Series(g[:, i]), None, pd.DataFrame(R[:, own]), pd.DataFrame(Z))
        other = model.fit(cov_type="clustered", clusters=groups, debiased=True)
        assert found.A[i, own] == pytest.approx(other.params.to_numpy(), rel=1e-8)
        at = np.flatnonzero(own) + 2 * i
        V = found.covariance[np.ix_(at, at)]
        assert pytest.approx(other.cov.to_numpy() * correction, rel=1e-7) == V
        out = np.flatnonzero(~own) + 2 * i  # excluded slopes are zero
        assert not found.A[i, ~own].any() and not found.covariance[out].any()
        assert found.residuals[:, i] == pytest.approx(other.resids.to_numpy(), abs=1e-10)
    assert moments.counted == 7


def test_covariance_across_equations():
    """The sum of two equations is an equation: its variances need the covariances between them."""
    rows = some(simulated())
    found = fod_iv(rows)
    growth = rows.growth.sum(axis=1, keepdims=True) * [1, 1]
    total = fod_iv(rows._replace(growth=growth))
    V = found.covariance.reshape(2, 2, 2, 2)
    assert found.A.sum(axis=0) == pytest.approx(total.A[0], rel=1e-9)
    assert V.sum(axis=(0, 2)) == pytest.approx(total.covariance[:2, :2], rel=1e-9)
    assert found.covariance == pytest.approx(found.covariance.T, abs=1e-18)


def test_order_of_rows_and_names_of_years_do_not_matter():
    rows = some(simulated())
    shuffled = np.random.default_rng(5).permutation(len(rows.year))
    columns = ("region", "year", "growth", "regressor", "start")
    other = rows._replace(**{name: getattr(rows, name)[shuffled] for name in columns})
    one, two = fod_iv(rows), fod_iv(other._replace(year=other.year * 3 + 1990))
    assert pytest.approx(one.A, rel=1e-9) == two.A
    assert two.covariance == pytest.approx(one.covariance, rel=1e-8)


def test_common_shocks_do_not_enter():
    rows = simulated()
    moved = rows._replace(
        growth=rows.growth + np.random.default_rng(2).normal(size=(8, 2))[rows.year]
    )
    assert pytest.approx(fod_iv(rows).A, rel=1e-8) == fod_iv(moved).A
    assert pytest.approx(fod_iv(rows).A, rel=0.1) != fod_iv(moved, effects="region").A


def test_recovery_of_interaction():
    """Many regions: the slopes of the model that made the figures, within three errors."""
    A = np.array([[-0.04, -0.02], [0.03, -0.05]])
    rows = simulated(8, G=8000, A=A)
    found = fod_iv(rows._replace(regressor=rows.start))
    error = np.sqrt(np.diag(found.covariance)).reshape(2, 2)
    assert (np.abs(found.A - A) < 3 * error).all() and (error < 0.006).all()


def test_strength_of_instruments():
    moments = deviations(some(simulated()))
    R, Z = moments.regressor, moments.instrument

    def F(y, X):
        other = sm.OLS(y, X).fit(cov_type="cluster", cov_kwds={"groups": moments.region})
        left = other.df_resid
        return float(other.fvalue if X.shape[1] > 1 else other.tvalues[0] ** 2) * (
            1 - moments.counted / left
        )

    classic, general = strength(moments, CLASSIC), strength(moments, GENERAL)
    assert np.isnan(classic.diagonal()).all()
    for i, j in ((0, 1), (1, 0)):
        assert classic[i, j] == pytest.approx(F(R[:, j], Z), rel=1e-8)
        # of two regressors: by the one combination of instruments orthogonal to the other's fit
        fit = Z @ np.linalg.lstsq(Z, R[:, i], rcond=None)[0]
        rest = R[:, j] - R[:, i] * (fit @ R[:, j]) / (fit @ fit)
        beyond = Z[:, [0]] - fit[:, None] * (fit @ Z[:, 0]) / (fit @ fit)
        assert general[:, j] == pytest.approx(F(rest, beyond), rel=1e-7)
    assert np.isnan(strength(moments._replace(instrument=None), GENERAL)).all()


def test_what_cannot_be_estimated():
    rows = simulated()
    with pytest.raises(StudyError, match="unknown form 'grey'; known: classic, general"):
        fod_iv(rows, "grey")
    with pytest.raises(StudyError, match="unknown effects of fod_iv 'none'"):
        fod_iv(rows, effects="none")
    with pytest.raises(StudyError, match="depends on the others"):
        fod_iv(rows._replace(regressor=rows.regressor[:, [0, 0]]))
    with pytest.raises(StudyError, match="4 growth rows cannot determine 4 slopes"):
        fod_iv(simulated(G=2, years=3))
    with pytest.raises(StudyError, match="share too little"):
        fod_iv(simulated(G=2)._replace(year=np.arange(16)))
