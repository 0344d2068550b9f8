"""What D measures beside the level of development: ln D with the level taken out."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


def centred(x: npt.ArrayLike, years: npt.ArrayLike | None = None) -> Array:
    """Return x (rows,) less its mean, or less the mean of its year where `years` (rows,) is."""
    values = pd.Series(np.asarray(x, dtype=float))
    if years is None:
        return (values - values.mean()).to_numpy()
    return (values - values.groupby(np.asarray(years)).transform("mean")).to_numpy()


def level_slope(
    log_D: npt.ArrayLike, log_level: npt.ArrayLike, years: npt.ArrayLike | None = None
) -> float:
    """Return the least-squares slope of ln D on the log of a level; NaN if the level is constant.

    log_D, log_level (rows,); with `years` (rows,) both are taken from the mean of their year, so
    that what rises everywhere does not enter the slope.
    """
    y, x = centred(log_D, years), centred(log_level, years)
    xx = float((x**2).sum())
    return float((x * y).sum()) / xx if xx > 1e-24 * len(x) else np.nan


def level_adjusted(
    log_D: npt.ArrayLike, log_level: npt.ArrayLike, years: npt.ArrayLike | None = None
) -> Array:
    """Return ln D (rows,) with the level taken out: how far D lies above what the level gives.

    The residual of ln D on a constant and the log of the level, by least squares; with `years`
    (rows,) on a constant of each year instead. NaN everywhere if the level does not vary.
    """
    slope = level_slope(log_D, log_level, years)
    return centred(log_D, years) - slope * centred(log_level, years)
