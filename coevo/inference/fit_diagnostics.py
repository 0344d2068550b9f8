"""What a fit rests on: single rows, what it could show at all, residuals that move together."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtr

from coevo.arrays import Array, Booleans, Integers
from coevo.errors import Refusal
from coevo.estimation.region import FEWEST_ROWS, Equations, Fit, region_lines
from coevo.inference.sets import t_quantile


def leave_one_row_out(fit: Fit) -> tuple[Array, Booleans]:
    """Return E and the turned signs with each growth row deleted, as refits would give them.

    E (rows, 2): x1*, x2*; turned (rows, 4): whether a1, b1, a2, d changes its sign; both in the
    order of time.

    `StudyError` for fewer than four rows, with which a line without one would have no residual, or
    if the regressor does not vary without a row.
    """
    n = fit.rows
    if n <= FEWEST_ROWS:
        raise Refusal("too_few_rows_to_delete", rows=n, least=FEWEST_ROWS)
    others = np.concatenate([np.delete(np.arange(n), i) for i in range(n)])
    deleted = np.repeat(np.arange(n), n - 1)
    lines = region_lines(fit.data.growth[others], fit.data.regressor[others], deleted)
    if np.isnan(lines).any():
        raise Refusal("constant_without_a_row")
    E = -lines[:, ::-1, 0] / lines[:, ::-1, 1]
    turned = np.sign(lines) != np.sign(fit.coefficients)
    return E, turned.reshape(n, 4)


NODES = 400  # of the quadrature over the estimated error; the power is right to 1e-6


POWER = 0.8  # probability with which a slope is to be found


@cache
def detectable(df: int, level: float = 0.95) -> float:
    """Return how many standard errors a slope must measure to be found with probability `POWER`.

        P(|T| > t) = E[ Phi(delta - t w) + Phi(-delta - t w) ],   w^2 = chi2(df)/df

    the delta at which this is `POWER`, T noncentral t (df) with noncentrality delta, t that of the
    two-sided test at `level`; w is the estimated over the true error.
    """
    from scipy.optimize import brentq

    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    w = np.sqrt(2 * gammaincinv(df / 2, (1 + nodes) / 2) / df)
    edge = t_quantile(df, level) * w

    def lacking(delta: float) -> float:
        return float(weights / 2 @ (ndtr(delta - edge) + ndtr(-delta - edge))) - POWER

    return float(brentq(lacking, 0, edge.max() + 10, xtol=1e-10))


def least_interaction(fit: Equations, level: float = 0.95) -> dict[str, float]:
    """Return the least |b1| and |d| that the two-sided t test finds with probability `POWER`.

    `detectable` times the standard error of the slope, in its original unit. The years, their
    regressors and the residual variance are taken as they were, and the estimated variance as the
    true one: an approximation, coarse at few degrees of freedom.
    """
    size = detectable(fit.df, level) * np.sqrt(fit.covariance[:, 1, 1])
    return {"b1": float(size[0]), "d": float(size[1])}


FEWEST_COMMON_YEARS = 3  # of two regions: two points always correlate by one


def cross_dependence(residuals: Array, region: Integers, year: Integers) -> float:
    """Return Pesaran's CD of residuals (rows,), standard normal if regions are independent.

        CD = sqrt(1/P) sum_{r<q} sqrt(T_rq) rho_rq

    region (rows,): index; rho_rq: correlation over the T_rq years that both regions have, of the P
    pairs that have three; a region that does not vary in them enters no pair. Of residuals without
    year effects: with them the mean under the null is not zero. `Refusal` without a pair. Source:
    Pesaran (2021).
    """
    wide = pd.Series(residuals, [year, region]).unstack()
    known = wide.notna().to_numpy(dtype=float)
    pair = np.triu_indices(wide.shape[1], 1)
    rho = wide.corr(min_periods=FEWEST_COMMON_YEARS).to_numpy()[pair]
    correlated = np.isfinite(rho)
    if not correlated.any():
        raise Refusal("no_common_years", least=FEWEST_COMMON_YEARS)
    years = (known.T @ known)[pair][correlated]
    return float(np.sqrt(years) @ rho[correlated] / np.sqrt(len(years)))
