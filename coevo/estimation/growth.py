"""Growth of a year and the year's mean of each population: the discretisations."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Integers, Values
from coevo.errors import Refusal
from coevo.registry import choose

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
# name -> why it stands beside the others and is never a study's main estimator
BESIDE: dict[str, str] = {
    "relative": "relative growth on the earlier year's figure moves E itself, by a tenth and more "
    "on an exact orbit; it is shown for comparison with studies that use it",
    "trajectory": "it fits the whole path of one region and has no growth rows to pool; it is "
    "shown beside the main estimator for every region",
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


Runs = tuple[list[tuple[Integers, Array]], Integers]  # years and X of each; crossings


def unbroken(t: Values, X: Values, breaks: Iterable[int] = ()) -> Runs:
    """Return the runs of consecutive years in which all populations are known, and crossings.

    Of each run its years and X (years, n), in the order of time; crossings as in `Rows`.

    t (years,) whole years, none twice; X (years, n) positive or NaN. A year that is absent or NaN
    ends a run; so does a year of `breaks`, whose figures are of another vintage than those of the
    year before. `StudyError` for a repeated year or a value that is zero, negative or infinite
    (growth is a difference of logs).
    """
    year, x = np.asarray(t).astype(np.int64), np.asarray(X, dtype=float)
    order = np.argsort(year, kind="stable")
    year, x = year[order], x[order]
    _check_series(year, x)
    known = ~np.isnan(x).any(axis=1)
    year, x = year[known], x[known]
    consecutive = np.diff(year) == 1
    crosses = consecutive & np.isin(year[1:], list(breaks))
    ends = np.flatnonzero(~consecutive | crosses) + 1
    parts = [(year[i:j], x[i:j]) for i, j in pairwise([0, *ends, len(year)]) if j > i]
    return parts, year[:-1][crosses]


def population_rows(
    t: Values,
    X: Values,
    estimator: str = "trapezoid",
    breaks: Iterable[int] = (),
) -> Rows:
    """Return the growth rows of any number of populations, in the order of time.

    t, X, breaks and errors as in `unbroken`; also `StudyError` for an unknown
    estimator. The spline of `spline` runs over each unbroken run by itself.
    """
    mean, growth = choose(ESTIMATORS, estimator, "estimator")
    parts, crossing = unbroken(t, X, breaks)
    empty = np.empty((0, np.shape(X)[1]))
    return Rows(
        np.concatenate([np.empty(0, dtype=np.int64), *(year[:-1] for year, _ in parts)]),
        np.concatenate([empty, *(growth(x) for _, x in parts)]),
        np.concatenate([empty, *(mean(x) for _, x in parts)]),
        crossing,
    )


def _check_series(year: Integers, x: Array) -> None:
    if np.any(np.diff(year) == 0):
        raise Refusal("year_twice", year=int(year[:-1][np.diff(year) == 0][0]))
    wrong = ~np.isnan(x) & ~((x > 0) & np.isfinite(x))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise Refusal("not_positive", population=column + 1, value=x[row, column], year=year[row])
