"""The classic form for many regions and resamples at once, as operations on whole arrays."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.estimation.growth import Array

CHUNK = 50_000  # figures worked on at a time: intermediate results stay in the cache


class Batch(NamedTuple):
    """Fits in the units given: lines (..., 2, 2), rows (a1, -b1) and (-a2, d); their covariance
    (..., 2, 2, 2); df of each equation."""

    lines: Array
    covariance: Array
    df: int


def fit_batch(growth: npt.ArrayLike, regressor: npt.ArrayLike) -> Batch:
    """Return the classic form fitted to every set of growth rows, each equation by least squares.

        s = q'g,  q = (R - mean R)/|R - mean R|^2,   c = mean g - s mean R

    growth, regressor (..., rows, 2) in the order of the equations (the first regressor is that of
    x2), finite, no row missing; their leading axes broadcast. QR of the columns 1 and R in closed
    form, so equal to `coevo.estimation.fit`: residual df rows - 2, V22 = s^2/|R - mean R|^2,
    V12 = -mean R V22, V11 = s^2/rows + (mean R)^2 V22. `StudyError` for fewer than three rows, a
    value that is not finite or a regressor that does not vary.
    """
    g, R = np.asarray(growth, dtype=float), np.asarray(regressor, dtype=float)
    shape = np.broadcast_shapes(g.shape, R.shape)
    batch, rows = shape[:-2], shape[-2]
    if rows < 3:
        raise StudyError(f"{rows} growth rows cannot determine two coefficients and their errors")
    g, R = (np.broadcast_to(x, shape).reshape(-1, rows, 2) for x in (g, R))
    lines, covariance = np.empty((len(g), 2, 2)), np.empty((len(g), 2, 2, 2))
    step = max(1, CHUNK // (2 * rows))
    for start in range(0, len(g), step):
        part = slice(start, start + step)
        lines[part], covariance[part] = _fit(g[part], R[part])
    return Batch(lines.reshape(*batch, 2, 2), covariance.reshape(*batch, 2, 2, 2), rows - 2)


def _fit(g: Array, R: Array) -> tuple[Array, Array]:
    """Return lines (m, 2, 2) and covariance (m, 2, 2, 2) of g, R (m, rows, 2)."""
    # sums over the first axis run along memory
    g, R = (np.ascontiguousarray(x.swapaxes(0, 1)) for x in (g, R))
    if not (np.isfinite(g).all() and np.isfinite(R).all()):
        raise StudyError("a growth row of a resample is missing or infinite")
    rows = len(g)
    mean_g, mean_R = g.mean(axis=0), R.mean(axis=0)
    centred = R - mean_R
    length = np.sqrt(_product(centred, centred))
    flat = length <= rows * np.finfo(float).eps * np.sqrt(_product(R, R))
    if flat.any():
        raise StudyError(f"the regressor does not vary in {int(flat.sum())} of the fits")
    left = g - mean_g
    slope = _product(centred / length, left) / length
    left = left - slope * centred
    variance = _product(left, left) / (rows - 2)
    V22 = variance / length**2
    V12, V11 = -mean_R * V22, variance / rows + mean_R**2 * V22
    lines = np.stack([mean_g - slope * mean_R, slope], axis=-1)
    return lines, np.stack([V11, V12, V12, V22], axis=-1).reshape(-1, 2, 2, 2)


def _product(x: Array, y: Array) -> Array:
    """Return x'y (m, 2) of x, y (rows, m, 2)."""
    return np.asarray(np.einsum("tme,tme->me", x, y), dtype=float)
