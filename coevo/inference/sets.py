"""Intervals, and Fieller's sets for the equilibrium of the classic form.

Each coordinate of E is a ratio of the two coefficients of one equation, rho = -c/s. A ratio whose
denominator may be zero has no standard error; Fieller's set says what the data leave open.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import polynomial
from scipy.special import stdtrit

from coevo.arrays import Array, Booleans, Strings, Values
from coevo.errors import StudyError
from coevo.estimation.region import Equations

UNBOUNDED = 1.0  # g from here on: the set of a ratio has no end
FEWEST_CLUSTERS = 6  # with fewer clusters, be they years, no clustered error is printed


def t_quantile(df: Values, level: float = 0.95) -> Array:
    """Return the t that |T| (df degrees of freedom) stays below with probability `level`."""
    if not 0 < level < 1:
        raise StudyError(f"confidence: {level} must lie between 0 and 1")
    return np.asarray(stdtrit(df, (1 + level) / 2))[()]


def interval(
    estimate: Values, error: Values, df: Values, level: float = 0.95
) -> tuple[Array, Array]:
    """Return the ends estimate -+ t(df) error."""
    margin = t_quantile(df, level) * np.asarray(error)
    return np.asarray(estimate) - margin, np.asarray(estimate) + margin


class RatioSet(NamedTuple):
    """Fieller's set for a ratio; scalars, or arrays of one shape.

    kind `interval`: [low, high]; `complement`: all but (low, high); `line`: every number, low and
    high NaN. g = t^2 V22/s^2: from 1 on the set is unbounded, and the ratio cannot be located.
    """

    estimate: Array
    low: Array
    high: Array
    kind: Strings
    g: Array

    def of(self, equation: int) -> "RatioSet":
        """Return the part of one equation, which the last axis counts."""
        parts: Any = (part[..., equation] for part in self)
        return RatioSet(*parts)


def located(kinds: Values, lows: Values) -> Booleans:
    """Return whether E (...) is located: the set of each coordinate is an interval above zero.

    kinds, lows (..., coordinates): kind and lower end of the sets.
    """
    above = (np.asarray(kinds) == "interval") & (np.asarray(lows, dtype=float) > 0)
    return np.asarray(above.all(axis=-1))


def fieller(c: Values, s: Values, covariance: Values, df: Values, level: float = 0.95) -> RatioSet:
    """Return the set of rho = -c/s that a t test of c + rho s = 0 does not reject.

        A rho^2 + 2 B rho + C <= 0,   A = s^2 - t^2 V22,  B = c s - t^2 V12,  C = c^2 - t^2 V11

    c, s (...), covariance (..., 2, 2) of (c, s), df (...) of t. A > 0: an interval; A < 0 and
    B^2 > A C: the complement of one; otherwise the whole line. Source: Fieller (1954).
    """
    c, s, V = (np.asarray(value, dtype=float) for value in (c, s, covariance))
    t2 = t_quantile(df, level) ** 2
    A, B = s**2 - t2 * V[..., 1, 1], c * s - t2 * V[..., 0, 1]
    C = c**2 - t2 * V[..., 0, 0]
    disc = B**2 - A * C
    kind = np.where(A > 0, "interval", np.where((A < 0) & (disc > 0), "complement", "line"))
    with np.errstate(divide="ignore", invalid="ignore"):
        # not negative for an interval: the estimate itself lies in the set
        root = np.sqrt(np.maximum(disc, 0))
        # the two roots without cancellation: q/A and C/q
        q = -(B + np.copysign(root, B))
        ends = np.where(q == 0, 0.0, np.stack([q / A, C / q]))
        ends = np.where(kind == "line", np.nan, np.sort(ends, axis=0))
        return RatioSet(
            (-c / s)[()], ends[0][()], ends[1][()], kind[()], (t2 * V[..., 1, 1] / s**2)[()]
        )


def equilibrium_sets(fit: Equations, level: float = 0.95) -> tuple[RatioSet, RatioSet]:
    """Return the sets of x1* = a2/d (equation 2) and x2* = a1/b1 (equation 1)."""
    sets = fieller(fit.coefficients[:, 0], fit.coefficients[:, 1], fit.covariance, fit.df, level)
    return sets.of(1), sets.of(0)


class ValueSet(NamedTuple):
    """Values of a slope or a coordinate that a test does not reject.

    kind `interval`: within [low, high], of what may have gaps; `unbounded`: the same, one end
    infinite; `complement`: all but (low, high), the widest gap; `line`: every number; `empty`:
    none. Ends that are not there are NaN.
    """

    kind: str
    low: float = float("nan")
    high: float = float("nan")


def pieces(cuts: Array) -> tuple[Array, Array]:
    """Return the ends (n + 2,) of the pieces that cuts (n,), ascending, make of a line, and a point
    (n + 1,) inside each.
    """
    ends = np.concatenate([[-np.inf], cuts, [np.inf]])
    if not len(cuts):
        return ends, np.zeros(1)
    beyond = 2 + 2 * np.abs(cuts).max()
    outer = np.concatenate([[cuts[0] - beyond], cuts, [cuts[-1] + beyond]])
    return ends, (outer[:-1] + outer[1:]) / 2


def real_parts(coefficients: Values) -> Array:
    """Return the real parts of a polynomial's roots, coefficients by rising powers: where its sign
    may change; one that belongs to no real root cuts in vain.
    """
    return np.asarray(polynomial.polyroots(polynomial.polytrim(coefficients, 0)).real)


def rest_point_projections(
    r: Values, A: Values, covariance: Values, df: int, level: float = 0.95
) -> tuple[ValueSet, ValueSet]:
    """Return the projections of the rest point's joint confidence region on its two axes.

        q_i(x) = (c_i'u)^2 - t^2 u'V_i u <= 0 for all i,   u = (1, x),   c_i = (r_i, A_i1 .. A_in)

    the points at which no t test of c_i'u = 0 (df, at 1 - (1 - level)/2: Bonferroni) rejects.
    r (2,), A (2, 2), covariance (2, 3, 3). It holds the true point with probability
    `level` at least, however weakly A is known (the generalisation of Fieller's set).
    Whether some x2 completes a given x1 can change only where one of the two conics turns back (its
    discriminant in x2 is zero) or where they cross (their resultant is zero): the roots of these
    polynomials in x1 cut the axis, and one point decides each piece. Exact up to the roots; the
    same for x2. The estimate always belongs.
    """
    r, A, V = (np.asarray(value, dtype=float) for value in (r, A, covariance))
    error = np.sqrt(np.diagonal(V, axis1=-2, axis2=-1)).mean(axis=0)
    unit = error[0] / error[1:] if np.all(error > 0) else np.ones(2)  # in which r and A x compare
    scale = np.concatenate([[1.0], unit])
    c = np.column_stack([r, A])
    t2 = t_quantile(df, 1 - (1 - level) / len(c)) ** 2
    Q = (c[:, :, None] * c[:, None, :] - t2 * V) * scale[:, None] * scale
    x = -np.linalg.solve(A, r) / unit
    first = _project(Q, x[0], unit[0])
    second = _project(Q[:, [0, 2, 1]][:, :, [0, 2, 1]], x[1], unit[1])
    return first, second


def _project(Q: Array, estimate: float, unit: float) -> ValueSet:
    """Return the projection of both conics (2, 3, 3) on their first coordinate, times the unit."""
    # q = a y^2 + b(v) y + c(v) in the other coordinate y
    a = Q[:, 2, 2]
    b = np.stack([2 * Q[:, 0, 2], 2 * Q[:, 1, 2]], axis=-1)
    c = np.stack([Q[:, 0, 0], 2 * Q[:, 0, 1], Q[:, 1, 1]], axis=-1)
    cuts = np.unique(np.concatenate([[estimate], *map(real_parts, _boundaries(a, b, c))]))
    ends, points = pieces(cuts)
    at = [(polynomial.polyval(v, b.T), polynomial.polyval(v, c.T)) for v in points]
    inside = np.array([_completed(a, *quadratics) for quadratics in at])
    low = float(min([estimate, *ends[:-1][inside]])) * unit
    high = float(max([estimate, *ends[1:][inside]])) * unit
    return ValueSet("interval" if np.isfinite([low, high]).all() else "unbounded", low, high)


def _boundaries(a: Array, b: Array, c: Array) -> list[Array]:
    """Return the discriminants of both quadratics in y and their resultant, polynomials in v."""
    times, minus = polynomial.polymul, polynomial.polysub
    discriminants = [minus(times(b[i], b[i]), 4 * a[i] * c[i]) for i in range(2)]
    ac = minus(a[0] * c[1], a[1] * c[0])
    ab = minus(a[0] * b[1], a[1] * b[0])
    bc = minus(times(b[0], c[1]), times(b[1], c[0]))
    return [*discriminants, minus(times(ac, ac), times(ab, bc))]


def _completed(a: Array, b: Array, c: Array) -> bool:
    """Whether some y makes both a y^2 + b y + c negative: one between the roots of the two."""
    roots = [polynomial.polyroots(polynomial.polytrim([c[i], b[i], a[i]], 0)) for i in range(2)]
    real = np.sort(np.concatenate([root.real[root.imag == 0] for root in roots]))
    _, y = pieces(real)
    return bool(np.any(np.all((a[:, None] * y + b[:, None]) * y + c[:, None] <= 0, axis=0)))
