"""A second reader of workbooks beside ours: calamine, for xlsx and xls."""

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from coevo.observations.opening import read_sheets
from coevo.observations.sheets import CellValue, Fault


def _common(value: object) -> CellValue:
    """Return a value of any reader in the types of a sheet; a missing one and an error are None."""
    if value is None or isinstance(value, Fault):
        return None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime):
        # readers differ in the last microseconds of a fraction of a day
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return value.date() if value.time() == time() else value
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, date):
        return value
    text = str(value)
    return None if not text or (text.startswith("#") and text.endswith(("!", "?", "A"))) else text


def cells(rows: list[list[object]]) -> dict[tuple[int, int], CellValue]:
    """Return what a grid says, by place."""
    return {
        (row, column): common
        for row, line in enumerate(rows)
        for column, value in enumerate(line)
        if (common := _common(value)) is not None
    }


def second_reading(path: Path) -> dict[str, dict[tuple[int, int], CellValue]]:
    """Return the visible worksheets that say something, read by the other library."""
    book = CalamineWorkbook.from_object(io.BytesIO(path.read_bytes()))
    found = {}
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            found[sheet.name] = cells(rows)
    return {name: said for name, said in found.items() if said}


def assert_readers_agree(path: Path) -> None:
    """Assert that ours and the second reader see the same values in the same places."""
    ours = {sheet.name: cells(sheet.values.tolist()) for sheet in read_sheets(path, path.name)}
    assert {name: said for name, said in ours.items() if said} == second_reading(path)
