"""In step, or just rich and rising? Co-movement of two indices beyond level and common trend."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Integers, Row, Values
from coevo.coupling.level import NOISE, level_figures
from coevo.errors import Refusal
from coevo.files import as_table

SCOPES = ("levels", "within_regions", "within_regions_and_years")
# what an index is correlated as; the first is the headline's
SCALES: dict[str, Callable[[Array], Array]] = {"lnU": np.log, "sqrtU": np.sqrt, "U": np.positive}
PAIRINGS = 99_999
RUN, SHORTEST = 10, 4  # regions that stand together, and the fewest that do at an end
FEWEST_PAIRED = 9  # below, the true pairing is among the random ones too often
OUTER = 0.025  # share of random pairings beyond either end of their range
SIGNIFICANT = 0.05
BLOCK = 3_000_000  # regions x pairings that are held at once


def demean(x: Array, regions: Array, years: Array, scope: str) -> Array:
    """Return x (..., rows) less region means, or less region and year effects (least squares).

    `scope`: one of `SCOPES`, of which levels is x itself. Unbalanced rows are handled by
    alternating projections, which for a balanced panel end after one round.
    """
    residual = pd.DataFrame(x.reshape(-1, x.shape[-1]).T)
    groups = [regions, years][: SCOPES.index(scope)]
    for _ in range(1000):
        before = residual
        for group in groups:
            residual = residual - residual.groupby(group).transform("mean")
        if np.abs(residual - before).max(axis=None) < 1e-13:
            break
    return np.asarray(residual.to_numpy().T.reshape(x.shape))


def correlation(x: Array, y: Array) -> Array:
    """Pearson correlation of x (..., rows) and y (..., rows) along the last axis.

    NaN where one of the two does not vary (beyond rounding).
    """
    x = x - x.mean(axis=-1, keepdims=True)
    y = y - y.mean(axis=-1, keepdims=True)
    xx, yy = (x**2).sum(axis=-1), (y**2).sum(axis=-1)
    varies = (xx > NOISE * x.shape[-1]) & (yy > NOISE * y.shape[-1])
    product = np.sqrt(np.where(varies, xx * yy, 1.0))
    return np.where(varies, (x * y).sum(axis=-1) / product, np.nan)


def random_pairings(size: Values, rng: np.random.Generator, pairings: int = PAIRINGS) -> Integers:
    """Return permutations (pairings, regions) that pair each region with one of similar size.

    size (regions,). In each, regions in the order of size are cut into runs of `RUN` at a random
    offset, ends shorter than `SHORTEST` joined to their neighbour, and permuted within runs: no
    fixed cut parts two regions of nearly the same size.
    """
    by_size = np.argsort(size, kind="stable")
    order = np.tile(np.arange(len(by_size)), (pairings, 1))
    offset = rng.integers(RUN, size=pairings)
    for first in range(RUN):
        drawn = np.flatnonzero(offset == first)
        cuts = range(first, len(by_size), RUN)
        inner = [cut for cut in cuts if SHORTEST <= cut <= len(by_size) - SHORTEST]
        for run in np.split(by_size, inner):
            order[np.ix_(drawn, run)] = rng.permuted(np.tile(run, (len(drawn), 1)), axis=1)
    return order


def paired_correlations(x: Array, y: Array, order: Integers) -> Array:
    """Return correlations (..., pairings) of x and y when x is reassigned among regions.

        r* = sum_i S[i, order(i)] / sqrt(sum x^2 sum y^2),   S[i, j] = sum_t y_it x_jt

    x, y (..., regions, years), panels free of the same effects: reassigning whole series changes
    neither the means of regions nor those of years over all regions, so that nothing is demeaned
    anew. order (pairings, regions), shared by all panels: whose x each region gets; its own
    (`np.arange`) gives r itself. A region with a NaN in x or y is left out of that panel (effects
    are to be those of the others), and whoever would get its x gets what it would get: a
    permutation of those that are left, within the same runs. NaN where x or y does not vary.
    """
    batch, (regions, years) = x.shape[:-2], x.shape[-2:]
    x, y = (np.reshape(v, (-1, regions, years)) for v in (x, y))
    gone = np.asarray(np.isnan(x + y).any(axis=2))
    present = ~gone[:, :, None]
    count = np.maximum(present.sum(axis=(1, 2), keepdims=True), 1) * years
    x, y = (np.where(present, v, 0.0) for v in (x, y))
    x, y = (np.where(present, v - v.sum(axis=(1, 2), keepdims=True) / count, 0.0) for v in (x, y))
    xx, yy = ((v**2).sum(axis=(1, 2)) for v in (x, y))
    varies = np.minimum(xx, yy) > NOISE * regions * years
    products = np.zeros((len(x), len(order)))
    for pattern in np.unique(gone, axis=0):
        alike = np.flatnonzero((gone == pattern).all(axis=1))
        of = np.ascontiguousarray(_without(order, pattern).T)
        alike_x, place = x[alike], np.zeros(regions, dtype=np.int64)
        total = np.zeros((len(order), len(alike)))
        for region in np.flatnonzero(~pattern):  # S of those alone whose x it may get
            donors = np.flatnonzero(np.bincount(of[region], minlength=regions))
            place[donors] = np.arange(len(donors))
            S = np.einsum("pt,pdt->dp", y[alike, region], alike_x[:, donors])
            total += S.take(place[of[region]], axis=0)
        products[alike] = total.T
    products /= np.sqrt(np.where(varies, xx * yy, np.nan))[:, None]
    return products.reshape(*batch, len(order))


def _without(order: Integers, gone: Booleans) -> Integers:
    """Return the permutations with the regions that are gone passed over along their cycles."""
    passed = order
    while gone.any() and (past := gone[passed] & ~gone).any():
        passed = np.where(past, np.take_along_axis(order, passed, axis=1), passed)
    return passed


def placebo(r: Array, drawn: Array) -> dict[str, Array]:
    """Return mean, low, high (2.5 and 97.5 % points) of random pairings, and the two-sided p of r.

        p = (1 + #{|r* - m| >= |r - m|}) / (pairings + 1),   m the mean of r*

    r (...), drawn (..., pairings). Rounding of 1e-12 does not part equals.
    """
    mean = drawn.mean(axis=-1)
    low, high = np.quantile(drawn, [OUTER, 1 - OUTER], axis=-1)
    away = np.abs(drawn - mean[..., None]) >= np.abs(r - mean)[..., None] - 1e-12
    p = (1 + away.sum(axis=-1)) / (1 + drawn.shape[-1])
    return {"mean": mean, "low": low, "high": high, "p": p}


def _paired_sizes(levels: pd.DataFrame, regions: pd.Index) -> dict[str, Array]:
    """Mean over the years of the logs of what regions are paired by: size per head, first size."""
    means = np.log(levels).groupby("region").mean().reindex(regions)
    if not len(levels.columns) or means.isna().any(axis=None):
        raise Refusal("no_size")
    return {str(name): means[name].to_numpy() for name in means.columns[:2]}


def _placebos(
    r: Array, x: Array, y: Array, by_region: pd.DataFrame, levels: pd.DataFrame, seed: int
) -> dict[str, dict[str, Array]]:
    """The `placebo` of r (...) by what regions are paired by; `Refusal` where it says nothing."""
    if len(by_region) < FEWEST_PAIRED:
        raise Refusal("too_few_regions_to_pair", regions=len(by_region), least=FEWEST_PAIRED)
    if by_region.isna().any(axis=None):
        raise Refusal("unbalanced_pairs")
    step, placebos = max(1, BLOCK // len(by_region)), {}
    for name, size in _paired_sizes(levels, by_region.index).items():
        rng = np.random.default_rng(seed)
        drawn = [
            paired_correlations(x, y, random_pairings(size, rng, min(step, PAIRINGS - start)))
            for start in range(0, PAIRINGS, step)
        ]
        placebos[name] = placebo(r, np.concatenate(drawn, axis=-1))
    return placebos


def whole_regions(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the regions that have every year, if enough do; else all."""
    years = rows.groupby("region")["year"].transform("size")
    whole = rows[years == rows["year"].nunique()]
    return whole if whole["region"].nunique() >= FEWEST_PAIRED else rows


def _correlations(
    coupling: pd.DataFrame, pair: tuple[str, str], levels: pd.DataFrame, seed: int
) -> Iterator[Row]:
    """Correlations of U1 and U2 by scope and scale, and what random pairings give for each."""
    columns = [f"U_{subsystem}" for subsystem in pair]
    positive = whole_regions(coupling[(coupling[columns] > 0).all(axis=1)])
    U = positive[columns].to_numpy(dtype=float).T
    regions, years = positive["region"].to_numpy(), positive["year"].to_numpy()
    scaled = np.stack([scale(U) for scale in SCALES.values()], axis=1)
    # (2, scopes, scales, rows), then the same by region and year
    residuals = np.stack([demean(scaled, regions, years, scope) for scope in SCOPES], axis=1)
    r = correlation(residuals[0], residuals[1])
    by_region = positive.assign(x=0.0).pivot(index="region", columns="year", values="x")
    place = (by_region.index.get_indexer(regions), by_region.columns.get_indexer(years))
    grids = np.full((*residuals.shape[:-1], *by_region.shape), np.nan)
    grids[..., place[0], place[1]] = residuals
    common = {"pair": "~".join(pair), "n": len(positive)}
    placed: dict[str, dict[str, Array]] = {}
    try:
        placed = _placebos(r, grids[0], grids[1], by_region, levels, seed)
    except Refusal as problem:
        yield {**problem.columns, "measure": "placebo_p", "scope": SCOPES[-1], **common}
    for index in np.ndindex(r.shape):
        measure = f"correlation_{list(SCALES)[index[1]]}"
        labels = {**common, "scope": SCOPES[index[0]]}
        if not np.isfinite(r[index]):
            yield {**Refusal("constant_index").columns, "measure": measure, **labels}
            continue
        yield {"measure": measure, "value": r[index], **labels}
        for name, ends in placed.items():
            for end, values in ends.items():
                row = {"value": values[index], "n": PAIRINGS, "of": measure, "paired_by": name}
                yield {**labels, "measure": f"placebo_{end}", **row}


def comovement_rows(
    coupling: pd.DataFrame, panel: pd.DataFrame, size: Sequence[str], seed: int
) -> pd.DataFrame:
    """Return the table `comovement` (columns: docs/tables.md); empty for one region.

    For every `pair` of subsystems `correlation_lnU`, `correlation_sqrtU`, `correlation_U`: of the
    logs, the square roots, the indices as they are, over the region-years in which both are
    positive; in levels, within regions, within regions and years. Where nine regions or more have
    all years, of them alone; then also, with regions paired at random with those of similar size
    per head and of similar first size (`random_pairings`), `placebo_mean`, `placebo_low`,
    `placebo_high` and `placebo_p` of each (`placebo`). What cannot be computed has its reason.
    """
    if coupling["region"].nunique() < 2:
        return as_table("comovement", [])
    levels = level_figures(panel, size)
    subsystems = [name.removeprefix("U_") for name in coupling if name.startswith("U_")]
    pairs = combinations(subsystems, 2)
    return as_table(
        "comovement", [row for pair in pairs for row in _correlations(coupling, pair, levels, seed)]
    )
