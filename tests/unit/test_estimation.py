"""Fits recover what made the data, agree with second implementations, and refuse what they must."""

import numpy as np
import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.estimation import fit, fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import ESTIMATORS, SCALES, population_rows
from coevo.estimation.pooled import common_year_share
from tests.exact_maps import classic_map
from tests.panels import walks
from tests.unit.cases import sections

YEARS = np.arange(2000, 2012)


@pytest.fixture(params=ESTIMATORS)
def estimator(request):
    return request.param


@pytest.fixture(params=EFFECTS)
def effects(request):
    return request.param


def test_means_of_a_year_by_hand():
    x = np.array([1.0, 3.0, 3.0])
    assert ESTIMATORS["trapezoid"].mean(x) == pytest.approx([2.0, 3.0])
    assert ESTIMATORS["lag"].mean(x) == pytest.approx([1.0, 3.0])
    assert ESTIMATORS["logmean"].mean(x) == pytest.approx([2 / np.log(3), 3.0])
    assert ESTIMATORS["relative"].mean(x) == pytest.approx([1.0, 3.0])
    assert ESTIMATORS["relative"].growth(x) == pytest.approx([2.0, 0.0])
    assert ESTIMATORS["trapezoid"].growth(x) == pytest.approx([np.log(3), 0.0])


def test_spline_of_few_years_is_a_line_or_a_parabola_in_logs():
    from scipy.integrate import quad

    mean = ESTIMATORS["spline"].mean
    assert mean(np.array([1.0, 3.0])) == pytest.approx([2 / np.log(3)], rel=1e-14)
    x = np.array([1.0, 4.0, 2.0])
    parabola = np.polyfit([0, 1, 2], np.log(x), 2)
    areas = [quad(lambda t: np.exp(np.polyval(parabola, t)), k, k + 1)[0] for k in (0, 1)]
    assert mean(x) == pytest.approx(areas, rel=1e-12)
    assert len(mean(x[:1])) == 0


def test_spline_is_integrated_to_rounding():
    from scipy.integrate import quad
    from scipy.interpolate import CubicSpline

    x = np.exp(np.random.default_rng(2).normal(0, 2, 9))
    s = CubicSpline(np.arange(9), np.log(x))
    areas = [quad(lambda t: np.exp(s(t)), k, k + 1, epsabs=0, epsrel=1e-13)[0] for k in range(8)]
    assert ESTIMATORS["spline"].mean(x) == pytest.approx(areas, rel=1e-11)


def test_spline_runs_over_each_unbroken_run_alone():
    x = np.exp(np.random.default_rng(5).normal(0, 1, (9, 2)))
    rows = population_rows(range(9), x, "spline", breaks=[4])
    mean = ESTIMATORS["spline"].mean
    assert rows.regressor == pytest.approx(np.concatenate([mean(x[:4]), mean(x[4:])]))
    assert rows.regressor[3:] != pytest.approx(mean(x)[4:], rel=1e-3)


def test_logarithmic_mean_of_nearly_equal_figures():
    x = np.array([5.0, 5.0 * (1 + 1e-13)])
    assert ESTIMATORS["logmean"].mean(x)[0] == pytest.approx(5.0, rel=1e-12)


@pytest.mark.parametrize(
    ("gap", "breaks", "runs"),
    [([4], [], [range(4), range(5, 10)]), ([], [4, 99], [range(4), range(4, 10)])],
)
def test_a_missing_year_and_a_break_end_the_chain(estimator, gap, breaks, runs):
    X = walks(regions=1, years=10)[["up", "down"]].to_numpy()
    lacking = X.copy()
    lacking[gap, 1] = np.nan
    rows = population_rows(range(10), lacking, estimator, breaks)
    assert rows.year.tolist() == [year for run in runs for year in run[:-1]]
    assert rows.crossing.tolist() == [3] * (not gap)
    parts = [population_rows(run, X[run], estimator) for run in runs]
    kept = np.random.default_rng(1).permutation(np.delete(np.arange(10), gap))
    again = population_rows(kept, X[kept], estimator, breaks)  # absent, in any order
    for name in ("growth", "regressor"):
        own = pytest.approx(np.concatenate([getattr(part, name) for part in parts]))
        assert getattr(rows, name) == own and getattr(again, name) == own


def test_a_pair_of_years_that_is_none_anyhow_crosses_nothing():
    X = walks(regions=1, years=10)[["up", "down"]].to_numpy(copy=True)
    X[3, 0] = np.nan
    assert population_rows(range(10), X, "lag", [4]).crossing.tolist() == []


def test_too_few_rows_within_one_vintage_are_refused():
    said = "2 pairs of consecutive years with both figures, of one vintage; at least 3"
    with pytest.raises(StudyError, match=said):
        fit([1, 2, 3, 4], [1.0, 2, 3, 5], [1.0, 3, 2, 4], breaks=[3])


def test_a_flagged_break_drops_the_pooled_rows_of_its_region_alone(estimator):
    panel = walks(6, 9)
    flagged = panel.assign(flag="")
    region, year = panel["region"].iloc[0], panel["year"].iloc[5]
    breaks = (flagged["region"] == region) & (flagged["year"] == year)
    flagged.loc[breaks, "flag"] = "break"
    whole = fit_pooled(panel, "up", "down", estimator)
    found = fit_pooled(flagged, "up", "down", estimator)
    assert found.rows == whole.rows - 1 and found.data.crossing.tolist() == [year - 1]
    dropped = (whole.data.region == 0) & (whole.data.year == year - 1)
    assert found.data.growth == pytest.approx(whole.data.growth[~dropped])
    unchanged = whole.data.region[~dropped] > (0 if estimator == "spline" else -1)
    assert found.data.regressor[unchanged] == pytest.approx(
        whole.data.regressor[~dropped][unchanged]
    )


@pytest.mark.parametrize(("years", "x1", "x2", "message"), sections("estimation")["no_fit"])
def test_what_cannot_be_fitted(years, x1, x2, message):
    with pytest.raises(StudyError, match=message):
        fit(years, x1, x2)


def test_scaling_and_swapping_roles(estimator):
    x1, x2 = walks(1, 12)[["up", "down"]].to_numpy().T
    one, scaled, swapped = (
        fit(range(12), *pair, estimator) for pair in ((x1, x2), (300 * x1, x2 / 7), (x2, x1))
    )
    own = (one.a1, one.b1, one.a2, one.d)
    assert (scaled.a1, scaled.b1 / 7, scaled.a2, scaled.d * 300) == pytest.approx(own, rel=1e-9)
    turned = (-swapped.a2, -swapped.d, -swapped.a1, -swapped.b1)
    assert turned == pytest.approx(own, rel=1e-9)


def test_recovery_of_pooled_slopes_and_each_regions_equilibrium(estimator):
    """Slopes common in units of the first year; drifts, sizes and common shocks differ."""
    rng = np.random.default_rng(3)
    b1, d, frames, truth = 0.3, 0.4, [], {}
    shocks = rng.normal(0, 0.1, (len(YEARS) - 1, 2))
    shocks -= shocks.mean(axis=0)
    for r in range(6):
        (a1, a2), size = rng.uniform(0.2, 0.5, 2), rng.uniform(1, 1000, 2)
        path = classic_map(estimator, a1, b1, a2, d, (1, 1), len(YEARS), shocks) * size
        truth[f"r{r}"] = (a1, b1 / size[1], a2, d / size[0])
        columns = {"region": f"r{r}", "year": YEARS, "up": path[:, 0], "down": path[:, 1]}
        frames.append(pd.DataFrame(columns))
    pooled = fit_pooled(pd.concat(frames), "up", "down", estimator, "region+year", "first")
    assert (pooled.b1, pooled.d) == pytest.approx((b1, d), rel=1e-10)
    assert pooled.lines.b2 == pytest.approx(d / b1, rel=1e-10)
    assert np.isnan([pooled.lines.a1, pooled.lines.a2]).all()
    for region, values in truth.items():
        lines = pooled.at(region)
        assert (lines.a1, lines.b1, lines.a2, lines.d) == pytest.approx(values, rel=1e-9)
    region_only = fit_pooled(pd.concat(frames), "up", "down", estimator, "region", "first")
    assert region_only.b1 != pytest.approx(b1, rel=1e-3)


def test_scalings_divide_by_the_first_or_the_mean():
    panel = walks(3)
    panel.loc[panel["year"] == 2000, "down"] = np.nan
    own = panel.groupby("region")
    first = fit_pooled(panel, "up", "down", scale="first").data.units
    mean = fit_pooled(panel, "up", "down", scale="mean").data.units
    none = fit_pooled(panel, "up", "down", scale="none").data.units
    assert first[:, 0] == pytest.approx(own["up"].first().to_numpy())
    assert first[:, 1] == pytest.approx(own["down"].nth(1).to_numpy())
    assert mean == pytest.approx(own[["up", "down"]].mean().to_numpy())
    assert (none == 1).all() and set(SCALES) == {"first", "mean", "none"}


def test_pooled_fit_does_not_depend_on_units_or_order(effects):
    panel = walks(missing=0.1)
    one = fit_pooled(panel, "up", "down", effects=effects)
    other = panel.sample(frac=1, random_state=1)
    other["up"] = other["up"] * other["region"].map(lambda code: 1.0 + int(code[1:]))
    again = fit_pooled(other, "up", "down", effects=effects)
    assert again.slopes == pytest.approx(one.slopes, rel=1e-10)
    assert again.line_covariance == pytest.approx(one.line_covariance, rel=1e-9)


def test_share_of_variance_common_to_a_year():
    pooled = fit_pooled(walks(), "up", "down", effects="region")
    for column, share in enumerate(common_year_share(pooled)):
        R = pd.Series(pooled.data.regressor[:, column])
        within = R - R.groupby(pooled.data.region).transform("mean")
        years = within.groupby(pooled.data.year).transform("mean")
        assert share == pytest.approx((years**2).sum() / (within**2).sum())


def test_the_condition_of_a_line_is_that_of_a_regressor_of_mean_one():
    one = walks(1, 12)
    x1, x2 = one["up"].to_numpy(), one["down"].to_numpy()
    found = fit(one["year"], x1, x2)
    for own, k, x in ((found.condition[0], 1, x2), (found.condition[1], 0, x1)):
        column = found.data.regressor[:, k] / x.mean()
        assert own == pytest.approx(np.linalg.cond(np.column_stack([column**0, column])))
    np.testing.assert_allclose(fit(one["year"], 1e6 * x1, x2 / 1e6).condition, found.condition)


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_each_regions_line_by_dummy_variables(effects, missing):
    """alpha_r and s_e^2 from a regression on all dummies, year effects summing to zero."""
    pooled = fit_pooled(walks(missing=missing), "up", "down", effects=effects)
    data, rows = pooled.data, np.bincount(pooled.data.region)
    assert pooled.df == 8 and pooled.rows == len(data.year)
    every = pd.get_dummies(data.year, dtype=float).to_numpy()
    dummies = {
        "none": [np.ones((len(every), 1))],
        "region": [pd.get_dummies(data.region, dtype=float)],
        "region+year": [pd.get_dummies(data.region, dtype=float), every[:, 1:] - every[:, :1]],
    }
    for i in range(2):
        g, R = data.growth[:, i], data.regressor[:, [1 - i]]
        X = np.column_stack([R, *dummies[effects]])
        b, (left,), *_ = np.linalg.lstsq(X, g, rcond=None)
        alpha = b[1:2] if effects == "none" else b[1:10]
        assert pooled.slopes[i] == pytest.approx(b[0], rel=1e-9)
        assert pooled.intercepts[:, i] == pytest.approx(np.resize(alpha, 9), rel=1e-9, abs=1e-12)
        assert pooled.residuals[:, i] == pytest.approx(g - X @ b, abs=1e-12)
        assert pooled.equations[i].df == len(X) - X.shape[1]
        V = pooled.line_covariance[:, i]
        if effects == "region":
            means = pd.Series(R[:, 0]).groupby(data.region).mean()
            assert -V[:, 0, 1] / V[:, 1, 1] == pytest.approx(means.to_numpy())
        if effects != "none":
            own = left / (len(X) - X.shape[1]) / rows
            np.testing.assert_allclose(V[:, 0, 0], own + V[:, 0, 1] ** 2 / V[:, 1, 1], rtol=1e-9)


def changed(column, region, value):
    """Return a panel with another value in 2003 of a region."""
    panel = walks()
    cell = (panel["region"] == region) & (panel["year"] == 2003)
    return panel.assign(**{column: panel[column].mask(cell, value)})


@pytest.mark.parametrize(
    ("panel", "options", "said"),
    [
        (walks(regions=1), {}, "fewer than two regions"),
        (walks(years=1), {}, "no region has two"),
        (walks(years=2), {"effects": "region+year"}, "too few"),
        (
            walks(years=12).query("(region < 'r04') == (year < 2006)"),
            {"effects": "region+year"},
            "share nothing",
        ),
        (
            walks().assign(down=lambda p: p.groupby("year")["down"].transform("first")),
            {"effects": "region+year", "scale": "first"},
            "leave nothing",
        ),
        (walks(), {"effects": "year"}, "unknown effects 'year'"),
        (walks(), {"scale": "last"}, "unknown scaling 'last'"),
        (changed("up", "r02", 0.0), {}, "^r02: x1 is 0 in 2003"),
        (changed("up", "r02", -1.0), {}, "^r02: x1 is -1 in 2003"),
        (changed("year", "r03", 2004), {}, "^r03: the year 2004 is there twice"),
    ],
)
def test_what_cannot_be_pooled(panel, options, said):
    with pytest.raises(StudyError, match=said) as refused:
        fit_pooled(panel, "up", "down", **options)
    if said.startswith("^"):  # what is wrong in a region is said with its name and reason
        reason = "year_twice" if "twice" in said else "not_positive"
        fields = refused.value.fields
        assert refused.value.key == "of_region"
        assert (fields["region"], fields["reason"]) == (said[1:4], reason)
