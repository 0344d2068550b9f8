"""Growth of the fitted equations at a point, nil at their equilibrium (docs/methods.md, 6).

A fitted E is a ratio and mostly cannot be located; whether a given point is an equilibrium of the
fitted equations can be tested all the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from coevo.arrays import Array, Integers, Values
from coevo.estimation.pooled import PooledFit
from coevo.inference.wild_bootstrap import by_year


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


def stacked_growth(parts: Sequence[GrowthAt]) -> GrowthAt:
    """Return growth at the points of all parts, one after the other."""
    growth, error = (np.concatenate([np.atleast_2d(part[i]) for part in parts]) for i in (0, 1))
    return GrowthAt(growth, error, np.concatenate([np.atleast_1d(part.df) for part in parts]))


def growth_at(coefficients: Array, covariance: Array, df: Values, E: Array) -> GrowthAt:
    """Return the growth of lines at points.

        G1 = a1 - b1 x2,   G2 = -a2 + d x1,   se = sqrt(v' V v),   v = (1, x2), (1, x1)

    coefficients (..., 2, 2), covariance (..., 2, 2, 2), df: as in `Equations`; E (..., 2): x1, x2.
    The point is taken as given.
    """
    v = np.stack([np.ones_like(E), E[..., ::-1]], axis=-1)
    square = np.einsum("...i,...ij,...j->...", v, covariance, v)
    return GrowthAt((coefficients * v).sum(axis=-1), np.sqrt(square), np.asarray(df))


class YearlyGrowth(NamedTuple):
    """Growth of pooled lines at points of regions, and what each year has of its error.

    growth (k, 2); years (Y, k, 2): the sum over years is nil but for rounding where T_r = Y.
    """

    growth: Array
    years: Array

    def tested(self) -> GrowthAt:
        """Return the growth of each region with errors by year."""
        return _by_year(self.growth, self.years)

    def mean(self) -> GrowthAt:
        """Return the mean growth of the regions with errors by year."""
        return _by_year(self.growth.mean(axis=0), self.years.mean(axis=1))


def _by_year(growth: Array, years: Array) -> GrowthAt:
    Y = len(years)
    error = np.sqrt(Y / (Y - 1) * (years**2).sum(axis=0))
    return GrowthAt(growth, error, np.full(growth.shape[:-1], Y - 1))


def yearly_growth(pooled: PooledFit, region: Integers, E: Array) -> YearlyGrowth:
    """Return the growth of pooled lines at points of regions, with errors by year.

        G   = gbar_r + s (x*/x_first - Rbar_r),   s = -b1 or d
        u_t = (e_rt + tau_t)/T_r + (x*/x_first - Rbar_r) sum_q R~_qt e_qt / sum R~^2
        se^2 = Y/(Y - 1) sum_t u_t^2,   t(Y - 1)

    region (k,): indices of regions; E (k, 2): x1*, x2* in original units. R~: the regressor as the
    effects leave it; tau: the centred year effect, nil with effects of regions alone; gbar, Rbar:
    at the average year. Rejects in 5 to 9 % at the truth. `StudyError` for fewer than six years.
    """
    year, data, level = by_year(pooled), pooled.data, pooled.level
    growth = np.empty((len(region), 2))
    years = np.empty((year.max() + 1, len(region), 2))
    for i, s in enumerate(pooled.slopes):
        j = 1 - i  # each grows on the other
        R, e = pooled.moments.regressor[:, j], pooled.residuals[:, i]
        line = data.growth[:, i] - s * data.regressor[:, j]
        shock = line - (level[:, i] - s * level[:, 2 + j])[data.region]  # e + tau
        shocks = np.zeros((year.max() + 1, len(pooled.regions)))
        shocks[year, data.region] = shock / np.bincount(data.region)[data.region]
        along = np.bincount(year, R * e) / (R @ R)
        ahead = E[:, j] / data.units[region, j] - level[region, 2 + j]
        growth[:, i] = level[region, i] + s * ahead
        years[:, :, i] = shocks[:, region] + along[:, None] * ahead
    return YearlyGrowth(growth, years)


def mean_by_region(pooled: PooledFit, region: Integers, E: Array) -> GrowthAt:
    """Return the mean growth over regions at their points, errors clustered by region.

    se^2 = s_e^2 / N^2 sum_r 1/T_r + (mean of x*/x_first - Rbar_r)^2 V22,   t(G - 1)
    """
    data, level, result = pooled.data, pooled.level, np.empty((2, 2))
    for i, equation in enumerate(pooled.equations):
        j = 1 - i
        ahead = E[:, j] / data.units[region, j] - level[region, 2 + j]
        variance = float(equation.residuals @ equation.residuals) / equation.df
        spread = variance * (1 / np.bincount(data.region)[region]).sum() / len(region) ** 2
        result[0, i] = (level[region, i] + pooled.slopes[i] * ahead).mean()
        result[1, i] = np.sqrt(spread + ahead.mean() ** 2 * equation.covariance[0, 0])
    return GrowthAt(result[0], result[1], np.asarray(pooled.df))
