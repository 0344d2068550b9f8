"""The composite index of a subsystem from its normalised indicators (docs/methods.md, 3).

A composite takes Z (rows, m) within [low, high] and weights w (m,) that sum to 1, and returns U
(rows,) in [0, 1]. A new one is a function and its name in `COMPOSITES`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def linear_composite(Z: Array, w: Array, low: Array, high: Array) -> Array:
    """U = sum_j w_j z_j: a lack in one indicator is made good by another."""
    # Not Z @ w, whose last digit may depend on how many rows there are.
    U: Array = (Z * w).sum(axis=-1)
    return U


def geometric_composite(Z: Array, w: Array, low: Array, high: Array) -> Array:
    """U = prod_j z_j^w_j: a lack is only partly made good; 0 where an indicator of weight is 0."""
    logs = np.log(Z, out=np.full(Z.shape, -np.inf), where=Z > 0)
    U: Array = np.exp(np.where(w > 0, w * np.where(w > 0, logs, 0.0), 0.0).sum(axis=-1))
    return U


def topsis_composite(Z: Array, w: Array, low: Array, high: Array) -> Array:
    """U = d- / (d+ + d-): distance from the worst case against that from the best one.

    d+ = sqrt(sum_j (w_j (high_j - z_j))^2), d- = sqrt(sum_j (w_j (z_j - low_j))^2). Best and worst
    are the ends of the scale and not of the sample: a new year changes no earlier U. Source: Hwang
    and Yoon (1981).
    """
    best = np.sqrt(((w * (high - Z)) ** 2).sum(axis=-1))
    worst = np.sqrt(((w * (Z - low)) ** 2).sum(axis=-1))
    total = best + worst
    U: Array = np.divide(worst, total, out=np.zeros(total.shape), where=total > 0)
    return U


COMPOSITES: dict[str, Callable[[Array, Array, Array, Array], Array]] = {
    "linear": linear_composite,
    "geometric": geometric_composite,
    "topsis": topsis_composite,
}
