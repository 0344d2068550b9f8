"""Panels in which the two populations do not interact: what a relation has to exceed.

    ln x_i(t+1) = ln x_i(t) + alpha_ir + tau_it + e_irt        (docs/methods.md, 5)

Each region has its own drifts, each year a shock common to all regions, each region and year an
error of its own; the shocks, and the errors, of the two populations are correlated. Batches of
panels stand on the last axis.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Integers
from coevo.estimation.effects import EFFECTS
from coevo.estimation.pooled_batches import Steps
from coevo.estimation.pooled_rows import Pool

BLOCK = 1_000_000  # figures of one array; about twenty such arrays are alive at once
FEWEST = 16  # panels at once


class Shocks(NamedTuple):
    """What growth without interaction is made of: in u_irt = alpha_ir + tau_it + e_irt.

    level (G, 2): alpha, at the average year; year, error (2, 2): covariances of tau and of e.
    """

    level: Array
    year: Array
    error: Array


def shocks(region: Integers, year: Integers, u: Array, slopes: int = 0) -> Shocks:
    """Return the parts of u (rows, 2) by least squares on regions and years.

        cov tau = sum_t tau tau' / (T-1),   cov e = sum e e' / (rows - G - T + 1 - slopes)

    slopes: coefficients per equation already taken out of u. `StudyError` if regions and years
    fall into groups that share nothing.
    """
    parts = EFFECTS["region+year"](region, year, u)
    _, first = np.unique(year, return_index=True)
    common = (u - parts.residual - parts.level[region])[first]
    e = parts.residual
    free = max(len(u) - parts.rank - slopes, 1)
    return Shocks(parts.level, common.T @ common / max(len(first) - 1, 1), e.T @ e / free)


# name -> what is changed in the estimated shocks
NULLS: dict[str, Callable[[Shocks], Shocks]] = {
    "year shock": lambda found: found,
    "no year shock": lambda found: found._replace(year=np.zeros((2, 2))),
    "doubled noise": lambda found: found._replace(error=2 * found.error),
}


# figures x (G, 2, draws) of a year and their growth without interaction -> those of the next year
NextYear = Callable[[Array, Array], Array]


def grown(x: Array, rate: Array) -> Array:
    """Return x(t+1) of populations that do not act on each other."""
    return np.asarray(x * np.exp(rate))


def draw_shocks(
    found: Shocks, years: int, draws: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Return normal tau (years, 2, draws) and e (G, years, 2, draws)."""
    tau = _root(found.year) @ generator.standard_normal((years, 2, draws))
    e = _root(found.error) @ generator.standard_normal((len(found.level), years, 2, draws))
    return tau, e


def _root(covariance: Array) -> Array:
    """Return L with L L' = covariance, which may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def panel_blocks(
    draws: int, rows: int, generator: np.random.Generator
) -> list[tuple[int, np.random.Generator]]:
    """Return how many panels to hold at once, and what draws them: each block has its own seed.

    Arrays (rows, 2, panels) of at most BLOCK figures, of many rows FEWEST panels nevertheless: with
    less on its last axis an array is slow. The first block has the generator that is given, the
    others its children.
    """
    size = max(FEWEST, BLOCK // (2 * rows))
    sizes = [min(size, draws - start) for start in range(0, draws, size)]
    return list(zip(sizes, [generator, *generator.spawn(len(sizes) - 1)], strict=True))


def simulated_panels(
    observed: Steps | Pool,
    found: Shocks,
    draws: int,
    generator: np.random.Generator,
    next_year: NextYear = grown,
) -> tuple[Array, Array]:
    """Return start and end (rows, 2, draws) of panels that grow by the shocks found.

    Normal errors and common shocks of the years. The paths run through every year from the first
    growth row of each region on; those rows are returned that are observed. A path without a next
    year is NaN from there.
    """
    year = observed.year - observed.year.min()
    years = int(year.max()) + 1
    opening = np.flatnonzero(np.diff(observed.region, prepend=-1))
    first = observed.start[opening, :, None]
    tau, e = draw_shocks(found, years, draws, generator)
    path = np.empty((len(opening), years + 1, 2, draws))
    path[:, 0] = first
    for t in range(years):
        begun = (t >= year[opening])[:, None, None]
        rate = found.level[:, :, None] + tau[t] + e[:, t]
        path[:, t + 1] = np.where(begun, next_year(path[:, t], rate), first)
    return path[observed.region, year], path[observed.region, year + 1]
