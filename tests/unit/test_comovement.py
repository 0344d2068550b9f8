"""Co-movement beyond level and common trend, on panels whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.comovement import (
    PAIRINGS,
    beyond,
    comovement_rows,
    correlation,
    demean,
    paired_correlations,
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
    return table.set_index(["measure", "scope"])["value"]


@pytest.mark.parametrize(("private", "sign"), [(1.0, 1), (0.0, 0), (-1.0, -1)])
def test_what_is_left_within_regions_and_years_is_the_private_part(private, sign):
    found = measures(private)
    assert found["correlation_lnU", "levels"] > 0.9
    within = found["correlation_lnU", "within_regions_and_years"]
    assert np.sign(np.round(within)) == sign or abs(within - sign) < 0.15
    low, high = (found[f"placebo_{end}", "within_regions_and_years"] for end in ("low", "high"))
    assert (low < within < high) == (sign == 0)
    share = found["placebo_beyond", "within_regions_and_years"]
    assert (share < 0.025) == (sign != 0) and (share == 1 / (1 + PAIRINGS)) == (sign != 0)


def test_regions_are_paired_by_size_per_head_first():
    coupling, sizes = panels(0.0)
    table = comovement_rows(coupling, sizes, ["size", "heads"], seed=1)
    assert [*dict.fromkeys(table["terciles"])] == ["", "size_per_head", "size"]
    assert set(table.loc[table["terciles"] != "", "n"]) == {PAIRINGS}


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


def test_share_of_draws_beyond_counts_the_value_itself():
    drawn = np.arange(1.0, 100.0)
    assert beyond(3.0, drawn) == beyond(97.0, drawn) == 0.04
    assert beyond(-5.0, drawn) == beyond(200.0, drawn) == 0.01


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


@pytest.mark.parametrize(
    ("regions", "gone", "size", "message"),
    [
        (8, 0, ["size"], "too_few_regions_to_pair"),
        (30, 1, ["size"], "unbalanced_pairs"),
        (30, 0, [], "no_size"),
    ],
)
def test_why_nothing_is_held_against_random_pairings(regions, gone, size, message):
    coupling, sizes = panels(0.0, regions=regions)
    table = comovement_rows(coupling.iloc[gone:], sizes, size, 1)
    (refused,) = table[table["measure"].str.startswith("placebo")].to_dict("records")
    assert (refused["message"], refused["measure"]) == (message, "placebo_beyond")
    assert table["value"].notna().sum() == 3


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


def test_pairings_are_those_of_the_seed():
    coupling, sizes = panels(0.0)
    one, again, other = (comovement_rows(coupling, sizes, ["size"], seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one["value"].equals(other["value"])
