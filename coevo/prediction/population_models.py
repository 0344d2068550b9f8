"""The fitted equations run on from the origin: models of prediction of x1 and x2 together.

Fits up to an origin are made many regions at a time by the code below, which the tests hold
against the fits that the report prints.
"""

from typing import NamedTuple

import numpy as np

from coevo.arrays import Array
from coevo.errors import Refusal
from coevo.estimation.effects import sums
from coevo.estimation.pooled_rows import Pool
from coevo.estimation.region import FEWEST_ROWS
from coevo.estimation.variation import paths


class PairPast(NamedTuple):
    """What two populations of G regions did up to the origin.

    rows: their growth rows, scaled, G regions; state (G, 2): x1, x2 at the origin in the units of
    `rows`, NaN where one is unknown.
    """

    rows: Pool
    state: Array


def own_lines(rows: Pool) -> Array:
    """Return each region's least-squares lines (G, 2, 2): (a1, -b1) and (-a2, d), scaled.

    NaN for a region with fewer than three rows or a regressor that does not vary.
    """
    g, R, count = _parts(rows)
    mean_g, mean_R = sums(rows.region, g) / count, sums(rows.region, R) / count
    away = R - mean_R[rows.region]
    inner, size = sums(rows.region, away**2), sums(rows.region, R**2)
    varies = np.sqrt(inner) > count * np.finfo(float).eps * np.sqrt(size)
    known = varies & (count >= FEWEST_ROWS)
    cross = sums(rows.region, away * g)
    slope = np.divide(cross, inner, out=np.full_like(cross, np.nan), where=known)
    return np.stack([mean_g - slope * mean_R, slope], axis=-1)


def pooled_lines(rows: Pool) -> Array:
    """Return the lines (G, 2, 2) with slopes common to all regions and region effects, scaled.

    `Refusal` for fewer than two regions, or regressors that do not vary.
    """
    if len(rows.regions) < 2:
        raise Refusal("too_few_pooled", regions=len(rows.regions))
    g, R, count = _parts(rows)
    mean_g, mean_R = sums(rows.region, g) / count, sums(rows.region, R) / count
    away = R - mean_R[rows.region]
    inner = (away**2).sum(axis=0)
    if np.any(np.sqrt(inner) <= len(R) * np.finfo(float).eps * np.linalg.norm(R, axis=0)):
        raise Refusal("constant_regressor")
    slope = (away * g).sum(axis=0) / inner
    return np.stack([mean_g - slope * mean_R, np.broadcast_to(slope, mean_R.shape)], axis=-1)


def _parts(rows: Pool) -> tuple[Array, Array, Array]:
    """Return growth, the other population's regressor, and the number of rows (G, 1)."""
    count = np.bincount(rows.region, minlength=len(rows.regions))[:, None].astype(float)
    return rows.growth, rows.regressor[:, ::-1], count


def growth_ahead(lines: Array, state: Array, steps: int) -> Array:
    """Return ln x(T+h) - ln x(T) (G, steps, 2) of the equations with these lines, from a state.

    lines (G, 2, 2), state (G, 2). NaN from the year on in which a path leaves every bound.
    """
    # in units of the state itself, so that both logs begin at zero
    slopes = lines[..., 1] * state[:, ::-1]
    p = np.column_stack([lines[:, 0, 0], slopes[:, 0], lines[:, 1, 0], slopes[:, 1]])
    known = np.isfinite(p).all(axis=1)
    ahead = np.full((len(p), steps, 2), np.nan)
    if known.any():
        whole = np.column_stack([p, np.zeros((len(p), 2))])[known]
        ahead[known] = paths(whole, steps + 1)[0][:, 1:]
    return np.where(np.isfinite(ahead), ahead, np.nan)


def own(past: PairPast, steps: int) -> Array:
    """Each region's own fit run on: growth from the origin (G, steps, 2)."""
    return growth_ahead(own_lines(past.rows), past.state, steps)


def pooled(past: PairPast, steps: int) -> Array:
    """The fit of all regions with region effects run on: growth from the origin (G, steps, 2)."""
    return growth_ahead(pooled_lines(past.rows), past.state, steps)
