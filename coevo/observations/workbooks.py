"""xlsx workbooks: checked as archives, then read by openpyxl.

openpyxl reads a worksheet in one of two ways: whole, where one merged range may make millions of
cells, or cell by cell, without merged ranges and hidden rows. Its parser of worksheets, which both
use, gives cells one by one, and merged ranges and hidden rows afterwards.
"""

import io
import re
import warnings
from array import array
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from coevo.errors import StudyError
from coevo.observations.archives import BROKEN, check_archive
from coevo.observations.hidden import hidden_remark, with_hidden_sheets
from coevo.observations.limits import LARGEST, check_extent
from coevo.observations.number_formats import style
from coevo.observations.sheets import ERROR, Remark, Sheet, Span, Style, Value, address, within

WORKBOOK = "xl/workbook.xml"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a worksheet of Excel
# Dates of Chinese Excel, known by number alone (ECMA-376, 18.8.30); openpyxl knows 14 to 22.
CHINESE_DATES = {*range(27, 37), *range(50, 59)}
NO_VALUE = (
    "holds a formula without a stored value; open the file in Excel or LibreOffice and save it, or "
    "type the figure"
)
# [1]Sheet!A1 or 'C:\folder\[b.xlsx]Sheet'!A1, and not the column of a table: Table[2015]
OTHER_WORKBOOK = re.compile(r"(?<![\w\]])\[[^\[\]]+\][^\[\]!]*!")
TRUE = ("1", "true")


class _Worksheet(WorkSheetParser):
    """The parser of openpyxl, with an eye on formulas: which have no value, which lead elsewhere.

    faults: cells without a figure, with the reason; linked: cells whose formula points to another
    workbook; both by zero-based row and column.
    """

    def __init__(self, sheet: ReadOnlyWorksheet) -> None:
        book = sheet.parent
        chinese = (n for n, look in enumerate(book._cell_styles) if look.numFmtId in CHINESE_DATES)
        super().__init__(
            sheet._get_source(),
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats.union(chinese),
            timedelta_formats=book._timedelta_formats,
        )
        self.faults: dict[tuple[int, int], str] = {}
        self.linked: list[tuple[int, int]] = []
        self.shared: set[str] = set()  # formulas to another workbook that several cells share

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if cell["data_type"] == "e":
            reason = ERROR.format(cell["value"] or "of a formula")
            self.faults[cell["row"] - 1, cell["column"] - 1] = reason
        elif formula is not None:
            place, group = (cell["row"] - 1, cell["column"] - 1), formula.get("si", "")
            if group and OTHER_WORKBOOK.search(formula.text or ""):
                self.shared.add(group)
            if cell["value"] is None and cell["data_type"] != "str":
                self.faults[place] = NO_VALUE
            elif group in self.shared or OTHER_WORKBOOK.search(formula.text or ""):
                self.linked.append(place)
        return cell

    def pass_over(self, element: Any) -> None:
        """Leave what says nothing of figures, well-formed or not."""

    parse_extensions = parse_formatting = parse_sheet_protection = parse_legacy = pass_over

    def hidden_rows(self, end: int) -> list[int]:
        """Return the zero-based hidden rows before `end`."""
        hidden = (int(n) - 1 for n, row in self.row_dimensions.items() if row.get("hidden") in TRUE)
        return [row for row in hidden if row < end]

    def hidden_columns(self, end: int) -> list[int]:
        """Return the zero-based hidden columns before `end`."""
        return [
            column
            for look in self.column_dimensions.values()
            if look.get("hidden") in TRUE
            for column in range(int(look["min"]) - 1, min(int(look["max"]), end))
        ]

    def merged(self) -> list[Span]:
        ranges = self.merged_cells.mergeCell if self.merged_cells else ()
        return [Span(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in ranges]


def workbook_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the visible, non-empty worksheets of an xlsx workbook; `StudyError` for hazards."""
    check_archive(data, shown)
    sheets: list[Sheet] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says which ornaments it leaves out
        reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        reader.read()
        names = Counter(part.name for part in reader.parser.sheets)
        for name in names:
            if name not in reader.wb.sheetnames or names[name] > 1:
                reason = f"its sheet '{name}' is missing or there twice"
                raise StudyError(f"{shown}: {BROKEN.format(reason)}")
        hidden = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state != "visible"]
        for sheet in reader.wb.worksheets:
            if sheet not in hidden:
                before = sum(read.values.size for read in sheets)
                read = _read(sheet, shown, before)
                sheets += [read] if read else []
    return with_hidden_sheets(sheets, [sheet.title for sheet in hidden], shown)


def _read(sheet: ReadOnlyWorksheet, shown: str, before: int) -> Sheet | None:
    """Return a worksheet as ours; None if nothing stands in it.

    `before`: cells of the worksheets before it.
    """
    rows, columns, looks, said = array("q"), array("q"), array("q"), list[Value]()
    characters = 0
    parser = _Worksheet(sheet)
    for _, cells in parser.parse():
        for cell in cells:
            if (value := _value(cell["value"])) is None or cell["data_type"] == "e":
                continue
            rows.append(cell["row"] - 1)
            columns.append(cell["column"] - 1)
            looks.append(cell["style_id"])
            said.append(value)
            characters += len(value) if type(value) is str else 0
        if characters > LARGEST:  # one text may be shared by every cell
            raise StudyError(
                f"{shown} › {sheet.title}: repeats long texts to more than {LARGEST:,} characters; "
                "keep only the tables of figures in it"
            )
    places = [*parser.faults]
    down = np.array([*rows, *(row for row, _ in places)], dtype=int)
    across = np.array([*columns, *(column for _, column in places)], dtype=int)
    if not len(down):
        return None
    _check_places(down, across)
    shape = int(down.max()) + 1, int(across.max()) + 1
    check_extent(*shape, len(down), f"{shown} › {sheet.title}", before)
    values = np.full(shape, None, dtype=object)
    values[down[: len(said)], across[: len(said)]] = said
    styles, place = _styles(sheet, looks)
    style = np.zeros(shape, dtype=np.int32)
    style[down[: len(said)], across[: len(said)]] = place
    remarks = hidden_remark(parser.hidden_rows(shape[0]), parser.hidden_columns(shape[1]))
    return Sheet(
        shown,
        sheet.title,
        values,
        parser.faults,
        within(parser.merged(), *shape),
        styles,
        style if style.any() else None,
        (*remarks, *_linked_remark(parser.linked)),
    )


def _value(value: Any) -> Value:
    """Return a value of openpyxl in the types of a `Sheet`."""
    if type(value) is int:
        return float(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time | timedelta):
        return str(value)
    return None if value == "" else value


def _check_places(rows: np.ndarray, columns: np.ndarray) -> None:
    outside = (rows < 0) | (rows >= LAST_ROW) | (columns < 0) | (columns >= LAST_COLUMN)
    if outside.any():
        first = int(np.argmax(outside))
        raise ValueError(f"'{address(int(rows[first]), int(columns[first]))}' is not a cell")


def _styles(sheet: ReadOnlyWorksheet, looks: array) -> tuple[tuple[Style, ...], np.ndarray]:
    """Return the distinct styles of a worksheet, and the place among them of each cell's look."""
    used, place = np.unique(np.asarray(looks), return_inverse=True)
    shown = [style(ReadOnlyCell(sheet, 1, 1, None, style_id=n).number_format) for n in used]
    distinct = {look: number for number, look in enumerate(dict.fromkeys([Style(), *shown]))}
    return tuple(distinct), np.array([distinct[look] for look in shown], dtype=np.int32)[place]


def _linked_remark(linked: list[tuple[int, int]]) -> list[Remark]:
    """Return the remark on cells that are computed from another workbook, if there are any."""
    if not linked:
        return []
    others = f" and {len(linked) - 1} more" if len(linked) > 1 else ""
    message = f"computed from another workbook: {address(*linked[0])}{others}; read as stored here"
    return [Remark("external_link", message, *linked[0])]
