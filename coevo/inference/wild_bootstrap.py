"""Wild cluster bootstrap-t of one pooled slope, the null imposed (docs/methods.md, 5).

Growth is drawn anew by turning the residuals of whole regions, or of whole years, under a model in
which the slope is zero; p is the share of draws with a larger t. With few clusters it is nearer its
size than t; by year it allows for shocks common to all regions. Where the points over the clusters
make no more than `MOST` vectors of weights, p is the share of all of them, and no seed is in it.
Inverted, the test is an interval.
"""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.special import ndtri

from coevo.arrays import Array, Integers
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS
from coevo.estimation.pooled import PooledFit
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.registry import choose

MOST = 6**8  # vectors of weights that are all used; of more, some are drawn
RADEMACHER_FROM = 13  # clusters: with fewer, two-point weights give too few different draws
RADEMACHER = np.array([-1.0, 1.0])
WEBB = (np.array([-1, 1])[:, None] * np.sqrt([0.5, 1, 1.5])).ravel()
TIE = 1e-10  # relative difference of t below which two are one
FARTHEST = 40  # times that the distance of an end from the slope is doubled in search of it
EXACT = 1e-4  # of a standard error: how far an end may be from where p crosses its limit
DRAWS = 9999  # with the sample itself a round number
BLOCK = 1_000_000  # weights worked on at once

# vectors w (draws, C) -> a'w (draws,) and Q w (C, draws)
Form = Callable[[Array], tuple[Array, Array]]
Forms = tuple[Form, ...]  # of growth, and of the regressor
# forms, b and c -> the share of vectors with (a'w)^2 >= c |Q w|^2, a and Q of growth less b times
# those of the regressor
Share = Callable[[Forms, float, float], float]


class WildSlope(NamedTuple):
    """t and p of a pooled slope, and the ends of what is not rejected, NaN if not asked for."""

    t: float
    p: float
    low: float
    high: float


def blocks(draws: int, clusters: int) -> list[slice]:
    """Return the draws in blocks of fixed memory; what is drawn does not depend on them."""
    most = max(1, BLOCK // clusters)
    return [slice(start, start + most) for start in range(0, draws, most)]


def points(clusters: int) -> Array:
    """Return the values of a weight, of mean 0 and variance 1: Rademacher's -1, 1 from 13 clusters
    on, below it Webb's six points -+sqrt(1/2), -+1, -+sqrt(3/2). Source: Webb (2014).
    """
    return RADEMACHER if clusters >= RADEMACHER_FROM else WEBB


class FewClusters(NamedTuple):
    """The test of one slope with C clusters.

    slope, with its CR1 error; forms: of w_c e, e of growth and of the regressor; correction: of
    CR1; share: of vectors.
    """

    slope: float
    error: float
    forms: Forms
    correction: float
    share: Share

    def p(self, null: float = 0.0) -> float:
        """Return p of the slope `null`, the share of vectors w with |t*| >= |t|.

            S = S_g - null S_x,   a = 1'S,   Q = S - part a'
            t*^2 = (a'w)^2 / (c |Q w|^2) >= t^2

        S_g w, S_x w: the scores of a draw, x_a' M(w e); part (C,): of each cluster in x'x; t, c: of
        the sample and of CR1.
        """
        t = (self.slope - null) / self.error * (1 - TIE)
        return self.share(self.forms, null, t**2 * self.correction)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the least and the largest slope not rejected; infinite where there is none."""
        return self._end(-1, level), self._end(1, level)

    def _end(self, side: int, level: float) -> float:
        from scipy.optimize import brentq

        @cache
        def above(errors: float) -> float:
            p = self.p(self.slope + side * errors * self.error)
            return float(ndtri(p / 2) - ndtri((1 - level) / 2))  # nearly a line

        near, far = 0.0, 4.0
        while above(far) > 0:
            if far > 2.0**FARTHEST:
                return side * float("inf")
            near, far = far, 2 * far
        return self.slope + side * self.error * float(brentq(above, near, far, xtol=EXACT))


def share_of(values: Array, clusters: int, most: int, draws: int, seed: int) -> Share:
    """Return the share of vectors of weights that take the values: of all where they are `most` at
    most, else of draws.
    """
    if len(values) ** clusters <= most:
        return of_all(values, clusters)
    return of_drawn(np.random.default_rng(seed).choice(values, (draws, clusters)))


def of_all(values: Array, clusters: int) -> Share:
    """Return the share of all vectors w = (u, v), w'Hw >= 0 with H = a a' - c Q'Q; -w has the w'Hw
    of w and is left out. Weights take these values.

    u'H_uu u + 2 u'H_uv v + v'H_vv v of all pairs of halves is one product of thin arrays.
    """
    h = clusters // 2
    u, v = (np.array([*product(values, repeat=n)]) for n in (h, clusters - h))
    u = u[u[:, 0] > 0]

    def share(forms: Forms, null: float, c: float) -> float:
        (a, Q), (a_x, Q_x) = (form(np.eye(clusters)) for form in forms)
        a, Q = a - null * a_x, Q - null * Q_x
        H = np.outer(a, a) - c * Q.T @ Q
        of_u, of_v = ((w @ part * w).sum(axis=1) for w, part in ((u, H[:h, :h]), (v, H[h:, h:])))
        left = np.column_stack([2 * u @ H[:h, h:], of_u, np.ones(len(u))])
        right = np.column_stack([v, np.ones(len(v)), of_v])
        return float(np.count_nonzero(left @ right.T >= 0) / (len(u) * len(v)))

    return share


def of_drawn(weights: Array) -> Share:
    """Return the share of drawn vectors (draws, C), the sample itself among them."""

    @cache
    def products(forms: Forms) -> tuple[Array, Array]:
        drawn = [[form(weights[part]) for form in forms] for part in blocks(*weights.shape)]
        a = [np.stack([a for a, _ in of]) for of in drawn]
        squares = [np.stack([[(P * Q).sum(axis=0) for _, Q in of] for _, P in of]) for of in drawn]
        return np.concatenate(a, axis=-1), np.concatenate(squares, axis=-1)

    def share(forms: Forms, null: float, c: float) -> float:
        shift = np.array([1.0, -null]) if null else np.ones(1)
        a, squares = products(forms[: len(shift)])
        size = np.einsum("i,ijn,j->n", shift, squares, shift)
        beyond = np.count_nonzero((shift @ a) ** 2 >= c * size)
        return float((1 + beyond) / (1 + len(weights)))

    return share


def wild_pooled(
    fit: PooledFit,
    draws: int = DRAWS,
    seed: int = 1,
    by: str = "region",
    level: float | None = None,
) -> dict[str, WildSlope]:
    """Return the tests of b1 = 0 and of d = 0 in a pooled classic fit, with the same weights.

    by: what a cluster is, `region` or `year`. All vectors of weights where they are few enough,
    else draws; level: of intervals, which are given by year. `StudyError` for fewer than 6 of them.
    """
    cluster = choose(CLUSTERS, by, "clusters")(fit)
    C, data, tests, nan = int(cluster.max()) + 1, fit.data, {}, float("nan")
    share = share_of(points(C), C, MOST, draws, seed)
    for i, (name, sign) in enumerate((("b1", -1), ("d", 1))):
        columns = (data.region, data.year, data.growth[:, i], data.regressor[:, 1 - i], fit.effects)
        few = of_few(*columns, cluster, share)
        ends = few.interval(level) if level and by == "year" else (nan, nan)
        low, high = sorted(sign * end for end in ends)
        tests[name] = WildSlope(sign * few.slope / few.error, few.p(), low, high)
    return tests


def of_few(
    region: Integers,
    year: Integers,
    g: Array,
    x: Array,
    effects: str,
    cluster: Integers,
    share: Share,
) -> FewClusters:
    """Return the test that the slope of g (rows,) on x (rows,) and effects has a given value.

        g* = w_c e                   e what the effects leave of g
        t* = s* / CR1 error of s*    of the regression of g*
        x_a' M(w e) = direct_a w_a - sum_b levels_ab w_b - along_x_a' sum_b along_e_b w_b

    region (rows,): index of G regions; cluster (rows,): index of C clusters; share: of the vectors
    of weights. M(w e) is w e less the means that it has in each region, and less
    its part along the directions beyond regions. Effects of regions count in the error unless the
    clusters are regions, which nest them; p does not depend on that. `StudyError` if the sample
    fits without error. Source: Cameron, Gelbach and Miller (2008).
    """
    absorbed = choose(EFFECTS, effects, "effects")(region, year, np.column_stack([g, x]))
    e, x = absorbed.residual.T
    counted = absorbed.counted if np.array_equal(cluster, region) else absorbed.rank
    size, rows = np.bincount(cluster, x**2), len(g)
    C, square = len(size), float(x @ x)
    correction = C / (C - 1) * (rows - 1) / (rows - 1 - counted)
    member = coo_array((np.ones(rows), (cluster, np.arange(rows))), shape=(C, rows)).tocsr()
    of_x = coo_array((x, (region, cluster))).tocsr()

    part = size / size.sum()

    def linear(v: Array) -> Form:
        along_x, along_v = (member @ (column[:, None] * absorbed.basis) for column in (x, v))
        direct, levels = np.bincount(cluster, x * v), None
        if not absorbed.common:
            of_v = coo_array((v, (region, cluster))).tocsr() / np.bincount(region)[:, None]
            levels = (of_x.T @ of_v).tocsr()

        def form(w: Array) -> tuple[Array, Array]:
            S = (w * direct - (w @ along_v) @ along_x.T).T
            S = np.ascontiguousarray(S if levels is None else S - levels @ w.T)
            total = S.sum(axis=0)
            return total, S - np.outer(part, total)

        return form

    slope = float(x @ e) / square
    left = np.bincount(cluster, x * (e - slope * x))
    error = float(np.sqrt(correction * left @ left)) / square
    if not error:
        raise Refusal("exact_fit")
    both = (linear(e), linear(x))
    return FewClusters(slope, error, both, correction, share)


def by_region(fit: PooledFit) -> Integers:
    """Return the regions of the rows as clusters. `StudyError` for fewer than 6."""
    regions = len(fit.regions)
    if regions < FEWEST_CLUSTERS:
        raise Refusal("too_few_clusters", regions=regions, least=FEWEST_CLUSTERS)
    return fit.data.region


def by_year(fit: PooledFit) -> Integers:
    """Return the years of the rows as clusters, from 0. `StudyError` for fewer than 6."""
    years, cluster = np.unique(fit.data.year, return_inverse=True)
    if len(years) < FEWEST_CLUSTERS:
        raise Refusal("too_few_years_of_growth", years=len(years), least=FEWEST_CLUSTERS)
    return cluster.astype(np.int64)


# name -> index of the cluster of each row
CLUSTERS: dict[str, Callable[[PooledFit], Integers]] = {"region": by_region, "year": by_year}
