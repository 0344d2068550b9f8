"""How often the fitted equations are said to grow at an equilibrium, and at a point that is none.

    OMP_NUM_THREADS=1 python -m benchmarks.theory_control [--write]

Each path is fitted on its own (trapezoid), and its growth is tested at the true E and at a point
30 % lower and higher in both coordinates: joint p < .05 (`coevo.inference.growth_at_point`). A
year of a path is the differential equation, solved on logs; then both ln x take a shock, normal
with the covariance of the residuals of a fit. 2,000 paths each, by seed.

`control`: the fit of lynx and hare, 1900-1920, its first state, 20 growth rows. `growth_phase`:
eight growth rows on the rising arm of another relation of prey and predator, E = (.5, 5), from
(1, 1), in units of the first year; x1 grows by 12 to 8 % a year, x2 by 5 to 17 %; shocks as in the
fit of Zhejiang alone in the study `provinces`. E lies outside what is observed.
`observed`: the figures of lynx and hare at their mean over whole cycles.

--write puts into docs/simulation/theory_control.csv: shares of paths that `rejected`, with Wilson's
interval (95 %), and in which the point lies `inside` the observed range; of the figures, joint p
and growth with its interval. Takes half a minute.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.common import ROOT, SIMULATION, Array, Row, simulation, wilson
from benchmarks.noisy_paths import REGIMES, paths_of
from coevo.equilibria.theory import cycle_mean
from coevo.equilibria.theory_rows import MOVED
from coevo.estimation import fit
from coevo.inference.growth_at_point import growth_at
from coevo.inference.sets import interval

TABLE = SIMULATION / "theory_control.csv"
PATHS, STEPS, LEVEL = 2_000, 50, 0.95  # STEPS: Runge-Kutta steps in a year
# sd of the residuals of Zhejiang's ln x1 and ln x2, and their correlation
ZHEJIANG_SD, ZHEJIANG_R = np.array([0.0535, 0.1003]), 0.152


class Case(NamedTuple):
    """lines (2, 2): rows (a1, -b1) and (-a2, d); start (2,); covariance (2, 2) of the shocks."""

    name: str
    lines: Array
    start: Array
    covariance: Array
    rows: int
    seed: int

    @property
    def E(self) -> Array:
        return -self.lines[::-1, 0] / self.lines[::-1, 1]


def lynx_and_hare() -> tuple[Array, Array]:
    """Return the years (21,) and the figures (21, 2) that ship, hares first."""
    (file,) = ROOT.glob("data/raw/lynx-hare/*/*.csv")
    table = pd.read_csv(file, skiprows=3).dropna().astype(float)  # its last line names the source
    return table["year"].to_numpy(), table[["hare pelts", "lynx pelts"]].to_numpy()


def cases() -> list[Case]:
    """Return what the paths follow."""
    years, figures = lynx_and_hare()
    found = fit(years, *figures.T)
    noise = found.residuals.T @ found.residuals / found.df
    growth = REGIMES["growth"]
    shocks = np.diag(ZHEJIANG_SD) @ [[1, ZHEJIANG_R], [ZHEJIANG_R, 1]] @ np.diag(ZHEJIANG_SD)
    return [
        Case("control", found.coefficients, figures[0], noise, found.rows, 1),
        Case("growth_phase", growth.lines, growth.start, shocks, 8, 2),
    ]


def paths(case: Case, count: int) -> Array:
    """Return paths (count, rows + 1, 2): a year of the equations, then a shock."""
    rng = np.random.default_rng(case.seed)
    shocks = np.zeros((case.rows, STEPS, count, 2))
    size = (case.rows, count)
    shocks[:, -1] = rng.multivariate_normal(np.zeros(2), case.covariance, size=size)
    return np.exp(paths_of(*case.lines.T, case.start, shocks, "equations"))


def rows(case: Case, count: int = PATHS) -> list[Row]:
    """Return a row per point: shares of paths that reject it, and in which it lies inside."""
    x, made = paths(case, count), []
    fits = [fit(range(case.rows + 1), *path.T) for path in x]
    lines = np.array([found.coefficients for found in fits])
    covariance = np.array([found.covariance for found in fits])
    for factor in MOVED.values():
        point = np.broadcast_to(case.E * factor, (count, 2))
        rejected = growth_at(lines, covariance, case.rows - 2, point).joint_p < 1 - LEVEL
        inside = (x.min(axis=1) <= point) & (point <= x.max(axis=1))
        share, low, high = wilson(rejected.sum(), count)
        made.append({
            "case": case.name, "factor": factor, "rows": case.rows, "paths": count,
            "inside": inside.all(axis=1).mean(), "rejected": share, "low": low, "high": high,
        })  # fmt: skip
    return made


def observed() -> list[Row]:
    """Return a row per point: growth of lynx and hare there, and its joint p."""
    years, figures = lynx_and_hare()
    mean = cycle_mean(years, figures.T)
    E, found, made = np.array([mean["x1"], mean["x2"]]), fit(years, *figures.T), []
    for factor in MOVED.values():
        point = E * factor
        at = growth_at(found.coefficients, found.covariance, found.df, point)
        inside = np.all((figures.min(axis=0) <= point) & (point <= figures.max(axis=0)))
        row = {"case": "observed", "factor": factor, "rows": found.rows, "inside": float(inside)}
        row["p_joint"] = float(at.joint_p)
        ends = interval(at.growth, at.error, np.full(2, found.df), LEVEL)
        for i, name in enumerate(("G1", "G2")):
            numbers = (at.growth[i], *(end[i] for end in ends))
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), numbers, strict=True))
        made.append(row)
    return made


def made(most: int) -> list[Row]:
    return [row for case in cases() for row in rows(case, min(PATHS, most))] + observed()


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
