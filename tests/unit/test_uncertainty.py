"""Draws of weights and figures: their means, sizes and limits; ranges and ranks by hand."""

import numpy as np
import pandas as pd
import pytest

from coevo.panel.derivations import derived_values, read_series
from coevo.sensitivity.uncertainty import (
    PublishedFigures,
    _summary,
    monte_carlo,
    revision_draws,
    revision_sizes,
    shifted_figures,
    weight_draws,
)
from coevo.study_data import StudyData
from tests.panels import COUPLING, SCALE, indexed, long

INDICATORS = pd.DataFrame(
    [
        ("a", "s", "+", "ratio", "A", ""),
        ("b", "s", "-", "ratio", "B", ""),
        ("c", "t", "+", "%", "", "ratio(p, q)"),
        ("p", "", "", "100 million yuan", "P", ""),
        ("q", "", "", "yuan", "Q", ""),
    ],
    columns=["indicator", "subsystem", "direction", "unit", "source_name", "derivation"],
)


def study(indicators=INDICATORS, **changes):
    """Return a study of two subsystems of which c is derived; changes: of parts of its config."""
    config = {
        "normalisation": SCALE,
        "weighting": {"method": "equal"},
        "coupling": COUPLING,
        "robustness": {"draws": 400, "seed": 1, "revision": 0.02},
    }
    config |= {key: config[key] | value for key, value in changes.items()}
    x = np.exp(np.random.default_rng(4).normal(size=(5, 3, 5)))
    x[..., 2] = 100 * x[..., 3] * 1e8 / x[..., 4]
    none = pd.DataFrame({"indicator": [], "old": [], "new": []}, dtype=float)
    return indexed(long(x, "abcpq"), indicators, config, revisions=none)


def figures_alone(case):
    """Return the rows of `monte_carlo` that only errors of figures make."""
    return monte_carlo(case)[0].query("source == 'figures'")


def assert_certain(rows):
    np.testing.assert_allclose(rows["low"], rows["D"], atol=1e-12)
    np.testing.assert_allclose(rows["high"], rows["D"], atol=1e-12)


def test_drawn_weights_are_shares_around_the_weights():
    w = np.array([0.7, 0.3, 0.0, 1.0])
    member = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
    drawn = weight_draws(w, member, 50, 20_000, 1)
    np.testing.assert_allclose(drawn @ member, 1.0)
    np.testing.assert_allclose(drawn.mean(axis=0), w, atol=0.002)
    # the standard deviation of a Dirichlet share is sqrt(w (1 - w) / (kappa + 1))
    assert drawn[:, 0].std() == pytest.approx(np.sqrt(0.21 / 51), rel=0.02)
    assert (drawn[:, 2] == 0).all() and (drawn[:, 3] == 1).all()


def test_drawn_revisions_are_one_error_per_region_and_series():
    sizes = np.array([0.1, 0.0])
    drawn = np.concatenate(list(revision_draws(3, sizes, 5000, 1, 5000)))
    error = np.log(drawn)
    assert error.shape == (5000, 3, 2)
    assert error[..., 0].std() == pytest.approx(0.1, rel=0.03)
    assert np.abs(np.corrcoef(error[:, 0, 0], error[:, 1, 0])[0, 1]) < 0.05
    assert (drawn[..., 1] == 1).all()
    by_parts = list(revision_draws(3, sizes, 5000, 1, 999))
    assert len(by_parts) == 6
    np.testing.assert_array_equal(np.concatenate(by_parts), drawn)


def test_a_revision_shifts_a_whole_series_so_that_ratios_within_a_region_stay():
    case = study(normalisation={"reference": "region"}, robustness={"revision": 0.3})
    assert_certain(figures_alone(case))


def test_sizes_come_from_the_restated_figures():
    revisions = pd.DataFrame({"indicator": ["p", "p"], "old": [1.0, 1.0], "new": [1.1, 0.9]})
    found = revision_sizes(["a", "p", "q"], revisions, 0.02)
    own = np.sqrt((np.log(1.1) ** 2 + np.log(0.9) ** 2) / 2)
    assert found == pytest.approx({"a": 0.02, "p": own, "q": 0.02})


def test_what_is_read_is_told_from_what_is_derived():
    table = pd.DataFrame(
        [
            ("x", "X", ""), ("printed", "Z", "growth(x)"), ("y", "Y", ""), ("idle", "I", ""),
            ("u", "", "ratio(x, y)"), ("v", "", "ratio(u, printed)"),
        ],
        columns=["indicator", "source_name", "derivation"],
    )  # fmt: skip
    assert read_series(table, ["v"]) == (["x", "printed", "y"], ["u", "v"])
    assert read_series(table, ["y"]) == (["y"], [])


DRAWN = pd.DataFrame(
    [
        ("p", "yuan", "P", ""), ("q", "person", "Q", ""), ("w", "100 million yuan", "W", ""),
        ("per_head", "10 thousand yuan per person", "", "per_capita(p, q)"),
        ("quotient", "ratio", "", "location_quotient(p, q)"),
        ("rest", "yuan", "", "difference(w, p)"),
    ],
    columns=["indicator", "unit", "source_name", "derivation"],
)  # fmt: skip


def drawn_case():
    """Two regions and two years of p, q, w and what derives from them, in their units."""
    p, q, w = np.array([[[30.0, 40], [10, 20]], [[3, 3], [2, 5]], [[1e-6, 2e-6], [1e-6, 2e-7]]])
    quotient = derived_values("location_quotient(p, q)", {"p": p, "q": q}, [2015, 2016])
    values = {
        "p": p, "q": q, "w": w, "per_head": p / q / 1e4, "quotient": quotient,
        "rest": w * 1e8 - p,
    }  # fmt: skip
    panel = long(np.stack(list(values.values()), axis=-1), values)
    return values, panel.replace({"region": {"0": "A", "1": "B"}})


def test_what_is_derived_follows_from_the_drawn_series_by_hand():
    values, panel = drawn_case()
    columns = ["rest", "per_head", "quotient", "p"]
    rows = pd.MultiIndex.from_tuples(
        [("A", 2015), ("B", 2015), ("B", 2016)], names=["region", "year"]
    )
    published = PublishedFigures(StudyData({}, DRAWN, {"panel": panel}), rows, columns)
    assert published.series == ["p", "q", "w"]
    np.testing.assert_allclose(
        published.drawn(np.ones((1, 2, 3)))[0],
        [[values[name]["AB".index(r), t - 2015] for name in columns] for r, t in rows],
    )
    found = published.drawn(np.array([[[1.1, 1.0, 1.0], [1.0, 1.25, 2.0]]]))[0]
    whole = (33 + 10) / (3 + 2.5)
    np.testing.assert_allclose(
        found[:2],
        [[100 - 33, 33 / 3 / 1e4, 33 / 3 / whole, 33], [200 - 10, 10 / 2.5 / 1e4, 4 / whole, 10]],
    )
    assert found[2, 0] == pytest.approx(40 - 20)


def test_a_quotient_keeps_the_regions_that_the_panel_leaves_out():
    _, panel = drawn_case()
    alone = panel[panel["region"] == "A"]
    rows = pd.MultiIndex.from_tuples([("A", 2015)], names=["region", "year"])
    published = PublishedFigures(StudyData({}, DRAWN, {"panel": alone}), rows, ["quotient"])
    same = alone.query("indicator == 'quotient' and year == 2015")["value"].item()
    assert published.drawn(np.ones((1, 1, 2))).item() == pytest.approx(same)


def test_indicators_that_share_a_series_move_together():
    """Two ratios over one series: drawn one by one their errors cancel in a mean, by sqrt(2)."""
    rng = np.random.default_rng(3)
    names = ["a", "b", "q", "a_q", "b_q"]
    table = pd.DataFrame(
        {
            "indicator": names, "unit": "ratio", "source_name": ["A", "B", "Q", "", ""],
            "derivation": ["", "", "", "ratio(a, q)", "ratio(b, q)"],
        }
    )  # fmt: skip
    x = dict(zip("abq", np.exp(rng.normal(size=3)), strict=True))
    x |= {"a_q": x["a"] / x["q"], "b_q": x["b"] / x["q"]}
    panel = pd.DataFrame([("A", "A", 2015, n, x[n]) for n in names],
                         columns=["region", "name", "year", "indicator", "value"])  # fmt: skip
    rows = pd.MultiIndex.from_tuples([("A", 2015)], names=["region", "year"])
    published = PublishedFigures(StudyData({}, table, {"panel": panel}), rows, ["a_q", "b_q"])
    sizes = {"a": 0.0, "b": 0.0, "q": 0.02}
    drawn = np.concatenate(list(shifted_figures(published, sizes, 20_000, 1, 7_000)))[:, 0]
    together = np.log(drawn / [x["a_q"], x["b_q"]])
    np.testing.assert_allclose(together[:, 0], together[:, 1])
    one_by_one = 0.02 / np.sqrt(2)  # the mean of two independent errors
    assert together.mean(axis=1).std() / one_by_one == pytest.approx(np.sqrt(2), rel=0.02)


def test_ranges_ranks_and_shares_by_hand():
    coupling = pd.DataFrame(
        {"region": ["1", "2"], "name": ["A", "B"], "year": [2020, 2020], "D": [0.45, 0.55]}
    )
    D = np.array([[0.41, 0.52], [0.45, 0.55], [0.49, 0.48], [0.5, 0.58]])
    table, shares = _summary("weights", coupling, D, "ten")
    assert table["rank"].tolist() == [2, 1]
    assert table["rank_low"].tolist() == [1, 1] and table["rank_high"].tolist() == [2, 2]
    assert table["grade"].tolist() == ["verge of imbalance", "barely coordinated"]
    assert table["grade_share"].tolist() == [0.75, 0.75]
    np.testing.assert_allclose(table["low"], np.quantile(D, 0.05, axis=0))
    sums = shares.groupby("region")["share"].sum()
    assert sums.tolist() == [1, 1] and (shares["share"] > 0).all()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"coupling": {"composite": "topsis"}},
        {"coupling": {"form": "fan", "contributions": [0.3, 0.7]}},
        {"coupling": {"preset": "spssau"}},
        {"normalisation": {"method": "vector"}, "coupling": {"composite": "topsis"}},
        {"normalisation": {"reference": "year"}},
        {"normalisation": {"reference": "base", "base": {"first": 2015, "last": 2016}}},
    ],
)
def test_ranges_hold_D_and_narrow_to_it(changes):
    table, shares = monte_carlo(study(**changes))
    assert set(table["source"]) == {"weights", "weights_loose", "figures"}
    assert (table["low"] <= table["high"]).all() and table["high"].max() <= 1
    wide = table.pivot(index=["region", "year"], columns="source", values=["low", "high"])
    spread = wide["high"] - wide["low"]
    assert spread["weights_loose"].mean() > spread["weights"].mean()
    np.testing.assert_allclose(shares.groupby(["region", "year", "source"])["share"].sum(), 1.0)
    # figures without error leave D where it is
    assert_certain(figures_alone(study(**changes, robustness={"revision": 0.0})))


def test_draws_know_best_bands_and_goalposts_of_an_indicator():
    """Without errors they leave D where it is; with goalposts of all a draw moves no other row."""
    table = INDICATORS.assign(best="", low="", high="")
    table.loc[0, ["direction", "best"]] = ["moderate", "0.5 1"]
    table.loc[1, ["low", "high"]] = ["0", "20"]
    assert_certain(figures_alone(study(table, robustness={"revision": 0.0})))
    drawn = figures_alone(study(table))
    assert (drawn["low"] < drawn["high"]).all() and drawn["high"].max() <= 1
