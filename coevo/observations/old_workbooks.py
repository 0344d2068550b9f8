"""xls workbooks, as Excel wrote them until 2003 and statistics offices still do, read by xlrd."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import cache, partial
from typing import Any

import xlrd
from xlrd import error_text_from_code, xldate

from coevo.errors import StudyError
from coevo.observations.archives import PASSWORD
from coevo.observations.doubts import note_number
from coevo.observations.placed_cells import (
    MOST_SHEETS,
    PLAIN,
    PlacedCells,
    check_count,
    visible_sheets,
)
from coevo.observations.sheets import ERROR, CellValue, Fault, Sheet


def old_workbook_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the visible, non-empty worksheets of an xls workbook."""
    try:
        book = xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,
            logfile=io.StringIO(),  # what it thinks of a file is not for the terminal
        )
    except xlrd.XLRDError as problem:
        if "encrypted" in str(problem).lower():
            raise StudyError(f"{shown}: {PASSWORD}") from problem
        raise
    check_count(book.nsheets, MOST_SHEETS, "sheets", shown)
    return visible_sheets(_sheets(book, shown), shown)


def _sheets(book: Any, shown: str) -> Iterator[tuple[str, Callable[[int], Sheet | None] | None]]:
    for number, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        yield name, None if sheet.visibility else partial(_sheet, sheet, shown)
        book.unload_sheet(number)


def _sheet(sheet: Any, shown: str, before: int) -> Sheet | None:
    """Return a sheet of xlrd as ours; None if nothing stands in it."""
    found, known = PlacedCells(shown, sheet.name), sheet.book.format_map

    @cache
    def code_of(look: int) -> str:
        key = sheet.book.xf_list[look].format_key
        return str(known[key].format_str) if key in known else PLAIN

    for row in range(sheet.nrows):
        kinds, looks = sheet.row_types(row), sheet._cell_xf_indexes[row]
        for column, value in enumerate(sheet.row_values(row)):
            if kinds[column] == 5:
                error = error_text_from_code.get(value, "of a formula")
                found.add(row, column, Fault(ERROR.format(error)))
            elif kinds[column] not in (0, 6) and value != "":
                value = _value(kinds[column], value, sheet.book.datemode)
                found.add(row, column, value, code_of(looks[column]))
    return found.sheet(
        before,
        ((top, left, end - 1, last - 1) for top, end, left, last in sheet.merged_cells),
        (row for row, info in sheet.rowinfo_map.items() if info.hidden),
        (column for column, info in sheet.colinfo_map.items() if info.hidden),
        raised=(place for place in sheet.rich_text_runlist_map if _is_raised(sheet, place)),
    )


def _is_raised(sheet: Any, place: tuple[int, int]) -> bool:
    """Whether the last part of a rich text is a number that stands raised."""
    start, font = sheet.rich_text_runlist_map[place][-1]
    text = str(sheet.cell_value(*place))
    return sheet.book.font_list[font].escapement == 1 and note_number(text[start:], text[:start])


def _value(kind: int, value: str | float | int, datemode: int) -> CellValue:
    if kind == 3:
        try:
            moment: datetime = xldate.xldate_as_datetime(value, datemode)
        except (xldate.XLDateError, OverflowError, ValueError):
            return float(value)
        if float(value) < 1:
            return str(moment.time())
        return moment.date() if moment.time() == time() else moment
    return str(bool(value)).upper() if kind == 4 else value
