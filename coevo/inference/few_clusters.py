"""Few clusters: all vectors of weights of a wild bootstrap, and the slopes that it does not reject.

Where the points over the clusters make no more than `MOST` vectors of weights, p is the share of
all of them, and no seed is in it. Inverted, the test is an interval (docs/methods.md, 5).
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from coevo.arrays import Array

MOST = 6**8  # vectors of weights that are all used; of more, some are drawn
RADEMACHER_FROM = 13  # clusters: with fewer, two-point weights give too few different draws
RADEMACHER = np.array([-1.0, 1.0])
WEBB = (np.array([-1, 1])[:, None] * np.sqrt([0.5, 1, 1.5])).ravel()
TIE = 1e-10  # relative difference of t below which two are one
FARTHEST = 40  # times that the distance of an end from the slope is doubled in search of it
EXACT = 1e-4  # of a standard error: how far an end may be from where p crosses its limit

Share = Callable[[Array], float]  # H (C, C) -> share of the vectors w (C,) with w'Hw >= 0


def points(clusters: int) -> Array:
    """Return the values of a weight: -1, 1 from 13 clusters on, below it Webb's six."""
    return RADEMACHER if clusters >= RADEMACHER_FROM else WEBB


def enumerable(clusters: int) -> bool:
    """Return whether all vectors of weights of so many clusters are used."""
    return bool(len(points(clusters)) ** clusters <= MOST)


class FewClusters(NamedTuple):
    """The test of one slope with C clusters, few enough for arrays (C, C).

    slope, with its CR1 error; scores (2, C, C): what the weights make of x_a' M(w e), e of growth
    and of the regressor; part (C,) of each cluster in x'x; correction: of CR1; share: of vectors.
    """

    slope: float
    error: float
    scores: Array
    part: Array
    correction: float
    share: Share

    def p(self, null: float = 0.0) -> float:
        """Return p of the slope `null`, the share of vectors w with |t*| >= |t|.

            S = S_g - null S_x,   a = 1'S,   Q = S - part a'
            t*^2 = (a'w)^2 / (c |Q w|^2) >= t^2   where   w' (a a' - t^2 c Q'Q) w >= 0

        S_g w, S_x w: the scores of a draw; t, c: of the sample and of CR1.
        """
        S = self.scores[0] - null * self.scores[1]
        a, t = S.sum(axis=0), (self.slope - null) / self.error * (1 - TIE)
        Q = S - np.outer(self.part, a)
        return self.share(np.outer(a, a) - t**2 * self.correction * Q.T @ Q)

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


@lru_cache(maxsize=4)
def of_all(clusters: int) -> Share:
    """Return the share of all vectors w = (u, v); -w has the w'Hw of w and is left out.

    u'H_uu u + 2 u'H_uv v + v'H_vv v of all pairs of halves is one product of thin arrays.
    """
    h = clusters // 2
    u, v = (_grid(clusters, length) for length in (h, clusters - h))
    u = u[u[:, 0] > 0]

    def share(H: Array) -> float:
        of_u, of_v = ((w @ part * w).sum(axis=1) for w, part in ((u, H[:h, :h]), (v, H[h:, h:])))
        left = np.column_stack([2 * u @ H[:h, h:], of_u, np.ones(len(u))])
        right = np.column_stack([v, np.ones(len(v)), of_v])
        return float(np.count_nonzero(left @ right.T >= 0) / (len(u) * len(v)))

    return share


def _grid(clusters: int, length: int) -> Array:
    """Return all vectors of so many weights, (points^length, length)."""
    axes = np.meshgrid(*[points(clusters)] * length, indexing="ij")
    return np.stack(axes, axis=-1).reshape(-1, length)


def of_drawn(weights: Array) -> Share:
    """Return the share of drawn vectors (draws, C), the sample itself among them."""

    def share(H: Array) -> float:
        beyond = np.count_nonzero((weights @ H * weights).sum(axis=1) >= 0)
        return float((1 + beyond) / (1 + len(weights)))

    return share
