"""Wild cluster bootstrap-t of one pooled slope, the null imposed (docs/methods.md, 5).

Growth is drawn anew by turning the residuals of whole regions, or of whole years, under a model in
which the slope is zero; p is the share of draws with a larger t. With few clusters it is nearer its
size than t; by year it allows for shocks common to all regions.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array

from coevo.arrays import Array, Integers
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, Absorbed
from coevo.estimation.pooled import PooledFit
from coevo.inference.few_clusters import (
    TIE,
    FewClusters,
    Share,
    enumerable,
    of_all,
    of_drawn,
    points,
)
from coevo.inference.sets import FEWEST_REGIONS
from coevo.registry import choose

DRAWS = 9999  # with the sample itself a round number
BLOCK = 1_000_000  # weights worked on at once


class WildTest(NamedTuple):
    """t of the slope in the sample, p, and t (draws,) under the null."""

    t: float
    p: float
    draws: Array


class WildSlope(NamedTuple):
    """t and p of a pooled slope, and the ends of what is not rejected, NaN if not asked for."""

    t: float
    p: float
    low: float
    high: float


def cluster_weights(clusters: int, draws: int, seed: int | np.random.SeedSequence) -> Array:
    """Return weights (draws, clusters) of mean 0 and variance 1.

    Rademacher (-1, 1) from 13 clusters on, below it Webb's six points -+sqrt(1/2), -+1,
    -+sqrt(3/2). Source: Webb (2014).
    """
    rng, weights = np.random.default_rng(seed), np.empty((draws, clusters))
    for part in blocks(draws, clusters):
        weights[part] = rng.choice(points(clusters), weights[part].shape)
    return weights


def blocks(draws: int, clusters: int) -> list[slice]:
    """Return the draws in blocks of fixed memory; what is drawn does not depend on them."""
    most = max(1, BLOCK // clusters)
    return [slice(start, start + most) for start in range(0, draws, most)]


def wild_pooled(
    fit: PooledFit,
    draws: int = DRAWS,
    seed: int | np.random.SeedSequence = 1,
    by: str = "region",
    level: float | None = None,
) -> dict[str, WildSlope]:
    """Return the tests of b1 = 0 and of d = 0 in a pooled classic fit, with the same weights.

    by: what a cluster is, `region` or `year`. All vectors of weights where they are few enough,
    else draws; level: of intervals, which are given by year. `StudyError` for fewer than 6 of them.
    """
    cluster = choose(CLUSTERS, by, "clusters")(fit)
    C, data, tests, nan = int(cluster.max()) + 1, fit.data, {}, float("nan")
    every = enumerable(C)
    weights = np.empty((0, C)) if every else cluster_weights(C, draws, seed)
    share = of_all(C) if every else of_drawn(weights)
    for i, (name, sign) in enumerate((("b1", -1), ("d", 1))):
        columns = (data.region, data.year, data.growth[:, i], data.regressor[:, 1 - i], fit.effects)
        if every or by == "year":
            few = of_few(*columns, cluster, share)
            ends = few.interval(level) if level and by == "year" else (nan, nan)
            low, high = sorted(sign * end for end in ends)
            tests[name] = WildSlope(sign * few.slope / few.error, few.p(), low, high)
        else:
            t, p, _ = wild_test(*columns, weights, cluster)
            tests[name] = WildSlope(sign * t, p, nan, nan)
    return tests


def of_few(
    region: Integers,
    year: Integers,
    g: Array,
    x: Array,
    effects: str,
    cluster: Integers,
    share: Share | None = None,
) -> FewClusters:
    """Return what p of any slope of g on x and effects rests on: as `wild_test`, of few clusters.

    share: of the vectors of weights, by default of all. `StudyError` if the sample fits without
    error.
    """
    absorbed, e, x, part, correction = _prepared(region, year, g, x, effects, cluster)
    of = (_scores(absorbed, region, cluster, x, v) for v in (e, x))
    scores = np.stack([one.of(np.eye(len(part))).T for one in of])
    square = float(x @ x)
    slope = float(x @ e) / square
    left = np.bincount(cluster, x * (e - slope * x))
    error = float(np.sqrt(correction * left @ left)) / square
    if not error:
        raise Refusal("exact_fit")
    return FewClusters(slope, error, scores, part, correction, share or of_all(len(part)))


def by_region(fit: PooledFit) -> Integers:
    """Return the regions of the rows as clusters. `StudyError` for fewer than 6."""
    regions = len(fit.regions)
    if regions < FEWEST_REGIONS:
        raise Refusal("too_few_clusters", regions=regions, least=FEWEST_REGIONS)
    return fit.data.region


def by_year(fit: PooledFit) -> Integers:
    """Return the years of the rows as clusters, from 0. `StudyError` for fewer than 6."""
    years, cluster = np.unique(fit.data.year, return_inverse=True)
    if len(years) < FEWEST_REGIONS:
        raise Refusal("too_few_years_of_growth", years=len(years), least=FEWEST_REGIONS)
    return cluster.astype(np.int64)


# name -> index of the cluster of each row
CLUSTERS: dict[str, Callable[[PooledFit], Integers]] = {"region": by_region, "year": by_year}


def wild_test(
    region: Integers,
    year: Integers,
    g: Array,
    x: Array,
    effects: str,
    weights: Array,
    cluster: Integers | None = None,
) -> WildTest:
    """Return the test that the slope of g (rows,) on x (rows,) and effects is zero.

        g* = w_c e                   e what the effects leave of g
        t* = s* / CR1 error of s*    of the regression of g*
        p  = (1 + number of |t*| >= |t|) / (1 + draws)

    region (rows,): index of G regions; cluster (rows,): index of C clusters, by default the
    regions; weights (draws, C). With M what the effects leave of a column, s* and the scores
    x_c' (M(w e) - Mx s*)_c are linear in w (`_Scores`); w = 1 gives the sample itself. Effects of
    regions count in the error unless the clusters are regions, which nest them; p does not depend
    on that. `StudyError` if the sample fits without error. Source: Cameron, Gelbach and Miller
    (2008).
    """
    cluster = region if cluster is None else cluster
    absorbed, e, x, share, correction = _prepared(region, year, g, x, effects, cluster)
    parts, C = _scores(absorbed, region, cluster, x, e), len(share)

    def ratio(w: Array) -> Array:
        scores = parts.of(w)
        total = scores.sum(axis=1)
        scores -= total[:, None] * share
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / np.sqrt(correction * np.einsum("ij,ij->i", scores, scores)))

    t = float(ratio(np.ones((1, C)))[0])
    null = np.concatenate([ratio(weights[part]) for part in blocks(*weights.shape)])
    if not np.isfinite(t):
        raise Refusal("exact_fit")
    # the sample is among the draws, up to rounding
    beyond = int((np.abs(null) >= abs(t) * (1 - TIE)).sum())
    return WildTest(t, (1 + beyond) / (1 + len(null)), null)


def _prepared(
    region: Integers, year: Integers, g: Array, x: Array, effects: str, cluster: Integers
) -> tuple[Absorbed, Array, Array, Array, float]:
    """Return what the effects leave: also of g and x apart, each cluster's part in x'x, and the
    correction of CR1.
    """
    absorbed = choose(EFFECTS, effects, "effects")(region, year, np.column_stack([g, x]))
    e, x = absorbed.residual.T
    counted = absorbed.counted if np.array_equal(cluster, region) else absorbed.rank
    size, rows = np.bincount(cluster, x**2), len(g)
    C = len(size)
    correction = C / (C - 1) * (rows - 1) / (rows - 1 - counted)
    return absorbed, e, x, size / size.sum(), correction


class _Scores(NamedTuple):
    """x_a' M(w e) of each cluster a, linear in the weights w (draws, C) of the clusters.

        own w_a - sum_b levels_ab w_b - along_x_a' sum_b along_e_b w_b

    M(w e) is w e less the means that it has in each region, and less its part along the q
    directions beyond regions. own (C,); levels (C, C), sparse: clusters that share regions, None
    without means of regions; along_x, along_e (C, q).
    """

    own: Array
    levels: Any
    along_x: Array
    along_e: Array

    def of(self, w: Array) -> Array:
        """Return the scores (draws, C)."""
        scores = w * self.own - (w @ self.along_e) @ self.along_x.T
        if self.levels is not None:
            scores -= (self.levels @ w.T).T
        return np.asarray(scores)


def _scores(absorbed: Absorbed, region: Integers, cluster: Integers, x: Array, e: Array) -> _Scores:
    rows, C = len(x), int(cluster.max()) + 1
    levels = None
    if not absorbed.common:
        of_x, of_e = (coo_array((v, (region, cluster))).tocsr() for v in (x, e))
        levels = (of_x.T @ (of_e / np.bincount(region)[:, None])).tocsr()
    member = coo_array((np.ones(rows), (cluster, np.arange(rows))), shape=(C, rows)).tocsr()
    along_x, along_e = (member @ (v[:, None] * absorbed.basis) for v in (x, e))
    return _Scores(np.bincount(cluster, x * e).astype(float), levels, along_x, along_e)
