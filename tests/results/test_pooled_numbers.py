"""The two-population model on the provincial figures: numbers of docs/methods.md, section 7."""

import numpy as np
import pytest

from coevo.estimation import fit_pooled
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.heterogeneity import (
    homogeneity_test,
    leave_one_out,
    mean_group,
)
from coevo.estimation.pooled import common_year_share, fit_pooled_general, joint_test
from coevo.inference.fit_diagnostics import cross_dependence
from coevo.inference.instrument_tests import (
    anderson_rubin_p,
    anderson_rubin_set,
    effective_F,
    overidentification,
    restricted_wild,
)
from coevo.inference.slope_errors import slope_tests
from coevo.inference.wild_bootstrap import wild_pooled

pytestmark = pytest.mark.whole
NAMES = ("secondary_value_added", "ecommerce_sales")


@pytest.fixture
def pair(results):
    """Return region, year and the two populations of the study `provinces`."""
    panel = results("provinces", "panel")
    wide = panel.pivot(index=["region", "year"], columns="indicator", values="value")
    return wide[[*NAMES]].reset_index()


def pooled(pair, **options):
    return fit_pooled(pair, *NAMES, **options)


@pytest.mark.parametrize(
    ("estimator", "a1", "b1", "a2", "d"),
    [("lag", 0.0855, 0.0248, 0.0569, 0.2321), ("trapezoid", 0.0778, 0.0146, 0.1213, 0.2894)],
)
def test_pooled_without_effects_scaled_by_the_mean(pair, estimator, a1, b1, a2, d):
    found = pooled(pair, estimator=estimator, effects="none", scale="mean")
    assert found.rows == 248
    estimates = (found.lines.a1, found.b1, found.lines.a2, found.d)
    assert estimates == pytest.approx((a1, b1, a2, d), abs=5.1e-5)


@pytest.mark.parametrize(
    ("scale", "effects", "b1", "b1_error", "d", "d_error", "digits"),
    [
        ("mean", "region+year", -0.025, 0.024, -0.063, 0.27, (3, 3, 3, 2)),
        ("first", "region", 0.0069, 0.0019, 0.195, 0.069, (4, 4, 3, 3)),
        ("first", "region+year", 0.0010, 0.0047, -0.015, 0.15, (4, 4, 3, 2)),
    ],
)
def test_pooled_slopes(pair, scale, effects, b1, b1_error, d, d_error, digits):
    found = pooled(pair, effects=effects, scale=scale)
    errors = found.lines.errors()
    values = (found.b1, errors["b1"], found.d, errors["d"])
    for value, expected, places in zip(values, (b1, b1_error, d, d_error), digits, strict=True):
        assert round(value, places) == expected


def test_share_of_variance_common_to_a_year(pair):
    first = common_year_share(pooled(pair, effects="region", scale="first"))
    mean = common_year_share(pooled(pair, effects="region", scale="mean"))
    assert np.round(first, 2).tolist() == [0.77, 0.74]
    assert np.round(mean, 2).tolist() == [0.84, 0.86]


@pytest.mark.parametrize(
    ("effects", "b1", "d"), [("region+year", 0.81, 0.92), ("region", 0.007, 0.004)]
)
def test_wild_bootstrap(pair, effects, b1, d):
    """p values against what 9,999 draws leave open."""
    tests = wild_pooled(pooled(pair, effects=effects))
    error = 3 * np.sqrt(np.array([b1 * (1 - b1), d * (1 - d)]) / 9999)
    rounding = 0.0005 if effects == "region" else 0.005
    found = np.array([tests["b1"].p, tests["d"].p])
    assert (np.abs(found - [b1, d]) < error + rounding).all()


def test_wild_bootstrap_by_year(pair):
    """What is clear by region is not by year: methods.md, 5."""
    fit = pooled(pair, effects="region")
    found = slope_tests(fit, "year_wild", seed=1)
    assert [round(found[0].p, 3), round(found[1].p, 4)] == [0.635, 0.0352]
    assert [round(end, 3) for test in found for end in (test.low, test.high)] == [
        -0.044,
        0.024,
        0.054,
        0.377,
    ]
    again = slope_tests(fit, "year_wild", seed=2)
    assert [test[3:] for test in again] == [test[3:] for test in found]


@pytest.mark.parametrize(
    ("errors", "b1", "d", "df"),
    [("two_way", 0.0096, 0.055, 7), ("driscoll_kraay", 0.0093, 0.053, 7)],
)
def test_errors_for_shocks_that_regions_share(pair, errors, b1, d, df):
    tests = slope_tests(pooled(pair, effects="region"), errors)
    assert [test.df for test in tests] == [df, df]
    assert (round(tests[0].se, 4), round(tests[1].se, 3)) == (b1, d)


def test_residuals_of_regions_hang_together(pair):
    fit = pooled(pair, effects="region")
    places = (fit.data.region, fit.data.year)
    found = [cross_dependence(e, *places) for e in fit.residuals.T]
    assert [round(value, 1) for value in found] == [35.3, 1.7]


def test_what_the_instruments_allow(pair):
    moments = fit_pooled_general(pair, NAMES, "fod_iv", form="classic").moments
    found = anderson_rubin_set(moments, 0, 1)
    assert found.kind == "interval"
    assert (round(-found.high, 3), round(-found.low, 3)) == (-0.011, 0.045)
    assert all(overidentification(moments, *at).p > 0.2 for at in ((0, 1), (1, 0)))
    assert round(anderson_rubin_p(moments, 0, 1), 2) == 0.19
    assert restricted_wild(moments, 0, 1) == pytest.approx(0.052, abs=0.002)
    assert [round(effective_F(moments, j), 1) for j in (1, 0)] == [13.9, 5.5]


def test_each_growth_year_left_out(results):
    table = results("provinces", "specifications").query("without_growth != ''")
    key = ["effects", "without_growth"]
    ends = table.pivot(index=key, columns="quantity", values=["value", "low", "high"])
    assert ends.shape == (2 * 8, 3 * 2)
    b1 = ends.loc["region", "2023"].xs("b1", level="quantity")
    assert [round(b1["value"], 4), round(b1["low"], 3), round(b1["high"], 4)] == [
        -0.0097,
        -0.024,
        0.0045,
    ]
    supply = (ends["low"] > 0).all(axis=1)
    assert [year for year, shown in supply["region"].items() if not shown] == [
        "2017",
        "2022",
        "2023",
    ]
    assert not supply["region+year"].any()


def test_instruments_of_the_classic_form(pair):
    fit = fit_pooled_general(pair, NAMES, "fod_iv", form="classic")
    assert fit.rows == 217 and fit.df == 30
    errors = fit.error
    assert (round(-fit.A[0, 1], 3), round(errors[0, 1], 3)) == (0.022, 0.010)
    assert (round(fit.A[1, 0], 2), round(errors[1, 0], 2)) == (0.24, 0.54)
    assert np.round(fit.strength[[0, 1], [1, 0]], 1).tolist() == [36.6, 10.8]


def test_instruments_of_the_general_form_are_weak(pair):
    """Signs of competition, none told from zero; nor is the paper's restriction rejected."""
    fit = fit_pooled_general(pair, NAMES, "fod_iv")
    assert fit.A[0, 1] < 0 and fit.A[1, 0] < 0
    assert (np.abs(fit.A) < 2 * fit.error).all()
    assert joint_test(fit).df == (2, 30) and round(joint_test(fit).p, 2) == 0.28
    assert (fit.strength < 3).all()


def test_lagged_regressors_show_self_limitation_and_mutualism(pair):
    """What two-way fixed effects with x(t) make of any short panel: see methods, general model."""
    fit = fit_pooled_general(pair, NAMES, "lag")
    assert (np.diag(fit.A) < 0).all() and fit.A[0, 1] > 0 and fit.A[1, 0] > 0
    assert joint_test(fit).p < 1e-5


def test_slopes_of_the_regions(pair):
    both = homogeneity_test(pooled(pair, effects="region+year"))
    assert both[0].df == (30, 179) and [round(test.p, 2) for test in both] == [0.90, 0.67]
    assert all(test.p > 0.5 for test in homogeneity_test(pooled(pair, effects="region")))
    for effects in ("region", "region+year"):
        fit = pooled(pair, effects=effects)
        group = mean_group(fit)
        assert group.regions == 31
    assert group.df == 179
    assert (round(group.value[0], 3), round(group.error[0], 3)) == (-0.024, 0.017)
    assert (round(group.value[1], 2), round(group.error[1], 2)) == (-0.88, 0.39)


def test_no_region_carries_the_pooled_slopes(pair):
    for effects in ("region", "region+year"):
        fit = pooled(pair, effects=effects)
        found, errors = leave_one_out(fit), fit.lines.errors()
        assert len(found) == 31
        assert (np.abs(found - [fit.b1, fit.d]) < [errors["b1"], errors["d"]]).all()
    assert (leave_one_out(pooled(pair, effects="region")) > 0).all()


def test_calibration_of_zhejiang(results):
    panel, equilibria = results("provinces", "panel"), results("provinces", "equilibria")
    wide = panel[panel["region"] == "330000"].pivot(
        index="year", columns="indicator", values="value"
    )
    b2 = (wide["ecommerce_sales"] / wide["ecommerce_purchases"]).iloc[:-1]
    assert b2.between(2.7, 3.4).all()
    rows = equilibria.query("source == 'calibration' and scope == '330000'")
    yearly = rows[rows["year"].notna()]
    assert len(yearly) == 8 and (yearly["kind"] == "centre").all()
    assert (yearly["x1"] / yearly["observed_x1"]).between(0.75, 1.05).all()
    assert (yearly["x2"] / yearly["observed_x2"]).between(1.0, 2.5).all()


def test_calibration_fails_in_seventeen_region_years(results):
    equilibria = results("provinces", "equilibria")
    yearly = equilibria[(equilibria["source"] == "calibration") & equilibria["year"].notna()]
    assert len(yearly) == 248
    failures = yearly[yearly["kind"] == "fails"].groupby("scope").size()
    assert failures.sum() == 17
    assert failures["110000"] == 8
    refused = results("provinces", "refusals").query("quantity == 'calibration'")
    assert refused.groupby("scope").size().to_dict() == failures.to_dict()


@pytest.mark.parametrize(
    ("study", "regions"), [("provinces", 31), ("provinces-scale", 31), ("zhejiang", 1)]
)
def test_tables_hold_together(results, study, regions):
    equilibria, refusals = results(study, "equilibria"), results(study, "refusals")
    fits = equilibria[equilibria["source"] == "fit"]
    classic = fits[fits["model"] == "classic"]
    own = classic[classic["effects"] == "none"]
    found = own.groupby("estimator")["scope"].nunique()
    assert found[list(ESTIMATORS)].eq(regions).all()
    refused = refusals[refusals["quantity"] == "fit"]
    assert refused.empty
    general = fits.loc[fits["model"] == "general", "scope"].nunique()
    assert general + (refusals["quantity"] == "general").sum() == regions
    total = classic[["p_predator_prey", "p_reversed", "p_saddle"]].sum(axis=1)
    assert total.between(0, 1 + 1e-12).all() and total.gt(0).any()
    located = fits[fits["located"].astype(bool)]
    assert (located[["x1_set", "x2_set"]] == "interval").all(axis=None)
