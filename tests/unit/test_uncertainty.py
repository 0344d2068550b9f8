"""Draws of weights and figures: their means, sizes and limits; ranges and ranks by hand."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import couple
from coevo.normalisation import normalise, scaled_panel
from coevo.sensitivity.uncertainty import (
    _summary,
    monte_carlo,
    revision_draws,
    revision_sizes,
    weight_draws,
)
from coevo.weighting import weigh

INDICATORS = pd.DataFrame(
    [("a", "s", "+", ""), ("b", "s", "-", ""), ("c", "t", "+", "ratio(p, q)"), ("p", "", "+", "")],
    columns=["indicator", "subsystem", "direction", "derivation"],
)


def config(**changes):
    base = {
        "normalisation": {
            "method": "minmax", "reference": "panel", "range": [0.01, 0.99], "beyond": "cap"
        },
        "weighting": {"method": "equal"},
        "coupling": {
            "composite": "linear", "preset": None, "form": "standard", "k": 2.0,
            "contributions": "equal", "grades": "ten",
        },
        "robustness": {"draws": 400, "seed": 1, "revision": 0.02},
    }  # fmt: skip
    for key, value in changes.items():
        base[key] = {**base[key], **value}
    return base


def study(settings):
    rng = np.random.default_rng(4)
    rows = [
        (str(r), f"R{r}", 2015 + t, i, float(np.exp(rng.normal())))
        for r in range(5)
        for t in range(3)
        for i in "abc"
    ]
    panel = pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])
    normalised, goalposts = normalise(panel, INDICATORS, settings["normalisation"])
    weights = weigh(normalised, panel, INDICATORS, settings["weighting"])
    span = scaled_panel(settings["normalisation"])
    coupling, _ = couple(
        normalised, weights, settings["weighting"]["method"], settings["coupling"], span
    )
    none = pd.DataFrame({"indicator": [], "old": [], "new": []}, dtype=float)
    return {
        "panel": panel,
        "normalised": normalised,
        "weights": weights,
        "coupling": coupling,
        "goalposts": goalposts,
        "revisions": none,
    }


def test_drawn_weights_are_shares_around_the_weights():
    w = np.array([0.7, 0.3, 0.0, 1.0])
    member = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
    drawn = weight_draws(w, member, 50, 20_000, 1)
    np.testing.assert_allclose(drawn @ member, 1.0)
    np.testing.assert_allclose(drawn.mean(axis=0), w, atol=0.002)
    # the standard deviation of a Dirichlet share is sqrt(w (1 - w) / (kappa + 1))
    assert drawn[:, 0].std() == pytest.approx(np.sqrt(0.21 / 51), rel=0.02)
    assert (drawn[:, 2] == 0).all() and (drawn[:, 3] == 1).all()


def test_drawn_revisions_are_one_error_per_region_and_indicator():
    drawn = revision_draws(3, np.array([0.1, 0.0]), 5000, 1)
    error = np.log(drawn)
    assert error.shape == (5000, 3, 2)
    assert error[..., 0].std() == pytest.approx(0.1, rel=0.03)
    assert np.abs(np.corrcoef(error[:, 0, 0], error[:, 1, 0])[0, 1]) < 0.05
    assert (drawn[..., 1] == 1).all()


def test_a_revision_shifts_a_whole_series_so_that_ratios_within_a_region_stay():
    settings = config(normalisation={"reference": "region"}, robustness={"revision": 0.3})
    found = monte_carlo(study(settings), INDICATORS, settings)[0].query("source == 'figures'")
    np.testing.assert_allclose(found["low"], found["D"], atol=1e-12)
    np.testing.assert_allclose(found["high"], found["D"], atol=1e-12)


def test_sizes_come_from_the_restated_figures():
    revisions = pd.DataFrame({"indicator": ["p", "p"], "old": [1.0, 1.0], "new": [1.1, 0.9]})
    found = revision_sizes(INDICATORS, revisions, 0.02)
    own = np.sqrt((np.log(1.1) ** 2 + np.log(0.9) ** 2) / 2)
    assert found == pytest.approx({"a": 0.02, "b": 0.02, "c": np.hypot(own, 0.02)})


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
    settings = config(**changes)
    case = study(settings)
    table, shares = monte_carlo(case, INDICATORS, settings)
    assert set(table["source"]) == {"weights", "weights_loose", "figures"}
    assert (table["low"] <= table["high"]).all() and table["high"].max() <= 1
    wide = table.pivot(index=["region", "year"], columns="source", values=["low", "high"])
    spread = wide["high"] - wide["low"]
    assert spread["weights_loose"].mean() > spread["weights"].mean()
    np.testing.assert_allclose(shares.groupby(["region", "year", "source"])["share"].sum(), 1.0)
    # figures without error and weights of one indicator leave D where it is
    settings["robustness"] = {**settings["robustness"], "revision": 0.0}
    sure = monte_carlo(case, INDICATORS, settings)[0].query("source == 'figures'")
    np.testing.assert_allclose(sure["low"], sure["D"], atol=1e-12)
    np.testing.assert_allclose(sure["high"], sure["D"], atol=1e-12)
