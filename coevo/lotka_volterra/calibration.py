"""The accounting calibration: parameters that restate a year's growth (docs/methods.md, 6)."""

import numpy as np

from coevo.arrays import Array, Booleans, Values
from coevo.errors import Refusal
from coevo.estimation.growth import log_growth, trapezoid


def calibrate(
    x1: Values, x2: Values, purchases: Values, sales: Values
) -> tuple[Array, Array, Array, Array]:
    """Return a1, b1, a2, b2 of each year but the last by the accounting identity.

        b1 = P/(x1 x2)    b2 = S/P    a1 = g1 + P/x1    a2 = d x1 - g2    d = b1 b2 = S/(x1 x2)

    with growth g = ln x(t+1) - ln x(t), and x1, x2, P, S the means of t and t+1, as the trapezoid
    takes its regressors. The inputs are yearly, of shape (years, ...); P, what the downstream
    system purchases, in the unit of x1, and S, what it sells, in that of x2. The outputs have shape
    (years - 1, ...); where a figure is missing (NaN), so is what depends on it. It restates
    observed growth: signs are assumed, not tested. `StudyError` if a figure is not positive.
    """
    series = [np.asarray(value, dtype=float) for value in (x1, x2, purchases, sales)]
    if any(np.any(value <= 0) for value in series):
        raise Refusal("calibration_not_positive")
    g1, g2 = (log_growth(value) for value in series[:2])
    mean1, mean2, bought, sold = map(trapezoid, series)
    b1, b2 = bought / (mean1 * mean2), sold / bought
    return g1 + bought / mean1, b1, b1 * b2 * mean1 - g2, b2


def calibration_failures(
    x1: Values, x2: Values, purchases: Values, sales: Values
) -> dict[str, Booleans]:
    """Return, per reason, the years but the last in which the calibration makes no sense.

    Reasons: purchases exceed what upstream made (P/x1 > 1), downstream grows by a factor e or more
    in the year (g2 >= 1), a1 or a2 not positive. Arguments and errors as for `calibrate`.
    """
    a1, b1, a2, _ = calibrate(x1, x2, purchases, sales)
    x2 = np.asarray(x2, dtype=float)
    return {
        "purchases_exceed_output": b1 * trapezoid(x2) > 1,
        "downstream_growth": log_growth(x2) >= 1,
        "a1_not_positive": a1 <= 0,
        "a2_not_positive": a2 <= 0,
    }


def period_equilibrium(a1: Array, b1: Array, a2: Array, b2: Array) -> tuple[float, float]:
    """Return E of a period, (mean a2 / mean d, mean a1 / mean b1), from the years' parameters."""
    return float(np.mean(a2) / np.mean(b1 * b2)), float(np.mean(a1) / np.mean(b1))
