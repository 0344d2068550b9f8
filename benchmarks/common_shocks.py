"""How often a slope is found that is not there, when years bring shocks common to all regions.

    OMP_NUM_THREADS=1 python -m benchmarks.common_shocks [--write]

31 regions, nine years (eight growth rows a region), no interaction, at random by seed: drifts,
errors and shocks of the years as in benchmarks/relation_rule.py (`none`), with errors of x2 as
small as .1 (`none, less noise`), each with and without the shocks, and with shocks that persist
from year to year (autocorrelation one half, the same variance). The trapezoid equations are fitted
by least squares, each series divided by its first year. `rejected` is the share of samples in which
the test of b1 = 0 (or d = 0) rejects at 5 %, between `low` and `high` (Wilson, 95 %). Bootstraps:
999 draws, the null imposed. --write puts the table into docs/simulation/common_shocks.csv.
"""

from itertools import product

import numpy as np

from benchmarks.common import SIMULATION, Array, Row, simulation, wilson
from benchmarks.noisy_paths import frame_of
from benchmarks.relation_rule import (
    DRIFT,
    DRIFT_SD,
    ERROR_CORRELATION,
    REGIONS,
    YEAR_CORRELATION,
    YEAR_SD,
    YEARS,
    correlated,
)
from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.inference.slope_errors import SLOPES, slope_tests
from coevo.inference.wild_bootstrap import wild_pooled

TABLE = SIMULATION / "common_shocks.csv"
SAMPLES, DRAWS, LEVEL = 2000, 999, 0.05
PERSISTENCE = 0.5
ERROR_SD = {"none": (0.05, 0.25), "none, less noise": (0.05, 0.1)}
SHOCKS = ("none", "independent", "persistent")
EFFECTS = ("region", "region+year")
TESTS = ("region", "region_wild", "year_wild", "two_way", "driscoll_kraay")


def panels(
    design: str, shock: str, samples: int, seed: int, regions: int = REGIONS, years: int = YEARS
) -> Array:
    """Return figures (samples, regions, years, 2), 1 in the first year."""
    generator = np.random.default_rng(seed)
    drift = DRIFT + DRIFT_SD * generator.normal(size=(samples, regions, 1, 2))
    size = (samples, regions, years - 1, 2)
    growth = drift + ERROR_SD[design] * correlated(generator, size, ERROR_CORRELATION, -1)
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
