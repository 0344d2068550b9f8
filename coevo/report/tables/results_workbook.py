"""The workbook of a study in a language: tables of the report and of results, formulas."""

import io
import math
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.report.figures import PALETTES
from coevo.report.findings.grade_scale import colours
from coevo.report.tables import LAYOUT
from coevo.report.tables.annex import LEADING, report_tables, sheet_name
from coevo.report.tables.columns import BY_SIZE, column_of, in_words, number_format
from coevo.report.tables.formula_sheet import EDGE, FIRST, HEAD_ROW, IDS, LINK, FormulaSheet
from coevo.report.tables.report_table import ReportTable, in_cell, readable
from coevo.report.tables.traced_case import TracedCase, held_rows
from coevo.report.tables.workbook_trace import formula_sheets, theory_sheets
from coevo.report.words.numbers import Number
from coevo.report.words.report_text import ReportText
from coevo.schema import BUILT, column_rows, table_names, table_row

CONTENTS = "contents"
KEYS = ("region", "scope", "name", "year")  # columns that stay in sight at the left of a sheet
GRADED = {"grade": "D", "focus_grade": "focus_D", "focus_grade_last": "focus_D_last"}
WIDEST, LOOKED_AT = 60, 200  # characters of a column; rows that its width is taken from


class Sheet(NamedTuple):
    """A table as a sheet of the workbook, by its name.

    named: whether ids stand below the heads; place: where rows stand that are not in sight, as the
    contents say it; left: rows of a table that only its CSV holds.
    """

    name: str
    table: ReportTable
    named: bool = True
    place: str = ""
    hidden: bool = False
    left: int = 0


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

    def label(self, table: str, column: str = "") -> str:
        """Words of `tables.csv` in the language."""
        row = column_rows(table)[column] if column else table_row(table)
        return row.words[self.words.study.language]


def workbook_bytes(words: ReportText) -> bytes:
    """Return an xlsx workbook: the tables of the report, contents, those of results, the traces.

    Text is written as text, whatever it begins with; missing numbers are empty cells. Rows go to
    the disk as they are written. The same tables give the same bytes.
    """
    memory, study = io.BytesIO(), words.study
    with tempfile.TemporaryDirectory() as scratch:
        as_text = dict.fromkeys(("strings_to_formulas", "strings_to_urls"), False)
        options = {"constant_memory": True, "tmpdir": scratch, **as_text}
        book = xlsxwriter.Workbook(memory, options)
        title = f"coevo: {study.config['study']}"
        book.set_properties({"title": title, "created": datetime(2000, 1, 1)})
        pen = Pen(book, words, {})
        report = [_of_report(table, words) for table in report_tables(words)]
        leading = [sheet for sheet in report if sheet.named]
        rest = [sheet for sheet in report if not sheet.named]
        rest += [_of_results(name, words) for name in table_names(*BUILT) if name in study.tables]
        case = TracedCase(words)
        traces = [*(formula_sheets(case) if study.indexed else []), *theory_sheets(case)]
        for sheet in leading:
            _table(pen, sheet)
        _contents(pen, [*leading, *rest], [trace.name for trace in traces])
        for sheet in rest:
            if not sheet.left:
                _table(pen, sheet)
        for trace in traces:
            _formulas(pen, trace)
        book.close()
    return memory.getvalue()


def _of_report(table: ReportTable, words: ReportText) -> Sheet:
    """A table of the report in plain text; those that lead have ids of columns."""
    columns = [column._replace(head=readable(column.head)) for column in table.columns]
    texts = {"caption": readable(table.caption), "note": readable(table.note)}
    plain = table._replace(columns=columns, **texts)
    return Sheet(sheet_name(words, table.key)[:31], plain, table.key in LEADING)


def _of_results(name: str, words: ReportText) -> Sheet:
    """A table of results, in words."""
    study, notes = words.study, column_rows(CONTENTS)
    held, length = held_rows(study, name), len(study.tables[name])
    hidden = name not in LAYOUT["opened"]
    left = length if held.empty else 0
    places = {"hidden": hidden and not left, "left": left, "cut": 0 < len(held) < length}
    texts = (notes[key].words[study.language] for key, holds in places.items() if holds)
    frame = in_words(name, held, words)
    labels, language = study.config["subsystems"], study.language
    columns = [column_of(name, str(column), labels, language) for column in frame]
    values = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    table = ReportTable(name, table_row(name).words[study.language], columns, list(values))
    place = words.grammar.semicolon.join(texts).replace("<table>", name)
    return Sheet(name, table, place=place, hidden=hidden, left=left)


def _contents(pen: Pen, sheets: Sequence[Sheet], traces: Sequence[str]) -> None:
    """Write what the sheets hold, each with its rows and a link to it; hidden ones last."""
    study = str(pen.words.study.config["study"])
    sheet = _sheet(pen, CONTENTS, pen.label(CONTENTS).replace("<study>", study))
    for column, (head, width) in enumerate({"table": 24, "rows": 10, "contents": 90}.items()):
        sheet.write_string(HEAD_ROW, column, pen.label(CONTENTS, head), pen.look("head"))
        sheet.set_column(column, column, width)
    unseen = [one for one in sheets if one.hidden or one.left]
    formulas = [Sheet(name, ReportTable(name, pen.label(name), [], [])) for name in traces]
    lines = [*(one for one in sheets if one not in unseen), *formulas, *unseen]
    for row, one in enumerate(lines, start=HEAD_ROW + 1):
        if one in unseen:
            sheet.write_string(row, 0, one.name, pen.look("note"))
        else:
            sheet.write_url(row, 0, f"internal:'{one.name}'!A1", pen.look("link"), one.name)
        if one.table.columns:
            sheet.write_number(row, 1, one.left or len(one.table.rows), pen.look("whole"))
        place = pen.words.grammar.note.format(one.place) if one.place else ""
        sheet.write_string(row, 2, one.table.caption + place, pen.look("words"))
    sheet.freeze_panes(HEAD_ROW + 1, 0)


def _table(pen: Pen, content: Sheet) -> None:
    """Write what the table holds, its heads, its rows; freeze the heads and offer filters."""
    table, start = content.table, FIRST if content.named else IDS
    sheet = _sheet(pen, content.name, table.caption)
    sheet.repeat_rows(0, start - 1)
    ids = [column.id for column in table.columns] if content.named else []
    heads = [column.head for column in table.columns]
    head_look = "words" if content.named else "head"
    for row, texts, name in ((HEAD_ROW, heads, head_look), (IDS, ids, "id")):
        for place, text in enumerate(texts):
            sheet.write_string(row, place, text, pen.look(name))
    cells, looks = [], []
    for place, column in enumerate(table.columns):
        values = [row[place] for row in table.rows]
        cells.append(values if column.shown else list(map(in_cell, values)))
        looks.append(_looks(pen, values, cells[-1], column.shown))
        shown = (cell for cell in cells[-1][:LOOKED_AT] if isinstance(cell, str))
        longest = max((len(text.encode("gb18030")) + 1 for text in shown), default=0)
        least = max(11, len(column.id) + 2) if content.named else 14
        sheet.set_column(place, place, max(least, min(longest, WIDEST)))
    rows = zip(zip(*cells, strict=True), zip(*looks, strict=False), strict=False)
    for row, pairs in enumerate(rows, start=start):
        for place, (cell, look) in enumerate(zip(*pairs, strict=True)):
            _write(sheet, row, place, cell, look)
    last = start + len(table.rows) - 1
    if table.note:
        sheet.write_string(last + 2, 0, table.note, pen.look("note"))
    frozen = next((k for k, name in enumerate(ids) if name not in KEYS), int(not content.named))
    sheet.freeze_panes(start, frozen)
    sheet.autofilter(start - 1, 0, max(last, start), len(table.columns) - 1)
    if table.rows:
        _colour_grades(pen, sheet, ids, last)
    if content.hidden:
        sheet.hide()


def _looks(pen: Pen, values: Sequence[Any], cells: Sequence[Any], shown: str) -> Iterable[Any]:
    """The formats of a column's numbers: its own, or as the report prints them, or by size."""
    if shown not in ("", BY_SIZE):
        return repeat(pen.look(shown))
    return [
        None
        if cell is None or isinstance(cell, str | bool) or not math.isfinite(cell)
        else pen.look(_printed(value) if isinstance(value, Number) else number_format(shown, cell))
        for value, cell in zip(values, cells, strict=True)
    ]


def _printed(number: Number) -> str:
    """The format that shows a number as the report prints it."""
    decimals = re.search(r"\.(\d+)", number)
    if "×" in number:
        return "0.00E+00"
    return "#,##0." + "0" * len(decimals[1]) if decimals else "#,##0"


def _sheet(pen: Pen, name: str, caption: str) -> Any:
    """Return a new sheet that prints on landscape A4, one page wide: what it holds, and below that
    the way back to the contents.
    """
    sheet = pen.book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes of regions are text
    sheet.write_string(0, 0, caption, pen.look("note"))
    if name != CONTENTS:
        text = pen.label(CONTENTS, "sheet")
        sheet.write_url(LINK, 0, f"internal:'{CONTENTS}'!A1", pen.look("link"), text)
    return sheet


def _write(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    """Write a value as what it is: text, TRUE or FALSE, a number; nothing for what is missing."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, str) or not math.isfinite(value):  # no workbook has infinity
        sheet.write_string(row, column, str(value), look)
    else:
        sheet.write_number(row, column, value, look)


def _colour_grades(pen: Pen, sheet: Any, ids: Sequence[str], last: int) -> None:
    """Colour each grade, and the D that it is of, as the charts do."""
    light = PALETTES["light"]
    for grade, degree in GRADED.items():
        coloured = [ids.index(name) for name in (grade, degree) if name in ids]
        for label, place in colours(pen.words.study.grades).items() if grade in ids else ():
            cell = xl_rowcol_to_cell(FIRST, ids.index(grade), col_abs=True)
            look = {"bg_color": light[f"g{place}"], "font_color": light[f"t{place}"]}
            rule = {"type": "formula", "criteria": f'={cell}="{label}"'}
            rule["format"] = pen.book.add_format(look)
            for column in coloured:
                sheet.conditional_format(FIRST, column, last, column, rule)


def _formulas(pen: Pen, content: FormulaSheet) -> None:
    """Write a sheet of formulas; a formula keeps its value for programs that do not compute."""
    sheet = _sheet(pen, content.name, content.title)
    for row, column, value, formula, look in sorted(content.cells):
        if formula:
            sheet.write_formula(row, column, formula, pen.look(look), value)
        else:
            _write(sheet, row, column, value, pen.look(look))
    last = max(column for _, column, *_ in content.cells)
    for first, end, width in ((0, 0, 42), (1, 1, 2), (2, 2, 8), (EDGE, last, 20)):
        sheet.set_column(first, end, width)
    sheet.freeze_panes(content.frozen, EDGE)
