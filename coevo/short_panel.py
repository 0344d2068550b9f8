"""How far short panels bend the pooled classic fit: a parametric bootstrap of its bias.

    g1 = alpha_1r + tau_1t + e_1 - b1 R(x2),   g2 = alpha_2r + tau_2t + e_2 + d R(x1)

with R(x) = (x(t) + x(t+1))/2: the fitted model is simulated and fitted again (docs/methods.md, 5).
"""

from typing import NamedTuple

import numpy as np

from coevo.errors import StudyError
from coevo.estimation import EFFECTS, PooledFit
from coevo.estimation.batches import apply
from coevo.estimation.growth import Array
from coevo.no_interaction import Shocks, chunks, draw_shocks, shocks

NEWTON = 8  # steps; each doubles the digits
CLOSE = 1e-10  # how well a year's two equations have to hold


class Bias(NamedTuple):
    """Bias of b1 and d, in scaled units.

    truth (2,): the fitted values, at which is simulated; mean (2,): of the refits; bias = mean -
    truth; error (2,): Monte Carlo standard error of the mean; draws: refits used; lost: simulated
    panels left out because a path has no next year (the model grows beyond every bound).
    """

    truth: Array
    mean: Array
    bias: Array
    error: Array
    draws: int
    lost: int


def short_panel_bias(fit: PooledFit, draws: int = 1000, seed: int = 1) -> Bias:
    """Return the bias of a pooled trapezoid fit of the classic form at its own values.

    fit: trapezoid, scaled by the first year. Simulated with the fitted slopes and intercepts,
    normal errors and common shocks of the years with the covariances that the fit leaves; rows that
    are missing stay missing. `StudyError` for another estimator or scaling, or if more than half of
    the panels are lost.
    """
    if fit.estimator != "trapezoid" or fit.scale != "first":
        raise StudyError(
            f"the bias of short panels is computed for trapezoid fits scaled by the first year, "
            f"not for '{fit.estimator}' scaled by '{fit.scale}'"
        )
    left = fit.data.growth - fit.slopes * fit.data.regressor
    found = shocks(fit.region, fit.data.year, left, slopes=1)
    found = found._replace(level=np.array(fit.intercepts))
    generator = np.random.default_rng(seed)
    refits = np.concatenate(
        [_refits(fit, found, size, generator) for size in chunks(draws, len(fit.region))], axis=-1
    )
    kept = refits[:, np.isfinite(refits).all(axis=0)]
    if kept.shape[1] <= draws / 2:
        raise StudyError(
            f"{draws - kept.shape[1]} of {draws} panels simulated at the fitted values grow beyond "
            "every bound: no bias can be computed"
        )
    truth, mean = np.array([fit.b1, fit.d]), kept.mean(axis=1)
    error = kept.std(axis=1, ddof=1) / np.sqrt(kept.shape[1])
    return Bias(truth, mean, mean - truth, error, kept.shape[1], draws - kept.shape[1])


def _refits(fit: PooledFit, found: Shocks, draws: int, generator: np.random.Generator) -> Array:
    """Return b1, d (2, draws) of simulated panels, NaN where one is lost."""
    start, end = _simulate(fit, found, draws, generator)
    absorb = EFFECTS[fit.effects](fit.region, fit.data.year, np.eye(fit.rows)).residual
    g, R = apply(absorb, np.log(end / start)), apply(absorb, (start + end)[:, ::-1] / 2)
    slopes = (R * g).sum(axis=0) / (R**2).sum(axis=0)
    return slopes * np.array([[-1], [1]])


def _simulate(
    fit: PooledFit, found: Shocks, draws: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Return start and end (rows, 2, draws) of the fitted rows, on paths through every year."""
    year = fit.data.year - fit.data.year.min()
    years = int(year.max()) + 1
    opening = np.flatnonzero(np.diff(fit.region, prepend=-1))
    # x(t) = 2 R/(1 + exp g), for R = (x(t) + x(t+1))/2
    begin = (2 * fit.data.regressor[:, ::-1] / (1 + np.exp(fit.data.growth)))[opening]
    tau, e = draw_shocks(found, years, draws, generator)
    path = np.empty((len(opening), years + 1, 2, draws))
    path[:, 0] = begin[:, :, None]
    for t in range(years):
        waiting = (t <= year[opening])[:, None, None]
        x = np.where(waiting, begin[:, :, None], path[:, t])
        path[:, t] = x
        path[:, t + 1] = next_year(x, found.level[:, :, None] + tau[t] + e[:, t], fit.slopes)
    return path[fit.region, year], path[fit.region, year + 1]


def next_year(x: Array, rate: Array, slopes: Array) -> Array:
    """Return x(t+1) of the trapezoid equations, by Newton's method on logs.

        ln x1(t+1) = ln x1 + rate1 + slope1 (x2 + x2(t+1))/2, and the same with 1 and 2 exchanged

    x, rate (..., 2, draws); slopes (2,). NaN where there is no solution.
    """
    half = slopes[:, None] / 2
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        known = np.log(x) + rate + half * x[..., ::-1, :]
        u = known + half * x[..., ::-1, :]
        for _ in range(NEWTON):
            pull = half * np.exp(u)[..., ::-1, :]  # of the other population
            miss = u - known - pull
            det = 1 - pull.prod(axis=-2, keepdims=True)
            u = u - (miss + pull * miss[..., ::-1, :]) / det
        miss = u - known - half * np.exp(u)[..., ::-1, :]
        close = (np.abs(miss) < CLOSE).all(axis=-2, keepdims=True)
        return np.where(close, np.exp(u), np.nan)
