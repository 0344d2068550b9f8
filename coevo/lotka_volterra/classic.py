"""The classic form: its equilibrium E, how that moves with the parameters, and orbits around it."""

import numpy as np

from coevo.arrays import Array, Strings, Values
from coevo.errors import Refusal, StudyError
from coevo.lotka_volterra.populations import simulate

ROUNDING = 1e-12  # of V, relative: below it V has not moved


def equilibrium(a1: Values, b1: Values, a2: Values, b2: Values) -> tuple[Array, Array]:
    """Return the interior equilibrium E = (a2/(b1 b2), a1/b1), in the units of x1 and x2.

    `StudyError` if b1 or b2 is zero: the populations do not interact and no E exists.
    """
    a1, b1, a2, b2 = (np.asarray(value, dtype=float) for value in (a1, b1, a2, b2))
    if np.any(b1 == 0) or np.any(b2 == 0):
        raise StudyError("no equilibrium: b1 or b2 is zero, so the two populations do not interact")
    return (a2 / (b1 * b2))[()], (a1 / b1)[()]


def kind(a1: Values, b1: Values, a2: Values, d: Values) -> Strings:
    """Return what E is: `centre` (a1 a2 > 0), `saddle` (a1 a2 < 0), `none` (E not positive).

    A centre attracts nothing: orbits circle it (stable in Lyapunov's sense only). The predator-prey
    signs (all four positive) and the same with roles reversed (all negative) both give a centre.
    """
    a1, b1, a2, d = (np.asarray(value, dtype=float) for value in (a1, b1, a2, d))
    positive = (a1 * b1 > 0) & (a2 * d > 0)
    return np.where(positive, np.where(a1 * a2 > 0, "centre", "saddle"), "none")[()]


def euler_modulus(a1: Values, a2: Values) -> Array:
    """Return by which factor a year the lines of `lag`, iterated as a map, leave a centre E.

    The modulus sqrt(1 + a1 a2) > 1 of the map's eigenvalues 1 +- i sqrt(a1 a2), where a year of the
    equations has exp(+-i sqrt(a1 a2)) of modulus 1. NaN where a1 a2 is not positive.
    """
    product = np.asarray(a1, dtype=float) * np.asarray(a2, dtype=float)
    return np.sqrt(np.where(product > 0, 1 + product, np.nan))[()]


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
