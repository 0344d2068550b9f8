"""Published numbers of space, mobility and inequality; citations stand beside the numbers."""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.regional.inequality import dagum, gini, theil, theil_between
from coevo.regional.mobility import (
    classified,
    first_passage,
    probabilities,
    shorrocks,
    steady_state,
    transition_counts,
)
from coevo.regional.neighbourhood import likeness, local_moran, row_standardised

CASES = json.loads(Path(__file__).with_name("regional.json").read_text(encoding="utf-8"))


def case(name):
    return CASES[name]["inputs"], CASES[name]["expected"]


@pytest.fixture(scope="module")
def states():
    inputs, expected = case("us_states")
    income = np.array([inputs["income"][state] for state in inputs["states"]], dtype=float)
    places = inputs["states"]
    near = {
        state: [places[i] for i in own]
        for state, own in zip(places, inputs["neighbours"], strict=True)
    }
    return income, row_standardised(near, places), inputs["years"], expected


@pytest.mark.parametrize("year", ["1929", "1969"])
def test_neighbouring_states_are_alike(states, year):
    income, W, years, expected = states
    known = expected["moran_row_standardised"][year]
    found = likeness(income[:, [years.index(int(year))]], W, 99, np.random.default_rng(1))
    assert pytest.approx([known["I"]], abs=1e-12) == found.I
    assert found.expected == pytest.approx([known["EI"]], abs=1e-12)


def test_moves_of_states_between_quintiles(states):
    income, _, _, expected = states
    cuts = np.quantile(income, [0.2, 0.4, 0.6, 0.8], axis=0)
    found = np.column_stack([classified(y, c) for y, c in zip(income.T, cuts.T, strict=True)])
    known = expected["markov"]
    counts = transition_counts(found, 5)
    np.testing.assert_array_equal(counts, known["counts"])
    P = probabilities(counts)
    np.testing.assert_allclose(steady_state(P), known["steady"], atol=5e-9)
    assert shorrocks(P) == pytest.approx(known["shorrocks"], abs=1e-12)
    passage = first_passage(P)
    np.testing.assert_allclose(passage[0], known["first_passage_row_1"], atol=5e-8)
    np.testing.assert_allclose(np.diag(passage), 1 / steady_state(P), rtol=1e-12)


def test_ten_regions_that_are_not_alike():
    inputs, expected = case("ten_regions")
    near = {k: [str(i) for i in own] for k, own in inputs["neighbours"].items()}
    W = row_standardised(near, list(near))
    found = likeness(np.array(inputs["y"])[:, None], W, 99, np.random.default_rng(1))
    assert pytest.approx([expected["I"]], abs=1e-12) == found.I
    assert found.expected == pytest.approx([expected["EI"]], abs=1e-12)
    local, quadrant = local_moran(inputs["y"], W)
    np.testing.assert_allclose(local, expected["local"], atol=5e-9)
    np.testing.assert_array_equal(quadrant, expected["quadrant"])


def test_inequality_between_states_of_mexico():
    inputs, expected = case("mexico")
    for year, T, between in zip(expected["years"], expected["T"], expected["between"], strict=True):
        y = inputs["product_per_head"][str(year)]
        assert theil(y) == pytest.approx(T, abs=5e-9)
        assert theil_between(y, inputs["hanson98"]) == pytest.approx(between, abs=5e-9)
    y = inputs["product_per_head"]["1940"]
    assert gini(y) == pytest.approx(expected["gini_1940"], abs=1e-12)
    parts = dagum(y, inputs["hanson98"])
    total = parts.within + parts.between + parts.transvariation
    assert total == pytest.approx(gini(y), abs=1e-12)


def test_all_inequality_lies_between_two_groups():
    inputs, expected = case("toy_theil")
    assert theil(inputs["y"]) == pytest.approx(expected["T"], abs=1e-15)
    between = theil_between(inputs["y"], inputs["group"])
    assert between == pytest.approx(expected["between"], abs=1e-15)


def test_dagum_of_two_groups_by_hand():
    # {1, 3} and {2, 6}: m = 3; pairs of groups differ by 1, 5, 1, 3; only 3 > 2 crosses over
    found = dagum([1, 3, 2, 6], ["low", "low", "high", "high"])
    assert found.pairs == {("high", "low"): pytest.approx(2.5 / 6)}
    p, s = 1 / 2, {"low": 1 / 3, "high": 2 / 3}
    within = 0.25 * p * s["low"] + 0.25 * p * s["high"]  # G_jj = 2 / (4 m_j) * |difference| / 2
    assert found.within == pytest.approx(within, abs=1e-15)
    gross = 2.5 / 6 * (p * s["low"] + p * s["high"])
    distance = (2.25 - 0.25) / 2.5
    assert found.between == pytest.approx(gross * distance, abs=1e-15)
    assert found.transvariation == pytest.approx(gross * (1 - distance), abs=1e-15)
    assert found.within + found.between + found.transvariation == pytest.approx(1 / 3, abs=1e-15)
    assert gini([1, 3, 2, 6]) == pytest.approx(1 / 3, abs=1e-15)
