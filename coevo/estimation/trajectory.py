"""The path of the model itself fitted to the figures: no discretisation, six parameters.

    d ln x1/dt = a1 - b1 x2,    d ln x2/dt = -a2 + d x1

The residuals are those of ln x1 and ln x2 in every year, not of growth: errors of observation, not
shocks that the path carries on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Integers, Values
from coevo.errors import Refusal
from coevo.estimation.growth import unbroken
from coevo.estimation.optimiser import Optimum, least_squares, scatter
from coevo.estimation.region import Equations, fit
from coevo.estimation.variation import paths

FEWEST_PATH_YEARS = 4  # eight figures for six parameters
STARTS, SPREAD, SEED = 8, 0.5, 1
BLOCK = 250  # regions whose descents go side by side
EVALUATIONS = 120  # from each start; a good one takes a dozen, one that runs away all of them


@dataclass(frozen=True)
class PathFit(Equations):
    """A path fitted to one region: `Equations` in original units with what they were made from.

    df = 2 years - 6, pooled over both equations, which share one variance of the logs. years
    (years,): the longest unbroken run; path (years, 2): the fitted figures; residuals (years, 2) of
    the logs, fitted less observed.
    """

    years: Integers
    path: Array
    residuals: Array


class Series(NamedTuple):
    """One region's figures: t, x1, x2 (years,) and breaks as in `population_rows`."""

    t: Values
    x1: Values
    x2: Values
    breaks: Iterable[int] = ()


def fit_trajectory(
    t: Values,
    x1: Values,
    x2: Values,
    breaks: Iterable[int] = (),
    starts: int = STARTS,
    seed: int = SEED,
) -> PathFit:
    """Return the path (a1, b1, a2, d and both initial logs) nearest to ln x1, ln x2.

    Least squares over the longest unbroken run (the later of two equals), from the trapezoid
    estimates and starts - 1 points scattered around them. Covariance s^2 (J'J)^-1, s^2 =
    RSS/(2 years - 6). t, x1, x2 and breaks as in `population_rows`. `Refusal` as there, for fewer
    than four consecutive years, and where no start converges.
    """
    fitted = fit_trajectories([Series(t, x1, x2, breaks)], starts, seed)[0]
    if isinstance(fitted, Refusal):
        raise fitted
    return fitted


def fit_trajectories(
    regions: Iterable[Series], starts: int = STARTS, seed: int = SEED
) -> list[PathFit | Refusal]:
    """Return `fit_trajectory` of every region, all descents side by side; errors in their place."""
    runs = [_run(series) for series in regions]
    sound = [run for run in runs if isinstance(run, Run)]
    blocks = (sound[i : i + BLOCK] for i in range(0, len(sound), BLOCK))
    fits = chain.from_iterable(_fitted(block, starts, seed) for block in blocks)
    return [next(fits) if isinstance(run, Run) else run for run in runs]


class Run(NamedTuple):
    """The longest unbroken run: years; figures (years, 2), their means (2,); a start (6,)."""

    years: Integers
    figures: Array
    scale: Array
    start: Array


def _run(series: Series) -> Run | Refusal:
    try:
        years, figures = _longest(*series)
        scale = figures.mean(axis=0)
        first = fit(years, *(figures / scale).T)
    except Refusal as error:
        return error
    start = np.concatenate([first.coefficients.ravel(), np.log(figures[0] / scale)])
    return Run(years, figures, scale, start)


def _fitted(runs: list[Run], starts: int, seed: int) -> list[PathFit | Refusal]:
    rows = np.array([len(run.years) for run in runs])
    observed = np.full((len(runs), rows.max(), 2), np.nan)
    for row, run in zip(observed, runs, strict=True):
        row[: len(run.years)] = np.log(run.figures / run.scale)
    known = np.isfinite(observed)

    def model(p: Array, region: Integers) -> tuple[Array, Array]:
        logs, derivatives = paths(p, rows.max())
        there = known[region]
        residuals = np.where(there, logs - observed[region], 0)
        J = np.where(there[..., None], derivatives, 0)
        return residuals.reshape(len(p), -1), J.reshape(len(p), -1, p.shape[1])

    points = np.array([scatter(run.start, starts, SPREAD, seed) for run in runs])
    optima = least_squares(model, points, 2 * rows, EVALUATIONS)
    return [
        _path_fit(run, best) if isinstance(best, Optimum) else best
        for run, best in zip(runs, optima, strict=True)
    ]


def _path_fit(run: Run, best: Optimum) -> PathFit:
    blocks = np.array([best.covariance[:2, :2], best.covariance[2:4, 2:4]])
    residuals = best.residuals.reshape(-1, 2)[: len(run.years)]
    df = residuals.size - len(best.parameters)
    lines = Equations(best.parameters[:4].reshape(2, 2), blocks, df).per_unit(run.scale[::-1])
    path = run.figures * np.exp(residuals)
    return PathFit(**vars(lines), years=run.years, path=path, residuals=residuals)


def _longest(t: Values, x1: Values, x2: Values, breaks: Iterable[int]) -> tuple[Integers, Array]:
    """Return years and figures (years, 2) of the longest unbroken run, the later of two equals."""
    runs, _ = unbroken(t, np.column_stack([x1, x2]), breaks)
    none = np.empty(0, np.int64), np.empty((0, 2))
    longest = max(runs, key=lambda run: (len(run[0]), run[0][0]), default=none)
    if len(longest[0]) < FEWEST_PATH_YEARS:
        raise Refusal("too_short_path", years=len(longest[0]), least=FEWEST_PATH_YEARS)
    return longest
