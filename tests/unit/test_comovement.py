"""Co-movement beyond level and common trend, on panels whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.comovement import comovement_rows, correlation, demean, random_pairings


def panels(private, seed=1, regions=30, years=9):
    """Two indices that share a region's level and the path of the years, and `private` shocks."""
    rng = np.random.default_rng(seed)
    level, path = rng.normal(0, 1, (regions, 1)), np.linspace(0, 1, years)
    shocks = rng.normal(0, 0.2, (2, regions, years))
    shocks[1] = private * shocks[0] + (1 - abs(private)) * shocks[1]
    U1, U2 = np.exp(level + path + shocks - 4)
    rows = [
        (f"{r:02d}", 2015 + t, U1[r, t], U2[r, t]) for r in range(regions) for t in range(years)
    ]
    coupling = pd.DataFrame(rows, columns=["region", "year", "U_a", "U_b"])
    coupling["D"] = (coupling["U_a"] * coupling["U_b"]) ** 0.25
    size = coupling.assign(indicator="size", value=np.exp(level).repeat(years))
    heads = coupling.assign(indicator="heads", value=1.0 + np.arange(len(coupling)))
    return coupling, pd.concat([size, heads])[["region", "year", "indicator", "value"]]


def measures(private):
    table = comovement_rows(*panels(private), ["size", "heads"], seed=1)
    return table.set_index(["measure", "scope"])["value"]


@pytest.mark.parametrize(("private", "sign"), [(1.0, 1), (0.0, 0), (-1.0, -1)])
def test_what_is_left_within_regions_and_years_is_the_private_part(private, sign):
    found = measures(private)
    assert found["correlation_lnU", "levels"] > 0.9
    within = found["correlation_lnU", "within_regions_and_years"]
    assert np.sign(np.round(within)) == sign or abs(within - sign) < 0.15
    low, high = (found[f"placebo_{end}", "within_regions_and_years"] for end in ("low", "high"))
    assert (low < within < high) == (sign == 0)


def test_rank_correlations_and_share_of_variance():
    found = measures(0.0)
    coupling, sizes = panels(0.0)
    last = coupling[coupling["year"] == 2023]
    size = sizes[(sizes["indicator"] == "size") & (sizes["year"] == 2023)]["value"]
    expected = last["D"].reset_index(drop=True).corr(size.reset_index(drop=True), method="spearman")
    assert found["rank_correlation_D", "size"] == pytest.approx(expected)
    assert ("rank_correlation_D", "size_per_head") in found.index
    x = np.log(sizes[sizes["indicator"] == "size"]["value"].to_numpy())
    y = np.log(coupling["D"].to_numpy())
    assert found["share_of_variance_lnD", "ln_size"] == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


def test_demeaning_takes_effects_out_of_an_unbalanced_panel():
    rng = np.random.default_rng(2)
    regions, years = rng.integers(0, 8, 60), rng.integers(0, 6, 60)
    x = rng.normal(size=60)
    effects = np.column_stack(
        [(regions[:, None] == np.arange(8)), (years[:, None] == np.arange(6))]
    ).astype(float)
    fitted = effects @ np.linalg.lstsq(effects, x, rcond=None)[0]
    found = demean(x, regions, years, "within_regions_and_years")
    np.testing.assert_allclose(found, x - fitted, atol=1e-10)


def test_pairings_stay_within_terciles_of_size():
    size = np.array([5.0, 1, 9, 2, 8, 3, 7, 4, 6])
    order = random_pairings(size, np.random.default_rng(1), 200)
    tercile = np.argsort(np.argsort(size)) // 3
    assert (np.sort(order, axis=1) == np.arange(9)).all()
    assert (tercile[order] == tercile).all()
    assert len(np.unique(order, axis=0)) > 50


def test_correlation_of_many_with_one():
    x = np.random.default_rng(3).normal(size=(4, 20))
    found = correlation(x, x[0])
    np.testing.assert_allclose(found, [np.corrcoef(row, x[0])[0, 1] for row in x])


def test_one_region_has_no_table():
    coupling, sizes = panels(0.0, regions=1)
    assert comovement_rows(coupling, sizes, ["size"], seed=1).empty


def test_few_regions_and_unbalanced_panels_are_not_held_against_random_pairings():
    few, sizes = panels(0.0, regions=8)
    assert not comovement_rows(few, sizes, ["size"], 1)["measure"].str.startswith("placebo").any()
    coupling, sizes = panels(0.0)
    unbalanced = comovement_rows(coupling.iloc[1:], sizes, ["size"], 1)
    assert not unbalanced["measure"].str.startswith("placebo").any()
    assert (unbalanced["measure"] == "correlation_lnU").sum() == 3


def test_what_does_not_vary_has_no_correlation():
    coupling, sizes = panels(0.0)
    same = coupling.assign(U_a=coupling.groupby("year")["U_a"].transform("first"))
    scopes = comovement_rows(same, sizes, ["size"], 1).query("measure == 'correlation_lnU'")[
        "scope"
    ]
    assert scopes.tolist() == ["levels", "within_regions"]


def test_what_size_leaves_of_D():
    coupling, sizes = panels(0.0)
    table = comovement_rows(coupling, sizes, ["size"], 1)
    own = sizes[sizes["indicator"] == "size"]
    joined = coupling.merge(
        own.rename(columns={"value": "size"})[["region", "year", "size"]], on=["region", "year"]
    )
    x = np.column_stack([np.ones(len(joined)), np.log(joined["size"])])
    y = np.log(joined["D"])
    joined["left"] = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    last = joined[joined["year"] == joined["year"].max()].set_index("region")
    found = table[table["measure"] == "size_adjusted_lnD"].set_index("scope")["value"]
    np.testing.assert_allclose(found, last.loc[found.index, "left"], atol=1e-12)
    ranks = table[table["measure"] == "rank_size_adjusted_D"].set_index("scope")["value"]
    assert ranks[last["left"].idxmax()] == 1 and ranks[last["left"].idxmin()] == len(last)


def test_three_subsystems_have_three_pairs():
    coupling, sizes = panels(0.0)
    three = coupling.assign(U_c=coupling["U_a"][::-1].to_numpy())
    pairs = comovement_rows(three, sizes, ["size"], 1).query("measure == 'correlation_lnU'")["pair"]
    assert sorted(set(pairs)) == ["a~b", "a~c", "b~c"]
