"""Many regions with common slopes: effects, clustered errors, each region's own line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.estimation.effects import EFFECTS, Absorbed, require_left, sums
from coevo.estimation.growth import Array, Integers, Rows, population_rows
from coevo.estimation.region import Equations, standard_errors, undo_scale
from coevo.panel.vintages import BREAK
from coevo.registry import choose

# name -> what a region's known figures (years,), in the order of time, are divided by
SCALES: dict[str, Callable[[Array], float]] = {
    "first": lambda x: float(x[0]),
    "mean": lambda x: float(x.mean()),
}


class Pool(NamedTuple):
    """Growth rows of G regions and n populations, x of each region in its own unit.

    regions (G,) codes; units (G, n); region (rows,): index into regions; year (rows,) the earlier
    of the two; growth (rows, n); regressor (rows, n): R(x_j) in column j; crossing: as in `Rows`;
    start (rows, n): x(t).
    """

    regions: tuple[str, ...]
    units: Array
    region: Integers
    year: Integers
    growth: Array
    regressor: Array
    crossing: Integers
    start: Array


@dataclass(frozen=True)
class PooledFit:
    """Many regions with common slopes, in scaled units.

    regions (G,) codes; units (G, 2): what x1, x2 of each region were divided by; intercepts (G, 2)
    and slopes (2,) of the two equations; covariance (G, 2, 2, 2) of each region's (c, s);
    df = G - 1; common: one intercept for all regions; region (rows,): index into regions;
    data, residuals as in `Fit`; estimator, effects, scale: names.
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
    is left out. Effects are removed by group means and QR, then each equation has a single column.
    `StudyError` for fewer than two regions, too few rows, a value that is not positive, an unknown
    name, or a regressor of which the effects leave nothing.
    """
    pooled = pool(panel, (upstream, downstream), estimator, scale)
    G, region = len(pooled.regions), pooled.region
    if G < 2:
        raise StudyError(f"{G} region(s) with growth rows: a pooled fit needs two")
    data = Rows(pooled.year, pooled.growth, pooled.regressor[:, ::-1], pooled.crossing)
    absorbed, slopes = common_slopes(region, data, effects)
    R = absorbed.residual[:, 2:]
    residuals = absorbed.residual[:, :2] - slopes * R
    return PooledFit(
        estimator=estimator,
        effects=effects,
        scale=scale,
        regions=pooled.regions,
        units=pooled.units,
        intercepts=absorbed.level[:, :2] - slopes * absorbed.level[:, 2:],
        slopes=slopes,
        covariance=_clustered(region, residuals, R, absorbed),
        df=G - 1,
        common=absorbed.common,
        region=region,
        data=data,
        residuals=residuals,
    )


def common_slopes(region: Integers, data: Rows, effects: str) -> tuple[Absorbed, Array]:
    """Return what the effects leave of growth and regressors (rows, 4), and the slopes (2,).

    region (rows,): index 0 .. G - 1, each of them there. `StudyError` as in `fit_pooled`.
    """
    absorb = choose(EFFECTS, effects, "effects")
    absorbed = absorb(region, data.year, np.column_stack([data.growth, data.regressor]))
    if len(region) <= absorbed.rank + 1:
        raise StudyError(f"{len(region)} growth rows are too few for effects '{effects}'")
    g, R = absorbed.residual[:, :2], absorbed.residual[:, 2:]
    require_left(R, data.regressor, effects)
    length = np.linalg.norm(R, axis=0)
    return absorbed, np.sum(R / length * g, axis=0) / length  # QR of one column


def _clustered(region: Integers, residuals: Array, R: Array, absorbed: Absorbed) -> Array:
    """Return the covariance (G, 2, 2, 2) of each region's (c, s), clustered by region (CR1).

    V22 = G/(G-1) (n-1)/(n-k) sum_r (sum_t R~ e)^2 / (sum R~^2)^2, with R~ the regressor without
    the effects and k the regressor and the effects that count: the convention of linearmodels
    (`cov_type="clustered", cluster_entity=True, group_debias=True`). A common c is treated alike.
    Where each region has its own c, its clustered variance is degenerate: V12 = -mean R_r V22,
    V11 = s_e^2/T_r + (mean R_r)^2 V22.
    """
    n, G, mean_R = len(region), region.max() + 1, absorbed.level[:, 2:]
    correction = G / (G - 1) * (n - 1) / (n - 1 - absorbed.counted)
    slope = sums(region, R * residuals) / (R**2).sum(axis=0)
    V22 = correction * (slope**2).sum(axis=0)
    if absorbed.common:
        level = sums(region, residuals) / n - mean_R * slope
        V12 = correction * (level * slope).sum(axis=0)
        V11 = correction * (level**2).sum(axis=0)
    else:
        variance = (residuals**2).sum(axis=0) / (n - absorbed.rank - 1)
        V12 = -mean_R * V22
        V11 = variance / np.bincount(region)[:, None] + mean_R**2 * V22
    V11, V12, V22 = np.broadcast_arrays(V11, V12, V22, np.empty((G, 2)))[:3]
    return np.stack([np.stack([V11, V12], axis=-1), np.stack([V12, V22], axis=-1)], axis=-1)


def pool(panel: pd.DataFrame, names: Sequence[str], estimator: str, scale: str) -> Pool:
    """Return the growth rows of every region that has any, scaled, for n populations.

    panel: as in `fit_pooled`; names (n,): its columns of the populations. `StudyError` for an
    unknown estimator or scale, a value that is not positive, or no growth row at all.
    """
    unit = choose(SCALES, scale, "scaling")
    known = panel[panel["flag"] != "filled"] if "flag" in panel else panel
    known = known.sort_values(["region", "year"])
    year, x = known["year"].to_numpy(), known[list(names)].to_numpy(dtype=float)
    crosses = known["flag"].eq(BREAK).to_numpy() if "flag" in known else np.zeros(len(x), bool)
    codes, units, parts, starts = [], [], [], []
    for code, own in _slices(known["region"]):
        try:
            rows = population_rows(year[own], x[own], estimator, year[own][crosses[own]])
        except StudyError as error:
            raise StudyError(f"{code}: {error}") from None
        if len(rows.year) == 0:
            continue
        scaled = np.array([unit(column[~np.isnan(column)]) for column in x[own].T])
        codes.append(code)
        units.append(scaled)
        parts.append(rows._replace(regressor=rows.regressor / scaled))
        starts.append(x[own][np.searchsorted(year[own], rows.year)] / scaled)
    if not parts:
        raise StudyError("no region has two consecutive years with both figures")
    region = np.repeat(np.arange(len(parts)), [len(part.year) for part in parts])
    stacked = Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return Pool(tuple(codes), np.array(units), region, *stacked, np.concatenate(starts))


def _slices(regions: pd.Series) -> Iterator[tuple[str, slice]]:
    """Yield each region with its place in a column that is sorted by region."""
    codes = regions.to_numpy(dtype=str)
    for code, start, rows in zip(
        *np.unique(codes, return_index=True, return_counts=True), strict=True
    ):
        yield str(code), slice(start, start + rows)


def breaks(part: pd.DataFrame) -> list[int]:
    """Return the years whose figures are of another vintage than those of the year before."""
    return part.loc[part["flag"] == BREAK, "year"].tolist() if "flag" in part else []


def within_r_squared(pooled: PooledFit) -> Array:
    """Return the share (2,) of what the effects leave of each growth that its slope explains."""
    absorb = EFFECTS[pooled.effects]
    left = absorb(pooled.region, pooled.data.year, pooled.data.growth).residual
    total, rest = (left**2).sum(axis=0), (pooled.residuals**2).sum(axis=0)
    return np.divide(total - rest, total, out=np.full(2, np.nan), where=total > 0)


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
