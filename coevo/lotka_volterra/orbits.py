"""Orbits around E: the path through a state, and what stays constant along it."""

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import Refusal
from coevo.lotka_volterra.populations import simulate

ROUNDING = 1e-12  # of V, relative: below it V has not moved


def conserved(x1: Values, x2: Values, a1: float, b1: float, a2: float, b2: float) -> Array:
    """Return V = d x1 - a2 ln x1 + b1 x2 - a1 ln x2, constant along every orbit (x1, x2 > 0)."""
    x1, x2 = np.asarray(x1, dtype=float), np.asarray(x2, dtype=float)
    return np.asarray(b1 * b2 * x1 - a2 * np.log(x1) + b1 * x2 - a1 * np.log(x2))


def conserved_drift(x1: Values, x2: Values, a1: float, b1: float, a2: float, b2: float) -> float:
    """Return the drift (V_last - V_first)/(max V - min V) of V along an observed path.

    +-1 is a steady change of orbit, 0 a return to the same one, or V that has not moved beyond
    rounding. x1, x2 (years,) positive, or NaN where not observed. `StudyError` if fewer than two
    years are observed.
    """
    V = conserved(x1, x2, a1, b1, a2, b2)
    V = V[np.isfinite(V)]
    if len(V) < 2:
        raise Refusal("too_few_years_for_drift")
    reach = np.ptp(V)
    return float((V[-1] - V[0]) / reach) if reach > ROUNDING * np.abs(V).max() else 0.0


def turned(path: Values, a1: float, b1: float, a2: float, d: float) -> Array:
    """Return how often a path (points, 2) has gone round E = (a2/d, a1/b1) at each of its points.

    Counted in turns from its first point, counterclockwise positive, by the angle of
    (ln x1 - ln E1, ln x2 - ln E2). Zeros where E is not positive: nothing goes round it.
    x1, x2 positive.
    """
    x1, x2 = np.asarray(path, dtype=float).T
    if not (a2 * d > 0 and a1 * b1 > 0):
        return np.zeros(len(x1))
    angle = np.unwrap(np.arctan2(np.log(x2 * b1 / a1), np.log(x1 * d / a2)))
    return np.asarray((angle - angle[0]) / (2 * np.pi))


def orbit(
    a1: float, b1: float, a2: float, b2: float, start: tuple[float, float], times: Values
) -> Array:
    """Return the orbit (len(times), 2) through `start` (x1, x2 > 0) at times[0].

    `StudyError` if the orbit leaves every bound before the last time.
    """
    return simulate((a1, -a2), [[0.0, -b1], [b1 * b2, 0.0]], start, times)
