"""Theory against fit in the studies that ship: known answers of docs/methods.md, section 6."""

import pytest

from coevo.files import rows_of

pytestmark = pytest.mark.whole


def test_the_theoretical_equilibrium_of_zhejiang_and_growth_there(results):
    table = rows_of(results("provinces", "theory"), scope="330000", estimator="trapezoid")
    (own,) = rows_of(table, effects="none").to_dict("records")
    assert (own["x1"], own["x2"]) == pytest.approx((21_466, 15_875), abs=0.5)
    found = [own[name] for name in ("G1", "G1_se", "G2", "G2_se")]
    assert found == pytest.approx([0.0586, 0.0252, 0.1367, 0.0579], abs=5.1e-5)
    assert (own["G1_p"], own["G2_p"]) == pytest.approx((0.059, 0.056), abs=5.1e-4)
    assert own["p_joint"] == pytest.approx(0.11, abs=0.005) and own["p_adjusted"] == 1
    assert own["verdict"] == "not_contradicted" and own["inside1"] and own["inside2"]
    assert (own["b1_ratio"], own["d_ratio"]) == pytest.approx((0.07, 0.20), abs=0.012)
    period = rows_of(results("provinces", "equilibria"), scope="330000", source="calibration")
    period = period[period["year"].isna()].iloc[0]
    assert (period["x1"], period["x2"]) == (own["x1"], own["x2"])  # E has one value


@pytest.mark.parametrize(
    ("effects", "x1", "x2"),
    [("region", (0.0590, 0.0193), (0.1183, 0.0243)),
     ("region+year", (0.0634, 0.0194), (0.1710, 0.0387))],
)  # fmt: skip
def test_in_the_average_province_the_fitted_equations_still_grow_there(results, effects, x1, x2):
    table = rows_of(results("provinces", "theory"), scope="mean", estimator="trapezoid")
    (mean,) = rows_of(table, effects=effects, errors="year").to_dict("records")
    assert (mean["G1"], mean["G1_se"]) == pytest.approx(x1, abs=5.1e-5)
    assert (mean["G2"], mean["G2_se"]) == pytest.approx(x2, abs=5.1e-5)
    assert mean["verdict"] == "contradicted" and (mean["n"], mean["df"]) == (30, 7)
    every = rows_of(rows_of(results("provinces", "theory"), scope="mean"), errors="year")
    assert set(every["verdict"]) == {"contradicted"} and every["estimator"].nunique() == 5


def test_no_region_is_left_after_holm(results):
    """Beijing buys more than its industry makes, and has no point."""
    table = rows_of(results("provinces", "theory"), effects="none", estimator="trapezoid")
    assert len(table) == 30
    counts = [(table[column] < 0.05).sum() for column in ("G1_p", "G2_p", "p_joint", "p_adjusted")]
    assert counts == [10, 5, 9, 0]
    none = rows_of(results("provinces", "theory"), verdict="no_equilibrium")
    assert none["scope"].tolist() == ["110000"]


def test_zhejiang_by_cost_shares_lies_outside_its_data(results):
    table = rows_of(results("zhejiang", "theory"), effects="none", estimator="trapezoid")
    assert table["share"].tolist() == [0.3, 0.5, 0.7] and set(table["verdict"]) == {"cannot_say"}
    assert not table[["inside1", "inside2"]].any(axis=None)
    assert table["x1"].nunique() == 1 and table["x1"].iloc[0] == pytest.approx(17_445, abs=0.5)
    assert table["x2"].to_numpy() == pytest.approx([4716, 3071, 2366], abs=0.5)
    G2 = table.iloc[0][["G2", "G2_low", "G2_high"]].astype(float)
    assert list(G2) == pytest.approx([0.340, 0.106, 0.574], abs=5.1e-4)


def test_the_control_is_not_contradicted_and_would_be_30_percent_off(results):
    (row,) = rows_of(results("lynx-hare", "theory"), estimator="trapezoid").to_dict("records")
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
