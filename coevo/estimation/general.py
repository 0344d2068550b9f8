"""The general model of one region: every population acts on every other, and on itself.

    g_i = r_i + sum_j A_ij R(x_j)

The classic form is A with zeros on the diagonal; whether the data allow that can be tested.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coevo.arrays import Array, Booleans, Values
from coevo.errors import Refusal
from coevo.estimation.growth import Rows, population_rows
from coevo.estimation.regression import Regression, regress

SPARE = 4  # fewest growth rows above the number of populations: three residual degrees of freedom

# name -> which slopes A_ij of n populations are estimated, (n, n); the others are zero
FORMS: dict[str, Callable[[int], Booleans]] = {
    "general": lambda n: np.ones((n, n), dtype=bool),
    "classic": lambda n: ~np.eye(n, dtype=bool),
}


@dataclass(frozen=True)
class GeneralFit:
    """The general model of n populations in original units.

    coefficients (n, 1 + n): (r_i, A_i1, ..., A_in) of each equation, per year, and per year and
    unit of the column's population; covariance (n, 1 + n, 1 + n) of each row; df of t; equations
    (n,): the regressions on the growth rows `data`.
    """

    coefficients: Array
    covariance: Array
    df: int
    data: Rows
    equations: tuple[Regression, ...]

    @property
    def r(self) -> Array:
        return self.coefficients[:, 0]

    @property
    def A(self) -> Array:
        return self.coefficients[:, 1:]

    @property
    def error(self) -> Array:
        """Standard errors of A, (n, n)."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))[:, 1:]

    @property
    def rows(self) -> int:
        return len(self.data.year)


def fit_general(
    t: Values,
    X: Values,
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
        raise Refusal("too_few_general_rows", rows=rows, populations=n, least=n + SPARE)
    equations = own_equations(data, FORMS["general"](n))
    return GeneralFit(*stacked(equations), data, equations)


def own_equations(data: Rows, included: Booleans) -> tuple[Regression, ...]:
    """Return the regression of each growth (rows,) on one and the regressors `included` (n, n)."""
    one = np.ones(len(data.year))
    return tuple(
        regress(g, np.column_stack([one, data.regressor[:, own]]), constant=True)
        for g, own in zip(data.growth.T, included, strict=True)
    )


def stacked(equations: Sequence[Regression]) -> tuple[Array, Array, int]:
    """Return coefficients (n, k) and covariance (n, k, k) of n regressions, and the df of each."""
    coefficients, covariance = (
        np.array([getattr(equation, name) for equation in equations])
        for name in ("coefficients", "covariance")
    )
    return coefficients, covariance, equations[0].df


def restriction_test(fit: GeneralFit) -> float:
    """Return p of the paper's restriction that A_ii = 0 in all equations.

        F_i = A_ii^2 / var(A_ii) ~ F(1, df),   p = min(1, n min p_i)

    The least p of the equations' tests adjusted by Holm, which needs no assumption on how the
    equations' errors are related. Source: Holm (1979).
    """
    p = [equation.test([1 + i]).p for i, equation in enumerate(fit.equations)]
    # as `multipletests` of statsmodels, which collects garbage first: a tenth of a second a region
    return float(min(1.0, len(p) * np.min(p)))
