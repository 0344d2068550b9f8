"""A table of the report, made once: typed columns and rows, from which every format comes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from coevo.report.tables import LAYOUT
from coevo.report.words.markup import Markdown, escaped, plain_text
from coevo.report.words.numbers import NOTHING, Number, missing
from coevo.report.words.report_text import ReportText, Rows

_MATH = re.compile(r"(?<!\\)\$([^$]+)\$")
_SPAN = re.compile(r"(?<!\\)\[([^\]\n]+)\](?:\{[^}\n]*\}|\([^)\n]*\))")  # spans and links
_MARKS = re.compile(r"(?<!\\)[*`]+")


class Column(NamedTuple):
    """A column: its head, alignment (`l` or `r`), relative width.

    id: its name for programs; shown: the format of its numbers, "" by each number.
    """

    head: str
    align: str = "l"
    width: int = 10
    id: str = ""
    shown: str = ""


class ReportTable(NamedTuple):
    """Columns and rows of cells; text is escaped unless it is Markdown, a `Number` has its value.

    key: by which phrases and readers name the table; kind: classes for the layout, separated by
    spaces; note: below it.
    """

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    kind: str = ""
    note: str = ""


class Body(NamedTuple):
    """What a study puts into a table: rows of cells, or what the columns of the layout look at,
    heads of its columns (those of the phrases where there are none), and a note.

    look: by which name phrases and layout have the columns; ids: their names for programs.
    """

    rows: Sequence[Any]
    heads: Sequence[str] | None = None
    note: str = ""
    look: str = "columns"
    ids: Sequence[str] = ()


def columns_and_rows(words: ReportText, key: str, body: Body) -> tuple[list[Column], Rows]:
    """The columns of a table by its layout, and its cells: those of a row, or what the expressions
    of the columns say of it, with the words of a phrase.
    """
    layout = LAYOUT[body.look][key]
    heads = words.phrases["tables"][key][body.look] if body.heads is None else body.heads
    more = len(heads) - len(layout)
    looks = [look[:2] for look in layout for _ in range(1 + more * (len(look) > 3))]
    named = zip(heads, looks, body.ids or [""] * len(heads), strict=True)
    columns = [Column(head, align, width, id) for head, (align, width), id in named]
    said = [(words.jinja.compile_expression(cell or "none"), each) for _, _, cell, *each in layout]

    def told(row: dict[str, Any]) -> Iterator[Any]:
        for say, each in said:
            for it in row[each[0]] if each else [row]:
                cell = say(it=it, **row)
                yield NOTHING if missing(cell) else cell

    return columns, [list(told(row)) if isinstance(row, dict) else row for row in body.rows]


def pipe_table(table: ReportTable, identifier: str = "") -> str:
    """The table in Markdown with its caption, which carries the identifier if there is one."""
    rules = [
        "-" * int(c.width) + ":" if c.align == "r" else ":" + "-" * int(c.width)
        for c in table.columns
    ]
    heads: list[str] = [escaped(column.head) for column in table.columns]
    body: list[list[str]] = [[escaped(cell) for cell in row] for row in table.rows]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, rules, *body)]
    mark = f" {{#{identifier}}}" if identifier else ""
    return "\n".join([*lines, "", f": {table.caption}{mark}"])


def as_markdown(table: ReportTable) -> Markdown:
    """The table in a division `table-<key>` of its kinds, as the report holds it."""
    attributes = " ".join([f"#table-{table.key}", ".table", *(f".{k}" for k in table.kind.split())])
    below = f"\n\n::: source\n{table.note}\n:::" if table.note else ""
    return Markdown(f":::: {{{attributes}}}\n{pipe_table(table)}{below}\n::::")


def as_frame(table: ReportTable) -> pd.DataFrame:
    """The table with a column per id: numbers where every cell is one, else plain text."""
    cells = zip(*(map(in_cell, row) for row in table.rows), strict=True)
    ids = (column.id for column in table.columns)
    return pd.DataFrame({id: _typed(values) for id, values in zip(ids, cells, strict=True)})


def _typed(values: Sequence[Any]) -> pd.Series:
    numbers = any(isinstance(value, int | float) for value in values)
    if numbers and not any(isinstance(value, str) and value for value in values):
        return pd.Series([None if value == "" else value for value in values], dtype=float)
    return pd.Series(list(map(str, values)), dtype=object)


def in_cell(cell: Any) -> str | float:
    """What a cell holds for a program: the number that it prints, or its text without markup."""
    if isinstance(cell, Number):
        return float(cell.value)
    if isinstance(cell, int | float):
        return "" if cell != cell else cell
    if cell is None or cell == NOTHING:
        return ""
    if isinstance(cell, Markdown):
        return readable(cell)
    return cell if isinstance(cell, str) else str(cell)


def readable(text: str) -> str:
    """Markdown without markup, as a reader of the report sees it."""
    text = _SPAN.sub(r"\1", _MATH.sub(lambda math: _symbols(math[1]), text))
    return plain_text(_MARKS.sub("", text))


def _symbols(math: str) -> Markdown:
    """A formula of a cell on one line of plain text."""
    for name, sign in {"times": "×", "sum": "Σ", "delta": "δ", "alpha": "α"}.items():
        math = math.replace(rf"\{name}", sign)
    plain = re.sub(r"[\^_]\{?([\w*-]+)\}?", r"\1", math)
    return escaped(re.sub(r"\\[,;]|\\(\w+)", r"\1", plain))
