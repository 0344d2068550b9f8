"""Figures and weights as arrays: a draw is what the panel would be with its figures or weights."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.formulas import COMPOSITES, IndexPanel
from coevo.normalisation import wide

SETTINGS = {"preset": None, "form": "standard", "k": 2.0, "contributions": [0.3, 0.7]}
WEIGHTS = pd.DataFrame(
    {
        "weighting": ["equal"] * 3 + ["given"] * 3,
        "subsystem": ["s", "s", "t"] * 2,
        "indicator": ["b", "indicator", "a"] * 2,
        "weight": [0.5, 0.5, 1.0, 0.2, 0.8, 1.0],
    }
)


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    rows = [
        (str(r), f"R{r}", 2015 + t, i, rng.uniform(0.1, 0.9))
        for r in range(3)
        for t in range(2)
        for i in ("a", "b", "indicator")
    ]
    return pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "z"])


def test_columns_follow_the_weights_whether_figures_are_long_or_wide(table):
    long = IndexPanel.of(table, WEIGHTS, "given", (0.0, 1.0))
    across = IndexPanel.of(wide(table, "z"), WEIGHTS, "given", (0.0, 1.0))
    assert list(long.z.columns) == ["b", "indicator", "a"] and long.subsystems == ["s", "t"]
    pd.testing.assert_frame_equal(long.z, across.z)
    U = long.indices("linear")
    np.testing.assert_allclose(U[:, 0], 0.2 * long.z["b"] + 0.8 * long.z["indicator"])
    np.testing.assert_allclose(U[:, 1], long.z["a"])


@pytest.mark.parametrize("composite", sorted(COMPOSITES))
def test_a_draw_of_weights_or_figures_is_a_panel_of_its_own(table, composite):
    equal, given = (IndexPanel.of(table, WEIGHTS, w, (0.0, 1.0)) for w in ("equal", "given"))
    settings = SETTINGS | {"composite": composite}
    drawn = equal.degrees(settings, weights=np.stack([equal.weights, given.weights])).D
    np.testing.assert_array_equal(drawn[0], equal.degrees(settings).D)
    np.testing.assert_array_equal(drawn[1], given.degrees(settings).D)
    Z = equal.z.to_numpy()
    moved = equal.degrees(settings, z=np.stack([Z, Z / 2])).D
    np.testing.assert_allclose(moved[0], drawn[0], rtol=1e-14)
    assert (moved[1] < moved[0]).all()
