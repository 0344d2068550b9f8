"""Simulated panels in which the interaction has a given share of the strength that theory implies.

Series are in the units of the theory: x1 is multiplied by d and x2 by b1 of its region, so that

    d ln x1/dt = a1 - s x2,   d ln x2/dt = -a2 + s x1

holds in every region, with strength s = 1 for the theory and s = 0 for no interaction
(docs/methods.md, 6). Batches of B panels stand on the last axis.
"""

from dataclasses import dataclass

import numpy as np

from coevo.arrays import Array, Booleans
from coevo.estimation.effects import means, sums
from coevo.estimation.growth import ESTIMATORS, Pool
from coevo.inference.panel_simulation import Normals, paths_of
from coevo.lotka_volterra.populations import years_later

SUBSTEPS = 4  # steps of Runge and Kutta within a year
SIGNS = np.array([[-1.0], [1.0]])  # of the effect of x2 on x1, and of x1 on x2


@dataclass(frozen=True)
class Spread:
    """Standard deviations of the yearly shocks to growth.

    Parameters
    ----------
    common : (2,), shocks that all regions share in a year
    own : (G, 2), shocks of a region alone
    """

    common: Array
    own: Array


def observed_spread(data: Pool, with_common: bool) -> Spread:
    """Return the spread of shocks that observed growth has around the mean of each region.

    The common shock of a year is the mean over regions of growth less its regional mean. Without
    common shocks all of that is the region's own. Both are standard deviations with n - 1.
    """
    left = data.growth - means(data.region, data.growth)[data.region]
    common = np.zeros(2)
    if with_common:
        _, of_year = np.unique(data.year, return_inverse=True)
        sums_of_years = np.stack([np.bincount(of_year, column) for column in left.T], axis=1)
        by_year = sums_of_years / np.bincount(of_year)[:, None]
        common = by_year.std(axis=0, ddof=1)
        left = left - by_year[of_year]
    centred = left - means(data.region, left)[data.region]
    free = np.maximum(np.bincount(data.region) - 1, 1)[:, None]
    return Spread(common, np.sqrt(sums(data.region, centred**2) / free))


def simulated_paths(
    data: Pool, spread: Spread, strength: float, common: Array, own: Array
) -> Array:
    """Return paths (years + 1, G, 2, B) of panels with a given strength of interaction.

    Each region starts at its first figure; its intercepts give the observed mean growth at its mean
    state. Within a year the equations are integrated on logs, and shocks come at its end.

    Parameters
    ----------
    data : growth rows by the trapezoid, in the units of the theory
    strength : share of the theory's slopes, the same for both effects
    common : (years, 2, B) standard normal shocks of the years
    own : (G, years, 2, B) standard normal shocks of each region
    """
    slopes = strength * SIGNS
    mean_growth, mean_state = (means(data.region, V) for V in (data.growth, data.regressor))
    rates = (mean_growth - slopes[:, 0] * mean_state[:, ::-1])[:, :, None]

    def following(t: int, logs: Array) -> Array:
        shocks = spread.common[:, None] * common[t] + spread.own[:, :, None] * own[:, t]
        undisturbed = years_later(logs, rates, slopes, SUBSTEPS) if slopes.any() else logs + rates
        return np.asarray(undisturbed + shocks)

    return np.exp(paths_of(data, np.log(data.start), own.shape, following))


def finite_paths(paths: Array) -> tuple[Array, Booleans]:
    """Return the paths, ones in place of those that overflow, and which (G, B) do not overflow."""
    finite = np.asarray((np.isfinite(paths) & (paths > 0)).all(axis=(0, 2)))
    return np.asarray(np.where(finite[:, None, :], paths, 1.0)), finite


def growth_rows(paths: Array, data: Pool, estimator: str) -> tuple[Array, Array]:
    """Return growth and regressors (rows, 2, B) of paths, in the rows that are observed.

    The regressor of the first equation is x2 with the sign of -b1, that of the second is x1.
    """
    mean, growth = ESTIMATORS[estimator]
    place = data.year - data.year.min(), data.region
    return growth(paths)[place], SIGNS * mean(paths)[place][:, ::-1]


def draw_by_region(data: Pool, draws: int, seed: int) -> Normals:
    """Return standard normals of each region, which depend on its code alone; zeros of years."""
    years = int(np.ptp(data.year)) + 1
    generators = (np.random.default_rng([seed, *code.encode()]) for code in data.regions)
    own = np.stack([each.standard_normal((years, 2, draws)) for each in generators])
    return Normals(np.zeros(own.shape[1:]), own)
