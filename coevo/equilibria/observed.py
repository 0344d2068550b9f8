"""What was observed where a model says that outputs circle: their means over whole cycles."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coevo.arrays import Row, Values


def whole_cycles(years: Values, x: Values) -> tuple[int, int] | None:
    """Return the first and the last year of the whole cycles of a series, None without one.

    They go from the first peak to the year before the last one. A peak is the highest year of a
    run of years with ln x above its mean, and not the first or the last year of the series. years,
    x (n,): every year between the first and the last, x > 0; a series with a gap or without growth
    in logs has no cycle here.
    """
    t, values = np.asarray(years, dtype=int), np.asarray(x, dtype=float)
    if len(t) < 3 or np.any(np.diff(t) != 1) or not np.all(values > 0):
        return None
    logs = np.log(values)
    above = logs > logs.mean()
    runs = np.split(np.arange(len(t)), np.flatnonzero(np.diff(above)) + 1)
    tops = [run[values[run].argmax()] for run in runs if above[run[0]]]
    peaks = [top for top in tops if 0 < top < len(t) - 1]
    return (int(t[peaks[0]]), int(t[peaks[-1]] - 1)) if len(peaks) > 1 else None


def mean_rows(path: pd.DataFrame) -> Iterator[Row]:
    """Yield `cycle_mean_x1`, `cycle_mean_x2` over the whole cycles of x1, and `mean_x1`, `mean_x2`.

    The latter are over all years. Without a whole cycle there are neither: a mean over years of
    growth estimates no equilibrium. path: x1, x2 by year.
    """
    seen = path[["x1", "x2"]].dropna()
    cycles = whole_cycles(seen.index, seen["x1"])
    if cycles is None:
        return
    for name, (first, last) in (("cycle_mean", cycles), ("mean", (seen.index[0], seen.index[-1]))):
        for x, value in seen.loc[first:last].mean().items():
            yield {"quantity": f"{name}_{x}", "value": value, "period": f"{first}-{last}"}
