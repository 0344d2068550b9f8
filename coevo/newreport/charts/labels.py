"""Room for words: labels moved apart, labels that have room beside their dots, lines of words."""

import re
import textwrap
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from coevo.messages import WIDE, room

LETTER, LINE = 6.0, 12.0  # pixels of a label's letter and height
PLOT = (300.0, 160.0)  # pixels of the narrowest and of the lowest plot: labels must have room
TRIED = 100  # labels, at most: among many dots the first of them have what room there is
STEPS = 60  # points along a line that labels keep clear of
# A wide character that a line may end with: neither an opening mark nor what
# stands before a closing one.
_END = re.compile(rf"((?![（《])[{WIDE}])(?![，。；：、）”》])")
TITLE = 44  # letters of a line of an axis's title, for which a phone has room


def spread_labels(values: pd.Series, gap: float, low: float, high: float) -> pd.Series:
    """Return positions of labels: the values, moved apart until neighbours are `gap` away.

    Neighbours that overlap become a block around their mean, so that no label wanders further than
    it must; all stay inside [low, high].
    """
    ordered = values.sort_values()
    steps = gap * np.arange(len(values))
    apart = isotonic_regression(ordered - steps).x.clip(low, high - steps[-1])
    return pd.Series(apart + steps, ordered.index).reindex(values.index)


def label_sides(
    names: pd.Series, first: pd.Series, across: pd.Series, up: pd.Series, line: pd.Series
) -> pd.Series:
    """Return the side ("left", "right") of each label, "" where it has no room.

    Those that are `first` choose before those farthest from the line.

    across, up, line: pixels of the dots and of the line above them, in the order of `across`.
    """
    steps = np.linspace(across.iloc[0], across.iloc[-1], STEPS)
    on_line = np.column_stack([steps, np.interp(steps, across, line)])
    dots = np.vstack([np.column_stack([across, up]), on_line])
    taken, sides = np.hstack([dots - 4, dots + 4]), pd.Series("", names.index)
    away = (up - line).abs().mask(first, np.inf)
    for i in away.sort_values(ascending=False).index[:TRIED]:
        x, y, wide = across[i], up[i], LETTER * room(names[i])
        others = np.delete(taken, names.index.get_loc(i), axis=0)
        for side, start in (("right", x + 6), ("left", x - 6 - wide)):
            box = np.array([start, y - LINE / 2, start + wide, y + LINE / 2])
            met = ((box[:2] < others[:, 2:]) & (others[:, :2] < box[2:])).all(axis=1)
            if sides[i] == "" and box[0] >= 0 and box[2] <= PLOT[0] and not met.any():
                sides[i], taken = side, np.vstack([taken, box])
    return sides


def wrapped_label(label: str, width: int = 28) -> str:
    """Return a label in as few lines of `width` letters as it needs, of about equal length.

    A wide character takes the room of two letters, and a line may end behind it.
    """
    broken = partial(textwrap.wrap, break_long_words=False, break_on_hyphens=False)
    tried = [broken(_END.sub(r"\1 ", label), letters) for letters in range(width, 0, -1)]
    fewest = (lines for lines in tried if len(lines) == len(tried[0]))
    lines = min(fewest, key=lambda lines: max(map(len, lines), default=0))
    return "\n".join(re.sub(rf"{_END.pattern} ", r"\1", line) for line in lines)


def lines_of_title(title: str) -> list[str]:
    """Return a title on lines that a phone has room for."""
    return wrapped_label(title, TITLE).split("\n")
