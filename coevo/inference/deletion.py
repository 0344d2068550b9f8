"""What one growth row decides: E and the signs with each row left out."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation import Fit, fit_batch

Array = npt.NDArray[np.float64]


class Deletion(NamedTuple):
    """The fit without each of its rows, in the order of time.

    year (rows,): the earlier year of the row left out; E (rows, 2): x1*, x2*; turned (rows, 4):
    whether a1, b1, a2, d changes its sign.
    """

    year: npt.NDArray[np.int64]
    E: Array
    turned: npt.NDArray[np.bool_]


def leave_one_row_out(fit: Fit) -> Deletion:
    """Return E and the signs with each growth row deleted, as refits would give them.

    `StudyError` if the regressor does not vary without a row.
    """
    n = fit.rows
    others = np.array([np.delete(np.arange(n), i) for i in range(n)])
    g, R = fit.data.growth[others], fit.data.regressor[others]
    lines = fit_batch(g, R).lines if n > 3 else _through(g, R)
    E = -lines[:, ::-1, 0] / lines[:, ::-1, 1]
    turned = np.sign(lines) != np.sign(fit.coefficients)
    return Deletion(fit.data.year, E, turned.reshape(n, 4))


def _through(g: Array, R: Array) -> Array:
    """Return the lines (m, 2, 2) through two growth rows, g and R (m, 2, 2)."""
    rise = np.diff(R, axis=1)
    if not rise.all():
        raise Refusal(
            "constant_without_a_row", "the regressor does not vary without one of three growth rows"
        )
    s = np.diff(g, axis=1) / rise
    return np.stack([g[:, 0] - s[:, 0] * R[:, 0], s[:, 0]], axis=-1)
