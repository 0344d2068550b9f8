"""Pooled slopes of many panels with the same rows at once (docs/methods.md, 5)."""

import numpy as np
from scipy.sparse import csr_array

from coevo.arrays import Array, Integers
from coevo.estimation.effects import EFFECTS


def batched_slopes(
    growth: Array,
    regressor: Array,
    region: Integers,
    year: Integers,
    effects: str,
    cluster: Integers | None = None,
) -> tuple[Array, Array]:
    """Return slopes (2, B) of two equations with one regressor each in B panels, and their errors.

        se = sqrt(C / (C - 1) sum_c (sum z e)^2) / sum z^2,   z, e: regressor, residual

    growth, regressor (rows, 2, B), from which `effects` are taken out; region (rows,): index, rows
    sorted by it; cluster (rows,): index of C clusters, without which errors are NaN. A slope on
    what does not vary is NaN.
    """
    rows, absorb = len(region), EFFECTS[effects]
    z, g = (
        absorb(region, year, V.reshape(rows, -1)).residual.reshape(V.shape)
        for V in (regressor, growth)
    )
    squares = (z**2).sum(axis=0)
    with np.errstate(invalid="ignore"):
        slope = (z * g).sum(axis=0) / squares
    if cluster is None:
        return slope, np.full_like(slope, np.nan)
    C = int(cluster.max()) + 1
    member = csr_array((np.ones(rows), (cluster, np.arange(rows))))
    scores = (member @ (z * (g - z * slope)).reshape(rows, -1)).reshape(C, *slope.shape)
    return slope, np.sqrt(C / (C - 1) * (scores**2).sum(axis=0)) / squares
