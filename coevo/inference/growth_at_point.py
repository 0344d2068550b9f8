"""Growth of the fitted equations at a point, nil at their equilibrium (docs/methods.md, 6).

A fitted E is a ratio and mostly cannot be located; whether a given point is an equilibrium of the
fitted equations can be tested all the same.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from coevo.arrays import Array, Integers, Values


class GrowthAt(NamedTuple):
    """growth (..., 2) of x1 and x2 a year, its standard error, and df (...) of t."""

    growth: Array
    error: Array
    df: Integers

    @property
    def p(self) -> Array:
        """p (..., 2) of no growth; NaN without an error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.error > 0, np.abs(self.growth) / self.error, np.nan)
        return np.asarray(2 * stdtr(np.asarray(self.df)[..., None], -t))

    @property
    def joint_p(self) -> Array:
        """p (...) that neither grows: twice the smaller of both (Bonferroni)."""
        return np.asarray(np.minimum(1, 2 * self.p.min(axis=-1)))


def growth_at(coefficients: Array, covariance: Array, df: Values, E: Array) -> GrowthAt:
    """Return the growth of lines at points.

        G1 = a1 - b1 x2,   G2 = -a2 + d x1,   se = sqrt(v' V v),   v = (1, x2), (1, x1)

    coefficients (..., 2, 2), covariance (..., 2, 2, 2), df: as in `Equations`; E (..., 2): x1, x2.
    The point is taken as given.
    """
    v = np.stack([np.ones_like(E), E[..., ::-1]], axis=-1)
    square = np.einsum("...i,...ij,...j->...", v, covariance, v)
    return GrowthAt((coefficients * v).sum(axis=-1), np.sqrt(square), np.asarray(df))
