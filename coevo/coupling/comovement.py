"""In step, or just large and rising? Co-movement of two indices beyond level and common trend."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.files import as_table
from coevo.normalisation import wide

Array = npt.NDArray[np.float64]
Row = tuple[str, str, float, int, str]  # measure, scope, value, n, pair of subsystems
SCOPES = ("levels", "within_regions", "within_regions_and_years")
SHUFFLES = 999
NOISE = 1e-24  # a variance below this is rounding
FEWEST_PAIRED = 9  # below, the true pairing is among the random ones too often


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
    size: Array, rng: np.random.Generator, shuffles: int = SHUFFLES
) -> npt.NDArray[np.int64]:
    """Return permutations (shuffles, regions) that pair regions within terciles of size."""
    tercile = np.argsort(np.argsort(size)) * 3 // len(size)
    order = np.tile(np.arange(len(size)), (shuffles, 1))
    for third in range(3):
        members = np.flatnonzero(tercile == third)
        order[:, members] = rng.permuted(np.tile(members, (shuffles, 1)), axis=1)
    return order


def _correlations(
    coupling: pd.DataFrame, pair: tuple[str, str], size: pd.Series, seed: int
) -> list[Row]:
    """Correlations of ln U1 and ln U2 by scope, with the range of 95 % of random pairings."""
    columns = [f"U_{subsystem}" for subsystem in pair]
    positive = coupling[(coupling[columns] > 0).all(axis=1)]
    x, y = (np.log(positive[column].to_numpy(dtype=float)) for column in columns)
    regions, years = positive["region"].to_numpy(), positive["year"].to_numpy()
    by_region = positive.assign(x=x).pivot(index="region", columns="year", values="x")
    paired = len(by_region) >= FEWEST_PAIRED and bool(by_region.notna().all(axis=None))
    order = random_pairings(size[by_region.index].to_numpy(), np.random.default_rng(seed))
    place = (by_region.index.get_indexer(regions), by_region.columns.get_indexer(years))
    shuffled = by_region.to_numpy()[order][:, *place]
    name, rows = "~".join(pair), []
    for scope in SCOPES:
        y_left = demean(y, regions, years, scope)
        r = float(correlation(demean(x, regions, years, scope), y_left))
        rows.append(("correlation_lnU", scope, r, len(positive), name))
        if paired and np.isfinite(r):
            # Shuffling whole series keeps the means of years over regions only within terciles, so
            # each pairing is demeaned anew; y is already free of effects, which suffices.
            placebo = correlation(demean(shuffled, regions, years, scope), y_left)
            ends = zip(("low", "high"), np.quantile(placebo, [0.025, 0.975]).tolist(), strict=True)
            rows += [(f"placebo_{end}", scope, value, SHUFFLES, name) for end, value in ends]
    return rows


def _with_size(coupling: pd.DataFrame, sizes: pd.DataFrame, size: Sequence[str]) -> list[Row]:
    """Rank correlations of D with size, what size explains of ln D, and D with size taken out.

    The size-adjusted D is the residual of ln D on a constant and ln of the first size indicator, by
    least squares over the panel: how far D lies above (or below) what size alone would give.
    """
    joined = coupling.merge(sizes.dropna().reset_index(), on=["region", "year"])
    last = joined["year"] == joined["year"].max()
    measures = {name: joined.loc[last, name] for name in size}
    if len(size) > 1:
        measures[f"{size[0]}_per_head"] = joined.loc[last, size[0]] / joined.loc[last, size[1]]
    own = joined.loc[last, "D"].rank().to_numpy()
    rows = [
        ("rank_correlation_D", name, float(correlation(own, values.rank().to_numpy())), last.sum())
        for name, values in measures.items()
    ]
    positive = joined[(joined["D"] > 0) & (joined[size[0]] > 0)]
    D, x = (np.log(positive[name].to_numpy(dtype=float)) for name in ("D", size[0]))
    r = float(correlation(D, x))
    rows.append(("share_of_variance_lnD", f"ln_{size[0]}", r**2, len(positive)))
    if np.isfinite(r):
        adjusted = D - D.mean() - (x - x.mean()) * (r * D.std() / x.std())
        end = positive.assign(size_adjusted_lnD=adjusted)[positive["year"] == joined["year"].max()]
        ranks = end[["D", "size_adjusted_lnD"]].rank(ascending=False, method="min")
        end[["rank_D", "rank_size_adjusted_D"]] = ranks
        shown = end.set_index("region")[["size_adjusted_lnD", "rank_D", "rank_size_adjusted_D"]]
        rows += [(name, region, value, len(end)) for (region, name), value in shown.stack().items()]
    return [(*row, "") for row in rows]


def comovement_rows(
    coupling: pd.DataFrame, panel: pd.DataFrame, size: Sequence[str], seed: int
) -> pd.DataFrame:
    """Return the table `comovement` (measure, scope, value, n, pair); empty for one region.

    For every `pair` of subsystems `correlation_lnU`: correlation of ln U1 and ln U2 in levels,
    within regions, within regions and years; `placebo_low`, `placebo_high`: 2.5 and 97.5 % points
    of the same correlation when regions of similar size are paired at random, for balanced panels
    of at least nine regions. `rank_correlation_D`: Spearman correlation of D in the last year with
    the indicators `size` and, of the first two, their ratio (`..._per_head`).
    `share_of_variance_lnD`: R2 of ln D on ln of the first size indicator over the panel. Of each
    region in the last year `size_adjusted_lnD` (the residual), `rank_D`, `rank_size_adjusted_D` (1
    is the highest; scope is the region). What does not vary has no row.
    """
    if coupling["region"].nunique() < 2:
        return as_table("comovement", [])
    figures = panel.loc[panel["indicator"].isin(size), ["region", "year", "indicator", "value"]]
    sizes = wide(figures, "value")
    mean_size = sizes[size[0]].groupby("region").mean()
    subsystems = [name.removeprefix("U_") for name in coupling if name.startswith("U_")]
    rows = []
    for pair in combinations(subsystems, 2):
        rows += _correlations(coupling, pair, mean_size, seed)
    rows += _with_size(coupling, sizes, size)
    return as_table("comovement", [row for row in rows if np.isfinite(row[2])])
