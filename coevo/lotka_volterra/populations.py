"""Any number of populations that act on each other, and on themselves (docs/methods.md, 5).

    dx_i/dt = x_i (r_i + sum_j A_ij x_j)        i = 1 .. n

r (n,) rates per year; A (n, n) rates per year and unit of x_j: A_ij is what j does to i. The
classic form is r = (a1, -a2), A = [[0, -b1], [d, 0]]. Source: Lotka (1925), Volterra (1926);
Hofbauer and Sigmund (1998). Arrays may have leading dimensions where a function says (..., n).
"""

import numpy as np

from coevo.arrays import Array, Booleans, Strings, Values
from coevo.errors import StudyError

ROUNDING = 1e-9  # a part of an eigenvalue below this share of the largest one counts as zero


def rest_point(r: Values, A: Values) -> Array:
    """Return the point x* = -A^-1 r (..., n) at which every growth rate is zero.

    It need not be positive. `StudyError` if A is singular, whatever the units.
    """
    r, A = np.asarray(r, dtype=float), np.asarray(A, dtype=float)
    if not np.all(_regular(A)):
        raise StudyError(
            "no rest point: det A is zero, so the growth rates vanish nowhere or along a line"
        )
    return -np.linalg.solve(A, r[..., None])[..., 0]


def _regular(A: Array) -> Booleans:
    """Whether A (..., n, n) has full rank once its rows and columns have unit length."""
    for axis in (-1, -2):
        length = np.linalg.norm(A, axis=axis, keepdims=True)
        A = A / np.where(length > 0, length, 1)
    return np.asarray(np.linalg.matrix_rank(A) == A.shape[-1])


def rest_point_kind(r: Values, A: Values) -> Strings:
    """Return what the rest point is, from the eigenvalues of its Jacobian.

    `none`: not positive; `saddle`: real parts of both signs; `stable` or `unstable`, all of one
    sign, with `focus` where a pair is complex and `node` otherwise; `centre`: all real parts zero;
    `degenerate`: some are zero, and the linear part does not decide. Errors as `rest_point`.
    """
    x = rest_point(r, A)
    values = np.linalg.eigvals(x[..., None] * np.asarray(A, dtype=float))
    slight = ROUNDING * np.abs(values).max(axis=-1, keepdims=True)
    up, down = values.real > slight, values.real < -slight
    turning = np.any(np.abs(values.imag) > slight, axis=-1)
    cases = {
        "none": ~np.all(x > 0, axis=-1),
        "saddle": up.any(axis=-1) & down.any(axis=-1),
        "stable focus": down.all(axis=-1) & turning,
        "stable node": down.all(axis=-1),
        "unstable focus": up.all(axis=-1) & turning,
        "unstable node": up.all(axis=-1),
        "centre": ~(up | down).any(axis=-1),
    }
    return np.select(list(cases.values()), list(cases), "degenerate")[()]


def simulate(r: Values, A: Values, start: Values, times: Values) -> Array:
    """Return the path (len(times), n) through `start` (n,), positive, at times[0].

    The equations are solved for ln x, which keeps all positive (DOP853, relative error 1e-9).
    `StudyError` if a start is not positive or the path leaves every bound before the last time.
    """
    from scipy.integrate import solve_ivp

    r, A, start, times = (np.asarray(value, dtype=float) for value in (r, A, start, times))
    if not np.all(start > 0):
        raise StudyError(f"the path from {_said(start)} cannot be followed: it must be positive")
    with np.errstate(over="ignore", invalid="ignore"):
        solution = solve_ivp(
            lambda _, logs: r + A @ np.exp(logs),
            (times[0], times[-1]),
            np.log(start),
            method="DOP853",
            t_eval=times,
            rtol=1e-9,
            atol=1e-12,
        )
    if not solution.success:
        raise StudyError(f"the path from {_said(start)} cannot be followed: {solution.message}")
    return np.asarray(np.exp(solution.y.T))


def _said(point: Array) -> str:
    return f"({', '.join(f'{value:g}' for value in point)})"


def years_later(logs: Array, intercepts: Array, slopes: Array, substeps: int = 256) -> Array:
    """Return the logs (G, 2, ...) of two populations a year later, by Runge and Kutta's method.

        u' = c1 + s1 exp(v),   v' = c2 + s2 exp(u)

    logs, intercepts, slopes (G, 2, ...): (u, v), (c1, c2), (s1, s2), broadcast with each other;
    substeps: equal steps of order 4 within the year. Not finite where a path leaves every bound.
    """
    h = 1 / substeps

    def rates(at: Array) -> Array:
        return np.asarray(intercepts + slopes * np.exp(at[:, ::-1]))

    for _ in range(substeps):
        k1 = rates(logs)
        k2 = rates(logs + h / 2 * k1)
        k3 = rates(logs + h / 2 * k2)
        k4 = rates(logs + h * k3)
        logs = logs + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return logs
