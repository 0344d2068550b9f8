"""Does the gap between regions narrow? Dispersion over the years, growth against the start."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from coevo.errors import Refusal
from coevo.regional.regional_panel import (
    RegionalPanel,
    Row,
    above_zero,
    by_year,
    logs,
    several,
    tried,
    varying,
)

FEWEST_REGIONS = 4  # two coefficients and a variance need more
FEWEST_LOG_T = 15  # years below which the test of clubs has no size
TRIMMED = 0.3  # share of the years that the log t regression leaves out at the start
LEVEL = 0.95


class Slope(NamedTuple):
    """A slope with its t, p, ends of the 95 % interval, and number of regions."""

    value: float
    t: float
    p: float
    low: float
    high: float
    n: int

    @property
    def columns(self) -> dict[str, float]:
        return {key: getattr(self, key) for key in ("value", "low", "high", "p", "n")}


def equal_spread(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return p of equal variances of paired x, y (n,), by the test of Pitman and Morgan (1939).

    Variances are equal if x + y and x - y do not correlate: t = r sqrt((n - 2) / (1 - r^2)).
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if len(a) < 3 or np.ptp(a - b) < 1e-12:  # all moved alike: the spread is the same
        return 1.0
    r = float(np.corrcoef(a + b, a - b)[0, 1])
    t = r * np.sqrt((len(a) - 2) / max(1 - r**2, 1e-300))
    return float(2 * stdtr(len(a) - 2, -abs(t)))


def growth_slope(growth: npt.ArrayLike, start: npt.ArrayLike, *others: npt.ArrayLike) -> Slope:
    """Return the slope of yearly growth (n,) on the logarithm (n,) at the start, given others.

    Least squares with a constant, HC1 errors, t(n - k). Refuses a start that does not vary.
    """
    from statsmodels.regression.linear_model import OLS

    y = np.asarray(growth, dtype=float)
    X = np.column_stack([np.ones(len(y)), start, *others]).astype(float)
    if len(y) < X.shape[1] + 2:
        raise Refusal("too_few_regions_known", regions=len(y), least=X.shape[1] + 2)
    if np.linalg.matrix_rank(X / np.abs(X).max(axis=0)) < X.shape[1]:
        raise Refusal("constant_regressor")
    fit = OLS(y, X).fit(cov_type="HC1", use_t=True)
    value, error = float(fit.params[1]), float(fit.bse[1])
    half = error * float(stdtrit(fit.df_resid, (1 + LEVEL) / 2))
    t = value / error if error > 0 else np.copysign(np.inf, value)  # growth fitted without error
    p = float(2 * stdtr(fit.df_resid, -abs(t)))
    return Slope(value, t, p, value - half, value + half, len(y))


def log_t(x: npt.ArrayLike) -> Slope:
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
    t, kept = t[int(TRIMMED * years) :], H[int(TRIMMED * years) :]
    y = np.log(H[0] / kept) - 2 * np.log(np.log(t))
    lags = int(4 * (len(t) / 100) ** (2 / 9))
    options = {"maxlags": lags, "use_correction": True}
    X = np.column_stack([np.ones(len(t)), np.log(t)])
    fit = OLS(y, X).fit(cov_type="HAC", cov_kwds=options)
    value, error = float(fit.params[1]), float(fit.bse[1])
    half = error * float(stdtrit(fit.df_resid, (1 + LEVEL) / 2))
    below = float(stdtr(fit.df_resid, value / error))
    return Slope(value, value / error, below, value - half, value + half, len(values))


def dispersion_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Standard deviation (n - 1) of ln y, coefficient of variation and standard deviation of y by
    year; change of the first from the first year to the last, with p of equal spread.
    """
    values = study.of(of)
    yield from by_year("sd_ln", of, values, lambda y: logs(several(y, 2)).std())
    yield from by_year("cv", of, values, lambda y: several(y, 2).std() / above_zero(y))
    yield from by_year("sd", of, values, lambda y: several(y, 2).std())
    yield tried("sd_ln_ratio", of, lambda: _change(values), year=values.columns[-1])


def _change(values: pd.DataFrame) -> dict[str, float]:
    _years(values, 2)
    both = values[[values.columns[0], values.columns[-1]]].dropna()
    first, last = (logs(varying(both[year], FEWEST_REGIONS)) for year in both)
    value = float(last.std() / first.std())
    return {"value": value, "p": equal_spread(first, last), "n": len(both)}


def _years(values: pd.DataFrame, least: int) -> None:
    if values.shape[1] < least:
        raise Refusal("too_few_years_known", years=values.shape[1], least=least)


def growth_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Convergence of growth: on ln D of the first year; the same without growth of the first year,
    so that its error is not on both sides; given the level of the first year.
    """
    values = study.D
    start, end = values.columns[0], values.columns[-1]

    def slope(step: int, *others: pd.Series) -> dict[str, float]:
        _years(values, step + 2)
        since = values.columns[step]
        parts = [values[start], values[since], values[end], *others]
        frame = pd.concat(parts, axis=1, keys=range(len(parts))).dropna()
        first, before, last = (logs(several(frame[i], FEWEST_REGIONS)) for i in range(3))
        growth = (last - before) / (end - since)
        return growth_slope(growth, first, *(frame[i] for i in frame.columns[3:])).columns

    yield tried("beta", of, lambda: slope(0), year=end)
    yield tried("beta_check", of, lambda: slope(1), year=end)
    yield tried("beta_given_level", of, lambda: slope(0, study.log_level[start]), year=end)


def club_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """The log t regression of all regions, with p of a slope this low or lower if it were 0."""
    values = study.of(of).dropna()

    def slope() -> dict[str, float]:
        several(values.iloc[:, 0], FEWEST_REGIONS)
        return log_t(values).columns

    yield tried("log_t", of, slope, year=study.D.columns[-1])
