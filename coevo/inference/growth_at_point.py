"""Growth of the fitted equations at a point, nil at their equilibrium (docs/methods.md, 6).

A fitted E is a ratio and mostly cannot be located; whether a given point is an equilibrium of the
fitted equations can be tested all the same.
"""

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


def growth_at(coefficients: Array, covariance: Array, df: Values, E: Array) -> GrowthAt:
    """Return the growth of lines at points.

        G1 = a1 - b1 x2,   G2 = -a2 + d x1,   se = sqrt(v' V v),   v = (1, x2), (1, x1)

    coefficients (..., 2, 2), covariance (..., 2, 2, 2), df: as in `Equations`; E (..., 2): x1, x2.
    The point is taken as given.
    """
    v = np.stack([np.ones_like(E), E[..., ::-1]], axis=-1)
    square = np.einsum("...i,...ij,...j->...", v, covariance, v)
    return GrowthAt((coefficients * v).sum(axis=-1), np.sqrt(square), np.asarray(df))


def yearly_growth(pooled: PooledFit, region: Integers, E: Array) -> tuple[GrowthAt, GrowthAt]:
    """Return the growth (k, 2) of pooled lines at points of regions, and its mean (1, 2).

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
    means = growth.mean(axis=0, keepdims=True), years.mean(axis=1, keepdims=True)
    return _by_year(growth, years), _by_year(*means)


def _by_year(growth: Array, years: Array) -> GrowthAt:
    """Return growth (k, 2) with the error that its parts u of years (Y, k, 2) make."""
    Y = len(years)
    error = np.sqrt(Y / (Y - 1) * (years**2).sum(axis=0))
    return GrowthAt(growth, error, np.full(len(growth), Y - 1))


def mean_by_region(pooled: PooledFit, region: Integers, E: Array) -> GrowthAt:
    """Return the mean growth (1, 2) over regions at their points, errors clustered by region.

    se^2 = s_e^2 / N^2 sum_r 1/T_r + (mean of x*/x_first - Rbar_r)^2 V22,   t(G - 1)
    """
    data, level = pooled.data, pooled.level
    growth, error = np.empty((2, 1, 2))
    for i, equation in enumerate(pooled.equations):
        j = 1 - i
        ahead = E[:, j] / data.units[region, j] - level[region, 2 + j]
        variance = float(equation.residuals @ equation.residuals) / equation.df
        spread = variance * (1 / np.bincount(data.region)[region]).sum() / len(region) ** 2
        growth[0, i] = (level[region, i] + pooled.slopes[i] * ahead).mean()
        error[0, i] = np.sqrt(spread + ahead.mean() ** 2 * equation.covariance[0, 0])
    return GrowthAt(growth, error, np.array([pooled.df]))
