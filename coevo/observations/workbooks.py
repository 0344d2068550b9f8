"""Workbooks: xlsx, checked as archives, then read by openpyxl; and xls, read by xlrd.

openpyxl reads a worksheet either whole, where one merged range may make millions of cells, or cell
by cell, without merged ranges and hidden rows. Its parser of worksheets, which both use, gives
cells one by one, and merged ranges and hidden rows at the end.

xls is what Excel wrote until 2003 and statistics offices still do.
"""

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from functools import cache, partial
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import ParseError

import xlrd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import COL_TAG, FORMULA_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from xlrd import error_text_from_code, xldate
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import StudyError
from coevo.observations.doubts import note_number
from coevo.observations.sheets import (
    GENERAL,
    LARGEST,
    MOST_COLUMNS,
    MOST_SHEETS,
    CellValue,
    Fault,
    NamedReader,
    PlacedCells,
    Remark,
    Sheet,
    check_count,
    visible_sheets,
)

MOST_ENTRIES = 10_000
# XML of figures packs 5 to 20 times smaller; a bomb a thousand times.
HARMLESS, HIGHEST_RATIO = 20_000_000, 100
# Elements and attributes of all parts, each of a hundred bytes and more when read: a table has at
# most 5 to a byte as it is packed, with all cells down to row 65,536 alike; a bomb hundreds.
MOST_MARKS, MARKS_A_BYTE = 500_000, 8
CHUNK = 1_000_000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # all that Excel knows
STRICT = "{http://purl.oclc.org/ooxml/"  # names that openpyxl passes over without a word
AS_XLSX = "open it in Excel or LibreOffice and save it as xlsx"
PASSWORD = "is protected by a password; open it, remove the password and save it as xlsx"
# Dates of Chinese Excel, known by number alone (ECMA-376, 18.8.30); openpyxl knows 14 to 22.
CHINESE_DATES = {*range(27, 37), *range(50, 59)}
# [1]Sheet!A1 or 'C:\folder\[b.xlsx]Sheet'!A1, and not the column of a table: Table[2015]
OTHER_WORKBOOK = re.compile(r"(?<![\w\]])\[[^\[\]]+\][^\[\]!]*!")
ESCAPED = re.compile("_x000([9AD])_")  # a tabulator or line end, as Excel writes it in a text
MAIN = f"{{{SHEET_MAIN_NS}}}"
TRUE = ("1", "true")
# Faults of a cell
ERROR = "holds the error {}; correct it in the workbook, or type the figure"
NO_VALUE = (
    "holds a formula without a stored value; open the file in Excel or LibreOffice and save it, or "
    "type the figure"
)


class _Raised(str):
    """A text of a cell whose last digits stand raised."""


def _is_raised(text: Any) -> bool:
    """Whether the last part of a rich text is a number that stands raised."""
    *before, last = text.findall(f"{MAIN}r") or [None]
    align = None if last is None else last.find(f"{MAIN}rPr/{MAIN}vertAlign")
    if align is None or align.get("val") != "superscript":
        return False
    text_before = "".join(part.findtext(f"{MAIN}t", "") for part in before)
    return note_number(last.findtext(f"{MAIN}t", ""), text_before)


class _Workbook(ExcelReader):  # type: ignore[misc]
    """The reader of openpyxl, which leaves what says nothing of figures: properties, charts."""

    def __init__(self, data: bytes, shown: str) -> None:
        super().__init__(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        self.shown = shown
        self.charts: list[str] = []

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        self.check_sheets()
        apply_stylesheet(self.archive, self.wb)
        self.read_worksheets()

    def read_strings(self) -> None:
        """Read the shared strings; those that end in raised digits are told by their type."""
        super().read_strings()
        part = self.package.find(SHARED_STRINGS)
        data = self.archive.read(part.PartName[1:]) if part else b""
        if b"superscript" in data:  # in hardly a workbook
            texts = ElementTree.fromstring(data).iter(f"{MAIN}si")
            self.shared_strings: list[str] = [
                _Raised(string) if _is_raised(text) else string
                for string, text in zip(self.shared_strings, texts, strict=True)
            ]

    def check_sheets(self) -> None:
        """Refuse very many sheets, and those that share their cells, before any is read."""
        check_count(len(self.parser.sheets), MOST_SHEETS, "sheets", self.shown)
        parts: dict[str, str] = {}
        for sheet, relation in self.parser.find_sheets():
            if other := parts.get(relation.target):
                raise ValueError(f"its sheets '{other}' and '{sheet.name}' are one and the same")
            parts[relation.target] = sheet.name

    def read_chartsheet(self, sheet: Any, relation: Any) -> None:
        self.charts.append(sheet.name)


class _Worksheet(WorkSheetParser):  # type: ignore[misc]
    """The parser of openpyxl, with an eye on formulas, for rows, columns and merged ranges.

    What it hides, merges and raises goes to the `placed` cells; linked: those whose formula points
    to another workbook.
    """

    def __init__(self, sheet: ReadOnlyWorksheet, placed: PlacedCells) -> None:
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
        self.placed = placed
        self.linked: list[tuple[int, int]] = []
        self.shared: set[str] = set()  # formulas to another workbook that several cells share

    def parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Yield the rows; what else a worksheet has says nothing of figures.

        The archive is checked by then, for entities too: this parser of XML is three times faster
        than that of `defusedxml`.
        """
        for _, element in ElementTree.iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
            elif element.tag == COL_TAG:
                self.parse_column_dimensions(element)
            elif element.tag == MERGE_TAG:
                ranges = (range_boundaries(part.get("ref")) for part in element)
                self.placed.merged += [
                    (top - 1, left - 1, last - 1, right - 1) for left, top, right, last in ranges
                ]
            else:
                continue
            element.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        inline = element.find(f"{MAIN}is") if element.get("t") == "inlineStr" else None
        if isinstance(cell["value"], _Raised) or (inline is not None and _is_raised(inline)):
            self.placed.raised.append((cell["row"] - 1, cell["column"] - 1))
        formula = element.find(FORMULA_TAG)
        if cell["data_type"] == "e":
            cell["value"] = Fault(ERROR.format(cell["value"] or "of a formula"))
        elif formula is not None:
            group = formula.get("si")  # spelt in the first cell of the group alone
            linked = group in self.shared or OTHER_WORKBOOK.search(formula.text or "") is not None
            if linked and group:
                self.shared.add(group)
            if cell["value"] is None and cell["data_type"] != "str":
                cell["value"] = Fault(NO_VALUE)
            elif linked:
                self.linked.append((cell["row"] - 1, cell["column"] - 1))
        return cell

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        while len(row) and not len(row[-1]):  # looks alone, often as far as the last column
            del row[-1]
        if len(row) > MOST_COLUMNS:
            raise ValueError(f"a row has more than {MOST_COLUMNS:,} cells")
        number, cells = super().parse_row(row)
        self.row_dimensions.clear()
        if row.get("hidden") in TRUE:
            self.placed.hidden_rows.append(number - 1)
        return number, cells

    def finish(self) -> None:
        """Hand over what a worksheet says beside its cells: of hidden columns, and of its links."""
        if self.linked:
            fields = {"cell": xl_rowcol_to_cell(*self.linked[0]), "others": len(self.linked) - 1}
            remark = Remark("external_link", "computed_elsewhere", fields, *self.linked[0])
            self.placed.remarks.append(remark)
        self.placed.hidden_columns = [
            column
            for look in self.column_dimensions.values()
            if look.get("hidden") in TRUE
            for column in range(int(look["min"]) - 1, min(int(look["max"]), MOST_COLUMNS))
        ]


def workbook_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the visible, non-empty worksheets of an xlsx workbook; `StudyError` for hazards."""
    check_archive(data, shown)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says which ornaments it leaves out
        reader = _Workbook(data, shown)
        reader.read()
        listed = Counter(part.name for part in reader.parser.sheets)
        for name, count in listed.items():
            if name not in (*reader.wb.sheetnames, *reader.charts) or count > 1:
                raise ValueError(f"its sheet '{name}' is missing or there twice")
        sheets = (
            (sheet.title, partial(_sheet, sheet, shown) if sheet.sheet_state == "visible" else None)
            for sheet in reader.wb.worksheets
        )
        return visible_sheets(sheets, shown)


def _sheet(sheet: ReadOnlyWorksheet, shown: str, before: int) -> Sheet | None:
    """Return a worksheet as ours; None if nothing stands in it."""
    placed = PlacedCells(shown, sheet.title)
    parser = _Worksheet(sheet, placed)

    @cache
    def code_of(look: int) -> str:
        return str(ReadOnlyCell(sheet, 1, 1, None, style_id=look).number_format)

    for _, cells in parser.parse():
        for cell in cells:
            row, column = cell["row"] - 1, cell["column"] - 1
            if (value := _value(cell["value"])) is not None:
                placed.add(row, column, value, code_of(cell["style_id"]))
    parser.finish()
    return placed.sheet(before)


def _value(value: Any) -> CellValue:
    """Return a value of openpyxl in the types of a `Sheet`."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return float(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str):
        return ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), value) or None
    other: CellValue = value
    return other


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
    return visible_sheets(_old_sheets(book, shown), shown)


def _old_sheets(book: Any, shown: str) -> Iterator[NamedReader]:
    for number, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        yield name, None if sheet.visibility else partial(_old_sheet, sheet, shown)
        book.unload_sheet(number)


def _old_sheet(sheet: Any, shown: str, before: int) -> Sheet | None:
    """Return a sheet of xlrd as ours; None if nothing stands in it."""
    placed, known = PlacedCells(shown, sheet.name), sheet.book.format_map

    @cache
    def code_of(look: int) -> str:
        key = sheet.book.xf_list[look].format_key
        return str(known[key].format_str) if key in known else GENERAL

    for row in range(sheet.nrows):
        kinds, looks = sheet.row_types(row), sheet._cell_xf_indexes[row]
        for column, value in enumerate(sheet.row_values(row)):
            if kinds[column] == 5:
                error = error_text_from_code.get(value, "of a formula")
                placed.add(row, column, Fault(ERROR.format(error)))
            elif kinds[column] not in (0, 6) and value != "":
                value = _old_value(kinds[column], value, sheet.book.datemode)
                placed.add(row, column, value, code_of(looks[column]))
    placed.merged = [(top, left, end - 1, last - 1) for top, end, left, last in sheet.merged_cells]
    placed.hidden_rows = [row for row, info in sheet.rowinfo_map.items() if info.hidden]
    placed.hidden_columns = [column for column, info in sheet.colinfo_map.items() if info.hidden]
    placed.raised = [place for place in sheet.rich_text_runlist_map if _ends_raised(sheet, place)]
    return placed.sheet(before)


def _ends_raised(sheet: Any, place: tuple[int, int]) -> bool:
    """Whether the last part of a rich text is a number that stands raised."""
    start, font = sheet.rich_text_runlist_map[place][-1]
    text = str(sheet.cell_value(*place))
    return sheet.book.font_list[font].escapement == 1 and note_number(text[start:], text[:start])


def _old_value(kind: int, value: str | float | int, datemode: int) -> CellValue:
    with suppress(xldate.XLDateError, OverflowError, ValueError):
        if kind == 3:
            moment: datetime = xldate.xldate_as_datetime(value, datemode)
            return _value(moment.time() if float(value) < 1 else moment)
    return _value(bool(value)) if kind == 4 else value


def part_names(data: bytes, shown: str) -> list[str]:
    """Return the names of the entries, in small letters; `StudyError` if there is no list."""
    return [entry.filename.casefold() for entry in _open(data, shown).infolist()]


def check_archive(data: bytes, shown: str) -> None:
    """Check a workbook as an archive, before any reader sees it.

    Sizes and ratio of packing as declared, no name twice; then each part is unpacked, no further
    than it says: its checksum is as declared, and it declares no document type (entities could grow
    without end). Raises `StudyError`, or another error for a damaged archive.
    """
    archive = _open(data, shown)
    _check_declared(archive, len(data), shown)
    marks = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                marks += chunk.count(b"<") + chunk.count(b"=")
        _check_prolog(archive, entry, shown)
    if marks > max(MOST_MARKS, MARKS_A_BYTE * len(data)):
        raise StudyError(
            f"{shown}: would unpack from {len(data):,} bytes to {marks:,} cells and looks, which "
            "no table does; copy the tables into a new workbook"
        )


def _open(data: bytes, shown: str) -> zipfile.ZipFile:
    # the last record counts the entries; to list a hundred thousand of them takes its time
    last = data[-22:]
    count = int.from_bytes(last[10:12], "little") if last.startswith(b"PK\x05\x06") else 0
    archive = None if count > MOST_ENTRIES else zipfile.ZipFile(io.BytesIO(data))
    if archive is None or len(archive.infolist()) > MOST_ENTRIES:
        raise StudyError(
            f"{shown}: holds more than {MOST_ENTRIES:,} parts; copy the tables into a new workbook"
        )
    return archive


def _check_declared(archive: zipfile.ZipFile, packed: int, shown: str) -> None:
    """Check what the list of contents says, before anything is unpacked."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST or unpacked > max(HARMLESS, HIGHEST_RATIO * packed):
        raise StudyError(
            f"{shown}: would unpack from {packed:,} to {unpacked:,} bytes, which no table does "
            f"(limit {LARGEST:,} bytes, or {HIGHEST_RATIO} times its size); keep only the tables "
            "of figures in it"
        )
    # readers disagree on which of two equal names, or which list after a comment, they follow
    names = Counter(entry.filename.casefold() for entry in entries)
    twice = [name for name, count in names.items() if count > 1]
    if twice or archive.comment:
        reason = f"its part {twice[0]} is there twice" if twice else "a comment follows its parts"
        raise ValueError(reason)
    for entry in entries:
        if entry.flag_bits & 1:
            raise StudyError(f"{shown}: {PASSWORD}")
        if entry.compress_type not in METHODS:
            reason = f"its part {entry.filename} is packed in a way that Excel does not know"
            raise ValueError(reason)


def _check_prolog(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> None:
    """Refuse a document type, which stands before the first element, and the strict dialect.

    What is no XML passes: the reader says so if it needs the part.
    """
    try:
        with archive.open(entry) as part:
            _, root = next(iterparse(part, events=("start",), forbid_dtd=True))
    except DefusedXmlException as problem:
        raise StudyError(
            f"{shown}: its part {entry.filename} declares entities, which no workbook needs; "
            f"{AS_XLSX}"
        ) from problem
    except (ParseError, ValueError, LookupError, StopIteration):
        return
    if root.tag.startswith(STRICT):
        raise StudyError(
            f"{shown}: is a workbook in 'Strict Open XML', which is not read; {AS_XLSX}"
        )
