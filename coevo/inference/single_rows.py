"""What single growth rows decide: each left out."""

from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Booleans
from coevo.errors import Refusal
from coevo.estimation.region import FEWEST_ROWS, Fit


class Deletion(NamedTuple):
    """The fit without each of its rows, in the order of time.

    E (rows, 2): x1*, x2*; turned (rows, 4): whether a1, b1, a2, d changes its sign.
    """

    E: Array
    turned: Booleans


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
