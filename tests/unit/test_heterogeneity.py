"""Own slopes of regions, their mean, the test of equal slopes, each region left out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.estimation.heterogeneity import (
    homogeneity_test,
    leave_one_out,
    mean_group,
    region_slopes,
)

YEARS = np.arange(2001, 2010)


def panel(regions=7, missing=0.0, seed=2):
    """Return figures whose growth is a line in R(x) of `lag` with slopes near .1 and .2."""
    rng = np.random.default_rng(seed)
    frames = []
    for r in range(regions):
        a1, a2 = rng.uniform(0.1, 0.3, 2)
        b1, d = 0.1, 0.2
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


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_equals_regressions_with_own_and_with_common_slopes(effects, missing):
    fit, K = pooled(effects, missing=missing), 7
    regions = 1.0 * (fit.data.region[:, None] == np.arange(K))
    years = 1.0 * (fit.data.year[:, None] == np.unique(fit.data.year)[1:])
    means = np.hstack([regions, years]) if effects == "region+year" else regions
    mean, equal = mean_group(fit), homogeneity_test(fit)
    for i, sign in enumerate((-1, 1)):
        g, R = fit.data.growth[:, i], fit.data.regressor[:, [1 - i]]
        own, common = (sm.OLS(g, np.hstack([part, means])).fit() for part in (R * regions, R))
        slopes, df = sign * own.params[:K], own.df_resid
        assert region_slopes(fit).slopes[:, i] == pytest.approx(slopes, rel=1e-8)
        F, p, _ = own.compare_f_test(common)
        assert (equal[i].F, equal[i].p) == pytest.approx((F, p), rel=1e-7)
        assert equal[i].df == (K - 1, df)
        if effects == "region":
            continue
        V = own.cov_params()[:K, :K]
        assert mean.value[i] == pytest.approx(slopes.mean(), rel=1e-8)
        assert mean.error[i] == pytest.approx(np.sqrt(V.mean()), rel=1e-8)
        assert (mean.regions, mean.df) == (K, df)


def test_the_mean_group_by_hand():
    fit = pooled()
    own, found = region_slopes(fit).slopes, mean_group(fit)
    assert found.value == pytest.approx(sum(own) / 7)
    variance = sum((own - sum(own) / 7) ** 2) / 6
    assert found.error == pytest.approx(np.sqrt(variance / 7)) and found.regions == 7


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("effects", EFFECTS)
def test_leaving_a_region_out_equals_a_fit_without_it(effects, missing):
    data = panel(missing=missing).query("year < 2009 or region == 'r2'")  # one year with r2 alone
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


def test_a_region_with_one_growth_row_has_no_slope_of_its_own():
    data = panel()
    data = data[(data["region"] != "r3") | (data["year"] < 2003)]
    fit = fit_pooled(data, "up", "down", effects="region")
    others = fit_pooled(data[data["region"] != "r3"], "up", "down", effects="region")
    assert len(fit.regions) == 7 and region_slopes(fit).slopes == pytest.approx(
        region_slopes(others).slopes
    )
    assert mean_group(fit).regions == 6 and homogeneity_test(fit)[0].df[0] == 5
