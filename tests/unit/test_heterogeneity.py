"""Own slopes of regions, their mean, the test of equal slopes, each region left out."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.heterogeneity import (
    hausman_contrast,
    homogeneity_test,
    leave_one_out,
    mean_group,
    region_slopes,
)

YEARS = np.arange(2001, 2010)


def panel(regions=7, missing=0.0, seed=2, spread=0.0):
    """Return figures whose growth is a line in R(x) of `lag` with slopes near .1 and .2."""
    rng = np.random.default_rng(seed)
    frames = []
    for r in range(regions):
        a1, a2 = rng.uniform(0.1, 0.3, 2)
        b1, d = np.array([0.1, 0.2]) * (1 + spread * rng.normal(size=2))
        x = [np.ones(2)]
        for _ in YEARS[1:]:
            now = x[-1]
            g = np.array([a1 - b1 * now[1], -a2 + d * now[0]])
            x.append(now * np.exp(g + rng.normal(0, 0.05, 2)))
        frame = pd.DataFrame(np.array(x) * rng.uniform(1, 100, 2), columns=["up", "down"])
        frames.append(frame.assign(region=f"r{r}", year=YEARS))
    whole = pd.concat(frames, ignore_index=True)
    return whole[rng.random(len(whole)) >= missing]


@pytest.fixture(params=["region", "region+year"])
def effects(request):
    return request.param


def pooled(effects="region", estimator="lag", **options):
    return fit_pooled(panel(**options), "up", "down", estimator, effects)


def test_own_slopes_are_regressions_of_each_region_alone():
    fit = pooled(missing=0.1)
    found = region_slopes(fit)
    for code, slopes in enumerate(found):
        rows = fit.data.region == code
        for i, sign in ((0, -1), (1, 1)):
            line = np.polyfit(fit.data.regressor[rows, 1 - i], fit.data.growth[rows, i], 1)
            assert slopes[i] == pytest.approx(sign * line[0], rel=1e-8)


def test_the_pooled_slope_is_a_weighted_mean_of_own_slopes():
    fit = pooled(missing=0.1)
    R = EFFECTS["region"](fit.data.region, fit.data.year, fit.data.regressor[:, ::-1]).residual
    own = region_slopes(fit)
    mean = np.average(own, axis=0, weights=sums(fit.data.region, R**2))
    assert mean == pytest.approx([fit.b1, fit.d], rel=1e-10)


def test_the_mean_group_by_hand():
    fit = pooled()
    own, found = region_slopes(fit), mean_group(fit)
    assert found.value == pytest.approx(sum(own) / 7)
    variance = sum((own - sum(own) / 7) ** 2) / 6
    assert found.error == pytest.approx(np.sqrt(variance / 7)) and found.regions == 7


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_the_mean_group_with_year_effects_is_that_of_one_joint_regression(missing):
    fit = pooled("region+year", missing=missing)
    found, K = mean_group(fit), 7
    regions = 1.0 * (fit.data.region[:, None] == np.arange(K))
    years = 1.0 * (fit.data.year[:, None] == np.unique(fit.data.year)[1:])
    for i, sign in enumerate((-1, 1)):
        g, R = fit.data.growth[:, i], fit.data.regressor[:, [1 - i]]
        X = np.column_stack([R * regions, regions, years])
        b, *_ = np.linalg.lstsq(X, g, rcond=None)
        df = len(g) - X.shape[1]
        V = ((g - X @ b) ** 2).sum() / df * np.linalg.inv(X.T @ X)
        assert region_slopes(fit)[:, i] == pytest.approx(sign * b[:K], rel=1e-8)
        assert found.value[i] == pytest.approx(sign * b[:K].mean(), rel=1e-8)
        assert found.error[i] == pytest.approx(np.sqrt(V[:K, :K].sum()) / K, rel=1e-8)
        assert (found.regions, found.df) == (K, df)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_the_contrast_is_that_of_two_dense_regressions(missing):
    """One variance for both, that of the joint regression (Hausman 1978)."""
    fit, K = pooled("region+year", missing=missing), 7
    regions = 1.0 * (fit.data.region[:, None] == np.arange(K))
    years = 1.0 * (fit.data.year[:, None] == np.unique(fit.data.year)[1:])
    found = hausman_contrast(fit)
    for i, sign in enumerate((-1, 1)):
        g, R = fit.data.growth[:, i], fit.data.regressor[:, [1 - i]]
        own, common = (np.column_stack([part, regions, years]) for part in (R * regions, R))
        b, pooled_b = (np.linalg.lstsq(X, g, rcond=None)[0] for X in (own, common))
        df = len(g) - own.shape[1]
        s2 = ((g - own @ b) ** 2).sum() / df
        V = s2 * (
            np.linalg.inv(own.T @ own)[:K, :K].mean() - np.linalg.inv(common.T @ common)[0, 0]
        )
        assert found.value[i] == pytest.approx(sign * (b[:K].mean() - pooled_b[0]), rel=1e-8)
        assert found.error[i] == pytest.approx(np.sqrt(V), rel=1e-6) and found.df == df
        t = abs(found.value[i]) / found.error[i]
        assert found.p[i] == pytest.approx(2 * stats.t.sf(t, df), rel=1e-9)


def test_the_contrast_rejects_where_slopes_go_with_the_regressor_and_not_otherwise():
    equal = [hausman_contrast(pooled("region+year", seed=seed)).p for seed in range(200)]
    assert np.mean(np.array(equal) < 0.05, axis=0) == pytest.approx([0.05, 0.05], abs=0.04)


def test_the_mean_group_recovers_the_mean_of_slopes_that_differ():
    found = mean_group(pooled(regions=200, spread=0.3))
    assert (np.abs(found.value - [0.1, 0.2]) < 3 * found.error).all()
    assert (found.error < 0.02).all()


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_homogeneity_equals_a_comparison_of_two_models(effects, missing):
    from scipy.stats import f

    fit = pooled(effects, missing=missing)
    found = homogeneity_test(fit)
    regions = 1.0 * (fit.data.region[:, None] == np.arange(7))
    years = 1.0 * (fit.data.year[:, None] == np.unique(fit.data.year)[1:])
    effect = [regions, years] if effects == "region+year" else [regions]
    for i in range(2):
        g, R = fit.data.growth[:, i], fit.data.regressor[:, [1 - i]]
        common = squares_left(g, np.column_stack([R, *effect]))
        design = np.column_stack([R * regions, *effect])
        own, df = squares_left(g, design), len(g) - design.shape[1]
        F = (common - own) / 6 / (own / df)
        assert pytest.approx(F, rel=1e-8) == found[i].F
        assert found[i].p == pytest.approx(f.sf(F, 6, df), rel=1e-8)
        assert found[i].df == (6, df)


def squares_left(y, X):
    b, *_ = np.linalg.lstsq(X, y, rcond=None)
    return ((y - X @ b) ** 2).sum()


def test_homogeneity_tells_equal_slopes_from_different_ones():
    equal = [[t.p for t in homogeneity_test(pooled(seed=seed))] for seed in range(200)]
    assert np.mean(np.array(equal) < 0.05, axis=0) == pytest.approx([0.05, 0.05], abs=0.05)
    different = homogeneity_test(pooled(regions=30, spread=0.8))
    assert all(test.p < 1e-3 for test in different)


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("effects", EFFECTS)
def test_leaving_a_region_out_equals_a_fit_without_it(effects, missing):
    data = panel(missing=missing)
    found = leave_one_out(fit_pooled(data, "up", "down", effects=effects))
    assert found.shape == (7, 2)
    for i, slopes in enumerate(found):
        again = fit_pooled(data[data["region"] != f"r{i}"], "up", "down", effects=effects)
        assert tuple(slopes) == pytest.approx((again.b1, again.d), rel=1e-10)


def test_a_region_without_which_too_little_is_left_is_named():
    data = panel(regions=3)
    varying = data["region"] == "r1"
    still = data.assign(up=data["up"].where(varying, 5.0), down=data["down"].where(varying, 3.0))
    with pytest.raises(StudyError, match="without r1: region leave nothing"):
        leave_one_out(fit_pooled(still, "up", "down", effects="region"))


def test_a_year_that_only_one_region_has_goes_with_it():
    data = panel()
    data = data[(data["year"] < 2009) | (data["region"] == "r2")]
    found = leave_one_out(fit_pooled(data, "up", "down", effects="region+year"))
    again = fit_pooled(data[data["region"] != "r2"], "up", "down", effects="region+year")
    assert found[2] == pytest.approx([again.b1, again.d], rel=1e-10)


def test_what_cannot_be_compared():
    data = panel(regions=3)
    short = fit_pooled(data[data["year"] < 2004], "up", "down", "lag", "region")
    with pytest.raises(StudyError, match="6 growth rows are too few to compare 3 slopes"):
        homogeneity_test(short)
    flat = data.assign(up=data["up"].where(data["region"] != "r1", 5.0))
    still = fit_pooled(flat, "up", "down", effects="region")
    with pytest.raises(StudyError, match="r1: a regressor does not vary"):
        mean_group(still)
    with pytest.raises(StudyError, match="does not vary"):
        homogeneity_test(still)
    years = fit_pooled(panel(regions=2)[lambda rows: rows["year"] < 2005], "up", "down", "lag")
    with pytest.raises(StudyError, match="6 growth rows are too few to compare 2 slopes"):
        hausman_contrast(years)


def test_a_region_with_one_growth_row_has_no_slope_of_its_own():
    data = panel()
    data = data[(data["region"] != "r3") | (data["year"] < 2003)]
    fit = fit_pooled(data, "up", "down", effects="region")
    others = fit_pooled(data[data["region"] != "r3"], "up", "down", effects="region")
    assert len(fit.regions) == 7 and region_slopes(fit) == pytest.approx(region_slopes(others))
    assert mean_group(fit).regions == 6 and homogeneity_test(fit)[0].df[0] == 5
