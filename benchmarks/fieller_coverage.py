"""How often Fieller's sets hold E, and how far estimates and signs can be trusted, by simulation.

    python benchmarks/fieller_coverage.py            prints the table
    python benchmarks/fieller_coverage.py --write    writes docs/simulation/coverage.csv

Two ways to make data, both with independent shocks to the logs of x1 and x2:

- `map`: the trapezoid lines themselves, ln x(t+1) - ln x(t) = c + s (x'(t) + x'(t+1))/2 + e, x' the
  other population, solved for x(t+1); e normal, its standard deviation the noise. The errors of the
  rows are independent: the case that the sets are made for, except that x'(t+1) contains a shock.
- `equations`: the differential equations by Runge-Kutta steps on logs, a normal shock after each,
  which add up to the same standard deviation over a year. The lines are then approximate.

Regimes (parameters a1, b1, a2, d and the start): a whole cycle, as of hare and lynx; growth of both
without a turning point; growth of both up to a turning point. `pooled`: 31 regions with common
slopes in units of their first year, own growth rates, shocks common to a year (half of the noise),
nine years; the sets of each region's E at the average year effect. A replicate whose path leaves
[1e-6, 1e6] is drawn again until none does.

Columns: regime, data, years, noise, estimator, quantity, value, low, high (95 % Monte Carlo
interval), replicates. Quantities: coverage_x1, coverage_x2 of the 95 % sets; bounded_x1 and
bounded_x2, how often a set is an interval; signs, how often a1, b1, a2, d all have theirs; bias_b1
and bias_d, the mean of estimate/truth - 1; median_x1 and median_x2, that of the median estimate of
each coordinate of E.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from coevo.estimation import fit_pooled
from coevo.estimation.growth import lag, logmean, trapezoid
from coevo.inference import RatioSet, fieller
from coevo.inference.lines import lines

Array = npt.NDArray[np.float64]
Row = dict[str, Any]

TABLE = Path(__file__).resolve().parents[1] / "docs" / "simulation" / "coverage.csv"
STEPS = 20  # Runge-Kutta steps in a year
BOUND = np.log(1e6)
REPLICATES, POOLED_REPLICATES = 2_000, 400
REGIONS, POOLED_YEARS = 31, 9
MEANS = {"trapezoid": trapezoid, "lag": lag, "logmean": logmean}


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


def year_of_equations(c: Array, s: Array, logs: Array, shocks: Array) -> Array:
    """Return the logs (..., 2) a year later: classical Runge-Kutta, a shock after each step.

    shocks (steps, ..., 2).
    """
    h = 1 / len(shocks)

    def rate(y: Array) -> Array:
        return c + s * np.exp(np.minimum(y[..., ::-1], BOUND))

    for shock in shocks:
        k1 = rate(logs)
        k2 = rate(logs + h / 2 * k1)
        k3 = rate(logs + h / 2 * k2)
        logs = logs + h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(logs + h * k3)) + shock
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


def rows_of(paths: Array, estimator: str) -> tuple[Array, Array]:
    """Return growth and regressors (replicates, years - 1, 2)."""
    regressor = np.apply_along_axis(MEANS[estimator], 1, paths)
    return np.diff(np.log(paths), axis=1), regressor[..., ::-1]


def holds(found: RatioSet, value: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return whether a value lies in each set."""
    between = (found.low < value) & (value < found.high)
    return np.where(found.kind == "interval", between, (found.kind == "line") | ~between)


def share(quantity: str, hits: npt.NDArray[np.bool_]) -> Row:
    """Return a share with Wilson's interval."""
    n = len(hits)
    p, z = float(np.mean(hits)), float(ndtri(0.975))
    middle, reach = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = ((middle + sign * reach) / (1 + z**2 / n) for sign in (-1, 1))
    return {"quantity": quantity, "value": p, "low": low, "high": high, "replicates": n}


def mean(quantity: str, values: Array) -> Row:
    """Return a mean with its normal interval."""
    m, reach = values.mean(), ndtri(0.975) * values.std(ddof=1) / np.sqrt(len(values))
    ends = {"value": m, "low": m - reach, "high": m + reach}
    return {"quantity": quantity} | ends | {"replicates": len(values)}


def median(quantity: str, values: Array) -> Row:
    """Return a median with its interval from the order statistics."""
    n = len(values)
    reach = ndtri(0.975) / (2 * np.sqrt(n))
    low, m, high = np.quantile(values, [0.5 - reach, 0.5, 0.5 + reach])
    return {"quantity": quantity, "value": m, "low": low, "high": high, "replicates": n}


def measured(paths: Array, regime: Regime, estimator: str) -> Iterator[Row]:
    """Yield the quantities of one estimator."""
    found, covariance = lines(*rows_of(paths, estimator))
    truth = -regime.lines[:, 0] / regime.lines[:, 1]
    sets = fieller(found[..., 0], found[..., 1], covariance, paths.shape[1] - 3)
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
    for number, (name, regime) in enumerate(REGIMES.items()):
        for data in ("map", "equations"):
            for n in years:
                for noise in noises:
                    key = [seed, number, data == "map", n, round(noise * 1000)]
                    rng = np.random.default_rng(key)
                    paths = simulate(regime, data, n, noise, replicates, rng)
                    label = {"regime": name, "data": data, "years": n, "noise": noise}
                    for estimator in estimators:
                        for row in measured(paths, regime, estimator):
                            yield label | {"estimator": estimator} | row


def pooled(
    replicates: int, seed: int, noise: float = 0.05, effects: str = "region+year"
) -> Iterator[Row]:
    """Yield the coverage of each region's E in pooled fits, for both kinds of data.

    Growth rates differ between regions with a standard deviation of .03; the interval is that of
    the replicates, each the mean over its regions.
    """
    regime = REGIMES["growth"]
    for number, data in enumerate(("map", "equations")):
        rng = np.random.default_rng([seed, 1_000 + number])
        c = regime.lines[:, 0] + 0.03 * rng.standard_normal((replicates, REGIONS, 2))
        size = (POOLED_YEARS - 1, STEPS, replicates, REGIONS, 2)
        year = noise / 2 * rng.standard_normal((POOLED_YEARS - 1, 1, replicates, 1, 2)) / STEPS
        shocks = year + noise / np.sqrt(STEPS) * rng.standard_normal(size)
        logs = paths_of(c, regime.lines[:, 1], np.ones(2), shocks, data)
        truth = -(c + year.sum(axis=1).mean(axis=0)) / regime.lines[:, 1]
        held = np.array(
            [
                holds(pooled_sets(np.exp(own), effects), E)
                for own, E, good in zip(logs, truth, inside(logs), strict=True)
                if good
            ]
        )
        label = {"regime": "pooled", "data": data, "years": POOLED_YEARS, "noise": noise}
        for equation, x in ((1, "x1"), (0, "x2")):
            row = mean(f"coverage_{x}", held[..., equation].mean(axis=1))
            yield label | {"estimator": "trapezoid"} | row


def pooled_sets(x: Array, effects: str) -> RatioSet:
    """Return the sets (regions, 2) of x2*, x1* of one panel x (regions, years, 2)."""
    regions, years, _ = x.shape
    panel = pd.DataFrame(x.reshape(-1, 2), columns=["x1", "x2"])
    panel["region"] = np.repeat([f"{i:02}" for i in range(regions)], years)
    panel["year"] = np.tile(np.arange(years), regions)
    found = fit_pooled(panel, "x1", "x2", effects=effects)
    return fieller(found.intercepts, found.slopes, found.covariance, found.df)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {TABLE.name}")
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rows = [*one_region(asked.replicates, asked.seed)]
    rows += pooled(min(asked.replicates, POOLED_REPLICATES), asked.seed)
    table = pd.DataFrame(rows)
    if asked.write:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")
    else:
        print(table.to_string(index=False, float_format=lambda value: f"{value:.4g}"))


if __name__ == "__main__":
    main()
