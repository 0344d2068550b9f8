"""Errors that allow for dependence, and tests of instruments, against second implementations."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from coevo.errors import Refusal, StudyError
from coevo.estimation import fit_pooled
from coevo.estimation.pooled import fit_pooled_general
from coevo.inference import instrument_tests
from coevo.inference.fit_diagnostics import cross_dependence
from coevo.inference.slope_errors import ERRORS, slope_tests
from tests.panels import walks
from tests.unit.cases import sections

NAMES = ("up", "down")
AT = {"b1": (0, 1), "d": (1, 0)}


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("effects", ["region", "region+year"])
def test_errors_equal_linearmodels(effects, missing):
    from linearmodels.panel import PanelOLS

    fit = fit_pooled(walks(missing=missing, common=0.1), *NAMES, effects=effects)
    options = {
        "region": {"cov_type": "clustered", "cluster_entity": True},
        "two_way": {"cov_type": "clustered", "cluster_entity": True, "cluster_time": True},
        "driscoll_kraay": {"cov_type": "kernel", "kernel": "bartlett", "bandwidth": 1},
    }
    debias = {"cov_type": "clustered"}
    for i, name in enumerate(AT):
        frame = pd.DataFrame(
            {"g": fit.data.growth[:, i], "x": fit.data.regressor[:, 1 - i]},
            index=pd.MultiIndex.from_arrays([fit.data.region, fit.data.year]),
        )
        years = effects == "region+year"
        model = PanelOLS(frame["g"], frame[["x"]], entity_effects=True, time_effects=years)
        for errors, given in options.items():
            debiased = {"group_debias": True} if given["cov_type"] == debias["cov_type"] else {}
            second = model.fit(**given, **debiased)
            found = slope_tests(fit, errors)[i]
            assert found.parameter == name
            assert found.se == pytest.approx(second.std_errors["x"], rel=1e-9)
            t = second.params["x"] / found.se
            assert found.p == pytest.approx(2 * stats.t.sf(abs(t), found.df), rel=1e-6)
            assert (found.df, found.clusters) == ((8, 9) if errors == "region" else (6, 7))


def test_few_years_allow_no_error_by_year():
    fit = fit_pooled(walks(years=6), *NAMES, effects="region")
    for errors in ERRORS:
        if errors.startswith("region"):
            assert len(slope_tests(fit, errors)) == 2
        else:
            with pytest.raises(StudyError, match="5 years of growth"):
                slope_tests(fit, errors)


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_cross_dependence_sums_correlations_of_pairs(missing):
    rng = np.random.default_rng(4)
    wide = rng.normal(size=(12, 8)) + 0.5 * rng.normal(size=8)
    wide[rng.random(wide.shape) < missing] = np.nan
    known = ~np.isnan(wide)
    region, year = np.nonzero(known)
    pairs = np.tril_indices(12, -1)
    both = (known.astype(float) @ known.T)[pairs]
    rho = pd.DataFrame(wide.T).corr(min_periods=3).to_numpy()[pairs]
    expected = np.nansum(np.sqrt(both) * rho) / np.sqrt((both >= 3).sum())
    found = cross_dependence(wide[known], region, year + 2000)
    assert found == pytest.approx(expected, rel=1e-10)
    with pytest.raises(StudyError, match="3 years of growth in common"):
        cross_dependence(wide[0, :2], np.array([0, 1]), np.array([0, 0]))


@pytest.fixture(params=[0.0, 0.1])
def instrumented(request):
    return fit_pooled_general(
        walks(14, missing=request.param, common=0.1), NAMES, "fod_iv", form="classic"
    )


@pytest.mark.parametrize("name", AT)
def test_overidentification_equals_linearmodels(instrumented, name):
    from linearmodels.iv import IVGMM

    moments, (i, j) = instrumented.moments, AT[name]
    columns = moments.growth[:, i], None, moments.regressor[:, j], moments.instrument
    model = IVGMM(*columns, weight_type="clustered", clusters=moments.region)
    second = model.fit(cov_type="clustered", clusters=moments.region).j_stat
    found = instrument_tests.overidentification(moments, i, j)
    assert found.df == 1 and pytest.approx(second.stat, rel=1e-6) == found.J
    assert found.p == pytest.approx(second.pval, rel=1e-6)


def clustered(moments, y, Z):
    """Return coefficients on instruments and their covariance, effects before counted."""
    fit = sm.OLS(y, Z).fit(cov_type="cluster", cov_kwds={"groups": moments.region})
    return fit.params, fit.cov_params() * fit.df_resid / (fit.df_resid - moments.counted)


@pytest.mark.parametrize("name", AT)
def test_the_anderson_rubin_set_holds_what_the_test_does_not_reject(instrumented, name):
    moments, (i, j) = instrumented.moments, AT[name]
    found = instrument_tests.anderson_rubin_set(moments, i, j)
    assert found.kind in ("interval", "complement", "line")

    def F(s):
        g = moments.growth[:, i] - s * moments.regressor[:, j]
        p, V = clustered(moments, g, moments.instrument)
        return p @ np.linalg.solve(V, p) / len(p)

    limit = stats.f.ppf(0.95, 2, moments.region.max())
    for end in (found.low, found.high):
        if np.isfinite(end):
            assert F(end) == pytest.approx(limit, rel=1e-6)
    if found.kind == "interval":
        assert F((found.low + found.high) / 2) < limit


@pytest.mark.parametrize("name", AT)
def test_p_and_the_effective_F_of_the_instruments(instrumented, name):
    """p is below .05 where the set leaves zero out; the other F is pi'Z'Z pi over its own error."""
    moments, at = instrumented.moments, AT[name]
    p = instrument_tests.anderson_rubin_p(moments, *at)
    found = instrument_tests.anderson_rubin_set(moments, *at, 1 - p)
    assert min(abs(found.low), abs(found.high)) < 1e-6
    pi, V = clustered(moments, moments.regressor[:, at[1]], np.linalg.qr(moments.instrument)[0])
    expected = pytest.approx(pi @ pi / np.trace(V), rel=1e-9)
    assert instrument_tests.effective_F(moments, at[1]) == expected


@pytest.mark.parametrize("name", AT)
def test_the_restricted_bootstrap_equals_refits(instrumented, name):
    moments, (i, j) = instrumented.moments, AT[name]
    g, x, Z = moments.growth[:, i], moments.regressor[:, j], moments.instrument
    coefficients = np.linalg.lstsq(np.column_stack([Z, g]), x, rcond=None)[0]
    fitted = Z @ coefficients[:-1]
    left = np.eye(len(g)) - moments.basis @ moments.basis.T

    def t(w):
        y, at = left @ (w[moments.region] * g), fitted + left @ (w[moments.region] * (x - fitted))
        seen = Z @ np.linalg.lstsq(Z, at, rcond=None)[0]
        s = (seen @ y) / (seen @ at)
        u = np.bincount(moments.region, seen * (y - s * at))
        return s * (seen @ seen) / np.sqrt(u @ u)

    G = moments.region.max() + 1
    rng = np.random.default_rng(7)
    drawn = rng.choice([-1.0, 1.0], (300, G))
    beyond = sum(abs(t(w)) >= abs(t(np.ones(G))) * (1 - 1e-9) for w in drawn)
    assert instrument_tests.restricted_wild(moments, i, j, 300, 7) == (1 + beyond) / 301


@pytest.mark.parametrize(
    ("roots", "leading", "kind", "low", "high"), sections("relations")["negative"]
)
def test_where_a_polynomial_is_not_positive(roots, leading, kind, low, high):
    polynomial = np.polynomial.polynomial.polyfromroots([complex(root) for root in roots])
    coefficients = leading * polynomial.real
    found = instrument_tests.negative_set(coefficients)
    assert found.kind == kind
    assert [found.low, found.high] == pytest.approx([low, high], nan_ok=True, rel=1e-6)


def test_a_two_way_variance_below_zero_is_refused():
    """Of these figures the rows' part is larger than those of regions and years together."""
    fit = fit_pooled(walks(6, 7, seed=5), *NAMES, effects="region+year")
    with pytest.raises(Refusal) as refused:
        slope_tests(fit, "two_way")
    assert (refused.value.key, refused.value.fields) == ("no_two_way_error", {})
