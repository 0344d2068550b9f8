"""Orbits around E: the path through a state, and what stays constant along it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.lotka_volterra.populations import simulate

Array = npt.NDArray[np.float64]
Values = npt.ArrayLike

ROUNDING = 1e-12  # of V, relative: below it V has not moved


def conserved(x1: Values, x2: Values, a1: float, b1: float, a2: float, b2: float) -> Array:
    """Return V = d x1 - a2 ln x1 + b1 x2 - a1 ln x2, constant along every orbit (x1, x2 > 0)."""
    x1, x2 = np.asarray(x1, dtype=float), np.asarray(x2, dtype=float)
    return b1 * b2 * x1 - a2 * np.log(x1) + b1 * x2 - a1 * np.log(x2)


class Level(NamedTuple):
    """V (years,) along an observed path; drift: V of the last year less V of the first, over the
    range of V: +-1 is a steady change of orbit, 0 a return to the same one."""

    V: Array
    drift: float


def conserved_path(x1: Values, x2: Values, a1: float, b1: float, a2: float, b2: float) -> Level:
    """Return V at each observed year, and its drift (V_last - V_first)/(max V - min V).

    x1, x2 (years,) positive, or NaN where not observed; V is NaN there. The drift is 0 where V has
    not moved beyond rounding. `StudyError` if fewer than two years are observed.
    """
    V = conserved(x1, x2, a1, b1, a2, b2)
    known = V[np.isfinite(V)]
    if len(known) < 2:
        raise Refusal(
            "too_few_years_for_drift",
            "the conserved quantity needs two years in which both populations are known",
        )
    reach = np.ptp(known)
    moved = reach > ROUNDING * np.abs(known).max()
    return Level(V, float((known[-1] - known[0]) / reach) if moved else 0.0)


def orbit(
    a1: float, b1: float, a2: float, b2: float, start: tuple[float, float], times: Values
) -> Array:
    """Return the orbit (len(times), 2) through `start` (x1, x2 > 0) at times[0].

    `StudyError` if the orbit leaves every bound before the last time.
    """
    return simulate((a1, -a2), [[0.0, -b1], [b1 * b2, 0.0]], start, times)
