"""Wild cluster bootstrap-t of one pooled slope, the null imposed (docs/methods.md, 5).

Growth is drawn anew by turning the residuals of whole regions, under a model in which the slope is
zero; p is the share of draws with a larger t. With few regions it is nearer its size than t(G-1).
"""

from typing import NamedTuple

import numpy as np

from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import Array, Integers
from coevo.estimation.pooled import PooledFit
from coevo.inference.sets import FEWEST_REGIONS
from coevo.registry import choose

DRAWS = 9999  # with the sample itself a round number
RADEMACHER_FROM = 13  # regions: with fewer, two-point weights give too few different draws
RADEMACHER = np.array([-1.0, 1.0])
TIE = 1e-10  # relative difference of t below which two are one
WEBB = np.array([-1, 1])[:, None] * np.sqrt([0.5, 1, 1.5])


class WildTest(NamedTuple):
    """t of the slope in the sample, p, and t (draws,) under the null."""

    t: float
    p: float
    draws: Array


def cluster_weights(regions: int, draws: int, seed: int | np.random.SeedSequence) -> Array:
    """Return weights (draws, G) of mean 0 and variance 1, one for each region.

    Rademacher (-1, 1) from 13 regions on, below it Webb's six points -+sqrt(1/2), -+1, -+sqrt(3/2).
    `StudyError` for fewer than 6 regions. Source: Webb (2014).
    """
    if regions < FEWEST_REGIONS:
        raise Refusal("too_few_clusters", regions=regions, least=FEWEST_REGIONS)
    points = RADEMACHER if regions >= RADEMACHER_FROM else WEBB.ravel()
    return np.random.default_rng(seed).choice(points, (draws, regions))


def wild_pooled(
    fit: PooledFit, draws: int = DRAWS, seed: int | np.random.SeedSequence = 1
) -> dict[str, WildTest]:
    """Return the tests of b1 = 0 and of d = 0 in a pooled classic fit, with the same weights.

    `StudyError` for fewer than 6 regions.
    """
    weights = cluster_weights(len(fit.regions), draws, seed)
    data, tests = fit.data, {}
    for i, (name, sign) in enumerate((("b1", -1), ("d", 1))):
        columns = (data.growth[:, i], data.regressor[:, 1 - i])
        t, p, null = wild_test(data.region, data.year, *columns, fit.effects, weights)
        tests[name] = WildTest(sign * t, p, sign * null)
    return tests


def wild_test(
    region: Integers, year: Integers, g: Array, x: Array, effects: str, weights: Array
) -> WildTest:
    """Return the test that the slope of g (rows,) on x (rows,) and effects is zero.

        g* = w_r e                   e what the effects leave of g
        t* = s* / CR1 error of s*    of the regression of g*
        p  = (1 + number of |t*| >= |t|) / (1 + draws)

    region (rows,): index of G regions; weights (draws, G). With M what the effects leave of a
    column, s* and the scores x_r' (M(w e) - Mx s*)_r are linear in w: all draws are two products
    with one (G, G) matrix. w = 1 gives the sample itself. `StudyError` if the sample fits without
    error. Source: Cameron, Gelbach and Miller (2008).
    """
    absorb, G, rows = choose(EFFECTS, effects, "effects"), int(region.max()) + 1, len(g)
    absorbed = absorb(region, year, np.column_stack([g, x]))
    e, x = absorbed.residual[:, [0]], absorbed.residual[:, [1]]
    # M of column h in region r: what r's own mean and the directions beyond regions leave
    own = sums(region, x * e)
    if not absorbed.common:
        own = own - sums(region, x) * sums(region, e) / sums(region, np.ones((rows, 1)))
    along_x, along_e = (sums(region, column * absorbed.basis) for column in (x, e))
    inner = np.diagflat(own) - along_x @ along_e.T  # (G, G)
    size = sums(region, x**2)[:, 0]
    correction = G / (G - 1) * (rows - 1) / (rows - 1 - absorbed.counted)

    def ratio(w: Array) -> Array:
        total = w @ inner.sum(axis=0)
        scores = w @ inner.T - total[:, None] * (size / size.sum())
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / np.sqrt(correction * (scores**2).sum(axis=1)))

    t, null = float(ratio(np.ones((1, G)))[0]), ratio(weights)
    if not np.isfinite(t):
        raise Refusal("exact_fit")
    # the sample is among the draws, up to rounding
    beyond = int((np.abs(null) >= abs(t) * (1 - TIE)).sum())
    return WildTest(t, (1 + beyond) / (1 + len(null)), null)
