"""Strengths of interaction by least squares, observed and in simulated panels.

The regressors are in the units of the theory, with the sign that makes their slopes strengths: 1 is
the theory and 0 is no interaction (docs/methods.md, 6). Batches of B panels stand on the last axis.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr

from coevo.arrays import Array, Integers
from coevo.estimation.batched import batched_slopes
from coevo.estimation.effects import means, sums
from coevo.estimation.growth import Pool
from coevo.estimation.pooled import Moments
from coevo.inference.panel_simulation import draw_normals, panel_blocks
from coevo.inference.sets import interval
from coevo.strengths.theory_panels import (
    draw_by_region,
    finite_paths,
    growth_rows,
    observed_spread,
    simulated_paths,
)

PANELS = 999  # simulated at each strength
FULL, NONE = 1.0, 0.0
TRIED = (0.25, 0.5, 0.75, FULL)  # strengths of which the least that is told from none is sought
POWER = 0.8  # share of simulated panels in which it has to be told
MOST_LOST = 0.5  # share of simulated panels that may overflow
POOLED_EFFECTS = ("region", "region+year")
SIGNS = np.array([-1.0, 1.0])  # of the effect of x2 on x1, and of x1 on x2


@dataclass(frozen=True)
class Estimates:
    """Strengths with their standard errors.

    Parameters
    ----------
    strength, error : (..., 2, B), of b1 and of d in B panels
    df : degrees of freedom of t, broadcast with them
    """

    strength: Array
    error: Array
    df: Array | Integers

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return the ends of the interval of each strength."""
        return interval(self.strength, self.error, self.df, level)

    def p(self, null: float) -> Array:
        """Return the two-sided p of a strength by t."""
        return np.asarray(2 * stdtr(self.df, -np.abs(self.strength - null) / self.error))


def own_strengths(growth: Array, regressor: Array, region: Integers) -> Estimates:
    """Return the strengths (G, 2, B) of each region alone, by least squares with t(rows - 2).

    growth, regressor : (rows, 2, B); the regressors are in the units of the theory, with the sign
    that makes their slopes strengths
    region : (rows,) index, rows sorted by region
    """
    rows = np.bincount(region)[:, None, None]
    z, g = (V - means(region, V)[region] for V in (regressor, growth))
    squares = sums(region, z**2)
    strength = sums(region, z * g) / squares
    left = sums(region, (g - z * strength[region]) ** 2)
    return Estimates(strength, np.sqrt(left / (rows - 2) / squares), rows - 2)


def panel_strengths(
    growth: Array, regressor: Array, region: Integers, year: Integers, effects: str
) -> Estimates:
    """Return the strengths (2, B) that regions share, with errors by year.

        se = sqrt(T / (T - 1) sum_t (sum_r z e)^2) / sum z^2,   t(T - 1)

    z, e: regressor and residual after the effects; T: years of growth. Parameters as for
    `own_strengths`.
    """
    years, of_year = np.unique(year, return_inverse=True)
    fitted = batched_slopes(growth, regressor, region, year, effects, of_year)
    return Estimates(*fitted, np.array(len(years) - 1))


@dataclass(frozen=True)
class Ranges:
    """What simulated panels give for one fit: the middle of their estimates at 1 and at 0.

    Parameters
    ----------
    full, none : (2, ..., 2), lower and upper ends of b1 and d; NaN where most panels overflow
    least_seen : (..., 2), least strength that is told from none in `POWER` of panels, NaN for none
    """

    full: Array
    none: Array
    least_seen: Array


def ranges_of(simulated: Mapping[float, Estimates], level: float) -> Ranges:
    full, none = (_middle(simulated[s].strength, level) for s in (FULL, NONE))
    least = np.full(full.shape[1:], np.nan)
    for s in sorted(set(simulated) - {NONE}, reverse=True):
        low, high = simulated[s].interval(level)
        at = simulated[s].strength
        seen = ((low > 0) | (high < 0)) & ((at < none[0, ..., None]) | (at > none[1, ..., None]))
        least = np.where(seen.mean(axis=-1) >= POWER, s, least)
    return Ranges(full, none, least)


def _middle(strengths: Array, level: float) -> Array:
    """Return the ends (2, ...) of the middle of simulated strengths (..., B) that are finite."""
    lost = np.isnan(strengths).mean(axis=-1)
    known = np.where((lost > MOST_LOST)[..., None], 0.0, strengths)
    ends = np.nanquantile(known, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return np.where(lost > MOST_LOST, np.nan, ends)


def simulated_estimates(
    data: Pool, estimators: Sequence[str], seed: int, alone: bool, panels: int = PANELS
) -> dict[tuple[str, str], dict[float, Estimates]]:
    """Return the estimates in simulated panels by (effects, estimator) and strength.

    alone : whether each region is simulated and fitted by itself; else all are one panel. The first
    estimator is also tried at the strengths between none and full. panels : simulated at each
    strength
    """
    spread = observed_spread(data, with_common=not alone)
    found: dict[tuple[str, str], dict[float, list[Estimates]]] = {}
    generator = np.random.default_rng(seed)
    for block, (draws, of_block) in enumerate(panel_blocks(panels, len(data.year), generator)):
        if alone:
            normals = draw_by_region(data, draws, seed + block)
        else:
            normals = draw_normals(data, draws, of_block)
        for s in (NONE, *TRIED):
            with np.errstate(over="ignore", invalid="ignore"):
                paths = simulated_paths(data, spread, s, *normals)
            paths, finite = finite_paths(paths)
            for estimator in estimators if s in (NONE, FULL) else estimators[:1]:
                rows = growth_rows(paths, data, estimator)
                for effects, fit in _fits(*rows, data, alone):
                    kept = finite[:, None] if alone else finite.all(axis=0)
                    each = replace(fit, strength=np.where(kept, fit.strength, np.nan))
                    by_strength = found.setdefault((effects, estimator), {})
                    by_strength.setdefault(s, []).append(each)
    return {key: {s: _joined(parts) for s, parts in of.items()} for key, of in found.items()}


def _joined(parts: Sequence[Estimates]) -> Estimates:
    strength, error = (
        np.concatenate([getattr(part, name) for part in parts], axis=-1)
        for name in ("strength", "error")
    )
    return Estimates(strength, error, parts[0].df)


def _fits(
    growth: Array, regressor: Array, data: Pool, alone: bool
) -> Iterator[tuple[str, Estimates]]:
    if alone:
        yield "none", own_strengths(growth, regressor, data.region)
        return
    for effects in POOLED_EFFECTS:
        yield effects, panel_strengths(growth, regressor, data.region, data.year, effects)


def observed_rows(data: Pool | Moments) -> tuple[Array, Array]:
    """Return growth and regressors (rows, 2, 1) of the study itself, or as effects leave them."""
    return data.growth[..., None], (SIGNS * data.regressor[:, ::-1])[..., None]
