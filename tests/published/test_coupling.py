"""Published numbers of coupling, coordination and weights; citations stand beside the numbers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import coordination_degree, coordination_index, coupling_degree, obstacle_degree
from coevo.errors import StudyError
from coevo.normalisation import minmax
from coevo.panel.derivations import derive
from coevo.weighting import WEIGHTINGS, information_entropy
from coevo.weighting.methods import consistency

CASES = json.loads(Path(__file__).with_name("coupling.json").read_text(encoding="utf-8"))


def case(name):
    entry = CASES[name]
    return entry["inputs"], entry["expected"], entry["tolerance"]


@pytest.mark.parametrize(
    ("name", "of", "options"),
    [
        ("three_subsystems", "", {}),
        ("identity", "", {}),
        ("wang_three_subsystems", "", {"form": "wang"}),
        ("forms", "correct", {}),
        ("forms", "wang2021", {"form": "wang"}),
        ("forms", "fan2024", {"form": "fan"}),
        ("forms", "no_outer_root", {"form": "k", "k": 1}),
        ("forms", "k2_Liao", {"form": "k", "k": 2}),
        ("forms", "correct", {"form": "k", "k": 0.5}),
    ],
)
def test_coupling_and_coordination(name, of, options):
    inputs, expected, tolerance = case(name)
    U = inputs["U"]
    C, T = coupling_degree(U, **options), coordination_index(U, inputs.get("alpha"))
    found = {"C": C, "T": T, "D": coordination_degree(C, T)}
    for key, value in (expected[of] if of else expected).items():
        np.testing.assert_allclose(found[key], value, atol=tolerance, rtol=0)


def test_misused_forms_give_other_grades_and_are_refused():
    inputs, expected, tolerance = case("forms")
    u1, u2 = inputs["U"][0]
    misused = {
        "no_factor_2": ("factor_lost", np.sqrt(u1 * u2) / (u1 + u2)),
        "missing_square": ("square_lost", np.sqrt(u1 * u2 / (u1 + u2))),
        "factor_2_missing_square": ("square_lost", 2 * np.sqrt(u1 * u2 / (u1 + u2))),
    }
    T = coordination_index(inputs["U"])
    for name, (refused, C) in misused.items():
        assert pytest.approx(expected[name]["C"], abs=tolerance) == C
        assert np.sqrt(C * T[0]) == pytest.approx(expected[name]["D"], abs=tolerance)
        with pytest.raises(StudyError, match=f"'{refused}' is refused: .*; use standard"):
            coupling_degree(inputs["U"], refused)
    assert misused["factor_2_missing_square"][1] > 1
    # three equal subsystems get 1/2 by the pairwise form
    assert pytest.approx(0.5) == (1 / 8) ** (1 / 3)
    with pytest.raises(StudyError, match="reaches 1/2 at most"):
        coupling_degree([[0.4, 0.4, 0.4]], "pairwise")


def test_obstacles_before_and_after_scaling():
    inputs, expected, tolerance = case("obstacle_unscaled")
    unscaled = np.array(expected["O"])
    found = obstacle_degree(inputs["X"], inputs["w"], np.ones(3), high=1.0)
    share = unscaled / unscaled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, share, atol=2 * tolerance / unscaled.sum(axis=1).min())


@pytest.mark.parametrize(
    ("name", "method", "scale"),
    [
        ("entropy_elsayed", "entropy", None),
        ("entropy_xu", "entropy", None),
        ("entropy_directions", "entropy", ("a", "b")),
        ("critic_diakoulaki", "critic", (0, 1)),
        ("critic_directions", "critic", (0, 1)),
        ("cv", "cv", None),
    ],
)
def test_weights_of_figures(name, method, scale):
    inputs, expected, tolerance = case(name)
    X = np.array(inputs["X"], dtype=float)
    Z = np.full(X.shape, 0.5) if method == "cv" else X  # the former takes raw figures alone
    if scale:
        ends = tuple(inputs.get(end, end) for end in scale)
        columns = zip(X.T, inputs["direction"], strict=True)
        Z = np.column_stack([minmax(x, d, x.min(), x.max(), ends) for x, d in columns])
    w = WEIGHTINGS[method](Z, raw=X)
    np.testing.assert_allclose(w, expected["w"], atol=tolerance, rtol=0)
    if "score100" in expected:
        np.testing.assert_allclose(100 * Z @ w, expected["score100"], atol=100 * tolerance, rtol=0)


def test_weights_from_pairwise_comparisons():
    inputs, expected, tolerance = case("ahp")
    w, largest, ratio = consistency(inputs["A"])
    np.testing.assert_allclose(w, expected["w"], atol=tolerance, rtol=0)
    assert largest == pytest.approx(expected["lambda_max"], abs=tolerance)
    assert (largest - 5) / 4 == pytest.approx(expected["CI"], abs=tolerance)
    assert ratio == pytest.approx(expected["CR"], abs=tolerance)
    found = WEIGHTINGS["ahp"](np.ones((2, 5)), judgements=inputs["A"])
    np.testing.assert_allclose(found, expected["w"], atol=tolerance, rtol=0)


@pytest.mark.parametrize("rule", ["linear", "multiplicative", "geometric", "game"])
def test_combined_weights(rule):
    inputs, expected, tolerance = case("combined")
    judged, own = inputs["w_subj"], inputs["w_obj"]
    weights = {"given": {"weights": judged}, "ahp": {"judgements": np.divide.outer(own, own)}}
    found = WEIGHTINGS[rule](
        np.ones((2, 4)),
        methods=["given", "ahp"],
        shares=[inputs["alpha"], 1 - inputs["alpha"]],
        options=weights,
    )
    np.testing.assert_allclose(found, expected[rule], atol=tolerance, rtol=0)


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


def test_a_new_year_rewrites_earlier_years_unless_goalposts_are_frozen():
    inputs, expected, tolerance = case("adding_a_year")

    def degree(years, frozen_at=None):
        U = []
        for key in ("x_years_by_regions", "y"):
            x = np.array(inputs[key])[:years]
            kept = x[:frozen_at]
            z = minmax(x, "+", kept.min(), kept.max(), tuple(inputs["map"]))
            U.append(z.clip(*inputs["map"]).ravel())
        U = np.column_stack(U)
        return coordination_degree(coupling_degree(U), coordination_index(U)).reshape(years, 3)

    np.testing.assert_allclose(degree(3), expected["D_first3years_before"], atol=tolerance)
    np.testing.assert_allclose(degree(4), expected["D_after_panelwide"], atol=tolerance)
    np.testing.assert_allclose(degree(4, 3), expected["D_after_fixed_base"], atol=tolerance)
    np.testing.assert_array_equal(degree(4, 3)[:3], degree(3))
