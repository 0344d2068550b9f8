"""Paths of many models at once.

    u' = c1 + s1 exp(v),   v' = c2 + s2 exp(u),   p = (c1, s1, c2, s2)

u, v are the logs of the two populations, which begin at zero. Dormand and Prince's method of order
8 with an error estimate for every path's own step (coefficients: scipy's DOP853). Source: Hairer,
Norsett and Wanner (1993).
"""

import numpy as np

from coevo.arrays import Array

PRECISION = 1e-10  # of the logs in each step, relative beyond 1
BOUND = 30.0  # logs above: the path runs to infinity within the year
STEPS = 100  # in a year, at most
SLOWER, FASTER, SAFETY, ORDER = 0.2, 10.0, 0.9, 8  # of a step against the one before


def paths(p: Array, years: int) -> Array:
    """Return the logs (m, years, 2) at times 1, 2, ...; p (m, 4).

    Infinite from the year on in which a path cannot be followed.
    """
    with np.errstate(all="ignore"):
        return _solve(np.ascontiguousarray(p.T), years).transpose(2, 0, 1)


def _solve(p: Array, years: int) -> Array:
    """Return logs (years, 2, m) of the paths of p (4, m).

    Every path takes its own steps, which end on the years; no path waits for another one.
    """
    m = p.shape[1]
    solution, y = np.full((years, 2, m), np.inf), np.zeros((2, m))
    h, left, year, on = np.ones(m), np.ones(m), np.zeros(m, dtype=int), np.arange(m)
    for _ in range(STEPS * years):
        if not len(on):
            break
        step = np.minimum(h[on], left[on])
        new, error = _step(y[:, on], p[:, on], step)
        passed, cut = error <= 1, step < h[on]
        longer = step * np.clip(SAFETY * error ** (-1 / ORDER), SLOWER, FASTER)
        # a step cut short at the end of a year says little of the next one
        h[on] = np.where(passed & cut, np.maximum(h[on], longer), longer)
        moved = on[passed]
        y[:, moved] = new[:, passed]
        left[moved] -= step[passed]
        arrived = moved[left[moved] <= 0]
        solution[year[arrived], :, arrived] = y[:, arrived].T
        year[arrived] += 1
        left[arrived] = 1
        on = on[(year[on] < years) & (y[:, on] < BOUND).all(axis=0) & (h[on] > 0)]
    return solution


def _step(y: Array, p: Array, h: Array) -> tuple[Array, Array]:
    """Return y (2, m) after steps h (m,), and their errors (m,) over what is allowed.

    The error is infinite where a step leaves every bound.
    """
    from scipy.integrate import DOP853 as METHOD

    stages = np.empty((len(METHOD.B) + 1, *y.shape))
    stages[0] = _rates(y, p)
    for i in range(1, len(METHOD.B)):
        stages[i] = _rates(y + h * np.tensordot(METHOD.A[i, :i], stages[:i], 1), p)
    new = y + h * np.tensordot(METHOD.B, stages[:-1], 1)
    stages[-1] = _rates(new, p)
    allowed = PRECISION * np.maximum(1, np.maximum(np.abs(y), np.abs(new)))
    fifth, third = (
        ((np.tensordot(E, stages, 1) / allowed) ** 2).sum(axis=0) for E in (METHOD.E5, METHOD.E3)
    )
    size = np.sqrt((fifth + 0.01 * third) * len(y))
    error = h * np.divide(fifth, size, out=np.zeros_like(fifth), where=fifth != 0)
    return new, np.where(np.isfinite(error), error, np.inf)


def _rates(y: Array, p: Array) -> Array:
    """Return dy/dt (2, m)."""
    return np.asarray(p[0::2] + p[1::2] * np.exp(y[::-1]))
