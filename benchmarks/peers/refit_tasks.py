"""Tasks that fit again and again: resamples of regions, the wild bootstrap."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.many_fits import fit_batch
from benchmarks.noisy_paths import REGIMES, simulate
from benchmarks.peers.fit_tasks import cycles, growth_and_regressors, pairs
from benchmarks.peers.task import COEVO, DRAWS, Answer, Array, Side, Task
from coevo.estimation import fit_pooled
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_batches import Steps, lag_general
from coevo.inference.wild_bootstrap import wild_pooled


def lines(small: bool) -> tuple[Array, Array]:
    """Return growth (resamples, rows, 2) and regressors (rows, 2) of one region, resampled."""
    (own, *_), rng = cycles(True), np.random.default_rng(2)
    growth, R = growth_and_regressors(own)
    first = fit_batch(growth, R[:, ::-1]).lines
    fitted = first[:, 0] + first[:, 1] * R[:, ::-1]
    chosen = rng.integers(len(R), size=(10 if small else 50_000, len(R)))
    return fitted + (growth - fitted)[chosen], R[:, ::-1]


def own_lines(data: tuple[Array, Array]) -> Answer:
    found = fit_batch(*data)
    errors = np.sqrt(np.diagonal(found.covariance, axis1=-2, axis2=-1))
    return Answer(np.concatenate([found.lines, errors], axis=-1))


def statsmodels_lines(data: tuple[Array, Array]) -> Answer:
    from statsmodels.api import OLS, add_constant

    found = []
    for growth in data[0][:500]:
        fits = [OLS(growth[:, i], add_constant(data[1][:, i])).fit() for i in range(2)]
        found.append([[*one.params, *one.bse] for one in fits])
    return Answer(np.array(found))


def resampled(small: bool) -> Steps:
    """Return growth rows of 31 regions and nine years of many panels."""
    panels, regions, years = 4 if small else 2_000, 31, 9
    rng = np.random.default_rng(4)
    paths = simulate(REGIMES["growth"], "map", years, 0.05, regions * panels, rng)
    x = (paths / paths[:, :1]).reshape(panels, regions, years, 2)
    start, end = (
        part.transpose(1, 2, 3, 0).reshape(regions * (years - 1), 2, panels)
        for part in (x[:, :, :-1], x[:, :, 1:])
    )
    region = np.repeat(np.arange(regions), years - 1)
    return Steps(region, np.tile(np.arange(years - 1), regions), start, end)


def own_refits(data: Steps) -> Answer:
    found = lag_general(data)
    return Answer(np.concatenate([found.A, found.error], axis=-1))


def statsmodels_refits(data: Steps) -> Answer:
    """The first 20 panels, each equation on dummies of regions and years, as a loop does it."""
    from statsmodels.api import OLS

    region, year = data.region, data.year
    dummies = np.column_stack(
        [region[:, None] == np.unique(region), year[:, None] == np.unique(year)[1:]]
    ).astype(float)
    found = []
    for i in range(min(20, data.start.shape[2])):
        x, growth = data.start[:, :, i], np.log(data.end[:, :, i] / data.start[:, :, i])
        X = np.column_stack([x, dummies])
        options: dict[str, Any] = {"cov_type": "cluster", "cov_kwds": {"groups": region}}
        fits = [OLS(g, X).fit(**options) for g in growth.T]
        found.append([[*one.params[:2], *one.bse[:2]] for one in fits])
    return Answer(np.array(found))


def pooled(small: bool) -> PooledFit:
    return fit_pooled(pairs(31, 9, small), "x1", "x2")


def own_wild(fit: PooledFit) -> Answer:
    """Both slopes; signs are those of the regressions."""
    tests = wild_pooled(fit, DRAWS)
    t = np.array([-tests["b1"].t, tests["d"].t])
    return Answer(t, np.array([tests["b1"].p, tests["d"].p]))


def wildboottest_slopes(fit: PooledFit) -> Answer:
    from statsmodels.api import OLS
    from wildboottest.wildboottest import wildboottest

    data, found = fit.data, []
    dummies = np.column_stack(
        [data.region[:, None] == np.unique(data.region),
         data.year[:, None] == np.unique(data.year)[1:]]
    ).astype(float)  # fmt: skip
    for i in range(2):
        X = pd.DataFrame(np.column_stack([data.regressor[:, 1 - i], dummies])).add_prefix("x")
        model = OLS(pd.Series(data.growth[:, i]), X)
        model_data = {"cluster": pd.Series(data.region), "param": "x0", "parallel": False}
        found.append(wildboottest(model, B=DRAWS, seed=1, show=False, **model_data).iloc[0])
    t, p = np.array([[_number(row[key]) for row in found] for key in ("statistic", "p-value")])
    return Answer(t, p)


def _number(value: Any) -> float:
    return float(np.ravel(value)[0])


TASKS = (
    Task(
        "refit of a region's two lines",
        lines,
        COEVO(own_lines),
        (Side("statsmodels loop", "statsmodels", statsmodels_lines, goal=100),),
        9,
        "refit",
    ),
    Task(
        "refit of 31 regions × 9 years",
        resampled,
        COEVO(own_refits),
        (Side("statsmodels loop", "statsmodels", statsmodels_refits),),
        8,
        "refit",
    ),
    Task(
        "wild bootstrap of both slopes, 9,999 draws",
        pooled,
        COEVO(own_wild),
        (Side("wildboottest", "wildboottest", wildboottest_slopes),),
        8,
    ),
)
