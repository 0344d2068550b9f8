"""Tasks from figures to D: weights of indicators, arrays of D, tables of D and obstacles."""

from functools import partial

import numpy as np
import pandas as pd

from benchmarks import indices
from benchmarks.peers.task import COEVO, Answer, Array, Side, Task
from coevo.coupling import couple
from coevo.normalisation import normalise, wide
from coevo.weighting import WEIGHTINGS, weights_by

SPAN = indices.SPAN
NUMPY = "the same sums without a check of what enters: missing, negative, constant, beyond [0, 1]"
ONE_PIVOT = (
    "it pivots once; coevo keeps z as a long table and pivots that again for D, which is where "
    "most of its time goes, and adds stages, lagging subsystems and goalposts"
)


def scores(small: bool) -> Array:
    """Return figures (region-years, 50) normalised to the span."""
    x = log_normal(small)
    return SPAN[0] + (SPAN[1] - SPAN[0]) * (x - x.min(axis=0)) / np.ptp(x, axis=0)


def log_normal(small: bool) -> Array:
    """Return figures (region-years, 50)."""
    return indices.figures(10) if small else indices.figures()


def own_weights(name: str, Z: Array) -> Answer:
    return Answer(WEIGHTINGS[name](Z))


def pymcdm_weights(name: str, Z: Array) -> Answer:
    from pymcdm import weights

    return Answer(getattr(weights, f"{name}_weights")(Z))


def skcriteria_entropy(Z: Array) -> Answer:
    from skcriteria.preprocessing.weighters import entropy_weights

    return Answer(entropy_weights(Z))


def skcriteria_critic(Z: Array) -> Answer:
    from skcriteria.preprocessing.weighters import critic_weights

    return Answer(critic_weights(Z, np.ones(Z.shape[1], dtype=int)))


def own_degrees(x: Array) -> Answer:
    return Answer(indices.degrees(x))


def pymcdm_degrees(x: Array) -> Answer:
    return Answer(indices.with_pymcdm(x))


def numpy_chain(x: Array) -> Answer:
    """The floor: the formulas of min-max, entropy weights, U, C, T, D in numpy, nothing checked."""
    low, high = x.min(axis=0), x.max(axis=0)
    z = SPAN[0] + (SPAN[1] - SPAN[0]) * (x - low) / (high - low)
    half, U = x.shape[1] // 2, []
    for part in (z[:, :half], z[:, half:]):
        p = part / part.sum(axis=0)
        e = -(p * np.log(p)).sum(axis=0) / np.log(len(p))
        U.append(part @ ((1 - e) / (1 - e).sum()))
    C = 2 * np.sqrt(U[0] * U[1]) / (U[0] + U[1])
    return Answer(np.sqrt(C * (U[0] + U[1]) / 2))


def pandas_degrees(x: Array) -> Answer:
    return Answer(_pandas_indices(pd.DataFrame(x))[1]["D"].to_numpy())


def _pandas_indices(x: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return z, indices with C, T, D, and the weights, half of the columns in each subsystem."""
    z = SPAN[0] + (SPAN[1] - SPAN[0]) * (x - x.min()) / (x.max() - x.min())
    half, found, weights = x.shape[1] // 2, pd.DataFrame(index=x.index), []
    for name, columns in (("a", x.columns[:half]), ("b", x.columns[half:])):
        p = z[columns] / z[columns].sum()
        e = -(p * np.log(p)).sum() / np.log(len(p))
        weights.append((1 - e) / (1 - e).sum())
        found[name] = (z[columns] * weights[-1]).sum(axis=1)
    a, b = found["a"], found["b"]
    found["C"], found["T"] = 2 * np.sqrt(a * b) / (a + b), (a + b) / 2
    found["D"] = np.sqrt(found["C"] * found["T"])
    return z, found, pd.concat(weights)


def long_panel(small: bool) -> pd.DataFrame:
    """Return a panel as the study keeps it: region, name, year, indicator, value."""
    x = log_normal(small)
    regions, m = len(x) // indices.YEARS, x.shape[1]
    codes = np.array([f"{100_000 + i}" for i in range(regions)])
    keys = np.repeat(codes, indices.YEARS * m)
    years = np.tile(np.repeat(np.arange(2001, 2001 + indices.YEARS), m), regions)
    names = np.tile([f"i{j:02}" for j in range(m)], len(x))
    return pd.DataFrame(
        {"region": keys, "name": keys, "year": years, "indicator": names, "value": x.ravel()}
    )


NORMALISATION = {"method": "minmax", "reference": "panel", "range": SPAN, "beyond": "cap"}
COUPLING = {
    "composite": "linear", "preset": None, "form": "standard", "contributions": "equal",
    "grades": "ten",
}  # fmt: skip


def own_tables(panel: pd.DataFrame) -> Answer:
    names = sorted(panel["indicator"].unique())
    half = len(names) // 2
    subsystem = ["a"] * half + ["b"] * half
    table = pd.DataFrame({"indicator": names, "subsystem": subsystem, "direction": "+"})
    normalised, _ = normalise(panel, table, NORMALISATION)
    z = wide(normalised, "z")
    weights = weights_by("entropy", z, z, table, {})
    coupling, obstacles = couple(z, weights, "entropy", COUPLING, SPAN)
    return _tables(coupling, obstacles["obstacle"])


def pandas_tables(panel: pd.DataFrame) -> Answer:
    """The same tables as a careful script makes them: z, D with grades, obstacles."""
    x = panel.pivot(index=["region", "name", "year"], columns="indicator", values="value")
    z, found, weights = _pandas_indices(x)
    z.stack().rename("z").reset_index()
    found["grade"] = pd.cut(found["D"], np.arange(11) / 10, right=False)
    gap = weights * (SPAN[1] - z) / 2
    obstacles = gap.div(gap.sum(axis=1), axis=0).stack().rename("obstacle").reset_index()
    return _tables(found.reset_index(), obstacles["obstacle"])


def _tables(coupling: pd.DataFrame, obstacles: pd.Series) -> Answer:
    most = obstacles.to_numpy().reshape(len(coupling), -1).max(axis=1)
    return Answer(np.column_stack([coupling["D"], most]))


TASKS = (
    Task(
        "entropy weights, 56,000 × 50",
        scores,
        COEVO(partial(own_weights, "entropy")),
        (
            Side("pymcdm", "pymcdm", partial(pymcdm_weights, "entropy")),
            Side("scikit-criteria", "scikit-criteria", skcriteria_entropy),
        ),
        10,
    ),
    Task(
        "CRITIC weights, 56,000 × 50",
        scores,
        COEVO(partial(own_weights, "critic")),
        (
            Side("pymcdm", "pymcdm", partial(pymcdm_weights, "critic")),
            Side("scikit-criteria", "scikit-criteria", skcriteria_critic),
        ),
        10,
    ),
    Task(
        "figures to D, arrays of 56,000 × 50",
        log_normal,
        COEVO(own_degrees),
        (
            Side("numpy, the floor", "numpy", numpy_chain, NUMPY, goal=0.5),
            Side("pandas script", "pandas", pandas_degrees, NUMPY),
            Side("pymcdm", "pymcdm", pymcdm_degrees),
        ),
        10,
        repeats=9,
    ),
    Task(
        "figures to tables of D and obstacles, 2.8 million rows",
        long_panel,
        COEVO(own_tables),
        (Side("pandas script", "pandas", pandas_tables, ONE_PIVOT),),
        10,
        repeats=3,
    ),
)
