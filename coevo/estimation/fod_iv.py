"""Forward orthogonal deviations with instruments: the estimator that is unbiased in short panels.

A region's own level is taken out by later rows alone, so that the state at the start of a row has
no part in the row's error and can stand as instrument for the row's regressors. The slopes are
those of `shared_slopes`, by two-stage least squares.
"""

import numpy as np

from coevo.arrays import Array, Booleans
from coevo.errors import Refusal
from coevo.estimation.effects import forward_deviations, require_left
from coevo.estimation.pooled_rows import Pool
from coevo.estimation.pooled_slopes import Moments
from coevo.estimation.regression import Clusters, first_stage, regress
from coevo.registry import choose

FOD_IV = "fod_iv"  # its name among the estimators; the rows are those of `trapezoid`


def deviations(pool: Pool, effects: str = "region+year") -> Moments:
    """Return the rows in forward deviations, with x(t) of the row itself as instruments.

    With effects "region+year" the deviations of the years' dummies are taken out of all columns by
    QR; in a balanced panel that is the same as taking out year means first. With "region" the years
    stay in. `StudyError` for other effects, or regions that share no years.
    """
    known = {"region": False, "region+year": True}
    with_years = choose(known, effects, f"effects of {FOD_IV}")
    n, years = pool.growth.shape[1], np.unique(pool.year) if with_years else pool.year[:1]
    dummies = 1.0 * (pool.year[:, None] == years[1:])
    columns = np.column_stack([pool.growth, pool.regressor, dummies])
    kept, V = forward_deviations(pool.region, pool.year, columns)
    region = np.unique(pool.region[kept], return_inverse=True)[1].astype(np.int64)
    Q, R = np.linalg.qr(V[:, 2 * n :])
    if len(V) < len(years) - 1 or np.abs(np.diag(R)).min(initial=1) <= len(V) * np.finfo(float).eps:
        raise Refusal("too_few_shared_years")
    columns = np.column_stack([V[:, : 2 * n], pool.start[kept]])
    left = columns - Q @ (Q.T @ columns)
    require_left(left[:, n:], columns[:, n:], effects)
    parts = left[:, :n], left[:, n : 2 * n], left[:, 2 * n :]
    q = len(years) - 1
    return Moments(region, pool.year[kept], *parts, rank=q, counted=q, basis=Q)


def strength(moments: Moments, included: Booleans) -> Array:
    """Return the first-stage F (n, n) of each regressor of each equation; NaN where there is none.

    Of several regressors: the F of what the instruments say of one beyond the others, once the
    others' part (by two-stage least squares) is out of it; clustered by region (CR1), K = number of
    regressors, m - K + 1 restrictions. Below about 10 the instruments are weak. Source: Sanderson
    and Windmeijer (2016).
    """
    F = np.full(included.shape, np.nan)
    if moments.instrument is None:
        return F
    for i, j in np.argwhere(included):
        others = included[i] & (np.arange(len(included)) != j)
        F[i, j] = _first_stage_F(moments, j, moments.regressor[:, others])
    return F


def _first_stage_F(moments: Moments, j: int, others: Array) -> float:
    """Return F of the instruments for regressor j beyond the other regressors (rows, k)."""
    x, Z, q = moments.regressor[:, j], moments.instrument, others.shape[1]
    assert Z is not None
    clusters, beyond = Clusters(moments.region, moments.counted), Z
    if q:
        x = regress(x, others, moments.rank, instruments=Z).residuals
        seen, _ = np.linalg.qr(first_stage(others, Z))
        # the part of the instruments that is orthogonal to the other regressors as fitted
        basis = np.linalg.svd(Z - seen @ (seen.T @ Z), full_matrices=False)[0]
        beyond = basis[:, : Z.shape[1] - q]
    if len(x) <= beyond.shape[1] + moments.counted:
        return float("nan")
    return regress(x, beyond, moments.rank, clusters).test().F
