"""Geometry of the phase plane: its limits, the part that a set covers, directions, free places."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.lotka_volterra.orbits import orbit
from coevo.report.figures.axes import ticks

ORBIT_KINDS = ("centre", "saddle")
STEPS = 20  # of a drawn orbit, a year
DIGITS = 7  # of a coordinate, so that the page stays light
STRIP = 0.92  # share of the height that arrows take
WORDS = (0.24, 0.13)  # width and height of the words about an unlocated E, as shares
ASPECT = 1.35  # width of the plane over its height, as it is drawn
Limits = tuple[float, float]
Box = tuple[float, float, float, float]  # left, low, width, height as shares of the plane


def plane_limits(values: list[float]) -> Limits:
    """From zero to a tick above the largest value: the plane that matters holds the path."""
    high = max(values) * 1.18
    step = ticks(0, high, 5)[1]
    return 0.0, float(np.ceil(high / step) * step)


def lean(value: float) -> float:
    """A coordinate to the digits that a drawing needs."""
    return float(f"{value:.{DIGITS}g}")


def allowed(low: float, high: float, kind: str, limits: Limits) -> list[Limits]:
    """The part of a set (interval, complement of one, line) that lies in the plane."""
    if kind == "interval":
        parts = [(low, high)]
    elif kind == "complement":
        parts = [(-np.inf, low), (high, np.inf)]
    else:
        parts = [(-np.inf, np.inf)]
    cut = [(max(a, limits[0]), min(b, limits[1])) for a, b in parts]
    return [(a, b) for a, b in cut if b > a]


def shade(fit: pd.Series, x: Limits, y: Limits) -> pd.DataFrame:
    """Rectangles of the plane that hold both coordinates' sets."""
    across = allowed(fit["x1_low"], fit["x1_high"], fit["x1_set"], x)
    up = allowed(fit["x2_low"], fit["x2_high"], fit["x2_set"], y)
    rows = [(a, b, c, d) for a, b in across for c, d in up]
    return pd.DataFrame(rows, columns=["x", "x_end", "y", "y_end"], dtype=float)


def arrows(
    parameters: dict[str, float], x: Limits, y: Limits, boxes: Sequence[Box]
) -> pd.DataFrame:
    """Direction of the fitted field on a grid, in degrees clockwise from up, as drawn on screen.

    The strip at the top is left to the words beside the zero-growth lines; arrows stay out of
    `boxes`, where other words stand.
    """
    columns, rows = 9, 7
    xs = np.linspace(*x, columns + 1)[:-1] + (x[1] - x[0]) / columns / 2
    ys = np.linspace(y[0], STRIP * y[1], rows + 1)[:-1] + STRIP * (y[1] - y[0]) / rows / 2
    grid_x, grid_y = (g.ravel() for g in np.meshgrid(xs, ys))
    speed_x = grid_x * (parameters["a1"] - parameters["b1"] * grid_y) / (x[1] - x[0]) * ASPECT
    speed_y = grid_y * (-parameters["a2"] + parameters["d"] * grid_x) / (y[1] - y[0])
    angle = np.degrees(np.arctan2(speed_x, speed_y))
    across, up = grid_x / x[1], grid_y / y[1]
    free = np.ones(len(angle), dtype=bool)
    for left, low, width, height in boxes:
        inside = (left < across) & (across < left + width) & (low < up) & (up < low + height)
        free &= ~inside
    return pd.DataFrame({"x": grid_x, "y": grid_y, "angle": angle})[free]


def orbit_inside(
    parameters: dict[str, float], state: pd.Series, years: int, x: Limits, y: Limits
) -> pd.DataFrame:
    """The orbit of the fitted equations through a state inside the plane, as far as it stays there.

    parameters: a1, b1, a2, d. Rows (time in years from the state, x1, x2) by time, from `years`
    before to `years` after at most; a part that cannot be followed is left out.
    """
    now = (float(state["x1"]), float(state["x2"]))
    before, after = (_followed(parameters, now, step * years, x, y) for step in (-1, 1))
    rows = np.vstack([before[:0:-1], after])
    return pd.DataFrame(rows, columns=["time", "x1", "x2"]).map(lean)


def _followed(
    parameters: dict[str, float], start: tuple[float, float], end: int, x: Limits, y: Limits
) -> np.ndarray:
    """Rows (time, x1, x2) from the start on, a year at a time until the plane is left."""
    a1, b1, a2, d = (parameters[name] for name in ("a1", "b1", "a2", "d"))
    rows, times = [np.array([[0.0, *start]])], np.linspace(0, np.sign(end), STEPS + 1)
    for year in range(abs(end)):
        try:
            path = orbit(a1, b1, a2, d / b1, tuple(rows[-1][-1, 1:]), times)[1:]
        except StudyError:
            break
        left = (path[:, 0] > x[1]) | (path[:, 1] > y[1])
        stop = int(left.argmax()) if left.any() else STEPS
        rows.append(np.column_stack([year * times[-1] + times[1:], path])[:stop])
        if left.any():
            break
    return np.vstack(rows)


def holds(point: pd.Series, x: Limits, y: Limits) -> bool:
    """Whether a point lies inside the plane."""
    return bool(x[0] <= point["x1"] <= x[1] and y[0] <= point["x2"] <= y[1])


def free_corner(
    points: pd.DataFrame, rest: Limits, shade: pd.DataFrame, x: Limits, y: Limits
) -> Limits:
    """Lower left corner (shares of the plane) for the words about E: away from points and lines.

    Shaded places are preferred; of equal ones the first of the list.
    """
    corners = [(a, b) for b in (0.7, 0.55, 0.3, 0.1) for a in (0.14, 0.04, 0.3, 0.45, 0.6, 0.72)]
    across, up = points["x1"] / x[1], points["x2"] / y[1]

    def cost(corner: Limits) -> tuple[int, bool]:
        a, b = corner
        # a year stands to the right of its point, so points count from further left
        near = across.between(a - 0.12, a + WORDS[0] + 0.04) & up.between(
            b - 0.04, b + WORDS[1] + 0.04
        )
        lines = int(a - 0.02 < rest[0] / x[1] < a + WORDS[0]) + int(
            b - 0.03 < rest[1] / y[1] < b + WORDS[1]
        )
        left, right = (a * x[1], (a + WORDS[0]) * x[1])
        low, high = (b * y[1], (b + WORDS[1]) * y[1])
        inside = (
            (shade["x"] <= left) & (shade["x_end"] >= right)
            & (shade["y"] <= low) & (shade["y_end"] >= high)
        )  # fmt: skip
        return int(near.sum()) + lines, not bool(inside.any())

    return min(corners, key=cost)
