"""What D measures: shares by hand, least squares by numpy, refusals by key."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coevo.coupling.level import (
    SLOPES,
    level_adjusted,
    level_figures,
    level_rows,
    level_slope,
    variance_shares,
)
from coevo.errors import Refusal


def panels(regions=6, years=4):
    """Coupling and panel of regions whose product per head makes most of D."""
    rng = np.random.default_rng(1)
    product, heads = rng.uniform(10, 900, regions), rng.uniform(1, 90, regions)
    table = pd.DataFrame(
        [(f"{r}", 2015 + t) for r in range(regions) for t in range(years)],
        columns=["region", "year"],
    )
    r, t = table["region"].astype(int), table["year"] - 2015
    C = rng.uniform(0.9, 1.0, len(table))
    T = 0.05 * (product / heads)[r] ** 0.4 * 1.05**t * rng.uniform(0.9, 1.1, len(table))
    sizes = table.assign(product=product[r] * 1.1**t, heads=heads[r], name="")
    long = sizes.melt(["region", "name", "year"], var_name="indicator")
    return table.assign(C=C, T=T, D=np.sqrt(C * T), name=""), long


def found(coupling, panel, size=("product", "heads")):
    return level_rows(coupling, panel, size)


def test_shares_of_C_and_T_by_hand():
    """ln D = (0, 1, 2) + (1, 0, 2) = (1, 1, 4), centred (-1, -1, 2): variance 6 / 3."""
    shares = variance_shares(log_C=[0, 2, 4], log_T=[2, 0, 4])
    assert shares == pytest.approx({"C": (1 + 0 + 2) / 6, "T": (0 + 1 + 2) / 6})
    assert variance_shares([2, 0, -2], [0, 4, 8]) == pytest.approx({"C": -1, "T": 2})
    with pytest.raises(Refusal) as refused:
        variance_shares([0, 1], [1, 0])
    assert refused.value.key == "constant_D"


@pytest.mark.parametrize("years", [None, np.tile([1, 2, 3], 10)])
def test_slope_and_residual_are_those_of_least_squares(years):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 30))
    groups = np.zeros(30) if years is None else years
    X = np.column_stack([x, groups[:, None] == np.unique(groups)]).astype(float)
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    assert level_slope(y, x, years) == pytest.approx(b[0])
    np.testing.assert_allclose(level_adjusted(y, x, years), y - X @ b, atol=1e-12)


def rows_of(table, measure, key="scope"):
    return table[table["measure"] == measure].set_index(key)


def test_every_measure_by_pandas_and_scipy():
    coupling, panel = panels()
    table, levels = found(coupling, panel), level_figures(panel, ["product", "heads"])
    assert list(levels) == ["product_per_head", "product", "heads"]
    joined = coupling.merge(levels.reset_index(), on=["region", "year"])
    logs, last = np.log(joined[["C", "T", "D", *levels]]), joined["year"] == 2018
    shares = rows_of(table, "variance_share")
    for name in ("C", "T"):
        share = logs[name].cov(logs["D"]) / logs["D"].var() / 2
        assert shares.at[name, "value"] == pytest.approx(share)
    R2 = table[table["measure"] == "R2"].set_index("level")
    assert R2["value"].to_dict() == pytest.approx(
        {name or "": logs["D"].corr(logs[name or "T"]) ** 2 for name in ("", *levels)}
    )
    assert R2.at["", "scope"] == "T" and {*R2["n"], *shares["n"]} == {24}
    for name in ("C", "T", "D"):
        rise = rows_of(table, f"rise_{name.replace('D', 'lnD')}")
        ends = np.log(coupling.set_index(["region", "year"])[name].unstack())
        own = (ends[2018] - ends[2015]) / (1 if name == "D" else 2)
        np.testing.assert_allclose(rise["value"], own)
        assert rise["n"].tolist() == [3] * 6  # years from first to last
    own = rows_of(table, "rank_correlation_D", "level")
    for name in levels:
        rank = stats.spearmanr(joined.loc[last, name], joined.loc[last, "D"])[0]
        assert own.at[name, "value"] == pytest.approx(rank) and own.at[name, "n"] == 6
    ranks, D = rows_of(table, "rank_D"), joined[last].set_index("region")["D"]
    assert ranks["value"].to_dict() == D.rank(ascending=False).to_dict()
    assert ranks["n"].tolist() == [6] * 6


def test_slopes_and_ranks_of_what_the_level_leaves():
    coupling, panel = panels()
    table, levels = found(coupling, panel), level_figures(panel, ["product", "heads"])
    joined = coupling.merge(levels.reset_index(), on=["region", "year"])
    x, y, year = np.log(joined["product_per_head"]), np.log(joined["D"]), joined["year"]
    centred = [v - v.groupby(year).transform("mean") for v in (x, y)]
    expected = {
        "pooled": stats.linregress(x, y)[0],
        "year_centred": stats.linregress(*centred)[0],
        "last_year": stats.linregress(x[year == 2018], y[year == 2018])[0],
    }
    slope = rows_of(table, "slope_lnD", "slope")
    assert slope["value"].to_dict() == pytest.approx(expected) and [*expected] == [*SLOPES]
    assert slope.loc[list(SLOPES), "n"].tolist() == [24, 24, 6]
    ranks = rows_of(table, "rank_adjusted_D", ["slope", "scope"])
    assert set(ranks["level"]) == {"product_per_head"}
    left = rows_of(table, "adjusted_lnD", ["slope", "scope"])["value"]
    for name in SLOPES:
        own = left[name].rank(ascending=False)
        assert ranks.loc[name, "value"].to_dict() == own.to_dict()
    alone = coupling.set_index(["region", "year"]).assign(D=levels["product_per_head"] ** 0.3)
    nothing = rows_of(found(alone.reset_index(), panel), "adjusted_lnD")["value"]
    assert nothing.abs().max() < 1e-12


def test_one_size_alone_and_none():
    coupling, panel = panels()
    table = found(coupling, panel, ["product"])
    assert set(table["level"]) == {"", "product"}
    (refused,) = (
        found(coupling, panel, []).query("measure == 'R2' and scope == ''").to_dict("records")
    )
    assert (refused["message"], np.isnan(refused["value"])) == ("no_size", True)
    assert (found(coupling, panel, [])["measure"] == "rise_T").sum() == 6


def test_one_region_has_its_rise_alone():
    coupling, panel = panels()
    table = found(coupling[coupling["region"] == "0"], panel)
    assert set(table["measure"]) == {"variance_share", "R2", "rise_lnD", "rise_C", "rise_T"}


def test_what_cannot_be_computed_has_its_reason():
    coupling, panel = panels()
    first = (coupling["region"] == "1") & (coupling["year"] == 2015)
    zero = coupling.assign(D=coupling["D"].mask(first, 0.0), C=coupling["C"].mask(first, 0.0))
    table = found(zero, panel)
    assert table[table["message"] != ""][["measure", "scope", "message"]].to_numpy().tolist() == [
        ["rise_lnD", "1", "zero_D_at_an_end"]
    ]
    flat, same = coupling.assign(C=1.0, T=0.25, D=0.5), panel.assign(value=5.0)
    assert set(found(coupling, same)["message"]) == {"", "constant_level"}
    finite = found(flat, same).dropna(subset="value")["value"]
    assert np.isfinite(finite).all()


def test_a_refusal_says_what_it_is_of_and_of_how_many_rows():
    coupling, panel = panels()
    flat = coupling.assign(C=1.0, T=0.25, D=0.5)
    told = found(flat, panel).query("message != ''")
    columns = ["measure", "scope", "level", "message", "n"]
    assert told[columns].to_numpy().tolist() == [
        ["variance_share", "T", "", "constant_D", 24],
        *(["R2", "", name, "constant_D", 24] for name in ("product_per_head", "product", "heads")),
    ]
    # with its reason nothing is taken out of D
    assert not set(found(flat, panel)["measure"]) & {"slope_lnD", "adjusted_lnD"}
    (late,) = found(coupling, panel[panel["year"] < 2018]).query("message != ''").to_dict("records")
    assert (late["message"], late["fields"]) == ("no_size_in_year", '{"year": 2018}')
    assert late["n"] == 18
