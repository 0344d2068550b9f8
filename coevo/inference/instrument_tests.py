"""What instruments of one slope say whatever their strength, and whether they agree."""

from typing import NamedTuple

import numpy as np
from numpy.polynomial import polynomial
from scipy.special import chdtrc, fdtri

from coevo.arrays import Array
from coevo.errors import Refusal
from coevo.estimation.effects import sums
from coevo.estimation.pooled import Moments
from coevo.estimation.regression import Clusters, regress
from coevo.inference.sets import ValueSet, pieces, real_parts
from coevo.inference.wild_bootstrap import TIE, blocks, points


class Agreement(NamedTuple):
    """J of overidentifying restrictions, its degrees of freedom, and p by chi2."""

    J: float
    df: int
    p: float


def effective_F(moments: Moments, regressor: int) -> float:
    """Return the effective first-stage F of one regressor x and instruments Z (rows, m).

        F = pi' Z'Z pi / tr(V Z'Z),   pi: x regressed on Z,   V its clustered covariance (CR1)

    It says how far two-stage least squares leans to least squares; the F of a Wald test does not,
    where errors hang together. Source: Montiel Olea and Pflueger (2013).
    """
    _, x, Z = instrumented(moments, 0, regressor)
    first = regress(x, Z, moments.rank, Clusters(moments.region, moments.counted))
    square, pi = Z.T @ Z, first.coefficients
    return float(pi @ square @ pi / np.trace(first.covariance @ square))


def anderson_rubin_p(moments: Moments, equation: int, regressor: int) -> float:
    """Return p of a slope of zero by the test of `anderson_rubin_set`, F(2, G - 1)."""
    g, _, Z = instrumented(moments, equation, regressor)
    return regress(g, Z, moments.rank, Clusters(moments.region, moments.counted)).test().p


def overidentification(moments: Moments, equation: int, regressor: int) -> Agreement:
    """Return Hansen's J of one equation with one regressor x and instruments Z (rows, m).

        J = (Z'e)' S^-1 Z'e,   S = sum_r Z_r'u_r u_r'Z_r,   chi2(m - 1)

    u are the residuals of two-stage least squares, e those of the slope that makes J least. Errors
    are clustered by region. The convention of linearmodels (`IVGMM`, `weight_type="clustered"`).
    `StudyError` if one instrument depends on the others. Source: Hansen (1982).
    """
    g, x, Z = instrumented(moments, equation, regressor)
    u = regress(g, x[:, None], moments.rank, instruments=Z).residuals
    scores = sums(moments.region, Z * u[:, None])
    S, zx, zg = scores.T @ scores, Z.T @ x, Z.T @ g
    if np.linalg.matrix_rank(S) < len(S):
        raise Refusal("dependent_instrument")
    weighted = np.linalg.solve(S, zx)
    left = zg - zx * (weighted @ zg) / (weighted @ zx)
    J, df = float(left @ np.linalg.solve(S, left)), Z.shape[1] - 1
    return Agreement(J, df, float(chdtrc(df, J)))


def anderson_rubin_set(
    moments: Moments, equation: int, regressor: int, level: float = 0.95
) -> ValueSet:
    """Return the slopes s at which both instruments say nothing of g - s x.

        F(s) = p' V^-1 p / 2 <= F quantile (2, G - 1),   p: g - s x regressed on both instruments

    V is the clustered covariance of p (CR1). It holds the true slope with probability `level`
    however weak the instruments are. p is linear and V quadratic in s: the set ends at roots of a
    polynomial of degree 4. Source: Anderson and Rubin (1949).
    """
    g, x, Z = instrumented(moments, equation, regressor)
    clusters = Clusters(moments.region, moments.counted)
    of_g, of_x = (regress(y, Z, moments.rank, clusters) for y in (g, x))
    unit = np.linalg.norm(of_g.coefficients) / np.linalg.norm(of_x.coefficients)
    p = np.stack([of_g.coefficients, -unit * of_x.coefficients])  # by powers of s / unit
    u, v = of_g.influence, -unit * of_x.influence
    V = np.stack([u.T @ u, u.T @ v + v.T @ u, v.T @ v])
    times = polynomial.polymul

    def squared(i: int, j: int) -> Array:
        return np.asarray(times(times(p[:, i], p[:, j]), V[:, 1 - i, 1 - j]))

    distance = squared(0, 0) - 2 * squared(0, 1) + squared(1, 1)
    spread = times(V[:, 0, 0], V[:, 1, 1]) - times(V[:, 0, 1], V[:, 0, 1])
    bound = 2 * fdtri(2, len(u) - 1, level)
    allowed = negative_set(distance - bound * spread)
    return ValueSet(allowed.kind, float(allowed.low * unit), float(allowed.high * unit))


def negative_set(coefficients: Array) -> ValueSet:
    """Return where a polynomial, coefficients by rising powers, is not positive."""
    ends, inner = pieces(np.unique(real_parts(coefficients)))
    inside = polynomial.polyval(inner, coefficients) <= 0
    if inside.all() or not inside.any():
        return ValueSet("line" if inside.all() else "empty")
    starts, stops = ends[:-1], ends[1:]
    if not (inside[0] and inside[-1]):  # from the first piece to the last, one may be open
        kind = "unbounded" if inside[0] or inside[-1] else "interval"
        return ValueSet(kind, float(starts[inside].min()), float(stops[inside].max()))
    out = np.flatnonzero(~inside)
    runs = np.split(out, np.flatnonzero(np.diff(out) > 1) + 1)
    gaps = [(starts[run[0]], stops[run[-1]]) for run in runs]
    low, high = max(gaps, key=lambda gap: gap[1] - gap[0])
    return ValueSet("complement", float(low), float(high))


def instrumented(moments: Moments, equation: int, regressor: int) -> tuple[Array, Array, Array]:
    """Return growth (rows,), regressor (rows,) and instruments (rows, m), the last of length 1."""
    assert moments.instrument is not None
    Z = moments.instrument / np.linalg.norm(moments.instrument, axis=0)
    return moments.growth[:, equation], moments.regressor[:, regressor], Z


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
