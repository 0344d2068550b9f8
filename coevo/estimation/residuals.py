"""What the residuals of a regression say of its assumptions."""

from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Integers

NORMALITY_FROM = 30  # rows; with fewer the test of Jarque and Bera is far from its size


class ResidualTests(NamedTuple):
    """What residuals say of a regression's assumptions.

    durbin_watson: 2 where a year says nothing of the next, less where it persists; jarque_bera: p
    of normal errors, NaN for fewer than 30 rows.
    """

    durbin_watson: float
    jarque_bera: float


def residual_tests(residuals: Array, region: Integers, year: Integers) -> ResidualTests:
    """Return the tests of residuals (rows,), sorted by region and year.

        d = sum (e_t - e_t-1)^2 / sum e_t^2

    region, year (rows,): differences are taken within a region, from one year to the next; of one
    region without a gap d is Durbin and Watson's. NaN without error. Source: Bhargava, Franzini and
    Narendranathan (1982).
    """
    from statsmodels.stats.stattools import jarque_bera

    total = float(residuals @ residuals)
    if total == 0:
        return ResidualTests(float("nan"), float("nan"))
    next_year = (np.diff(region) == 0) & (np.diff(year) == 1)
    steps = np.diff(residuals)[next_year]
    normal = jarque_bera(residuals)[1] if len(residuals) >= NORMALITY_FROM else float("nan")
    return ResidualTests(float(steps @ steps) / total, float(normal))
