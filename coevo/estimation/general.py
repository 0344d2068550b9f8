"""The general model of one region: every population acts on every other, and on itself.

    g_i = r_i + sum_j A_ij R(x_j)

The classic form is A with zeros on the diagonal; whether the data allow that can be tested.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc

from coevo.errors import StudyError
from coevo.estimation.growth import Array, Rows, population_rows
from coevo.estimation.region import ols

SPARE = 4  # fewest growth rows above the number of populations: three residual degrees of freedom


@dataclass(frozen=True)
class GeneralFit:
    """The general model of n populations in original units.

    r (n,) per year; A (n, n) per year and unit of the column's population; covariance
    (n, 1 + n, 1 + n) of each equation's (r_i, A_i1, ..., A_in); df of each equation; residuals
    (rows, n); condition: condition number of the design with each series scaled by its mean;
    data: the growth rows, regressor in the order of the populations.
    """

    r: Array
    A: Array
    covariance: Array
    df: int
    residuals: Array
    condition: float
    estimator: str
    data: Rows

    @property
    def rows(self) -> int:
        return len(self.data.year)


def fit_general(
    t: npt.ArrayLike,
    X: npt.ArrayLike,
    estimator: str = "trapezoid",
    breaks: Iterable[int] = (),
) -> GeneralFit:
    """Return the general model fitted to one region, each equation by OLS (QR).

    t (years,), X (years, n), breaks and errors as in `population_rows`; residual df rows - 1 - n.
    Series are scaled by their mean and the scale undone. `StudyError` also for fewer than n + 4
    growth rows or a population that does not vary or follows from the others.
    """
    data = population_rows(t, X, estimator, breaks)
    rows, n = data.growth.shape
    if rows < n + SPARE:
        raise StudyError(
            f"{rows} pairs of consecutive years with all figures; the general model of {n} "
            f"populations needs at least {n + SPARE}"
        )
    scale = np.nanmean(np.asarray(X, dtype=float), axis=0)
    design = np.column_stack([np.ones(rows), data.regressor / scale])
    lines = [ols(design, g) for g in data.growth.T]
    undo = np.append(1.0, 1 / scale)
    coefficients = np.array([line.coefficients for line in lines]) * undo
    return GeneralFit(
        r=coefficients[:, 0],
        A=coefficients[:, 1:],
        covariance=np.array([line.covariance for line in lines]) * np.outer(undo, undo),
        df=lines[0].df,
        residuals=np.column_stack([line.residuals for line in lines]),
        condition=float(np.linalg.cond(design)),
        estimator=estimator,
        data=data,
    )


class RestrictionTest(NamedTuple):
    """Test of the paper's restriction A_ii = 0: F (n,) and p (n,) per equation; combined p."""

    F: Array
    p: Array
    combined: float


def restriction_test(fit: GeneralFit) -> RestrictionTest:
    """Return the tests of A_ii = 0 in each equation, and of all of them at once after Holm.

        F_i = A_ii^2 / var(A_ii) ~ F(1, df)

    combined: the smallest p adjusted by Holm, min(1, n min p), which needs no assumption on how the
    equations' errors are related. Source: Holm (1979).
    """
    own = np.arange(len(fit.r))
    F = np.diag(fit.A) ** 2 / fit.covariance[own, own + 1, own + 1]
    p = fdtrc(1, fit.df, F)
    return RestrictionTest(F, p, float(min(1.0, len(p) * p.min())))
