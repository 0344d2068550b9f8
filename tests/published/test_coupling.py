"""Published numbers of coupling, coordination and weights; citations stand beside the numbers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import (
    coordination_degree,
    coordination_index,
    coupling_degree,
    obstacle_degree,
)
from coevo.derivations import derive
from coevo.normalisation import minmax
from coevo.weighting import WEIGHTINGS, information_entropy

CASES = json.loads(Path(__file__).with_name("coupling.json").read_text(encoding="utf-8"))


def case(name):
    entry = CASES[name]
    return entry["inputs"], entry["expected"], entry["tolerance"]


@pytest.mark.parametrize("name", ["three_subsystems", "two_subsystems", "identity"])
def test_coupling_and_coordination(name):
    inputs, expected, tolerance = case(name)
    C, T = coupling_degree(inputs["U"]), coordination_index(inputs["U"])
    found = {"C": C, "T": T, "D": coordination_degree(C, T)}
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, atol=tolerance, rtol=0)


def test_obstacles_before_and_after_scaling():
    inputs, expected, tolerance = case("obstacle_unscaled")
    unscaled = np.array(expected["O"])
    found = obstacle_degree(inputs["X"], inputs["w"], np.ones(3), high=1.0)
    share = unscaled / unscaled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, share, atol=2 * tolerance / unscaled.sum(axis=1).min())


@pytest.mark.parametrize("name", ["entropy_elsayed", "entropy_xu"])
def test_entropy_weights_of_raw_figures(name):
    inputs, expected, tolerance = case(name)
    found = WEIGHTINGS["entropy"](inputs["X"])
    np.testing.assert_allclose(found, expected["w"], atol=tolerance, rtol=0)


def test_entropy_weights_after_minmax_with_directions():
    inputs, expected, tolerance = case("entropy_directions")
    X = np.array(inputs["X"])
    ends = zip(X.T, inputs["direction"], strict=True)
    Z = np.column_stack(
        [minmax(x, d, x.min(), x.max(), (inputs["a"], inputs["b"])) for x, d in ends]
    )
    w = WEIGHTINGS["entropy"](Z)
    np.testing.assert_allclose(w, expected["w"], atol=tolerance, rtol=0)
    np.testing.assert_allclose(100 * Z @ w, expected["score100"], atol=100 * tolerance, rtol=0)


def test_entropy_of_pooled_rows_stays_below_one():
    inputs, expected, tolerance = case("entropy_pooled")
    Z = np.array(inputs["Z_pooled_6rows_is_3regions_x_2years"])
    np.testing.assert_allclose(information_entropy(Z), expected["correct_e"], atol=tolerance)
    np.testing.assert_allclose(WEIGHTINGS["entropy"](Z), expected["correct_w"], atol=tolerance)
    # the misuse k = 1 / ln(regions) on the same rows is what the trap describes
    misused = information_entropy(Z) * np.log(6) / np.log(3)
    np.testing.assert_allclose(misused, expected["wrong_e"], atol=tolerance)


def test_location_quotient():
    inputs, expected, tolerance = case("location_quotient")
    regions = ["1", "2"]

    def figures(values):  # the first entry is the whole economy, the others are its two regions
        return pd.DataFrame({2020: values[1:]}, index=regions, dtype=float)

    for k in ("1", "2"):
        found = derive(
            "location_quotient(a, total)",
            {"a": figures(inputs[f"industry{k}"]), "total": figures(inputs["total"])},
        )
        np.testing.assert_allclose(found[2020], expected[f"LQ{k}"], atol=tolerance)


def test_a_new_year_rewrites_earlier_years_under_panel_wide_minima_and_maxima():
    inputs, expected, tolerance = case("adding_a_year")

    def degree(years):
        U = []
        for key in ("x_years_by_regions", "y"):
            x = np.array(inputs[key])[:years]
            U.append(minmax(x, "+", x.min(), x.max(), tuple(inputs["map"])).ravel())
        U = np.column_stack(U)
        return coordination_degree(coupling_degree(U), coordination_index(U)).reshape(years, 3)

    np.testing.assert_allclose(degree(3), expected["D_first3years_before"], atol=tolerance)
    np.testing.assert_allclose(degree(4), expected["D_after_panelwide"], atol=tolerance)
