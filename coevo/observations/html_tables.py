"""Tables in HTML, as many a statistics office sends them under the name of an old workbook.

lxml reads the page; placing the cells is ours. `pandas.read_html` repeats a merged figure in every
cell that it spans, moves spanned cells of a short row to the left, and drops last zeros.
"""

import re
from contextlib import suppress
from dataclasses import replace

import numpy as np
from lxml import etree, html

from coevo.errors import StudyError
from coevo.observations.doubts import CUT, note_number
from coevo.observations.sheets import (
    MOST_COLUMNS,
    MOST_TABLES,
    PlacedCells,
    Remark,
    Sheet,
    check_count,
    check_extent,
)
from coevo.observations.text_tables import decoded

CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
ATTRIBUTE = re.compile(r"[\s=/]+")  # what parts the attributes of a tag
DATA = re.compile(r"data:[^\s\"'>]*")  # an image written out
SPACES = re.compile(r"[ \t\r\n\f]+")  # those that HTML takes for one; a fixed space stays
WIDEST, TALLEST = 1000, 65_534  # of a cell, as browsers have it
MOST_ATTRIBUTES = 5000  # of a tag; each is compared with all others
RAISED = "//sup | //*[contains(translate(@style, ' ', ''), 'vertical-align:super')]"
TABLE = re.compile("<(/?)table", re.IGNORECASE)
LINE = "\u2028"  # a line break, among spaces that are none


def html_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return every table of an HTML file that says something as a sheet 表1, 表2, ...

    A cell over several rows or columns is a merged range, its text in the first cell.
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    text = _page(data, shown)
    _check_tags(text, shown)
    page = html.document_fromstring(text.encode(), parser=parser)
    for entry in parser.error_log.filter_from_fatals():  # the page is read up to there
        raise ValueError(entry.message)
    etree.strip_elements(page, "style", "script", with_tail=False)
    for line in page.iter("br"):
        line.tail = LINE + (line.tail or "")
    raised = {cell for part in page.xpath(RAISED) if (cell := _raised_in(part)) is not None}
    tables = list(page.iter("table"))
    for table in reversed(tables):  # an inner one before the one around it, which is left without
        table.drop_tree()
    if not tables:
        raise StudyError(
            f"{shown}: is a web page without a table; save the table itself, as xlsx or CSV"
        )
    check_count(len(tables), MOST_TABLES, "tables", shown)
    sheets: list[Sheet] = []
    for table in tables:
        found = PlacedCells(shown, f"表{len(sheets) + 1}")
        before = sum(sheet.values.size for sheet in sheets)
        ends = _place(table, found, raised)
        if sheet := found.sheet(before):
            sheets.append(replace(sheet, ends=np.array(ends)))
    if sheets and TABLE.findall(text)[-1:] == [""]:
        last = Remark("broken_row", CUT, {}, len(sheets[-1].values) - 1, 0)
        sheets[-1] = replace(sheets[-1], doubts=(last,))
    return sheets


def _page(data: bytes, shown: str) -> str:
    """Decode by the charset that the page names, if it is one of ours and true; else as text."""
    named = CHARSET.search(data[:4096])
    encoding = CHARSETS.get(named[1].decode().lower()) if named else None
    if encoding:
        with suppress(UnicodeDecodeError):
            data = data.decode(encoding).encode()
    return decoded(data, shown)


def _check_tags(page: str, shown: str) -> None:
    """Raise `StudyError` for a tag of so many attributes that a reader would not come to an end."""
    for part in page.split(">"):
        if len(part) > MOST_ATTRIBUTES and (start := part.find("<")) >= 0:
            tag = ATTRIBUTE.findall(DATA.sub("", part[start:]))
            if len(tag) > MOST_ATTRIBUTES:
                raise StudyError(
                    f"{shown}: has a tag of more than {MOST_ATTRIBUTES:,} attributes, as no web "
                    "page does; open it in Excel or LibreOffice and save it as xlsx"
                )


def _span(cell: html.HtmlElement, name: str, most: int) -> int:
    said = cell.get(name)
    return min(int(said), most) if said and re.fullmatch(r"\s*[1-9]\d{0,8}\s*", said) else 1


def _text(cell: html.HtmlElement) -> str:
    lines = SPACES.sub(" ", cell.text_content()).split(LINE)
    return "\n".join(line.strip(" ") for line in lines).strip("\n")


def _raised_in(part: html.HtmlElement) -> html.HtmlElement | None:
    """Return the cell whose text a raised note number ends, or None."""
    cell = next(part.iterancestors("td", "th"), None)
    note = part.text_content()
    before, there, after = ("" if cell is None else cell.text_content()).rpartition(note)
    return cell if there and not after.strip() and note_number(note, before) else None


def _place(table: html.HtmlElement, found: PlacedCells, raised: set[html.HtmlElement]) -> list[int]:
    """Place the cells of a table as a browser does, each in the next free column of its row.

    Returns where each row ends.
    """
    ends: list[int] = []
    taken: list[int] = []  # of each column: the first row that no cell from above reaches
    row, column = -1, 0
    for node in table.iter("tr", "td", "th"):
        if node.tag == "tr" or row < 0:
            row, column = row + 1, 0
            ends.append(0)
        if node.tag == "tr":
            if "display:none" in node.get("style", "").replace(" ", "").lower():
                found.hidden_rows.append(row)
            continue
        rows, columns = _span(node, "rowspan", TALLEST), _span(node, "colspan", WIDEST)
        while column < len(taken) and taken[column] > row:
            column += 1
        last = column + columns
        taken.extend([0] * (last - len(taken)))
        taken[column:last] = [row + rows] * columns
        if len(taken) > MOST_COLUMNS:
            check_extent(row + 1, len(taken), len(taken), found.where)
        if text := _text(node):
            found.add(row, column, text)
        if rows > 1 or columns > 1:
            found.merged.append((row, column, row + rows - 1, last - 1))
        if node in raised:
            found.raised.append((row, column))
        column = last
        while column < len(taken) and taken[column] > row:
            column += 1
        ends[row] = column
    return ends
