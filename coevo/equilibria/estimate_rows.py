"""Fits as rows of the tables parameters and fits: estimates, and how well each regression fits."""

from collections.abc import Iterable, Iterator

import numpy as np

from coevo.arrays import Row
from coevo.equilibria.fitted import AnyFit, inferable
from coevo.estimation.general import GeneralFit
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_general import GeneralPooled
from coevo.estimation.region import Equations, Fit
from coevo.estimation.residuals import residual_tests
from coevo.inference.sets import interval

PARAMETERS = ("a1", "b1", "a2", "d", "b2")


def parameter_rows(fits: Iterable[tuple[Row, AnyFit]], level: float) -> Iterator[Row]:
    """Yield the parameters of labelled fits: one region in original, pooled in scaled units.

    b2 = d/b1 joins two equations and has no error; nor has a pooled fit of too few regions.
    """
    for label, own in fits:
        with_errors = not isinstance(own, GeneralPooled) or inferable(own)
        for name, (estimate, error) in estimates(own).items():
            row = label | {"parameter": name, "estimate": estimate}
            if with_errors and np.isfinite(error):
                low, high = interval(estimate, error, own.df, level)
                row |= {"se": error, "df": own.df, "low": low, "high": high}
            if np.isfinite(estimate):
                yield row


def estimates(own: AnyFit) -> dict[str, tuple[float, float]]:
    """Return each parameter of a fit with its error, NaN where it has none."""
    if isinstance(own, PooledFit):
        own = own.lines
    if isinstance(own, Equations):
        named = own.errors()
        return {name: (getattr(own, name), named.get(name, np.nan)) for name in PARAMETERS}
    if isinstance(own, GeneralPooled) and own.form == "classic":
        names, A, errors = ["b1", "d"], own.A[[0, 1], [1, 0]] * [-1, 1], own.error[[0, 1], [1, 0]]
    else:
        names = [f"A{i + 1}{j + 1}" for i, j in np.ndindex(own.A.shape)]
        A, errors = own.A.ravel(), own.error.ravel()
    found = dict(zip(names, zip(A.tolist(), errors.tolist(), strict=True), strict=True))
    if isinstance(own, GeneralFit):
        r = zip(own.r.tolist(), np.sqrt(own.covariance[:, 0, 0]).tolist(), strict=True)
        found = {f"r{i}": both for i, both in enumerate(r, start=1)} | found
    return found


def quality_rows(fits: Iterable[tuple[Row, AnyFit]]) -> Iterator[Row]:
    """Yield a row for each equation of each regression.

    What is no regression, the path of a whole series, has no row. F is left out where too few
    regions are pooled for errors.
    """
    for label, own in fits:
        if isinstance(own, GeneralPooled):
            places, with_errors = (own.moments.region, own.moments.year), inferable(own)
        elif isinstance(own, Fit | GeneralFit):
            places, with_errors = (np.zeros_like(own.data.year), own.data.year), True
        else:
            continue
        for number, equation in enumerate(own.equations, start=1):
            overall, left = equation.test(), residual_tests(equation.residuals, *places)
            row = {"equation": number, "n": equation.rows, "r2": equation.r_squared}
            row |= {"residual_df": equation.df, "slopes": overall.df[0], "F_df": overall.df[1]}
            row |= {"F": overall.F, "F_p": overall.p} if with_errors else {}
            row |= {"durbin_watson": left.durbin_watson, "jarque_bera_p": left.jarque_bera}
            yield label | row
