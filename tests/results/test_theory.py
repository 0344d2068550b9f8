"""Theory against fit in the studies that ship: known answers of docs/methods.md, section 6."""

import numpy as np
import pytest

from coevo.equilibria.theory import by_year
from coevo.estimation import fit, fit_pooled
from coevo.inference.growth_at_point import growth_at, yearly_growth
from coevo.lotka_volterra.calibration import calibrate, period_equilibrium

OLD = (20_786.5, 14_734.4)  # the point of Zhejiang from purchases and sales of year t


@pytest.fixture
def outputs(results):
    """The two outputs of `provinces`, with purchases and sales, by region and year."""
    wide = results("provinces", "panel").pivot(
        index=["region", "year"], columns="indicator", values="value"
    )
    names = ["secondary_value_added", "ecommerce_sales", "ecommerce_purchases"]
    frame = wide[names].set_axis(["x1", "x2", "purchases"], axis=1).reset_index()
    return frame.assign(sales=frame["x2"])


def rows(table, **wanted):
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table


def test_the_theoretical_equilibrium_of_zhejiang_and_growth_there(results):
    table = rows(results("provinces", "theory"), scope="330000", estimator="trapezoid")
    (own,) = rows(table, effects="none").to_dict("records")
    assert (own["x1"], own["x2"]) == pytest.approx((21_466, 15_875), abs=0.5)
    found = [own[name] for name in ("G1", "G1_se", "G2", "G2_se")]
    assert found == pytest.approx([0.0586, 0.0252, 0.1367, 0.0579], abs=5.1e-5)
    assert (own["G1_p"], own["G2_p"]) == pytest.approx((0.059, 0.056), abs=5.1e-4)
    assert own["p_joint"] == pytest.approx(0.11, abs=0.005) and own["p_adjusted"] == 1
    assert own["verdict"] == "not_contradicted" and own["inside1"] and own["inside2"]
    assert (own["b1_ratio"], own["d_ratio"]) == pytest.approx((0.07, 0.20), abs=0.012)
    period = rows(results("provinces", "equilibria"), scope="330000", source="calibration")
    period = period[period["year"].isna()].iloc[0]
    assert (period["x1"], period["x2"]) == (own["x1"], own["x2"])  # E has one value


@pytest.mark.parametrize(
    ("effects", "x1", "x2"),
    [("region", (0.0590, 0.0193), (0.1183, 0.0243)),
     ("region+year", (0.0634, 0.0194), (0.1710, 0.0387))],
)  # fmt: skip
def test_in_the_average_province_the_fitted_equations_still_grow_there(results, effects, x1, x2):
    table = rows(results("provinces", "theory"), scope="mean", estimator="trapezoid")
    (mean,) = rows(table, effects=effects, errors="year").to_dict("records")
    assert (mean["G1"], mean["G1_se"]) == pytest.approx(x1, abs=5.1e-5)
    assert (mean["G2"], mean["G2_se"]) == pytest.approx(x2, abs=5.1e-5)
    assert mean["verdict"] == "contradicted" and (mean["n"], mean["df"]) == (30, 7)
    every = rows(rows(results("provinces", "theory"), scope="mean"), errors="year")
    assert set(every["verdict"]) == {"contradicted"} and every["estimator"].nunique() == 5


def test_growth_at_the_old_points_is_what_was_published(outputs):
    own = rows(outputs, region="330000")
    line = fit(own["year"], own["x1"], own["x2"])
    found = growth_at(line.coefficients, line.covariance, line.df, np.array(OLD))
    assert found.growth == pytest.approx([0.0596, 0.1312], abs=5.1e-5)
    assert found.error == pytest.approx([0.0224, 0.0626], abs=5.1e-5)
    known = {
        "region": ([0.0587, 0.1228], [0.0191, 0.0394], [0.0603, 0.1111], [0.0186, 0.0257]),
        "region+year": ([0.0619, 0.1838], [0.0192, 0.0582], [0.0636, 0.1715], [0.0187, 0.0415]),
    }
    points = {code: _point(part, of_year=True) for code, part in outputs.groupby("region")}
    points = {code: E for code, E in points.items() if E}
    assert len(points) == 30 and points["330000"] == pytest.approx(OLD, abs=0.06)
    for effects, (growth, error, mean, mean_error) in known.items():
        pooled = fit_pooled(outputs, "x1", "x2", effects=effects)
        place = np.array([pooled.regions.index(code) for code in points])
        grown = yearly_growth(pooled, place, np.array(list(points.values())))
        zhejiang = list(points).index("330000")
        assert grown.growth[zhejiang] == pytest.approx(growth, abs=5.1e-5)
        assert grown.tested().error[zhejiang] == pytest.approx(error, abs=5.1e-5)
        assert grown.mean().growth == pytest.approx(mean, abs=5.1e-5)
        assert grown.mean().error == pytest.approx(mean_error, abs=5.1e-5)


def _point(part, of_year=False, keep=False):
    """E of a region's calibration; of_year: from figures of year t alone, as up to 0.9.0; keep: of
    all years, also those in which purchases exceed what upstream makes.
    """
    x1, x2, P, S = by_year(part)[1]
    if of_year:
        g1, g2 = np.diff(np.log(x1)), np.diff(np.log(x2))
        x1, x2, P, S = (x[:-1] for x in (x1, x2, P, S))
        b1, b2 = P / (x1 * x2), S / P
        a1, a2 = g1 + P / x1, b1 * b2 * x1 - g2
    else:
        a1, b1, a2, b2 = calibrate(x1, x2, P, S)
        g2, x2 = np.diff(np.log(x2)), (x2[1:] + x2[:-1]) / 2
    holds = (b1 * x2 <= 1) & (g2 < 1) & (a1 > 0) & (a2 > 0) | keep
    return period_equilibrium(*(v[holds] for v in (a1, b1, a2, b2))) if holds.any() else None


def test_no_region_is_left_after_holm(results, outputs):
    """Beijing buys more than its industry makes, and has no point; with it x2 has six of 31."""
    table = rows(results("provinces", "theory"), effects="none", estimator="trapezoid")
    assert len(table) == 30
    counts = [(table[column] < 0.05).sum() for column in ("G1_p", "G2_p", "p_joint", "p_adjusted")]
    assert counts == [10, 5, 9, 0]
    p = []
    for _, part in outputs.groupby("region"):
        line = fit(part["year"], part["x1"], part["x2"])
        E = np.array(_point(part, keep=True))
        p.append(growth_at(line.coefficients, line.covariance, line.df, E))
    both = np.array([one.p for one in p])
    assert len(p) == 31 and (both < 0.05).sum(axis=0).tolist() == [10, 6]
    assert sum(one.joint_p < 0.05 for one in p) == 9
    none = rows(results("provinces", "theory"), verdict="no_equilibrium")
    assert none["scope"].tolist() == ["110000"]


def test_zhejiang_by_cost_shares_lies_outside_its_data(results):
    table = rows(results("zhejiang", "theory"), effects="none", estimator="trapezoid")
    assert table["share"].tolist() == [0.3, 0.5, 0.7] and set(table["verdict"]) == {"cannot_say"}
    assert not table[["inside1", "inside2"]].any(axis=None)
    assert table["x1"].nunique() == 1 and table["x1"].iloc[0] == pytest.approx(17_445, abs=0.5)
    assert table["x2"].to_numpy() == pytest.approx([4716, 3071, 2366], abs=0.5)
    G2 = table.iloc[0][["G2", "G2_low", "G2_high"]].astype(float)
    assert list(G2) == pytest.approx([0.340, 0.106, 0.574], abs=5.1e-4)
    # by figures of year t alone, as published: 16 989, and .344 (.096 to .592)
    pair = results("zhejiang", "panel").pivot(index="year", columns="indicator", values="value")
    x1, x2 = (pair[name].to_numpy() for name in ("secondary_value_added", "online_retail_export"))
    x1_old = (1 - np.diff(np.log(x2))).mean() / (1 / x1[:-1]).mean()
    line = fit(pair.index, x1, x2)
    old = growth_at(line.coefficients, line.covariance, line.df, np.array([x1_old, 1.0]))
    margin = 4.3027 * old.error[1]  # t(2) at 95 %
    assert x1_old == pytest.approx(16_989, abs=0.5)
    ends = [old.growth[1], old.growth[1] - margin, old.growth[1] + margin]
    assert ends == pytest.approx([0.344, 0.096, 0.592], abs=5.1e-4)


def test_the_control_is_not_contradicted_and_would_be_30_percent_off(results):
    (row,) = rows(results("lynx-hare", "theory"), estimator="trapezoid").to_dict("records")
    assert (row["source"], row["first_year"], row["last_year"]) == ("cycle_mean", 1903, 1912)
    assert (row["x1"], row["x2"]) == pytest.approx((34.56, 21.34), abs=0.005)
    first = [row[f"G1{end}"] for end in ("", "_low", "_high")]
    second = [row[f"G2{end}"] for end in ("", "_low", "_high")]
    assert first == pytest.approx([-0.023, -0.116, 0.071], abs=5.1e-4)
    assert second == pytest.approx([0.042, -0.069, 0.152], abs=5.1e-4)
    assert row["p_joint_lower"] == pytest.approx(0.005, abs=5.1e-4)
    assert row["p_joint_higher"] < 0.001 and row["verdict"] == "not_contradicted"
    claims = results("lynx-hare", "headline_claims").set_index("claim")["conclusion"]
    assert claims["theory_at_rest"] == "supported"


def test_the_claims_on_theory_are_those_of_the_verdicts(results):
    claims = results("provinces", "headline_claims").set_index("claim")["conclusion"]
    assert claims["theory_at_rest_mean"] == "not_supported"
    assert claims["theory_at_rest"] == "cannot_be_decided"
    alone = results("zhejiang", "headline_claims").set_index("claim")["conclusion"]
    assert alone["theory_at_rest"] == "cannot_be_decided" and "theory_at_rest_mean" not in alone
