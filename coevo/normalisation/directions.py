"""What makes a figure good: the directions of indicators, in one registry (docs/methods.md, 2).

A direction says how far figures stand above the worst, and how far the best does; the share of the
two is what is mapped to the range. What else an indicator table says of the scale of an indicator,
its best band and goalposts of its own, is read here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import Problems, StudyError
from coevo.schema import RATIO as RATIO

Band = tuple[float, float]
ANYWHERE: Band = (math.nan, math.nan)  # the best band of a direction that knows none
MODERATE = "moderate"


@dataclass(frozen=True)
class Direction:
    """How figures x stand between goalposts low and high, in their unit, given the best band.

    above: of x, over the worst; reach: the same of the best. cells: the share of the two in a
    worksheet; symbols: the same as the page prints it.
    """

    above: Callable[[Array, Array, Array, Band], Array]
    reach: Callable[[Array, Array, Band], Array]
    cells: str
    symbols: str


def _above(x: Array, low: Array, high: Array, best: Band) -> Array:
    return np.asarray(x - low)


def _below(x: Array, low: Array, high: Array, best: Band) -> Array:
    return np.asarray(high - x)


def _span(low: Array, high: Array, best: Band) -> Array:
    return np.asarray(high - low)


def _furthest(low: Array, high: Array, best: Band) -> Array:
    """Distance from the best band of the goalpost that lies furthest from it; 0 inside."""
    return np.asarray(np.maximum(np.maximum(best[0] - low, high - best[1]), 0.0))


def _nearer(x: Array, low: Array, high: Array, best: Band) -> Array:
    """How much nearer to the best band x lies than the goalpost that is furthest from it."""
    distance = np.maximum(np.maximum(best[0] - x, x - best[1]), 0.0)
    return np.asarray(_furthest(low, high, best) - distance)


DIRECTIONS = {
    "+": Direction(_above, _span, "({x}-{low})/({high}-{low})", "(x − min) / (max − min)"),
    "-": Direction(_below, _span, "({high}-{x})/({high}-{low})", "(max − x) / (max − min)"),
    MODERATE: Direction(
        _nearer,
        _furthest,
        "1-MAX({best_low}-{x},{x}-{best_high},0)/MAX({best_low}-{low},{high}-{best_high})",
        "(1 − d(x) / max(d(min), d(max)))",
    ),
}
# The same where z is a ratio to the best figure, which has a true zero and knows no best band.
RATIO_DIRECTIONS = {
    "+": Direction(_above, _span, "{x}/{high}", "x / max"),
    "-": Direction(
        lambda x, low, high, best: np.asarray(low / x),
        lambda low, high, best: np.where(low == high, 0.0, 1.0),
        "{low}/{x}",
        "min / x",
    ),
}


def directions_under(reference: str) -> dict[str, Direction]:
    """Return the directions that a reference of normalisation knows, by name."""
    return RATIO_DIRECTIONS if reference == RATIO else DIRECTIONS


class Scale(NamedTuple):
    """Direction of an indicator, its best band, goalposts of its own if any, and the reference."""

    direction: str
    best: Band = ANYWHERE
    own: Band | None = None
    reference: str = ""

    @property
    def way(self) -> Direction:
        """The entry of the registry."""
        ways = directions_under(self.reference)
        if self.direction not in ways:
            known = ", ".join(f"'{name}'" for name in ways)
            of = f" under reference {RATIO}" if self.reference == RATIO else ""
            raise StudyError(f"direction '{self.direction}' is neither of {known}{of}")
        if self.direction == MODERATE and not self.best[0] <= self.best[1]:
            raise StudyError(f"direction '{MODERATE}' needs a best value, or a band of two")
        return ways[self.direction]

    def reach(self, low: Array, high: Array) -> Array:
        """How far the best stands above the worst; 0 where goalposts tell nothing apart."""
        return self.way.reach(low, high, self.best)


def _numbers(text: str, most: int) -> tuple[float, ...]:
    """Return one to `most` numbers, separated by spaces, in ascending order; () if they are not."""
    try:
        numbers = tuple(float(part) for part in text.split())
    except ValueError:
        return ()
    sound = 0 < len(numbers) <= most and all(map(math.isfinite, numbers))
    return numbers if sound and numbers == tuple(sorted(numbers)) else ()


def scale_of(row: Mapping[str, Any]) -> Scale:
    """Return the scale of an indicator from its row of the indicator table.

    best: a value, or the lower and the upper end of a band, separated by a space; low and high:
    goalposts of its own. A table may lack these columns. Raises `StudyError` with every problem.
    """
    problems, cells = Problems(), {}
    for column in ("direction", "best", "low", "high"):
        cells[column] = "" if pd.isna(text := row.get(column, "")) else str(text).strip()
    best, ends = ANYWHERE, None
    if cells["direction"] == MODERATE:
        band = _numbers(cells["best"], 2)
        best = (band[0], band[-1]) if band else ANYWHERE
        if not band:
            problems.add(
                f"best: is '{cells['best']}'; direction {MODERATE} needs the best value, or the "
                "lower and the upper end of the best band, such as 40 60"
            )
    elif cells["best"]:
        problems.add(f"best: is for direction {MODERATE} alone; write that, or leave best empty")
    if cells["low"] or cells["high"]:
        pair = [_numbers(cells[end], 1) for end in ("low", "high")]
        if not all(pair) or pair[0] >= pair[1]:
            problems.add(
                f"low, high: are '{cells['low']}' and '{cells['high']}'; goalposts of an indicator "
                "are two numbers, the lower first; write both, or leave both empty"
            )
        else:
            ends = (pair[0][0], pair[1][0])
    problems.check()
    return Scale(cells["direction"], best, ends)


def scales_of(indicators: pd.DataFrame, reference: str = "") -> dict[str, Scale]:
    """Return the scale of each indicator of a subsystem by its name in the indicator table.

    reference: that of the normalisation, of which `ratio` maps by ways of its own.
    """
    rows = indicators[indicators["subsystem"] != ""].to_dict("records")
    return {str(row["indicator"]): scale_of(row)._replace(reference=reference) for row in rows}
