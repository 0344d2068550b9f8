"""Which regions, years or indicators to leave out of a panel so that no figure lacks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Booleans, Config
from coevo.study.configuration import FEWEST_YEARS
from coevo.study.templates import in_json

REGION, YEAR, INDICATOR = range(3)
FEWEST = (2, FEWEST_YEARS, 2)  # regions, years, indicators that must be left
COUNTED = ("regions", "years", "indicators")
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
    different: dict[tuple[bytes, ...], LeftOut] = {}
    for axes in CHOICES:
        if way := left_out(lacks, axes):
            different.setdefault(tuple(part.tobytes() for part in way.kept), way)
    return sorted(different.values(), key=lambda way: way.lost)


def ways_without_gaps(
    panel: pd.DataFrame, indicators: pd.DataFrame, config: Config
) -> Iterator[str]:
    """Yield what to leave out of the subsystems' figures so that none lacks, a way a line.

    Each with the figures that it loses, and as it is written in the config; the least loss first.
    """
    inside = indicators.loc[indicators["subsystem"] != "", "indicator"]
    rows = panel[panel["indicator"].isin(inside)]
    keys = [rows[column].unique() for column in ("region", "year", "indicator")]
    known = rows[rows["value"].notna()].set_index(["region", "year", "indicator"]).index
    lacks = ~pd.MultiIndex.from_product(keys).isin(known).reshape([*map(len, keys)])
    systems = indicators.set_index("indicator")["subsystem"]
    for way in ways_to_complete(lacks) if lacks.any() else ():
        if systems[keys[2][way.kept[2]]].nunique() < systems[keys[2]].nunique():
            continue  # a subsystem would be left without an indicator
        out = [part[~kept] for part, kept in zip(keys, way.kept, strict=True)]
        what = [f"{len(part)} {name}" for part, name in zip(out, COUNTED, strict=True) if len(part)]
        parts = [_regions_left(config["regions"], keys[0][way.kept[0]], out[0])]
        if len(out[1]):
            kept = keys[1][way.kept[1]]
            parts.append(f"years: {{first: {kept.min()}, last: {kept.max()}}}")
        if len(out[2]):
            parts.append(f"leave {', '.join(out[2])} out of {config['indicators']}")
        yield f"  without {', '.join(what)} ({way.lost:,} figures): {' '.join(filter(None, parts))}"


def _regions_left(chosen: object, kept: Iterable[str], out: Sequence[str]) -> str:
    """Return the `regions` of a config without some more, "" without any."""
    if not len(out):
        return ""
    if isinstance(chosen, list):
        return f"regions: {in_json([*kept])}"
    before = chosen["without"] if isinstance(chosen, dict) else ()
    return f"regions: {{without: {in_json([*before, *sorted(out)])}}}"
