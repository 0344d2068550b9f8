"""The regional pattern: parts add up, shuffles are fair, and what figures do not allow is said."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from coevo.errors import Refusal
from coevo.files import as_table
from coevo.regional import RegionalPanel, regional_tables
from coevo.regional.convergence import growth_slope, log_t, morgan, slope_hc1, spread_ratio
from coevo.regional.inequality import (
    GRID,
    dagum,
    densities,
    gini,
    mean_excess,
    peaks,
    theil,
    theil_between,
)
from coevo.regional.mobility import (
    classified,
    homogeneity,
    neighbour_means,
    probabilities,
    spatial_counts,
    steady_state,
    transition_counts,
)
from coevo.regional.neighbourhood import (
    around,
    likeness,
    local_moran_p,
    nearest_by_level,
    permutations,
    row_standardised,
)
from tests.unit.cases import sections

YEARS = range(2015, 2021)


def regions(n: int) -> list[str]:
    return [f"{100000 + i}" for i in range(n)]


def ring(n: int) -> pd.DataFrame:
    """Regions on a ring, each beside two others, in three groups."""
    codes = regions(n)
    near = [f"{codes[i - 1]} {codes[(i + 1) % n]}" for i in range(n)]
    group = [f"g{3 * i // n}" for i in range(n)]
    return pd.DataFrame({"region": codes, "neighbours": near, "group": group})


def ring_weights(n: int) -> sparse.csr_array:
    near = ring(n).set_index("region")["neighbours"].str.split()
    return row_standardised(near.to_dict(), regions(n))


def values(n: int, seed: int = 1) -> pd.DataFrame:
    """D that rises, low regions faster, alike along the ring."""
    rng = np.random.default_rng(seed)
    level = 0.4 + 0.2 * np.cos(2 * np.pi * np.arange(n) / n) + 0.02 * rng.standard_normal(n)
    growth = 0.02 + 0.05 * (0.6 - level)
    D = np.array([level * np.exp(growth * t + 0.003 * rng.standard_normal(n)) for t in range(6)])
    return pd.DataFrame(D.T, regions(n), YEARS)


def case(
    D: pd.DataFrame, places: pd.DataFrame | None = None, size: tuple[str, ...] = ("gdp", "people")
) -> RegionalPanel:
    """A study with these D, and a product per head that D follows but for noise."""
    n = len(D)
    places = ring(n) if places is None else places
    long = D.rename_axis(index="region", columns="year").stack().rename("D").reset_index()
    long = long.assign(name=long["region"])
    rng = np.random.default_rng(7)
    product = 100 * np.exp(
        1.5 * np.log(long["D"].clip(0.01)) + 0.1 * rng.standard_normal(len(long))
    )
    figures = [
        long.assign(indicator="gdp", value=product),
        long.assign(indicator="people", value=2.0),
    ]
    panel = pd.concat(figures)[["region", "name", "year", "indicator", "value"]]
    return RegionalPanel(long, panel, places, "group", size, seed=1, draws=199)


def table(study: RegionalPanel) -> pd.DataFrame:
    return regional_tables(study)["regional"]


def reasons(rows: pd.DataFrame, of: str = "D") -> dict[str, str]:
    """Why statistics are missing, by name."""
    missing = rows[rows["value"].isna() & (rows["of"] == of)]
    assert (missing["message"] != "").all()
    return dict(zip(missing["statistic"], missing["message"], strict=True))


def test_parts_of_inequality_add_up() -> None:
    rng = np.random.default_rng(2)
    for n in (7, 40):
        y, group = rng.gamma(2.0, size=n), rng.integers(0, 4, n)
        T = [theil(y[group == g]) for g in np.unique(group)]
        p = [(group == g).mean() * y[group == g].mean() / y.mean() for g in np.unique(group)]
        assert theil_between(y, group) + np.dot(p, T) == pytest.approx(theil(y), abs=1e-14)
        parts = dagum(y, group)
        total = parts.within + parts.between + parts.transvariation
        assert total == pytest.approx(gini(y), abs=1e-12)
        assert parts.transvariation >= 0
        assert gini(y) == pytest.approx(
            np.abs(np.subtract.outer(y, y)).mean() / (2 * y.mean()), abs=1e-14
        )
        assert theil(3 * y) == pytest.approx(theil(y)) and gini(3 * y) == pytest.approx(gini(y))
    assert theil([2.0, 2.0]) == 0 and gini([2.0, 2.0]) == 0
    assert mean_excess(np.array([3.0, 1.0]), np.array([2.0])) == 0.5


def test_growth_is_the_regression_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    x, z = rng.standard_normal((2, 20))
    y = 1 - 0.3 * x + 0.1 * z + 0.2 * rng.standard_normal(20) * (1 + x**2)
    found, other = growth_slope(y, x), growth_slope(y, x, z)
    for slope, X in ((found, x), (other, np.column_stack([x, z]))):
        fit = sm.OLS(y, sm.add_constant(X)).fit(cov_type="HC1", use_t=True)
        assert slope.value == pytest.approx(fit.params[1])
        assert (slope.low, slope.high) == pytest.approx(tuple(fit.conf_int()[1]))
        assert slope.p == pytest.approx(fit.pvalues[1]) and slope.t == pytest.approx(fit.tvalues[1])
    with pytest.raises(Refusal, match="does not vary"):
        growth_slope(y, np.ones(20))
    with pytest.raises(Refusal, match=r"regions have figures \(3\)"):
        growth_slope(y[:3], x[:3])


def test_slopes_of_many_are_those_of_the_regression_one_by_one() -> None:
    rng = np.random.default_rng(14)
    x = rng.standard_normal((3, 4, 20))
    y = 1 - 0.3 * x + 0.2 * rng.standard_normal(x.shape) * (1 + x**2)
    x[0, 1, 3], y[0, 1, 7], x[2, 0, :5] = np.nan, np.nan, np.nan
    found = slope_hc1(y, x)
    assert found.value.shape == (3, 4)
    for place in np.ndindex(3, 4):
        known = np.isfinite(x[place]) & np.isfinite(y[place])
        own = growth_slope(y[place][known], x[place][known])
        batched = [part[place] for part in (found.value, found.low, found.high)]
        np.testing.assert_allclose(batched, [own.value, own.low, own.high], rtol=0, atol=1e-12)
        assert found.value[place] / found.error[place] == pytest.approx(own.t, rel=1e-12)
    still, few = slope_hc1(y, np.ones(20)), slope_hc1(y[..., :3], x[..., :3])
    assert np.isnan(still.value).all() and np.isnan(few.low).all()


def test_morgan_is_the_correlation_of_sum_and_difference() -> None:
    rng = np.random.default_rng(15)
    first = rng.standard_normal((2, 5, 30))
    last = 0.8 * first + 0.5 * rng.standard_normal(first.shape)
    last[1, 2, 4] = np.nan
    t, p = morgan(first, last)
    for place in np.ndindex(2, 5):
        known = np.isfinite(last[place])
        x, y = first[place][known], last[place][known]
        known_test = stats.pearsonr(x + y, y - x)
        assert p[place] == pytest.approx(known_test.pvalue, rel=1e-9)
        assert np.sign(y.var() - x.var()) == np.sign(t[place])
    assert np.isnan(morgan([1.0, 2.0, np.nan], [1.0, 3.0, 4.0])[1])
    assert morgan(x, x + 3) == (0, 1)


def test_the_interval_of_a_ratio_of_spreads_ends_where_the_test_rejects() -> None:
    first, last = np.random.default_rng(3).normal(size=(2, 12)) + np.linspace(0, 3, 12)
    found = spread_ratio(first, last)
    assert found["low"] < found["value"] == last.std() / first.std() < found["high"]
    for end in ("low", "high"):
        assert morgan(first * found[end], last)[1] == pytest.approx(0.05)
    assert found["p"] == morgan(first, last)[1]


def test_an_error_over_neighbours() -> None:
    """A path of four: weights of first and second order, and the sandwich written out."""
    near = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"], "e": []}
    W = row_standardised(near, list(near))
    expected = np.eye(5)
    for i, j, weight in ((0, 1, 2), (1, 2, 2), (2, 3, 2), (0, 2, 1), (1, 3, 1)):
        expected[i, j] = expected[j, i] = weight / 3
    np.testing.assert_allclose(around(W).toarray(), expected)
    x, y = np.array([0.0, 1.0, 2.0, 4.0, 5.0]), np.array([1.0, 0.7, 0.9, -0.2, 0.1])
    X = np.column_stack([np.ones(5), x])
    bread = np.linalg.inv(X.T @ X)
    scores = X * (y - X @ (bread @ X.T @ y))[:, None]
    error = np.sqrt((bread @ scores.T @ expected @ scores @ bread)[1, 1] * 5 / 3)
    found = growth_slope(y, x, near=around(W))
    assert found.value / found.t == pytest.approx(error, rel=1e-12)
    own = row_standardised({region: [] for region in near}, list(near))
    assert growth_slope(y, x, near=around(own)).t == pytest.approx(growth_slope(y, x).t)
    with pytest.raises(Refusal, match="comes out negative"):
        growth_slope(y, x, near=-around(W))


def test_residuals_are_shuffled_with_their_regressor_taken_out_again() -> None:
    """The mean of the draws is tr(MW) / (n - k), which shuffled residuals alone do not have."""
    n, rng = 24, np.random.default_rng(16)
    W = ring_weights(n)
    dense, x = W.toarray(), np.cos(2 * np.pi * np.arange(n) / n)
    X = np.column_stack([np.ones(n), x])
    M = np.eye(n) - X @ np.linalg.pinv(X)
    left = M @ rng.standard_normal(n)
    draws, drawn = 4000, []
    for block in permutations(n, draws, np.random.default_rng(17)):
        again = left[block] @ M
        drawn += list((again * (again @ dense.T)).sum(axis=1) / (again**2).sum(axis=1))
    found = likeness(left[:, None], W, draws, np.random.default_rng(17), x[:, None])
    expected = np.trace(M @ dense) / (n - 2)
    assert found.expected[0] == pytest.approx(expected, abs=1e-12)
    assert expected < -1 / (n - 1) - 0.02  # a smooth regressor takes likeness with it
    assert np.mean(drawn) == pytest.approx(expected, abs=0.01)
    I = left @ dense @ left / (left @ left)  # noqa: E741
    far = np.abs(np.array(drawn) - expected)
    reached = (far >= abs(I - expected) - 1e-12).sum()
    assert (found.I[0], found.p[0]) == (pytest.approx(I), (1 + reached) / (draws + 1))
    # an I just above the critical one has p below 0.05, one just below has not
    least = found.critical[0] - expected
    for shift, seen in ((1e-9, True), (-1e-9, False)):
        assert ((1 + (far >= least + shift).sum()) / (draws + 1) < 0.05) == seen
    doubled = np.column_stack([left, 3 * left])
    both = likeness(
        doubled, W, 199, np.random.default_rng(18), np.column_stack([x, x]), doubled * 0
    )
    assert both.p[0] == both.p[1] and both.expected == pytest.approx(expected)
    assert np.isnan(likeness(left[:, None], W, 9, np.random.default_rng(1)).critical)


def test_log_t_tells_convergence_from_lasting_gaps() -> None:
    rng = np.random.default_rng(6)
    t, gap = np.arange(1, 31), rng.standard_normal(60)[:, None]
    closing = 10 + gap / t + 0.001 * rng.standard_normal((60, 30))
    lasting = 10 + gap + 0.001 * rng.standard_normal((60, 30))
    assert log_t(closing).t > -1.65 > log_t(lasting).t
    with pytest.raises(Refusal, match="14 years; at least 15"):
        log_t(closing[:, :14])


def test_p_is_uniform_where_neighbours_do_not_matter() -> None:
    n = 20
    W = ring_weights(n)
    Y = np.random.default_rng(10).standard_normal((n, 400))
    p = likeness(Y, W, 199, np.random.default_rng(11)).p
    assert stats.kstest(p, "uniform").pvalue > 0.01
    own = np.concatenate([local_moran_p(y, W, 99, np.random.default_rng(12)) for y in Y.T[:60]])
    assert 0.02 < (own < 0.05).mean() < 0.09


def test_permutations_come_in_blocks_of_fixed_memory(monkeypatch) -> None:
    monkeypatch.setattr("coevo.regional.neighbourhood.BLOCK", 70)
    blocks = list(permutations(7, 25, np.random.default_rng(1)))
    assert [len(block) for block in blocks] == [10, 10, 5]
    assert all((np.sort(block, axis=1) == np.arange(7)).all() for block in blocks)


def test_a_region_without_neighbours_has_no_local_statistic() -> None:
    W = row_standardised({"a": ["b"], "b": ["a"], "c": []}, ["a", "b", "c"])
    p = local_moran_p([1.0, 2.0, 4.0], W, 9, np.random.default_rng(1))
    assert np.isnan(p).tolist() == [False, False, True]
    assert W.sum() == 2


def test_the_nearest_by_level() -> None:
    level = pd.Series([1.0, 5.0, 2.0, 4.0, 9.0, 8.0, 3.0], list("abcdefg"))
    near = nearest_by_level(level)
    for region, own in near.items():
        others = (level.drop(region) - level[region]).abs()
        assert len(own) == 5 and others[own].max() <= others.drop(own).min()


def test_moves_need_both_years() -> None:
    states = classified([[0.1, 0.2, np.nan, 0.4]], [0.2])
    assert states.tolist() == [[0, 0, -1, 1]]  # a class holds its upper cut
    assert transition_counts(states, 2).tolist() == [[1, 0], [0, 0]]
    P = probabilities([[1, 1], [0, 0]])
    assert P[0].tolist() == [0.5, 0.5] and np.isnan(P[1]).all()
    for apart in (P, np.eye(2), [[0.5, 0.5], [0.0, 1.0]]):
        with pytest.raises(Refusal, match="no steady state"):
            steady_state(apart)


def test_homogeneity_is_the_test_of_a_table() -> None:
    counts = np.array([[[10, 5], [4, 12]], [[6, 9], [8, 8]]])
    (LR, p), (Q, _) = homogeneity(counts).values()
    # row by row it is the test of independence of a contingency table
    known = [stats.chi2_contingency(counts[:, i], correction=False) for i in (0, 1)]
    likely = [
        stats.chi2_contingency(counts[:, i], correction=False, lambda_="log-likelihood")
        for i in (0, 1)
    ]
    assert pytest.approx(sum(k.statistic for k in known)) == Q
    assert pytest.approx(sum(k.statistic for k in likely)) == LR
    assert p == pytest.approx(stats.chi2.sf(LR, sum(k.dof for k in known)))
    with pytest.raises(Refusal):
        homogeneity(np.array([[[3, 0], [0, 2]]]))


def test_moves_by_neighbours_sum_to_all_moves() -> None:
    study = case(values(12))
    tables = regional_tables(study)
    moves = tables["mobility"]
    own = moves[moves["lag_class"].isna()].set_index(["from", "to"])["count"]
    near = moves.dropna(subset="lag_class").groupby(["from", "to"])["count"].sum()
    assert own.sum() == 12 * 5 and near.loc[own.index].tolist() == own.tolist()
    assert spatial_counts(study).sum() == 60
    means, D = neighbour_means(study.D, study), study.D
    assert means.iloc[0, 0] == pytest.approx((D.iloc[1, 0] + D.iloc[-1, 0]) / 2)


def test_densities_integrate_to_one_and_show_two_clubs() -> None:
    rng = np.random.default_rng(13)
    one = rng.normal(0.5, 0.05, 40)
    two = np.concatenate([rng.normal(0.25, 0.04, 20), rng.normal(0.75, 0.04, 20)])
    found = densities(pd.DataFrame({2015: one, 2016: two}))
    for density in found.values():
        assert np.trapezoid(density, GRID) == pytest.approx(1, abs=0.01)
    assert (peaks(found[2015]), peaks(found[2016])) == (1, 2)


def test_a_study_that_has_everything() -> None:
    rows = table(case(values(12)))
    assert reasons(rows) == {"log_t": "too_few_years_known"} | {
        name: why for name, why in reasons(rows).items() if why == "classes_apart"
    }
    of = rows[rows["of"] == "D"].set_index(["statistic", "scope", "year"])["value"]
    for year in YEARS:
        assert of["theil_between", "all", year] + of["theil_within", "all", year] == (
            pytest.approx(of["theil", "all", year], abs=1e-15)
        )
    assert of["beta", "all", 2020] < 0 and of["beta_check", "all", 2020] < 0
    assert of["sd_ln", "all", 2020] < of["sd_ln", "all", 2015]
    level = rows[rows["of"] == "level_adjusted"].set_index(["statistic", "scope", "year"])["p"]
    plain = rows[rows["of"] == "D"].set_index(["statistic", "scope", "year"])["p"]
    assert plain["moran", "all", 2020] < 0.05 < level["moran", "all", 2020]
    local = rows[rows["statistic"] == "local_moran"]
    assert set(local["year"]) == {2015, 2020} and len(local) == 12 * 2 * 2
    assert (local["p_adjusted"] >= local["p"]).all()
    assert as_table("regional", rows).equals(table(case(values(12))))  # by seed


def test_a_quadrant_is_named_where_it_passes_the_false_discovery_rate() -> None:
    rows = table(replace(case(values(24)), draws=1999))
    local = rows[rows["statistic"] == "local_moran"]
    passed = local["p_adjusted"] < 0.05
    assert set(local.loc[passed, "cluster"]) == {"high_high", "low_low"}
    assert set(local.loc[~passed, "cluster"]) == {""}


def test_isolated_regions_are_left_out_and_named() -> None:
    places = ring(12)
    places.loc[0, "neighbours"] = ""
    places.loc[[1, 11], "neighbours"] = [places["region"][2], places["region"][10]]
    rows = table(case(values(12), places))
    local = rows[(rows["statistic"] == "local_moran") & (rows["scope"] == "100000")]
    assert set(local["message"]) == {"isolated_region"}
    assert set(rows.loc[rows["statistic"] == "moran", "n"]) == {11}


FLAT = values(12) * 0 + 0.5
EVERY_SLOPE = [
    name + of
    for name in ("beta", "beta_check", "beta_given_level")
    for of in ("", "_conley", "_residual_moran")
]
LACKING = sections("lacking_in_regional")


@pytest.mark.parametrize("lacking", LACKING)
def test_what_is_lacking_costs_what_needs_it_and_nothing_else(lacking) -> None:
    said = LACKING[lacking]
    D = values(12).iloc[: said.get("regions"), : said.get("years")]
    places = ring(12)[said.get("columns", ["region", "neighbours", "group"])]
    rows = table(
        case(
            D * 0 + said["D"] if "D" in said else D,
            places.assign(**said.get("places", {})),
            tuple(said.get("size", ("gdp", "people"))),
        )
    )
    why, found = reasons(rows), rows[rows["of"] == "D"].dropna(subset="value")["statistic"]
    for reason, names in said["why"].items():
        assert {why.get(name) for name in names.split()} == {reason}
    assert set(said.get("left", "").split()) <= set(found)


def test_a_constant_D_and_no_heads_leave_no_rows_of_their_own() -> None:
    made = regional_tables(case(FLAT))
    assert made["mobility"].empty and made["density"].empty
    assert (made["regional"].query("statistic == 'theil'")["value"].dropna() == 0).all()
    heads = table(case(values(12), size=("gdp",)))
    assert set(reasons(heads, "level_adjusted").values()) == {"no_level"}


def test_a_group_of_one_has_no_inequality_inside() -> None:
    rows = table(case(values(12), ring(12).assign(group=["alone", *["rest"] * 11])))
    alone = rows[(rows["scope"] == "alone") & (rows["message"] == "group_of_one")]
    assert set(alone["statistic"]) == {"theil", "gini"}
    assert rows[rows["statistic"] == "gini_within"]["value"].notna().all()


def test_indices_of_zero() -> None:
    D = values(12)
    D.loc["100003", 2015] = 0.0
    rows = table(case(D))
    why = rows[rows["message"] == "zero_D"]
    assert {"sd_ln", "sd_ln_ratio", *EVERY_SLOPE} == set(why["statistic"])
    assert set(why.loc[why["statistic"] == "sd_ln", "year"]) == {2015}
    assert rows.loc[rows["statistic"] == "gini", "value"].notna().all()
    level = rows[(rows["of"] == "level_adjusted") & (rows["statistic"] == "moran")]
    assert dict(zip(level["year"], level["n"], strict=True))[2015] == 11


def test_the_level_is_taken_out_by_one_slope_with_means_of_years() -> None:
    study = case(values(12))
    y = np.log(study.D) - np.log(study.D).mean()
    x = study.log_level - study.log_level.mean()
    slope = (x * y).to_numpy().sum() / (x**2).to_numpy().sum()
    np.testing.assert_allclose(study.log_adjusted, y - slope * x, atol=1e-12)


def test_regions_that_lack_years() -> None:
    D = values(12)
    D.loc["100004", 2015] = np.nan
    D.loc["100005", [2017, 2018]] = np.nan
    rows = table(case(D))
    n = rows[rows["statistic"] == "theil"].drop_duplicates("year").set_index("year")["n"]
    assert n.tolist() == [11, 11, 10, 10, 11, 11]  # of those known in the first and last year
    assert rows.loc[rows["statistic"] == "beta", "n"].tolist() == [11]
    assert rows.loc[rows["statistic"] == "shorrocks", "n"].tolist() == [60 - 1 - 3]
