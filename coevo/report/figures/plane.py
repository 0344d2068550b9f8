"""How a phase plane is drawn: how far its axes reach, and where names stand in it."""

from typing import Any

import numpy as np
import pandas as pd

from coevo.lotka_volterra.phase_plane import AXES, STEPS
from coevo.report.figures.axes import ticks

NAME = np.array([0.11, 0.08])  # width and height of a name in the plane, as shares
YEAR = (0.09, -0.015)  # from a point to the middle of its year
REST = 0.22  # width of the name of a zero-growth line
ABOVE = 0.03  # from a point or line to the middle of its name


def plane_limit(value: float) -> float:
    """A tick above a value: an axis from zero to there holds it with some air. Zero if it is not
    above zero, where no such axis holds it.
    """
    if value <= 0:
        return 0.0
    high = value * 1.18
    step = ticks(0, high, 5)[1]
    return float(np.ceil(high / step) * step)


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
