"""Coupling degree C, coordination index T, coupling coordination degree D (docs/methods.md, 3)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array, Values
from coevo.coupling.formulas import (
    contribution_shares,
    coordination_degree,
    coordination_index,
    coupling_degree,
)
from coevo.coupling.grade_scales import grade, lagging, relative_development, stage
from coevo.coupling.index_panel import IndexPanel


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
    settings: Mapping[str, Any],
    span: tuple[float, float] | None,
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


__all__ = ["coordination_degree", "coordination_index", "couple", "coupling_degree", "grade"]
