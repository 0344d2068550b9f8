"""The classic form of many regions: common slopes, clustered errors, each region's own line."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.estimation.effects import EFFECTS, Absorbed, sums
from coevo.estimation.general import FORMS
from coevo.estimation.growth import Array, Integers, Rows
from coevo.estimation.pooled_rows import pool
from coevo.estimation.pooled_slopes import Slopes, shared_slopes, take_out, without_effects
from coevo.estimation.region import Equations, standard_errors, undo_scale
from coevo.estimation.regression import Regression


@dataclass(frozen=True)
class PooledFit:
    """Many regions with common slopes, in scaled units.

    regions (G,) codes; units (G, 2): what x1, x2 of each region were divided by; intercepts (G, 2)
    and slopes (2,) of the two equations; covariance (G, 2, 2, 2) of each region's (c, s);
    df = G - 1; common: one intercept for all regions; region (rows,): index into regions;
    data, residuals, equations as in `Fit`; estimator, effects, scale: names.
    """

    estimator: str
    effects: str
    scale: str
    regions: tuple[str, ...]
    units: Array
    intercepts: Array
    slopes: Array
    covariance: Array
    df: int
    common: bool
    region: Integers
    data: Rows
    residuals: Array
    equations: tuple[Regression, ...]

    @property
    def a1(self) -> float | None:
        """Growth rate common to all regions; None where each region has its own."""
        return float(self.intercepts[0, 0]) if self.common else None

    @property
    def b1(self) -> float:
        return float(-self.slopes[0])

    @property
    def a2(self) -> float | None:
        """Rate of decline common to all regions; None where each region has its own."""
        return float(-self.intercepts[0, 1]) if self.common else None

    @property
    def d(self) -> float:
        return float(self.slopes[1])

    @property
    def b2(self) -> float:
        """Conversion rate d/b1 in scaled units; infinite where b1 is 0."""
        return self.d / self.b1 if self.b1 else float("inf")

    @property
    def rows(self) -> int:
        return len(self.data.year)

    def errors(self) -> dict[str, float]:
        """Return the clustered standard errors of b1 and d; with one intercept also of a1, a2."""
        named = standard_errors(self.covariance[0])
        return named if self.common else {name: named[name] for name in ("b1", "d")}

    def at(self, region: str) -> Equations:
        """Return a region's two equations in its original units, at the average year effect."""
        i = self.regions.index(region)
        lines = np.column_stack([self.intercepts[i], self.slopes])
        return Equations(*undo_scale(lines, self.covariance[i], self.units[i, ::-1]), self.df)


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
    pooled = pool(panel, (upstream, downstream), estimator, scale)
    G, region = len(pooled.regions), pooled.region
    if G < 2:
        raise StudyError(f"{G} region(s) with growth rows: a pooled fit needs two")
    absorbed = take_out(pooled, effects, regressors=1)
    shared = shared_slopes(without_effects(pooled, absorbed), FORMS["classic"](2))
    # from here on in the order of the equations: the first regressor is R(x2)
    slopes, mean_R = shared.A[[0, 1], [1, 0]], absorbed.level[:, :1:-1]
    return PooledFit(
        estimator=estimator,
        effects=effects,
        scale=scale,
        regions=pooled.regions,
        units=pooled.units,
        intercepts=absorbed.level[:, :2] - slopes * mean_R,
        slopes=slopes,
        covariance=_clustered(region, shared, mean_R, absorbed),
        df=G - 1,
        common=absorbed.common,
        region=region,
        data=Rows(pooled.year, pooled.growth, pooled.regressor[:, ::-1], pooled.crossing),
        residuals=shared.residuals,
        equations=shared.equations,
    )


def _clustered(region: Integers, shared: Slopes, mean_R: Array, absorbed: Absorbed) -> Array:
    """Return the covariance (G, 2, 2, 2) of each region's (c, s), clustered by region (CR1).

    V22 is that of the regression: the convention of linearmodels (`cov_type="clustered",
    cluster_entity=True, group_debias=True`). A common c is treated alike. Where each region has its
    own c, its clustered variance is degenerate: V12 = -mean R_r V22, V11 = s_e^2/T_r +
    (mean R_r)^2 V22.
    """
    n, G, residuals = len(region), len(mean_R), shared.residuals
    V22 = np.array([equation.covariance[0, 0] for equation in shared.equations])
    if absorbed.common:
        correction = G / (G - 1) * (n - 1) / (n - 1 - absorbed.counted)
        slope = np.column_stack([equation.influence for equation in shared.equations])
        level = np.sqrt(correction) * sums(region, residuals) / n - mean_R * slope
        V12, V11 = (level * slope).sum(axis=0), (level**2).sum(axis=0)
    else:
        variance = (residuals**2).sum(axis=0) / shared.equations[0].df
        V12 = -mean_R * V22
        V11 = variance / np.bincount(region)[:, None] + mean_R**2 * V22
    V11, V12, V22 = np.broadcast_arrays(V11, V12, V22, np.empty((G, 2)))[:3]
    return np.stack([np.stack([V11, V12], axis=-1), np.stack([V12, V22], axis=-1)], axis=-1)


def within_r_squared(pooled: PooledFit) -> Array:
    """Return the share (2,) of what the effects leave of each growth that its slope explains."""
    return np.array([equation.r_squared for equation in pooled.equations])


def common_year_share(pooled: PooledFit) -> Array:
    """Return the share (2,) of within-region variance common to a year, of R(x1) and R(x2).

    1 - SS(without regions and years)/SS(without regions) of the scaled regressor; in a balanced
    panel the variance of the year means over that of the deviations from the region means.
    """
    arguments = (pooled.region, pooled.data.year, pooled.data.regressor[:, ::-1])
    within, both = (
        (EFFECTS[name](*arguments).residual ** 2).sum(axis=0) for name in ("region", "region+year")
    )
    return 1 - both / within
