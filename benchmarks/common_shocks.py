"""How often a slope is found that is not there, when years bring shocks common to all regions.

    OMP_NUM_THREADS=1 python -m benchmarks.common_shocks [--write]

31 regions, nine years (eight growth rows a region), no interaction, at random by seed: drifts,
errors and shocks of the years as estimated in the study `provinces` (`none`), with errors of x2 as
small as .1 (`none, less noise`), each with and without the shocks, and with shocks that persist
from year to year (autocorrelation one half, the same variance). The trapezoid equations are fitted
by least squares, each series divided by its first year. `rejected` is the share of samples in which
the test of b1 = 0 (or d = 0) rejects at 5 %, between `low` and `high` (Wilson, 95 %). Bootstraps:
999 draws, the null imposed. --write puts the table into docs/simulation/common_shocks.csv.
"""

from functools import partial
from itertools import product

import numpy as np
import numpy.typing as npt

from benchmarks.common import SIMULATION, Array, Row, simulation, wilson
from benchmarks.noisy_paths import frame_of, runge_kutta
from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.inference.slope_errors import SLOPES, slope_tests
from coevo.inference.wild_bootstrap import wild_pooled

TABLE = SIMULATION / "common_shocks.csv"
SAMPLES, DRAWS, LEVEL = 2000, 999, 0.05
REGIONS, YEARS = 31, 9
DRIFT, DRIFT_SD = (0.064, 0.168), (0.026, 0.065)  # of x1 and x2
YEAR_SD, YEAR_CORRELATION, ERROR_CORRELATION = (0.05, 0.08), 0.4, 0.1
PARTS = 8  # Runge-Kutta steps within a year
PERSISTENCE = 0.5
ERROR_SD = {"none": (0.05, 0.25), "none, less noise": (0.05, 0.1)}
SHOCKS = ("none", "independent", "persistent")
EFFECTS = ("region", "region+year")
TESTS = ("region", "region_wild", "year_wild", "two_way", "driscoll_kraay")


def correlated(
    generator: np.random.Generator, shape: tuple[int, ...], correlation: float, axis: int
) -> Array:
    """Return normal draws of two populations, along an axis, correlated with each other."""
    z = generator.normal(size=shape)
    first, second = np.moveaxis(z, axis, 0)
    second[:] = correlation * first + np.sqrt(1 - correlation**2) * second
    return z


def paths(
    generator: np.random.Generator, r: Array, A: Array, years: int,
    year_sd: npt.ArrayLike, error_sd: npt.ArrayLike,
) -> Array:  # fmt: skip
    """Return paths (regions, years, 2, samples) from 1, with rates r (regions, 2, samples).

    d ln x_i/dt = r_i + tau_it + e_it + sum_j A_ij x_j, with shocks tau of the years and errors e
    """
    tau_sd, e_sd = (np.array(sd)[:, None] for sd in (year_sd, error_sd))
    logs = [np.zeros(r.shape)]
    for _ in range(years - 1):
        tau = tau_sd * correlated(generator, (1, *r.shape[1:]), YEAR_CORRELATION, 1)
        rate = r + tau + e_sd * correlated(generator, r.shape, ERROR_CORRELATION, 1)
        growth, u = partial(_growth, rate, A), logs[-1]
        for _ in range(PARTS):
            u = runge_kutta(growth, u, 1 / PARTS)
        logs.append(u)
    return np.exp(np.stack(logs, axis=1))


def _growth(rate: Array, A: Array, logs: Array) -> Array:
    return np.asarray(rate + A @ np.exp(logs))


def panels(
    design: str, shock: str, samples: int, seed: int, regions: int = REGIONS, years: int = YEARS
) -> Array:
    """Return figures (samples, regions, years, 2), 1 in the first year."""
    generator = np.random.default_rng(seed)
    drift = DRIFT + DRIFT_SD * generator.normal(size=(samples, regions, 1, 2))
    size = (samples, regions, years - 1, 2)
    growth = drift + np.array(ERROR_SD[design]) * correlated(generator, size, ERROR_CORRELATION, -1)
    if shock != "none":
        tau = correlated(generator, (samples, 1, years - 1, 2), YEAR_CORRELATION, -1)
        if shock == "persistent":
            for t in range(1, years - 1):
                new = np.sqrt(1 - PERSISTENCE**2) * tau[:, :, t]
                tau[:, :, t] = PERSISTENCE * tau[:, :, t - 1] + new
        growth = growth + YEAR_SD * tau
    start = np.zeros((samples, regions, 1, 2))
    return np.asarray(np.exp(np.concatenate([start, growth.cumsum(axis=2)], axis=2)))


def p_values(x: Array, effects: str, seed: int) -> dict[str, list[float]]:
    """Return by test p of both slopes (b1, d) of figures (regions, years, 2)."""
    fit = fit_pooled(frame_of(x), "x1", "x2", effects=effects)
    found = {}
    for test in TESTS:
        if test.endswith("_wild"):
            told = wild_pooled(fit, DRAWS, seed, by=test.removesuffix("_wild"))
            found[test] = [told[name].p for name in SLOPES]
            continue
        try:
            found[test] = [one.p for one in slope_tests(fit, test)]
        except StudyError:  # an error that is not there rejects nothing
            found[test] = [1.0, 1.0]
    return found


def rows(design: str, shock: str, samples: int, seed: int) -> list[Row]:
    """Return the rows of a design: for every effects, slope and test."""
    label, found = {"design": design, "year_shock": shock, "samples": samples}, []
    drawn = panels(design, shock, samples, seed)
    for effects in EFFECTS:
        p = [p_values(x, effects, seed) for x in drawn]
        for (i, slope), test in product(enumerate(SLOPES), TESTS):
            hits = sum(one[test][i] <= LEVEL for one in p)
            numbers = dict(zip(("rejected", "low", "high"), wilson(hits, samples), strict=True))
            row = {"effects": effects, "parameter": slope, "errors": test}
            found.append(label | row | numbers)
    return found


def made(most: int) -> list[Row]:
    """Return the rows of all designs, a seed of its own for each."""
    designs, samples = product(ERROR_SD, SHOCKS), min(SAMPLES, most)
    return [
        row
        for number, (design, shock) in enumerate(designs)
        for row in rows(design, shock, samples, 100 + number)
    ]


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
