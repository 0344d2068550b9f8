"""What single growth rows decide: each left out, and the last one foretold by the others."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation.growth import Array
from coevo.estimation.region import FEWEST_ROWS, Fit
from coevo.estimation.variation import paths


class Deletion(NamedTuple):
    """The fit without each of its rows, in the order of time.

    E (rows, 2): x1*, x2*; turned (rows, 4): whether a1, b1, a2, d changes its sign.
    """

    E: Array
    turned: npt.NDArray[np.bool_]


def leave_one_row_out(fit: Fit) -> Deletion:
    """Return E and the signs with each growth row deleted, as refits would give them.

    `StudyError` for fewer than four rows, with which a line without one would have no residual, or
    if the regressor does not vary without a row.
    """
    n = fit.rows
    if n <= FEWEST_ROWS:
        raise Refusal("too_few_rows_to_delete", rows=n, least=FEWEST_ROWS)
    others = np.array([np.delete(np.arange(n), i) for i in range(n)])
    lines = _lines(fit.data.growth[others], fit.data.regressor[others])
    E = -lines[:, ::-1, 0] / lines[:, ::-1, 1]
    turned = np.sign(lines) != np.sign(fit.coefficients)
    return Deletion(E, turned.reshape(n, 4))


def _lines(growth: Array, regressor: Array) -> Array:
    """Return the least-squares lines (..., 2, 2) of both equations; arrays (..., rows, 2)."""
    R = regressor[..., ::-1]  # each grows on the other
    mean_g, mean_R = growth.mean(axis=-2), R.mean(axis=-2)
    left = R - mean_R[..., None, :]
    length = np.linalg.norm(left, axis=-2)
    if np.any(length <= R.shape[-2] * np.finfo(float).eps * np.linalg.norm(R, axis=-2)):
        raise Refusal("constant_without_a_row")
    slope = (left * growth).sum(axis=-2) / length**2
    return np.stack([mean_g - slope * mean_R, slope], axis=-1)


class Forecast(NamedTuple):
    """Growth of x1, x2 in the last row, each (2,), log differences per year.

    model, drift: what either says without having seen it; ratio: |error of the model| / |error of
    drift|, below 1 where the model is nearer.
    """

    model: Array
    drift: Array
    ratio: Array


def last_growth(fit: Fit, state: npt.ArrayLike) -> Forecast:
    """Return the last growth row as the fit to the earlier rows and as mean growth foretell it.

    state: x1, x2 in the last row's earlier year, from which the fitted equations run for a year.
    Drift is a random walk with the mean of the earlier growth. `StudyError` for fewer than four
    rows, with which the fit to the earlier ones would have no residual, and for a path that leaves
    every bound within the year.
    """
    g, R = fit.data.growth, fit.data.regressor
    if fit.rows <= FEWEST_ROWS:
        raise Refusal("too_few_rows_to_forecast", rows=fit.rows, least=FEWEST_ROWS)
    c, s = _lines(g[:-1], R[:-1]).T
    # in units of the starting state, so that both logs begin at zero
    x1, x2 = np.asarray(state, dtype=float)
    model = paths(np.array([[c[0], s[0] * x2, c[1], s[1] * x1, 0, 0]]), 2)[0][0, 1]
    if not np.isfinite(model).all():
        raise Refusal("path_unbounded", x1=x1, x2=x2)
    drift = g[:-1].mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(model - g[-1]) / np.abs(drift - g[-1])
    return Forecast(model, drift, ratio)
