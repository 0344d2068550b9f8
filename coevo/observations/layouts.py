"""Layouts of published tables: each a small reader in one registry, chosen by content.

A reader takes a sheet and returns its readings, or None if the sheet is not laid out that way.
Both layouts carry title, indicator or region, and unit in lines above the head (`单位：亿元`),
a head with years (`2015年`), rows of figures, and below them the source and notes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from coevo.errors import Problems
from coevo.observations.cells import year
from coevo.observations.sheets import Cell, Sheet

REGION_HEADS = {"地区", "region"}
INDICATOR_HEADS = {"指标", "indicator"}
UNIT_HEADS = {"单位", "unit"}
BELOW = re.compile(r"(数据来源|资料来源|注|source|note)\s*[:：]", re.IGNORECASE)


class Words(NamedTuple):
    """What a cell says and where it stands (row, column); no place if nothing says it."""

    text: str
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Reading:
    """One number cell with the words that say what it is, before anything is recognised."""

    region: Words
    indicator: Words
    unit: Words
    year: int
    cell: Cell
    row: int
    column: int


def _head(sheet: Sheet, names: set[str]) -> int | None:
    for number, row in enumerate(sheet.rows):
        if row and row[0].text.lower() in names and any(year(cell) for cell in row):
            return number
    return None


def _words(sheet: Sheet, row: int, column: int) -> Words:
    return Words(sheet.cell(row, column).text, row, column)


def _above(sheet: Sheet, head: int, names: set[str]) -> Words:
    """Return what a line `name：value` above the head states, or no words."""
    for number, row in enumerate(sheet.rows[:head]):
        for column, cell in enumerate(row):
            name, mark, value = cell.text.replace("：", ":").partition(":")
            if mark and name.strip().lower() in names:
                return Words(value.strip(), number, column)
    return Words("")


def _body(sheet: Sheet, head: int) -> list[int]:
    """Return the rows of figures: from below the head to the source line or the notes."""
    rows, columns, problems = [], _years(sheet, head), Problems()
    for number in range(head + 1, len(sheet.rows)):
        first = sheet.cell(number, 0).text
        if BELOW.match(first):
            break
        if first:
            rows.append(number)
        elif any(sheet.cell(number, column).text for column in columns):
            problems.add(f"{sheet.where(number, 0)}: is empty beside figures; write what they are")
    problems.check()
    return rows


def _years(sheet: Sheet, head: int) -> dict[int, int]:
    """Return the columns of years; a head that looks like a year but is none is a problem."""
    found, problems = {}, Problems()
    for column, cell in enumerate(sheet.rows[head]):
        value = year(cell)
        if value is not None:
            found[column] = value
        elif column and re.search(r"(19|20)\d\d", cell.text):
            problems.add(
                f'{sheet.where(head, column)}: "{cell.text}" is not understood as a year; write it '
                "as 2015 or 2015年, and what is to be said of it in a line 注：… below the table"
            )
    problems.check()
    return found


def regions_down(sheet: Sheet) -> list[Reading] | None:
    """One indicator: regions down, years across; indicator and unit stand above the head."""
    head = _head(sheet, REGION_HEADS)
    if head is None:
        return None
    indicator = _above(sheet, head, INDICATOR_HEADS)
    unit = _above(sheet, head, UNIT_HEADS)
    return [
        Reading(_words(sheet, row, 0), indicator, unit, when, sheet.cell(row, column), row, column)
        for row in _body(sheet, head)
        for column, when in _years(sheet, head).items()
    ]


def indicators_down(sheet: Sheet) -> list[Reading] | None:
    """One region: indicators down, years across; the unit in a column or above the head."""
    head = _head(sheet, INDICATOR_HEADS)
    if head is None:
        return None
    region = _above(sheet, head, REGION_HEADS)
    common = _above(sheet, head, UNIT_HEADS)
    unit_column = next(
        (c for c, cell in enumerate(sheet.rows[head]) if cell.text.lower() in UNIT_HEADS), None
    )
    return [
        Reading(
            region,
            _words(sheet, row, 0),
            common if unit_column is None else _words(sheet, row, unit_column),
            when,
            sheet.cell(row, column),
            row,
            column,
        )
        for row in _body(sheet, head)
        for column, when in _years(sheet, head).items()
    ]


LAYOUTS: dict[str, Callable[[Sheet], list[Reading] | None]] = {
    "regions down, years across": regions_down,
    "one region, indicators down, years across": indicators_down,
}


def read_layout(sheet: Sheet) -> list[Reading] | None:
    """Return the readings of a sheet by the first layout that knows it; None if none does."""
    for layout in LAYOUTS.values():
        readings = layout(sheet)
        if readings is not None:
            return readings
    return None
