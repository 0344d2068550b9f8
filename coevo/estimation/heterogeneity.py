"""Do regions share their slopes? Own slopes, their mean, a test, and each region left out."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Booleans, Integers
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import Pool
from coevo.estimation.pooled import PooledFit, without_effects
from coevo.estimation.regression import FTest, f_test, regress
from coevo.registry import choose

ILL = 1e8  # condition from which sums of squares lose too many digits
SIGNS = np.array([-1.0, 1.0])  # slopes of the two equations are (-b1, d)
# effects with a level for each region -> columns (rows, m) of what they take out beside the levels
BESIDE_LEVELS: dict[str, Callable[[Integers], Array]] = {
    "region": lambda year: np.empty((len(year), 0)),
    "region+year": lambda year: 1.0 * (year[:, None] == np.unique(year)[1:]),
}


class SlopeMeans(NamedTuple):
    """Means (2,) of the b1 and d of K regions, their errors (2,), df of t, and K."""

    value: Array
    error: Array
    df: int
    regions: int


class RegionSlopes(NamedTuple):
    """Both equations with a slope of each region: b1 and d (K, 2); error (2,) of their means, RSS
    (2,) and df.
    """

    slopes: Array
    error: Array
    rss: Array
    df: int


def region_slopes(pooled: PooledFit) -> RegionSlopes:
    """Return b1 and d of each region that has two rows, beside the effects of the pooled fit.

        g_rt = alpha_r + tau_t + s_r R_rt + e_rt      for each equation

    With region effects that is a regression of each region alone. With year effects it is one joint
    regression: slopes on rows from which the effects were taken out as if slopes were equal are
    biased where they vary with growth. Own lines are taken out region by region, then what they
    leave of the years' effects in one regression (Frisch, Waugh and Lovell): nothing is of size
    rows x regions. Units are those of the pooled fit.
    """
    data = pooled.data
    region, R = data.region, data.regressor[:, ::-1]
    beside = choose(BESIDE_LEVELS, pooled.effects, "effects that leave regions their levels")
    used, D = np.bincount(region) > 1, beside(data.year)
    df = len(region) - len(used) - D.shape[1] - int(used.sum())
    _require_varying(pooled, EFFECTS["region"](region, data.year, R).residual, used)
    equations = [
        _joint_fit(data, R[:, i], np.column_stack([data.growth[:, i], D]), used, df)
        for i in range(2)
    ]
    slopes, error, rss = zip(*equations, strict=True)
    return RegionSlopes(SIGNS * np.column_stack(slopes), np.array(error), np.array(rss), df)


def _require_varying(pooled: PooledFit, R: Array, used: Booleans) -> None:
    """Raise `StudyError` if R (rows, 2) is but rounding in one of the regions `used` (G,)."""
    least = len(R) * np.finfo(float).eps * np.linalg.norm(pooled.data.regressor[:, ::-1], axis=0)
    flat = used & np.any(np.sqrt(sums(pooled.data.region, R**2)) <= least, axis=1)
    if flat.any():
        codes = np.array(pooled.regions)[flat].tolist()
        raise Refusal("no_own_slopes", regions=codes)


def mean_group(pooled: PooledFit) -> SlopeMeans:
    """Return the mean-group estimate: the mean of the regions' own slopes.

        region effects:  error sd(s_r) / sqrt(K),  t(K - 1)
        and year effects:  error sqrt(1'V 1) / K, V the covariance of the s_r in the joint
                           regression, t with its residual degrees of freedom

    Source: Pesaran and Smith (1995). `StudyError` for fewer than two slopes, or rows that do not
    determine them.
    """
    own = region_slopes(pooled)
    mean, K = own.slopes.mean(axis=0), len(own.slopes)
    if K < 2:
        raise Refusal("too_few_slopes", regions=K)
    if pooled.effects == "region":
        return SlopeMeans(mean, own.slopes.std(axis=0, ddof=1) / np.sqrt(K), K - 1, K)
    return SlopeMeans(mean, own.error, own.df, K)


def homogeneity_test(pooled: PooledFit) -> list[FTest]:
    """Return the F tests (Chow) that all regions share b1, and that they share d.

        g_rt = alpha_r + tau_t + s_r R_rt + e_rt,   s_r all equal
        F = [(RSS_common - RSS_own) / (K - 1)] / (RSS_own / df),   df = rows - effects - K

    The effects are those of the pooled fit; errors are taken as independent and of one variance.
    `StudyError` if the rows do not determine K slopes and an error. Source: Baltagi (2021),
    Econometric Analysis of Panel Data, section 4.1.
    """
    own, common = region_slopes(pooled), (pooled.residuals**2).sum(axis=0)
    K, df = len(own.slopes), own.df
    if K < 2 or df < 1:
        raise Refusal("too_few_rows_to_compare", rows=pooled.rows, slopes=K)
    return [
        f_test((shared - rss) / (K - 1) / (rss / df), K - 1, df)
        for shared, rss in zip(common, own.rss, strict=True)
    ]


def _joint_fit(
    data: Pool, R: Array, V: Array, used: Booleans, df: int
) -> tuple[Array, float, float]:
    """Return own slopes (K,), error of their mean and RSS of one equation.

    Of growth V[:, 0] on own levels and slopes on R, and V[:, 1:] for all. Slopes s_r - h_r' gamma:
    s_r, h_r (q,) own slopes of growth and of the q common columns, gamma their coefficients. The
    mean is orthogonal to what gamma rests on, so its variance is

        s^2 sum_r 1/|R_r|^2 / K^2 + h' cov(gamma) h,   h the mean of the h_r
    """
    region = data.region
    within = EFFECTS["region"](region, data.year, np.column_stack([R, V])).residual
    R, K = within[:, 0], int(used.sum())
    size = sums(region, R[:, None] ** 2)
    each = sums(region, R[:, None] * within[:, 1:]) / np.where(used[:, None], size, 1)
    left = within[:, 1:] - R[:, None] * each[region]
    if df < 1 or V.shape[1] == 1:
        return each[used, 0], float("nan"), float(left[:, 0] @ left[:, 0])
    refusal = Refusal("too_few_shared_years_for_slopes")
    years = regress(left[:, 0], left[:, 1:], effects=len(used) + K, refusal=refusal)
    slopes, h = each[used, 0] - each[used, 1:] @ years.coefficients, each[used, 1:].mean(axis=0)
    rss = float(years.residuals @ years.residuals)
    variance = rss / df * (1 / size[used]).sum() / K**2 + h @ years.covariance @ h
    return slopes, float(np.sqrt(variance)), rss


def leave_one_out(pooled: PooledFit) -> Array:
    """Return b1 and d (G, 2) with each region left out, in scaled units.

        s = (R'g - v' M^-1 u) / (R'R - v' M^-1 v),   u = D'g, v = D'R, M = D'D

    D: the directions that the effects take out beside the regions' own means; growth and regressors
    as all effects leave them; all sums less the region's part. A region whose absence leaves too
    little for that is refitted. `StudyError` if one region carries the fit.
    """
    moments, G = pooled.moments, len(pooled.regions)
    V, q = np.hstack([moments.growth, moments.regressor, moments.basis]), moments.basis.shape[1]
    products = (V[:, :, None] * V[:, None]).reshape(len(V), -1)
    of_region = sums(moments.region, products).reshape(G, 4 + q, 4 + q)
    others = of_region.sum(axis=0) - of_region
    M = others[:, 4:, 4:]
    sound = len(V) - np.bincount(moments.region) > moments.rank + 1
    sound &= np.linalg.cond(M) < ILL if q else True
    M[~sound] = np.eye(q)
    left = others[:, :4, :4] - others[:, :4, 4:] @ np.linalg.solve(M, others[:, 4:, :4])
    crossed, squares = left[:, [0, 1], [3, 2]], left[:, [3, 2], [3, 2]]
    sound &= (squares > others[:, [3, 2], [3, 2]] / ILL).all(axis=1)
    slopes = SIGNS * crossed / np.where(sound[:, None], squares, 1)
    for i in np.flatnonzero(~sound):
        slopes[i] = _refitted(pooled, int(i))
    return np.asarray(slopes)


def _refitted(pooled: PooledFit, i: int) -> Array:
    """Return b1 and d (2,) without a region, by a fit of the others."""
    rows, absorb = _without(pooled.data, i), EFFECTS[pooled.effects]
    try:
        absorbed = absorb(rows.region, rows.year, np.column_stack([rows.growth, rows.regressor]))
        moments = without_effects(rows, absorbed, pooled.effects, regressors=1)
    except Refusal as refusal:
        raise refusal.concerning("without_region", pooled.regions[i]) from None
    R = moments.regressor[:, ::-1]
    return np.asarray(SIGNS * (R * moments.growth).sum(axis=0) / (R**2).sum(axis=0))


def _without(rows: Pool, i: int) -> Pool:
    """Return the rows of all regions but one."""
    rest = rows.region != i
    columns = {name: getattr(rows, name)[rest] for name in ("year", "growth", "regressor", "start")}
    region = rows.region[rest]
    return rows._replace(region=region - (region > i), **columns)
