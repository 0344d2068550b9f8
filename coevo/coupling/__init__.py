"""The degrees C, T and D of a study, what holds D back and what moves it (docs/methods.md, 3)."""

import numpy as np
import pandas as pd

from coevo.arrays import Array, Config, Values
from coevo.coupling.formulas import (
    IndexPanel,
    contribution_shares,
    coordination_degree,
    coordination_index,
    coupling_degree,
)
from coevo.coupling.grade_scales import grade, lagging, relative_development, stage
from coevo.files import as_table
from coevo.normalisation import Span


def obstacle_degree(Z: Values, weights: Values, contributions: Values, high: Values) -> Array:
    """Return the share (rows, m) of each indicator in what keeps a case from the top.

    O_ij = a_s w_j (high - z_ij) / sum_k a_s w_k (high - z_ik) over the indicators of all
    subsystems; `weights` (m,) within subsystems, `contributions` (m,) the a of each indicator's
    subsystem, `high` the top of the range. A row at the top everywhere has no obstacle: all 0.
    """
    gap = np.asarray(weights) * np.asarray(contributions) * (high - np.asarray(Z, dtype=float))
    total = gap.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(gap, total, out=np.zeros_like(gap), where=total > 0))


def couple(
    normalised: pd.DataFrame,
    weights: pd.DataFrame,
    weighting: str,
    settings: Config,
    span: Span | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `coupling` and `obstacles` of a study (columns: docs/tables.md).

    `weighting`: the method whose weights are used; `settings`: the configuration's `coupling`
    (composite, preset, form, k, contributions, grades); `span`: the range of normalised values.
    """
    panel = IndexPanel.of(normalised, weights, weighting, span)
    U, C, T, D = panel.degrees(settings)
    coupling = panel.z.index.to_frame(index=False)
    for subsystem, column in zip(panel.subsystems, U.T, strict=True):
        coupling[f"U_{subsystem}"] = column
    coupling["C"], coupling["T"], coupling["D"] = C, T, D
    coupling["grade"], coupling["stage"] = grade(D, settings["grades"]), stage(C)
    coupling["relative_development"] = relative_development(U[:, 0], U[:, 1])
    coupling["lagging"] = lagging(U, panel.subsystems)
    a = contribution_shares(settings["contributions"], len(panel.subsystems))
    z = panel.z.to_numpy()
    high = z.max(axis=0) if span is None else span[1]
    obstacles = obstacle_degree(z, panel.weights, panel.member @ a, high)
    return coupling, panel.long(obstacles, "obstacle")


# The choices under which the split of growth leaves nothing over.
ADDITIVE = {"form": "standard", "contributions": "equal", "composite": "linear", "preset": None}


def logarithmic_mean(a: Values, b: Values) -> Array:
    """Return L(a, b) = (b - a) / ln(b / a), a where both are equal; a, b positive, one shape."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    log = np.log1p((b - a) / a)
    return np.asarray(np.divide(b - a, log, out=a.copy(), where=np.abs(log) > 1e-14))


def log_growth_shares(z0: Array, z1: Array, w: Array, member: Array) -> Array:
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


def splits(settings: Config) -> bool:
    """Tell whether the split holds: standard form, equal contributions, linear, not rescaled."""
    return all(settings[choice] == wanted for choice, wanted in ADDITIVE.items())


def growth_contributions(
    normalised: pd.DataFrame, weights: pd.DataFrame, weighting: str, settings: Config
) -> pd.DataFrame:
    """Return region, name, year, subsystem, indicator, contribution to ln(D_t / D_t-1).

    With the standard form and equal contributions D is the root of the geometric mean of the
    indices, so d ln D = (1 / 2n) sum_s d ln U_s; with a linear composite d ln U = sum_j w_j dz_j /
    L(U0, U1), L the logarithmic mean. Nothing is left over, and the splits of successive steps add
    up to that of the period.

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
    parts = log_growth_shares(z[later - 1], z[later], panel.weights, panel.member)
    long = panel.long(parts, "contribution", later)
    long["subsystem"] = np.tile(panel.subsystem, len(later))
    return as_table("growth_split", long.dropna(subset="contribution"))


__all__ = ["coordination_degree", "coordination_index", "couple", "coupling_degree", "grade"]
