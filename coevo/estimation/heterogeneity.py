"""Do regions share their slopes? Own slopes, their mean, a test, and each region left out."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from coevo.errors import StudyError
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import Array, Integers, Rows
from coevo.estimation.pooled import PooledFit, common_slopes

EQUATIONS = ("b1", "d")
SIGNS = np.array([-1.0, 1.0])  # slopes of the two equations are (-b1, d)


class OwnSlopes(NamedTuple):
    """b1 and d (K, 2) of the K regions that can have their own, in scaled units; their codes."""

    regions: tuple[str, ...]
    slopes: Array


class MeanGroup(NamedTuple):
    """Mean (2,) of the regions' own b1 and d, its standard error (2,), and their number K."""

    mean: Array
    error: Array
    regions: int


class Homogeneity(NamedTuple):
    """F (2,) of equal b1, and of equal d, its degrees of freedom (two numbers) and p (2,)."""

    F: Array
    df: tuple[int, int]
    p: Array


def own_slopes(pooled: PooledFit) -> OwnSlopes:
    """Return each region's slopes on the rows from which the pooled fit's effects are taken out.

        s_r = sum_t R~ g~ / sum_t R~^2      for each equation

    With region effects that is a regression of each region alone. The pooled slope is the mean of
    the s_r with weights sum_t R~^2. Regions with a single growth row are left out.
    """
    absorbed, _ = common_slopes(pooled.region, pooled.data, pooled.effects)
    g, R = absorbed.residual[:, :2], absorbed.residual[:, 2:]
    kept = np.bincount(pooled.region) > 1
    length = np.sqrt(sums(pooled.region, R**2))
    least = len(R) * np.finfo(float).eps * np.linalg.norm(pooled.data.regressor, axis=0)
    flat = kept & (length <= least).any(axis=1)
    codes = np.array(pooled.regions)
    if flat.any():
        raise StudyError(
            f"{', '.join(codes[flat])}: a regressor does not vary: no slope of its own"
        )
    length = np.where(length > 0, length, 1)
    slopes = sums(pooled.region, R / length[pooled.region] * g) / length  # QR of one column
    return OwnSlopes(tuple(codes[kept].tolist()), SIGNS * slopes[kept])


def mean_group(pooled: PooledFit) -> MeanGroup:
    """Return the mean-group estimate: the mean of the regions' own slopes.

        mean s_r,   error sd(s_r) / sqrt(K),   t with K - 1 degrees of freedom

    Source: Pesaran and Smith (1995). With year effects the s_r are those of `own_slopes`: estimated
    jointly with the years' effects, their mean would hardly be determined.
    """
    own = own_slopes(pooled).slopes
    K = len(own)
    if K < 2:
        raise StudyError(f"{K} region(s) with a slope of their own: a mean needs two")
    return MeanGroup(own.mean(axis=0), own.std(axis=0, ddof=1) / np.sqrt(K), K)


def homogeneity_test(pooled: PooledFit) -> Homogeneity:
    """Return the F test (Chow) that all regions share b1, and that they share d.

        g_rt = alpha_r + tau_t + s_r R_rt + e_rt,   s_r all equal
        F = [(RSS_common - RSS_own) / (K - 1)] / (RSS_own / df),   df = rows - effects - K

    The effects are those of the pooled fit; errors are taken as independent and of one variance.
    `StudyError` if the rows do not determine K slopes and an error. Source: Baltagi (2021),
    Econometric Analysis of Panel Data, section 4.1.
    """
    region, data = pooled.region, pooled.data
    one = region[:, None] == np.flatnonzero(np.bincount(region) > 1)  # (rows, K)
    K, own = one.shape[1], []
    for g, R in zip(data.growth.T, data.regressor.T, strict=True):
        columns = np.column_stack([g, R[:, None] * one])
        absorbed = EFFECTS[pooled.effects](region, data.year, columns)
        df = len(region) - absorbed.rank - K
        if K < 2 or df < 1:
            raise StudyError(f"{len(region)} growth rows are too few to compare {K} slopes")
        own.append(_rss(absorbed.residual[:, 1:], absorbed.residual[:, 0]))
    common = (pooled.residuals**2).sum(axis=0)
    F = (common - own) / (K - 1) / (np.array(own) / df)
    return Homogeneity(F, (K - 1, df), fdtrc(K - 1, df, F))


def _rss(X: Array, y: Array) -> float:
    """Return the residual sum of squares of y (n,) on X (n, k), by QR."""
    length = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / np.where(length > 0, length, 1))
    if np.abs(np.diag(R)).min() <= len(y) * np.finfo(float).eps:
        raise StudyError("a region's regressor does not vary: it has no slope of its own")
    return float(((y - Q @ (Q.T @ y)) ** 2).sum())


def leave_one_out(pooled: PooledFit) -> pd.DataFrame:
    """Return b1 and d with each region left out: columns region, b1, d, in scaled units.

    Effects are taken out anew of the rows that remain. `StudyError` if one region carries the fit.
    """
    rows = []
    for i, code in enumerate(pooled.regions):
        try:
            slopes = common_slopes(*_without(pooled, i), pooled.effects)[1]
        except StudyError as error:
            raise StudyError(f"without {code}: {error}") from None
        rows.append(SIGNS * slopes)
    columns = dict(zip(EQUATIONS, np.array(rows).T, strict=True))
    return pd.DataFrame({"region": pooled.regions} | columns)


def _without(pooled: PooledFit, i: int) -> tuple[Integers, Rows]:
    kept, data = pooled.region != i, pooled.data
    region = pooled.region[kept]
    part = Rows(data.year[kept], data.growth[kept], data.regressor[kept], data.crossing)
    return region - (region > i), part
