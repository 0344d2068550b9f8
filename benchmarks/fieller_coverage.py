"""How often Fieller's sets hold E, and how far estimates and signs can be trusted, by simulation.

    python -m benchmarks.fieller_coverage            prints the table
    python -m benchmarks.fieller_coverage --write    writes docs/simulation/coverage.csv

One region: data and regimes of `benchmarks/noisy_paths.py`, 2,000 replicates.

Pooled: 31 regions with common slopes and start, own growth rates (standard deviation .03), shocks
common to a year of half the noise; nine years, region and year effects, the sets of each region's E
at the average year effect; a panel with a path out of bounds is left out. The sets keep their level
over a cycle with noise .05. They miss x2* in a growth phase, where regions run in parallel, year
effects leave little and the bias of short panels shows; and over a cycle of the equations with
noise .01, where errors are so small that the error of the trapezoid rule shows.

Columns: regime, data, years, noise, estimator, quantity, value, low, high (95 % Monte Carlo
interval), replicates. Quantities: coverage_x1, coverage_x2 of the 95 % sets; bounded_x1 and
bounded_x2, how often a set is an interval; signs, how often a1, b1, a2, d all have theirs; bias_b1
and bias_d, the mean of estimate/truth - 1; median_x1 and median_x2, that of the median estimate of
each coordinate of E.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from benchmarks.common import SIMULATION, Array, Row, simulation, wilson
from benchmarks.noisy_paths import REGIMES, STEPS, Regime, frame_of, inside, paths_of, simulate
from coevo.estimation import fit_pooled
from coevo.estimation.growth import lag, logmean, trapezoid
from coevo.inference import fieller
from coevo.inference.sets import RatioSet

TABLE = SIMULATION / "coverage.csv"
REPLICATES, POOLED_REPLICATES = 2_000, 400
REGIONS, POOLED_YEARS = 31, 9
DRIFT = 0.03  # standard deviation of the growth rates between pooled regions
MEANS = {"trapezoid": trapezoid, "lag": lag, "logmean": logmean}


def rows_of(paths: Array, estimator: str) -> tuple[Array, Array]:
    """Return growth and regressors (replicates, years - 1, 2)."""
    regressor = np.apply_along_axis(MEANS[estimator], 1, paths)
    return np.diff(np.log(paths), axis=1), regressor[..., ::-1]


class Batch(NamedTuple):
    """Lines (..., 2, 2), rows (a1, -b1) and (-a2, d); covariance (..., 2, 2, 2); df of each."""

    lines: Array
    covariance: Array
    df: int


def fit_batch(growth: Array, regressor: Array) -> Batch:
    """Return the classic form fitted to every set of growth rows (..., rows, 2) by least squares.

        s = q'g,  q = (R - mean R)/|R - mean R|^2,   c = mean g - s mean R

    Covariance of c and s: V22 = s^2/|R - mean R|^2 with the residual variance s^2, V12 = -mean R
    V22, V11 = s^2/rows + (mean R)^2 V22.
    """
    rows = growth.shape[-2]
    mean_g, mean_R = growth.mean(axis=-2), regressor.mean(axis=-2)
    g, R = growth - mean_g[..., None, :], regressor - mean_R[..., None, :]
    square = (R**2).sum(axis=-2)
    s = (R * g).sum(axis=-2) / square
    variance = ((g - s[..., None, :] * R) ** 2).sum(axis=-2) / (rows - 2)
    V22, V12 = variance / square, -mean_R * variance / square
    V = np.stack([variance / rows - mean_R * V12, V12, V12, V22], axis=-1)
    lines = np.stack([mean_g - s * mean_R, s], axis=-1)
    return Batch(lines, V.reshape(*V.shape[:-1], 2, 2), rows - 2)


def holds(found: RatioSet, value: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return whether a value lies in each set."""
    between = (found.low < value) & (value < found.high)
    return np.where(found.kind == "interval", between, (found.kind == "line") | ~between)


def _row(quantity: str, numbers: tuple[float, ...], replicates: int) -> Row:
    values = dict(zip(("value", "low", "high"), numbers, strict=True))
    return {"quantity": quantity} | values | {"replicates": replicates}


def share(quantity: str, hits: npt.NDArray[np.bool_]) -> Row:
    """Return a share with Wilson's interval."""
    return _row(quantity, wilson(hits.sum(), len(hits)), len(hits))


def mean(quantity: str, values: Array) -> Row:
    """Return a mean with its normal interval."""
    m, reach = values.mean(), ndtri(0.975) * values.std(ddof=1) / np.sqrt(len(values))
    return _row(quantity, (m, m - reach, m + reach), len(values))


def median(quantity: str, values: Array) -> Row:
    """Return a median with its interval from the order statistics."""
    reach = ndtri(0.975) / (2 * np.sqrt(len(values)))
    low, m, high = np.quantile(values, [0.5 - reach, 0.5, 0.5 + reach])
    return _row(quantity, (m, low, high), len(values))


def measured(paths: Array, regime: Regime, estimator: str) -> Iterator[Row]:
    """Yield the quantities of one estimator."""
    found, covariance, df = fit_batch(*rows_of(paths, estimator))
    truth = -regime.lines[:, 0] / regime.lines[:, 1]
    sets = fieller(found[..., 0], found[..., 1], covariance, df)
    held = holds(sets, truth)
    for equation, x in ((1, "x1"), (0, "x2")):
        yield share(f"coverage_{x}", held[:, equation])
        yield share(f"bounded_{x}", sets.kind[:, equation] == "interval")
        yield median(f"median_{x}", sets.estimate[:, equation] / truth[equation] - 1)
    yield share("signs", np.all(np.sign(found) == np.sign(regime.lines), axis=(1, 2)))
    for equation, name in ((0, "b1"), (1, "d")):
        yield mean(f"bias_{name}", found[:, equation, 1] / regime.lines[equation, 1] - 1)


def one_region(
    replicates: int,
    seed: int,
    years: tuple[int, ...] = (5, 8, 12),
    noises: tuple[float, ...] = (0.01, 0.05, 0.1),
    estimators: tuple[str, ...] = tuple(MEANS),
) -> Iterator[Row]:
    """Yield all quantities of every regime, kind of data, length, noise and estimator."""
    cases = product(enumerate(REGIMES.items()), ("map", "equations"), years, noises)
    for (number, (name, regime)), data, n, noise in cases:
        rng = np.random.default_rng([seed, number, data == "map", n, round(noise * 1000)])
        paths = simulate(regime, data, n, noise, replicates, rng)
        label = {"regime": name, "data": data, "years": n, "noise": noise}
        for estimator in estimators:
            for row in measured(paths, regime, estimator):
                yield label | {"estimator": estimator} | row


def pooled(
    replicates: int,
    seed: int,
    regimes: tuple[str, ...] = ("cycle", "growth"),
    noises: tuple[float, ...] = (0.01, 0.05),
) -> Iterator[Row]:
    """Yield how often the sets of pooled fits hold each region's E at the average year effect.

    The interval is that of the replicates, each the mean over its regions.
    """
    for name, data, noise in product(regimes, ("map", "equations"), noises):
        rng = np.random.default_rng([seed, len(name), data == "map", round(noise * 1000)])
        held = pooled_hits(REGIMES[name], data, noise, replicates, rng).mean(axis=1)
        label = {"regime": f"pooled {name}", "data": data, "years": POOLED_YEARS, "noise": noise}
        for equation, x in ((1, "x1"), (0, "x2")):
            yield label | {"estimator": "trapezoid"} | mean(f"coverage_{x}", held[:, equation])


def pooled_hits(
    regime: Regime, data: str, noise: float, replicates: int, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return whether the sets of (x2*, x1*) hold E (replicates, regions, 2) in pooled fits."""
    c, s = regime.lines.T
    own = c + DRIFT * rng.standard_normal((replicates, REGIONS, 2))
    year = noise / 2 * rng.standard_normal((POOLED_YEARS - 1, 1, replicates, 1, 2))
    size = (POOLED_YEARS - 1, STEPS, replicates, REGIONS, 2)
    shocks = year / STEPS + noise / np.sqrt(STEPS) * rng.standard_normal(size)
    logs = paths_of(own, s, regime.start, shocks, data)
    # in units of the first year, as the fit has them
    truth = -(own + year[:, 0].mean(axis=0)) / s / regime.start[::-1]
    kept = inside(logs)
    sets = (pooled_sets(np.exp(path)) for path in logs[kept])
    return np.array([holds(found, E) for found, E in zip(sets, truth[kept], strict=True)])


def pooled_sets(x: Array) -> RatioSet:
    """Return the sets (regions, 2) of (x2*, x1*) of one panel x (regions, years, 2), two-way."""
    found = fit_pooled(frame_of(x), "x1", "x2", effects="region+year")
    return fieller(found.intercepts, found.slopes, found.line_covariance, found.df)


def made(most: int) -> list[Row]:
    return [*one_region(min(REPLICATES, most), 1), *pooled(min(POOLED_REPLICATES, most), 1)]


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
