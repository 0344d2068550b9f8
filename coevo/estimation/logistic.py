"""Leslie's map: the logistic variant of the general model, in steps of a year.

    x_i(t+1) = lambda_i x_i(t) / (1 + sum_j alpha_ij x_j(t))

Each population alone follows the logistic curve exactly, and the map rests where the model rests:

    r_i = ln lambda_i,   A_ij = -alpha_ij r_i / (lambda_i - 1)

It serves populations that limit themselves (A_ii < 0), not the classic form. Source: Leslie (1958).
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.estimation.growth import Array, unbroken
from coevo.estimation.region import ols


class LeslieFit(NamedTuple):
    """Leslie's map of n populations in original units: rate lambda (n,), weights alpha (n, n).

    residuals (rows, n) of x(t)/x(t+1), the quantity that is linear; df of each equation.
    """

    rate: Array
    weights: Array
    residuals: Array
    df: int

    @property
    def r(self) -> Array:
        """Growth rates (n,) of the general model, ln lambda."""
        return np.log(self.rate)

    @property
    def A(self) -> Array:
        """Interactions (n, n) of the general model, -alpha r/(lambda - 1); -alpha if lambda = 1."""
        rise = self.rate - 1
        share = np.divide(self.r, rise, out=np.ones_like(rise), where=rise != 0)
        return -self.weights * share[:, None]


def leslie_step(x: npt.ArrayLike, rate: npt.ArrayLike, weights: npt.ArrayLike) -> Array:
    """Return the populations (..., n) a year after x (..., n), positive.

    rate (n,) lambda > 0; weights (n, n) alpha per unit of the column's population. `StudyError`
    where 1 + sum_j alpha_ij x_j is not positive: the step has no next year there.
    """
    x, rate, weights = (np.asarray(value, dtype=float) for value in (x, rate, weights))
    divisor = 1 + x @ weights.T
    if np.any(divisor <= 0):
        raise StudyError("Leslie's step has no next year here: populations help each other too far")
    return rate * x / divisor


def fit_leslie(t: npt.ArrayLike, X: npt.ArrayLike, breaks: Iterable[int] = ()) -> LeslieFit:
    """Return Leslie's map fitted to one region, each equation by OLS (QR) of its linear form.

        x_i(t)/x_i(t+1) = 1/lambda_i + sum_j (alpha_ij/lambda_i) x_j(t)

    t (years,), X (years, n) and breaks as in `population_rows`; residual df rows - 1 - n. Series
    are scaled by their mean and the scale undone. `StudyError` as there, for too few rows, and for
    a lambda that is not positive.
    """
    parts = unbroken(t, X, breaks).parts
    empty = np.empty((0, np.shape(X)[1]))
    now = np.concatenate([empty, *(x[:-1] for _, x in parts)])
    ratio = np.concatenate([empty, *(x[:-1] / x[1:] for _, x in parts)])
    scale = now.mean(axis=0) if len(now) else np.ones(empty.shape[1])
    lines = [ols(np.column_stack([np.ones(len(now)), now / scale]), y) for y in ratio.T]
    coefficients = np.array([line.coefficients for line in lines])
    if np.any(coefficients[:, 0] <= 0):
        population = int(np.argmin(coefficients[:, 0])) + 1
        raise StudyError(f"x{population} follows no logistic path: its rate is not positive")
    return LeslieFit(
        1 / coefficients[:, 0],
        coefficients[:, 1:] / coefficients[:, :1] / scale,
        np.column_stack([line.residuals for line in lines]),
        lines[0].df,
    )
