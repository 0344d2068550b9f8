"""Tables in HTML, as many a statistics office sends them under the name of an old workbook.

lxml reads the page; placing the cells is ours. `pandas.read_html` repeats a merged figure in every
cell that it spans, moves spanned cells of a short row to the left, and drops last zeros.
"""

import re
from contextlib import suppress
from typing import NamedTuple

from lxml import etree, html

from coevo.errors import StudyError
from coevo.observations.limits import MOST_COLUMNS, check_extent
from coevo.observations.placed_cells import PlacedCells
from coevo.observations.sheets import MergedRange, Sheet
from coevo.observations.text_tables import decoded

CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
SPACES = re.compile(r"[ \t\r\n\f]+")  # those that HTML takes for one; a fixed space stays
WIDEST, TALLEST = 1000, 65_534  # of a cell, as browsers have it
LINE = "\u2028"  # a line break, among spaces that are none


class _Cell(NamedTuple):
    text: str
    rows: int
    columns: int


class _Table(NamedTuple):
    rows: list[list[_Cell]]
    hidden: list[int]


def html_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return every table of an HTML file that says something as a sheet 表1, 表2, ...

    A cell over several rows or columns is a merged range, its text in the first cell.
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    page = html.document_fromstring(_page(data, shown).encode(), parser=parser)
    for entry in parser.error_log.filter_from_fatals():  # the page is read up to there
        raise ValueError(entry.message)
    etree.strip_elements(page, "style", "script", with_tail=False)
    for line in page.iter("br"):
        line.tail = LINE + (line.tail or "")
    tables = []
    for element in reversed(list(page.iter("table"))):  # an inner one before the one around it
        tables.append(_table(element))
        element.drop_tree()
    if not tables:
        raise StudyError(
            f"{shown}: is a web page without a table; save the table itself, as xlsx or CSV"
        )
    sheets: list[Sheet] = []
    for table in reversed(tables):
        found = PlacedCells(shown, f"表{len(sheets) + 1}")
        merged = _place(table, found)
        before = sum(sheet.values.size for sheet in sheets)
        sheet = found.sheet(before, merged=merged, hidden_rows=table.hidden)
        sheets += [sheet] if sheet else []
    return sheets


def _page(data: bytes, shown: str) -> str:
    """Decode by the charset that the page names, if it is one of ours and true; else as text."""
    named = CHARSET.search(data[:4096])
    encoding = CHARSETS.get(named[1].decode().lower()) if named else None
    if encoding:
        with suppress(UnicodeDecodeError):
            data = data.decode(encoding).encode()
    return decoded(data, shown)


def _table(element: html.HtmlElement) -> _Table:
    """Return the cells of a table by rows, and which rows are hidden."""
    table = _Table([], [])
    for node in element.iter("tr", "td", "th"):
        if node.tag == "tr":
            if "display:none" in node.get("style", "").replace(" ", "").lower():
                table.hidden.append(len(table.rows))
            table.rows.append([])
        else:
            if not table.rows:
                table.rows.append([])
            rows, columns = _count(node.get("rowspan")), _count(node.get("colspan"))
            cell = _Cell(_text(node), min(rows, TALLEST), min(columns, WIDEST))
            table.rows[-1].append(cell)
    return table


def _count(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[1-9]\d{0,8}", text.strip()) else 1


def _text(cell: html.HtmlElement) -> str:
    lines = SPACES.sub(" ", cell.text_content()).split(LINE)
    return "\n".join(line.strip(" ") for line in lines).strip("\n")


def _place(table: _Table, found: PlacedCells) -> list[MergedRange]:
    """Place the cells of a table as a browser does, each in the next free column of its row.

    Returns the merged ranges.
    """
    merged: list[MergedRange] = []
    taken: list[int] = []  # of each column: the first row that no cell from above reaches
    for number, cells in enumerate(table.rows):
        column = 0
        for cell in cells:
            while column < len(taken) and taken[column] > number:
                column += 1
            last = column + cell.columns
            taken.extend([0] * (last - len(taken)))
            taken[column:last] = [number + cell.rows] * cell.columns
            if len(taken) > MOST_COLUMNS:
                check_extent(number + 1, len(taken), len(taken), f"{found.file} › {found.name}")
            if cell.text:
                found.add(number, column, cell.text)
            if cell.rows > 1 or cell.columns > 1:
                merged.append(MergedRange(number, column, number + cell.rows - 1, last - 1))
            column = last
    return merged
