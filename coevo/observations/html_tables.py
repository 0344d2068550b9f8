"""Tables in HTML, as many a statistics office sends them under the name of an old workbook."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

from coevo.errors import StudyError
from coevo.observations.hidden import hidden_remark
from coevo.observations.limits import check_extent
from coevo.observations.sheets import Sheet, Span, Value, grid, within
from coevo.observations.text_tables import decoded

CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
SPACES = re.compile(r"[ \t\r\n\f]+")  # those that HTML takes for one; a fixed space stays
WIDEST, TALLEST = 1000, 65_534  # of a cell, as browsers have it
MOST_NESTED = 50


@dataclass
class _Cell:
    rows: int
    columns: int
    text: list[str] = field(default_factory=list)


@dataclass
class _Table:
    rows: list[list[_Cell]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    open: bool = False  # whether text belongs to the last cell


class _Tables(HTMLParser):
    """Collects the cells of every table, of tables inside tables too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.stack: list[_Table] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("style", "script"):
            self.silent = True
        elif tag == "table":
            if len(self.stack) >= MOST_NESTED:
                raise ValueError(f"tables stand inside tables more than {MOST_NESTED} deep")
            self.tables.append(_Table())
            self.stack.append(self.tables[-1])
        elif not self.stack:
            return
        elif tag == "tr":
            table = self.stack[-1]
            if "display:none" in (said.get("style") or "").replace(" ", "").lower():
                table.hidden.append(len(table.rows))
            table.rows.append([])
            table.open = False
        elif tag in ("td", "th"):
            table = self.stack[-1]
            if not table.rows:
                table.rows.append([])
            rows, columns = _count(said.get("rowspan")), _count(said.get("colspan"))
            table.rows[-1].append(_Cell(min(rows, TALLEST), min(columns, WIDEST)))
            table.open = True
        elif tag == "br":
            self._say("\v")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self.silent = False
        elif not self.stack:
            return
        elif tag in ("td", "th", "tr"):
            self.stack[-1].open = False
        elif tag == "table":
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._say(data)

    def _say(self, text: str) -> None:
        if self.stack and self.stack[-1].open:
            self.stack[-1].rows[-1][-1].text.append(text)


def _count(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[1-9]\d{0,8}", text.strip()) else 1


def html_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return every table of an HTML file that says something as a sheet 表1, 表2, ...

    A cell over several rows or columns is a merged range, its text in the first cell.
    """
    parser = _Tables()
    parser.feed(_text(data, shown))
    parser.close()
    sheets: list[Sheet] = []
    cells = 0
    for table in parser.tables:
        name = f"表{len(sheets) + 1}"
        rows, merged = _placed(table, f"{shown} › {name}", cells)
        if any(value is not None for row in rows for value in row):
            values = grid(rows)
            cells += values.size
            hidden = [row for row in table.hidden if row < len(rows)]
            sheets.append(
                Sheet(
                    shown,
                    name,
                    values,
                    merged=within(merged, *values.shape),
                    remarks=tuple(hidden_remark(hidden, [])),
                )
            )
    if not parser.tables:
        raise StudyError(
            f"{shown}: is a web page without a table; save the table itself, as xlsx or CSV"
        )
    return sheets


def _text(data: bytes, shown: str) -> str:
    """Decode by the charset that the page names, if it is one of ours and true; else as text."""
    named = CHARSET.search(data[:4096])
    encoding = CHARSETS.get(named[1].decode().lower()) if named else None
    if encoding:
        with suppress(UnicodeDecodeError):
            data = data.decode(encoding).encode()
    return decoded(data, shown)


def _placed(table: _Table, where: str, before: int) -> tuple[list[list[Value]], list[Span]]:
    """Place the cells of a table as a browser does: each in the next free column of its row."""
    rows: list[list[Value]] = []
    merged: list[Span] = []
    taken: list[int] = []  # of each column: the first row that no cell from above reaches
    filled = 0
    for number, cells in enumerate(table.rows):
        row: list[Value] = []
        column = 0
        for cell in cells:
            while column < len(taken) and taken[column] > number:
                column += 1
            last = column + cell.columns
            taken.extend([0] * (last - len(taken)))
            taken[column:last] = [number + cell.rows] * cell.columns
            row.extend([None] * (column + 1 - len(row)))
            row[column] = _said(cell)
            filled += 1
            if cell.rows > 1 or cell.columns > 1:
                merged.append(Span(number, column, number + cell.rows - 1, last - 1))
            column = last
            check_extent(number + 1, len(taken), filled, where, before)
        rows.append(row)
    check_extent(len(rows), len(taken), filled, where, before)
    return rows, merged


def _said(cell: _Cell) -> str | None:
    lines = SPACES.sub(" ", "".join(cell.text)).split("\v")
    return "\n".join(line.strip(" ") for line in lines).strip("\n") or None
