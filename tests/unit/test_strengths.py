"""Strengths of interaction: what they are, what simulated panels give, and what is concluded."""

from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.integrate import solve_ivp

from coevo.estimation import fit, fit_pooled
from coevo.estimation.effects import means
from coevo.estimation.growth import ESTIMATORS, pool
from coevo.strengths import strength_estimates, strength_rows
from coevo.strengths.strength_estimates import (
    Estimates,
    observed_rows,
    own_strengths,
    panel_strengths,
    ranges_of,
)
from coevo.strengths.strength_rows import cochran_q, verdict, wild_p
from coevo.strengths.theory_panels import (
    Spread,
    finite_paths,
    growth_rows,
    observed_spread,
    simulated_paths,
)
from tests.panels import walks
from tests.unit.cases import sections

NAMES = ("x1", "x2")


def interacting(strength, regions=9, years=9, noise=0.03, seed=1):
    """Return a panel in which interaction has a strength, and the slopes of its theory.

    The equations are solved on logs by scipy, shocks come at the end of a year; drifts, sizes and
    slopes differ by region.
    """
    rng, parts, slopes = np.random.default_rng(seed), [], {}
    for r in range(regions):
        size, drift = rng.uniform(1, 1000, 2), rng.uniform(-0.15, 0.15, 2)
        b1, d = rng.uniform(0.3, 0.6, 2)

        def rates(_, logs, drift=drift, b1=b1, d=d):
            x1, x2 = np.exp(logs)
            return drift + strength * np.array([b1 * (1 - x2), d * (x1 - 1)])

        logs = [rng.normal(0, 0.7, 2)]
        for shock in rng.normal(0, noise, (years - 1, 2)):
            path = solve_ivp(rates, (0, 1), logs[-1], rtol=1e-9, atol=1e-10).y
            logs.append(path[:, -1] + shock)
        x1, x2 = (np.exp(logs) * size).T
        slopes[f"r{r:02}"] = {"b1": b1 / size[1], "d": d / size[0]}
        columns = {"region": f"r{r:02}", "year": range(2000, 2000 + years), "x1": x1, "x2": x2}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True), pd.DataFrame(slopes).T


def strengths(rows, **where):
    table = pd.DataFrame(rows)
    for column, value in where.items():
        table = table[table[column] == value]
    return table


region_strength_rows = partial(strength_rows.region_strength_rows, panels=99)
panel_strength_rows = partial(strength_rows.panel_strength_rows, panels=99)
simulated_estimates = partial(strength_estimates.simulated_estimates, panels=99)


def test_the_strength_of_a_region_is_its_slope_over_that_of_theory():
    panel, slopes = interacting(0.7, 3, noise=0.2)
    rows = strengths(region_strength_rows(panel, slopes, ["trapezoid", "lag"], 0.9, 1))
    assert len(rows) == 3 * 2 * 2
    for row in rows.to_dict("records"):
        part = panel[panel["region"] == row["scope"]]
        own = fit(part["year"], part["x1"], part["x2"], row["estimator"])
        theory, name = slopes.loc[row["scope"], row["effect"]], row["effect"]
        assert row["strength"] == pytest.approx(getattr(own, name) / theory)
        assert (row["theory"], row["fitted"]) == pytest.approx((theory, getattr(own, name)))
        i = ("b1", "d").index(name)
        columns = sm.add_constant(own.data.regressor[:, 1 - i])
        second = sm.OLS(own.data.growth[:, i], columns).fit()
        ends = np.sort(second.conf_int(0.1)[1] * (-1, 1)[i] / theory)
        assert [row["low"], row["high"]] == pytest.approx(ends, rel=1e-6)
        t = (np.array([1, 0]) - row["strength"]) / (second.bse[1] / theory)
        p = 2 * stats.t.sf(np.abs(t), 6)
        assert [row["p_full"], row["p_none"]] == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("effects", ["region", "region+year"])
def test_strengths_of_the_panel_are_a_regression_on_dummies_with_errors_by_year(effects, missing):
    data = pool(walks(7, 9, NAMES, missing), NAMES, "trapezoid", "none")
    growth, regressor = observed_rows(data)
    found = panel_strengths(growth, regressor, data.region, data.year, effects)
    dummies = [pd.get_dummies(data.region, dtype=float)]
    if effects == "region+year":
        dummies.append(pd.get_dummies(data.year, dtype=float).iloc[:, 1:])
    years, sign = sorted(set(data.year)), (-1, 1)
    for i in range(2):
        x, D = sign[i] * data.regressor[:, 1 - i], np.column_stack(dummies)
        second = sm.OLS(data.growth[:, i], np.column_stack([x, D])).fit()
        assert found.strength[i, 0] == pytest.approx(second.params[0])
        z = sm.OLS(x, D).fit().resid
        scores = [(z * second.resid)[data.year == year].sum() for year in years]
        T = len(years)
        error = np.sqrt(T / (T - 1) * np.sum(np.square(scores))) / (z @ z)
        assert found.error[i, 0] == pytest.approx(error) and found.df == T - 1


@pytest.mark.parametrize("effects", [None, "region", "region+year"])
def test_a_panel_of_a_batch_is_as_if_it_were_alone(effects):
    data = pool(walks(7, 9, NAMES, 0.1), NAMES, "trapezoid", "none")
    noise = np.random.default_rng(1).normal(size=(2, len(data.year), 2, 4))

    def of(growth, regressor):
        if effects is None:
            return own_strengths(growth, regressor, data.region)
        return panel_strengths(growth, regressor, data.region, data.year, effects)

    batch, alone = of(*noise), of(*noise[..., 2:3])
    assert batch.strength[..., 2:3] == pytest.approx(alone.strength, rel=1e-12)
    assert batch.error[..., 2:3] == pytest.approx(alone.error, rel=1e-12)


@pytest.mark.parametrize(("k1", "k2"), [(1e-3, 1), (1, 40), (7, 0.2)])
def test_strengths_have_no_unit(k1, k2):
    panel, slopes = interacting(1, 7)
    scaled = panel.assign(x1=k1 * panel["x1"], x2=k2 * panel["x2"])
    theirs = slopes.assign(b1=slopes["b1"] / k2, d=slopes["d"] / k1)
    for rows in (region_strength_rows, panel_strength_rows):
        one, other = (
            pd.DataFrame(rows(*given, ["trapezoid"], 0.95, 1)).drop(
                columns=["theory", "fitted"], errors="ignore"
            )
            for given in ((panel, slopes), (scaled, theirs))
        )
        pd.testing.assert_frame_equal(one, other, rtol=1e-6)


@pytest.mark.parametrize(
    ("strength", "name"),
    [(1.0, "as_theory"), (0.0, "weaker"), (-1.0, "other_sign"), (2.0, "stronger")],
)
def test_a_strength_is_recovered_and_named(strength, name):
    panel, slopes = interacting(strength)
    own = strengths(region_strength_rows(panel, slopes, ["trapezoid"], 0.95, 1))
    shared = strengths(panel_strength_rows(panel, slopes, ["trapezoid"], 0.95, 1))
    assert shared["strength"].to_numpy() == pytest.approx(strength, abs=0.1 + 0.08 * abs(strength))
    assert set(shared["verdict"]) == {name}
    assert own["strength"].median() == pytest.approx(strength, abs=0.15)


@pytest.mark.parametrize(("strength", "full", "none", "said"), sections("strengths")["verdicts"])
def test_verdicts(strength, full, none, said):
    assert verdict(strength, (full, none), 1.5, -0.5) == said


def data_of(panel, slopes):
    return pool(strength_rows.in_units_of_theory(panel, slopes), NAMES, "trapezoid", "none")


def still(data):
    years, G = int(np.ptp(data.year)) + 1, len(data.regions)
    nothing = Spread(np.zeros(2), np.zeros((G, 2)))
    return nothing, np.zeros((years, 2, 1)), np.zeros((G, years, 2, 1))


@pytest.mark.parametrize(
    ("strength", "error"), [(0.0, 1e-8), (0.3, 1e-6), (1.0, 1e-4), (-1.0, 1e-3)]
)
def test_without_shocks_paths_solve_the_equations_with_observed_growth_at_the_mean(strength, error):
    data = data_of(*interacting(1, 4, noise=0.1))
    spread, *shocks = still(data)
    paths = simulated_paths(data, spread, strength, *shocks)
    for r in range(4):
        rows = data.region == r
        x2, x1 = data.regressor[rows].mean(axis=0)[::-1]
        g1, g2 = data.growth[rows].mean(axis=0)

        def rates(_, u, at=(g1, g2, x1, x2)):
            g1, g2, x1, x2 = at
            return g1 - strength * (np.exp(u[1]) - x2), g2 + strength * (np.exp(u[0]) - x1)

        start = np.log(data.start[rows][0])
        second = solve_ivp(rates, (0, 8), start, t_eval=range(9), rtol=1e-9, atol=1e-12).y.T
        assert np.log(paths[:, r, :, 0]) == pytest.approx(second, abs=error)


def test_late_regions_wait_and_rows_are_those_observed():
    panel, slopes = interacting(1, 3)
    late = panel[(panel["region"] != "r01") | (panel["year"] > 2002)]
    data = data_of(late[(late["region"] != "r02") | (late["year"] != 2004)], slopes)
    paths = simulated_paths(data, *(still(data)[:1]), 1.0, *still(data)[1:])
    begins = data.start[np.flatnonzero(data.region == 1)[0]]
    assert (paths[:4, 1, :, 0] == begins).all() and (paths[4, 1, :, 0] != begins).all()
    growth, regressor = growth_rows(paths, data, "lag")
    assert len(growth) == len(data.year) == 8 + 5 + 6
    for i, (r, year) in enumerate(zip(data.region, data.year - 2000, strict=True)):
        own = paths[year : year + 2, r, :, 0]
        assert growth[i, :, 0] == pytest.approx(np.log(own[1] / own[0]))
        assert regressor[i, :, 0] == pytest.approx([-own[0, 1], own[0, 0]])


def test_shocks_have_the_spread_that_growth_has():
    """Growth of two regions: .1, .3 and .2, .8 has means .2, .5, year means -.2, .2, rest -+.1."""
    rows = {"region": list("aaabbb"), "year": [0, 1, 2] * 2}
    x = np.exp(np.array([0, 0.1, 0.4, 0, 0.2, 1.0]))
    data = pool(pd.DataFrame(rows | {"x1": x, "x2": x}), NAMES, "trapezoid", "none")
    both, alone = observed_spread(data, True), observed_spread(data, False)
    assert both.common == pytest.approx(0.2 * np.sqrt(2))
    assert both.own == pytest.approx(0.1 * np.sqrt(2))
    assert not alone.common.any()
    assert alone.own[:, 0] == pytest.approx([0.1 * np.sqrt(2), 0.3 * np.sqrt(2)])
    assert means(data.region, data.growth)[:, 0] == pytest.approx([0.2, 0.5])


def test_shocks_arrive_at_the_end_of_a_year_scaled_by_their_spread():
    data = data_of(*interacting(1, 2))
    _, common, own = still(data)
    common[3, 0], own[1, 3, 1] = 1.0, 2.0
    spread = Spread(np.array([0.3, 9.0]), np.array([[9.0, 9.0], [9.0, 0.2]]))
    moved = simulated_paths(data, spread, 0.0, common, own)
    apart = np.log(moved / simulated_paths(data, *still(data)[:1], 0.0, *still(data)[1:]))
    assert apart[:4] == pytest.approx(0) and apart[4:, :, 0] == pytest.approx(0.3)
    assert apart[4:, 0, 1] == pytest.approx(0) and apart[4:, 1, 1] == pytest.approx(0.4)


def test_a_path_that_overflows_is_left_out_of_the_range():
    paths = np.ones((3, 2, 2, 3))
    paths[2, 0, 1, 1], paths[1, 1, 0, 2] = np.inf, 0.0
    kept, finite = finite_paths(paths)
    assert finite.tolist() == [[True, False, True], [True, True, False]]
    assert (kept == 1).all()
    for lost, ends in ((1, (2.0, 6.0)), (2, (3.0, 6.0)), (3, (np.nan, np.nan))):
        strength = np.append(np.arange(1.0, 7), np.nan)
        strength[:lost] = np.nan
        fitted = Estimates(strength[None], np.ones((1, 7)), np.array(5))
        found = ranges_of({0.0: fitted, 1.0: fitted}, 1 - 1e-12)
        assert found.full[:, 0] == pytest.approx(ends, nan_ok=True)


def test_where_most_panels_overflow_nothing_is_called_excluded(monkeypatch):
    panel, slopes = interacting(0, 7)
    monkeypatch.setattr(strength_rows, "simulated_estimates", overflowing)
    for rows in (region_strength_rows, panel_strength_rows):
        found = pd.DataFrame(rows(panel, slopes, ["trapezoid"], 0.95, 1))
        assert found["strength"].notna().all() and (found["high"] < 1).any()
        assert found[["full_low", "none_high", "least_seen"]].isna().all(axis=None)
        assert set(found["verdict"]) == {"cannot_be_told"}


def overflowing(*given, **options):
    simulated = strength_estimates.simulated_estimates(*given, **options)
    return {
        fit: {s: Estimates(np.nan * of.strength, of.error, of.df) for s, of in by.items()}
        for fit, by in simulated.items()
    }


def test_the_least_strength_seen_is_told_from_none_in_four_of_five_panels():
    rng = np.random.default_rng(1)

    def at(s, share):
        strength = np.where(np.arange(100) < 100 * share, s, 0.01)[None]
        return Estimates(strength, np.full((1, 100), 0.02), np.array(50))

    none = Estimates(rng.uniform(-0.1, 0.1, (1, 100)), np.full((1, 100), 0.02), np.array(50))
    simulated = {
        0.0: none,
        0.25: at(0.25, 0.7),
        0.5: at(0.5, 0.8),
        0.75: at(0.75, 0.9),
        1.0: at(1, 1),
    }
    assert ranges_of(simulated, 0.95).least_seen == [0.5]
    seldom = {0.0: none, 0.25: at(0.25, 0.7), 1.0: at(1, 0.5)}
    assert np.isnan(ranges_of(seldom, 0.95).least_seen).all()


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_simulated_panels_are_fitted_as_the_study_is(estimator):
    """The middle of the estimates lies at the strength that was simulated, by each estimator."""
    panel, slopes = interacting(1, 7, noise=0.02)
    data = data_of(panel, slopes)
    for alone, effects in ((True, "none"), (False, "region"), (False, "region+year")):
        found = simulated_estimates(data, [estimator], 1, alone)[effects, estimator]
        for s, tolerance in ((0.0, 0.15), (1.0, 0.5 if estimator in ("lag", "relative") else 0.15)):
            middle = np.median(found[s].strength, axis=-1)
            assert np.median(middle.reshape(-1, 2), axis=0) == pytest.approx(s, abs=tolerance)


def test_a_region_alone_is_drawn_whatever_regions_stand_beside_it():
    panel, slopes = interacting(1, 4)
    every = strengths(region_strength_rows(panel, slopes, ["lag"], 0.95, 1), scope="r02")
    alone = strengths(region_strength_rows(panel, slopes.loc[["r02"]], ["lag"], 0.95, 1))
    pd.testing.assert_frame_equal(every.reset_index(drop=True), alone)


@pytest.mark.parametrize("effects", ["region", "region+year"])
@pytest.mark.parametrize("null", [0, 1])
def test_wild_p_counts_the_vectors_of_signs_with_a_larger_t(effects, null):
    pooled = fit_pooled(walks(6, 7, NAMES, common=0.2), *NAMES, "trapezoid", effects, "none")
    data = pooled.data
    dummies = [pd.get_dummies(data.region, dtype=float)]
    if effects == "region+year":
        dummies.append(pd.get_dummies(data.year, dtype=float).iloc[:, 1:])
    D, years = np.column_stack(dummies), data.year - data.year.min()

    def left(v):
        return v - D @ np.linalg.lstsq(D, v, rcond=None)[0]

    for i, sign in enumerate((-1, 1)):
        z, g = left(sign * data.regressor[:, 1 - i]), left(data.growth[:, i])

        def t(g, z=z):
            s = z @ g / (z @ z)
            return (s - null) / np.sqrt(np.sum(np.bincount(years, z * (g - s * z)) ** 2))

        drawn = [
            t(null * z + left((g - null * z) * np.array(signs)[years]))
            for signs in product([-1.0, 1.0], repeat=6)
        ]
        expected = np.mean(np.abs(drawn) >= abs(t(g)) * (1 - 1e-9))
        assert wild_p(pooled, i, 1)[0 if null else 1] == pytest.approx(expected)


def test_beyond_sixteen_years_vectors_of_signs_are_drawn():
    pooled = fit_pooled(walks(6, 19, NAMES, common=0.2), *NAMES, "trapezoid", "region", "none")
    one, again, other = (wild_p(pooled, 0, seed) for seed in (1, 1, 2))
    assert one == again != other and one == pytest.approx(other, abs=0.03)


def test_what_stands_beside_the_strength_of_the_panel():
    panel, slopes = interacting(0.5, 7, noise=0.1)
    scaled = strength_rows.in_units_of_theory(panel, slopes)
    own = strengths(region_strength_rows(panel, slopes, ["lag"], 0.95, 1))
    for row in panel_strength_rows(panel, slopes, ["lag"], 0.95, 1):
        i = ("b1", "d").index(row["effect"])

        def fitted(part, row=row, i=i):
            found = fit_pooled(part, *NAMES, "lag", row["effects"], "none")
            return (found.b1, found.d)[i]

        assert row["strength"] == pytest.approx(fitted(scaled)) and row["n"] == 7
        without = [fitted(scaled[scaled["region"] != code]) for code in slopes.index]
        ends = [row["without_low"], row["without_high"]]
        assert ends == pytest.approx([min(without), max(without)])
        moments = fit_pooled(scaled, *NAMES, "lag", row["effects"], "none").moments
        z, g = moments.regressor[:, 1 - i] * (-1, 1)[i], moments.growth[:, i]
        parts = [slice(8 * r, 8 * r + 8) for r in range(7)]
        weights = np.array([z[part] @ z[part] for part in parts]) / (z @ z)
        assert row["largest_weight"] == pytest.approx(weights.max())
        assert row["largest_region"] == f"r{weights.argmax():02}"
        each = np.array([z[part] @ g[part] / (z[part] @ z[part]) for part in parts])
        assert row["mean_group"] == pytest.approx(each.mean())
        assert row["mean_group_se"] == pytest.approx(each.std(ddof=1) / np.sqrt(7))
        alone = own[own["effect"] == row["effect"]]
        half = (alone["high"] - alone["low"]).to_numpy() / 2 / 2.4469119
        assert row["Q"] == pytest.approx(cochran_q(alone["strength"].to_numpy(), half), rel=1e-6)


def test_cochrans_q_by_hand():
    """Weights 1 and 4, mean 4: 1 (0 - 4)^2 + 4 (5 - 4)^2."""
    assert cochran_q(np.array([0.0, 5.0]), np.array([1.0, 0.5])) == pytest.approx(20)
