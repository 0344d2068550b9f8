"""One region: each equation by ordinary least squares."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation.general import FORMS, condition, own_equations
from coevo.estimation.growth import Array, Rows, growth_rows
from coevo.estimation.regression import Regression

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

    data: the growth rows, the first regressor is R(x2); residuals (rows, 2); condition (2,):
    condition number of each design matrix with the regressor scaled by its series' mean;
    equations: the two regressions.
    """

    estimator: str
    data: Rows
    residuals: Array
    condition: Array
    equations: tuple[Regression, ...]

    @property
    def rows(self) -> int:
        return len(self.data.year)

    @property
    def r_squared(self) -> Array:
        """Share of the variance of growth that each equation explains, (2,)."""
        return np.array([equation.r_squared for equation in self.equations])


def fit(
    t: npt.ArrayLike,
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    estimator: str = "trapezoid",
    breaks: Iterable[int] = (),
) -> Fit:
    """Return the classic form fitted to one region, each equation by OLS with rows - 2 df.

    t, x1, x2, breaks and errors as in `growth_rows`; also `StudyError` for fewer than three growth
    rows or a population that does not vary. b1 is per unit of x2, d per unit of x1, a1 and a2 per
    year.
    """
    data = growth_rows(t, x1, x2, estimator, breaks)
    if len(data.year) < FEWEST_ROWS:
        within = " within one vintage" if len(data.crossing) else ""
        raise Refusal(
            "too_few_pairs",
            f"{len(data.year)} pairs of consecutive years with both figures{within}; "
            f"at least {FEWEST_ROWS} are needed",
            pairs=len(data.year),
            least=FEWEST_ROWS,
            one_vintage=bool(len(data.crossing)),
        )
    general = data._replace(regressor=data.regressor[:, ::-1])  # in the order of the populations
    equations = own_equations(general, FORMS["classic"](2))
    scale = [np.nanmean(np.asarray(x, dtype=float)) for x in (x2, x1)]
    return Fit(
        coefficients=np.array([equation.coefficients for equation in equations]),
        covariance=np.array([equation.covariance for equation in equations]),
        df=equations[0].df,
        estimator=estimator,
        data=data,
        residuals=np.column_stack([equation.residuals for equation in equations]),
        condition=np.array([condition(data.regressor[:, [i]], scale[i]) for i in (0, 1)]),
        equations=equations,
    )
