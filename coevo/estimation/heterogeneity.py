"""Do regions share their slopes? Own slopes, their mean, a test, and each region left out."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.general import Booleans
from coevo.estimation.growth import Array, Integers
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_rows import Pool
from coevo.estimation.pooled_slopes import without_effects
from coevo.estimation.regression import FTest, f_test, regress
from coevo.registry import choose

SIGNS = np.array([-1.0, 1.0])  # slopes of the two equations are (-b1, d)
# effects with a level for each region -> columns (rows, m) of what they take out beside the levels
BESIDE_LEVELS: dict[str, Callable[[Integers], Array]] = {
    "region": lambda year: np.empty((len(year), 0)),
    "region+year": lambda year: 1.0 * (year[:, None] == np.unique(year)[1:]),
}


class MeanGroup(NamedTuple):
    """Mean (2,) of the regions' own b1 and d, its standard error (2,), and their number K."""

    mean: Array
    error: Array
    regions: int


def own_slopes(pooled: PooledFit) -> Array:
    """Return b1 and d (K, 2) of each region, on the rows as the pooled fit's effects leave them.

        s_r = sum_t R~ g~ / sum_t R~^2      for each equation

    With region effects that is a regression of each region alone. The pooled slope is the mean of
    the s_r with weights sum_t R~^2. Regions with a single growth row are left out;
    units are those of the pooled fit.
    """
    region, g, R = pooled.data.region, pooled.moments.growth, pooled.moments.regressor[:, ::-1]
    kept = np.bincount(region) > 1
    _require_varying(pooled, R, kept)
    return np.asarray(SIGNS * (sums(region, R * g)[kept] / sums(region, R**2)[kept]))


def _require_varying(pooled: PooledFit, R: Array, kept: Booleans) -> None:
    """Raise `StudyError` if R (rows, 2) is but rounding in one of the regions `kept` (G,)."""
    least = len(R) * np.finfo(float).eps * np.linalg.norm(pooled.data.regressor[:, ::-1], axis=0)
    flat = kept & np.any(np.sqrt(sums(pooled.data.region, R**2)) <= least, axis=1)
    if flat.any():
        codes = np.array(pooled.regions)[flat].tolist()
        raise Refusal("no_own_slopes", ", ".join(codes), regions=codes)


def mean_group(pooled: PooledFit) -> MeanGroup:
    """Return the mean-group estimate: the mean of the regions' own slopes.

        mean s_r,   error sd(s_r) / sqrt(K),   t with K - 1 degrees of freedom

    Source: Pesaran and Smith (1995). With year effects the s_r are those of `own_slopes`: estimated
    jointly with the years' effects, their mean would hardly be determined.
    """
    own = own_slopes(pooled)
    K = len(own)
    if K < 2:
        raise Refusal("too_few_slopes", regions=K)
    return MeanGroup(own.mean(axis=0), own.std(axis=0, ddof=1) / np.sqrt(K), K)


def homogeneity_test(pooled: PooledFit) -> list[FTest]:
    """Return the F tests (Chow) that all regions share b1, and that they share d.

        g_rt = alpha_r + tau_t + s_r R_rt + e_rt,   s_r all equal
        F = [(RSS_common - RSS_own) / (K - 1)] / (RSS_own / df),   df = rows - effects - K

    The effects are those of the pooled fit; errors are taken as independent and of one variance.
    Effects and own slopes are taken out region by region, then what they leave of the years'
    effects in one regression (Frisch, Waugh and Lovell): nothing is of size rows x regions.
    `StudyError` if the rows do not determine K slopes and an error. Source: Baltagi (2021),
    Econometric Analysis of Panel Data, section 4.1.
    """
    data = pooled.data
    region, R = data.region, data.regressor[:, ::-1]
    beside = choose(BESIDE_LEVELS, pooled.effects, "effects that leave regions their levels")
    kept = np.bincount(region) > 1
    K, D = int(kept.sum()), beside(data.year)
    effects = len(kept) + D.shape[1]
    df = len(region) - effects - K
    if K < 2 or df < 1:
        raise Refusal("too_few_rows_to_compare", rows=len(region), slopes=K)
    _require_varying(pooled, EFFECTS["region"](region, data.year, R).residual, kept)
    tests = []
    for i, common in enumerate((pooled.residuals**2).sum(axis=0)):
        columns = np.column_stack([data.growth[:, i], D])
        left = _without_own_lines(region, data.year, R[:, i], columns)
        own = _rss(left[:, 0], left[:, 1:], effects=len(kept) + K)
        tests.append(f_test((common - own) / (K - 1) / (own / df), K - 1, df))
    return tests


def _without_own_lines(region: Integers, year: Integers, R: Array, V: Array) -> Array:
    """Return V (rows, m) without each region's own level and its own slope on R (rows,)."""
    within = EFFECTS["region"](region, year, np.column_stack([R, V])).residual
    R = within[:, 0]
    length = np.sqrt(sums(region, R[:, None] ** 2))
    q = R / np.where(length > 0, length, 1)[region, 0]
    own = sums(region, q[:, None] * within[:, 1:])
    return np.asarray(within[:, 1:] - q[:, None] * own[region], dtype=float)


def _rss(y: Array, X: Array, effects: int) -> float:
    """Return what is left of the squares of y (rows,) by X (rows, k), perhaps of no columns."""
    if X.shape[1] == 0:
        return float(y @ y)
    refusal = Refusal("too_few_shared_years_for_slopes")
    residuals = regress(y, X, effects, refusal=refusal).residuals
    return float(residuals @ residuals)


def leave_one_out(pooled: PooledFit) -> Array:
    """Return b1 and d (G, 2) with each region left out, in scaled units.

    Effects are taken out anew of the rows that remain. `StudyError` if one region carries the fit.
    """
    slopes = []
    for i, code in enumerate(pooled.regions):
        try:
            slopes.append(SIGNS * _slopes(_without(pooled.data, i), pooled.effects))
        except Refusal as refusal:
            raise Refusal(
                "without_region",
                str(refusal),
                region=code,
                reason=refusal.key,
                fields=refusal.fields,
            ) from None
    return np.array(slopes)


def _slopes(rows: Pool, effects: str) -> Array:
    """Return the slopes (2,) that the regions share, without errors."""
    columns = np.column_stack([rows.growth, rows.regressor])
    absorbed = EFFECTS[effects](rows.region, rows.year, columns)
    moments = without_effects(rows, absorbed, effects, regressors=1)
    g, R = moments.growth, moments.regressor[:, ::-1]
    length = np.linalg.norm(R, axis=0)
    return np.asarray(np.sum(R / length * g, axis=0) / length)  # QR of one column


def _without(rows: Pool, i: int) -> Pool:
    """Return the rows of all regions but one."""
    kept = rows.region != i
    columns = {name: getattr(rows, name)[kept] for name in ("year", "growth", "regressor", "start")}
    region = rows.region[kept]
    return rows._replace(region=region - (region > i), **columns)
