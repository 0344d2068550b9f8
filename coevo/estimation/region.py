"""One region: each equation by ordinary least squares."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coevo.arrays import Array, Booleans, Integers, Values
from coevo.errors import Refusal
from coevo.estimation.effects import means, sums
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


def fit_general(
    t: Values, X: Values, estimator: str = "trapezoid", breaks: Iterable[int] = ()
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
    equations = region_regressions(data, FORMS["general"](n))
    return GeneralFit(*stacked(equations)[:2], equations[0].df, data, equations)


def region_regressions(data: Rows, included: Booleans) -> tuple[Regression, ...]:
    """Return the regression of each growth (rows,) on one and the regressors `included` (n, n)."""
    one = np.ones(len(data.year))
    return tuple(
        regress(g, np.column_stack([one, data.regressor[:, columns]]), constant=True)
        for g, columns in zip(data.growth.T, included, strict=True)
    )


def stacked(fits: "Sequence[Regression | Equations]") -> tuple[Array, Array, Integers]:
    """Return coefficients (n, ...), covariance (n, ...) and df (n,) of n regressions or fits."""
    names = ("coefficients", "covariance", "df")
    coefficients, covariance, df = (np.array([getattr(of, name) for of in fits]) for name in names)
    return coefficients, covariance, df


def restriction_test(fit: GeneralFit) -> float:
    """Return p of the paper's restriction that A_ii = 0 in all equations.

        F_i = A_ii^2 / var(A_ii) ~ F(1, df),   p = min(1, n min p_i)

    The least p of the equations' tests adjusted by Holm, which needs no assumption on how the
    equations' errors are related. Source: Holm (1979).
    """
    p = [equation.test([1 + i]).p for i, equation in enumerate(fit.equations)]
    # as `multipletests` of statsmodels, which collects garbage first: a tenth of a second a region
    return float(min(1.0, len(p) * np.min(p)))


FEWEST_ROWS = 3  # two coefficients and one residual degree of freedom


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
        errors = np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2)).ravel()
        return dict(zip(("a1", "b1", "a2", "d"), errors.tolist(), strict=True))

    def per_unit(self, unit: Array) -> "Equations":
        """Return the lines whose regressors, here in multiples of unit (2,), are in units of 1."""
        undo = np.column_stack([np.ones(2), 1 / unit])
        both = undo[:, :, None] * undo[:, None, :]
        return Equations(self.coefficients * undo, self.covariance * both, self.df)


@dataclass(frozen=True)
class Fit(Equations):
    """One region's fit in original units: `Equations` with what it was made from.

    data: the growth rows; equations: the two regressions; condition (2,): condition number of each
    design matrix with the regressor scaled by its series' mean.
    """

    data: Rows
    equations: tuple[Regression, ...]
    condition: Array

    @property
    def rows(self) -> int:
        return len(self.data.year)

    @property
    def residuals(self) -> Array:
        return np.column_stack([equation.residuals for equation in self.equations])


def fit(
    t: Values, x1: Values, x2: Values, estimator: str = "trapezoid", breaks: Iterable[int] = ()
) -> Fit:
    """Return the classic form fitted to one region, each equation by OLS with rows - 2 df.

    t, x1, x2, breaks and errors as in `population_rows`; also `StudyError` for fewer than three
    growth rows or a population that does not vary. b1 is per unit of x2, d per unit of x1, a1 and
    a2 per year.
    """
    X = np.column_stack([np.asarray(x, dtype=float) for x in (x1, x2)])
    data = population_rows(t, X, estimator, breaks)
    if len(data.year) < FEWEST_ROWS:
        raise Refusal("too_few_pairs", pairs=len(data.year), least=FEWEST_ROWS)
    equations = region_regressions(data, FORMS["classic"](2))
    scaled = data.regressor / np.nanmean(X, axis=0)
    ones = np.ones(len(scaled))
    condition = [np.linalg.cond(np.column_stack([ones, R])) for R in scaled.T[::-1]]
    return Fit(*stacked(equations)[:2], equations[0].df, data, equations, np.array(condition))


def region_lines(growth: Array, regressor: Array, region: Integers) -> Array:
    """Return the least-squares lines (G, 2, 2) of many regions at once: (a1, -b1) and (-a2, d).

    growth, regressor (rows, 2): of both populations, each of which grows on the other; region
    (rows,): index, rows sorted by it. NaN where the regressor does not vary.
    """
    count, R = np.bincount(region)[:, None], regressor[:, ::-1]
    mean_g, mean_R = means(region, growth), means(region, R)
    away = R - mean_R[region]
    inner, size = sums(region, away**2), sums(region, R**2)
    varies = np.sqrt(inner) > count * np.finfo(float).eps * np.sqrt(size)
    cross = sums(region, away * growth)
    slope = np.divide(cross, inner, out=np.full_like(cross, np.nan), where=varies)
    return np.stack([mean_g - slope * mean_R, slope], axis=-1)
