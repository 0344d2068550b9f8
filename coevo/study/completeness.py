"""Which regions, years or indicators to leave out of a panel so that no figure lacks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coevo.arrays import Booleans
from coevo.study.configuration import FEWEST_YEARS

REGION, YEAR, INDICATOR = range(3)
FEWEST = (2, FEWEST_YEARS, 2)  # regions, years, indicators that must be left
# along which axes something may be left out
CHOICES = ((REGION,), (YEAR,), (INDICATOR,), (REGION, YEAR, INDICATOR))


class LeftOut(NamedTuple):
    """What stays along each axis, by True, and how many known figures are lost."""

    kept: tuple[Booleans, ...]
    lost: int


def left_out(
    lacks: Booleans, axes: Sequence[int], fewest: Sequence[int] = FEWEST
) -> LeftOut | None:
    """Return what to leave out along some axes so that nothing lacks; None if too little is left.

    lacks: (regions, years, indicators). One after the other goes that of which the largest share
    lacks, of years the first or the last; what need not have gone comes back.
    """
    kept = tuple(np.ones(length, dtype=bool) for length in lacks.shape)
    gaps = [lacks.sum(axis=tuple({0, 1, 2} - {axis})) for axis in range(3)]
    gone: list[tuple[int, int]] = []
    while gaps[REGION].any():
        left = [int(part.sum()) for part in kept]
        worst = (-1.0, 0, 0)
        for axis in (axis for axis in axes if left[axis] > fewest[axis]):
            may_go = np.flatnonzero(kept[axis])
            may_go = may_go[[0, -1]] if axis == YEAR else may_go
            shares = gaps[axis][may_go] * left[axis] / np.prod(left)
            worst = max(worst, (float(shares.max()), axis, int(may_go[shares.argmax()])))
        if worst[0] <= 0:
            return None
        _, axis, place = worst
        kept[axis][place] = False
        gone.append((axis, place))
        part = _part(lacks, kept, axis, place)
        for n, other in enumerate(other for other in range(3) if other != axis):
            gaps[other] = gaps[other] - part.sum(axis=1 - n)
        gaps[axis][place] = 0
    for axis, place in ((axis, place) for axis, place in gone if axis != YEAR):
        if not _part(lacks, kept, axis, place).any():
            kept[axis][place] = True
    return LeftOut(kept, int((~lacks).sum() - np.prod([part.sum() for part in kept])))


def _part(lacks: Booleans, kept: Sequence[Booleans], axis: int, place: int) -> Booleans:
    """Return what lacks in one place of an axis, of what is kept along the others."""
    others = [part for other, part in enumerate(kept) if other != axis]
    return np.asarray(np.take(lacks, place, axis=axis) & np.logical_and.outer(*others))


def ways_to_complete(lacks: Booleans) -> list[LeftOut]:
    """Return ways to leave something out so that nothing lacks, those that lose least first."""
    ways = [way for axes in CHOICES if (way := left_out(lacks, axes))]
    kept = [tuple(part.tobytes() for part in way.kept) for way in ways]
    different = [way for place, way in enumerate(ways) if kept.index(kept[place]) == place]
    return sorted(different, key=lambda way: way.lost)
