"""What headlines are read from, of D under many combinations of choices at once (methods, 3).

Arrays hold a combination along their first axis. Nothing is computed one combination at a time.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.arrays import Array, Config, Integers
from coevo.coupling.comovement import (
    FEWEST_PAIRED,
    correlation,
    paired_correlations,
    placebo,
    random_pairings,
)
from coevo.coupling.formulas import Degrees, degrees
from coevo.coupling.level import NOISE
from coevo.regional.convergence import morgan, paired, slope_hc1
from coevo.regional.neighbourhood import connected, likeness, row_standardised
from coevo.regional.regional_panel import FEWEST_REGIONS

Columns = dict[str, npt.NDArray[Any]]
DRAWS = 9_999  # with fewer the seed would decide verdicts on combinations near 5 %
FEW_DRAWS, MANY_REGIONS = 999, 300  # permutations of more regions than that
R2 = ("R2_per_head", "R2_product", "R2_population")  # columns, in the order of the levels


HALF = 0.5  # share of the variance of ln D from which T makes most of it
UNRELATED_DRAWS, UNRELATED_RANGES = 200, ((0.01, 0.99), (0.3, 0.7))  # of independent indices
# of the ends of D, what is asked as well of figures with all ratios between regions held
HELD = ("sd_ln_first", "sd_ln_last", "morgan_p", "beta", "beta_low", "beta_high")


class Surroundings(NamedTuple):
    """What D of regions is held against.

    levels: of development by (region, year), size per head first, then each size, all positive;
    without columns where the study names none. neighbours: of each region; empty where the table of
    regions names none. seed, draws: of permutations of regions, the same in all combinations.
    """

    levels: pd.DataFrame
    neighbours: Mapping[str, Sequence[str]]
    seed: int
    draws: int = DRAWS


class Curve(NamedTuple):
    """How many of `n` sets of indices without a zero have r above 0: in the sample, and in each of
    the draws (draws,), which carry one pairing of regions through all of them.
    """

    n: int
    above: int
    drawn: Integers


def spread(values: Array, rows: pd.MultiIndex) -> tuple[Array, pd.Index, pd.Index]:
    """Return values (..., rows) as (..., regions, years), NaN where there is no row; regions and
    years, in their order.
    """
    region, regions = pd.factorize(rows.get_level_values("region"), sort=True)
    year, years = pd.factorize(rows.get_level_values("year"), sort=True)
    grid = np.full((*values.shape[:-1], len(regions), len(years)), np.nan)
    grid[..., region, year] = values
    return grid, regions, years


def statistics(
    found: Degrees,
    subsystems: Sequence[str],
    rows: pd.MultiIndex,
    context: Surroundings,
    paired_by: str,
) -> tuple[Columns, dict[str, Curve]]:
    """Return statistics of D by column, an array (k,) over k combinations, and a curve by pair.

    found: U (weightings, composites, rows, n); C, T, D (weightings, composites, forms, rows), whose
    combinations are in this order. subsystems: their names. rows: region and year of each.
    paired_by: the level by which regions are paired at random. Columns: docs/tables.md,
    `multiverse`; what cannot be asked is NaN.
    """
    forms = found.D.shape[2]
    C, T, D = (part.reshape(-1, part.shape[-1]) for part in (found.C, found.T, found.D))
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = end_statistics(D, rows) | {"share_C": _share(C, D), "share_T": _share(T, D)}
        columns |= dict(zip(R2, level_fit(D, rows, context.levels).values(), strict=False))
        by_year, regions, _ = spread(D, rows)
        columns |= _neighbours(by_year[..., -1], regions, context)
    U, *_ = spread(np.moveaxis(found.U, -1, 0), rows)
    U = U.reshape(len(U), -1, *U.shape[-2:])
    order = _pairings(regions, context, paired_by)
    curves: dict[str, Curve] = {}
    for a, b in combinations(range(len(U)), 2):
        step, curve = in_step(U[a], U[b], order)
        pair = "" if (a, b) == (0, 1) else f"{subsystems[a]}~{subsystems[b]}"
        ending = f"_{pair}" if pair else ""
        columns |= {f"{name}{ending}": np.repeat(v, forms) for name, v in step.items()}
        curves |= {pair: curve} if curve else {}
    columns["regions_all"] = np.full(len(D), len(regions))
    return columns, curves


def end_statistics(D: Array, rows: pd.MultiIndex) -> Columns:
    """First and last year of D (k, rows): how many rose, spreads, growth on the start."""
    D, _, years = spread(D, rows)
    first, last = D[..., 0], D[..., -1]
    both = np.isfinite(first) & np.isfinite(last)
    inside = both & (first > 0) & (last > 0)
    logs = tuple(np.log(np.where(inside, part, np.nan)) for part in (first, last))
    ends = tuple(np.where(both, part, np.nan) for part in (first, last))
    columns: Columns = {
        "regions": both.sum(axis=1),
        "rose": (both & (last > first)).sum(axis=1),
        "regions_ln": inside.sum(axis=1),
        "zeros": (D == 0).sum(axis=(1, 2)),
    }
    for end, *values in zip(("first", "last"), ends, logs, strict=True):
        of_D, of_logs = (pd.DataFrame(value.T) for value in values)
        columns |= {
            f"D_mean_{end}": of_D.mean().to_numpy(),
            f"sd_{end}": of_D.std().to_numpy(),
            f"sd_ln_{end}": of_logs.std().to_numpy(),
        }
    columns["morgan_t"], columns["morgan_p"] = morgan(*logs)
    columns["morgan_D_t"], columns["morgan_D_p"] = morgan(*ends)
    growth = (logs[1] - logs[0]) / (years[-1] - years[0])
    slope = slope_hc1(growth, logs[0])
    return columns | {"beta": slope.value, "beta_low": slope.low, "beta_high": slope.high}


def _share(part: Array, D: Array) -> Array:
    """Share (k,) of C or T in the variance of ln D (k, rows), over rows with D above 0."""
    x, y, n = paired(np.log(part) / 2, np.where(D > 0, np.log(D), np.nan))
    variance = (y * y).sum(axis=-1)
    return np.asarray((x * y).sum(axis=-1) / np.where(variance > NOISE * n, variance, np.nan))


def unrelated_shares(settings: Config, size: tuple[int, int], seed: int) -> dict[str, float]:
    """Return how often T makes most of the variance of ln D where the indices are unrelated.

    Parameters
    ----------
    settings : Config
        The configuration's `coupling` with the form of C; without the preset.
    size : tuple of int
        Number of region-years and of indices.
    seed : int
        Seed of the draws of indices, independent and uniform over each range of `UNRELATED_RANGES`.

    Returns
    -------
    dict
        `chance_least` and `chance_most`: the least and largest share, over those ranges, of 200
        draws (`UNRELATED_DRAWS`) in which the share of T is above one half.
    """
    rng, plain = np.random.default_rng(seed), {**settings, "preset": None}
    drawn = [rng.uniform(*ends, (UNRELATED_DRAWS, *size)) for ends in UNRELATED_RANGES]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = [degrees(U, plain) for U in drawn]
        shares = [float((_share(one.T, one.D) > HALF).mean()) for one in found]
    return {"chance_least": min(shares), "chance_most": max(shares)}


def level_fit(D: Array, rows: pd.MultiIndex, levels: pd.DataFrame) -> dict[str, Array]:
    """Return R2 (k,) of ln D (k, rows) on the log of each level, over rows with D above 0."""
    fits: dict[str, Array] = {}
    keys = pd.MultiIndex.from_arrays([rows.get_level_values(k) for k in ("region", "year")])
    places = levels.index.get_indexer(keys)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where((D > 0) & (places >= 0), np.log(D), np.nan)
    for name in levels:
        x, y, _ = paired(np.log(levels[name].to_numpy(dtype=float))[places], logs)
        fits[str(name)] = correlation(x, y) ** 2
    return fits


def _neighbours(D: Array, regions: pd.Index, context: Surroundings) -> Columns:
    """Moran's I of D (k, regions) in one year, its expectation, and p by permutation."""
    used = list(connected(pd.Series(D[0], regions), context.neighbours).index)
    if len(used) < FEWEST_REGIONS:
        return {}
    W, rng = row_standardised(context.neighbours, used), np.random.default_rng(context.seed)
    moran = likeness(D[:, regions.get_indexer(used)].T, W, context.draws, rng)
    return {"moran_last": moran.I, "moran_expected": moran.expected, "moran_p": moran.p}


def _pairings(regions: pd.Index, context: Surroundings, level: str) -> Integers | None:
    """Whose index each region gets (draws, regions); None where pairings would say nothing."""
    if level not in context.levels or len(regions) < FEWEST_PAIRED:
        return None
    size = np.log(context.levels[level]).groupby("region").mean().reindex(regions).to_numpy()
    if not np.isfinite(size).all():
        return None
    return random_pairings(size, np.random.default_rng(context.seed), context.draws)


def in_step(x: Array, y: Array, order: Integers | None) -> tuple[Columns, Curve | None]:
    """Return r of two indices within regions and years, and how it stands among random pairings.

    x, y (k, regions, years): indices of k combinations; order (draws, regions): whose x a region
    gets. Regions with both indices positive in all years enter, `regions_r` of them. `r_ln`,
    `r_levels` (k,): of logs, and of the indices; `r_placebo`, `r_p`: mean of r over the draws and
    p, for logs (`placebo`). The curve counts combinations that lose no region to a zero.
    """
    keep = np.asarray(((x > 0) & (y > 0)).all(axis=-1))
    whole = keep.sum(axis=1) == (np.isfinite(x) & np.isfinite(y)).all(axis=-1).sum(axis=1)
    x, y = (np.where(keep[..., None], part, np.nan) for part in (x, y))
    itself = np.arange(keep.shape[1])[None]
    logs = _within(np.log(x)), _within(np.log(y))
    columns: Columns = {
        "r_ln": paired_correlations(*logs, itself)[:, 0],
        "r_levels": paired_correlations(_within(x), _within(y), itself)[:, 0],
        "regions_r": keep.sum(axis=1),
    }
    if order is None:
        return columns, None
    drawn, r = paired_correlations(*logs, order), columns["r_ln"]
    among = placebo(r, drawn)
    few = columns["regions_r"] < FEWEST_PAIRED
    for name, key in {"r_placebo": "mean", "r_p": "p"}.items():
        columns[name] = np.where(few, np.nan, among[key])
    counted = whole & ~few
    above = (r[counted] > 0).sum(), (drawn[counted] > 0).sum(axis=0)
    return columns, Curve(int(counted.sum()), int(above[0]), above[1])


def _within(x: Array) -> Array:
    """x (k, regions, years) less its means of regions, and of years over regions without NaN."""
    x = x - x.mean(axis=-1, keepdims=True)
    known = np.isfinite(x)
    year = np.where(known, x, 0.0).sum(axis=-2, keepdims=True)
    return np.asarray(x - year / np.maximum(known.sum(axis=-2, keepdims=True), 1))


def whole_curve(curves: Sequence[Curve]) -> dict[str, float]:
    """Return `sets` of indices, `above`, those with r above 0, and p of that count, over several
    curves of one seed; nothing without a curve.

        p = (1 + #{max(k*, n - k*) >= max(k, n - k)}) / (draws + 1)
    """
    n, k = sum(c.n for c in curves), sum(c.above for c in curves)
    if not n:
        return {}
    drawn = np.sum([c.drawn for c in curves], axis=0)
    reached = np.maximum(drawn, n - drawn) >= max(k, n - k)
    return {"sets": n, "above": k, "p": float((1 + reached.sum()) / (1 + len(drawn)))}
