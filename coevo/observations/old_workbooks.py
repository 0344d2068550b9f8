"""xls workbooks, as Excel wrote them until 2003 and statistics offices still do."""

import io
from datetime import time

import numpy as np

from coevo.errors import StudyError
from coevo.observations import number_formats
from coevo.observations.hidden import hidden_remark, with_hidden_sheets
from coevo.observations.limits import check_extent
from coevo.observations.sheets import ERROR, Sheet, Span, Style, Value, within

PASSWORD = "is protected by a password; open it, remove the password and save it as xlsx"


def old_workbook_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the visible, non-empty worksheets of an xls workbook."""
    import xlrd

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
    looks = [number_formats.style(_code(book, xf.format_key)) for xf in book.xf_list]
    distinct = {look: place for place, look in enumerate(dict.fromkeys([Style(), *looks]))}
    styles, places = tuple(distinct), [distinct[look] for look in looks]
    sheets: list[Sheet] = []
    hidden: list[str] = []
    for number, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        if sheet.visibility:
            hidden.append(name)
        else:
            cells = sum(read.values.size for read in sheets)
            read = _sheet(sheet, book.datemode, styles, places, shown, cells)
            sheets += [read] if read else []
        book.unload_sheet(number)
    return with_hidden_sheets(sheets, hidden, shown)


def _code(book, key: int) -> str:
    return book.format_map[key].format_str if key in book.format_map else "General"


def _sheet(
    sheet, datemode: int, styles: tuple[Style, ...], places: list[int], shown: str, before: int
) -> Sheet | None:
    """Return a sheet of xlrd as ours; None if nothing stands in it."""
    cells = [
        (row, column, kind, value, look)
        for row in range(sheet.nrows)
        for column, (kind, value, look) in enumerate(
            zip(
                sheet.row_types(row),
                sheet.row_values(row),
                sheet._cell_xf_indexes[row],
                strict=True,
            )
        )
        if kind not in (0, 6) and value != ""
    ]
    if not cells:
        return None
    rows, columns = (max(cell[axis] for cell in cells) + 1 for axis in (0, 1))
    check_extent(rows, columns, len(cells), f"{shown} › {sheet.name}", before)
    values = np.full((rows, columns), None, dtype=object)
    style = np.zeros((rows, columns), dtype=np.int32)
    faults = {}
    for row, column, kind, value, look in cells:
        style[row, column] = places[look]
        if kind == 5:
            faults[row, column] = ERROR.format(_error(value))
        else:
            values[row, column] = _value(kind, value, datemode)
    hidden_rows = [row for row, info in sheet.rowinfo_map.items() if info.hidden and row < rows]
    hidden_columns = [
        column for column, info in sheet.colinfo_map.items() if info.hidden and column < columns
    ]
    merged = [
        Span(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells
    ]
    return Sheet(
        shown,
        sheet.name,
        values,
        faults,
        within(merged, rows, columns),
        styles,
        style if style.any() else None,
        tuple(hidden_remark(hidden_rows, hidden_columns)),
    )


def _error(code: int) -> str:
    from xlrd import error_text_from_code

    return error_text_from_code.get(code, "of a formula")


def _value(kind: int, value: str | float | int, datemode: int) -> Value:
    from xlrd import xldate

    if kind == 3:
        try:
            moment = xldate.xldate_as_datetime(value, datemode)
        except (xldate.XLDateError, OverflowError, ValueError):
            return float(value)
        if float(value) < 1:
            return str(moment.time())
        return moment.date() if moment.time() == time() else moment
    return bool(value) if kind == 4 else value
