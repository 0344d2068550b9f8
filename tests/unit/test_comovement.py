"""Co-movement beyond level and common trend, on panels whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.comovement import (
    PAIRINGS,
    comovement_rows,
    demean,
    paired_correlations,
    placebo,
    random_pairings,
)


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
    table = comovement_rows(*panels(private), ["size"], seed=1)
    logs = table[table["of"].isin(["", "correlation_lnU"])]
    return logs.set_index(["measure", "scope"])["value"]


@pytest.mark.parametrize(("private", "sign"), [(1.0, 1), (0.0, 0), (-1.0, -1)])
def test_what_is_left_within_regions_and_years_is_the_private_part(private, sign):
    found = measures(private)
    assert found["correlation_lnU", "levels"] > 0.9
    within = found["correlation_lnU", "within_regions_and_years"]
    assert np.sign(np.round(within)) == sign or abs(within - sign) < 0.15
    low, high = (found[f"placebo_{end}", "within_regions_and_years"] for end in ("low", "high"))
    assert (low < within < high) == (sign == 0)
    p = found["placebo_p", "within_regions_and_years"]
    assert (p < 0.05) == (sign != 0) and (p == 1 / (1 + PAIRINGS)) == (sign != 0)


def test_every_scope_has_logs_roots_and_the_indices_as_they_are():
    coupling, sizes = panels(0.5)
    table = comovement_rows(coupling, sizes, ["size"], seed=1).query("paired_by == ''")
    found = table.set_index(["scope", "measure"])["value"]
    U = [coupling[column].to_numpy().reshape(30, 9) for column in ("U_a", "U_b")]
    for name, scaled in (("lnU", np.log(U)), ("sqrtU", np.sqrt(U)), ("U", U)):
        x, y = (v - v.mean(1, keepdims=True) - v.mean(0) + v.mean() for v in scaled)
        r = np.corrcoef(x.ravel(), y.ravel())[0, 1]
        assert found["within_regions_and_years", f"correlation_{name}"] == pytest.approx(r)
    assert len(found) == 9


def test_reassigned_series_need_no_new_demeaning():
    """As if every pairing were demeaned anew, by loops and numpy's own correlation."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, 12, 5)) + np.arange(5) + rng.normal(size=(12, 1))
    regions, years = np.repeat(np.arange(12), 5), np.tile(np.arange(5), 12)
    order = random_pairings(np.arange(12.0), rng, 40)
    for scope in ("levels", "within_regions", "within_regions_and_years"):
        left = [demean(v.ravel(), regions, years, scope).reshape(12, 5) for v in (x, y)]
        expected = [
            np.corrcoef(
                demean(x[own].ravel(), regions, years, scope),
                demean(y.ravel(), regions, years, scope),
            )[0, 1]
            for own in order
        ]
        np.testing.assert_allclose(paired_correlations(*left, order), expected, atol=1e-12)


def test_p_is_two_sided_about_the_mean_of_the_pairings_and_counts_the_value_itself():
    drawn = np.arange(1.0, 100.0)
    found = placebo(np.array([3.0, 97.0, 50.0, -5.0]), np.tile(drawn, (4, 1)))
    assert found["p"].tolist() == [0.07, 0.07, 1.0, 0.01]  # 1, 2, 3, 97, 98, 99 and itself
    assert (found["mean"] == 50).all() and found["low"][0] == pytest.approx(1 + 0.025 * 98)


def test_many_panels_share_one_order_and_each_may_lack_regions():
    """As if those that are left were a panel of their own, with the pairings that they keep."""
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(2, 3, 4, 14, 5))
    order = random_pairings(rng.normal(size=14), rng, 60)
    x[0, 1, 3, 2], y[0, 1, 9], x[2, 3, 0] = np.nan, np.nan, np.nan
    found = paired_correlations(x, y, order)
    assert found.shape == (3, 4, 60)
    np.testing.assert_array_equal(found[1, 2], paired_correlations(x[1, 2], y[1, 2], order))
    left = [i for i in range(14) if i not in (3, 9)]
    for draw, given in enumerate(order):
        got = []
        for region in left:
            of = given[region]
            while of not in left:
                of = given[of]
            got.append(of)
        assert sorted(got) == left
        r = np.corrcoef(x[0, 1][got].ravel(), y[0, 1][left].ravel())[0, 1]
        assert found[0, 1, draw] == pytest.approx(r)
    same = paired_correlations(np.ones((14, 5)), y[1, 2], order)
    assert np.isnan(same).all()


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


def test_pairings_stay_within_runs_of_size_that_begin_anywhere():
    """31 regions: runs of ten, but from 4 to 13 at the ends, and cuts at every fourth place on."""
    rng = np.random.default_rng(1)
    size = rng.permutation(31).astype(float)
    order = random_pairings(size, rng, 4000)
    assert (np.sort(order, axis=1) == np.arange(31)).all()
    by_size = np.argsort(size)
    rank = size[order[:, by_size]].astype(int)  # of whom the region of each rank gets
    # a cut: those before it get one another
    cut = np.maximum.accumulate(rank, axis=1) == np.arange(31)
    assert (np.abs(rank - np.arange(31)) < 14).all()
    ends = rank[:, 0]
    assert ends.max() == 12 and rank[:, 1:4].min() == 0
    # a pair next to each other is parted by a cut in a tenth of the draws, but for the ends
    apart = cut[:, 3:27].mean(axis=0)
    assert (apart > 0.08).all() and apart[4:-4].max() < 0.14
    assert cut[:, :3].mean(axis=0).max() < 0.15


def test_one_region_has_no_table_and_a_size_per_head_pairs_first():
    coupling, sizes = panels(0.0, regions=1)
    assert comovement_rows(coupling, sizes, ["size"], seed=1).empty
    table = comovement_rows(*panels(0.0), ["size", "heads"], seed=1)
    assert [*dict.fromkeys(table["paired_by"])] == ["", "size_per_head", "size"]
    assert set(table.loc[table["paired_by"] != "", "n"]) == {PAIRINGS}


@pytest.mark.parametrize(
    ("regions", "gone", "size", "message"),
    [
        (8, 0, ["size"], "too_few_regions_to_pair"),
        (9, 1, ["size"], "unbalanced_pairs"),
        (30, 0, [], "no_size"),
    ],
)
def test_why_nothing_is_held_against_random_pairings(regions, gone, size, message):
    coupling, sizes = panels(0.0, regions=regions)
    table = comovement_rows(coupling.iloc[gone:], sizes, size, 1)
    (refused,) = table[table["measure"].str.startswith("placebo")].to_dict("records")
    assert (refused["message"], refused["measure"]) == (message, "placebo_p")
    assert table["value"].notna().sum() == 9


def test_of_an_unbalanced_panel_the_regions_with_all_years_are_asked():
    coupling, sizes = panels(0.0)
    first = coupling["region"].iloc[0]
    table = comovement_rows(coupling.iloc[1:], sizes, ["size"], 1)
    without = comovement_rows(coupling[coupling["region"] != first], sizes, ["size"], 1)
    pd.testing.assert_frame_equal(table, without)
    assert (table["measure"] == "placebo_p").any()


def test_what_does_not_vary_has_no_correlation():
    coupling, sizes = panels(0.0)
    same = coupling.assign(U_a=coupling.groupby("year")["U_a"].transform("first"))
    table = comovement_rows(same, sizes, ["size"], 1).query("measure == 'correlation_lnU'")
    assert table.dropna(subset="value")["scope"].tolist() == ["levels", "within_regions"]
    assert table["message"].tolist() == ["", "", "constant_index"]


def test_three_subsystems_have_three_pairs():
    coupling, sizes = panels(0.0)
    three = coupling.assign(U_c=coupling["U_a"][::-1].to_numpy())
    pairs = comovement_rows(three, sizes, ["size"], 1).query("measure == 'correlation_lnU'")["pair"]
    assert sorted(set(pairs)) == ["a~b", "a~c", "b~c"]
