"""Room for words: labels moved apart, labels that have room beside their dots, lines of words."""

import re
import textwrap
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.characters import WIDE, room

PLOT = (300.0, 190.0)  # pixels of the narrowest and of the lowest plot: labels must have room
TRIED = 100  # labels, at most: among many dots the first of them have what room there is
STEPS = 60  # points along a line that labels keep clear of
LETTER, LINE = 6.0, 12.0  # pixels of a label's letter and height
# A wide character that a line may end with: neither an opening mark nor what
# stands before a closing one.
_END = re.compile(rf"((?![（《])[{WIDE}])(?![，。；：、）”》])")


def spread_labels(values: pd.Series, gap: float, low: float, high: float) -> pd.Series:
    """Positions of labels: the values, moved apart until neighbours are `gap` away.

    Overlapping neighbours are merged into a block centred on its members' mean, so that no label
    wanders further than it must; a block stays inside [low, high].
    """
    blocks: list[list[Any]] = []

    def centre(block: list[Any]) -> float:
        half = gap * (len(block) - 1) / 2
        return max(low + half, min(high - half, float(values[block].mean())))

    for label in values.sort_values().index:
        block = [label]
        while blocks and centre(block) - centre(blocks[-1]) < gap * len(blocks[-1] + block) / 2:
            block = blocks.pop() + block
        blocks.append(block)
    placed = {
        label: centre(block) + gap * (i - (len(block) - 1) / 2)
        for block in blocks
        for i, label in enumerate(block)
    }
    return pd.Series(placed).reindex(values.index)


def with_room(
    rows: pd.DataFrame,
    order: Sequence[int],
    line: Sequence[tuple[float, float]],
    always: Collection[int] = (),
) -> dict[int, str]:
    """Side ("left", "right") of the labels that have room, tried in `order`.

    rows: x, y in pixels and the text `name`; `line`: points that no label may touch either;
    `always`: what is labelled in any case, towards the middle.
    """
    dots = [*zip(rows["x"], rows["y"], strict=True), *line]
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in dots]
    kept: dict[int, str] = {}
    for i in order:
        x, y, wide = rows["x"][i], rows["y"][i], LETTER * room(rows["name"][i])
        boxes = {
            side: (start, y - LINE / 2, start + wide, y + LINE / 2)
            for side, start in (("right", x + 6), ("left", x - 6 - wide))
        }
        others = [box for k, box in enumerate(taken) if k != i]
        free = [
            side
            for side, box in boxes.items()
            if box[0] >= 0 and box[2] <= PLOT[0] and not any(_meet(box, one) for one in others)
        ]
        if i in always and not free:
            free = ["left" if x > PLOT[0] / 2 else "right"]
        if free:
            kept[i] = free[0]
            taken.append(boxes[free[0]])
    return kept


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def label_sides(
    names: pd.Series, focus: pd.Series, across: pd.Series, up: pd.Series, line: pd.Series
) -> pd.Series:
    """Side of each label, "" without room: the focus first, then those farthest from the line.

    across, up, line: pixels of the dots and of the line above them, in the order of `across`.
    """
    steps = np.linspace(across.iloc[0], across.iloc[-1], STEPS)
    points = list(zip(steps, np.interp(steps, across, line), strict=True))
    away = (up - line).abs().mask(focus, np.inf)
    placed = pd.DataFrame({"x": across, "y": up, "name": names})
    order = list(away.sort_values(ascending=False).index)[:TRIED]
    sides = with_room(placed, order, points, always=names.index[focus])
    return pd.Series(sides, dtype=str).reindex(names.index).fillna("")


def wrapped_label(label: str, width: int = 28) -> str:
    """A label in as few lines of `width` letters as it needs, of about equal length.

    A wide character takes the room of two letters, and a line may end behind it.
    """
    spaced = _END.sub(r"\1 ", label)
    broken = partial(textwrap.wrap, spaced, break_long_words=False, break_on_hyphens=False)
    lines = broken(width)
    for narrower in range(max((len(line) for line in lines), default=1), 0, -1):
        closer = broken(narrower)
        if len(closer) > len(lines) or max(map(len, closer)) > narrower:
            break
        lines = closer
    return "\n".join(re.sub(rf"{_END.pattern} ", r"\1", line) for line in lines)
