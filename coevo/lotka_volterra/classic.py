"""The classic form: its equilibrium E, what kind it is, and how it moves with the parameters."""

import numpy as np

from coevo.arrays import Array, Strings, Values
from coevo.errors import StudyError


def equilibrium(a1: Values, b1: Values, a2: Values, b2: Values) -> tuple[Array, Array]:
    """Return the interior equilibrium E = (a2/(b1 b2), a1/b1), in the units of x1 and x2.

    `StudyError` if b1 or b2 is zero: the populations do not interact and no E exists.
    """
    a1, b1, a2, b2 = (np.asarray(value, dtype=float) for value in (a1, b1, a2, b2))
    if np.any(b1 == 0) or np.any(b2 == 0):
        raise StudyError("no equilibrium: b1 or b2 is zero, so the two populations do not interact")
    return resting_levels(a1, b1, a2, b1 * b2)


def resting_levels(a1: Values, b1: Values, a2: Values, d: Values) -> tuple[Array, Array]:
    """Return x1 = a2/d at which x2 rests and x2 = a1/b1 at which x1 rests; infinite for a zero."""
    a1, b1, a2, d = (np.asarray(value, dtype=float) for value in (a1, b1, a2, d))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (a2 / d)[()], (a1 / b1)[()]


def growth(
    x1: Values, x2: Values, a1: Values, b1: Values, a2: Values, b2: Values
) -> tuple[Array, Array]:
    """Return the growth rates (dln x1/dt, dln x2/dt) = (a1 - b1 x2, -a2 + b1 b2 x1) per year."""
    x1, x2, a1, b1, a2, b2 = (np.asarray(v, dtype=float) for v in (x1, x2, a1, b1, a2, b2))
    return a1 - b1 * x2, -a2 + b1 * b2 * x1


def jacobian(a1: Values, b1: Values, a2: Values, b2: Values) -> Array:
    """Return the Jacobian (..., 2, 2) of (1), (2) at E: [[0, -b1 x1*], [d x2*, 0]].

    Its eigenvalues are +-sqrt(-a1 a2): +-i omega at a centre, with omega = sqrt(a1 a2) the speed of
    the turns close to E. `StudyError` as for `equilibrium`.
    """
    x1, x2 = equilibrium(a1, b1, a2, b2)
    b1, d = np.asarray(b1, dtype=float), np.asarray(b1, dtype=float) * np.asarray(b2, dtype=float)
    zero = np.zeros(np.broadcast_shapes(np.shape(x1), np.shape(x2)))
    return np.stack(
        [np.stack([zero, zero - b1 * x1], axis=-1), np.stack([zero + d * x2, zero], axis=-1)],
        axis=-2,
    )


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


def elasticities(a1: float, b1: float, a2: float, b2: float, step: float = 1e-4) -> Array:
    """Return d ln|E| / d ln parameter (2, 4) by central differences.

    Rows x1*, x2*; columns a1, b1, a2, b2. At E more conversion b2 leaves x2* unchanged and more
    purchasing b1 lowers both, whatever happens to growth on the way there.
    """
    point = np.array([a1, b1, a2, b2], dtype=float)
    factors = np.exp(step * np.eye(4))
    up = np.array(equilibrium(*(point * factors).T))
    down = np.array(equilibrium(*(point / factors).T))
    return np.log(up / down) / (2 * step)
