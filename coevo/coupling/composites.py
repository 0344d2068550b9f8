"""The composite index of a subsystem, and what a preset makes of the indices (docs/methods.md, 3).

A composite takes Z (rows, m) within [low, high] and weights w (m,) that sum to 1, and returns U
(rows,) in [0, 1]. A new one is a function and its entry in `COMPOSITES`.
"""

from collections.abc import Callable

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import StudyError
from coevo.registry import Method, choose


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


# In cells z is the range of a row's normalised figures, w that of their weights.
COMPOSITES = {
    "linear": Method(linear_composite, cells="SUMPRODUCT({w},{z})", symbols="U = Σ w z"),
    "geometric": Method(
        geometric_composite,
        cells="IF(SUMPRODUCT(({w}>0)*({z}=0))>0,0,EXP(SUMPRODUCT({w},LN({z}+({z}=0)))))",
        symbols="U = Π zʷ",
    ),
    "topsis": Method(topsis_composite, symbols="U = d⁻ / (d⁺ + d⁻)"),
}


def composite_indices(
    Z: Values,
    weights: Values,
    member: Array,
    composite: str,
    span: tuple[float, float] | None,
) -> Array:
    """Return U (..., rows, n) from Z (..., rows, m) and weights (..., m) within subsystems.

    `member` (m, n) of 0 and 1. `span` is the range of normalised values; without one the ends of
    each column are taken. Leading axes are draws, of the figures or of the weights.
    """
    Z, w = np.asarray(Z, dtype=float), np.asarray(weights, dtype=float)[..., None, :]
    ends = [Z.min(axis=-2, keepdims=True), Z.max(axis=-2, keepdims=True)]
    if span is not None:
        ends = [np.full_like(ends[0], end) for end in span]
    index = choose(COMPOSITES, composite, "composite")
    parts = [
        index(Z[..., own], w[..., own], ends[0][..., own], ends[1][..., own])
        for own in (column.astype(bool) for column in member.T)
    ]
    return np.stack(parts, axis=-1)


def rescaled(U: Values) -> Array:
    """Return each index of U (..., rows, n) mapped to [0.01, 0.99] by its minimum and maximum.

    This is what SPSSAU does to the indices before it computes C (help page "Coupling Coordination
    Degree", data intervalisation), and what the preset `spssau` stands for: it spreads the indices
    over the whole range once more, so that D of two studies cannot be compared. `StudyError` for an
    index that does not vary.
    """
    U = np.asarray(U, dtype=float)
    low, high = U.min(axis=-2, keepdims=True), U.max(axis=-2, keepdims=True)
    if np.any(high - low <= 0):
        raise StudyError(
            "an index that does not vary cannot be rescaled; leave coupling.preset null"
        )
    spread: Array = 0.01 + 0.98 * (U - low) / (high - low)
    return spread


PRESETS: dict[str, Callable[[Array], Array]] = {"spssau": rescaled}
