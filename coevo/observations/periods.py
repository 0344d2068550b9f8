"""Years and parts of years as heads and cells write them: `2015年`, `2019Q4`, `2018.1-3`.

Figures of quarters and months are made into those of years, as the indicator table says. Times in
place of years are those of samples, the nearest of which stands for each step; a time is kept in
ten-thousandths of a step: a whole part, which stands where others have the year, and the rest,
which stands where they have the months.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.arrays import Row
from coevo.errors import Problems, StudyError, short
from coevo.observations.cells import NUMBER, date_of, head_year, without_marks
from coevo.observations.names import compared
from coevo.observations.sheets import CellWords, Remark, Sheet

SERIES = ["vintage", "region", "indicator", "year"]
DECEMBER = 12
FREQUENCIES = ("", "sum", "mean", "last")  # how a year is made of its parts; "" not at all
YEAR = r"((?:19|20)[0-9]{2})"
MONTH = r"(1[0-2]|0?[1-9])"
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# what a part of a year is called -> its first and last month
PARTS = {"上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9), "全年": (1, 12)}
PARTS |= {f"{mark}{half}": (6 * half - 5, 6 * half) for mark in "sh" for half in (1, 2)}
PARTS |= {
    name: (3 * quarter - 2, 3 * quarter)
    for quarter, chinese in enumerate("一二三四", start=1)
    for name in (f"q{quarter}", f"{chinese}季度", f"{quarter}季度")
}
NAMED = re.compile(rf"{YEAR}\s?[-:/年]?\s?第?({'|'.join(PARTS)})", re.IGNORECASE)
TURNED = re.compile(rf"(q[1-4]|(?:{'|'.join(MONTHS)})[a-z]{{0,6}})\s?[-/ ]\s?{YEAR}", re.IGNORECASE)
IN_MONTHS = re.compile(
    rf"{YEAR}\s?(?:[-/.年]|M)\s?{MONTH}\s?(?:[-—–~至]\s?{MONTH})?\s?月?", re.IGNORECASE
)
# 2012-13, 2012/13, 2012-2013: a year that ends in the next
FISCAL = re.compile(rf"{YEAR}\s?[-–—/]\s?((?:19|20)?[0-9]{{2}})(?:年度?)?")
WHOLE = 112  # of a period as number: from the first to the last month
HEAD = "timeperiod"  # the word of `vocabulary.csv` for a column of periods that goes before others
STEP = 10_000  # of a step
MOST_STEPS = 1e9  # steps, so that a time stays a whole number of parts


class Period(NamedTuple):
    """A year, or the months of it that a figure is of."""

    year: int
    first: int = 1
    last: int = 12

    @property
    def text(self) -> str:
        """What `period_of` reads again: `2019`, `2019.10-12`."""
        whole = (self.first, self.last) == (1, 12)
        return str(self.year) if whole else f"{self.year}.{self.first}-{self.last}"


@lru_cache(maxsize=10_000)
def period_of(text: str) -> Period | None:
    """Return the year or part of a year that a text is, or None; a date is its year."""
    bare = without_marks(text)
    if named := NAMED.fullmatch(bare):
        return Period(int(named[1]), *PARTS[named[2].casefold()])
    if turned := TURNED.fullmatch(bare) or TURNED.fullmatch(" ".join(bare.split()[::-1])):
        part = turned[1].casefold()
        month = 0 if part in PARTS else MONTHS.index(part[:3]) + 1
        return Period(int(turned[2]), *PARTS.get(part, (month, month)))
    year, months = head_year(text), IN_MONTHS.fullmatch(bare)
    if year is None and months:
        first, last = int(months[2]), int(months[3] or months[2])
        # 2019.10 is a number as well, and 2019.1 may be October
        is_part = first <= last and not bare.replace(".", "", 1).isdigit()
        return Period(int(months[1]), first, last) if is_part else None
    year = year or fiscal_year(bare)
    return Period(year) if year else None


def fiscal_year(text: str) -> int:
    """Return the year in which a fiscal year begins (`2011-12`, which may be a month), or 0."""
    match = FISCAL.fullmatch(without_marks(text))
    first = int(match[1]) if match else 0
    return first if match and match[2] in (str(first + 1), f"{(first + 1) % 100:02d}") else 0


def plain_periods(words: list[CellWords]) -> list[CellWords]:
    """Return the words with dates as what they stand for: years, if all fall in one month.

    Of `2011-12` that is the month, unless other words are fiscal years and none is anything else.
    """
    fiscal = {w.text: fiscal_year(w.text) for w in words if w}
    if len(fiscal) > 1 and all(fiscal.values()):
        return [w.saying(str(fiscal.get(w.text, ""))) for w in words]
    moments = ((w.text, date_of(without_marks(w.text))) for w in words)
    dates = {text: moment for text, moment in moments if moment and moment[1]}
    yearly = len({month for _, month in dates.values()}) == 1
    plain = {
        text: Period(year, *(() if yearly else (month, month))).text
        for text, (year, month) in dates.items()
    }
    return [w.saying(plain.get(w.text, w.text)) for w in words]


def month_number(text: str) -> str:
    """Return the number of a month by its English name, "" of another text."""
    start = text[:3].casefold()
    return str(MONTHS.index(start) + 1) if start in MONTHS else ""


def _parts(rows: Sequence[Row], frequency: str) -> list[Row]:
    """Return the periods that make a year: the shortest at its end, or a chain; [] without them.

    A chain has neither gap nor overlap, and of periods that begin in one month the shortest.
    """
    if frequency == "last":
        ends = [row for row in rows if row["last"] == DECEMBER]
        return sorted(ends, key=lambda row: -row["first"])[:1]
    chain: list[Row] = []
    month = 1
    while month <= DECEMBER:
        following = [row for row in rows if row["first"] == month]
        if not following:
            return []
        chain.append(min(following, key=lambda row: row["last"]))
        month = chain[-1]["last"] + 1
    return chain


def _years(rows: Sequence[Row], frequency: str) -> Iterator[Row]:
    """Yield the figure of a year, at the place of its last part; missing if a part is.

    Of a mean each part counts as often as it has months. Nothing where parts are missing.
    """
    if parts := _parts(rows, frequency):
        is_mean = frequency == "mean"
        weights = [row["last"] - row["first"] + 1 if is_mean else 1 for row in parts]
        figure = {
            name: math.fsum(w * row[name] for w, row in zip(weights, parts, strict=True))
            / (DECEMBER if is_mean else 1)
            for name in ("value", "half_unit")
        }
        missing = [row["flag"] for row in parts if np.isnan(row["value"])]
        flag = missing[0] if missing else max(row["flag"] for row in parts)
        yield parts[-1] | figure | {"flag": flag, "period": WHOLE}


def whole_years(
    frame: pd.DataFrame, frequencies: Mapping[str, str], places: Sequence[str], problems: Problems
) -> tuple[pd.DataFrame, list[tuple[int, int, Remark]]]:
    """Return the figures of years: those printed, and those made of quarters or months.

    frame: figures as `FIGURES` with vintage and source, sorted; frequencies: how a year is made of
    its parts, of every indicator; places: how messages name the tables. A year that is printed goes
    before its parts. A year is made where the parts that it needs are there. Remarks come with the
    places of indicator and source. Parts of an indicator whose `frequency` is not given are a line
    in `problems`.
    """
    parts = frame[frame["period"] != WHOLE]
    if parts.empty:
        return frame, []
    years = frame[frame["period"] == WHOLE]
    printed = pd.MultiIndex.from_frame(years.loc[years["value"].notna(), SERIES])
    parts = parts[~pd.MultiIndex.from_frame(parts[SERIES]).isin(printed)]
    parts = parts.assign(first=parts["period"] // 100, last=parts["period"] % 100)
    remarks: list[tuple[int, int, Remark]] = []
    year_rows: list[Row] = []
    ids = list(frequencies)
    for _, indicator_parts in parts.groupby("indicator", sort=True):
        names = ["indicator", "source", "row", "column", "year", "first", "last"]
        indicator, source, *place, year, first, last = map(int, indicator_parts[names].iloc[0])
        frequency = frequencies[ids[indicator]]
        shown = f"{places[source]} › {xl_rowcol_to_cell(*place)}: {ids[indicator]}"
        example = Period(year, first, last).text
        if not frequency:
            problems.add(
                f"{shown}: has figures of parts of a year ({example}); write under frequency in "
                f"the indicator table how they make a year: {', '.join(filter(None, FREQUENCIES))}"
            )
            continue
        if frequency != "last" and indicator_parts["first"].eq(1).all():
            problems.add(
                f"{shown}: has figures from January on ({example}), of which each holds those "
                f"before; write last under frequency in the indicator table, not {frequency}"
            )
            continue
        groups = (rows.to_dict("records") for _, rows in indicator_parts.groupby(SERIES, sort=True))
        figures = [year_ for rows in groups for year_ in _years(rows, frequency)]
        year_rows += figures
        fields = {"figures": len(figures), "parts": len(indicator_parts), "frequency": frequency}
        remarks.append((indicator, source, Remark("parts", "made_of_parts", fields, *place)))
    if year_rows:
        added = pd.DataFrame(year_rows, columns=frame.columns).astype(frame.dtypes.to_dict())
        keys = pd.MultiIndex.from_frame(added[SERIES])
        years = years[~pd.MultiIndex.from_frame(years[SERIES]).isin(keys)]  # were blank
        years = pd.concat([years, added])
    order = ["indicator", "region", "year", "source"]
    return years.sort_values(order, kind="stable", ignore_index=True), remarks


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
        if not 0 <= steps < MOST_STEPS:
            raise StudyError(
                f'"{short(words.text)}" is not understood as a time; write it as a number from 0 '
                "on, such as 2.5"
            )
        return round(steps * STEP)


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
    time = frame["year"] * STEP + frame["period"]
    step = (time + STEP // 2 - 1) // STEP
    samples = frame.assign(year=step, period=WHOLE, time=time, away=(time - step * STEP).abs())
    near = samples[samples["away"] <= round(grid.within / grid.grid * STEP)]
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
