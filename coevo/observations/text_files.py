"""Tables in files of text: CSV and its relatives, and web pages.

Many a statistics office sends a page under the name of an old workbook. lxml reads it; placing the
cells is ours. `pandas.read_html` repeats a merged figure in every cell that it spans, moves spanned
cells of a short row to the left, and drops last zeros.
"""

import io
import re
import warnings
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
from lxml import etree, html

from coevo.errors import StudyError
from coevo.observations.doubts import CUT, note_number, swallowed
from coevo.observations.sheets import (
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_TABLES,
    PlacedCells,
    Remark,
    Sheet,
    check_count,
    check_extent,
    check_length,
)
from coevo.observations.vocabulary import TYPICAL, WESTERN

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
SAVE_AGAIN = "open it in Excel and save it as xlsx or 'CSV UTF-8'"
DELIMITERS = (",", "\t", ";")
SAMPLE = 200  # lines that tell the delimiter
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
TABBED = re.compile(r"\t[,;]|[,;]\t")
QUOTED = re.compile('"[^"]*"')
INDENTED = re.compile('^ +"', re.MULTILINE)  # most lines: quotation marks stand behind a space
PAIR = re.compile(b"[\x80-\xff]{2}")
LONE = re.compile(b"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
SHARE = 0.05  # of its wide characters that are `TYPICAL` of an encoding, from which a text is in it
# Characters that no table holds; a few of them show that the file is not text at all.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def decoded(data: bytes, shown: str) -> str:
    """Return the text of a file: by its byte-order mark, else UTF-8, else by `_without_mark`.

    Raises `StudyError` for bytes that are none of these, and for control characters.
    """
    encoding = next((BOMS[mark] for mark in BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _without_mark(data, shown) if encoding == "utf-8" else ""
    if not text:
        raise StudyError(f"{shown}: is not a workbook, nor text in a known encoding; {SAVE_AGAIN}")
    if odd := CONTROL.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise StudyError(
            f"{shown}: holds the character U+{ord(odd[0]):04X} in line {line}, which no table "
            f"does; {SAVE_AGAIN}"
        )
    return text


def _without_mark(data: bytes, shown: str) -> str:
    """Return a text that is no UTF-8: in the encoding of `TYPICAL` whose characters it is full of.

    A text in Latin letters has its accents one by one, and no typical characters. Where neither is
    so, it is GB18030 if it can be nothing else; `StudyError` if it may be several, "" if none.
    """
    read = {}
    for encoding in TYPICAL:
        with suppress(UnicodeDecodeError):
            read[encoding] = data.decode(encoding)
    shares = {encoding: _typical(text, TYPICAL[encoding]) for encoding, text in read.items()}
    best = max(shares, key=shares.__getitem__, default="")
    if best and shares[best] >= SHARE:
        return read[best]
    if len(LONE.findall(data)) > len(PAIR.findall(data)):
        return data.decode(WESTERN, errors="replace").replace("\ufffd", "\x80")
    if len(read) > 1:
        raise StudyError(
            f"{shown}: may be text in {', '.join(name.upper() for name in read)}, and nothing in "
            f"it shows which; {SAVE_AGAIN}"
        )
    return read.get("gb18030", "")


def _typical(text: str, characters: str) -> float:
    """Return the share of some characters among the wide ones of a text."""
    wide = [sign for sign in text if ord(sign) > 0x2E80]
    return sum(sign in characters for sign in wide) / max(len(wide), 1)


def text_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the table of a CSV file as one sheet without a name; every value is text or None."""
    text = decoded(data, shown).replace("\r\n", "\n").replace("\r", "\n")
    cut, text = not text.endswith("\n"), text.rstrip("\n")
    delimiter = _delimiter(text)
    rows, width = _extent(text, delimiter)
    check_extent(rows, width, text.count(delimiter) + rows, shown)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # fields would be lost
            frame = pd.read_csv(
                io.StringIO(text),
                sep=delimiter,
                engine="python" if '"' in text else "c",  # C reads "1"2 as 12
                header=None,
                names=range(width),
                index_col=False,
                dtype=object,
                na_filter=False,
                skip_blank_lines=False,
                skipinitialspace=2 * len(INDENTED.findall(text)) > rows,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as problem:
        raise StudyError(
            f"{shown}: is not a table of text ({problem}); look for a quotation mark that is not "
            "closed, or open it in Excel and save it as xlsx"
        ) from None
    values = frame.to_numpy(dtype=object, copy=True)
    ends = np.sum(values != None, axis=1)  # noqa: E711 - of each cell
    if '"' not in text:
        ends = np.array([line.count(delimiter) + 1 for line in text.split("\n")])
    filled = values.astype(bool)
    values[~filled] = None
    if not filled.any():
        return []
    for (row, column), value in np.ndenumerate(values) if len(text) > LONGEST_TEXT else ():
        check_length(value or "", shown, row, column)
    last, right = (int(np.flatnonzero(filled.any(axis=axis))[-1]) + 1 for axis in (1, 0))
    doubts = tuple(swallowed(values, delimiter)) if '"' in text else ()
    sheet = Sheet(shown, "", values[:last, :right], delimiter=delimiter, ends=ends[:last])
    return [replace(sheet, cut=cut and last == len(values), doubts=doubts)]


def _extent(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many lines a text has, and fields the longest of them, quoted ones as one."""
    lines = text.split("\n")
    unquoted = QUOTED.sub("", text).split("\n") if '"' in text else []
    return len(lines), 1 + max(line.count(delimiter) for line in (*lines, *unquoted))


def _delimiter(text: str) -> str:
    """Return what parts the fields: what gives most lines one and the same number of fields.

    Of several, tabs: nobody writes them inside a field, but programs that keep a spreadsheet from
    reading its figures write one beside each comma.
    """
    lines = QUOTED.sub("", text[:200_000]).split("\n")[:SAMPLE]
    if 2 * sum(bool(TABBED.search(line)) for line in lines) > len(lines):
        lines = [line.replace("\t", "") for line in lines]

    def agreement(delimiter: str) -> tuple[int, bool, int]:
        counts = Counter(len(line.split(delimiter)) for line in lines)
        counts.pop(1, None)
        candidates = ((lines, delimiter == "\t", fields) for fields, lines in counts.items())
        return max(candidates, default=(0, False, 0))

    return max(DELIMITERS, key=agreement)


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
        cells = PlacedCells(shown, f"表{len(sheets) + 1}")
        ends = _place(table, cells, raised)
        if sheet := cells.sheet(sum(other.values.size for other in sheets)):
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
        _, _, tag = part.partition("<") if len(part) > MOST_ATTRIBUTES else ("", "", "")
        if len(ATTRIBUTE.findall(DATA.sub("", tag))) > MOST_ATTRIBUTES:
            raise StudyError(
                f"{shown}: has a tag of more than {MOST_ATTRIBUTES:,} attributes, as no web page "
                "does; open it in Excel or LibreOffice and save it as xlsx"
            )


def _span(cell: html.HtmlElement, name: str, most: int) -> int:
    text = cell.get(name)
    return min(int(text), most) if text and re.fullmatch(r"\s*[1-9]\d{0,8}\s*", text) else 1


def _text(cell: html.HtmlElement) -> str:
    lines = SPACES.sub(" ", cell.text_content()).split(LINE)
    return "\n".join(line.strip(" ") for line in lines).strip("\n")


def _raised_in(part: html.HtmlElement) -> html.HtmlElement | None:
    """Return the cell whose text a raised note number ends, or None."""
    cell = next(part.iterancestors("td", "th"), None)
    note = part.text_content()
    before, there, after = ("" if cell is None else cell.text_content()).rpartition(note)
    return cell if there and not after.strip() and note_number(note, before) else None


def _place(table: html.HtmlElement, cells: PlacedCells, raised: set[html.HtmlElement]) -> list[int]:
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
                cells.hidden_rows.append(row)
            continue
        rows, columns = _span(node, "rowspan", TALLEST), _span(node, "colspan", WIDEST)
        while column < len(taken) and taken[column] > row:
            column += 1
        last = column + columns
        taken.extend([0] * (last - len(taken)))
        taken[column:last] = [row + rows] * columns
        if len(taken) > MOST_COLUMNS:
            check_extent(row + 1, len(taken), len(taken), cells.place)
        if text := _text(node):
            cells.add(row, column, text)
        if rows > 1 or columns > 1:
            cells.merged.append((row, column, row + rows - 1, last - 1))
        if node in raised:
            cells.raised.append((row, column))
        column = last
        while column < len(taken) and taken[column] > row:
            column += 1
        ends[row] = column
    return ends
