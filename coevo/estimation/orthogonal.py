"""Forward orthogonal deviations with instruments: the estimator that is unbiased in short panels.

A region's own level is taken out by later rows alone, so that the state at the start of a row has
no part in the row's error and can stand as instrument for the row's regressors.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.estimation.effects import forward_deviations, require_left, sums
from coevo.estimation.growth import Array, Integers
from coevo.estimation.pooled import Pool
from coevo.registry import choose

Booleans = npt.NDArray[np.bool_]
FOD_IV = "fod_iv"  # its name among the estimators; the rows are those of `trapezoid`

# name -> which slopes A_ij of n populations are estimated, (n, n); the others are zero
FORMS: dict[str, Callable[[int], Booleans]] = {
    "general": lambda n: np.ones((n, n), dtype=bool),
    "classic": lambda n: ~np.eye(n, dtype=bool),
}


class Moments(NamedTuple):
    """Columns from which effects are taken out.

    region (rows,): index; growth, regressor (rows, n); instrument (rows, m), or None where the
    regressors stand for themselves; counted: effects that the clustered covariance corrects for.
    """

    region: Integers
    growth: Array
    regressor: Array
    instrument: Array | None
    counted: int


class Slopes(NamedTuple):
    """A (n, n), row i of equation i; covariance (n n, n n) of A.ravel(); residuals (rows, n).

    Slopes that are not estimated have value and covariance zero.
    """

    A: Array
    covariance: Array
    residuals: Array


def fod_iv(pool: Pool, form: str = "general", effects: str = "region+year") -> Slopes:
    """Return the slopes of g_i = alpha_ir + tau_t + sum_j A_ij R(x_j) + e by instruments x_j(t).

    Two-stage least squares of `deviations`, its covariance clustered by region (CR1). pool: rows of
    `trapezoid`; form: a name in `FORMS`. In the classic form of two populations each equation has
    one regressor and two instruments, in the general form as many of both. `StudyError` as in
    `deviations` and `two_stage`.
    """
    included = choose(FORMS, form, "form")(pool.growth.shape[1])
    return two_stage(deviations(pool, effects), included)


def deviations(pool: Pool, effects: str = "region+year") -> Moments:
    """Return the rows in forward deviations, with x(t) of the row itself as instruments.

    With effects "region+year" the deviations of the years' dummies are taken out of all columns by
    QR; in a balanced panel that is the same as taking out year means first. With "region" the years
    stay in. `StudyError` for other effects, or regions that share no years.
    """
    known = {"region": False, "region+year": True}
    with_years = choose(known, effects, f"effects of {FOD_IV}")
    n, years = pool.growth.shape[1], np.unique(pool.year) if with_years else pool.year[:1]
    dummies = 1.0 * (pool.year[:, None] == years[1:])
    columns = np.column_stack([pool.growth, pool.regressor, dummies])
    kept, V = forward_deviations(pool.region, pool.year, columns)
    region = np.unique(pool.region[kept], return_inverse=True)[1].astype(np.int64)
    Q, _ = _orthonormal(V[:, 2 * n :], "regions and years share too little for year effects")
    columns = np.column_stack([V[:, : 2 * n], pool.start[kept]])
    left = columns - Q @ (Q.T @ columns)
    require_left(left[:, n:], columns[:, n:], effects)
    return Moments(region, left[:, :n], left[:, n : 2 * n], left[:, 2 * n :], dummies.shape[1])


def two_stage(moments: Moments, included: Booleans) -> Slopes:
    """Return the slopes `included` (n, n) of every equation, all with one clustered covariance.

        s = (X^' X^)^-1 X^' g,  X^ the regressors as fitted by the instruments (or X itself)
        V = sum_r u_r u_r',     u_r = c (X^' X^)^-1 X^_r' e_r of all equations, stacked
        c^2 = G/(G-1) (rows-1)/(rows-k),  k = slopes of the equation + effects that count

    By QR. `StudyError` for fewer than two regions, too few rows, or regressors (as fitted) of which
    one depends on the others.
    """
    region, g, X, Z, counted = moments
    rows, n, G = *g.shape, int(region.max(initial=-1)) + 1
    if G < 2:
        raise StudyError(f"{G} region(s) with enough growth rows: a pooled fit needs two")
    A, influence, residuals = np.zeros((n, n)), np.zeros((G, n, n)), g.copy()
    for i, own in enumerate(included):
        k = int(own.sum()) + counted
        if rows <= k:
            raise StudyError(f"{rows} growth rows cannot determine {k} slopes and year effects")
        Q, inverse = _orthonormal(_fitted(X[:, own], Z), "a regressor depends on the others")
        A[i, own] = inverse @ (Q.T @ g[:, i])
        residuals[:, i] -= X[:, own] @ A[i, own]
        correction = np.sqrt(G / (G - 1) * (rows - 1) / (rows - k))
        influence[:, i, own] = correction * sums(region, Q * residuals[:, [i]]) @ inverse.T
    stacked = influence.reshape(G, n * n)
    return Slopes(A, stacked.T @ stacked, residuals)


def strength(moments: Moments, included: Booleans) -> Array:
    """Return the first-stage F (n, n) of each regressor of each equation; NaN where there is none.

    Of several regressors: the F of what the instruments say of one beyond the others, once the
    others' part (by two-stage least squares) is out of it; clustered by region (CR1), K = number of
    regressors, m - K + 1 restrictions. Below about 10 the instruments are weak. Source: Sanderson
    and Windmeijer (2016).
    """
    region, _, X, Z, counted = moments
    F = np.full(included.shape, np.nan)
    if Z is None:
        return F
    for i, j in np.argwhere(included):
        others = X[:, included[i] & (np.arange(X.shape[1]) != j)]
        Q, inverse = _orthonormal(_fitted(others, Z), "a regressor depends on the others")
        rest = X[:, j] - others @ (inverse @ (Q.T @ X[:, j]))
        # the part of the instruments that is orthogonal to the other regressors as fitted
        beyond = np.linalg.svd(Z - Q @ (Q.T @ Z), full_matrices=False)[0]
        F[i, j] = _wald(region, rest, beyond[:, : Z.shape[1] - others.shape[1]], counted)
    return F


def _wald(region: Integers, y: Array, Q: Array, counted: int) -> float:
    """Return F of y (rows,) on orthonormal columns Q (rows, q), clustered by region."""
    rows, q, G = *Q.shape, int(region.max()) + 1
    if q >= G or rows <= q + counted:
        return float("nan")
    effect = Q.T @ y
    scores = sums(region, Q * (y - Q @ effect)[:, None])
    correction = G / (G - 1) * (rows - 1) / (rows - q - counted)
    _, upper = np.linalg.qr(np.sqrt(correction) * scores)
    return float((np.linalg.solve(upper.T, effect) ** 2).sum() / q)


def _fitted(X: Array, Z: Array | None) -> Array:
    if Z is None:
        return X
    Q, _ = _orthonormal(Z, "an instrument depends on the others")
    return Q @ (Q.T @ X)


def _orthonormal(X: Array, refusal: str) -> tuple[Array, Array]:
    """Return Q (rows, k), orthonormal, and M (k, k) with Q = X M: b = M Q'y is least squares."""
    length = np.linalg.norm(X, axis=0)
    length = np.where(length > 0, length, 1)
    Q, R = np.linalg.qr(X / length)
    if len(X) < X.shape[1] or np.abs(np.diag(R)).min(initial=1) <= len(X) * np.finfo(float).eps:
        raise StudyError(refusal)
    return Q, np.linalg.inv(R) / length[:, None]
