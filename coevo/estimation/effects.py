"""Effects of regions and years, taken out of columns of growth rows; forward deviations."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Integers
from coevo.errors import Refusal


class Absorbed(NamedTuple):
    """What is left of columns V (rows, m) without the effects.

    residual (rows, m); level (G, m): each region's own level, at the average year; rank: number of
    effects; counted: how many of them the clustered covariance corrects for; basis (rows, q): the
    orthonormal directions taken out beyond the regions' own means; common: whether there are no
    such means, the level is one and the same for all regions.
    """

    residual: Array
    level: Array
    rank: int
    counted: int
    basis: Array
    common: bool = False


def _no_effects(region: Integers, year: Integers, V: Array) -> Absorbed:
    level = np.broadcast_to(V.mean(axis=0), (region.max() + 1, V.shape[1]))
    basis = np.full((len(V), 1), len(V) ** -0.5)
    return Absorbed(V - V.mean(axis=0), level, 1, 1, basis, common=True)


def _region_effects(region: Integers, year: Integers, V: Array) -> Absorbed:
    level = means(region, V)
    # nested in the clusters, hence not counted
    basis = np.empty((len(V), 0))
    return Absorbed(V - level[region], level, rank=len(level), counted=0, basis=basis)


def _region_and_year_effects(region: Integers, year: Integers, V: Array) -> Absorbed:
    Q, R, of_years = _year_directions(
        *(np.asarray(of, np.int64).tobytes() for of in (region, year))
    )
    within, level, rank, *_ = _region_effects(region, year, V)
    projected = Q.T @ within
    level = level - of_years @ np.linalg.solve(R, projected)
    rank += len(R)
    return Absorbed(within - Q @ projected, level, rank, counted=rank, basis=Q)


@lru_cache(maxsize=4)
def _year_directions(regions: bytes, years: bytes) -> tuple[Array, Array, Array]:
    """Return Q, R of the years' dummies less their region means, and these means (G, T - 1).

    regions, years: the bytes of both columns, whole numbers; simulations ask for the same rows many
    times. Year effects sum to zero; regions are taken out of them exactly, years by QR (FWL).
    """
    region, year = (np.frombuffer(of, np.int64) for of in (regions, years))
    known = np.unique(year)
    dummies = (year[:, None] == known[1:]) - 1.0 * (year[:, None] == known[:1])
    within, level, *_ = _region_effects(region, year, dummies)
    Q, R = np.linalg.qr(within)
    if np.abs(np.diag(R)).min(initial=1) <= len(year) * np.finfo(float).eps:
        raise Refusal("no_year_effects")
    return Q, R, level


def sums(region: Integers, V: Array) -> Array:
    """Return the sums over each region, (G, m), of V (rows, m), sorted by region."""
    return np.add.reduceat(V, np.flatnonzero(np.diff(region, prepend=-1)), axis=0)


def means(region: Integers, V: Array) -> Array:
    """Return the means over each region, (G, ...), of V (rows, ...), sorted by region."""
    return (sums(region, V).T / np.bincount(region)).T


def require_left(left: Array, columns: Array, effects: str) -> None:
    """Raise `StudyError` if the effects leave nothing but rounding of a column (rows, m)."""
    length, before = np.linalg.norm(left, axis=0), np.linalg.norm(columns, axis=0)
    if np.any(length <= len(left) * np.finfo(float).eps * before):
        raise Refusal("nothing_left", effects=effects)


# name -> effects taken out of (region index, year, V)
EFFECTS: dict[str, Callable[[Integers, Integers, Array], Absorbed]] = {
    "none": _no_effects,
    "region": _region_effects,
    "region+year": _region_and_year_effects,
}


def forward_deviations(region: Integers, year: Integers, V: Array) -> tuple[Integers, Array]:
    """Return the rows kept and V (rows, m) there in forward orthogonal deviations.

        v*_t = sqrt(k/(k+1)) (v_t - mean of the k later rows of the region)

    region (rows,): index, rows sorted by region and year. The last row of each region is lost.
    Deviations of independent errors of equal variance are again independent and of that variance,
    and take out the region's own level without using earlier rows. Source: Arellano and Bover
    (1995).
    """
    order = np.lexsort((year, region))
    region, V = region[order], V[order]
    ends = np.append(np.flatnonzero(np.diff(region)), len(region) - 1)
    later = ends[region] - np.arange(len(region))  # k
    total = np.cumsum(V, axis=0)
    ahead = total[ends[region]] - total
    with_later = later > 0
    k = later[with_later, None]
    return order[with_later], np.sqrt(k / (k + 1)) * (V[with_later] - ahead[with_later] / k)
