"""Fits recover what made the data, agree with second implementations, and refuse what they must."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import Refusal, StudyError
from coevo.estimation import fit, fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import BESIDE, ESTIMATORS, SCALES, population_rows
from coevo.estimation.pooled import common_year_share
from tests.exact_maps import classic_map
from tests.exact_squares import exact_squares

YEARS = np.arange(2000, 2012)


@pytest.fixture(params=ESTIMATORS)
def estimator(request):
    return request.param


@pytest.fixture(params=EFFECTS)
def effects(request):
    return request.param


def random_panel(regions=9, years=8, missing=0.0, seed=4):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"r{r:02}", 2000 + t) for r in range(regions) for t in range(years)],
        columns=["region", "year"],
    )
    for column, size in (("up", 100.0), ("down", 7.0)):
        walk = np.cumsum(rng.normal(0.05, 0.2, (regions, years)), axis=1)
        frame[column] = (size * np.exp(walk + rng.normal(size=(regions, 1)))).ravel()
    frame.loc[rng.random(len(frame)) < missing, "down"] = np.nan
    return frame


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


def test_what_stands_beside_says_why():
    known = {*ESTIMATORS, "trajectory", "fod_iv"}
    assert set(BESIDE) <= known and all(len(why) > 40 for why in BESIDE.values())


@given(st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_mean_of_a_year_lies_between_its_ends(x0, x1):
    for estimator in ESTIMATORS.values():
        (R,) = estimator.mean(np.array([x0, x1]))
        assert min(x0, x1) * (1 - 1e-12) <= R <= max(x0, x1) * (1 + 1e-12)


def test_logarithmic_mean_of_nearly_equal_figures():
    x = np.array([5.0, 5.0 * (1 + 1e-13)])
    assert ESTIMATORS["logmean"].mean(x)[0] == pytest.approx(5.0, rel=1e-12)


def test_recovery_from_the_estimators_own_map(estimator):
    truth = {"a1": 0.55, "b1": 0.028, "a2": 0.8, "d": 0.024}
    path = classic_map(estimator, **truth, start=(34, 15), years=len(YEARS))
    found = fit(YEARS, *path.T, estimator)
    for name, value in truth.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-12)
    assert found.b2 == pytest.approx(0.024 / 0.028, rel=1e-12)
    assert np.abs(found.residuals).max() < 1e-12


@given(
    st.lists(st.tuples(st.floats(0.5, 9), st.floats(0.5, 9)), min_size=5, max_size=9, unique=True),
    st.floats(1e-3, 1e4),
    st.floats(1e-3, 1e4),
)
def test_scaling_and_swapping_roles(rows, k1, k2):
    x1, x2 = np.array(rows).T
    years = range(len(x1))
    for name in ESTIMATORS:
        try:
            one = fit(years, x1, x2, name)
        except StudyError:
            continue
        if np.linalg.norm(one.condition) > 1e4:
            continue
        scaled, swapped = fit(years, k1 * x1, k2 * x2, name), fit(years, x2, x1, name)
        size = np.abs([one.a1, one.b1, one.a2, one.d]).max()
        expected = (one.a1, one.b1 / k2, one.a2, one.d / k1)
        units = np.array([1, k2, 1, k1])
        values = np.array([scaled.a1, scaled.b1, scaled.a2, scaled.d])
        assert values * units == pytest.approx(np.array(expected) * units, abs=1e-8 * size)
        values = (swapped.a1, swapped.b1, swapped.a2, swapped.d)
        assert values == pytest.approx((-one.a2, -one.d, -one.a1, -one.b1), abs=1e-8 * size)


def test_fit_is_ordinary_least_squares(estimator):
    x1, x2 = random_panel(1, 12)[["up", "down"]].to_numpy().T
    found = fit(range(12), x1, x2, estimator)
    mean, growth = ESTIMATORS[estimator]
    for i, (own, R) in enumerate(((x1, mean(x2)), (x2, mean(x1)))):
        other = exact_squares(growth(own), np.column_stack([np.ones(11), R]))
        assert found.coefficients[i] == pytest.approx(other.coefficients, rel=1e-11)
        assert found.covariance[i] == pytest.approx(other.covariance, rel=1e-11)
        assert found.equations[i].r_squared == pytest.approx(other.r_squared, rel=1e-10)
        assert found.residuals[:, i] == pytest.approx(other.residuals, abs=1e-14)
    assert found.df == 9
    errors = np.sqrt([found.covariance[0, 1, 1], found.covariance[1, 0, 0]])
    assert [found.errors()["b1"], found.errors()["a2"]] == pytest.approx(errors)


def growth_rows(t, x1, x2, estimator, breaks=()):
    return population_rows(t, np.column_stack([x1, x2]), estimator, breaks)


def test_a_missing_year_breaks_the_chain(estimator):
    frame = random_panel(1, 10)
    x1, x2 = frame["up"].to_numpy(), frame["down"].to_numpy()
    gap = x2.copy()
    gap[4] = np.nan
    rows = growth_rows(range(10), x1, gap, estimator)
    assert rows.year.tolist() == [0, 1, 2, 5, 6, 7, 8]
    parts = growth_rows(range(4), x1[:4], x2[:4], estimator)
    others = growth_rows(range(5, 10), x1[5:], x2[5:], estimator)
    for one, first, last in zip(rows, parts, others, strict=True):
        assert one == pytest.approx(np.concatenate([first, last]))
    kept = np.delete(np.arange(10), 4)
    absent = growth_rows(kept, x1[kept], x2[kept], estimator)
    for one, other in zip(rows, absent, strict=True):
        assert one == pytest.approx(other)
    shuffled = np.random.default_rng(1).permutation(10)
    again = growth_rows(shuffled, x1[shuffled], gap[shuffled], estimator)
    assert again.regressor == pytest.approx(rows.regressor)


def test_a_break_ends_the_chain_and_leaves_the_years_on_both_sides(estimator):
    frame = random_panel(1, 10)
    x1, x2 = frame["up"].to_numpy(), frame["down"].to_numpy()
    rows = growth_rows(range(10), x1, x2, estimator, breaks=[4, 99])
    first = growth_rows(range(4), x1[:4], x2[:4], estimator)
    last = growth_rows(range(4, 10), x1[4:], x2[4:], estimator)
    assert rows.year.tolist() == [0, 1, 2, 4, 5, 6, 7, 8] and rows.crossing.tolist() == [3]
    for name in ("growth", "regressor"):
        parts = [getattr(first, name), getattr(last, name)]
        assert getattr(rows, name) == pytest.approx(np.concatenate(parts))
    assert growth_rows(range(10), x1, x2, estimator).crossing.tolist() == []
    found = fit(range(10), x1, x2, estimator, breaks=[4])
    assert found.rows == 8 and found.df == 6
    # a pair of years that is none anyhow crosses nothing
    gap = np.where(np.arange(10) == 3, np.nan, x1)
    assert growth_rows(range(10), gap, x2, estimator, breaks=[4]).crossing.tolist() == []


def test_too_few_rows_within_one_vintage_are_refused():
    said = "2 pairs of consecutive years with both figures, of one vintage; at least 3"
    with pytest.raises(StudyError, match=said):
        fit([1, 2, 3, 4], [1.0, 2, 3, 5], [1.0, 3, 2, 4], breaks=[3])


def test_a_flagged_break_drops_the_pooled_rows_of_its_region_alone(estimator):
    panel = random_panel(6, 9)
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


@pytest.mark.parametrize(
    ("years", "x1", "x2", "message"),
    [
        ([1, 2, 3], [1.0, 2, 4], [1.0, 3, 2], "2 pairs of consecutive years"),
        ([1, 2, 4, 5, 7, 8], [1.0] * 6, [1.0, 3, 2, 4, 3, 5], "fit|vary"),
        ([1, 2, 3, 4], [1.0, 0, 3, 4], [1.0, 3, 2, 4], "x1 is 0 in 2; growth"),
        ([1, 2, 3, 4], [1.0, 2, 3, 4], [1.0, 3, -2, 4], "x2 is -2 in 3"),
        ([1, 2, 3, 4], [1.0, np.inf, 3, 4], [1.0, 3, 2, 4], "x1 is inf in 2"),
        ([1, 2, 2, 4], [1.0, 2, 3, 4], [1.0, 3, 2, 4], "year 2 is there twice"),
        ([1, 2, 3, 4, 5], [3.0] * 5, [1.0, 3, 2, 4, 5], "does not vary"),
        ([1, 2, 3], [np.nan] * 3, [1.0, 2, 3], "0 pairs"),
        ([], [], [], "0 pairs"),
    ],
)
def test_what_cannot_be_fitted(years, x1, x2, message):
    with pytest.raises(StudyError, match=message):
        fit(years, x1, x2)


def test_an_unknown_estimator_lists_the_known():
    known = ", ".join(sorted(ESTIMATORS))
    with pytest.raises(StudyError, match=f"unknown estimator 'euler'; known: {known}"):
        fit(range(4), [1, 2, 3, 4], [1, 3, 2, 4], "euler")


def by_linearmodels(pooled, i, effects):
    from linearmodels.panel import PanelOLS, PooledOLS

    index = [pooled.data.region, pooled.data.year]
    frame = pd.DataFrame(
        {"g": pooled.data.growth[:, i], "R": pooled.data.regressor[:, 1 - i]}, index
    )
    if effects == "none":
        model = PooledOLS(frame["g"], frame[["R"]].assign(c=1.0)[["c", "R"]])
    else:
        years = {"time_effects": effects == "region+year"}
        model = PanelOLS(frame["g"], frame[["R"]], entity_effects=True, **years)
    return model.fit(cov_type="clustered", cluster_entity=True, group_debias=True)


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_pooled_fit_equals_linearmodels(effects, missing, estimator):
    panel = random_panel(missing=missing)
    pooled = fit_pooled(panel, "up", "down", estimator, effects)
    assert pooled.rows < 63 if missing else pooled.rows == 63
    assert pooled.df == 8
    for i in range(2):
        other = by_linearmodels(pooled, i, effects)
        assert pooled.slopes[i] == pytest.approx(other.params["R"], rel=1e-8)
        assert pooled.equations[i].df == other.df_resid
        assert pooled.equations[i].r_squared == pytest.approx(other.rsquared, rel=1e-8)
        if effects == "none":
            assert pooled.line_covariance[0, i] == pytest.approx(other.cov.to_numpy(), rel=1e-8)
            assert pooled.intercepts[0, i] == pytest.approx(other.params["c"], rel=1e-8)
        else:
            error = np.sqrt(pooled.line_covariance[:, i, 1, 1])
            assert error == pytest.approx(np.full(9, other.std_errors["R"]), rel=1e-8)


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("effects", ["region", "region+year"])
def test_each_regions_line_by_dummy_variables(effects, missing):
    """alpha_r and s_e^2 from a regression on all dummies, year effects summing to zero."""
    pooled = fit_pooled(random_panel(missing=missing), "up", "down", effects=effects)
    for i in range(2):
        frame = pd.DataFrame(
            {
                "g": pooled.data.growth[:, i],
                "R": pooled.data.regressor[:, 1 - i],
                "region": pooled.data.region,
                "year": pooled.data.year,
            }
        )
        regions = pd.get_dummies(frame["region"], dtype=float)
        every = pd.get_dummies(frame["year"], dtype=float).to_numpy()
        years = every[:, 1:] - every[:, :1] if effects == "region+year" else every[:, :0]
        X = np.column_stack([frame["R"], regions, years])
        b, *_ = np.linalg.lstsq(X, frame["g"], rcond=None)
        residuals = frame["g"].to_numpy() - X @ b
        scale = residuals @ residuals / (len(X) - X.shape[1])
        assert pooled.intercepts[:, i] == pytest.approx(b[1:10], rel=1e-9, abs=1e-12)
        assert pooled.residuals[:, i] == pytest.approx(residuals, abs=1e-12)
        assert pooled.equations[i].df == len(X) - X.shape[1]
        V22 = pooled.line_covariance[:, i, 1, 1]
        V12, V11 = pooled.line_covariance[:, i, 0, 1], pooled.line_covariance[:, i, 0, 0]
        mean_R = -V12 / V22
        if effects == "region":
            assert mean_R == pytest.approx(frame.groupby("region")["R"].mean().to_numpy())
        rows = np.bincount(pooled.data.region)
        np.testing.assert_allclose(V11, scale / rows + mean_R**2 * V22, rtol=1e-9)


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
    panel = random_panel(3)
    panel.loc[panel["year"] == 2000, "down"] = np.nan
    own = panel.groupby("region")
    first = fit_pooled(panel, "up", "down", scale="first").data.units
    mean = fit_pooled(panel, "up", "down", scale="mean").data.units
    assert first[:, 0] == pytest.approx(own["up"].first().to_numpy())
    assert first[:, 1] == pytest.approx(own["down"].nth(1).to_numpy())
    assert mean == pytest.approx(own[["up", "down"]].mean().to_numpy())
    assert set(SCALES) == {"first", "mean"}


def test_pooled_fit_does_not_depend_on_units_or_order(effects):
    panel = random_panel(missing=0.1)
    one = fit_pooled(panel, "up", "down", effects=effects)
    other = panel.sample(frac=1, random_state=1)
    other["up"] = other["up"] * other["region"].map(lambda code: 1.0 + int(code[1:]))
    again = fit_pooled(other, "up", "down", effects=effects)
    assert again.slopes == pytest.approx(one.slopes, rel=1e-10)
    assert again.line_covariance == pytest.approx(one.line_covariance, rel=1e-9)


def test_a_filled_cell_never_enters_a_growth_row(effects):
    panel = random_panel()
    panel["flag"] = np.where(panel.index.isin([3, 20, 43]), "filled", "")
    missing = panel.assign(down=panel["down"].mask(panel["flag"] == "filled"), flag="")
    one = fit_pooled(panel, "up", "down", effects=effects)
    other = fit_pooled(missing, "up", "down", effects=effects, scale="first")
    assert one.rows == 57 and one.slopes == pytest.approx(other.slopes, rel=1e-12)


def test_regions_without_rows_are_left_out():
    panel = random_panel()
    panel.loc[panel["region"] == "r03", "up"] = np.nan
    pooled = fit_pooled(panel, "up", "down")
    assert len(pooled.regions) == 8 and "r03" not in pooled.regions
    alone = fit_pooled(panel[panel["region"] != "r03"], "up", "down")
    assert pooled.slopes == pytest.approx(alone.slopes)


def test_arguments_are_not_changed():
    panel = random_panel(missing=0.1)
    before = panel.copy()
    fit_pooled(panel, "up", "down")
    pd.testing.assert_frame_equal(panel, before)


def test_what_cannot_be_pooled():
    panel = random_panel()
    with pytest.raises(StudyError, match="fewer than two regions"):
        fit_pooled(panel[panel["region"] == "r01"], "up", "down")
    with pytest.raises(StudyError, match="r02: x1 is 0 in 2003"):
        zero = (panel["region"] == "r02") & (panel["year"] == 2003)
        fit_pooled(panel.assign(up=panel["up"].mask(zero, 0.0)), "up", "down")
    with pytest.raises(StudyError, match="no region has two"):
        fit_pooled(panel[panel["year"] == 2000], "up", "down")
    with pytest.raises(StudyError, match="too few"):
        fit_pooled(panel[panel["year"] < 2002], "up", "down", effects="region+year")
    with pytest.raises(StudyError, match="leave nothing"):
        common = panel.assign(down=panel.groupby("year")["down"].transform("first"))
        fit_pooled(common, "up", "down", effects="region+year", scale="first")
    with pytest.raises(StudyError, match="unknown effects 'year'"):
        fit_pooled(panel, "up", "down", effects="year")
    with pytest.raises(StudyError, match="unknown scaling 'last'"):
        fit_pooled(panel, "up", "down", scale="last")


def test_regions_that_share_no_year_have_no_year_effects():
    panel = random_panel(8, 12)
    early = panel["region"] < "r04"
    apart = panel[(early & (panel["year"] < 2006)) | (~early & (panel["year"] >= 2006))]
    with pytest.raises(StudyError, match="share nothing"):
        fit_pooled(apart, "up", "down", effects="region+year")


def test_share_of_variance_common_to_a_year():
    pooled = fit_pooled(random_panel(), "up", "down", effects="region")
    for column, share in enumerate(common_year_share(pooled)):
        R = pd.Series(pooled.data.regressor[:, column])
        within = R - R.groupby(pooled.data.region).transform("mean")
        years = within.groupby(pooled.data.year).transform("mean")
        assert share == pytest.approx((years**2).sum() / (within**2).sum())


def test_the_condition_of_a_line_is_that_of_a_regressor_of_mean_one():
    one = random_panel(1, 12)
    x1, x2 = one["up"].to_numpy(), one["down"].to_numpy()
    found = fit(one["year"], x1, x2)
    for own, k, x in ((found.condition[0], 1, x2), (found.condition[1], 0, x1)):
        column = found.data.regressor[:, k] / x.mean()
        assert own == pytest.approx(np.linalg.cond(np.column_stack([column**0, column])))
    np.testing.assert_allclose(fit(one["year"], 1e6 * x1, x2 / 1e6).condition, found.condition)


def test_what_is_wrong_in_a_region_is_said_with_its_name_and_reason():
    panel = random_panel()
    twice = pd.concat([panel, panel[(panel["region"] == "r03") & (panel["year"] == 2004)]])
    below = panel.assign(
        up=panel["up"].mask((panel["region"] == "r05") & (panel["year"] == 2003), -1)
    )
    for frame, region, reason in ((twice, "r03", "year_twice"), (below, "r05", "not_positive")):
        with pytest.raises(Refusal, match=rf"^{region}: ") as refused:
            fit_pooled(frame, "up", "down")
        assert refused.value.key == "of_region"
        assert refused.value.fields["region"] == region
        assert refused.value.fields["reason"] == reason
