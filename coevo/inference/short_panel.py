"""How far short panels bend the pooled classic fit: a parametric bootstrap of its bias.

    g1 = alpha_1r + tau_1t + e_1 - b1 R(x2),   g2 = alpha_2r + tau_2t + e_2 + d R(x1)

with R(x) = (x(t) + x(t+1))/2: the fitted model is simulated and fitted again (docs/methods.md, 5).
"""

from typing import NamedTuple

import numpy as np

from coevo.errors import Refusal
from coevo.estimation import EFFECTS, PooledFit
from coevo.estimation.growth import Array, Rows
from coevo.estimation.pooled_batches import left_by
from coevo.inference.no_interaction import chunks, draw_shocks, shocks

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

    fit: trapezoid, scaled by the first year, with effects of regions. The panels are those of
    `simulate_fit`, refitted with the same effects. `StudyError` for another fit, or if more than
    half of the panels are lost.
    """
    if fit.estimator != "trapezoid" or fit.scale != "first" or fit.common:
        raise Refusal(
            "bias_of_other_fits",
            "the bias of short panels is computed for trapezoid fits with effects of regions, "
            f"scaled by the first year, not for '{fit.estimator}' with effects '{fit.effects}' "
            f"scaled by '{fit.scale}'",
            estimator=fit.estimator,
            effects=fit.effects,
        )
    generator = np.random.default_rng(seed)
    sizes = chunks(draws, len(fit.region))
    parts = [refits(fit, *simulate_fit(fit, size, generator)) for size in sizes]
    found = np.concatenate(parts, axis=-1)
    kept = found[:, np.isfinite(found).all(axis=0)]
    lost = draws - kept.shape[1]
    if lost >= draws / 2:
        raise Refusal(
            "panels_explode",
            f"{lost} of {draws} panels simulated at the fitted values grow beyond every bound: no "
            "bias can be computed",
            lost=lost,
            draws=draws,
        )
    truth, mean = np.array([fit.b1, fit.d]), kept.mean(axis=1)
    error = kept.std(axis=1, ddof=1) / np.sqrt(kept.shape[1])
    return Bias(truth, mean, mean - truth, error, kept.shape[1], lost)


def refits(fit: PooledFit, start: Array, end: Array) -> Array:
    """Return b1, d (2, draws) fitted to the rows start, end (rows, 2, draws), NaN for a lost panel.

    The regressors, effects and rows are those of `fit`.
    """
    effects = EFFECTS[fit.effects](fit.region, fit.data.year, fit.data.growth)
    g, R = (
        left_by(effects, fit.region, V) for V in (np.log(end / start), (start + end)[:, ::-1] / 2)
    )
    slopes = (R * g).sum(axis=0) / (R**2).sum(axis=0)
    return slopes * np.array([[-1], [1]])


def simulate_fit(fit: PooledFit, draws: int, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return start and end (rows, 2, draws) of panels that follow the fitted model.

    Fitted slopes and intercepts; normal errors and common shocks of the years, with the covariances
    that the fit leaves (`shocks`). Paths run through every year from the first growth row of each
    region on; rows that are missing stay missing. A path without a next year is NaN from there.
    """
    left = fit.data.growth - fit.slopes * fit.data.regressor
    found = shocks(fit.region, fit.data.year, left, slopes=1)
    year = fit.data.year - fit.data.year.min()
    years = int(year.max()) + 1
    opening = np.flatnonzero(np.diff(fit.region, prepend=-1))
    first = _starts(fit.data)[opening, :, None]
    tau, e = draw_shocks(found, years, draws, generator)
    path = np.broadcast_to(first[:, None], (len(opening), years + 1, 2, draws)).copy()
    for t in range(years):
        begun = (t >= year[opening])[:, None, None]
        rate = fit.intercepts[:, :, None] + tau[t] + e[:, t]
        path[:, t + 1] = np.where(begun, next_year(path[:, t], rate, fit.slopes), first)
    return path[fit.region, year], path[fit.region, year + 1]


def _starts(rows: Rows) -> Array:
    """Return x(t) = 2 R/(1 + exp g) of rows with R = (x(t) + x(t+1))/2: x1, x2 (rows, 2)."""
    return 2 * rows.regressor[:, ::-1] / (1 + np.exp(rows.growth))


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
