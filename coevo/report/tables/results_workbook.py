"""The workbook of a study: contents, a sheet per table, and sheets that recompute D by formulas."""

import io
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd

from coevo.coupling.grade_scales import GRADES
from coevo.report.tables.cell_address import FIRST, HEAD_ROW, IDS, LINK, Cell, absolute_address
from coevo.report.tables.columns import NUMBER_FORMATS, SIZES, Head, column_heads, number_format
from coevo.report.tables.workbook_case import EDGE, WorkbookCase
from coevo.report.tables.workbook_columns import body, column_cells
from coevo.report.tables.workbook_trace import trace_cells
from coevo.schema import BUILT, column_rows, table_names, table_row

CONTENTS = "contents"
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


class Pen(NamedTuple):
    """A workbook with its formats: looks by name, and those of numbers by what Excel calls them."""

    book: Any
    looks: dict[str, Any]
    numbers: dict[str, Any]


def workbook_bytes(
    tables: Mapping[str, pd.DataFrame], config: Mapping[str, Any], indicators: pd.DataFrame
) -> bytes:
    """Return an xlsx workbook: contents, a sheet per table in their order, the traces.

    `config`: the configuration after defaults. Text is written as text, whatever it begins with;
    missing numbers are empty cells. The same tables give the same bytes.
    """
    import xlsxwriter

    memory, study = io.BytesIO(), config["study"]
    book = xlsxwriter.Workbook(
        memory,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": f"coevo: {study}", "created": datetime(2000, 1, 1)})
    pen = _pen(book)
    traces = _traces(WorkbookCase(tables, config, indicators))
    held = [name for name in table_names(*BUILT) if name in tables]
    counts = {name: len(tables[name]) for name in held}
    _contents(pen, study, counts | dict.fromkeys(traces, ""))
    for name in held:
        table_heads = column_heads(name, list(tables[name].columns), config["subsystems"])
        sheet = _table(pen, name, tables[name], table_heads)
        _colour_grades(book, sheet, tables[name], config["coupling"]["grades"])
    for name, (cells, frozen) in traces.items():
        _cells(pen, name, cells, frozen)
    book.close()
    return memory.getvalue()


def _pen(book: Any) -> Pen:
    """The formats of a workbook: xlsxwriter wants each made once, before it is used."""
    forms = {*NUMBER_FORMATS.values(), *(form for _, form in SIZES)}
    return Pen(
        book,
        {name: book.add_format(look) for name, look in LOOKS.items()},
        {form: book.add_format({"num_format": form}) for form in sorted(forms - {""})},
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


def _contents(pen: Pen, study: str, counts: Mapping[str, int | str]) -> None:
    """Write what the sheets hold in every language, each with its rows and a link to it."""
    sheet, words = _sheet(pen, CONTENTS), {k: v.words for k, v in column_rows(CONTENTS).items()}
    for row, text in enumerate(table_row(CONTENTS).words.values()):
        sheet.write_string(row, 0, text.replace("<study>", study), pen.looks["note"])
    titles = [(" ".join(words["table"].values()), 18), (" ".join(words["rows"].values()), 10)]
    titles += [(text, 70) for text in words["contents"].values()]
    for column, (title, width) in enumerate(titles):
        sheet.write_string(HEAD_ROW, column, title, pen.looks["head"])
        sheet.set_column(column, column, width)
    for row, (name, count) in enumerate(counts.items(), start=HEAD_ROW + 1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", pen.looks["link"], name)
        _write(sheet, row, 1, count, pen.looks["whole"])
        for column, text in enumerate(table_row(name).words.values(), start=2):
            sheet.write_string(row, column, text, pen.looks["words"])
    sheet.freeze_panes(HEAD_ROW + 1, 0)


def _table(pen: Pen, name: str, frame: pd.DataFrame, titles: list[Head]) -> Any:
    """Write what the table holds, its heads, its rows; freeze the heads and offer filters."""
    sheet = _sheet(pen, name)
    sheet.repeat_rows(0, IDS)
    for row, text in enumerate(table_row(name).words.values()):
        sheet.write_string(row, 0, text, pen.looks["note"])
    for column, head in enumerate(titles):
        for row, text in enumerate(head.words.values(), start=HEAD_ROW):
            sheet.write_string(row, column, text, pen.looks["words"])
        sheet.write_string(IDS, column, head.id, pen.looks["id"])
        series = frame.iloc[:, column].astype(object)
        values = series.where(series.notna(), None)
        for row, value in enumerate(values, start=FIRST):
            number = isinstance(value, int | float) and math.isfinite(value)
            shown = number_format(head.shown, value) if number else ""
            _write(sheet, row, column, value, pen.numbers.get(shown))
        texts = [len(value) for value in values[:200] if isinstance(value, str)]
        sheet.set_column(column, column, min(max(len(head.id) + 2, 11, *texts), 60))
    keys = next((k for k, head in enumerate(titles) if head.id not in KEYS), 0)
    sheet.freeze_panes(FIRST, keys)
    if titles:
        sheet.autofilter(IDS, 0, IDS + max(len(frame), 1), len(titles) - 1)
    return sheet


def _sheet(pen: Pen, name: str) -> Any:
    """Return a new sheet that prints on landscape A4, one page wide, with its way back."""
    sheet = pen.book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes of regions are text
    if name != CONTENTS:
        back = " ".join(column_rows(CONTENTS)["sheet"].words.values())
        sheet.write_url(LINK, 0, f"internal:'{CONTENTS}'!A1", pen.looks["link"], back)
    return sheet


def _write(sheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
    """Write a value as what it is: text, TRUE or FALSE, a number; nothing for what is missing."""
    if value is None or value == "":
        return
    finite = isinstance(value, str) or math.isfinite(value)  # a workbook has no infinity
    sheet.write(row, column, value if finite else str(value), look)


def _colour_grades(book: Any, sheet: Any, frame: pd.DataFrame, grades: str) -> None:
    """Colour each grade, and the D that it is of, as the charts do."""
    from coevo.report.figures.theme import PALETTES
    from coevo.report.findings.grade_scale import colours

    names, light = list(frame.columns), PALETTES["light"]
    for grade, degree in GRADED.items() if len(frame) else ():
        coloured = [names.index(name) for name in (grade, degree) if name in names]
        for label, place in colours(GRADES[grades]).items() if grade in names else ():
            cell = absolute_address(FIRST, names.index(grade), "column")
            look = {"bg_color": light[f"g{place}"], "font_color": light[f"t{place}"]}
            rule = {
                "type": "formula", "criteria": f'={cell}="{label}"', "format": book.add_format(look)
            }  # fmt: skip
            for column in coloured:
                sheet.conditional_format(FIRST, column, FIRST + len(frame) - 1, column, rule)


def _cells(pen: Pen, name: str, cells: list[Cell], frozen: tuple[int, int]) -> None:
    """Write a sheet of formulas; a formula keeps its value for programs that do not compute."""
    sheet, most = _sheet(pen, name), max(cell.column for cell in cells)
    for cell in cells:
        if cell.formula:
            sheet.write_formula(
                cell.row, cell.column, cell.formula, pen.looks[cell.look], cell.value
            )
        else:
            _write(sheet, cell.row, cell.column, cell.value, pen.looks[cell.look])
    for first, last, width in ((0, 0, 42), (1, 1, 26), (2, 2, 8), (3, most, 20)):
        sheet.set_column(first, last, width)
    sheet.freeze_panes(*frozen)
