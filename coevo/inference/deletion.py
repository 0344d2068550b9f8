"""What one growth row decides: E and the signs with each row left out."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.estimation import Fit, fit_batch
from coevo.inference.sets import RatioSet, fieller

Array = npt.NDArray[np.float64]


class Deletion(NamedTuple):
    """The fit without each of its rows, in the order of time.

    year (rows,): the earlier year of the row left out; E (rows, 2): x1*, x2*; move (rows, 2):
    E without the row over E, less 1; x1, x2: Fieller's sets (rows,), the whole line where three
    rows leave none to spare; turned (rows, 4): whether a1, b1, a2, d changes its sign.
    """

    year: npt.NDArray[np.int64]
    E: Array
    move: Array
    x1: RatioSet
    x2: RatioSet
    turned: npt.NDArray[np.bool_]


def leave_one_row_out(fit: Fit, level: float = 0.95) -> Deletion:
    """Return E, its sets and the signs with each growth row deleted, as refits would give them.

    `StudyError` if the regressor does not vary without a row.
    """
    n = fit.rows
    others = np.array([np.delete(np.arange(n), i) for i in range(n)])
    g, R = fit.data.growth[others], fit.data.regressor[others]
    if n > 3:
        lines, V, df = fit_batch(g, R)
        c, s = lines[..., 0], lines[..., 1]
        x1, x2 = (fieller(c[:, i], s[:, i], V[:, i], df, level) for i in (1, 0))
    else:
        lines = _through(g, R)
        x1, x2 = (_open(*lines[:, i].T) for i in (1, 0))
    E = np.column_stack([x1.estimate, x2.estimate])
    whole = -fit.coefficients[::-1, 0] / fit.coefficients[::-1, 1]
    turned = np.sign(lines) != np.sign(fit.coefficients)
    return Deletion(fit.data.year, E, E / whole - 1, x1, x2, turned.reshape(n, 4))


def _through(g: Array, R: Array) -> Array:
    """Return the lines (m, 2, 2) through two growth rows, g and R (m, 2, 2)."""
    rise = np.diff(R, axis=1)
    if not rise.all():
        raise StudyError("the regressor does not vary without one of three growth rows")
    s = np.diff(g, axis=1) / rise
    return np.stack([g[:, 0] - s[:, 0] * R[:, 0], s[:, 0]], axis=-1)


def _open(c: Array, s: Array) -> RatioSet:
    """Return the ratios -c/s with the whole line as their sets: no error is known."""
    none = np.full(len(c), np.nan)
    return RatioSet(-c / s, none, none, np.full(len(c), "line"), np.full(len(c), np.inf))
