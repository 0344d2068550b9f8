"""Theory against fit in the studies that ship: known answers of docs/methods.md, section 6."""

import numpy as np
import pytest

from coevo.files import rows_of

pytestmark = pytest.mark.whole
MAIN = {"estimator": "trapezoid"}
ENDS = ["full_low", "full_high", "none_low", "none_high"]
PANEL = {
    # effects, effect: strength, its interval, p of 1 and of 0, one region left out
    ("region", "b1"): ([0.014, -0.224, 0.252], [0.008, 0.91], None),
    ("region", "d"): ([0.284, 0.069, 0.499], [0.016, 0.04], None),
    ("region+year", "b1"): ([-0.132, -0.300, 0.036], [0.008, 0.07], [-0.147, -0.101]),
    ("region+year", "d"): ([-0.050, -0.495, 0.394], [0.008, 0.80], [-0.220, 0.073]),
}
# ranges at strength 1 and at 0, drawn apart: 200 panels, and 2,000 paths of one region
RANGES = {
    ("panel", "region+year", "b1"): [0.59, 1.13, -0.06, 0.08],
    ("panel", "region+year", "d"): [0.99, 1.37, -0.53, 0.52],
    ("panel", "region", "b1"): [0.70, 1.15, -0.15, 0.18],
    ("panel", "region", "d"): [0.95, 1.30, -0.42, 0.38],
    ("330000", "none", "b1"): [0.69, 1.29, -0.64, 0.67],
    ("330000", "none", "d"): [0.52, 1.46, -0.59, 0.61],
}


@pytest.fixture
def strengths(results):
    table = rows_of(results("provinces", "strengths"), **MAIN)
    return table.set_index(["scope", "effects", "effect"]).sort_index()


@pytest.mark.parametrize(("effects", "effect"), PANEL)
def test_the_panel_excludes_full_strength_and_not_none(strengths, effects, effect):
    row, (estimate, p, without) = strengths.loc[("panel", effects, effect)], PANEL[effects, effect]
    assert list(row[["strength", "low", "high"]]) == pytest.approx(estimate, abs=5.1e-4)
    assert list(row[["p_full", "p_none"]]) == pytest.approx(p, abs=0.005)
    assert row["p_full"] in (2 / 256, 4 / 256)  # of all vectors of signs of eight years
    if without:
        assert list(row[["without_low", "without_high"]]) == pytest.approx(without, abs=5.1e-4)
    assert (row["n"], row["verdict"]) == (29, "weaker")
    assert row["full_excluded"] and not row["none_excluded"]
    assert 0.135 <= row["largest_weight"] < 0.245


def test_the_mean_of_own_coefficients_beside_both_effects(strengths):
    rows = strengths.loc["panel", "region+year"][["mean_group", "mean_group_se"]]
    assert rows.to_numpy() == pytest.approx(np.array([[-0.08, 0.09], [0.61, 0.39]]), abs=0.0051)


@pytest.mark.parametrize(("scope", "effects", "effect"), RANGES)
def test_ranges_of_simulated_panels_lie_within_three_monte_carlo_errors(
    strengths, scope, effects, effect
):
    """An end of 95 % has an error of .0215 widths in 999 normal draws, .048 in 200, .015 in 2,000.

    Of b1 at full strength with both effects the lower end has a heavy tail, which 200 panels
    overstate: there the allowance is doubled.
    """
    row, known = strengths.loc[(scope, effects, effect)], np.array(RANGES[scope, effects, effect])
    of_known = 0.048 if scope == "panel" else 0.015
    width = np.repeat(known[[1, 3]] - known[[0, 2]], 2)
    allowed = 3 * np.hypot(0.0215, of_known) * width + 0.005
    if (effects, effect) == ("region+year", "b1"):
        allowed[0] *= 2
    assert (np.abs(row[ENDS].to_numpy(dtype=float) - known) < allowed).all()


def test_zhejiang_alone_says_the_same_as_the_panel(strengths):
    known = {"b1": [0.072, -0.688, 0.831], "d": [0.211, -0.341, 0.763]}
    for effect, estimate in known.items():
        row = strengths.loc[("330000", "none", effect)]
        assert list(row[["strength", "low", "high"]]) == pytest.approx(estimate, abs=6e-4)
        assert (row["verdict"], row["n"], row["least_seen"]) == ("weaker", 8, 1)


def test_half_strength_is_told_from_none_in_the_panel(strengths):
    assert strengths.loc["panel"]["least_seen"].between(0.25, 0.5).all()


def test_counts_over_29_regions(strengths, results):
    own = strengths.xs("none", level="effects")
    for effect, below, held in (("b1", 17, 28), ("d", 12, 27)):
        rows = own.xs(effect, level="effect")
        assert len(rows) == 29 and (rows["high"] < 1).sum() == below
        assert ((rows["low"] <= 0) & (rows["high"] >= 0)).sum() == held
    refused = results("provinces", "refusals").query("quantity != 'calibration'")
    assert dict(zip(refused["scope"], refused["message"], strict=True)) == {
        "110000": "calibration_never_holds",
        "310000": "calibration_rarely_holds",
    }


def test_growth_at_the_theoretical_point_is_a_consequence_of_the_strengths(strengths, results):
    """Means of the 29 regions: growth, growth at E by their own fits and by shared strengths."""
    theory = rows_of(results("provinces", "theory"), **MAIN)
    theory = theory[theory["scope"].isin(strengths.index.get_level_values("scope"))]
    means = theory.groupby("effects")[["g1_mean", "g2_mean", "G1", "G2"]].mean()
    assert means.loc["none"].tolist() == pytest.approx([0.065, 0.168, 0.056, 0.120], abs=6e-4)
    shared = means.loc["region+year", ["G1", "G2"]]
    assert shared.tolist() == pytest.approx([0.071, 0.177], abs=6e-4)


def test_the_point_of_zhejiang(results):
    theory = rows_of(results("provinces", "theory"), scope="330000", effects="none", **MAIN)
    (own,) = theory.to_dict("records")
    assert (own["x1"], own["x2"]) == pytest.approx((21_466, 15_875), abs=0.5)
    assert (own["G1"], own["G2"]) == pytest.approx((0.0586, 0.1367), abs=5.1e-5)
    assert own["inside1"] and own["inside2"] and own["in_set1"] and own["in_set2"]
    period = rows_of(results("provinces", "equilibria"), scope="330000", source="calibration")
    period = period[period["year"].isna()].iloc[0]
    assert (period["x1"], period["x2"]) == (own["x1"], own["x2"])  # E has one value


@pytest.mark.parametrize("study", ["provinces-scale", "provinces-three"])
def test_other_indices_leave_the_strengths_of_the_same_outputs(results, strengths, study):
    table = rows_of(results(study, "strengths"), scope="panel", **MAIN)
    rows = table.set_index(["effects", "effect"])["strength"]
    assert rows.to_dict() == pytest.approx(strengths.loc["panel"]["strength"].to_dict(), rel=1e-9)


def test_zhejiang_by_cost_shares(results):
    """Five years: the scenario moves the theoretical b1 and with it the strength, not d."""
    theory = rows_of(results("zhejiang", "theory"), effects="none", **MAIN)
    assert theory["share"].tolist() == [0.3, 0.5, 0.7]
    assert not theory[["inside1", "inside2"]].any(axis=None)
    assert theory["x1"].to_numpy() == pytest.approx(17_445, abs=0.5)
    assert theory["x2"].to_numpy() == pytest.approx([4716, 3071, 2366], abs=0.5)
    rows = rows_of(results("zhejiang", "strengths"), **MAIN).set_index(["effect", "share"])
    assert np.ptp(rows.loc["b1"]["strength"] * [0.3, 0.5, 0.7]) < 1e-9
    assert np.ptp(rows.loc["d"]["strength"]) < 1e-9
    assert set(rows.loc["b1"]["verdict"]) == {"cannot_be_told"}
    assert set(rows.loc["d"]["verdict"]) == {"weaker"}


def test_the_control_of_hare_and_lynx(results):
    rows = results("lynx-hare", "controls").set_index("factor")
    own, higher = rows.loc[1.0], rows.loc[1.3]
    assert (own["source"], own["first_year"], own["last_year"]) == ("cycle_mean", 1903, 1912)
    assert (own["fit_first"], own["fit_last"], own["n"]) == (1912, 1920, 8)
    assert (own["x1"], own["x2"]) == pytest.approx((34.56, 21.34), abs=0.005)
    assert (own["fit_x1"], own["fit_x2"]) == pytest.approx((32.1, 21.0), abs=0.05)
    assert (own["t_b1"], own["t_d"]) == pytest.approx((5.6, 5.4), abs=0.05)
    names = ["G1", "G1_se", "G2", "G2_se"]
    assert list(own[names]) == pytest.approx([-0.013, 0.087, 0.050, 0.084], abs=6e-4)
    assert list(higher[names]) == pytest.approx([-0.233, 0.088, 0.259, 0.099], abs=6e-4)
    assert list(higher[["G1_p", "G2_p"]]) == pytest.approx([0.039, 0.040], abs=6e-4)
    assert higher["p_joint"] == pytest.approx(0.08, abs=0.005)
    refused = results("lynx-hare", "refusals").set_index("quantity")["message"]
    assert refused["strength"] == "theory_without_slopes"


def test_controls_of_the_chemostats(results):
    """By least squares three of ten are told from the earlier mean, and C3 nearly."""
    rows = results("chemostats", "controls").query("factor == 1").set_index(["errors", "scope"])
    own, robust = rows.loc["own"]["p_joint"], rows.loc["newey_west"]["p_joint"]
    assert len(own) == 10 and set(rows["source"]) == {"first_half"}
    assert set(own.index[own < 0.045]) == {"C4", "C8", "C9"}
    assert own["C3"] == pytest.approx(0.05, abs=0.03)
    assert set(robust.index[robust < 0.05]) == {"C3", "C4", "C8", "C9"}
