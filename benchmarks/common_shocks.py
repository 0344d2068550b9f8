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
from scipy.special import stdtr

from benchmarks.common import SIMULATION, Array, Row, simulation, wilson
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
from coevo.inference.slope_errors import BANDWIDTH
from coevo.inference.wild_bootstrap import cluster_weights, of_drawn, of_few

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


def p_values(x: Array, g: Array, effects: str, seed: int) -> dict[str, Array]:
    """Return p (samples,) of every test that g does not depend on x, each (samples, G, T)."""
    samples, G, T = x.shape
    region, year = np.repeat(np.arange(G), T), np.tile(np.arange(T), G)
    weights = {"region_wild": cluster_weights(G, DRAWS, seed)}
    weights["year_wild"] = cluster_weights(T, DRAWS, seed)
    found = t_tests(_left(x, effects), _left(g, effects), effects)
    for name, cluster in (("region_wild", region), ("year_wild", year)):
        found[name] = np.array([
            of_few(region, year, own_g, own_x, effects, cluster, of_drawn(weights[name])).p()
            for own_g, own_x in zip(
                g.reshape(samples, -1), x.reshape(samples, -1), strict=True
            )
        ])  # fmt: skip
    return found


def _left(V: Array, effects: str) -> Array:
    """Return what effects leave of balanced panels V (samples, G, T)."""
    left = V - V.mean(axis=2, keepdims=True)
    return left - left.mean(axis=1, keepdims=True) if "year" in effects else left


def t_tests(x: Array, g: Array, effects: str) -> dict[str, Array]:
    """Return p (samples,) of the tests by t, of columns without the effects (samples, G, T).

    The errors of `coevo.inference.slope_errors`, in all samples at once.
    """
    _, G, T = x.shape
    n, size = G * T, (x**2).sum(axis=(1, 2))
    years = T - 1 if "year" in effects else 0
    k, counted = 1 + G + years, 1 + G + years if years else 1
    s = (x * g).sum(axis=(1, 2)) / size
    u = x * (g - s[:, None, None] * x)
    by_region, by_year = (u.sum(axis=axis) for axis in (2, 1))
    region, year, row = ((part**2).sum(axis=-1) for part in (by_region, by_year, u.reshape(-1, n)))
    two_way = (n - 1) / (n - k) * (G / (G - 1) * region + T / (T - 1) * year - n / (n - 1) * row)
    lags = [
        2 * (1 - lag / (BANDWIDTH + 1)) * (by_year[:, lag:] * by_year[:, :-lag]).sum(axis=1)
        for lag in range(1, BANDWIDTH + 1)
    ]
    meat = {
        "region": (G / (G - 1) * (n - 1) / (n - counted) * region, G - 1),
        "two_way": (two_way, min(G, T) - 1),
        "driscoll_kraay": (n / (n - k) * (year + sum(lags)), T - 1),
    }
    with np.errstate(invalid="ignore"):
        # an error that is not there rejects nothing
        return {
            name: np.nan_to_num(2 * stdtr(df, -np.abs(s) * size / np.sqrt(V)), nan=1.0)
            for name, (V, df) in meat.items()
        }


def rows(design: str, shock: str, samples: int, seed: int) -> list[Row]:
    """Return the rows of a design: for every effects, slope and test."""
    path = panels(design, shock, samples, seed)
    g, R = np.diff(np.log(path), axis=2), (path[:, :, 1:] + path[:, :, :-1]) / 2
    label = {"design": design, "year_shock": shock, "samples": samples}
    found = []
    for effects in EFFECTS:
        for i, parameter in enumerate(("b1", "d")):
            p = p_values(R[..., 1 - i], g[..., i], effects, seed)
            for test in TESTS:
                share, low, high = wilson((p[test] <= LEVEL).sum(), samples)
                row = {"effects": effects, "parameter": parameter, "errors": test}
                share = {"rejected": share, "low": low, "high": high}
                found.append(label | row | share)
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
