"""Panels drawn anew: of shocks that regions and years share, and of the pooled classic fit.

    rate_irt = alpha_ir + tau_it + e_irt        (docs/methods.md, 5)
    g1 = alpha_1r + tau_1t + e_1 - b1 R(x2),   g2 = alpha_2r + tau_2t + e_2 + d R(x1)

The first drive populations without interaction (`shown_effects`): each region has its own drifts,
each year a shock common to all regions, each region and year an error of its own; the shocks, and
the errors, of the two populations are correlated. The second, with R(x) = (x(t) + x(t+1))/2, say
how far short panels bend the fit: it is simulated and fitted again. Batches of panels stand on the
last axis.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Integers
from coevo.errors import Refusal
from coevo.estimation.batched import batched_slopes
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import Pool
from coevo.estimation.pooled import PooledFit

BLOCK = 1_000_000  # figures of one array; about twenty such arrays are alive at once
FEWEST = 16  # panels at once


class Shocks(NamedTuple):
    """What growth without interaction is made of: in u_irt = alpha_ir + tau_it + e_irt.

    level (G, n): alpha, at the average year; year, error (n, n): covariances of tau and of e;
    spread (G, n): standard deviation of a region's e, that of all = 1.
    """

    level: Array
    year: Array
    error: Array
    spread: Array | float = 1.0


def shocks(
    region: Integers, year: Integers, u: Array, slopes: int = 0, has_common: bool = True
) -> tuple[Shocks, Array]:
    """Return the parts of u (rows, n) by least squares on regions and years, and e (rows, n).

        cov tau = sum_t tau tau' / (T-1),   cov e = sum e e' / (rows - G - T + 1 - slopes)

    slopes: coefficients per equation already taken out of u; has_common: whether regions share the
    shocks of a year, without which there is no tau. `StudyError` if regions and years fall into
    groups that share nothing.
    """
    parts = EFFECTS["region+year" if has_common else "region"](region, year, u)
    _, first = np.unique(year, return_index=True)
    e = parts.residual
    common = (u - e - parts.level[region])[first] * has_common
    free = max(len(u) - parts.rank - slopes, 1)
    return Shocks(parts.level, common.T @ common / max(len(first) - 1, 1), e.T @ e / free), e


# figures x (G, 2, draws) of a year and their growth without interaction -> those of the next year
NextYear = Callable[[Array, Array], Array]


def grown(x: Array, rate: Array) -> Array:
    """Return x(t+1) of populations that do not act on each other."""
    return np.asarray(x * np.exp(rate))


class Normals(NamedTuple):
    """Independent standard normals: of years (T, n, draws), of regions and years (G, T, n, draws).

    Several simulations of the same rows may share them.
    """

    year: Array
    error: Array


def draw_normals(observed: Pool, draws: int, generator: np.random.Generator) -> Normals:
    """Return what panels of the observed growth rows are drawn from."""
    years, n = int(np.ptp(observed.year)) + 1, observed.start.shape[1]
    year = generator.standard_normal((years, n, draws))
    regions = int(observed.region.max()) + 1
    return Normals(year, generator.standard_normal((regions, years, n, draws)))


def _root(covariance: Array) -> Array:
    """Return L with L L' = covariance, which may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def panel_blocks(
    draws: int, rows: int, generator: np.random.Generator
) -> list[tuple[int, np.random.Generator]]:
    """Return how many panels to hold at once, and what draws them: each block has its own seed.

    Arrays (rows, 2, panels) of at most BLOCK figures, of many rows FEWEST panels nevertheless: with
    less on its last axis an array is slow. The first block has the generator that is given, the
    others its children.
    """
    size = max(FEWEST, BLOCK // (2 * rows))
    sizes = [min(size, draws - start) for start in range(0, draws, size)]
    return list(zip(sizes, [generator, *generator.spawn(len(sizes) - 1)], strict=True))


def simulated_panels(
    observed: Pool, drifts: Shocks, normals: Normals, next_year: NextYear = grown
) -> tuple[Array, Array]:
    """Return start and end (rows, n, draws) of panels that grow by the shocks found.

    Normal errors and common shocks of the years. The paths run through every year from the first
    growth row of each region on; those rows are returned that are observed. A path without a next
    year is NaN from there.
    """
    tau, e = _root(drifts.year) @ normals.year, _root(drifts.error) @ normals.error
    e *= np.asarray(drifts.spread)[..., None, :, None] if np.ndim(drifts.spread) else 1.0

    def following(t: int, x: Array) -> Array:
        return next_year(x, drifts.level[:, :, None] + tau[t] + e[:, t])

    path = paths_of(observed, observed.start, e.shape, following)
    year = observed.year - observed.year.min()
    return path[year, observed.region], path[year + 1, observed.region]


def paths_of(
    observed: Pool, start: Array, shape: tuple[int, ...], following: Callable[[int, Array], Array]
) -> Array:
    """Return paths (T + 1, G, n, draws) of regions from the first of their rows start (rows, n).

    shape: (G, T, n, draws); following: what makes states (G, n, draws) from those of year number t.
    A region waits at its first state until the year of its first growth row.
    """
    opening = np.flatnonzero(np.diff(observed.region, prepend=-1))
    begins = (observed.year[opening] - observed.year.min())[:, None, None]
    path = np.empty((shape[1] + 1, shape[0], *shape[2:]))
    path[0] = start[opening, :, None]
    for t in range(shape[1]):
        path[t + 1] = np.where(begins <= t, following(t, path[t]), path[t])
    return path


DRAWS = 1000  # panels
NEWTON = 8  # steps; each doubles the digits
CLOSE = 1e-10  # how well a year's two equations have to hold


class Bias(NamedTuple):
    """Bias of b1 and d, in scaled units.

    bias (2,): mean of the refits less the fitted values, at which is simulated; error (2,): its
    Monte Carlo standard error; draws: refits used, without the panels of which a path has no next
    year (the model grows beyond every bound).
    """

    bias: Array
    error: Array
    draws: int


def short_panel_bias(
    fit: PooledFit, draws: int = DRAWS, seed: int = 1, drawn: Mapping[int, Array] | None = None
) -> Bias:
    """Return the bias of a pooled trapezoid fit of the classic form at its own values.

    fit: trapezoid, scaled by the first year, with effects of regions. The panels are those of
    `simulation`, refitted with the same effects (`bias_refits`); drawn: these refits, if they
    were made before. `StudyError` for another fit, or if more than half of the panels are lost.
    """
    if fit.estimator != "trapezoid" or fit.scale != "first" or fit.common:
        raise Refusal(
            "bias_of_other_fits", estimator=fit.estimator, effects=fit.effects, scale=fit.scale
        )
    blocks = drawn or {block: draw() for block, draw in bias_refits(fit, draws, seed).items()}
    refitted = np.concatenate(list(blocks.values()), axis=-1)
    finite = refitted[:, np.isfinite(refitted).all(axis=0)]
    lost = refitted.shape[1] - finite.shape[1]
    if lost >= refitted.shape[1] / 2:
        raise Refusal("panels_explode", lost=lost, draws=refitted.shape[1])
    bias = finite.mean(axis=1) - [fit.b1, fit.d]
    error = finite.std(axis=1, ddof=1) / np.sqrt(finite.shape[1])
    return Bias(bias, error, finite.shape[1])


def bias_refits(fit: PooledFit, draws: int, seed: int) -> dict[int, Callable[[], Array]]:
    """Return what simulates and refits each block of panels: b1, d (2, panels)."""
    simulated = simulation(fit)

    def drawn(panels: int, generator: np.random.Generator) -> Array:
        return refits(fit, *simulated(draw_normals(fit.data, panels, generator)))

    blocks = panel_blocks(draws, fit.rows, np.random.default_rng(seed))
    return {number: partial(drawn, *block) for number, block in enumerate(blocks)}


def refits(fit: PooledFit, start: Array, end: Array) -> Array:
    """Return b1, d (2, draws) of rows start, end (rows, 2, draws), NaN for a lost panel.

    The regressors, effects and rows are those of `fit`.
    """
    both = np.log(end / start), (start + end)[:, ::-1] / 2
    slopes, _ = batched_slopes(*both, fit.data.region, fit.data.year, fit.effects)
    return np.asarray(slopes * np.array([[-1], [1]]))


def simulation(fit: PooledFit) -> Callable[[Normals], tuple[Array, Array]]:
    """Return what makes start and end (rows, 2, draws) of panels that follow the fitted model.

    Fitted slopes and intercepts; shocks with the covariances that the fit leaves (`shocks`).
    """
    data = fit.data
    left = data.growth - fit.slopes * data.regressor[:, ::-1]
    drifts = shocks(data.region, data.year, left, slopes=1)[0]._replace(level=fit.intercepts)
    following = partial(next_year, slopes=fit.slopes)
    return partial(simulated_panels, data, drifts, next_year=following)


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
        return np.asarray(np.where(close, np.exp(u), np.nan))
