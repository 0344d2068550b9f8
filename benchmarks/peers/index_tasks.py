"""Tasks from figures to D: weights of indicators, tables of D and obstacles."""

from functools import partial

import numpy as np
import pandas as pd

from benchmarks.common import Array
from benchmarks.headline_size import CONFIG
from benchmarks.peers.task import Answer, Side, Task
from coevo.coupling import couple
from coevo.normalisation import normalise, wide
from coevo.weighting import WEIGHTINGS, weights_by

YEARS, INDICATORS = 20, 50
SPAN = CONFIG["normalisation"]["range"]
ONE_PIVOT = (
    "it pivots once; coevo keeps z as a long table and pivots that again for D, which is where "
    "most of its time goes, and adds stages, lagging subsystems and goalposts"
)


def figures(small: bool) -> Array:
    """Return log-normal figures (region-years, indicators)."""
    return np.random.default_rng(1).lognormal(3, 1, ((10 if small else 2_800) * YEARS, INDICATORS))


def scores(small: bool) -> Array:
    """Return figures normalised to the span."""
    x = figures(small)
    return SPAN[0] + (SPAN[1] - SPAN[0]) * (x - x.min(axis=0)) / np.ptp(x, axis=0)


def own_weights(name: str, Z: Array) -> Answer:
    return Answer(WEIGHTINGS[name](Z))


def pymcdm_weights(name: str, Z: Array) -> Answer:
    from pymcdm import weights

    return Answer(getattr(weights, f"{name}_weights")(Z))


def long_panel(small: bool) -> pd.DataFrame:
    """Return a panel as the study keeps it: region, name, year, indicator, value."""
    x = figures(small)
    codes = [f"{100_000 + i}" for i in range(len(x) // YEARS)]
    names = [f"i{j:02}" for j in range(INDICATORS)]
    keys = pd.MultiIndex.from_product(
        [codes, range(2001, 2001 + YEARS), names], names=["region", "year", "indicator"]
    )
    panel = pd.DataFrame({"value": x.ravel()}, keys).reset_index()
    return panel.assign(name=panel["region"])


def own_tables(panel: pd.DataFrame) -> Answer:
    names = sorted(panel["indicator"].unique())
    subsystem = np.repeat(["a", "b"], len(names) // 2)
    table = pd.DataFrame({"indicator": names, "subsystem": subsystem, "direction": "+"})
    normalised, _ = normalise(panel, table, CONFIG["normalisation"])
    z = wide(normalised, "z")
    weights = weights_by("entropy", z, z, table, {})
    coupling, obstacles = couple(z, weights, "entropy", CONFIG["coupling"], SPAN)
    return _tables(coupling, obstacles["obstacle"])


def pandas_tables(panel: pd.DataFrame) -> Answer:
    """The same tables as a careful script makes them: z, D with grades, obstacles."""
    x = panel.pivot(index=["region", "name", "year"], columns="indicator", values="value")
    z = SPAN[0] + (SPAN[1] - SPAN[0]) * (x - x.min()) / (x.max() - x.min())
    found, weights = pd.DataFrame(index=x.index), []
    for name, columns in zip("ab", np.split(x.columns, 2), strict=True):
        p = z[columns] / z[columns].sum()
        e = -(p * np.log(p)).sum() / np.log(len(p))
        weights.append((1 - e) / (1 - e).sum())
        found[name] = (z[columns] * weights[-1]).sum(axis=1)
    a, b = found["a"], found["b"]
    found["C"], found["T"] = 2 * np.sqrt(a * b) / (a + b), (a + b) / 2
    found["D"] = np.sqrt(found["C"] * found["T"])
    z.stack().rename("z").reset_index()
    found["grade"] = pd.cut(found["D"], np.arange(11) / 10, right=False)
    gap = pd.concat(weights) * (SPAN[1] - z) / 2
    obstacles = gap.div(gap.sum(axis=1), axis=0).stack().rename("obstacle").reset_index()
    return _tables(found.reset_index(), obstacles["obstacle"])


def _tables(coupling: pd.DataFrame, obstacles: pd.Series) -> Answer:
    most = obstacles.to_numpy().reshape(len(coupling), -1).max(axis=1)
    return Answer(np.column_stack([coupling["D"], most]))


def _weights(name: str, title: str) -> Task:
    beside = (Side("pymcdm", "pymcdm", partial(pymcdm_weights, name)),)
    return Task(f"{title} weights, 56,000 × 50", scores, partial(own_weights, name), beside, 10)


SCRIPT = Side("pandas script", "pandas", pandas_tables, ONE_PIVOT)
TABLES = "figures to tables of D and obstacles, 2.8 million rows"
TASKS = (
    _weights("entropy", "entropy"),
    _weights("critic", "CRITIC"),
    Task(TABLES, long_panel, own_tables, (SCRIPT,), 10, repeats=3),
)
