"""In step, or just rich and rising? Co-movement of two indices beyond level and common trend."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.coupling.level import level_figures
from coevo.errors import Refusal
from coevo.files import as_table
from coevo.messages import packed

Array = npt.NDArray[np.float64]
Row = dict[str, Any]
SCOPES = ("levels", "within_regions", "within_regions_and_years")
PAIRINGS = 9_999
NOISE = 1e-24  # a variance below this is rounding
FEWEST_PAIRED = 9  # below, the true pairing is among the random ones too often
OUTSIDE = 0.025  # share of random pairings beyond a correlation that lies outside 95 % of them
BLOCK = 1_000_000  # figures held at once while indices are reassigned


def demean(x: Array, regions: Array, years: Array, scope: str) -> Array:
    """Return x (..., rows) less region means, or less region and year effects (least squares).

    `scope`: one of `SCOPES`, of which levels is x itself. Unbalanced rows are handled by
    alternating projections, which for a balanced panel end after one round.
    """
    left = pd.DataFrame(np.atleast_2d(x).T)
    groups = [regions, years][: SCOPES.index(scope)]
    for _ in range(1000):
        before = left
        for group in groups:
            left = left - left.groupby(group).transform("mean")
        if np.abs(left - before).max(axis=None) < 1e-13:
            break
    residual: Array = left.to_numpy().T.reshape(x.shape)
    return residual


def correlation(x: Array, y: Array) -> Array:
    """Pearson correlation of x (..., rows) and y (rows,) along the last axis.

    NaN where one of the two does not vary (beyond rounding).
    """
    x = x - x.mean(axis=-1, keepdims=True)
    y = y - y.mean(axis=-1, keepdims=True)
    xx, yy = (x**2).sum(axis=-1), (y**2).sum(axis=-1)
    varies = (xx > NOISE * x.shape[-1]) & (yy > NOISE * y.shape[-1])
    product = np.sqrt(np.where(varies, xx * yy, 1.0))
    return np.where(varies, (x * y).sum(axis=-1) / product, np.nan)


def random_pairings(
    size: Array, rng: np.random.Generator, pairings: int = PAIRINGS
) -> npt.NDArray[np.int64]:
    """Return permutations (pairings, regions) that pair regions within terciles of size."""
    tercile = np.argsort(np.argsort(size)) * 3 // len(size)
    order = np.tile(np.arange(len(size)), (pairings, 1))
    for third in range(3):
        members = np.flatnonzero(tercile == third)
        order[:, members] = rng.permuted(np.tile(members, (pairings, 1)), axis=1)
    return order


def paired_correlations(x: Array, y: Array, order: npt.NDArray[np.int64]) -> Array:
    """Return the correlation (pairings,) of x and y when x is reassigned among regions.

    x, y (regions, years), a balanced panel, both free of the same effects: reassigning whole series
    changes neither the means of regions nor those of years over all regions, so that nothing is
    demeaned anew. order (pairings, regions): whose x each region gets.
    """
    x, y = x - x.mean(), y - y.mean()
    found = np.zeros(len(order))
    step = max(1, BLOCK // x.shape[0])
    for start in range(0, len(order), step):
        own = order[start : start + step]
        for year in range(x.shape[1]):
            found[start : start + step] += (x[own, year] * y[:, year]).sum(axis=1)
    scaled: Array = found / np.sqrt((x**2).sum() * (y**2).sum())
    return scaled


def beyond(value: float, drawn: Array) -> float:
    """Return the share of draws that lie as far out as a value, on its own side of them.

    The smaller of the shares at or below and at or above it, the value itself counted as one of
    them; up to 1/2 or a little more. Rounding of 1e-12 does not part equals.
    """
    below, above = ((sign * (value - drawn) >= -1e-12).sum() for sign in (1, -1))
    return float(1 + min(below, above)) / (1 + len(drawn))


def _paired_sizes(levels: pd.DataFrame, regions: pd.Index) -> dict[str, Array]:
    """The mean over the years of what regions are grouped by: size per head, and the first size."""
    means = levels.groupby("region").mean().reindex(regions)
    if not len(levels.columns) or means.isna().any(axis=None):
        raise Refusal("no_size")
    return {str(name): means[name].to_numpy() for name in means.columns[:2]}


def _orders(
    by_region: pd.DataFrame, levels: pd.DataFrame, seed: int
) -> dict[str, npt.NDArray[np.int64]]:
    """Random pairings by what regions are grouped by; `Refusal` where they would say nothing."""
    if len(by_region) < FEWEST_PAIRED:
        raise Refusal("too_few_regions_to_pair", regions=len(by_region), least=FEWEST_PAIRED)
    if by_region.isna().any(axis=None):
        raise Refusal("unbalanced_pairs")
    sizes = _paired_sizes(levels, by_region.index)
    return {
        name: random_pairings(values, np.random.default_rng(seed)) for name, values in sizes.items()
    }


def _correlations(
    coupling: pd.DataFrame, pair: tuple[str, str], levels: pd.DataFrame, seed: int
) -> Iterator[Row]:
    """Correlations of ln U1 and ln U2 by scope, and how they lie among random pairings."""
    columns = [f"U_{subsystem}" for subsystem in pair]
    positive = coupling[(coupling[columns] > 0).all(axis=1)]
    x, y = (np.log(positive[column].to_numpy(dtype=float)) for column in columns)
    regions, years = positive["region"].to_numpy(), positive["year"].to_numpy()
    by_region = positive.assign(x=x).pivot(index="region", columns="year", values="x")
    place = (by_region.index.get_indexer(regions), by_region.columns.get_indexer(years))
    common = {"pair": "~".join(pair), "n": len(positive)}
    orders: dict[str, npt.NDArray[np.int64]] = {}
    try:
        orders = _orders(by_region, levels, seed)
    except Refusal as problem:
        yield _refused(problem, measure="placebo_beyond", scope=SCOPES[-1], **common)
    for scope in SCOPES:
        left = [demean(values, regions, years, scope) for values in (x, y)]
        r = float(correlation(*left))
        where = {**common, "scope": scope}
        if not np.isfinite(r):
            yield _refused(Refusal("constant_index"), measure="correlation_lnU", **where)
            continue
        yield {"measure": "correlation_lnU", "value": r, **where}
        grids = np.zeros((2, *by_region.shape))
        for grid, values in zip(grids, left, strict=True):
            grid[place] = values
        for name, order in orders.items():
            drawn = paired_correlations(grids[0], grids[1], order)
            low, high = np.quantile(drawn, [OUTSIDE, 1 - OUTSIDE]).tolist()
            placed = {"low": low, "high": high, "beyond": beyond(r, drawn)}
            for end, value in placed.items():
                found = {"value": value, "n": len(order), "terciles": name}
                yield {"measure": f"placebo_{end}", **where, **found}


def _refused(problem: Refusal, **where: Any) -> Row:
    return {**where, "message": problem.key, "fields": packed(problem.fields)}


def comovement_rows(
    coupling: pd.DataFrame, panel: pd.DataFrame, size: Sequence[str], seed: int
) -> pd.DataFrame:
    """Return the table `comovement` (columns: docs/tables.md); empty for one region.

    For every `pair` of subsystems `correlation_lnU`: correlation of ln U1 and ln U2 in levels,
    within regions, within regions and years. For balanced panels of at least nine regions also,
    with regions paired at random within terciles of size per head and of the first size,
    `placebo_low`, `placebo_high`: 2.5 and 97.5 % points of the same correlation, `placebo_beyond`:
    the share of pairings as far out (`beyond`). What cannot be computed has its reason instead.
    """
    if coupling["region"].nunique() < 2:
        return as_table("comovement", [])
    levels = level_figures(panel, size)
    subsystems = [name.removeprefix("U_") for name in coupling if name.startswith("U_")]
    pairs = combinations(subsystems, 2)
    return as_table(
        "comovement", [row for pair in pairs for row in _correlations(coupling, pair, levels, seed)]
    )
