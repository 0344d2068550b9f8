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

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.estimation.pooled_batches import Steps, years_of
from coevo.inference.relation_rule import critical_values, cross, cross_signs, name_relation

REGIONS, YEARS, SAMPLES, DRAWS, SHARED = 31, 9, 500, 400, 20
DRIFT, DRIFT_SD = (0.064, 0.168), (0.026, 0.065)
YEAR_SD, YEAR_CORRELATION, ERROR_CORRELATION = (0.05, 0.08), 0.4, 0.1
SELF, BEYOND, REST, REST_SD = 0.2, 0.1, 2.0, 0.5
PARTS = 8  # Runge-Kutta steps within a year
SIGNS = {"none": (0, 0), "competition": (-1, -1), "mutualism": (1, 1), "predator_prey": (-1, 1)}
COUNTED = ("competition", "mutualism", "predator_prey", "undetermined")
TABLE = Path(__file__).resolve().parent.parent / "docs" / "simulation" / "relation_rule.csv"


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
    logs = [np.zeros(shape)]
    for _ in range(YEARS - 1):
        tau = design.year_shock * _normal(generator, YEAR_SD, YEAR_CORRELATION, (1, 2, samples))
        e = _normal(generator, design.error_sd, ERROR_CORRELATION, shape)
        logs.append(_next_year(logs[-1], r + tau + e, A))
    path = np.exp(np.stack(logs, axis=1))  # regions, years, populations, samples
    start, end = (part.reshape(-1, 2, samples) for part in (path[:, :-1], path[:, 1:]))
    region = np.repeat(np.arange(REGIONS), YEARS - 1)
    return Steps(region, np.tile(np.arange(YEARS - 1), REGIONS), start, end)


def _normal(generator, sd, correlation, shape):
    z = generator.normal(size=shape)
    z[:, 1] = correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    return np.array(sd)[:, None] * z


def _next_year(u, rate, A):
    """Return the logs a year later, by Runge and Kutta's fourth order."""
    h = 1 / PARTS
    for _ in range(PARTS):
        k1 = rate + A @ np.exp(u)
        k2 = rate + A @ np.exp(u + h / 2 * k1)
        k3 = rate + A @ np.exp(u + h / 2 * k2)
        k4 = rate + A @ np.exp(u + h * k3)
        u = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return u


def names(panels: Steps, draws: int, shared: int | None = None) -> list[str]:
    """Return the relation named in each sample.

    draws: panels per null; shared: how many samples lend their mean critical values to all, or None
    where each has its own.
    """
    samples = panels.start.shape[-1]
    critical = np.stack(
        [
            critical_values(
                panels._replace(start=panels.start[..., i], end=panels.end[..., i]), draws, seed=i
            )
            for i in range(shared or samples)
        ],
        axis=-1,
    )
    if shared:
        critical = np.broadcast_to(critical.mean(axis=-1, keepdims=True), (2, samples))
    signs = cross_signs(cross(panels, years_of(panels)), critical)
    return [name_relation(pair)[0] for pair in signs.T]


def row(design: Design, seed: int) -> dict[str, object]:
    """Return a row of the table."""
    found = names(
        sample(design, SAMPLES, seed), DRAWS, None if design.relation == "none" else SHARED
    )
    share = {name: found.count(name) / len(found) for name in COUNTED}
    label = {"design": design.name, "strength": design.strength, "year_shock": design.year_shock}
    return label | {"samples": SAMPLES, "named": 1 - share["undetermined"]} | share


def main() -> None:
    started = time.perf_counter()
    rows = designs()
    with ProcessPoolExecutor(2) as pool:
        table = pd.DataFrame(pool.map(row, rows, range(1, len(rows) + 1)))
    print(table.to_string(index=False))
    print(f"{time.perf_counter() - started:.0f} s")
    if "--write" in sys.argv[1:]:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    main()
