"""How well each reported regression fits, as rows of the table fits."""

from collections.abc import Iterator, Sequence

import numpy as np

from coevo.equilibria.fitted import POOLED, Fits, Row, inferable
from coevo.estimation.growth import Integers
from coevo.estimation.region import Fit
from coevo.estimation.regression import Regression
from coevo.estimation.residuals import residual_tests


def fit_rows(fits: Fits, estimator: str) -> Iterator[Row]:
    """Yield a row for each equation of each regression; estimator: that of the general models.

    What is no regression, the path of a whole series, has no row. F is left out where too few
    regions are pooled for errors.
    """
    for (code, name), own in fits.regions.items():
        if isinstance(own, Fit):
            label = {"scope": code, "effects": "none", "model": "classic", "estimator": name}
            yield from _own(label, own.equations, own.data.year)
    for code, whole in fits.general.items():
        label = {"scope": code, "effects": "none", "model": "general", "estimator": estimator}
        yield from _own(label, whole.equations, whole.data.year)
    for pooled in fits.pooled:
        label = {"scope": POOLED, "effects": pooled.effects, "model": "classic"}
        label |= {"estimator": pooled.estimator, "scaling": pooled.scale}
        places = (pooled.moments.region, pooled.moments.year)
        yield from _rows(label, pooled.equations, *places, inferable(pooled))
    for shared in fits.shared:
        label = {"scope": POOLED, "effects": shared.effects, "model": shared.form}
        label |= {"estimator": shared.estimator, "scaling": shared.scale}
        places = (shared.moments.region, shared.moments.year)
        yield from _rows(label, shared.equations, *places, inferable(shared))


def _own(label: Row, equations: Sequence[Regression], year: Integers) -> Iterator[Row]:
    return _rows(label | {"scaling": "none"}, equations, np.zeros(len(year), dtype=np.int64), year)


def _rows(
    label: Row,
    equations: Sequence[Regression],
    region: Integers,
    year: Integers,
    with_errors: bool = True,
) -> Iterator[Row]:
    for number, equation in enumerate(equations, start=1):
        overall, left = equation.test(), residual_tests(equation.residuals, region, year)
        row = {"equation": number, "n": equation.rows, "r2": equation.r_squared}
        row |= {"residual_df": equation.df, "slopes": overall.df[0], "F_df": overall.df[1]}
        row |= {"F": overall.F, "F_p": overall.p} if with_errors else {}
        row |= {"durbin_watson": left.durbin_watson, "jarque_bera_p": left.jarque_bera}
        yield label | row
