"""What a fit rests on: single rows, what it could show at all, residuals that move together."""

from functools import cache
from itertools import combinations_with_replacement

import numpy as np
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
    year effects: with them the mean under the null is not zero. Regions with the same years are
    summed before they are multiplied, so no pair of regions is formed. `Refusal` without a pair.
    Source: Pesaran (2021).
    """
    wide = np.full((int(region.max()) + 1, int(np.ptp(year)) + 1), np.nan)
    wide[region, year - year.min()] = residuals
    patterns, member = np.unique(~np.isnan(wide), axis=0, return_inverse=True)
    groups = [wide[member.ravel() == i] for i in range(len(patterns))]
    total, pairs = 0.0, 0
    for i, j in combinations_with_replacement(range(len(patterns)), 2):
        common = patterns[i] & patterns[j]
        if common.sum() < FEWEST_COMMON_YEARS:
            continue
        first, second = (_standardised(groups[k][:, common]) for k in (i, j))
        if i == j:
            n = len(first)
            part, count = ((first.sum(axis=0) ** 2).sum() - n) / 2, n * (n - 1) // 2
        else:
            part, count = first.sum(axis=0) @ second.sum(axis=0), len(first) * len(second)
        total, pairs = total + np.sqrt(common.sum()) * part, pairs + count
    if not pairs:
        raise Refusal("no_common_years", least=FEWEST_COMMON_YEARS)
    return float(total / np.sqrt(pairs))


def _standardised(rows: Array) -> Array:
    """Return rows (n, T) of mean zero and length one, without those that do not vary."""
    left = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(left, axis=1)
    varies = length > rows.shape[1] * np.finfo(float).eps * np.linalg.norm(rows, axis=1)
    return np.asarray(left[varies] / length[varies, None])
