"""Growth rows, of one region or of many: growth of a year, the year's mean of each population."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Integers, Places, Values
from coevo.errors import Refusal
from coevo.registry import choose
from coevo.schema import BREAK, FILLED

# Gauss-Legendre in a year: exact to rounding unless x changes a thousandfold
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


def log_growth(x: Array) -> Array:
    """g = ln x(t+1) - ln x(t): what the model integrates to."""
    return np.diff(np.log(x), axis=0)


def relative_growth(x: Array) -> Array:
    """g = (x(t+1) - x(t)) / x(t): the growth rate as yearbooks print it."""
    return np.diff(x, axis=0) / x[:-1]


def trapezoid(x: Array) -> Array:
    """R = (x(t) + x(t+1))/2: second order, the primary estimator of the classic form."""
    return (x[:-1] + x[1:]) / 2


def lag(x: Array) -> Array:
    """R = x(t): explicit Euler on logs."""
    return x[:-1].copy()


def logmean(x: Array) -> Array:
    """R = (x(t+1) - x(t)) / ln(x(t+1)/x(t)), x(t) where equal: exact for exponential paths."""
    rise = np.diff(x, axis=0)
    log = np.log1p(rise / x[:-1])
    return np.divide(rise, log, out=x[:-1].copy(), where=rise != 0)


def spline(x: Array) -> Array:
    """R = integral over the year of exp(s), with s the cubic spline of ln x without end knots.

    Two figures are joined by a line in logs, three by a parabola. The spline runs over all the
    years given, so R of a year depends on its neighbours too.
    """
    from scipy.interpolate import CubicSpline

    if len(x) < 2:
        return x[:-1].copy()
    times = np.arange(len(x) - 1)[:, None] + (NODES + 1) / 2
    inside = np.exp(CubicSpline(np.arange(len(x)), np.log(x))(times))  # (years, nodes, ...)
    return np.tensordot(inside, WEIGHTS / 2, axes=(1, 0))


class Discretisation(NamedTuple):
    """What an estimator makes of consecutive years x (n, ...), positive: a value for each year.

    mean: R (n - 1, ...), the year's mean of the regressor; growth: g (n - 1, ...).
    """

    mean: Callable[[Array], Array]
    growth: Callable[[Array], Array] = log_growth


# name -> how growth and the year's mean are taken
ESTIMATORS: dict[str, Discretisation] = {
    "trapezoid": Discretisation(trapezoid),
    "lag": Discretisation(lag),
    "logmean": Discretisation(logmean),
    "spline": Discretisation(spline),
    "relative": Discretisation(lag, relative_growth),
}
# name -> why it is never a study's main estimator
REFUSED_ESTIMATORS: dict[str, str] = {
    "relative": "relative growth on the earlier year's figure moves E itself, by a tenth and more "
    "on an exact orbit; it is shown for comparison with studies that use it",
    "fod_iv": "it needs many regions and gives none of them an equilibrium; it is shown beside the "
    "main estimator wherever regions are pooled",
}


class Rows(NamedTuple):
    """Growth rows: pairs of consecutive years in which all n populations are known.

    year (rows,) the earlier of the two; growth, regressor (rows, n): g and R of each population;
    crossing: the earlier years of the pairs that are no rows because they cross two vintages.
    """

    year: Integers
    growth: Array
    regressor: Array
    crossing: Integers


def population_rows(
    t: Values, X: Values, estimator: str = "trapezoid", breaks: Iterable[int] = ()
) -> Rows:
    """Return the growth rows of any number of populations, in the order of time.

    t (years,) whole years, none twice; X (years, n) positive or NaN. A year that is absent or NaN
    ends a run of years; so does a year of `breaks`, whose figures are of another vintage than those
    of the year before. The spline of `spline` runs over each unbroken run by itself. `StudyError`
    for an unknown estimator, a repeated year or a value that is zero, negative or infinite (growth
    is a difference of logs).
    """
    steps = choose(ESTIMATORS, estimator, "estimator")
    year, x = np.asarray(t).astype(np.int64), np.asarray(X, dtype=float)
    order = np.argsort(year, kind="stable")
    year, x = year[order], x[order]
    _check_series(year, x)
    crosses = np.isin(year, list(breaks))
    at, (g, R), crossing = _pairs(np.zeros_like(year), year, x, crosses, steps)
    return Rows(year[at], g, R, year[crossing])


def _check_series(year: Integers, x: Array) -> None:
    if np.any(np.diff(year) == 0):
        raise Refusal("year_twice", year=int(year[:-1][np.diff(year) == 0][0]))
    wrong = ~np.isnan(x) & ~((x > 0) & np.isfinite(x))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise Refusal("not_positive", population=column + 1, value=x[row, column], year=year[row])


# name -> what a region's known figures (years,), in the order of time, are divided by
SCALES: dict[str, Callable[[Array], float]] = {
    "first": lambda x: float(x[0]),
    "mean": lambda x: float(x.mean()),
    "none": lambda x: 1.0,
}


class Pool(NamedTuple):
    """Growth rows of G regions and n populations, x of each region in its own unit.

    regions (G,) codes; units (G, n); region (rows,): index into regions; year (rows,) the earlier
    of the two; growth (rows, n); regressor (rows, n): R(x_j) in column j; crossing: as in `Rows`;
    start (rows, n): x(t).
    """

    regions: tuple[str, ...]
    units: Array
    region: Integers
    year: Integers
    growth: Array
    regressor: Array
    crossing: Integers
    start: Array


def pool(panel: pd.DataFrame, names: Sequence[str], estimator: str, scale: str) -> Pool:
    """Return the growth rows of every region that has any, scaled, for n populations.

    panel: as in `fit_pooled`; names (n,): its columns of the populations. `StudyError` for an
    unknown estimator or scale, a value that is not positive, or no growth row at all.
    """
    unit, steps = choose(SCALES, scale, "scaling"), choose(ESTIMATORS, estimator, "estimator")
    known = panel[panel["flag"] != FILLED] if "flag" in panel else panel
    known = known.sort_values(["region", "year"])
    region, codes = pd.factorize(known["region"])
    year, x = known["year"].to_numpy(dtype=np.int64), known[list(names)].to_numpy(dtype=float)
    crosses = known["flag"].eq(BREAK).to_numpy() if "flag" in known else np.zeros(len(x), bool)
    _check_regions(codes, region, year, x)
    at, (g, R), crossing = _pairs(region, year, x, crosses, steps)
    if not at.size:
        raise Refusal("no_growth_rows")
    of, counted = np.unique(region[at], return_inverse=True)
    figures = np.split(x, np.flatnonzero(np.diff(region)) + 1)
    units = np.array([[unit(series[~np.isnan(series)]) for series in figures[i].T] for i in of])
    crossing = crossing[np.isin(region[crossing], of)]
    unit_of_row = units[counted]
    return Pool(
        tuple(str(codes[i]) for i in of),
        units,
        counted,
        year[at],
        g,
        R / unit_of_row,
        year[crossing],
        x[at] / unit_of_row,
    )


def _check_regions(codes: pd.Index, region: Integers, year: Integers, x: Array) -> None:
    """Raise the `Refusal` of the first region whose years or figures allow no growth."""
    twice = (np.diff(region) == 0) & (np.diff(year) == 0)
    wrong = np.append(False, twice) | (~np.isnan(x) & ~((x > 0) & np.isfinite(x))).any(axis=1)
    if wrong.any():
        first = region == region[wrong][0]
        try:
            _check_series(year[first], x[first])
        except Refusal as refusal:
            raise refusal.concerning("of_region", str(codes[region[wrong][0]])) from None


def _pairs(
    region: Integers, year: Integers, x: Array, crosses: Booleans, steps: Discretisation
) -> tuple[Places, Array, Places]:
    """Return where in x growth rows begin, their g and R (2, rows, n), and where pairs of years
    begin that are no growth rows because they cross two vintages.

    Years with NaN are none. Unbroken runs of the same length are worked on together.
    """
    whole = np.flatnonzero(~np.isnan(x).any(axis=1))
    region, year, x, crosses = region[whole], year[whole], x[whole], crosses[whole]
    next_year = (np.diff(region) == 0) & (np.diff(year) == 1)
    crossing = next_year & crosses[1:]
    at = next_year & ~crossing
    begins = np.flatnonzero(np.append(True, ~at))
    lengths = np.diff(np.append(begins, len(x)))
    both = np.empty((2, max(len(x) - 1, 0), x.shape[1]))
    for length in np.unique(lengths[lengths > 1]):
        rows = np.arange(length)[:, None] + begins[lengths == length]
        runs = x[rows]
        both[:, rows[:-1]] = steps.growth(runs), steps.mean(runs)
    return whole[:-1][at], both[:, at], whole[:-1][crossing]


def breaks(part: pd.DataFrame) -> list[int]:
    """Return the years whose figures are of another vintage than those of the year before."""
    return part.loc[part["flag"] == BREAK, "year"].tolist() if "flag" in part else []
