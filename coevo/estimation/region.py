"""One region: each equation by ordinary least squares."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.estimation.growth import Array, Rows, growth_rows

FEWEST_ROWS = 3  # two coefficients and one residual degree of freedom


class Regression(NamedTuple):
    """Least squares: coefficients (k,), their covariance (k, k), residuals (n,), residual df."""

    coefficients: Array
    covariance: Array
    residuals: Array
    df: int


def ols(X: npt.ArrayLike, y: npt.ArrayLike) -> Regression:
    """Return the least-squares fit of y (n,) on the columns of X (n, k) by QR, n > k.

    Columns are brought to unit length first, which no result depends on. The covariance is
    s^2 (X'X)^-1 = s^2 R^-1 R^-T with s^2 = RSS/(n - k). `StudyError` if rows are too few or a
    column is a combination of the others.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n, k = X.shape
    if n <= k:
        raise StudyError(f"{n} rows cannot determine {k} coefficients and their errors")
    length = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / np.where(length > 0, length, 1))
    if np.abs(np.diag(R)).min() <= n * np.finfo(float).eps:
        raise StudyError("the regressor does not vary, or depends on the others")
    inverse = np.linalg.inv(R) / length[:, None]
    coefficients = inverse @ (Q.T @ y)
    residuals = y - X @ coefficients
    variance = residuals @ residuals / (n - k)
    return Regression(coefficients, variance * inverse @ inverse.T, residuals, n - k)


@dataclass(frozen=True)
class Equations:
    """The two lines with their uncertainty, as inference needs them.

    coefficients (2, 2): rows (a1, -b1) and (-a2, d); covariance (2, 2, 2): that of each row;
    df: degrees of freedom of t.
    """

    coefficients: Array
    covariance: Array
    df: int

    @property
    def a1(self) -> float:
        return float(self.coefficients[0, 0])

    @property
    def b1(self) -> float:
        return float(-self.coefficients[0, 1])

    @property
    def a2(self) -> float:
        return float(-self.coefficients[1, 0])

    @property
    def d(self) -> float:
        return float(self.coefficients[1, 1])

    @property
    def b2(self) -> float:
        """Conversion rate d/b1; infinite where b1 is 0."""
        return self.d / self.b1 if self.b1 else float("inf")

    def errors(self) -> dict[str, float]:
        """Return the standard errors of a1, b1, a2, d."""
        return standard_errors(self.covariance)


def standard_errors(covariance: Array) -> dict[str, float]:
    errors = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)).ravel()
    return dict(zip(("a1", "b1", "a2", "d"), errors.tolist(), strict=True))


def undo_scale(lines: Array, covariance: Array, scale: Array) -> tuple[Array, Array]:
    """Return (c, s) (2, 2) and covariance (2, 2, 2) per original unit of the regressor."""
    undo = np.column_stack([np.ones(2), 1 / scale])
    return lines * undo, covariance * (undo[:, :, None] * undo[:, None, :])


@dataclass(frozen=True)
class Fit(Equations):
    """One region's fit in original units: `Equations` with what it was made from.

    data: the growth rows; residuals (rows, 2); condition (2,): condition number of each design
    matrix with the regressor scaled by its series' mean.
    """

    estimator: str
    data: Rows
    residuals: Array
    condition: Array

    @property
    def rows(self) -> int:
        return len(self.data.year)

    @property
    def r_squared(self) -> Array:
        """Share of the variance of growth that each equation explains, (2,)."""
        total = ((self.data.growth - self.data.growth.mean(axis=0)) ** 2).sum(axis=0)
        left = (self.residuals**2).sum(axis=0)
        return np.divide(total - left, total, out=np.full(2, np.nan), where=total > 0)


def fit(
    t: npt.ArrayLike,
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    estimator: str = "trapezoid",
    breaks: Iterable[int] = (),
) -> Fit:
    """Return the classic form fitted to one region, each equation by OLS (QR) with rows - 2 df.

    t, x1, x2, breaks and errors as in `growth_rows`; also `StudyError` for fewer than three growth
    rows or a population that does not vary. Series are scaled by their mean and the scale undone:
    b1 is per unit of x2, d per unit of x1, a1 and a2 per year.
    """
    scale = np.array([_mean(x2), _mean(x1)])
    data = growth_rows(t, x1, x2, estimator, breaks)
    if len(data.year) < FEWEST_ROWS:
        within = " within one vintage" if len(data.crossing) else ""
        raise StudyError(
            f"{len(data.year)} pairs of consecutive years with both figures{within}; "
            f"at least {FEWEST_ROWS} are needed"
        )
    designs = [np.column_stack([np.ones(len(data.year)), R]) for R in (data.regressor / scale).T]
    lines = [ols(X, g) for X, g in zip(designs, data.growth.T, strict=True)]
    coefficients, covariance = undo_scale(
        np.array([line.coefficients for line in lines]),
        np.array([line.covariance for line in lines]),
        scale,
    )
    return Fit(
        coefficients=coefficients,
        covariance=covariance,
        df=lines[0].df,
        estimator=estimator,
        data=data,
        residuals=np.column_stack([line.residuals for line in lines]),
        condition=np.array([np.linalg.cond(X) for X in designs]),
    )


def _mean(x: npt.ArrayLike) -> float:
    values = np.asarray(x, dtype=float)
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) and values.mean() > 0 else 1.0
