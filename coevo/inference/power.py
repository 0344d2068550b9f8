"""How large an interaction would have to be for these rows to show it."""

import numpy as np

from coevo.errors import StudyError
from coevo.estimation import Equations
from coevo.inference.sets import t_quantile


def detectable(df: int, level: float = 0.95, power: float = 0.8) -> float:
    """Return how many standard errors a slope must measure to be found with probability `power`.

    The delta at which P(|T| > t(df, level)) = power, T noncentral t with noncentrality delta.
    `StudyError` unless the power lies between 1 - level and 1.
    """
    from scipy.optimize import brentq
    from scipy.stats import nct

    if not 1 - level < power < 1:
        raise StudyError(f"power: {power} must lie between {1 - level:g} and 1")
    t = float(t_quantile(df, level))

    def lacking(delta: float) -> float:
        return float(nct.sf(t, df, delta) + nct.cdf(-t, df, delta)) - power

    high = 2.0
    while lacking(high) < 0:
        high *= 2
    return float(brentq(lacking, 0, high, xtol=1e-10))


def least_interaction(fit: Equations, level: float = 0.95, power: float = 0.8) -> dict[str, float]:
    """Return the least |b1| and |d| that the two-sided t test finds with probability `power`.

    delta(df) times the standard error of the slope, in its original unit. The years, their
    regressors and the residual variance are taken as they were, the estimated variance as the
    true one: an approximation, coarse at few degrees of freedom.
    """
    size = detectable(fit.df, level, power) * np.sqrt(fit.covariance[:, 1, 1])
    return {"b1": float(size[0]), "d": float(size[1])}
