"""Axes and scales, what stands at a value of one, and room for words: labels moved apart, labels
that have room beside their dots, lines of words.
"""

import math
import re
import textwrap
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from coevo.coupling.grade_scales import GradeScale
from coevo.messages import WIDE, has_wide, room
from coevo.report.figures.vega import LAYERS, Part, amount, put
from coevo.report.findings.grade_scale import LARGE, SMALL

LETTER, LINE = 6.0, 12.0  # pixels of a label's letter and height
PLOT = (300.0, 160.0)  # pixels of the narrowest and of the lowest plot: labels must have room
LIFTS = (0, -LINE, LINE)  # pixels by which the label of the focus may stand below its dot
TRIED = 100  # labels, at most: among many dots the first of them have what room there is
STEPS = 60  # points along a line that labels keep clear of
# A wide character that a line may end with: neither an opening mark nor what
# stands before a closing one.
_END = re.compile(rf"((?![（《])[{WIDE}])(?![，。；：、）”》])")
AIR = 0.01  # of D, beyond the outermost tenths
TITLE = 44  # letters of a line of an axis's title, for which a phone has room


def spread_labels(values: pd.Series, gap: float, low: float, high: float) -> pd.Series:
    """Positions of labels: the values, moved apart until neighbours are `gap` away.

    Neighbours that overlap become a block around their mean, so that no label wanders further than
    it must; all stay inside [low, high].
    """
    ordered = values.sort_values()
    steps = gap * np.arange(len(values))
    apart = isotonic_regression(ordered - steps).x.clip(low, high - steps[-1])
    return pd.Series(apart + steps, ordered.index).reindex(values.index)


def label_sides(
    names: pd.Series, focus: pd.Series, across: pd.Series, up: pd.Series, line: pd.Series
) -> pd.DataFrame:
    """Side ("left", "right") of each label, "" without room: the focus first, which may stand a
    line lower or higher (`lift`) and has one in any case, towards the middle, then those farthest
    from the line.

    across, up, line: pixels of the dots and of the line above them, in the order of `across`.
    """
    steps = np.linspace(across.iloc[0], across.iloc[-1], STEPS)
    points = np.column_stack([steps, np.interp(steps, across, line)])
    dots = np.vstack([np.column_stack([across, up]), points])
    taken = np.hstack([dots - 4, dots + 4])
    places = pd.DataFrame({"side": "", "lift": 0.0}, names.index)
    away = (up - line).abs().mask(focus, np.inf)
    for i in away.sort_values(ascending=False).index[:TRIED]:
        x, y, wide = across[i], up[i], LETTER * room(names[i])
        others = np.delete(taken, names.index.get_loc(i), axis=0)
        boxes = {
            (side, lift): np.array([start, y + lift - LINE / 2, start + wide, y + lift + LINE / 2])
            for lift in (LIFTS if focus[i] else LIFTS[:1])
            for side, start in (("right", x + 6), ("left", x - 6 - wide))
        }
        free = [
            place
            for place, box in boxes.items()
            if box[0] >= 0 and box[2] <= PLOT[0]
            if not ((box[:2] < others[:, 2:]) & (others[:, :2] < box[2:])).all(axis=1).any()
        ]
        free += [("left" if x > PLOT[0] / 2 else "right", 0)] if focus[i] else []
        if free:
            places.loc[i] = free[0]
            taken = np.vstack([taken, boxes[free[0]]])
    return places


def wrapped_label(label: str, width: int = 28) -> str:
    """A label in as few lines of `width` letters as it needs, of about equal length.

    A wide character takes the room of two letters, and a line may end behind it.
    """
    spaced = _END.sub(r"\1 ", label)
    broken = partial(textwrap.wrap, spaced, break_long_words=False, break_on_hyphens=False)
    tried = [broken(letters) for letters in range(width, 0, -1)]
    fewest = (lines for lines in tried if len(lines) == len(tried[0]))
    lines = min(fewest, key=lambda lines: max(map(len, lines), default=0))
    return "\n".join(re.sub(rf"{_END.pattern} ", r"\1", line) for line in lines)


def lines_of_title(title: str) -> list[str]:
    """A title on lines that a phone has room for."""
    return wrapped_label(title, TITLE).split("\n")


def spanning(field: str, low: Any, high: Any, axis: Part | None = None, **options: Any) -> Part:
    """A channel of numbers whose linear scale shows exactly [low, high]."""
    scale = {"domain": [low, high], "nice": False, "zero": False, **options}
    return amount(field, scale=scale, axis=axis)


def tenths_around(values: pd.Series) -> tuple[float, float]:
    """Limits of a scale of D: the tenths around the values, with a little air."""
    low, high = values.min(), values.max()
    return max(0.0, low // 0.1 / 10 - AIR), min(1.0, (high // 0.1 + 1) / 10 + AIR)


def grade_ticks(table: GradeScale, limits: tuple[float, float]) -> list[float]:
    """Cuts of the grades inside the limits, and the outermost tenths."""
    tenths = [round(i / 10, 1) for i in range(11) if limits[0] <= i / 10 <= limits[1]]
    inside = [cut for cut in table.cuts if limits[0] <= cut <= limits[1]]
    return sorted({tenths[0], *inside, tenths[-1]})


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values inside [low, high], about `count` of them, zero among them if inside."""
    if not high > low:
        return [low]
    span = (high - low) / count
    power = 10.0 ** math.floor(math.log10(span))
    step = min((m * power for m in (1, 2, 2.5, 5, 10)), key=lambda size: abs(size - span))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, 2 - math.floor(math.log10(step)))
    return [round(i * step, decimals) for i in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round values inside [low, high] on a scale of logarithms, `count` of them at most."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        marks = [round(s * 10.0**p, 9) for p in powers for s in steps if low <= s * 10.0**p <= high]
        if len(marks) <= count:
            break
    return marks if len(marks) > 1 else ticks(low, high, count)


def tick_format(values: Sequence[float]) -> str:
    """A d3 format that prints each of `values` in full, with thousands separators; as a power of
    ten where that takes too many digits.
    """
    sizes = [abs(v) for v in values if v]
    if sizes and (max(sizes) >= LARGE or max(sizes) < SMALL):
        return ".2~e"
    decimals = max((len(f"{v:.10f}".rstrip("0").split(".")[1]) for v in values), default=0)
    return f",.{decimals}f"


def axis(title: str | None, values: Sequence[float], **options: Any) -> Part:
    """A horizontal axis with its ticks."""
    lines = title and lines_of_title(title)
    settings = {"title": lines, "values": list(values), "format": tick_format(values), "grid": True}
    return settings | options


def above(title: str, values: Sequence[float]) -> Part:
    """A vertical axis with its ticks, the title horizontally above it."""
    return axis(None, values) | {"title": title, **LAYERS["raised_title"]}


def years_axis(years: Sequence[int]) -> Part:
    """Years from first to last, labelled every second year (first and last alike when odd)."""
    first, last = min(years), max(years)
    step = 1 if last - first < 6 else 2
    labels = list(range(last, first - 1, -step))[::-1]
    below = axis(None, labels, format="d", grid=False, **LAYERS["years"])
    return spanning("year", first, last, below)


def named_rows(order: Sequence[str]) -> Part:
    """A vertical axis of names in the given order, broken where they were if room is short."""
    gap = "" if any(map(has_wide, order)) else " "
    return dict(put(LAYERS["named_rows"], {"sort": list(order), "gap": gap}))
