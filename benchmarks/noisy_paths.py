"""Paths of two populations with shocks, for many replicates at once.

Two ways to make data, both with independent shocks to the logs of x1 and x2:

- `map`: the trapezoid lines themselves, ln x(t+1) - ln x(t) = c + s (x'(t) + x'(t+1))/2 + e, x' the
  other population, solved for x(t+1); e normal, its standard deviation the noise. The errors of the
  rows are independent: the case that the sets are made for, except that x'(t+1) contains a shock.
- `equations`: the differential equations by Runge-Kutta steps on logs, a normal shock after each,
  which add up to the same standard deviation over a year. The lines are then approximate.

Regimes (parameters a1, b1, a2, d and the start): a whole cycle, as of hare and lynx; growth of both
without a turning point; growth of both up to a turning point. A path that leaves [1e-6, 1e6] is
drawn again.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.common import Array

STEPS = 20  # Runge-Kutta steps in a year
BOUND = np.log(1e6)


class Regime(NamedTuple):
    """lines (2, 2): rows (a1, -b1) and (-a2, d); start (2,)."""

    lines: Array
    start: Array


REGIMES = {
    "cycle": Regime(np.array([[0.55, -0.028], [-0.8, 0.024]]), np.array([34.0, 5.9])),
    "growth": Regime(np.array([[0.15, -0.03], [-0.05, 0.1]]), np.array([1.0, 1.0])),
    "turn": Regime(np.array([[0.25, -0.05], [-0.1, 0.25]]), np.array([1.0, 1.0])),
}


def year_of_map(c: Array, s: Array, logs: Array, shock: Array) -> Array:
    """Return the next logs (..., 2) of the trapezoid lines, by Newton's method.

    c, s (..., 2); F(y) = y - logs - c - s (x' + exp y')/2 - shock, y' the other population's.
    """
    fixed = logs + c + s * np.exp(logs[..., ::-1]) / 2 + shock
    y = fixed + s * np.exp(logs[..., ::-1]) / 2
    for _ in range(50):
        slope = s * np.exp(np.minimum(y[..., ::-1], BOUND)) / 2
        F = y - fixed - slope
        move = (F + slope * F[..., ::-1]) / (1 - slope.prod(axis=-1, keepdims=True))
        y = y - np.clip(move, -1, 1)
        if np.nanmax(np.abs(move)) < 1e-13:
            break
    return np.where(np.abs(move) < 1e-9, y, np.nan)


def runge_kutta(rate: Callable[[Array], Array], y: Array, h: float) -> Array:
    """Return y a step later, by Runge and Kutta's fourth order."""
    k1 = rate(y)
    k2 = rate(y + h / 2 * k1)
    k3 = rate(y + h / 2 * k2)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(y + h * k3))


def year_of_equations(c: Array, s: Array, logs: Array, shocks: Array) -> Array:
    """Return the logs (..., 2) a year later, a shock after each step; shocks (steps, ..., 2)."""

    def rate(y: Array) -> Array:
        return c + s * np.exp(np.minimum(y[..., ::-1], BOUND))

    for shock in shocks:
        logs = runge_kutta(rate, logs, 1 / len(shocks)) + shock
    return logs


def paths_of(c: Array, s: Array, start: Array, shocks: Array, data: str) -> Array:
    """Return logs (..., years, 2) from `start` (..., 2); shocks (years - 1, STEPS, ..., 2).

    The map takes the sum of a year's shocks.
    """
    path = [np.broadcast_to(np.log(start), shocks.shape[2:])]
    for own in shocks:
        if data == "map":
            path.append(year_of_map(c, s, path[-1], own.sum(axis=0)))
        else:
            path.append(year_of_equations(c, s, path[-1], own))
    return np.stack(path, axis=-2)


def inside(logs: Array) -> npt.NDArray[np.bool_]:
    """Whether each replicate (first axis) stays within the bounds; NaN does not."""
    return np.all(np.abs(logs) < BOUND, axis=tuple(range(1, logs.ndim)))


def simulate(
    regime: Regime, data: str, years: int, noise: float, replicates: int, rng: np.random.Generator
) -> Array:
    """Return paths (replicates, years, 2) of one regime."""
    c, s = regime.lines.T
    kept = np.empty((0, years, 2))
    while len(kept) < replicates:
        shocks = rng.standard_normal((years - 1, STEPS, replicates, 2)) * noise / np.sqrt(STEPS)
        logs = paths_of(c, s, regime.start, shocks, data)
        kept = np.concatenate([kept, np.exp(logs[inside(logs)])])
    return kept[:replicates]


def frame_of(x: Array) -> pd.DataFrame:
    """Return x (regions, years, 2) as a table: region, year, x1, x2."""
    regions, years, _ = x.shape
    frame = pd.DataFrame(x.reshape(-1, 2), columns=["x1", "x2"])
    codes = [f"{i:06d}" for i in range(regions)]
    return frame.assign(region=np.repeat(codes, years), year=np.tile(np.arange(years), regions))
