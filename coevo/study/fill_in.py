"""The workbook to fill in: a row per region and year, a column per indicator, and a guide.

The guide stands on a sheet of its own that holds no figures, so that a reader sets it aside. The
lists of the drop-downs stand there too: everyone sees what may be chosen, and nothing is hidden.
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coevo.arrays import Row
from coevo.characters import room
from coevo.study.guide import (
    Pair,
    both_units,
    guide_blocks,
    said_marks,
    source_name,
    unit_name,
)
from coevo.study.region_table import chosen_regions

DATA, GUIDE = "数据 Data", "说明 Guide"
HEAD = 1  # zero-based row of the head; English labels stand above it
NARROWEST, WIDEST = 12, 24  # columns of figures, in characters
GUIDE_WIDTHS = (44, 50, 26, 30, 36, 40)
CHINESE = re.compile(r"[\u3400-\u9fff]")
HEAD_STYLE = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef2f5"}
LABEL_STYLE = {"italic": True, "text_wrap": True, "valign": "bottom", "font_color": "#5b626a"}


def blank_workbook(
    indicators: Sequence[Row],
    regions: Sequence[Row],
    config: Mapping[str, Any],
    guide: Sequence[Pair],
) -> bytes:
    """Return the workbook to fill in, as xlsx; the same arguments give the same bytes.

    Parameters: rows of the indicator table (those with a name in the files get a column), rows of
    the table of regions (the drop-down), the config after defaults, the lines of the guide in
    Chinese and English. As many rows check what is typed as there are regions times years.
    """
    import xlsxwriter

    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"coevo: {config['study']}", "created": datetime(2000, 1, 1)})
    wanted = chosen_regions(config, regions)
    chosen = [row for row in regions if row["region"] in wanted]
    years = config["years"]["last"] - config["years"]["first"] + 1
    sources = [row for row in indicators if row["source_name"]]
    sheet = book.add_worksheet(DATA)
    _heads(book, sheet, sources)
    tables = guide_blocks(indicators, chosen, config)
    lists = _guide(book, config["study"], guide, tables)
    _checks(sheet, sources, len(chosen) * years, config, lists)
    book.close()
    return memory.getvalue()


def _heads(book: Any, sheet: Any, sources: Sequence[Row]) -> None:
    """Write English labels, the head with units, widths; freeze them."""
    head, label = book.add_format(HEAD_STYLE), book.add_format(LABEL_STYLE)
    plain = book.add_format({"locked": False})
    chinese = any(CHINESE.search(source_name(row)) for row in sources)
    for column, title in enumerate(("地区 Region", "年份 Year")):
        sheet.write_string(HEAD, column, title, head)
        sheet.set_column(column, column, 14, plain)
    for column, row in enumerate(sources, start=2):
        title = f"{source_name(row)}({unit_name(row)})"
        if chinese:  # beside English names, English labels would read as a part of them
            sheet.write_string(HEAD - 1, column, f"{row['label_en']} ({row['unit']})", label)
        sheet.write_string(HEAD, column, title, head)
        sheet.set_column(column, column, min(max(room(title) + 2, NARROWEST), WIDEST), plain)
    sheet.freeze_panes(HEAD + 1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _checks(
    sheet: Any,
    sources: Sequence[Row],
    rows: int,
    config: Mapping[str, Any],
    lists: Mapping[str, str],
) -> None:
    """Say and check what a cell accepts while it is typed; a warning, since reading decides."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    top, end = HEAD + 1, HEAD + rows
    first, last = config["years"]["first"], config["years"]["last"]
    region = {
        "validate": "list",
        "source": f"={lists['regions']}",
        "input_title": "地区 Region",
        "input_message": "从列表中选择，也可写全称、英文名称或代码。\n"
        "Choose from the list, or write the full or English name or the code.",
        "error_message": "不在列表中。\nNot in the list.",
    }
    year = {
        "validate": "integer",
        "criteria": "between",
        "minimum": first,
        "maximum": last,
        "input_title": "年份 Year",
        "input_message": f"{first}—{last}",
        "error_message": f"研究年份为{first}—{last}年。\nThe study's years are {first} to {last}.",
    }
    sheet.data_validation(top, 0, end, 0, {**region, "error_type": "warning"})
    sheet.data_validation(top, 1, end, 1, {**year, "error_type": "warning"})
    chinese, english = said_marks(config["missing_marks"])
    for column, row in enumerate(sources, start=2):
        cell = xl_rowcol_to_cell(top, column)
        figure = {
            "validate": "custom",
            "value": f"=OR(ISNUMBER({cell}),ISNUMBER(MATCH({cell},{lists['marks']},0)))",
            # Excel allows 32 and 255 characters
            "input_title": both_units(row)[:32],
            "input_message": f"缺数：{chinese}。\nMissing: {english}."[:255],
            "error_message": "只填数字或缺数符号，不写单位。\n"
            "Write a number without its unit, or a mark for a missing figure.",
        }
        sheet.data_validation(top, column, end, column, {**figure, "error_type": "warning"})


def _guide(
    book: Any, study: str, guide: Sequence[Pair], tables: Mapping[str, Any]
) -> dict[str, str]:
    """Write the sheet of words: how to fill in, indicators, marks, regions.

    Returns the ranges that hold the first column of each table.
    """
    sheet = book.add_worksheet(GUIDE)
    sheet.hide_gridlines(2)
    title = book.add_format({"bold": True, "font_size": 13})
    head = book.add_format(HEAD_STYLE)
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for column, columns in enumerate(GUIDE_WIDTHS):
        sheet.set_column(column, column, columns)
    lines: list[tuple[Sequence[str], Any]] = [
        ((f"填写说明：{study}", f"How to fill in: {study}"), title),
        *((pair, text) for pair in guide),
    ]
    lists = {}
    for name, (names, rows) in tables.items():
        lines += [((), text), (names, head), *((cells, text) for cells in rows)]
        lists[name] = f"'{GUIDE}'!$A${len(lines) - len(rows) + 1}:$A${len(lines)}"
    for row, (cells, style) in enumerate(lines):
        for column, words in enumerate(cells):
            sheet.write_string(row, column, words, style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return lists
