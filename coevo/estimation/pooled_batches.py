"""The general model of two populations for many panels at once: resamples, simulations.

    g_i = alpha_ir + tau_it + A_i1 R(x1) + A_i2 R(x2) + e_i        (docs/methods.md, 5)

All panels of a batch have the same growth rows, and stand on the last axis of the arrays.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Integers
from coevo.estimation.effects import EFFECTS, Absorbed, forward_deviations, require_left, sums
from coevo.estimation.growth import pool

BLOCK = 200_000  # figures from which effects are taken out at a time
FEWEST = 16  # columns of them: with less an array is slow


class Steps(NamedTuple):
    """Growth rows of many regions, sorted by region and year, in scaled units.

    region (rows,): index from 0; year (rows,): the earlier of the two; start, end (rows, 2, ...):
    x1, x2 in that year and in the next, divided by the region's first figure.
    """

    region: Integers
    year: Integers
    start: Array
    end: Array


def steps(pair: pd.DataFrame) -> Steps:
    """Return the growth rows of columns region, year, x1, x2 and perhaps flag.

    Which pairs of years are rows, and `StudyError`: as for `pool`.
    """
    rows = pool(pair, ("x1", "x2"), "trapezoid", "first")
    return Steps(rows.region, rows.year, rows.start, rows.start * np.exp(rows.growth))


class Years(NamedTuple):
    """The effects of years that all panels of the same growth rows have.

    within: taken out beside those of regions; kept (kept,): rows that have forward deviations;
    ahead (kept, q): orthonormal directions of the years' dummies in these.
    """

    within: Absorbed
    kept: Integers
    ahead: Array


def years_of(panels: Steps) -> Years:
    """Return the effects of years in growth rows; `StudyError` where regions share no years."""
    region, year = panels.region, panels.year
    within = EFFECTS["region+year"](region, year, np.empty((len(region), 0)))
    dummies = 1.0 * (year[:, None] == np.unique(year)[1:])
    with_later, deviated = forward_deviations(region, year, dummies)
    return Years(within, with_later, np.linalg.qr(deviated)[0])


def require_variation(panels: Steps, years: Years) -> None:
    """Raise `StudyError` where effects leave nothing of growth, a regressor or an instrument."""
    region, _, start, end = panels
    g = np.log(end / start)
    instruments = start[years.kept]
    for left, columns in (
        (left_by(years.within, region, start), start),
        (left_by(years.within, region, g), g),
        (_in_blocks(lambda V: _beside(years.ahead, V), instruments), instruments),
    ):
        require_left(left, columns, "region+year")


class General(NamedTuple):
    """The general model of B panels: A (B, 2, 2); covariance (B, 4, 4), order A11 A12 A21 A22.

    df: degrees of freedom of t, regions - 1.
    """

    A: Array
    covariance: Array
    df: int

    @property
    def error(self) -> Array:
        """Standard errors (B, 2, 2)."""
        variance = np.diagonal(self.covariance, axis1=1, axis2=2)
        return np.sqrt(variance).reshape(self.A.shape)


def fod_general(panels: Steps, years: Years | None = None) -> General:
    """Return `fod_iv`: the trapezoid equation in forward orthogonal deviations, by instruments.

    R = (x(t) + x(t+1))/2. g and R enter as forward deviations, the instruments x1(t), x2(t) as they
    are; the deviations of the years' dummies are taken out of all. Covariance clustered by region,
    factor G/(G-1) (n-1)/(n-k). The convention of `pooled.deviations`. years: `years_of` these rows,
    if they are known.
    """
    region, year, start, end = panels
    _, with_later, ahead = years or years_of(panels)
    n, k = len(with_later), 2 + ahead.shape[1]
    g, R = (
        _in_blocks(lambda V: _beside(ahead, forward_deviations(region, year, V)[1]), W)
        for W in (np.log(end / start), (start + end) / 2)
    )
    Z = _in_blocks(lambda V: _beside(ahead, V), start[with_later])
    G = len(np.unique(region[with_later]))
    correction = G / (G - 1) * (n - 1) / (n - k)
    return _instrumented(Z, R, g, region[with_later], correction)


def lag_general(panels: Steps, years: Years | None = None) -> General:
    """Return least squares with R = x(t), region and year effects.

    Covariance clustered by region, factor G/(G-1) (n-1)/(n-k), k regressors and effects. years: as
    for `fod_general`.
    """
    region, _, start, end = panels
    n, G = len(region), int(region.max()) + 1
    effects = (years or years_of(panels)).within
    X, g = (left_by(effects, region, V) for V in (start, np.log(end / start)))
    correction = G / (G - 1) * (n - 1) / (n - 2 - effects.counted)
    return _instrumented(X, X, g, region, correction)


def left_by(effects: Absorbed, region: Integers, V: Array) -> Array:
    """Return what effects that were taken out of other columns of the same rows leave of V.

    V (rows, 2, B); nothing is larger than a block of its columns.
    """

    def take(columns: Array) -> Array:
        if not effects.common:
            mean = sums(region, columns) / np.bincount(region)[:, None]
            columns = columns - mean[region]
        return _beside(effects.basis, columns)

    return _in_blocks(take, V)


def squares_left(effects: Absorbed, region: Integers, V: Array) -> Array:
    """Return the sums of squares (2, B) of what `left_by` gives, which takes half as long.

    ||V||^2 - ||region sums / sqrt(n)||^2 - ||Q'V||^2, for effects that hold the regions' own.
    """
    columns = V.reshape(len(V), -1)
    of_regions = sums(region, columns) / np.sqrt(np.bincount(region))[:, None]
    left = squares(columns) - squares(of_regions) - squares(effects.basis.T @ columns)
    return np.asarray(left.reshape(V.shape[1:]))


def squares(V: Array) -> Array:
    """Return the sums of squares (m,) of columns (rows, m)."""
    return np.asarray(np.einsum("ij,ij->j", V, V))


def _beside(Q: Array, V: Array) -> Array:
    """Return what orthonormal columns Q (rows, q) leave of V (rows, m)."""
    return V - Q @ (Q.T @ V)


def _in_blocks(take: Callable[[Array], Array], V: Array) -> Array:
    """Return take(columns) of V (rows, 2, B), a block of columns (rows, m) at a time."""
    columns = V.reshape(len(V), -1)
    step = max(FEWEST, BLOCK // len(V))
    parts = [take(columns[:, i : i + step]) for i in range(0, columns.shape[1], step)]
    whole = np.concatenate(parts, axis=1)
    return whole.reshape(len(whole), *V.shape[1:])


def _instrumented(Z: Array, X: Array, g: Array, region: Integers, correction: float) -> General:
    """Return A with Z'(g - X A') = 0, each (rows, 2, B), and its clustered covariance.

    Z = Q T by Gram and Schmidt; A' = (Q'X)^-1 Q'g, which for Z = X is least squares by QR.
    """
    Q = _orthonormal(Z)
    W = _inner(Q, X)
    A = np.asarray(np.linalg.solve(W, _inner(Q, g)), dtype=float)  # (B, regressors, equations)
    opening = np.flatnonzero(np.diff(region, prepend=-1))
    G, B = len(opening), len(A)
    scores = np.empty((2, G, 2, B))  # instruments, regions, equations
    for i in range(2):
        e = g[:, i] - X[:, 0] * A[:, 0, i] - X[:, 1] * A[:, 1, i]
        for k in range(2):
            scores[k, :, i] = np.add.reduceat(Q[:, k] * e, opening)
    influence = np.linalg.solve(W, scores.reshape(2, -1, B).transpose(2, 0, 1))
    by_region = influence.reshape(B, 2, G, 2).transpose(0, 2, 3, 1).reshape(B, G, 4)
    covariance = correction * by_region.transpose(0, 2, 1) @ by_region
    return General(A.transpose(0, 2, 1), covariance, G - 1)


def _orthonormal(Z: Array) -> Array:
    """Return an orthonormal basis (rows, 2, B) of the two columns of each panel."""
    first = Z[:, 0] / np.linalg.norm(Z[:, 0], axis=0)
    second = Z[:, 1] / np.linalg.norm(Z[:, 1], axis=0)
    second = second - first * (first * second).sum(axis=0)
    return np.stack([first, second / np.linalg.norm(second, axis=0)], axis=1)


def _inner(U: Array, V: Array) -> Array:
    """Return U'V (B, 2, 2) of (rows, 2, B)."""
    return np.asarray(np.einsum("ikb,ijb->bkj", U, V))
