"""Does the gap between regions narrow? Dispersion over the years, growth against the start."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from coevo.arrays import Array, Row, Values
from coevo.coupling.comovement import correlation
from coevo.coupling.level import NOISE
from coevo.errors import Refusal
from coevo.estimation.regression import Clusters, Regression, regress
from coevo.regional.neighbourhood import around, likeness, row_standardised
from coevo.regional.regional_panel import (
    FEWEST_REGIONS,
    RegionalPanel,
    above_zero,
    by_year,
    computed,
    logs,
    several,
    varying,
)

if TYPE_CHECKING:  # imported where it is used: reports read constants of this module
    from scipy.sparse import csr_array

FEWEST_LOG_T = 15  # years below which the test of clubs has no size
TRIMMED = 0.3  # share of the years that the log t regression leaves out at the start
CONFIDENCE = 0.95


class Slope(NamedTuple):
    """Slopes of any shape: error, t, two-sided p, ends of 95 % intervals, number of regions."""

    value: Any
    error: Any
    t: Any
    p: Any
    low: Any
    high: Any
    n: Any

    @property
    def columns(self) -> dict[str, float]:
        return {key: getattr(self, key) for key in ("value", "low", "high", "p", "n")}


def _slope(value: Any, error: Any, df: Any, n: Any) -> Slope:
    """Slopes with what t(df) makes of their errors; t is infinite without an error."""
    half, exact = error * stdtrit(df, (1 + CONFIDENCE) / 2), error == 0
    t = np.where(exact, np.copysign(np.inf, value), value / np.where(exact, 1.0, error))
    return Slope(value, error, t, 2 * stdtr(df, -np.abs(t)), value - half, value + half, n)


def paired(x: Values, y: Values) -> tuple[Array, Array, Array]:
    """Return x and y (..., n) less their means over what both know, 0 elsewhere, and how many."""
    pair = np.stack(np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float)))
    known = np.isfinite(pair).all(axis=0)
    n = known.sum(axis=-1)
    mean = np.where(known, pair, 0.0).sum(axis=-1) / np.maximum(n, 1)
    a, b = np.where(known, pair - mean[..., None], 0.0)
    return a, b, n.astype(float)


def morgan(first: Values, last: Values) -> tuple[Array, Array]:
    """Return t and two-sided p of the test that the variances of paired x, y are equal.

    first, last (..., n): x and y over regions; a region that lacks one of them (NaN) is left out.
    Variances are equal if x + y and y - x do not correlate:

        t = r sqrt((n - 2) / (1 - r^2)),   r = corr(x + y, y - x),   t(n - 2)

    t < 0 where the spread became less. t 0, p 1 where all moved alike; NaN below three regions.
    Sources: Pitman and Morgan (1939).
    """
    x, y, n = paired(first, last)
    r = np.nan_to_num(correlation(x + y, y - x))  # 0 where all moved alike
    df = np.where(n < 3, np.nan, n - 2)
    t = r * np.sqrt(df / np.maximum(1 - r**2, 1e-300))
    return t, 2 * stdtr(df, -np.abs(t))


def spread_ratio(first: Values, last: Values) -> dict[str, float]:
    """Return the standard deviation of y (n,) over that of x, paired, with its 95 % interval and p.

    The interval holds the ratios that the test of Pitman and Morgan does not reject:

        ratio^2 (K +- sqrt(K^2 - 1)),   K = 1 + 2 t^2 (1 - r^2) / (n - 2)

    r the correlation of x and y, t the quantile of t(n - 2).
    """
    x, y = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    n, value = len(x), float(y.std() / x.std())
    t = stdtrit(n - 2, (1 + CONFIDENCE) / 2)
    K = 1 + 2 * t**2 * (1 - min(np.corrcoef(x, y)[0, 1] ** 2, 1)) / (n - 2)
    low, high = (value * float(np.sqrt(K + end * np.sqrt(K**2 - 1))) for end in (-1, 1))
    return {"value": value, "low": low, "high": high, "p": float(morgan(x, y)[1]), "n": n}


def slope_hc1(growth: Values, start: Values) -> Slope:
    """Return slopes of growth (..., n) on start (..., n) with a constant: what `growth_slope`
    gives without others, for many at once.

        b = sum xy / sum x^2,   error^2 = n / (n - 2) sum (x u)^2 / (sum x^2)^2,   t(n - 2)

    x, y less their means, u the residuals (HC1). A region that lacks one of them (NaN) is left out;
    NaN where fewer than four are left or the start does not vary.
    """
    y, x, n = paired(growth, start)
    xx = (x * x).sum(-1)
    xx = np.where((xx > NOISE * n) & (n >= FEWEST_REGIONS), xx, np.nan)
    slope = (x * y).sum(-1) / xx
    u = y - slope[..., None] * x
    error = np.sqrt(n / np.maximum(n - 2, 1) * ((x * u) ** 2).sum(-1)) / xx
    return _slope(slope, error, np.maximum(n - 2, 1), n)


def _regression(growth: Values, start: Values, *others: Values) -> Regression:
    """Least squares with a constant, each region a cluster (HC1); see `growth_slope`."""
    y = np.asarray(growth, dtype=float)
    X = np.column_stack([np.ones(len(y)), start, *others]).astype(float)
    if len(y) < X.shape[1] + 2:
        raise Refusal("too_few_regions_known", regions=len(y), least=X.shape[1] + 2)
    return regress(y, X, clusters=Clusters(np.arange(len(y))), constant=True)


def growth_slope(
    growth: Values, start: Values, *others: Values, near: "csr_array | None" = None
) -> Slope:
    """Return the slope of yearly growth (n,) on the logarithm (n,) at the start, given others.

    Least squares with a constant, t(n - k). The error is HC1; with `near` (n, n), weights K of
    pairs of regions with 1 on the diagonal (`around`), that of Conley (1999):

        error^2 = n / (n - k) g'K g,   g = u a,   a the row of (X'X)^-1 X' that gives the slope

    which is HC1 where K is the identity. Refuses a start that does not vary, a negative variance.
    """
    fit = _regression(growth, start, *others)
    g = fit.influence[:, 1]
    variance = float(g @ g if near is None else g @ (near @ g))
    if variance < 0:
        raise Refusal("no_neighbour_error")
    return _slope(fit.coefficients[1], variance**0.5, fit.df, fit.rows)


def log_t(x: Values) -> Slope:
    """Return the slope of the log t regression of Phillips and Sul (2007), for x (regions, years).

    With h = x / its mean over regions and H_t the mean of (h - 1)^2: ln(H_1 / H_t) - 2 ln ln t on
    ln t from t = 0.3 T on, errors robust to serial correlation (Bartlett). Convergence of all
    regions is rejected below t = -1.65. No cycle is taken out of x.
    """
    from statsmodels.regression.linear_model import OLS

    values = np.asarray(x, dtype=float)
    years = values.shape[1]
    _years(pd.DataFrame(values), FEWEST_LOG_T)
    if not (values.mean(axis=0) > 0).all():
        raise Refusal("all_zero")
    H = ((values / values.mean(axis=0) - 1) ** 2).mean(axis=0)
    if (H < 1e-20).any():
        raise Refusal("no_variation")
    t = np.arange(1, years + 1)
    t, later = t[int(TRIMMED * years) :], H[int(TRIMMED * years) :]
    y = np.log(H[0] / later) - 2 * np.log(np.log(t))
    lags = int(4 * (len(t) / 100) ** (2 / 9))
    X = np.column_stack([np.ones(len(t)), np.log(t)])
    fit = OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    slope = _slope(fit.params[1], fit.bse[1], fit.df_resid, len(values))
    return slope._replace(p=stdtr(fit.df_resid, slope.t))  # of one this low


def dispersion_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Standard deviation (n - 1) of ln y, coefficient of variation and standard deviation of y by
    year; the change of the first and of the last from the first year to the last.
    """
    values = study.of(of)
    yield from by_year("sd_ln", values, lambda y: logs(several(y, 2)).std())
    yield from by_year("cv", values, lambda y: several(y, 2).std() / above_zero(y))
    yield from by_year("sd", values, lambda y: several(y, 2).std())
    for name, scale in (("sd_ln_ratio", logs), ("sd_ratio", pd.Series.to_numpy)):
        yield computed(name, _change, values, scale, year=values.columns[-1])


def _change(values: pd.DataFrame, scale: Callable[[pd.Series], Values]) -> dict[str, float]:
    _years(values, 2)
    both = values[[values.columns[0], values.columns[-1]]].dropna()
    return spread_ratio(*(scale(varying(both[year], FEWEST_REGIONS)) for year in both))


def _years(values: pd.DataFrame, least: int) -> None:
    if values.shape[1] < least:
        raise Refusal("too_few_years_known", years=values.shape[1], least=least)


def growth_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Convergence of growth: on ln D of the first year; the same without growth of the first year,
    so that its error is not on both sides; given the level of the first year. Beside each the slope
    with the error of Conley, and Moran's I of the residuals: regions may not be independent.
    """
    values = study.D
    start, end = values.columns[0], values.columns[-1]

    def used(step: int, with_level: bool) -> tuple[pd.Series, ...]:
        """Growth from a year on, ln D of the first year, and the level if it is given."""
        _years(values, step + 2)
        since = values.columns[step]
        parts = [values[start], values[since], values[end]]
        parts += [study.log_level[start]] if with_level else []
        frame = pd.concat(parts, axis=1, keys=range(len(parts))).dropna()
        first, before, last = (logs(several(frame[i], FEWEST_REGIONS)) for i in range(3))
        return (last - before) / (end - since), first, *(frame[i] for i in frame.columns[3:])

    def slope(step: int, with_level: bool) -> Row:
        return growth_slope(*used(step, with_level)).columns

    def conley(step: int, with_level: bool) -> Row:
        y, *X = used(step, with_level)
        return growth_slope(y, *X, near=around(_weights(study, y.index))).columns

    def residual_moran(step: int, with_level: bool) -> Row:
        y, *X = used(step, with_level)
        W, rng = _weights(study, y.index), np.random.default_rng(study.seed)
        left, *columns = (np.asarray(x)[:, None] for x in (_regression(y, *X).residuals, *X))
        return likeness(left, W, study.draws, rng, *columns).row(0) | {"n": len(y)}

    kinds = {"": slope, "_conley": conley, "_residual_moran": residual_moran}
    slopes = {"beta": (0, False), "beta_check": (1, False), "beta_given_level": (0, True)}
    for (name, of_what), (kind, compute) in product(slopes.items(), kinds.items()):
        yield computed(f"{name}{kind}", compute, *of_what, year=end)


def _weights(study: RegionalPanel, regions: pd.Index) -> "csr_array":
    W = row_standardised(study.neighbours, list(regions))
    if not W.nnz:
        raise Refusal("no_neighbours")
    return W


def club_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """The log t regression of all regions, with p of a slope this low or lower if it were 0."""
    values = study.of(of).dropna()

    def slope() -> dict[str, float]:
        several(values.iloc[:, 0], FEWEST_REGIONS)
        return log_t(values).columns

    yield computed("log_t", slope, year=study.D.columns[-1])
