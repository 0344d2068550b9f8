"""The one place where a regression that is reported is made, by singular values.

Columns come with effects already taken out; degrees of freedom and clustered errors are corrected
for them, as dummies would do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc

from coevo.arrays import Array, Integers, Values
from coevo.errors import Refusal
from coevo.estimation.effects import sums


class FTest(NamedTuple):
    """F of slopes that are all nil, its two degrees of freedom, and p."""

    F: float
    df: tuple[int, int]
    p: float


def f_test(F: float, slopes: int, df: int) -> FTest:
    """Return F of so many slopes with its p by F(slopes, df)."""
    return FTest(float(F), (slopes, df), float(fdtrc(slopes, df, F)))


class Clusters(NamedTuple):
    """Rows whose errors hang together: region (rows,), index of G regions, 0 .. G - 1.

    counted: how many of the effects taken out the covariance corrects for.
    """

    region: Integers
    counted: int = 0


@dataclass(frozen=True)
class Regression:
    """Least squares of y (rows,) on X (rows, k).

    coefficients (k,); covariance (k, k); residuals (rows,); df: rows less coefficients and effects;
    total: sum of squares of what the effects leave of y, about its mean where X has a constant, NaN
    with instruments, which do not minimise what is left; influence
    (G, k): each cluster's part in the coefficients, influence' influence = covariance, no rows
    without clusters.
    """

    coefficients: Array
    covariance: Array
    residuals: Array
    df: int
    total: float
    influence: Array
    constant: bool

    @property
    def rows(self) -> int:
        return len(self.residuals)

    @property
    def r_squared(self) -> float:
        """Share of `total` that is explained; NaN where there is none."""
        left = float(self.residuals @ self.residuals)
        return 1 - left / self.total if self.total > 0 else float("nan")

    def test(self, which: Sequence[int] | None = None) -> FTest:
        """Return the F test that the coefficients at `which` are nil, by default all slopes.

            F = b' V^-1 b / q ~ F(q, df),   with clusters F(q, G - 1)

        NaN for a regression without error, or with as many slopes as clusters.
        """
        every = range(int(self.constant), len(self.coefficients))
        at, clustered = list(every if which is None else which), len(self.influence) > 0
        df = len(self.influence) - 1 if clustered else self.df
        if df < len(at) or not np.any(self.residuals):
            return FTest(float("nan"), (len(at), df), float("nan"))
        if which is None and not clustered:  # from sums of squares, which lose no digits
            rss = float(self.residuals @ self.residuals)
            return f_test((self.total - rss) / len(at) / (rss / df), len(at), df)
        error = np.sqrt(np.diag(self.covariance))[at]
        t, V = self.coefficients[at] / error, self.covariance[np.ix_(at, at)]
        square = t @ np.linalg.solve(V / np.outer(error, error), t)
        return f_test(float(square) / len(at), len(at), df)


def regress(
    y: Values,
    X: Values,
    effects: int = 0,
    clusters: Clusters | None = None,
    instruments: Array | None = None,
    constant: bool = False,
    refusal: Refusal | None = None,
) -> Regression:
    """Return the least-squares fit of y (rows,) on the columns of X (rows, k).

        V = s^2 (X'X)^-1,   s^2 = RSS/df,   df = rows - k - effects
        clustered: V = G/(G-1) (rows-1)/(rows-k-counted) (X'X)^-1 sum_r X_r'e_r e_r'X_r (X'X)^-1

    effects: how many were taken out of y and X before; constant: the first column is one;
    instruments Z (rows, m): two-stage least squares, X in V then as Z fits it and e = y - X b.
    Columns are brought to unit length first, which no result depends on. QR, which inverts R'R,
    would lose the errors of ill-conditioned columns (NIST, Filip).
    `StudyError` if rows are too few, or (`refusal`) a column is a combination of the others.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n, k = X.shape
    df = n - k - effects
    if df < 1:
        raise Refusal("too_few_rows", rows=n, coefficients=k)
    seen, length = _unit_length(X if instruments is None else first_stage(X, instruments))
    inverse = _pseudo_inverse(seen, refusal or Refusal("constant_regressor"))
    scaled = inverse @ y
    coefficients = scaled / length
    residuals = y - (seen @ scaled if instruments is None else X @ coefficients)
    rss, V = float(residuals @ residuals), inverse @ inverse.T / np.outer(length, length)
    influence = np.empty((0, k))
    if clusters is not None:
        G, scores = int(clusters.region.max()) + 1, seen * length * residuals[:, None]
        correction = G / (G - 1) * (n - 1) / (n - k - clusters.counted)
        influence = np.sqrt(correction) * sums(clusters.region, scores) @ V
    total = float(((y - y.mean()) ** 2).sum() if constant else y @ y)
    return Regression(
        coefficients=coefficients,
        covariance=rss / df * V if clusters is None else influence.T @ influence,
        residuals=residuals,
        df=df,
        total=total if instruments is None else float("nan"),
        influence=influence,
        constant=constant,
    )


def first_stage(X: Array, Z: Array) -> Array:
    """Return the columns of X (rows, k) as least squares on the instruments Z (rows, m)."""
    unit, _ = _unit_length(Z)
    fitted: Array = unit @ (_pseudo_inverse(unit, Refusal("dependent_instrument")) @ X)
    return fitted


def _unit_length(X: Array) -> tuple[Array, Array]:
    """Return columns of unit length, and what their length was; a column of zeros stays."""
    length = np.linalg.norm(X, axis=0)
    length = np.where(length > 0, length, 1)
    return X / length, length


def _pseudo_inverse(X: Array, refusal: Refusal) -> Array:
    """Return (X'X)^-1 X' (k, rows); raises the refusal where a column depends on the others."""
    U, sizes, V = np.linalg.svd(X, full_matrices=False)
    if len(X) < X.shape[1] or sizes.min() <= len(X) * np.finfo(float).eps * sizes.max():
        raise refusal
    return np.asarray(V.T / sizes @ U.T)


NORMALITY_FROM = 30  # rows; with fewer the test of Jarque and Bera is far from its size


def residual_tests(residuals: Array, region: Integers, year: Integers) -> dict[str, float]:
    """Return what residuals (rows,), sorted by region and year, say of a regression's assumptions.

        d = sum (e_t - e_t-1)^2 / sum e_t^2

    `durbin_watson`: d, 2 where a year says nothing of the next, less where it persists;
    `jarque_bera_p`: p of normal errors, NaN for fewer than 30 rows.

    region, year (rows,): differences are taken within a region, from one year to the next; of one
    region without a gap d is Durbin and Watson's. Empty without error. Source: Bhargava, Franzini
    and Narendranathan (1982).
    """
    from statsmodels.stats.stattools import jarque_bera

    total = float(residuals @ residuals)
    if total == 0:
        return {}
    next_year = (np.diff(region) == 0) & (np.diff(year) == 1)
    steps = np.diff(residuals)[next_year]
    normal = jarque_bera(residuals)[1] if len(residuals) >= NORMALITY_FROM else float("nan")
    return {"durbin_watson": float(steps @ steps) / total, "jarque_bera_p": float(normal)}
