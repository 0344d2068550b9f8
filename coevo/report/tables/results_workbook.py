"""The workbook of a study in a language: tables of the report, those of results, formulas of D."""

import io
import math
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from coevo.report.findings.grade_scale import colours
from coevo.report.tables.annex import LEADING, report_tables, sheet_name
from coevo.report.tables.cell_address import FIRST, HEAD_ROW, IDS, LINK, Cell, absolute_address
from coevo.report.tables.cell_words import in_words
from coevo.report.tables.columns import BY_SIZE, column_heads, number_format
from coevo.report.tables.report_table import ReportTable, in_cell, readable
from coevo.report.tables.workbook_case import EDGE, WorkbookCase
from coevo.report.tables.workbook_columns import body, column_cells
from coevo.report.tables.workbook_trace import trace_cells
from coevo.report.words.amounts import Words
from coevo.report.words.numbers import Number
from coevo.schema import BUILT, column_rows, table_names, table_row

CONTENTS = "contents"
# Tables of results that a reader opens; the others are hidden, as long as programs need them.
OPEN = {
    "panel", "normalised", "goalposts", "weights", "coupling", "obstacles", "audit", "revisions",
    "refusals", "headline_claims", "claims",
}  # fmt: skip
MOST = 100_000  # rows of a sheet; a longer table stands in its CSV alone
KEYS = ("region", "scope", "name", "year")  # columns that stay in sight at the left of a sheet
GRADED = {"grade": "D", "focus_grade": "focus_D", "focus_grade_last": "focus_D_last"}
LOOKS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "words": {"text_wrap": True, "valign": "top"},
    "id": {"font_color": "#5b626a", "bottom": 1, "valign": "top"},
    "note": {"font_color": "#5b626a"},
    "link": {"font_color": "#5f45a8", "underline": 1, "valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top", "align": "right"},
    "heads": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "align": "right"},
    "text": {"valign": "top"},
    "whole": {"num_format": "#,##0", "valign": "top"},
    "amount": {"num_format": "#,##0.00##"},
    "score": {"num_format": "0.000000"},
    "tiny": {"num_format": "0.0E+00"},
}


class Sheet(NamedTuple):
    """A sheet of heads over rows: its name, what it holds, ids and heads of columns, its rows.

    looks: the format of each column's numbers, "" by the cell; note: below it.
    """

    name: str
    title: str
    ids: Sequence[str]
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]
    length: int
    looks: Sequence[str]
    note: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Pen:
    """A workbook, what its study is called in a language, and its formats, each made once."""

    book: Any
    words: Words
    made: dict[str, Any]

    def look(self, name: str) -> Any:
        """The format of a look by name, or of numbers by what Excel calls them; None for ""."""
        if name and name not in self.made:
            self.made[name] = self.book.add_format(LOOKS.get(name, {"num_format": name}))
        return self.made.get(name)

    def said(self, table: str, column: str = "") -> str:
        """Words of `tables.csv` in the language."""
        row = column_rows(table)[column] if column else table_row(table)
        return row.words[self.words.study.language]


def workbook_bytes(words: Words) -> bytes:
    """Return an xlsx workbook: the tables of the report, contents, those of results, the traces.

    Text is written as text, whatever it begins with; missing numbers are empty cells. Rows go to
    the disk as they are written. The same tables give the same bytes.
    """
    import xlsxwriter

    memory, study = io.BytesIO(), words.study
    with tempfile.TemporaryDirectory() as scratch:
        options = {"constant_memory": True, "tmpdir": scratch}
        options |= {"strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(memory, options)
        title = f"coevo: {study.config['study']}"
        book.set_properties({"title": title, "created": datetime(2000, 1, 1)})
        pen = Pen(book, words, {})
        report = [_of_report(table, words) for table in report_tables(words)]
        leading = [sheet for sheet in report if sheet.ids]
        results = [_of_results(name, words) for name in table_names(*BUILT) if name in study.tables]
        traces = _traces(WorkbookCase(study))
        rest = [sheet for sheet in (*report, *results) if sheet not in leading]
        for sheet in leading:
            _table(pen, sheet)
        _contents(pen, [*leading, *rest], list(traces))
        for sheet in rest:
            if sheet.length <= MOST:
                _table(pen, sheet)
        for name, (cells, frozen) in traces.items():
            _cells(pen, name, cells, frozen)
        book.close()
    return memory.getvalue()


def _of_report(table: ReportTable, words: Words) -> Sheet:
    """A table of the report; those that lead have their titles as names, and ids of columns."""
    first = table.key in LEADING
    return Sheet(
        sheet_name(words, table.key)[:31],
        readable(table.caption),
        [column.id for column in table.columns] if first else [],
        [readable(column.head) for column in table.columns],
        table.rows,
        len(table.rows),
        [""] * len(table.columns),
        readable(table.note),
    )


def _of_results(name: str, words: Words) -> Sheet:
    """A table of results, in words."""
    study = words.study
    frame = in_words(name, study.tables[name], words)
    heads = column_heads(name, list(map(str, frame)), study.config["subsystems"])
    return Sheet(
        name,
        table_row(name).words[study.language],
        [head.id for head in heads],
        [head.words[study.language] for head in heads],
        frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None),
        len(frame),
        [head.shown for head in heads],
        hidden=name not in OPEN,
    )


def _traces(case: WorkbookCase) -> dict[str, tuple[list[Cell], tuple[int, int]]]:
    """Cells and frozen panes of the sheets of formulas, by name."""
    if "coupling" not in case.tables:
        return {}
    sheets = {"trace": (trace_cells(case), (0, EDGE))}
    columns = case.weighting.columns
    if columns:
        name = case.config["weighting"]["method"]
        sheets[name] = (column_cells(case, columns), (body(columns), EDGE))
    return sheets


def _contents(pen: Pen, sheets: Sequence[Sheet], traces: Sequence[str]) -> None:
    """Write what the sheets hold, each with its rows and a link to it; hidden ones last."""
    sheet, study = _sheet(pen, CONTENTS), str(pen.words.study.config["study"])
    sheet.write_string(0, 0, pen.said(CONTENTS).replace("<study>", study), pen.look("note"))
    titles = [(pen.said(CONTENTS, key), width) for key, width in (("table", 24), ("rows", 10))]
    titles.append((pen.said(CONTENTS, "contents"), 90))
    for column, (title, width) in enumerate(titles):
        sheet.write_string(HEAD_ROW, column, title, pen.look("head"))
        sheet.set_column(column, column, width)
    lines: list[tuple[str, Any, str, str]] = [
        (one.name, one.length, one.title, _place(pen, one)) for one in sheets if not one.hidden
    ]
    lines += [(name, "", pen.said(name), "") for name in traces]
    lines += [(one.name, one.length, one.title, _place(pen, one)) for one in sheets if one.hidden]
    for row, (name, count, title, place) in enumerate(lines, start=HEAD_ROW + 1):
        if place:
            sheet.write_string(row, 0, name, pen.look("note"))
        else:
            sheet.write_url(row, 0, f"internal:'{name}'!A1", pen.look("link"), name)
        _write(sheet, row, 1, count, pen.look("whole"))
        text = pen.words.grammar.note.format(place) if place else ""
        sheet.write_string(row, 2, title + text, pen.look("words"))
    sheet.freeze_panes(HEAD_ROW + 1, 0)


def _place(pen: Pen, sheet: Sheet) -> str:
    """Where a table is that no open sheet holds."""
    if sheet.length > MOST:
        return pen.said(CONTENTS, "left").replace("<table>", sheet.name)
    return pen.said(CONTENTS, "hidden") if sheet.hidden else ""


def _table(pen: Pen, made: Sheet) -> None:
    """Write what the table holds, its heads, its rows; freeze the heads and offer filters."""
    sheet, start = _sheet(pen, made.name), FIRST if made.ids else IDS
    sheet.repeat_rows(0, start - 1)
    sheet.write_string(0, 0, made.title, pen.look("note"))
    _back(pen, sheet)
    for column, head in enumerate(made.heads):
        sheet.write_string(HEAD_ROW, column, head, pen.look("words" if made.ids else "head"))
    for column, name in enumerate(made.ids):
        sheet.write_string(IDS, column, name, pen.look("id"))
    widths = [max(11, len(name) + 2) for name in made.ids] or [14] * len(made.heads)
    for row, values in enumerate(made.rows, start=start):
        for column, (value, shown) in enumerate(zip(values, made.looks, strict=True)):
            cell = value if shown else in_cell(value)
            _write(sheet, row, column, cell, pen.look(_shown(value, cell, shown)))
            if isinstance(cell, str) and row < start + 200:
                widths[column] = max(widths[column], min(len(cell.encode("gb18030")) + 1, 60))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    if made.note:
        sheet.write_string(start + made.length + 1, 0, made.note, pen.look("note"))
    kept = next((k for k, name in enumerate(made.ids) if name not in KEYS), int(not made.ids))
    sheet.freeze_panes(start, kept)
    if made.heads:
        sheet.autofilter(start - 1, 0, start - 1 + max(made.length, 1), len(made.heads) - 1)
    _colour_grades(pen, sheet, made)
    if made.hidden:
        sheet.hide()


def _shown(value: Any, cell: Any, shown: str) -> str:
    """The format of a cell's number: of its column, or as the report prints it."""
    if cell is None or isinstance(cell, str | bool) or not math.isfinite(cell):
        return ""
    if shown:
        return number_format(shown, cell)
    if not isinstance(value, Number):
        return "0" if cell == round(cell) else number_format(BY_SIZE, cell)
    decimals = re.search(r"\.(\d+)", value)
    return (
        "0.00E+00" if "×" in value else "#,##0." + "0" * len(decimals[1]) if decimals else "#,##0"
    )


def _sheet(pen: Pen, name: str) -> Any:
    """Return a new sheet that prints on landscape A4, one page wide."""
    sheet = pen.book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes of regions are text
    return sheet


def _back(pen: Pen, sheet: Any) -> None:
    """Write the way back to the contents."""
    text = pen.said(CONTENTS, "sheet")
    sheet.write_url(LINK, 0, f"internal:'{CONTENTS}'!A1", pen.look("link"), text)


def _write(sheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
    """Write a value as what it is: text, TRUE or FALSE, a number; nothing for what is missing."""
    if value is None or value == "":
        return
    finite = isinstance(value, str) or math.isfinite(value)  # a workbook has no infinity
    sheet.write(row, column, value if finite else str(value), look)


def _colour_grades(pen: Pen, sheet: Any, made: Sheet) -> None:
    """Colour each grade, and the D that it is of, as the charts do."""
    from coevo.report.figures.theme import PALETTES

    names, light = list(made.ids), PALETTES["light"]
    for grade, degree in GRADED.items() if made.length else ():
        coloured = [names.index(name) for name in (grade, degree) if name in names]
        for label, place in colours(pen.words.study.grades).items() if grade in names else ():
            cell = absolute_address(FIRST, names.index(grade), "column")
            look = {"bg_color": light[f"g{place}"], "font_color": light[f"t{place}"]}
            rule = {
                "type": "formula", "criteria": f'={cell}="{label}"',
                "format": pen.book.add_format(look),
            }  # fmt: skip
            for column in coloured:
                sheet.conditional_format(FIRST, column, FIRST + made.length - 1, column, rule)


def _cells(pen: Pen, name: str, cells: list[Cell], frozen: tuple[int, int]) -> None:
    """Write a sheet of formulas; a formula keeps its value for programs that do not compute."""
    sheet, most = _sheet(pen, name), max(cell.column for cell in cells)
    backed = False
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        if cell.row > LINK and not backed:
            _back(pen, sheet)
            backed = True
        if cell.formula:
            sheet.write_formula(
                cell.row, cell.column, cell.formula, pen.look(cell.look), cell.value
            )
        else:
            _write(sheet, cell.row, cell.column, cell.value, pen.look(cell.look))
    for first, last, width in ((0, 0, 42), (1, 1, 2), (2, 2, 8), (3, most, 20)):
        sheet.set_column(first, last, width)
    sheet.freeze_panes(*frozen)
