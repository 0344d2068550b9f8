"""Growth of a year and the year's mean of the other population: the discretisations."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.registry import choose

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def trapezoid(x: Array) -> Array:
    """R = (x(t) + x(t+1))/2: second order, the primary estimator of the classic form."""
    return (x[:-1] + x[1:]) / 2


def lag(x: Array) -> Array:
    """R = x(t): explicit Euler on logs."""
    return x[:-1].copy()


def logmean(x: Array) -> Array:
    """R = (x(t+1) - x(t)) / ln(x(t+1)/x(t)), x(t) where equal: exact for exponential paths."""
    rise = np.diff(x)
    log = np.log1p(rise / x[:-1])
    return np.divide(rise, log, out=x[:-1].copy(), where=rise != 0)


# name -> R(x): a series of consecutive years (n,), positive, to its mean in each year (n - 1,)
ESTIMATORS: dict[str, Callable[[Array], Array]] = {
    "trapezoid": trapezoid,
    "lag": lag,
    "logmean": logmean,
}


class Rows(NamedTuple):
    """Growth rows: pairs of consecutive years in which both populations are known.

    year (rows,) the earlier of the two; growth (rows, 2) of x1, x2; regressor (rows, 2): R(x2) for
    equation 1, R(x1) for equation 2; crossing: the earlier years of the pairs that are no rows
    because they cross two vintages.
    """

    year: Integers
    growth: Array
    regressor: Array
    crossing: Integers


def growth_rows(
    t: npt.ArrayLike,
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    estimator: str = "trapezoid",
    breaks: Iterable[int] = (),
) -> Rows:
    """Return the growth rows of two yearly series, in the order of time.

    t (n,) whole years, none twice; x1, x2 (n,) positive or NaN. A year that is absent or NaN breaks
    the chain; so does a year of `breaks`, whose figures are of another vintage than those of the
    year before. `StudyError` for a repeated year, a value that is zero, negative or infinite
    (growth is a difference of logs) or an unknown estimator.
    """
    mean = choose(ESTIMATORS, estimator, "estimator")
    year = np.asarray(t).astype(np.int64)
    x = np.column_stack([np.asarray(x1, dtype=float), np.asarray(x2, dtype=float)])
    order = np.argsort(year, kind="stable")
    year, x = year[order], x[order]
    _check_series(year, x)
    known = ~np.isnan(x).any(axis=1)
    year, x = year[known], x[known]
    consecutive = np.diff(year) == 1
    crosses = consecutive & np.isin(year[1:], list(breaks))
    rows = consecutive & ~crosses
    runs = [0, *(np.flatnonzero(~rows) + 1), len(year)]
    parts = [x[start:end] for start, end in pairwise(runs)]
    empty = np.empty((0, 2))
    return Rows(
        year[:-1][rows],
        np.concatenate([empty, *(np.diff(np.log(part), axis=0) for part in parts)]),
        np.concatenate(
            [empty, *(np.column_stack([mean(p[:, 1]), mean(p[:, 0])]) for p in parts if len(p))]
        ),
        year[:-1][crosses],
    )


def _check_series(year: Integers, x: Array) -> None:
    if np.any(np.diff(year) == 0):
        raise StudyError(f"the year {year[:-1][np.diff(year) == 0][0]} is there twice")
    wrong = ~np.isnan(x) & ~((x > 0) & np.isfinite(x))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise StudyError(
            f"x{column + 1} is {x[row, column]:g} in {year[row]}: growth is a difference of "
            "logarithms and needs positive figures"
        )
