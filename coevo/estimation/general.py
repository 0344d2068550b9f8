"""The general model of one region: every population acts on every other, and on itself.

    g_i = r_i + sum_j A_ij R(x_j)

The classic form is A with zeros on the diagonal; whether the data allow that can be tested.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation.growth import Array, Rows, population_rows
from coevo.estimation.regression import Regression, regress

Booleans = npt.NDArray[np.bool_]
SPARE = 4  # fewest growth rows above the number of populations: three residual degrees of freedom

# name -> which slopes A_ij of n populations are estimated, (n, n); the others are zero
FORMS: dict[str, Callable[[int], Booleans]] = {
    "general": lambda n: np.ones((n, n), dtype=bool),
    "classic": lambda n: ~np.eye(n, dtype=bool),
}


@dataclass(frozen=True)
class GeneralFit:
    """The general model of n populations in original units.

    r (n,) per year; A (n, n) per year and unit of the column's population; covariance
    (n, 1 + n, 1 + n) of each equation's (r_i, A_i1, ..., A_in); df of each equation; residuals
    (rows, n); condition: condition number of the design with each series scaled by its mean;
    data: the growth rows, regressor in the order of the populations; equations (n,).
    """

    r: Array
    A: Array
    covariance: Array
    df: int
    residuals: Array
    condition: float
    estimator: str
    data: Rows
    equations: tuple[Regression, ...]

    @property
    def rows(self) -> int:
        return len(self.data.year)


def fit_general(
    t: npt.ArrayLike,
    X: npt.ArrayLike,
    estimator: str = "trapezoid",
    breaks: Iterable[int] = (),
) -> GeneralFit:
    """Return the general model fitted to one region, each equation by OLS.

    t (years,), X (years, n), breaks and errors as in `population_rows`; residual df rows - 1 - n.
    `StudyError` also for fewer than n + 4 growth rows or a population that does not vary or follows
    from the others.
    """
    data = population_rows(t, X, estimator, breaks)
    rows, n = data.growth.shape
    if rows < n + SPARE:
        raise Refusal(
            "too_few_general_rows",
            f"{rows} pairs of consecutive years with all figures; the general model of {n} "
            f"populations needs at least {n + SPARE}",
            rows=rows,
            populations=n,
            least=n + SPARE,
        )
    equations = own_equations(data, FORMS["general"](n))
    coefficients = np.array([equation.coefficients for equation in equations])
    return GeneralFit(
        r=coefficients[:, 0],
        A=coefficients[:, 1:],
        covariance=np.array([equation.covariance for equation in equations]),
        df=equations[0].df,
        residuals=np.column_stack([equation.residuals for equation in equations]),
        condition=condition(data.regressor, np.nanmean(np.asarray(X, dtype=float), axis=0)),
        estimator=estimator,
        data=data,
        equations=equations,
    )


def own_equations(data: Rows, included: Booleans) -> tuple[Regression, ...]:
    """Return the regression of each growth (rows,) on one and the regressors `included` (n, n)."""
    one = np.ones(len(data.year))
    return tuple(
        regress(g, np.column_stack([one, data.regressor[:, own]]), constant=True)
        for g, own in zip(data.growth.T, included, strict=True)
    )


def condition(regressor: Array, scale: npt.ArrayLike) -> float:
    """Return the condition number of one and the regressors (rows, k), each over its scale (k,)."""
    return float(
        np.linalg.cond(np.column_stack([np.ones(len(regressor)), regressor / np.asarray(scale)]))
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
    tests = [equation.test([1 + i]) for i, equation in enumerate(fit.equations)]
    F, p = (np.array([getattr(test, name) for test in tests]) for name in ("F", "p"))
    # as `multipletests` of statsmodels, which collects garbage first: a tenth of a second a region
    return RestrictionTest(F, p, float(min(1.0, len(p) * p.min())))
