"""Two populations of output: the equations and what follows from them (docs/methods.md, 5 and 6).

    (1) dx1/dt =  a1 x1 - b1 x1 x2          x1 upstream (prey), x2 downstream (predator)
    (2) dx2/dt = -a2 x2 + b1 b2 x1 x2       d = b1 b2

a1, a2 are rates per year; b1, d are rates per year and unit of the other population; b2 is the
product that downstream makes of a unit purchased. Source: Lotka (1925), Volterra (1926); the
reading as a supply relation is that of Qian. Everything is elementwise and broadcasts.
"""

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError

Array = npt.NDArray[np.float64]
Values = npt.ArrayLike

# d ln E / d ln parameter, in the order a1, b1, a2, b2: rows x1* = a2/(b1 b2) and x2* = a1/b1.
ELASTICITIES = np.array([[0.0, -1.0, 1.0, -1.0], [1.0, -1.0, 0.0, 0.0]])
ELASTICITIES.flags.writeable = False


def equilibrium(a1: Values, b1: Values, a2: Values, b2: Values) -> tuple[Array, Array]:
    """Return the interior equilibrium E = (a2/(b1 b2), a1/b1), in the units of x1 and x2.

    `StudyError` if b1 or b2 is zero: the populations do not interact and no E exists.
    """
    a1, b1, a2, b2 = (np.asarray(value, dtype=float) for value in (a1, b1, a2, b2))
    if np.any(b1 == 0) or np.any(b2 == 0):
        raise StudyError("no equilibrium: b1 or b2 is zero, so the two populations do not interact")
    return (a2 / (b1 * b2))[()], (a1 / b1)[()]


def growth(
    x1: Values, x2: Values, a1: Values, b1: Values, a2: Values, b2: Values
) -> tuple[Array, Array]:
    """Return the growth rates (dln x1/dt, dln x2/dt) = (a1 - b1 x2, -a2 + b1 b2 x1) per year."""
    x1, x2, a1, b1, a2, b2 = (np.asarray(v, dtype=float) for v in (x1, x2, a1, b1, a2, b2))
    return a1 - b1 * x2, -a2 + b1 * b2 * x1


def jacobian(a1: Values, b1: Values, a2: Values, b2: Values) -> Array:
    """Return the Jacobian (..., 2, 2) of (1), (2) at E: [[0, -b1 x1*], [d x2*, 0]].

    Its eigenvalues are +-sqrt(-a1 a2). `StudyError` as for `equilibrium`.
    """
    x1, x2 = equilibrium(a1, b1, a2, b2)
    b1, d = np.asarray(b1, dtype=float), np.asarray(b1, dtype=float) * np.asarray(b2, dtype=float)
    zero = np.zeros(np.broadcast_shapes(np.shape(x1), np.shape(x2)))
    return np.stack(
        [np.stack([zero, zero - b1 * x1], axis=-1), np.stack([zero + d * x2, zero], axis=-1)],
        axis=-2,
    )


def kind(a1: Values, b1: Values, a2: Values, d: Values) -> npt.NDArray[np.str_]:
    """Return what E is: `centre` (a1 a2 > 0), `saddle` (a1 a2 < 0), `none` (E not positive).

    A centre attracts nothing: orbits circle it (stable in Lyapunov's sense only). The predator-prey
    signs (all four positive) and the same with roles reversed (all negative) both give a centre.
    """
    a1, b1, a2, d = (np.asarray(value, dtype=float) for value in (a1, b1, a2, d))
    positive = (a1 * b1 > 0) & (a2 * d > 0)
    return np.where(positive, np.where(a1 * a2 > 0, "centre", "saddle"), "none")[()]


def conserved(x1: Values, x2: Values, a1: float, b1: float, a2: float, b2: float) -> Array:
    """Return V = d x1 - a2 ln x1 + b1 x2 - a1 ln x2, constant along every orbit (x1, x2 > 0)."""
    x1, x2 = np.asarray(x1, dtype=float), np.asarray(x2, dtype=float)
    return b1 * b2 * x1 - a2 * np.log(x1) + b1 * x2 - a1 * np.log(x2)


def orbit(
    a1: float, b1: float, a2: float, b2: float, start: tuple[float, float], times: Values
) -> Array:
    """Return the orbit (len(times), 2) through `start` (x1, x2 > 0) at times[0].

    The equations are solved for ln x1, ln x2, which keeps both positive (relative error 1e-9).
    `StudyError` if the orbit leaves every bound before the last time.
    """
    from scipy.integrate import solve_ivp

    times = np.asarray(times, dtype=float)

    def rates(_: float, logs: Array) -> Array:
        return np.array(growth(np.exp(logs[0]), np.exp(logs[1]), a1, b1, a2, b2))

    with np.errstate(over="ignore", invalid="ignore"):
        solution = solve_ivp(
            rates,
            (times[0], times[-1]),
            np.log(start),
            method="DOP853",
            t_eval=times,
            rtol=1e-9,
            atol=1e-12,
        )
    if not solution.success:
        raise StudyError(f"the orbit from {start} cannot be followed: {solution.message}")
    return np.exp(solution.y.T)


def elasticities(a1: float, b1: float, a2: float, b2: float, step: float = 1e-4) -> Array:
    """Return d ln|E| / d ln parameter (2, 4) by central differences, to check `ELASTICITIES`.

    Rows x1*, x2*; columns a1, b1, a2, b2. At E more conversion b2 leaves x2* unchanged and more
    purchasing b1 lowers both, whatever happens to growth on the way there.
    """
    point = np.array([a1, b1, a2, b2], dtype=float)
    factors = np.exp(step * np.eye(4))
    up = np.array(equilibrium(*(point * factors).T))
    down = np.array(equilibrium(*(point / factors).T))
    return np.log(up / down) / (2 * step)


def calibrate(
    x1: Values, x2: Values, purchases: Values, sales: Values
) -> tuple[Array, Array, Array, Array]:
    """Return a1, b1, a2, b2 of each year but the last by the accounting identity.

        b1 = P/(x1 x2)    b2 = S/P    a1 = g1 + P/x1    a2 = d x1 - g2    d = b1 b2 = S/(x1 x2)

    with growth g = ln x(t+1) - ln x(t). The inputs are yearly, of shape (years, ...); P, what the
    downstream system purchases, in the unit of x1, and S, what it sells, in that of x2. The outputs
    have shape (years - 1, ...); where a figure is missing (NaN), so is what depends on it. It
    restates observed growth: signs are assumed, not tested. `StudyError` if a figure is not
    positive.
    """
    series = [np.asarray(value, dtype=float) for value in (x1, x2, purchases, sales)]
    if any(np.any(value <= 0) for value in series):
        raise StudyError("the calibration needs positive outputs, purchases and sales")
    g1, g2 = (np.diff(np.log(value), axis=0) for value in series[:2])
    now1, now2, bought, sold = (value[:-1] for value in series)
    b1, b2 = bought / (now1 * now2), sold / bought
    return g1 + bought / now1, b1, b1 * b2 * now1 - g2, b2


def calibration_failures(
    x1: Values, x2: Values, purchases: Values, sales: Values
) -> dict[str, npt.NDArray[np.bool_]]:
    """Return, per reason, the years but the last in which the calibration makes no sense.

    Reasons: purchases exceed what upstream made (P/x1 > 1), downstream grows by a factor e or more
    in the year (g2 >= 1), a1 or a2 not positive. Arguments and errors as for `calibrate`.
    """
    a1, b1, a2, _ = calibrate(x1, x2, purchases, sales)
    x2 = np.asarray(x2, dtype=float)
    return {
        "purchases exceed upstream output": b1 * x2[:-1] > 1,
        "downstream growth is 1 or more": np.diff(np.log(x2), axis=0) >= 1,
        "a1 is not positive": a1 <= 0,
        "a2 is not positive": a2 <= 0,
    }


def period_equilibrium(a1: Array, b1: Array, a2: Array, b2: Array) -> tuple[float, float]:
    """Return E of a period, (mean a2 / mean d, mean a1 / mean b1), from the years' parameters."""
    return float(np.mean(a2) / np.mean(b1 * b2)), float(np.mean(a1) / np.mean(b1))
