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


def panels(regions=6, years=4, seed=1):
    """Coupling and panel of regions whose product per head makes most of D."""
    rng = np.random.default_rng(seed)
    product, heads = rng.uniform(10, 900, regions), rng.uniform(1, 90, regions)
    rows = []
    for r in range(regions):
        for t in range(years):
            T = 0.05 * (product[r] / heads[r]) ** 0.4 * 1.05**t * rng.uniform(0.9, 1.1)
            C = rng.uniform(0.9, 1.0)
            rows.append((f"{r}", 2015 + t, C, T, np.sqrt(C * T), product[r] * 1.1**t, heads[r]))
    table = pd.DataFrame(rows, columns=["region", "year", "C", "T", "D", "product", "heads"])
    keys = ["region", "year"]
    long = table.melt(keys, ["product", "heads"], "indicator", "value").assign(name="")
    return table[[*keys, "C", "T", "D"]].assign(name=""), long


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


def test_shares_sum_to_one_and_parts_to_the_rise():
    coupling, panel = panels()
    table = found(coupling, panel)
    shares = table[table["measure"] == "variance_share"]["value"]
    assert shares.sum() == pytest.approx(1, abs=1e-12)
    rise = table[table["measure"].str.startswith("rise")].pivot(
        index="scope", columns="measure", values="value"
    )
    np.testing.assert_allclose(rise["rise_lnD"], rise["rise_C"] + rise["rise_T"], atol=1e-14)
    ends = coupling.set_index(["region", "year"])["D"].unstack()
    np.testing.assert_allclose(rise["rise_lnD"], np.log(ends[2018] / ends[2015]), atol=1e-12)


@pytest.mark.parametrize("years", [None, np.tile([1, 2, 3], 10)])
def test_slope_and_residual_are_those_of_least_squares(years):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 30))
    groups = np.zeros(30) if years is None else years
    X = np.column_stack([x, groups[:, None] == np.unique(groups)]).astype(float)
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    assert level_slope(y, x, years) == pytest.approx(b[0])
    np.testing.assert_allclose(level_adjusted(y, x, years), y - X @ b, atol=1e-12)


def test_R2_and_ranks_by_three_slopes():
    coupling, panel = panels()
    table, levels = found(coupling, panel), level_figures(panel, ["product", "heads"])
    assert list(levels) == ["product_per_head", "product", "heads"]
    R2 = table[(table["measure"] == "R2") & (table["level"] != "")]
    assert R2["level"].tolist() == list(levels)
    joined = coupling.merge(levels.reset_index(), on=["region", "year"])
    for name, value in zip(R2["level"], R2["value"], strict=True):
        r = np.corrcoef(np.log(joined[name]), np.log(joined["D"]))[0, 1]
        assert value == pytest.approx(r**2)
    ranks = table[table["measure"] == "rank_adjusted_D"]
    assert set(ranks["level"]) == {"product_per_head"}
    for slope in SLOPES:
        own = ranks[ranks["slope"] == slope].set_index("scope")["value"]
        left = table[(table["measure"] == "adjusted_lnD") & (table["slope"] == slope)]
        assert sorted(own) == [1, 2, 3, 4, 5, 6]
        assert own[left.set_index("scope")["value"].idxmax()] == 1


def test_D_that_is_the_level_alone_leaves_nothing():
    coupling, panel = panels()
    levels = level_figures(panel, ["product", "heads"])["product_per_head"]
    alone = coupling.set_index(["region", "year"]).assign(D=levels**0.3).reset_index()
    left = level_rows(alone, panel, ["product", "heads"]).query("measure == 'adjusted_lnD'")
    assert left["value"].abs().max() < 1e-12


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
    flat = coupling.assign(C=1.0, T=0.25, D=0.5)
    assert "constant_D" in set(found(flat, panel)["message"])
    same = panel.assign(value=5.0)
    assert set(found(coupling, same)["message"]) == {"", "constant_level"}
    early = panel[panel["year"] < 2018]
    assert "no_size_in_year" in set(found(coupling, early)["message"])
    finite = found(flat, same).dropna(subset="value")["value"]
    assert np.isfinite(finite).all()


def test_ranks_and_slopes_are_those_of_scipy():
    coupling, panel = panels()
    table, levels = found(coupling, panel), level_figures(panel, ["product", "heads"])
    joined = coupling.merge(levels.reset_index(), on=["region", "year"])
    last = joined[joined["year"] == 2018].set_index("region")
    own = table[table["measure"] == "rank_correlation_D"].set_index("level")
    for name in levels:
        assert own.loc[name, "value"] == pytest.approx(stats.spearmanr(last[name], last["D"])[0])
    assert own["n"].tolist() == [6, 6, 6]
    ranks = table[table["measure"] == "rank_D"].set_index("scope")
    assert ranks["value"].to_dict() == last["D"].rank(ascending=False).to_dict()
    assert ranks["n"].tolist() == [6] * 6
    slope = table[table["measure"] == "slope_lnD"].set_index("slope")
    x, y = np.log(joined["product_per_head"]), np.log(joined["D"])
    years = joined["year"]
    by_hand = {
        "panel": stats.linregress(x, y)[0],
        "year_centred": stats.linregress(
            x - x.groupby(years).transform("mean"), y - y.groupby(years).transform("mean")
        )[0],
        "last_year": stats.linregress(x[years == 2018], y[years == 2018])[0],
    }
    found_slopes = [slope.loc[name, "value"] for name in SLOPES]
    assert found_slopes == pytest.approx([*by_hand.values()])
    assert slope.loc[list(SLOPES), "n"].tolist() == [24, 24, 6]


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
    assert (late["fields"], late["n"]) == ('{"year": 2018}', 18)


def test_shares_and_R2_say_of_how_many_rows_they_are():
    coupling, panel = panels()
    table = found(coupling, panel)
    of_T = table[table["measure"].isin(["variance_share", "R2"]) & (table["level"] == "")]
    assert of_T[["measure", "scope"]].to_numpy().tolist() == [
        ["variance_share", "C"],
        ["variance_share", "T"],
        ["R2", "T"],
    ]
    assert of_T["n"].tolist() == [24] * 3
    r = np.corrcoef(np.log(coupling["T"]), np.log(coupling["D"]))[0, 1]
    assert of_T["value"].iloc[-1] == pytest.approx(r**2)
    rises = table[table["measure"] == "rise_T"].set_index("scope")
    assert rises["n"].tolist() == [3] * 6  # years from first to last
    ends = coupling.set_index(["region", "year"])["T"].unstack()
    np.testing.assert_allclose(rises["value"], np.log(ends[2018] / ends[2015]) / 2)
