"""A plane of two outputs from zero to the limits of its axes: the part that a set covers, lines of
zero growth, directions of the fitted equations, orbits.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.lotka_volterra.classic import orbit, turned

ORBIT_KINDS = ("centre", "saddle")
STEPS = 20  # of an orbit, a year
DIGITS = 7  # of a coordinate, so that a page stays light
FIELD = (7, 6)  # arrows across and up
AXES = ["x1", "x2"]
Limits = tuple[float, float]


def lean(value: float) -> float:
    """A coordinate to the digits that a drawing needs."""
    return float(f"{value:.{DIGITS}g}")


def allowed(low: float, high: float, kind: str, limit: float) -> list[Limits]:
    """The part of a set (interval, complement of one, line) that lies from zero to the limit."""
    parts = {"interval": [(low, high)], "complement": [(-np.inf, low), (high, np.inf)]}
    within = parts.get(kind, [(-np.inf, np.inf)])
    cut = [(max(a, 0.0), min(b, limit)) for a, b in within]
    return [(a, b) for a, b in cut if b > a]


def nullclines(fit: pd.Series, frame: Limits) -> list[dict[str, Any]]:
    """Where x2 rests, x1 = a2/d, and where x1 rests, x2 = a1/b1, inside the plane.

    Lines and bands (`part`) from (x1, x2) to (x1_end, x2_end), a band for each part of the set that
    lies in the plane, `whole` where it is all of it; still: what rests there.
    """
    rows = []
    for i, still in enumerate(("x2", "x1")):
        x, other = AXES[i], AXES[1 - i]
        across = {"still": still, other: 0.0, f"{other}_end": frame[1 - i]}
        held = allowed(fit[f"{x}_low"], fit[f"{x}_high"], fit[f"{x}_set"], frame[i])
        line = [(fit[x], fit[x])] if 0 < fit[x] < frame[i] else []
        rows += [
            across
            | {"part": part, x: lean(low), f"{x}_end": lean(high)}
            | {"whole": (low, high) == (0, frame[i])}
            for part, spans in (("band", held), ("line", line))
            for low, high in spans
        ]
    return rows


def arrows(
    parameters: Mapping[str, float], frame: Any, named: pd.DataFrame, name: Any
) -> pd.DataFrame:
    """Speed (across, up) of the fitted field on a grid (x1, x2), in shares of the axes a year.

    Arrows stay away from points that have names, `name` wide and high as shares of the axes.
    """
    ends = ((np.arange(count) + 0.5) / count for count in FIELD)
    shares = np.stack(np.meshgrid(*ends), axis=-1).reshape(-1, 2)
    frame = np.array(frame, dtype=float)
    x1, x2 = (shares * frame).T
    across = x1 * (parameters["a1"] - parameters["b1"] * x2) / frame[0]
    up = x2 * (-parameters["a2"] + parameters["d"] * x1) / frame[1]
    apart = abs(shares[:, None] - named[AXES].to_numpy(dtype=float) / frame) > name
    field = pd.DataFrame({"x1": x1, "x2": x2, "across": across, "up": up})
    return field[apart.any(axis=2).all(axis=1)]


def orbit_inside(
    parameters: Mapping[str, float], state: pd.Series, years: int, frame: Any
) -> pd.DataFrame:
    """The orbit of the fitted equations through a state inside the plane, as far as it stays there.

    parameters: a1, b1, a2, d. Rows (time in years from the state, x1, x2) by time, from `years`
    before to `years` after at most; a part that cannot be followed is left out, and so is what
    comes after one turn round E, since dots on dots would make a line.
    """
    a1, b1, a2, d = (float(parameters[name]) for name in ("a1", "b1", "a2", "d"))
    now, ends = (float(state["x1"]), float(state["x2"])), np.array(frame, dtype=float)
    step = partial(orbit, a1, b1, a2, d / b1)
    before, after = (_followed(step, now, side * years, ends) for side in (-1, 1))
    rows = np.vstack([before[:0:-1], after])
    rows = rows[np.abs(turned(rows[:, 1:], a1, b1, a2, d)) <= 1]
    return pd.DataFrame(rows, columns=["time", *AXES]).map(lean)


def _followed(step: Any, start: Limits, end: int, frame: np.ndarray) -> np.ndarray:
    """Rows (time, x1, x2) from the start on, a year at a time until the plane is left."""
    rows, times = [np.array([[0.0, *start]])], np.linspace(0, np.sign(end), STEPS + 1)
    for year in range(abs(end)):
        try:
            path = step(tuple(rows[-1][-1, 1:]), times)[1:]
        except StudyError:
            break
        left = np.logical_or.accumulate((path > frame).any(axis=1))
        rows.append(np.column_stack([year * times[-1] + times[1:], path])[~left])
        if left.any():
            break
    return np.vstack(rows)
