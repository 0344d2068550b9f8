"""What moves D: its growth, split exactly down to indicators (docs/methods.md, 3).

With the standard form and equal contributions D is the root of the geometric mean of the indices,
so d ln D = (1 / 2n) sum_s d ln U_s; with a linear composite d ln U = sum_j w_j dz_j / L(U0, U1), L
the logarithmic mean. Nothing is left over, and the splits of successive steps add up to that of the
period.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array, Values
from coevo.coupling.index_panel import IndexPanel
from coevo.files import as_table

# The choices under which the split leaves nothing over.
ADDITIVE = {"form": "standard", "contributions": "equal", "composite": "linear", "preset": None}


def logarithmic_mean(a: Values, b: Values) -> Array:
    """Return L(a, b) = (b - a) / ln(b / a), a where both are equal; a, b positive, one shape."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    log = np.log1p((b - a) / a)
    return np.asarray(np.divide(b - a, log, out=a.copy(), where=np.abs(log) > 1e-14))


def contributions(z0: Array, z1: Array, w: Array, member: Array) -> Array:
    """Return how much each indicator adds to ln(D1 / D0) (rows, m).

    z0, z1 (rows, m): normalised figures before and after; w (m,) weights within subsystems; member
    (m, n) of 0 and 1. c_j = w_j (z1_j - z0_j) / (2 n L(U0, U1)) with the index of j's subsystem.
    NaN in the rows where an index is 0: D has no logarithm there.
    """
    before, after = (z @ (member * w[:, None]) for z in (z0, z1))
    positive = ((before > 0) & (after > 0)).all(axis=1)
    mean = np.full(before.shape, np.nan)
    mean[positive] = logarithmic_mean(before[positive], after[positive])
    return np.asarray(w * (z1 - z0) / (2 * member.shape[1] * (mean @ member.T)))


def splits(settings: Mapping[str, Any]) -> bool:
    """Tell whether the split holds: standard form, equal contributions, linear, not rescaled."""
    return all(settings[choice] == wanted for choice, wanted in ADDITIVE.items())


def growth_contributions(
    normalised: pd.DataFrame, weights: pd.DataFrame, weighting: str, settings: Mapping[str, Any]
) -> pd.DataFrame:
    """Return region, name, year, subsystem, indicator, contribution to ln(D_t / D_t-1).

    A row per indicator and step between successive years of a region; `year` is the later one.
    Steps over a gap and steps from or to D = 0 are left out. Empty where the split does not hold
    (`splits`).
    """
    if not splits(settings):
        return as_table("growth_split", [])
    panel = IndexPanel.of(normalised, weights, weighting, None)
    rows = panel.z.index.to_frame(index=False)
    step = (rows["region"] == rows["region"].shift()) & (rows["year"] == rows["year"].shift() + 1)
    later, z = np.flatnonzero(step.to_numpy()), panel.z.to_numpy()
    parts = contributions(z[later - 1], z[later], panel.weights, panel.member)
    long = panel.long(parts, "contribution", later)
    long["subsystem"] = np.tile(panel.subsystem, len(later))
    return as_table("growth_split", long.dropna(subset="contribution"))
