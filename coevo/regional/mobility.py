"""Do regions change places? Transitions between quartiles of D from a year to the next."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from coevo.arrays import Array, Integers, Row, Values
from coevo.errors import Refusal, tried
from coevo.regional.neighbourhood import row_standardised
from coevo.regional.regional_panel import RegionalPanel, computed

CLASSES = 4
FEW = 5  # moves below which a cell says little


def class_cuts(values: Values, classes: int = CLASSES) -> Array:
    """Return the inner cuts (classes - 1,) of classes of equal size: quantiles, linear."""
    known = np.asarray(values, dtype=float)
    return np.asarray(np.quantile(known[np.isfinite(known)], np.arange(1, classes) / classes))


def classified(values: Values, cuts: Values) -> Integers:
    """Return the class of each value, from 0; a class holds its upper cut; -1 for NaN."""
    known = np.asarray(values, dtype=float)
    classes: Integers = np.searchsorted(np.asarray(cuts), known, side="left")
    return np.where(np.isfinite(known), classes, -1)


def transition_counts(states: Values, classes: int = CLASSES) -> Integers:
    """Return counts (classes, classes) of moves from a year to the next in states (regions, years).

    Classes from 0; -1 is not known, and neither it nor the year after it makes a move.
    """
    table = np.asarray(states)
    before, after = table[:, :-1].ravel(), table[:, 1:].ravel()
    known = (before >= 0) & (after >= 0)
    flat = np.bincount(before[known] * classes + after[known], minlength=classes**2)
    return flat.reshape(classes, classes).astype(np.int64)


def probabilities(counts: Values) -> Array:
    """Return counts (k, k) as shares of their row; a row without moves is NaN."""
    table = np.asarray(counts, dtype=float)
    totals = table.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(table, totals, out=np.full_like(table, np.nan), where=totals > 0))


def steady_state(P: Values) -> Array:
    """Return the distribution (k,) that P (k, k) leaves as it is: pi P = pi, sum pi = 1.

    Refuses a P in which some class cannot be reached from every other: there may be several.
    """
    from scipy.sparse.csgraph import connected_components

    table = np.asarray(P, dtype=float)
    if np.isnan(table).any() or connected_components(table > 0, connection="strong")[0] > 1:
        raise Refusal("classes_apart")
    k = len(table)
    equations = np.vstack([(table.T - np.eye(k))[:-1], np.ones(k)])
    return np.asarray(np.linalg.solve(equations, np.append(np.zeros(k - 1), 1.0)))


def shorrocks(P: Values) -> float:
    """Return (k - trace P) / (k - 1): 0 where nobody moves, 1 where the start does not matter."""
    table = np.asarray(P, dtype=float)
    if np.isnan(table).any():
        raise Refusal("classes_apart")
    return float((len(table) - np.trace(table)) / (len(table) - 1))


def first_passage(P: Values) -> Array:
    """Return the mean number of years (k, k) until a class is first reached from another.

    Kemeny and Snell (1976): with Z = (I - P + 1 pi)^-1, M_ij = (1[i = j] - z_ij + z_jj) / pi_j; on
    the diagonal the years until the same class comes back.
    """
    table, pi = np.asarray(P, dtype=float), steady_state(P)
    identity = np.eye(len(pi))
    Z = np.linalg.inv(identity - table + pi)
    return np.asarray((identity - Z + np.diag(Z)) / pi)


def homogeneity(counts: Values) -> dict[str, tuple[float, float]]:
    """Return the tests that moves do not depend on the neighbours, `LR` and `Q`, each with its p.

    Of Bickenbach and Bode (2003), on counts (m, k, k) by class of neighbours:

        Q = sum n_i(l) (p_ij(l) - p_ij)^2 / p_ij,   LR = 2 sum n_ij(l) ln(p_ij(l) / p_ij)

    over cells with p_ij > 0; df = sum over rows of (classes l with moves - 1)(p_ij > 0 - 1).
    """
    table = np.asarray(counts, dtype=float)
    P, by_class = probabilities(table.sum(axis=0)), probabilities(table)
    rows = table.sum(axis=2)
    used = (P > 0) & (rows > 0)[:, :, None]
    p, q = np.broadcast_to(P, table.shape)[used], by_class[used]
    Q = float((np.broadcast_to(rows[:, :, None], table.shape)[used] * (q - p) ** 2 / p).sum())
    LR = float(2 * (table[used] * np.log(np.where(q > 0, q / p, 1.0))).sum())
    free = np.maximum((rows > 0).sum(axis=0) - 1, 0) * np.maximum((P > 0).sum(axis=1) - 1, 0)
    if not free.sum():
        raise Refusal("no_moves_to_compare")
    return {name: (x, float(chdtrc(free.sum(), x))) for name, x in (("LR", LR), ("Q", Q))}


def _states(values: pd.DataFrame) -> Integers:
    cuts = class_cuts(values)
    if len(np.unique(cuts)) < len(cuts):
        raise Refusal("no_variation")
    return classified(values, cuts)


def neighbour_means(values: pd.DataFrame, study: RegionalPanel) -> pd.DataFrame:
    """Return the mean of each region's known neighbours, by year; NaN without one."""
    W = row_standardised(study.neighbours, list(values.index))
    known = W @ values.notna().to_numpy(dtype=float)
    sums = W @ values.fillna(0.0).to_numpy()
    means = np.divide(sums, known, out=np.full_like(sums, np.nan), where=known > 0)
    return pd.DataFrame(means, values.index, values.columns)


def every_year(values: pd.DataFrame) -> pd.DataFrame:
    """Return the values with a column for each year from the first to the last."""
    first, last = int(values.columns[0]), int(values.columns[-1])
    return values.reindex(columns=range(first, last + 1))


def spatial_counts(study: RegionalPanel) -> Integers:
    """Return counts (class of neighbours, from, to) of moves of regions that have neighbours."""
    values = every_year(study.D)
    states, lags = _states(values), _states(neighbour_means(values, study))
    moves, lag = np.stack([states[:, :-1], states[:, 1:]], axis=-1), lags[:, :-1]
    return np.array([transition_counts(moves[lag == k]) for k in range(CLASSES)])


def move_counts(study: RegionalPanel) -> Integers:
    """Return counts (from, to) of moves between pooled quartiles of D."""
    if study.D.shape[0] < CLASSES:
        raise Refusal("too_few_regions_known", regions=study.D.shape[0], least=CLASSES)
    return transition_counts(_states(every_year(study.D)))


def mobility_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Cuts of the classes, mobility, steady state and first passage of the moves."""
    counts = move_counts(study)
    P, n = probabilities(counts), int(counts.sum())
    for i, cut in enumerate(class_cuts(every_year(study.D)), start=1):
        yield {"statistic": "class_cut", "scope": f"{i}", "value": float(cut)}
    yield computed("shorrocks", lambda: {"value": shorrocks(P), "n": n})
    yield from tried(_long_run_rows(P, n), {}, statistic="steady_state")


def _long_run_rows(P: Array, n: int) -> Iterator[Row]:
    """Steady state and first passage of n moves."""
    pi, M = steady_state(P), first_passage(P)
    for i in range(CLASSES):
        scope = f"{i + 1}"
        yield {"statistic": "steady_state", "scope": scope, "value": float(pi[i]), "n": n}
        for j in range(CLASSES):
            pair = f"{scope}~{j + 1}"
            yield {"statistic": "first_passage", "scope": pair, "value": float(M[i, j]), "n": n}


def spatial_mobility_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Whether moves depend on the neighbours, and the share of cells with fewer than five moves."""
    move_counts(study)
    counts = spatial_counts(study)
    n = int(counts.sum())
    for name, (value, p) in homogeneity(counts).items():
        yield {"statistic": f"homogeneity_{name}", "value": value, "p": p, "n": n}
    small = float((counts < FEW).mean())
    yield {"statistic": "small_cells", "value": small, "n": counts.size}


def move_rows(study: RegionalPanel) -> Iterator[tuple[int, int, int | None, int, float]]:
    """Yield from, to, class of neighbours (None: all), count, probability; classes from 1."""
    parts: list[tuple[int | None, Integers]] = []
    with suppress(Refusal):  # the reason stands in the rows of `mobility_rows`, or of the spatial
        parts.append((None, move_counts(study)))
        parts += enumerate(spatial_counts(study), start=1)
    for lag, counts in parts:
        P = probabilities(counts)
        for i, j in np.ndindex(counts.shape):
            yield i + 1, j + 1, lag, int(counts[i, j]), float(P[i, j])
