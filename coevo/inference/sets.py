"""Intervals, and Fieller's sets for the equilibrium of the classic form.

Each coordinate of E is a ratio of the two coefficients of one equation, rho = -c/s. A ratio whose
denominator may be zero has no standard error; Fieller's set says what the data leave open.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtrit

from coevo.arrays import Array, Booleans, Strings, Values
from coevo.errors import StudyError
from coevo.estimation.region import Equations

UNBOUNDED = 1.0  # g from here on: the set of a ratio has no end
FEWEST_REGIONS = 6  # with fewer clusters, be they years, no clustered error is printed


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


def fieller(
    c: Values,
    s: Values,
    covariance: Values,
    df: Values,
    level: float = 0.95,
) -> RatioSet:
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
