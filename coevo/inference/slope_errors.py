"""Is a pooled slope zero? By errors that allow for different dependence (docs/methods.md, 5)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from coevo.arrays import Array, Integers
from coevo.errors import Refusal
from coevo.estimation.pooled import PooledFit
from coevo.inference.sets import interval
from coevo.inference.wild_bootstrap import CLUSTERS, by_region, by_year, wild_pooled

SLOPES = ("b1", "d")
BY_YEAR = "year_wild"  # the errors that hold their size where years bring common shocks
BY_REGION_WILD = "region_wild"  # those that allow for a region that carries a slope
BANDWIDTH = 1  # lags of Driscoll and Kraay: about T^(1/4) of eight or nine years


class SlopeTest(NamedTuple):
    """Test of b1 = 0 or d = 0: se and df of t, NaN for a bootstrap, clusters, p and interval."""

    parameter: str
    se: float
    df: float
    clusters: int
    p: float
    low: float
    high: float


Tests = Callable[[PooledFit, int, float], Iterator[SlopeTest]]  # of a fit, by seed and level


def slope_tests(
    pooled: PooledFit, errors: str, seed: int = 1, level: float = 0.95
) -> list[SlopeTest]:
    """Return the tests of b1 and of d by one kind of `ERRORS`; seed: of draws; level: of intervals.

    `region_wild` gives no interval. `StudyError` for fewer than six clusters, or a covariance that
    is not positive.
    """
    return list(ERRORS[errors](pooled, seed, level))


def _region(pooled: PooledFit, seed: int, level: float) -> Iterator[SlopeTest]:
    errors = [float(np.sqrt(one.covariance[0, 0])) for one in pooled.equations]
    return _by_t(pooled, errors, len(pooled.regions), level)


def _wild(by: str) -> Tests:
    def tests(pooled: PooledFit, seed: int, level: float) -> Iterator[SlopeTest]:
        clusters, nan = int(CLUSTERS[by](pooled).max()) + 1, float("nan")
        for name, test in wild_pooled(pooled, seed=seed, by=by, level=level).items():
            yield SlopeTest(name, nan, nan, clusters, test.p, test.low, test.high)

    return tests


def _two_way(pooled: PooledFit, seed: int, level: float) -> Iterator[SlopeTest]:
    """Yield the tests with errors clustered by region and by year, t(fewer clusters - 1).

        V = (n-1)/(n-k) (G/(G-1) V_region + T/(T-1) V_year - n/(n-1) V_row)

    k: slope and all effects. The convention of linearmodels (`cluster_entity=True,
    cluster_time=True, group_debias=True`). Source: Cameron, Gelbach and Miller (2011).
    """
    region, year = by_region(pooled), by_year(pooled)
    n, k = pooled.rows, 1 + pooled.moments.rank
    variance = np.zeros(len(SLOPES))
    for cluster, sign in ((region, 1), (year, 1), (np.arange(n), -1)):
        C = int(cluster.max()) + 1
        variance += sign * C / (C - 1) * (_sums_of_scores(pooled, cluster) ** 2).sum(axis=0)
    clusters = min(int(region.max()), int(year.max())) + 1
    return _by_t(pooled, _errors(pooled, (n - 1) / (n - k) * variance), clusters, level)


def _driscoll_kraay(pooled: PooledFit, seed: int, level: float) -> Iterator[SlopeTest]:
    """Yield the tests with Driscoll and Kraay's errors: Bartlett's kernel over sums of a year.

        V = n/(n-k) (x'x)^-1 [S_0 + w_1 (S_1 + S_1')] (x'x)^-1,   S_l = sum_t u_t u_t-l,  w_1 = 1/2

    u_t: sum of x e over the regions of a year; k: slope and all effects; t(years - 1). The
    convention of linearmodels (`cov_type="kernel", kernel="bartlett", bandwidth=1`). Source:
    Driscoll and Kraay (1998).
    """
    by_year(pooled)
    time, n, k = pooled.data.year - pooled.data.year.min(), pooled.rows, 1 + pooled.moments.rank
    u = _sums_of_scores(pooled, time)
    weights = 1 - np.arange(BANDWIDTH + 1) / (BANDWIDTH + 1)
    S = [(u[lag:] * u[: len(u) - lag]).sum(axis=0) for lag in range(BANDWIDTH + 1)]
    variance = n / (n - k) * (2 * weights @ S - S[0])
    return _by_t(pooled, _errors(pooled, variance), len(np.unique(time)), level)


def _sums_of_scores(pooled: PooledFit, cluster: Integers) -> Array:
    """Return the sums (C, 2) of x e of both equations over the rows of each cluster."""
    scores = pooled.moments.regressor[:, ::-1] * pooled.residuals
    return np.stack([np.bincount(cluster, column) for column in scores.T], axis=1)


def _errors(pooled: PooledFit, variance: Array) -> list[float]:
    """Return the standard errors of both slopes from the variances (2,) of their scores."""
    if variance.min() <= 0:
        raise Refusal("no_two_way_error")
    squares = (pooled.moments.regressor[:, ::-1] ** 2).sum(axis=0)
    return [float(error) for error in np.sqrt(variance) / squares]


def _by_t(
    pooled: PooledFit, errors: list[float], clusters: int, level: float
) -> Iterator[SlopeTest]:
    df = clusters - 1
    for name, error in zip(SLOPES, errors, strict=True):
        slope = getattr(pooled, name)
        p = 2 * float(stdtr(df, -abs(slope) / error)) if error else float("nan")
        low, high = interval(slope, error, df, level)
        yield SlopeTest(name, error, df, clusters, p, float(low), float(high))


# name -> tests of both slopes; those by region alone say little of fits with region effects only
ERRORS: dict[str, Tests] = {
    "region": _region,
    BY_REGION_WILD: _wild("region"),
    BY_YEAR: _wild("year"),
    "two_way": _two_way,
    "driscoll_kraay": _driscoll_kraay,
}
