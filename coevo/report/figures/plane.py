"""Geometry of the phase plane: its limits, the part that a set covers, directions, orbits."""

from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.lotka_volterra.orbits import orbit, turned
from coevo.report.figures.axes import ticks

ORBIT_KINDS = ("centre", "saddle")
STEPS = 20  # of a drawn orbit, a year
DIGITS = 7  # of a coordinate, so that the page stays light
NAME = np.array([0.11, 0.08])  # width and height of a name in the plane, as shares
ASPECT = 1.35  # width of the plane over its height, as it is drawn
HATCH = 0.025  # between two strokes, as a share of the plane
FIELD = (9, 7)  # arrows across and up
AXES = ["x1", "x2"]
Limits = tuple[float, float]


def plane_limit(values: pd.Series) -> float:
    """A tick above the largest value: the plane that matters, from zero on, holds the path."""
    high = values.max() * 1.18
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


def allowed(low: float, high: float, kind: str, limit: float) -> list[Limits]:
    """The part of a set (interval, complement of one, line) that lies from zero to the limit."""
    if kind == "interval":
        parts = [(low, high)]
    elif kind == "complement":
        parts = [(-np.inf, low), (high, np.inf)]
    else:
        parts = [(-np.inf, np.inf)]
    cut = [(max(a, 0.0), min(b, limit)) for a, b in parts]
    return [(a, b) for a, b in cut if b > a]


def shade(zone: pd.Series, frame: Limits) -> pd.DataFrame:
    """Rectangles (x1, x1_end, x2, x2_end) of the plane that hold both coordinates' sets."""
    across, up = (
        allowed(zone[f"{x}_low"], zone[f"{x}_high"], zone[f"{x}_set"], limit)
        for x, limit in zip(AXES, frame, strict=True)
    )
    rows = [(*a, *b) for a in across for b in up]
    return pd.DataFrame(rows, columns=["x1", "x1_end", "x2", "x2_end"], dtype=float)


def hatching(zone: pd.Series, frame: Limits) -> pd.DataFrame:
    """Strokes (x1, x1_end, x2, x2_end) over the plane outside of what `shade` gives."""
    held = shade(zone, frame)
    cuts = [sorted({0.0, frame[i], *held[x], *held[f"{x}_end"]}) for i, x in enumerate(AXES)]
    rows = []
    for (a, b), (c, d) in product(*(list(pairwise(ends)) for ends in cuts)):
        x1, x2 = (a + b) / 2, (c + d) / 2
        inside = held["x1"].lt(x1) & held["x1_end"].gt(x1) & held["x2"].lt(x2)
        if (inside & held["x2_end"].gt(x2)).any():
            continue
        left, right, low, high = a / frame[0], b / frame[0], c / frame[1], d / frame[1]
        for k in np.arange(-1, 1, HATCH):  # the line up = across + k, as shares of the plane
            start, end = max(left, low - k), min(right, high - k)
            if end > start:
                rows.append((start, end, start + k, end + k))
    strokes = pd.DataFrame(rows, columns=["x1", "x1_end", "x2", "x2_end"], dtype=float)
    return (strokes * [frame[0], frame[0], frame[1], frame[1]]).map(lean)


def arrows(parameters: dict[str, float], frame: Limits, named: pd.DataFrame) -> pd.DataFrame:
    """Direction of the fitted field on a grid, in degrees clockwise from up, as drawn on screen.

    Arrows stay away from points that have names.
    """
    ends = ((np.arange(count) + 0.5) / count for count in FIELD)
    shares = np.stack(np.meshgrid(*ends), axis=-1).reshape(-1, 2)
    x1, x2 = (shares * frame).T
    speed_1 = x1 * (parameters["a1"] - parameters["b1"] * x2) / frame[0] * ASPECT
    speed_2 = x2 * (-parameters["a2"] + parameters["d"] * x1) / frame[1]
    angle = np.degrees(np.arctan2(speed_1, speed_2))
    apart = abs(shares[:, None] - named[AXES].to_numpy(dtype=float) / frame) > NAME
    return pd.DataFrame({"x1": x1, "x2": x2, "angle": angle})[apart.any(axis=2).all(axis=1)]


def orbit_inside(
    parameters: dict[str, float], state: pd.Series, years: int, frame: Limits
) -> pd.DataFrame:
    """The orbit of the fitted equations through a state inside the plane, as far as it stays there.

    parameters: a1, b1, a2, d. Rows (time in years from the state, x1, x2) by time, from `years`
    before to `years` after at most; a part that cannot be followed is left out, and so is what
    comes after one turn round E, since dots on dots would make a line.
    """
    a1, b1, a2, d = (parameters[name] for name in ("a1", "b1", "a2", "d"))
    now = (float(state["x1"]), float(state["x2"]))
    before, after = (_followed(parameters, now, step * years, frame) for step in (-1, 1))
    rows = np.vstack([before[:0:-1], after])
    rows = rows[np.abs(turned(rows[:, 1:], a1, b1, a2, d)) <= 1]
    return pd.DataFrame(rows, columns=["time", *AXES]).map(lean)


def _followed(parameters: dict[str, float], start: Limits, end: int, frame: Limits) -> np.ndarray:
    """Rows (time, x1, x2) from the start on, a year at a time until the plane is left."""
    a1, b1, a2, d = (parameters[name] for name in ("a1", "b1", "a2", "d"))
    rows, times = [np.array([[0.0, *start]])], np.linspace(0, np.sign(end), STEPS + 1)
    for year in range(abs(end)):
        try:
            path = orbit(a1, b1, a2, d / b1, tuple(rows[-1][-1, 1:]), times)[1:]
        except StudyError:
            break
        left = (path > frame).any(axis=1)
        stop = int(left.argmax()) if left.any() else STEPS
        rows.append(np.column_stack([year * times[-1] + times[1:], path])[:stop])
        if left.any():
            break
    return np.vstack(rows)
