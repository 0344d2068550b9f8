"""Geometry of the phase plane: its limits, the part that a set covers, directions, orbits."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.lotka_volterra.classic import orbit, turned
from coevo.report.figures.axes import ticks

ORBIT_KINDS = ("centre", "saddle")
STEPS = 20  # of a drawn orbit, a year
DIGITS = 7  # of a coordinate, so that the page stays light
NAME = np.array([0.11, 0.08])  # width and height of a name in the plane, as shares
YEAR = (0.09, -0.015)  # from a point to the middle of its year
REST = 0.22  # width of the name of a zero-growth line
ABOVE = 0.03  # from a point or line to the middle of its name
FIELD = (7, 6)  # arrows across and up
AXES = ["x1", "x2"]
Limits = tuple[float, float]


def plane_limit(value: float) -> float:
    """A tick above a value: an axis from zero to there holds it with some air. Zero if it is not
    above zero, where no such axis holds it.
    """
    if value <= 0:
        return 0.0
    high = value * 1.18
    step = ticks(0, high, 5)[1]
    return float(np.ceil(high / step) * step)


def lean(value: float) -> float:
    """A coordinate to the digits that a drawing needs."""
    return float(f"{value:.{DIGITS}g}")


def named_years(path: pd.DataFrame, frame: Any) -> pd.DataFrame:
    """Rows of a path whose year is named: its ends, and those with room beside the named ones.

    frame: upper limits of the two axes.
    """
    at = path[AXES].to_numpy(dtype=float) / frame / NAME
    named = list(dict.fromkeys([0, len(path) - 1]))
    for i in range(1, len(path) - 1):
        if (abs(at[named] - at[i]).max(axis=1) > 1).all():
            named.append(i)
    return path.iloc[sorted(named)]


def named_left(
    points: pd.DataFrame, path: pd.DataFrame, frame: Any, width: float = 0.4
) -> pd.Series:
    """Whether the name of each point, `width` wide as a share of the plane and a little above the
    point, stands to its left: towards the middle, unless the path or its years are there and not on
    the other side.
    """
    at, seen = (rows[AXES].to_numpy(dtype=float) / frame for rows in (points, path))
    at[:, 1] = np.minimum(at[:, 1] + ABOVE, 1 - ABOVE)
    steps = np.linspace(0, len(seen) - 1, STEPS * len(seen))
    line = np.stack([np.interp(steps, np.arange(len(seen)), values) for values in seen.T], axis=1)
    across, up = np.moveaxis(np.vstack([line, seen + YEAR]) - at[:, None], -1, 0)
    left, right = (
        ((abs(up) < NAME[1] / 2) & (side * across > 0) & (side * across < width)).any(axis=1)
        for side in (-1, 1)
    )
    return pd.Series(np.where(left == right, at[:, 0] > 0.5, right), index=points.index)


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


def arrows(parameters: Mapping[str, float], frame: Any, named: pd.DataFrame) -> pd.DataFrame:
    """Speed (across, up) of the fitted field on a grid (x1, x2), in shares of the axes a year.

    Arrows stay away from points that have names.
    """
    ends = ((np.arange(count) + 0.5) / count for count in FIELD)
    shares = np.stack(np.meshgrid(*ends), axis=-1).reshape(-1, 2)
    frame = np.array(frame, dtype=float)
    x1, x2 = (shares * frame).T
    across = x1 * (parameters["a1"] - parameters["b1"] * x2) / frame[0]
    up = x2 * (-parameters["a2"] + parameters["d"] * x1) / frame[1]
    apart = abs(shares[:, None] - named[AXES].to_numpy(dtype=float) / frame) > NAME
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
