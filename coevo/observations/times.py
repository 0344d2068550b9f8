"""Times in place of years: samples at uneven times, the nearest of which stands for each step.

A time is kept in ten-thousandths of a step: a whole part, which stands where others have the year,
and the rest, which stands where they have the months.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.errors import StudyError, short
from coevo.observations.cells import NUMBER
from coevo.observations.names import compared
from coevo.observations.periods import SERIES, WHOLE
from coevo.observations.sheets import CellWords, Remark, Sheet

HEAD = "timeperiod"  # the word of `vocabulary.csv` for a column of periods that goes before others
PARTS = 10_000  # of a step
MOST = 1e9  # steps, so that a time stays a whole number of parts


class TimeGrid(NamedTuple):
    """Steps in place of years: step n is the time n x `grid`; `within`: how far from it a sample
    may be that stands for it; names: what heads a column of times, as `compared` gives it.
    """

    names: tuple[str, ...]
    grid: float
    within: float

    def headed(self, sheet: Sheet) -> Sheet:
        """Return a sheet in which the head of a column of times is a known one."""
        values = sheet.values.copy()
        for place, value in np.ndenumerate(values):
            if isinstance(value, str) and compared(value) in self.names:
                values[place] = HEAD
        return replace(sheet, values=values)

    def code(self, words: CellWords) -> int:
        """Return a time in parts of a step, -1 for a blank; `StudyError` for what is none."""
        if not words:
            return -1
        steps = float(words.text) / self.grid if NUMBER.fullmatch(words.text) else -1.0
        if not 0 <= steps < MOST:
            raise StudyError(
                f'"{short(words.text)}" is not understood as a time; write it as a number from 0 '
                "on, such as 2.5"
            )
        return round(steps * PARTS)


def time_grid(period: Mapping[str, Any] | None) -> TimeGrid | None:
    """Return the steps that a config's `period` describes, None for years."""
    if not period:
        return None
    names = (compared(text) for text in period.values() if isinstance(text, str))
    return TimeGrid(tuple(names), period["grid"], period["within"])


def nearest_samples(
    frame: pd.DataFrame, grid: TimeGrid
) -> tuple[pd.DataFrame, list[tuple[int, int, Remark]]]:
    """Return the figures of steps: of each series the sample nearest to a step, if near enough.

    frame: figures as `FIGURES` with vintage and source, at times as `TimeGrid.code` gives them. Of
    two samples that are equally near the earlier stands, and a sample halfway between two steps
    stands for the earlier; a blank is a sample, too. Remarks come with the places of indicator and
    source.
    """
    time = frame["year"] * PARTS + frame["period"]
    step = (time + PARTS // 2 - 1) // PARTS
    samples = frame.assign(year=step, period=WHOLE, time=time, away=(time - step * PARTS).abs())
    near = samples[samples["away"] <= round(grid.within / grid.grid * PARTS)]
    near = near.sort_values(["away", "time"], kind="stable").drop_duplicates(SERIES)
    order = ["indicator", "region", "year", "source"]
    near = near.sort_values(order, kind="stable", ignore_index=True)
    return near[frame.columns], list(_counted(samples, near))


def _counted(samples: pd.DataFrame, near: pd.DataFrame) -> Iterator[tuple[int, int, Remark]]:
    """Yield for each indicator how many of its samples stand for a step."""
    for _, rows in samples.groupby("indicator", sort=True):
        indicator, source, *place = map(int, rows[["indicator", "source", "row", "column"]].iloc[0])
        fields = {"figures": int((near["indicator"] == indicator).sum()), "samples": len(rows)}
        yield indicator, source, Remark("samples", "nearest_samples", fields, *place)
