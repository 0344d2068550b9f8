"""The last year, told by the fit without it and by mean growth."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation import Fit, fit_batch
from coevo.estimation.variation import paths

Array = npt.NDArray[np.float64]


class Forecast(NamedTuple):
    """Growth of x1, x2 in the last row, each (2,), log differences per year.

    year: the earlier year of that row; observed; model, drift: what either says without having
    seen it; ratio: |error of the model| / |error of drift|, below 1 where the model is nearer.
    """

    year: int
    observed: Array
    model: Array
    drift: Array
    ratio: Array


def last_growth(fit: Fit, state: npt.ArrayLike) -> Forecast:
    """Return the last growth row as the fit to the earlier rows and as mean growth foretell it.

    state: x1, x2 in the last row's earlier year, from which the fitted equations run for a year.
    Drift is a random walk with the mean of the earlier growth. `StudyError` for fewer than four
    rows, with which the fit to the earlier ones would have no residual, and for a path that leaves
    every bound within the year.
    """
    g, R = fit.data.growth, fit.data.regressor
    if fit.rows < 4:
        raise Refusal(
            "too_few_rows_to_forecast",
            f"{fit.rows} growth rows: a forecast of the last needs three before it",
            rows=fit.rows,
            least=3,
        )
    c, s = fit_batch(g[:-1], R[:-1]).lines.T
    # in units of the starting state, so that both logs begin at zero
    x1, x2 = np.asarray(state, dtype=float)
    model = paths(np.array([[c[0], s[0] * x2, c[1], s[1] * x1, 0, 0]]), 2)[0][0, 1]
    if not np.isfinite(model).all():
        raise Refusal(
            "path_unbounded",
            f"the path from ({x1:g}, {x2:g}) cannot be followed: it leaves every bound in a year",
            x1=x1,
            x2=x2,
        )
    drift = g[:-1].mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(model - g[-1]) / np.abs(drift - g[-1])
    return Forecast(int(fit.data.year[-1]), g[-1], model, drift, ratio)
