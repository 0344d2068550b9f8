"""What one growth row decides: E and the signs with each row left out."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.estimation import Fit
from coevo.inference.lines import lines
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


def deletion(fit: Fit, level: float = 0.95) -> Deletion:
    """Return E, its sets and the signs with each growth row deleted, as refits would give them.

    `StudyError` if the regressor does not vary without a row.
    """
    n = fit.rows
    others = np.array([np.delete(np.arange(n), i) for i in range(n)])
    found, covariance = lines(fit.data.growth[others], fit.data.regressor[others])
    x1, x2 = (_sets(found[:, i], covariance[:, i], n - 3, level) for i in (1, 0))
    E = np.column_stack([x1.estimate, x2.estimate])
    whole = -fit.coefficients[::-1, 0] / fit.coefficients[::-1, 1]
    turned = np.sign(found) != np.sign(fit.coefficients)
    return Deletion(fit.data.year, E, E / whole - 1, x1, x2, turned.reshape(n, 4))


def _sets(found: Array, covariance: Array, df: int, level: float) -> RatioSet:
    c, s = found.T
    if df > 0:
        return fieller(c, s, covariance, df, level)
    none = np.full(len(c), np.nan)
    return RatioSet(-c / s, none, none, np.full(len(c), "line"), np.full(len(c), np.inf))
