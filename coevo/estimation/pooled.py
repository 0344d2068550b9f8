"""The classic form of many regions: common slopes, clustered errors, each region's own line."""

from functools import cached_property

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled_general import GeneralPooled, fit_pooled_general
from coevo.estimation.region import Equations
from coevo.registry import choose


class PooledFit(GeneralPooled):
    """The general model of two populations whose own terms are zero, by least squares.

    Its slopes (2,) on R(x2) and R(x1) are -b1 and d. The rest as in `GeneralPooled`.
    """

    @property
    def slopes(self) -> Array:
        return self.A[[0, 1], [1, 0]]

    @property
    def b1(self) -> float:
        return self.lines.b1

    @property
    def d(self) -> float:
        return self.lines.d

    @cached_property
    def lines(self) -> Equations:
        """Both equations in scaled units; a1 and a2 are NaN where each region has its own."""
        if self.common:
            return self._lines(0)
        own = np.array([np.nan, 1])
        found = self._lines(0)
        return Equations(found.coefficients * own, found.covariance * own, found.df)

    def _lines(self, i: int) -> Equations:
        coefficients = np.column_stack([self.intercepts[i], self.slopes])
        return Equations(coefficients, self.line_covariance[i], self.df)

    @cached_property
    def line_covariance(self) -> Array:
        """Covariance (G, 2, 2, 2) of each region's (c, s) in both equations, clustered (CR1).

        V22 is that of the regression: the convention of linearmodels (`cov_type="clustered",
        cluster_entity=True, group_debias=True`). A common c is treated alike. Where each region has
        its own c, its clustered variance is degenerate: V12 = -mean R_r V22, V11 = s_e^2/T_r +
        (mean R_r)^2 V22.
        """
        n, G, mean_R = self.rows, len(self.regions), self.level[:, :1:-1]
        V22 = np.array([equation.covariance[0, 0] for equation in self.equations])
        if self.common:
            correction = G / (G - 1) * (n - 1) / (n - 1 - self.moments.counted)
            slope = np.column_stack([equation.influence for equation in self.equations])
            level = (
                np.sqrt(correction) * sums(self.data.region, self.residuals) / n - mean_R * slope
            )
            V12, V11 = (level * slope).sum(axis=0), (level**2).sum(axis=0)
        else:
            variance = (self.residuals**2).sum(axis=0) / self.equations[0].df
            V12 = -mean_R * V22
            V11 = variance / np.bincount(self.data.region)[:, None] + mean_R**2 * V22
        parts = np.broadcast_arrays(V11, V12, V12, V22, np.empty((G, 2)))[:4]
        return np.stack(parts, axis=-1).reshape(G, 2, 2, 2)

    def at(self, region: str) -> Equations:
        """Return a region's two equations in its original units, at the average year effect."""
        i = self.regions.index(region)
        return self._lines(i).per_unit(self.data.units[i, ::-1])


def fit_pooled(
    panel: pd.DataFrame,
    upstream: str,
    downstream: str,
    estimator: str = "trapezoid",
    effects: str = "region+year",
    scale: str = "first",
) -> PooledFit:
    """Return the classic form with slopes common to all regions.

        g_rt = alpha_r + tau_t + s R_rt + e_rt      for each equation

    panel: columns region, year and the two populations, a row per region and year, positive or NaN;
    a row whose `flag` (if there is such a column) is "filled" counts as missing, and one whose flag
    is "break" makes no growth row with the year before, which is of another vintage. effects,
    scale: names in `EFFECTS`, `SCALES`. The panel may be unbalanced; a region without a growth row
    is left out. Effects are removed by group means and QR; what is left is the general model with
    the slopes of form `classic`.
    `StudyError` for fewer than two regions, too few rows, a value that is not positive, an unknown
    name, or a regressor of which the effects leave nothing.
    """
    choose(ESTIMATORS, estimator, "estimator")
    names = (upstream, downstream)
    return PooledFit(
        **vars(fit_pooled_general(panel, names, estimator, effects, scale, form="classic"))
    )


def common_year_share(pooled: PooledFit) -> Array:
    """Return the share (2,) of within-region variance common to a year, of R(x1) and R(x2).

    1 - SS(without regions and years)/SS(without regions) of the scaled regressor; in a balanced
    panel the variance of the year means over that of the deviations from the region means.
    """
    arguments = (pooled.data.region, pooled.data.year, pooled.data.regressor)
    within, both = (
        (EFFECTS[name](*arguments).residual ** 2).sum(axis=0) for name in ("region", "region+year")
    )
    return np.asarray(1 - both / within, dtype=float)
