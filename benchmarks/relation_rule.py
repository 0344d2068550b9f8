"""How often the relation rule names a relation that is there, and one that is not.

    OMP_NUM_THREADS=1 python -m benchmarks.relation_rule [--write]

31 regions, nine years, at random by seed; --write puts the shares of samples into
docs/simulation/relation_rule.csv. Samples follow the differential equation, not the map of any
estimator:

    d ln x_i/dt = r_ir + tau_it + e_irt + A_i1 x1 + A_i2 x2,    x(0) = 1

`none` has A = 0, with drifts and noise as estimated in the study `provinces`, `none, less noise`
with an error of x2 as small as .1. With interaction both populations limit themselves, A11 = A22 =
-.2 (in `mutualism` .1 beyond the strength, so that paths stay bounded), each region has its own
rest point around 2, and the errors are (.05, .25), as estimated there. `strength` is the size of
A12 and A21, in scaled units; in `predator_prey` 2 preys on 1. Without interaction each sample has
its own critical values, 400 panels per null; with interaction those of a design are shared, the
mean over its first 20 samples.
"""

from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.common import SIMULATION, Array, Row, simulation
from benchmarks.noisy_paths import runge_kutta
from coevo.estimation.pooled_batches import Steps, years_of
from coevo.inference.relation_rule import critical_values, cross, cross_signs, name_relation

REGIONS, YEARS, SAMPLES, DRAWS, SHARED = 31, 9, 500, 400, 20
DRIFT, DRIFT_SD = (0.064, 0.168), (0.026, 0.065)
YEAR_SD, YEAR_CORRELATION, ERROR_CORRELATION = (0.05, 0.08), 0.4, 0.1
SELF, BEYOND, REST, REST_SD = 0.2, 0.1, 2.0, 0.5
PARTS = 8  # Runge-Kutta steps within a year
SIGNS = {"none": (0, 0), "competition": (-1, -1), "mutualism": (1, 1), "predator_prey": (-1, 1)}
COUNTED = ("competition", "mutualism", "predator_prey", "undetermined")
TABLE = SIMULATION / "relation_rule.csv"


class Design(NamedTuple):
    """One row of the table: which interaction, how strong, how much noise."""

    name: str
    relation: str
    strength: float
    year_shock: bool
    error_sd: tuple[float, float]


def designs() -> list[Design]:
    """Return the designs, with and without a common shock of the years."""
    shock = (True, False)
    none = [("none", (0.05, 0.25)), ("none, less noise", (0.05, 0.1))]
    return [Design(name, "none", 0.0, year, sd) for name, sd in none for year in shock] + [
        Design(relation, relation, strength, year, (0.05, 0.25))
        for relation in list(SIGNS)[1:]
        for strength in (0.1, 0.2, 0.3)
        for year in shock
    ]


def sample(design: Design, samples: int, seed: int) -> Steps:
    """Return panels of a design: every growth row of every region, samples on the last axis."""
    generator = np.random.default_rng(seed)
    shape = (REGIONS, 2, samples)
    first, second = SIGNS[design.relation]
    own = design.strength + BEYOND if design.relation == "mutualism" else SELF
    A = np.array([[-own, first * design.strength], [second * design.strength, -own]])
    if design.relation == "none":
        A = np.zeros((2, 2))
        r = np.array(DRIFT)[:, None] + np.array(DRIFT_SD)[:, None] * generator.normal(size=shape)
    else:
        r = -A @ (REST * np.exp(REST_SD * generator.normal(size=shape)))
    year_sd = design.year_shock * np.array(YEAR_SD)
    return steps_of(paths(generator, r, A, YEARS, year_sd, design.error_sd))


def steps_of(x: Array) -> Steps:
    """Return the growth rows of every region of paths (regions, years, 2, samples)."""
    regions, years, *rest = x.shape
    start, end = (part.reshape(-1, *rest) for part in (x[:, :-1], x[:, 1:]))
    region, year = (part.ravel() for part in np.indices((regions, years - 1)))
    return Steps(region, year, start, end)


def correlated(generator: np.random.Generator, shape, correlation: float, axis: int) -> Array:
    """Return normal draws of two populations, along an axis, correlated with each other."""
    z = generator.normal(size=shape)
    first, second = np.moveaxis(z, axis, 0)
    second[:] = correlation * first + np.sqrt(1 - correlation**2) * second
    return z


def paths(
    generator: np.random.Generator, r: Array, A: Array, years: int,
    year_sd: npt.ArrayLike, error_sd: npt.ArrayLike,
) -> Array:  # fmt: skip
    """Return paths (regions, years, 2, samples) from 1, with rates r (regions, 2, samples)."""
    tau_sd, e_sd = (np.array(sd)[:, None] for sd in (year_sd, error_sd))
    logs = [np.zeros(r.shape)]
    for _ in range(years - 1):
        tau = tau_sd * correlated(generator, (1, *r.shape[1:]), YEAR_CORRELATION, 1)
        e = e_sd * correlated(generator, r.shape, ERROR_CORRELATION, 1)
        rate, u = r + tau + e, logs[-1]
        for _ in range(PARTS):
            u = runge_kutta(lambda y, rate=rate: rate + A @ np.exp(y), u, 1 / PARTS)
        logs.append(u)
    return np.exp(np.stack(logs, axis=1))


def names(panels: Steps, draws: int, shared: int | None = None) -> list[str]:
    """Return the relation named in each sample.

    draws: panels per null; shared: how many samples lend their mean critical values to all, or None
    where each has its own.
    """
    samples = panels.start.shape[-1]
    panel = [
        panels._replace(start=panels.start[..., i], end=panels.end[..., i])
        for i in range(shared or samples)
    ]
    critical = np.stack(
        [critical_values(one, draws, seed=i) for i, one in enumerate(panel)], axis=-1
    )
    if shared:
        critical = np.broadcast_to(critical.mean(axis=-1, keepdims=True), (2, samples))
    signs = cross_signs(cross(panels, years_of(panels)), critical)
    return [name_relation(pair)[0] for pair in signs.T]


def row(design: Design, samples: int, seed: int) -> Row:
    """Return a row of the table."""
    shared = None if design.relation == "none" else min(SHARED, samples)
    found = names(sample(design, samples, seed), DRAWS, shared)
    share = {name: found.count(name) / len(found) for name in COUNTED}
    label = {"design": design.name, "strength": design.strength, "year_shock": design.year_shock}
    return label | {"samples": samples, "named": 1 - share["undetermined"]} | share


def made(most: int) -> list[Row]:
    rows = designs()
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(row, rows, repeat(min(SAMPLES, most)), range(1, len(rows) + 1)))


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
