"""The last year, told by the fit without it and by mean growth."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.estimation import Fit, fit_batch
from coevo.lotka_volterra.populations import simulate

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

    @property
    def error(self) -> Array:
        """The model's growth less the observed, (2,)."""
        return self.model - self.observed

    @property
    def drift_error(self) -> Array:
        """Mean earlier growth less the observed, (2,)."""
        return self.drift - self.observed


def last_growth(fit: Fit, state: npt.ArrayLike | None = None) -> Forecast:
    """Return the last growth row as the fit to the earlier rows and as mean growth foretell it.

    state: x1, x2 in the last row's earlier year. With it the fitted equations run for a year from
    there, a forecast proper; without it the lines are read at the row's own regressor, which for
    every estimator but `lag` contains the year to be told and so flatters the model. Drift is a
    random walk with the mean of the earlier growth. `StudyError` for fewer than four rows: the
    fit to the earlier ones would have no residual.
    """
    g, R = fit.data.growth, fit.data.regressor
    if fit.rows < 4:
        raise StudyError(f"{fit.rows} growth rows: a forecast of the last needs three before it")
    c, s = fit_batch(g[:-1], R[:-1]).lines.T
    if state is None:
        model = c + s * R[-1]
    else:
        start = np.asarray(state, dtype=float)
        path = simulate(c, [[0.0, s[0]], [s[1], 0.0]], start, [0.0, 1.0])
        model = np.log(path[-1] / path[0])
    drift = g[:-1].mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(model - g[-1]) / np.abs(drift - g[-1])
    return Forecast(int(fit.data.year[-1]), g[-1], model, drift, ratio)
