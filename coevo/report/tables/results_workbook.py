"""The workbook of a study in a language: tables of the report and of results, formulas."""

import io
import math
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.report.figures import PALETTES
from coevo.report.findings.grade_scale import colours
from coevo.report.tables import LAYOUT
from coevo.report.tables.annex import report_tables, title_of
from coevo.report.tables.formula_sheets import FIRST, Formula, degree_sheets, theory_sheet
from coevo.report.tables.report_table import (
    BY_SIZE,
    Column,
    ReportTable,
    column_of,
    held_rows,
    in_cell,
    in_words,
    number_format,
    readable,
    results_table,
)
from coevo.report.words.numbers import Number
from coevo.report.words.report_text import ReportText, Rows
from coevo.schema import column_row, column_rows, table_row

OF_INDICATOR = "unit of the indicator"
CONTENTS = "contents"
KEYS = ("region", "scope", "name", "year")  # columns that stay in sight at the left of a sheet
NARROWEST, WIDEST, LOOKED_AT = 14, 60, 200  # characters of a column; rows that say its width


class Link(str):
    """The name of a sheet that leads to it."""


class Sheet(NamedTuple):
    """A table as a sheet of the workbook, by its name."""

    name: str
    table: ReportTable


@dataclass(frozen=True)
class Pen:
    """A workbook, what its study is called in a language, and its formats, each made once."""

    book: Any
    words: ReportText
    looks: dict[str, Any]

    def look(self, name: str) -> Any:
        """The format of a look by name, or of numbers by what Excel calls them; None for ""."""
        if name and name not in self.looks:
            self.looks[name] = self.book.add_format(LAYOUT["looks"].get(name, {"num_format": name}))
        return self.looks.get(name)


def workbook_bytes(words: ReportText) -> bytes:
    """Return an xlsx workbook: contents, then the sheets of the layout that the study has.

    Text is written as text, whatever it begins with; missing numbers are empty cells. Rows go to
    the disk as they are written. The same tables give the same bytes.
    """
    memory, sheets = io.BytesIO(), list(_sheets(words))
    with tempfile.TemporaryDirectory() as scratch:
        book = xlsxwriter.Workbook(memory, {"constant_memory": True, "tmpdir": scratch})
        title = f"coevo: {words.study.config['study']}"
        book.set_properties({"title": title, "created": datetime(2000, 1, 1)})
        pen = Pen(book, words, {})
        for name, table in [_contents(sheets, words), *sheets]:
            _table(pen, name, table)
        book.close()
    return memory.getvalue()


def _sheets(words: ReportText) -> Iterator[Sheet]:
    """The sheets behind the contents: tables of the report, tables of results that have rows,
    formulas.
    """
    study = words.study
    reported = {f"table_{table.key}": table for table in report_tables(words)}
    degrees = degree_sheets(words) if study.indexed else []
    formulas = {table.key: table for table in [*degrees, *theory_sheet(words)]}
    for key in LAYOUT["sheets"]:
        if key in reported:
            yield Sheet(title_of(words, reported[key].key), _of_report(reported[key], words))
        elif key in formulas:
            yield Sheet(words.sheet(key), formulas[key])
        elif len(study.tables.get(key, ())):
            yield Sheet(words.sheet(key), _of_results(key, words))


def _of_report(table: ReportTable, words: ReportText) -> ReportTable:
    """A table of the report in plain text; without the mean in its last row, which no row of a
    table is.
    """
    columns = [column._replace(head=readable(column.head)) for column in table.columns]
    rows = table.rows[:-1] if "averaged" in table.kind and not words.study.single else table.rows
    told = words.grammar.colon.join(filter(None, map(readable, (table.caption, table.note))))
    return ReportTable(table.key, told, columns, rows)


def _of_results(name: str, words: ReportText) -> ReportTable:
    """A table of results, in words; beside figures in the unit of their indicator this unit. Its
    title says if other regions are left out.
    """
    study, held = words.study, held_rows(words.study, name)
    frame, notes = in_words(name, held, words), []
    if any(row and row.unit == OF_INDICATOR for row in (column_row(name, str(c)) for c in held)):
        frame["unit"] = held["indicator"].map(study.unit)
    if len(held) < len(study.tables[name]):
        notes = [table_row("cut").words[study.language].replace("<name>", name)]
    return results_table(words, name, frame, notes)


def _contents(sheets: Sequence[Sheet], words: ReportText) -> Sheet:
    """What the sheets hold, each with its rows."""
    rows: Rows = [[Link(name), len(table.rows), table.caption] for name, table in sheets]
    columns = [column_of(CONTENTS, id, {}, words.study.language) for id in column_rows(CONTENTS)]
    columns[2] = columns[2]._replace(shown="words")
    return Sheet(words.sheet(CONTENTS), ReportTable(CONTENTS, "", columns, rows))


def _head(column: Column) -> str | int:
    """What stands over a column: a year is a number."""
    return int(column.head) if column.head.isdigit() else column.head


def _table(pen: Pen, name: str, table: ReportTable) -> None:
    """Write the heads of a table and its rows; freeze the heads and offer filters."""
    sheet = _sheet(pen, name)
    sheet.repeat_rows(0)
    ids = [column.id for column in table.columns]
    for place, column in enumerate(table.columns):
        _write(sheet, 0, place, _head(column), pen.look("head"))
        first = (_cell(column, row[place]) for row in table.rows[:LOOKED_AT])
        lengths = (len(text.encode("gb18030")) + 1 for text in first if isinstance(text, str))
        width = max(NARROWEST, min(max(lengths, default=0), WIDEST))
        sheet.set_column(place, place, width)
    for row, values in enumerate(table.rows, start=FIRST):
        for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            _write(sheet, row, place, _cell(column, value), _look(pen, column, value))
    last = len(table.rows)
    frozen = next((place for place, id in enumerate(ids) if id not in KEYS), 0)
    sheet.freeze_panes(FIRST, frozen or 1)
    sheet.autofilter(0, 0, max(last, FIRST), len(ids) - 1)
    if table.rows:
        _colour_grades(pen, sheet, ids, last)


def _cell(column: Column, value: Any) -> Any:
    """What a cell holds: a value of a table of results, what one of the report says."""
    return value if column.shown else in_cell(value)


def _look(pen: Pen, column: Column, value: Any) -> Any:
    """The format of a number: its column's, or as the report prints it, or by size."""
    if column.shown not in ("", BY_SIZE):
        return pen.look(column.shown)
    if isinstance(value, Number):
        return pen.look(_printed(value))
    value = value.value if isinstance(value, Formula) else value
    if value is None or isinstance(value, str | bool) or not math.isfinite(value):
        return None
    return pen.look(number_format(column.shown, value))


def _printed(number: Number) -> str:
    """The format that shows a number as the report prints it."""
    decimals = re.search(r"\.(\d+)", number)
    if number.startswith("<"):
        return str(LAYOUT["numbers"]["probability"])
    if "×" in number:
        return "0.00E+00"
    return "#,##0." + "0" * len(decimals[1]) if decimals else "#,##0"


def _sheet(pen: Pen, name: str) -> Any:
    """Return a new sheet that prints on landscape A4, one page wide, under its name."""
    sheet = pen.book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&L&A")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes of regions are text
    return sheet


def _write(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    """Write a value as what it is: text, TRUE or FALSE, a number; nothing for what is missing."""
    if value is None or value == "":
        return
    if isinstance(value, Formula):
        sheet.write_formula(row, column, f"={value.text}", look, value.value)
    elif isinstance(value, Link):
        sheet.write_url(row, column, f"internal:'{value}'!A1", look, value)
    elif isinstance(value, str) or not math.isfinite(value):  # no workbook has infinity
        sheet.write_string(row, column, str(value), look)
    else:
        sheet.write(row, column, value, look)


def _colour_grades(pen: Pen, sheet: Any, ids: Sequence[str], last: int) -> None:
    """Colour each grade, and the D that it is of, as the charts do."""
    light = PALETTES["light"]
    for label, place in colours(pen.words.study.grades).items() if "grade" in ids else ():
        cell = xl_rowcol_to_cell(FIRST, ids.index("grade"), col_abs=True)
        look = {"bg_color": light[f"g{place}"], "font_color": light[f"t{place}"]}
        rule = {"type": "formula", "criteria": f'={cell}="{label}"'}
        rule["format"] = pen.book.add_format(look)
        for column in map(ids.index, ("grade", "D")):
            sheet.conditional_format(FIRST, column, last, column, rule)
