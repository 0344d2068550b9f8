"""Are neighbours alike? Moran's I of all regions by year and of each region."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Integers, Places, Row, Values
from coevo.errors import Refusal, tried
from coevo.regional.regional_panel import FEWEST_REGIONS, LIKELY, PLAIN, RegionalPanel, varying

if TYPE_CHECKING:  # imported where it is used: reports read constants of this module
    from scipy.sparse import csr_array

NEAREST = 5  # regions nearest by level: about as many as a province has neighbours
BLOCK = 1_000_000  # numbers of permutations that are held at a time
TIE = 1e-12  # draws within this of the observed one count as reaching it
QUADRANTS = ("high_high", "low_high", "low_low", "high_low")  # the region, then its neighbours


def row_standardised(
    neighbours: Mapping[str, Sequence[str]], regions: Sequence[str]
) -> "csr_array":
    """Return weights (n, n), sparse: 1 / number of neighbours, among `regions`; rows sum to 1, or
    to 0 where a region has none.
    """
    from scipy.sparse import csr_array

    place = {region: i for i, region in enumerate(regions)}
    near = [[place[other] for other in neighbours[r] if other in place] for r in regions]
    ends = np.cumsum([0, *map(len, near)])
    values = np.concatenate([[1 / max(len(o), 1)] * len(o) for o in near] or [[]])
    columns = np.array([i for o in near for i in o], dtype=np.int64)
    return csr_array((values, columns, ends), shape=(len(near), len(near)))


def permutations(n: int, draws: int, rng: np.random.Generator) -> Iterator[Places]:
    """Yield permutations (some, n) of 0 .. n - 1, `draws` of them, in blocks of fixed memory."""
    size = max(1, BLOCK // n)
    for start in range(0, draws, size):
        block = np.tile(np.arange(n), (min(size, draws - start), 1))
        yield rng.permuted(block, axis=1, out=block)


class Likeness(NamedTuple):
    """Moran's I of columns (s,), its expectation, p by permutation, and the least I above its
    expectation whose p would be below `LIKELY` (NaN where draws are too few for one).
    """

    I: Array  # noqa: E741 - its name in every text
    expected: Array
    p: Array
    critical: Array

    def row(self, i: int) -> dict[str, float]:
        """Values of a column under their names in the table `regional`."""
        keys = ("value", "expected", "p", "critical")
        return {key: float(values[i]) for key, values in zip(keys, self, strict=True)}


def _basis(n: int, regressors: Sequence[Values]) -> tuple[Array, Array]:
    """Orthonormal columns (s, n, k) of a constant and regressors, each (n, s), and how many (s,);
    what depends on those before it is 0 and not counted.
    """
    parts = np.broadcast_arrays(np.ones((n, 1)), *(np.asarray(x, float) for x in regressors))
    X = np.stack(parts, axis=-1).swapaxes(0, 1)
    Q, R = np.linalg.qr(X)
    new = np.abs(np.einsum("skk->sk", R)) > 1e-10 * np.linalg.norm(X, axis=1)
    return Q * new[:, None], new.sum(axis=1)


def likeness(
    Y: Values, W: "csr_array", draws: int, rng: np.random.Generator, *regressors: Values
) -> Likeness:
    """Return Moran's I of each column of Y (n, s) and its p: shares of permutations of the regions,
    the same for all columns, whose I is at least as far from its expectation.

        p = (1 + #{|I* - E(I)| >= |I - E(I)|}) / (draws + 1)
        E(I) = n / S0 tr(MW) / (n - k),   M = 1 - Q Q' with Q a basis of constant and regressors

    which is -1 / (n - 1) without regressors. Where Y are residuals, regressors, each (n, s), are
    what they are residuals of: they are taken out of every permutation again (I* of M y*), since
    residuals that are shuffled alone are centred elsewhere (Cliff and Ord 1981).
    """
    values = np.asarray(Y, dtype=float)
    z = values - values.mean(axis=0)
    n, s = z.shape
    over, (Q, k) = n / float(W.sum()), _basis(n, regressors)
    traces = np.array([float((q * (W @ q)).sum()) for q in Q])
    expected = np.broadcast_to(over * (W.trace() - traces) / (n - k), s)
    observed = over * (z * (W @ z)).sum(axis=0) / (z**2).sum(axis=0)
    far = np.empty((s, draws))
    done = 0
    for block in permutations(n, draws, rng):
        for i, column in enumerate(z.T):
            drawn = np.ascontiguousarray(column[block].T)
            if regressors:
                drawn -= Q[i] @ (Q[i].T @ drawn)
            products = np.einsum("ij,ij->j", drawn, W @ drawn)
            squares = np.einsum("ij,ij->j", drawn, drawn) if regressors else column @ column
            far[i, done : done + len(block)] = np.abs(over * products / squares - expected[i])
        done += len(block)
    reached = (far >= np.abs(observed - expected)[:, None] - TIE).sum(axis=1)
    rarer = math.ceil(LIKELY * (draws + 1)) - 1  # draws that may reach an I of p = LIKELY
    least = np.partition(far, -rarer, axis=1)[:, -rarer] if rarer else np.full(s, np.nan)
    return Likeness(observed, expected, (1 + reached) / (draws + 1), expected + least)


def around(W: "csr_array") -> "csr_array":
    """Return weights (n, n) of Conley over neighbours of first and second order by W (n, n).

    1 on the diagonal, 2/3 for neighbours, 1/3 for neighbours of neighbours: Bartlett's kernel.
    """
    from scipy.sparse import eye_array

    itself = eye_array(W.shape[0], format="csr")
    first = ((W + W.T) > 0).astype(float)
    second = ((itself + first + first @ first) > 0).astype(float)
    return (first + second + 2 * itself) / 3


def local_moran(y: Values, W: "csr_array") -> tuple[Array, Integers]:
    """Return I_i (n,) and quadrant (n,) of each region: I_i = (n - 1) z_i (W z)_i / z'z.

    Quadrants: 1 high among high, 2 low among high, 3 low among low, 4 high among low (against the
    mean). Anselin (1995).
    """
    z = np.asarray(y, dtype=float)
    z = z - z.mean()
    lag = W @ z
    quadrant = np.where(z > 0, np.where(lag > 0, 1, 4), np.where(lag > 0, 2, 3))
    values: Array = (len(z) - 1) * z * lag / (z @ z)
    return values, quadrant


def local_moran_p(y: Values, W: "csr_array", draws: int, rng: np.random.Generator) -> Array:
    """Return p (n,) of each I_i: the region stays, the others are permuted over its neighbours.

    Two-sided about the mean of the others, which is what a neighbour is expected to have; NaN where
    a region has no neighbour.
    """
    z = np.asarray(y, dtype=float)
    z = z - z.mean()
    n, lag, ends = len(z), W @ z, W.indptr
    most = int(np.diff(ends).max())
    # a region looks at as many places of a permutation as it has neighbours
    places = np.concatenate([block[:, :most].copy() for block in permutations(n - 1, draws, rng)])
    reached = np.zeros(n, dtype=int)
    for i in range(n):
        weights = W.data[ends[i] : ends[i + 1]]
        at = places[:, : len(weights)]
        drawn = z[at + (at >= i)] @ weights  # the others: all but region i
        centre = -z[i] / (n - 1)
        reached[i] = int((np.abs(drawn - centre) >= abs(lag[i] - centre) - TIE).sum())
    return np.where(np.diff(ends) > 0, (1 + reached) / (draws + 1), np.nan)


def nearest_by_level(level: pd.Series) -> dict[str, list[str]]:
    """Return the regions nearest to each by level, at most `NEAREST`; on a line, so by sorting."""
    ordered = level.sort_values(kind="stable")
    values, regions = ordered.to_numpy(), ordered.index.to_numpy()
    nearest = {}
    for i, region in enumerate(regions):
        candidates = np.arange(max(0, i - NEAREST), min(len(values), i + NEAREST + 1))
        candidates = candidates[candidates != i]
        near = np.argsort(np.abs(values[candidates] - values[i]), kind="stable")[:NEAREST]
        nearest[str(region)] = [str(regions[k]) for k in candidates[near]]
    return nearest


def connected(y: pd.Series, neighbours: Mapping[str, Sequence[str]]) -> pd.Series:
    """The known values of y whose region has a known neighbour."""
    known = set(y.dropna().index)
    joined = [r for r in y.index if r in known and known.intersection(neighbours.get(r, ()))]
    return y[joined]


def _global_rows(
    statistic: str, study: RegionalPanel, of: str, neighbours: Mapping[str, Sequence[str]]
) -> Iterator[Row]:
    """I by year with p; years that know the same regions share their permutations."""
    values = study.in_space(of)
    alike: dict[tuple[str, ...], list[int]] = {}
    for year, column in values.items():
        try:
            y = varying(connected(column, neighbours), FEWEST_REGIONS)
        except Refusal as why:
            yield {"statistic": statistic, "year": year} | why.columns
            continue
        alike.setdefault(tuple(y.index), []).append(int(year))
    for regions, years in alike.items():
        W, at = row_standardised(neighbours, regions), (list(regions), years)
        taken_out = [] if of == PLAIN else [study.log_level.loc[at].to_numpy()]
        rng = np.random.default_rng(study.seed)
        moran = likeness(values.loc[at].to_numpy(), W, study.draws, rng, *taken_out)
        for i, year in enumerate(years):
            yield {"statistic": statistic, "year": year} | moran.row(i) | {"n": len(regions)}


def neighbour_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Moran's I by year over regions that share a border."""
    yield from _global_rows("moran", study, of, study.neighbours)


def level_neighbour_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Moran's I by year over regions that are nearest by mean level (product per head)."""
    level = study.log_level.mean(axis=1).dropna()
    yield from _global_rows("moran_level", study, of, nearest_by_level(level))


def local_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Local I of every region in the first and in the last year, with p after false discovery; a
    quadrant only where that is below `LIKELY`.
    """
    values, neighbours = study.in_space(of), study.neighbours
    for year in dict.fromkeys((values.columns[0], values.columns[-1])):
        label = {"statistic": "local_moran", "year": year}
        yield from tried(_local_rows(values[year], neighbours, study), label)


def _local_rows(
    column: pd.Series, neighbours: Mapping[str, Sequence[str]], study: RegionalPanel
) -> Iterator[Row]:
    """The rows of one year."""
    from statsmodels.stats.multitest import multipletests

    y = varying(connected(column, neighbours), FEWEST_REGIONS)
    W = row_standardised(neighbours, list(y.index))
    moran, quadrant = local_moran(y, W)
    p = local_moran_p(y, W, study.draws, np.random.default_rng(study.seed))
    adjusted = multipletests(p, method="fdr_bh")[1]
    cluster = np.where(adjusted < LIKELY, np.array(QUADRANTS)[quadrant - 1], "")
    columns = {"value": moran, "p": p, "p_adjusted": adjusted, "cluster": cluster}
    local = pd.DataFrame({"scope": y.index} | columns)
    yield from local.assign(n=len(y)).to_dict("records")
    for region in column.dropna().index.difference(y.index):
        yield {"scope": region} | Refusal("isolated_region").columns
