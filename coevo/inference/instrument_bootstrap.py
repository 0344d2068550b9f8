"""Wild bootstrap of a slope by instruments, restricted to a slope of zero (docs/methods.md, 5)."""

import numpy as np

from coevo.arrays import Array
from coevo.estimation.effects import sums
from coevo.estimation.pooled_slopes import Moments
from coevo.inference.instrument_tests import instrumented
from coevo.inference.wild_bootstrap import TIE, blocks, points

DRAWS = 99_999  # p near a limit would hang on the seed with fewer


def restricted_wild(
    moments: Moments, equation: int, regressor: int, draws: int = DRAWS, seed: int = 1
) -> float:
    """Return p of a slope of zero of one equation with one regressor x and instruments Z (rows, m).

        g* = w_r g,   x* = Z pi + w_r v,   pi, v: x on Z and g
        t* = s* / CR1 error of s*,   two-stage least squares of g* on x*, effects taken out anew
        p  = (1 + number of |t*| >= |t|) / (1 + draws)

    One weight for each region. Not an exact test: with few regions and weak instruments it can
    reject too often; it stands beside the Anderson-Rubin set. Source: Davidson and MacKinnon
    (2010).
    """
    g, x, Z = instrumented(moments, equation, regressor)
    Q, region = np.linalg.qr(Z)[0], moments.region
    seen = np.column_stack([Z, g])
    fitted = Z @ np.linalg.lstsq(seen, x, rcond=None)[0][:-1]
    still = sums(region, Q * fitted[:, None])  # (G, m): what no weight turns
    of_g, of_x = (sums(region, Q * v[:, None]) for v in (g, x - fitted))
    taken_g, taken_x = (sums(region, moments.basis * v[:, None]) for v in (g, x - fitted))
    crossed = sums(region, (Q[:, :, None] * moments.basis[:, None]).reshape(len(g), -1))

    def squared_t(w: Array) -> Array:
        a = still.sum(axis=0) + w @ of_x  # Q'x*; the basis has no part in Q
        size = (a * a).sum(axis=1, keepdims=True)
        s = (a * (w @ of_g)).sum(axis=1, keepdims=True) / size
        left = a[:, :, None] * (w @ taken_g - s * (w @ taken_x))[:, None]
        u = w * (a @ of_g.T) - s * (w * (a @ of_x.T) + a @ still.T)
        u -= left.reshape(len(w), -1) @ crossed.T
        return np.asarray((s * size)[:, 0] ** 2 / (u * u).sum(axis=1))

    G, rng, beyond = len(still), np.random.default_rng(seed), 0
    t2 = squared_t(np.ones((1, G)))[0] * (1 - TIE) ** 2
    for part in blocks(draws, 20 * G):  # small enough to stay in the cache
        drawn = rng.choice(points(G), (len(range(draws)[part]), G))
        beyond += int((squared_t(drawn) >= t2).sum())
    return (1 + beyond) / (1 + draws)
