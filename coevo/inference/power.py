"""How large an interaction would have to be for these rows to show it."""

from functools import cache

import numpy as np
from scipy.special import gammaincinv, ndtr

from coevo.errors import StudyError
from coevo.estimation.region import Equations
from coevo.inference.sets import t_quantile

NODES = 400  # of the quadrature over the estimated error; the power is right to 1e-6


@cache
def detectable(df: int, level: float = 0.95, power: float = 0.8) -> float:
    """Return how many standard errors a slope must measure to be found with probability `power`.

        P(|T| > t) = E[ Phi(delta - t w) + Phi(-delta - t w) ],   w^2 = chi2(df)/df

    the delta at which this is `power`, T noncentral t (df) with noncentrality delta, t that of the
    two-sided test at `level`; w is the estimated over the true error. `StudyError` unless the power
    lies between 1 - level and 1.
    """
    from scipy.optimize import brentq

    if not 1 - level < power < 1:
        raise StudyError(f"power: {power} must lie between {1 - level:g} and 1")
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    w = np.sqrt(2 * gammaincinv(df / 2, (1 + nodes) / 2) / df)
    edge = t_quantile(df, level) * w

    def lacking(delta: float) -> float:
        return float(weights / 2 @ (ndtr(delta - edge) + ndtr(-delta - edge))) - power

    return float(brentq(lacking, 0, edge.max() + 10, xtol=1e-10))


def least_interaction(fit: Equations, level: float = 0.95, power: float = 0.8) -> dict[str, float]:
    """Return the least |b1| and |d| that the two-sided t test finds with probability `power`.

    `detectable` times the standard error of the slope, in its original unit. The years, their
    regressors and the residual variance are taken as they were, and the estimated variance as the
    true one: an approximation, coarse at few degrees of freedom.
    """
    size = detectable(fit.df, level, power) * np.sqrt(fit.covariance[:, 1, 1])
    return {"b1": float(size[0]), "d": float(size[1])}
