"""Paths of many models at once, and how they turn with their parameters.

    u' = c1 + s1 exp(v),   v' = c2 + s2 exp(u),   p = (c1, s1, c2, s2, u(0), v(0))

u, v are the logs of the two populations. Their derivatives by p solve the equations of first
variation along with the path. Dormand and Prince's method of order 8 with an error estimate for
every path's own step (coefficients: scipy's DOP853). Source: Hairer, Norsett and Wanner (1993).
"""

import numpy as np

from coevo.arrays import Array

PRECISION = 1e-10  # of the logs and their derivatives in each step, relative beyond 1
BOUND = 30.0  # logs above: the path runs to infinity within the year
STEPS = 100  # in a year, at most
BLOCK = 512  # paths at a time: the stages of a step stay in the cache
SLOWER, FASTER, SAFETY, ORDER = 0.2, 10.0, 0.9, 8  # of a step against the one before


def paths(p: Array, years: int) -> tuple[Array, Array]:
    """Return the logs (m, years, 2) at times 0, 1, ... and their derivatives (m, years, 2, 6) by p.

    p (m, 6). Both are infinite from the year on in which a path cannot be followed.
    """
    logs = np.empty((len(p), years, 2))
    derivatives = np.empty((len(p), years, 2, 6))
    for start in range(0, len(p), BLOCK):
        part = slice(start, start + BLOCK)
        with np.errstate(all="ignore"):
            whole = _solve(np.ascontiguousarray(p[part].T), years)
        logs[part] = whole[:, :, 0].transpose(2, 0, 1)
        derivatives[part] = whole[:, :, 1:].transpose(3, 0, 1, 2)
    return logs, derivatives


def _solve(p: Array, years: int) -> Array:
    """Return logs and derivatives (years, 2, 7, m) of the paths of p (6, m), infinite where lost.

    Every path takes its own steps, which end on the years; no path waits for another one.
    """
    m = p.shape[1]
    solution = np.full((years, 2, 7, m), np.inf)
    y = np.zeros((2, 7, m))
    y[:, 0] = p[4:]
    y[[0, 1], [5, 6]] = 1
    solution[0] = y
    h, left, year, on = np.ones(m), np.ones(m), np.zeros(m, dtype=int), np.arange(m)
    for _ in range(STEPS * (years - 1)):
        if not len(on):
            break
        step = np.minimum(h[on], left[on])
        new, error = _step(y[..., on], p[:, on], step)
        passed, cut = error <= 1, step < h[on]
        longer = step * np.clip(SAFETY * error ** (-1 / ORDER), SLOWER, FASTER)
        # a step cut short at the end of a year says little of the next one
        h[on] = np.where(passed & cut, np.maximum(h[on], longer), longer)
        moved = on[passed]
        y[..., moved] = new[..., passed]
        left[moved] -= step[passed]
        arrived = moved[left[moved] <= 0]
        year[arrived] += 1
        left[arrived] = 1
        solution[year[arrived], ..., arrived] = y[..., arrived].transpose(2, 0, 1)
        on = on[(year[on] < years - 1) & (y[:, 0, on] < BOUND).all(axis=0) & (h[on] > 0)]
    return solution


def _step(y: Array, p: Array, h: Array) -> tuple[Array, Array]:
    """Return y (2, 7, m) after steps h (m,), and their errors (m,) over what is allowed.

    The error is infinite where a step leaves every bound.
    """
    from scipy.integrate import DOP853 as METHOD

    stages = np.empty((len(METHOD.B) + 1, *y.shape))
    stages[0] = _rates(y, p)
    flat = stages.reshape(len(stages), -1)
    for i in range(1, len(METHOD.B)):
        stages[i] = _rates(y + h * (METHOD.A[i, :i] @ flat[:i]).reshape(y.shape), p)
    new = y + h * (METHOD.B @ flat[:-1]).reshape(y.shape)
    stages[-1] = _rates(new, p)
    allowed = PRECISION * np.maximum(1, np.maximum(np.abs(y), np.abs(new)))
    fifth, third = (
        (((E @ flat).reshape(y.shape) / allowed) ** 2).sum(axis=(0, 1))
        for E in (METHOD.E5, METHOD.E3)
    )
    size = np.sqrt((fifth + 0.01 * third) * y[..., 0].size)
    error = h * np.divide(fifth, size, out=np.zeros_like(fifth), where=fifth != 0)
    return new, np.where(np.isfinite(error), error, np.inf)


def _rates(y: Array, p: Array) -> Array:
    """Return dy/dt (2, 7, m)."""
    x = np.exp(y[:, 0])
    pull = p[1:4:2] * x[::-1]
    change = np.empty_like(y)
    change[:, 0] = p[0:3:2] + pull
    change[:, 1:] = pull[:, None] * y[::-1, 1:]
    change[0, 1] += 1
    change[0, 2] += x[1]
    change[1, 3] += 1
    change[1, 4] += x[0]
    return change
