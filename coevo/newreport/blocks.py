"""A report is a list of blocks: prose, figures, tables. Every document is made from it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from coevo.newreport.markup import Markdown, escaped, plain_text
from coevo.newreport.numbers import NOTHING, missing

MOST_ROWS = 100  # of a table in a document; a longer one is cut there and stands in the workbook
WHOLE = 640  # pixels of a chart as wide as the page
GAP = 2  # per cent of the width left free beside each of several panels
_REFERENCE = re.compile(r"\[\]\(#((?:fig|tab)-[\w-]+)\)")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    head
        What stands over it, as Markdown.
    fields
        Columns of the rows that a cell is made of, often one.
    show
        Makes the text of a cell of the values of these fields; without it the value stands as it
        is.
    width
        Relative width; numbers are set to the right if `right`.
    excel
        Format of its number in a workbook.
    """

    head: str
    fields: tuple[str, ...]
    show: Callable[..., str] | None = None
    width: int = 10
    right: bool = False
    excel: str = ""

    def text(self, row: Mapping[str, Any]) -> Markdown:
        """Return the cell of a row as Markdown; a dash where nothing is known."""
        values = [row[name] for name in self.fields]
        if self.show is None:
            return escaped(values[0]) if not missing(values[0]) else Markdown(NOTHING)
        return escaped(self.show(*values))


@dataclass(frozen=True)
class Table:
    """A table: raw numbers, and how each column is printed.

    key: names it in references (`tab-<key>`) and files; kind: classes for its layout (`wide`,
    `long`, `regression`, `claims`), separated by spaces; note: Markdown below it.
    """

    key: str
    title: str
    rows: pd.DataFrame
    columns: Sequence[Column]
    note: str = ""
    kind: str = ""

    def cells(self, most: int | None = None) -> list[list[Markdown]]:
        """Return the cells as Markdown, row by row, of the first `most` rows."""
        records = self.rows.head(most or len(self.rows)).to_dict("records")
        return [[column.text(row) for column in self.columns] for row in records]

    def empty(self, column: Column) -> bool:
        """Return whether a column has nothing to print in any row."""
        cells = self.rows[list(column.fields)].map(lambda value: missing(value) or value == "")
        return bool(cells.all(axis=None))

    def raw(self) -> pd.DataFrame:
        """Return the numbers behind the printed columns, once each, for other programs."""
        names = dict.fromkeys(name for column in self.columns for name in column.fields)
        return self.rows[list(names)]


@dataclass(frozen=True)
class Figure:
    """A figure of one or two panels.

    panels: specifications of Vega-Lite by the name of their files; title: what it shows, as a noun
    phrase; note: what is drawn how.
    """

    key: str
    title: str
    panels: Mapping[str, dict[str, Any]]
    note: str = ""


@dataclass(frozen=True)
class Prose:
    """Paragraphs, lists and headings as pandoc's Markdown; `[](#fig-x)` refers to a figure,
    `[](#tab-x)` to a table.
    """

    text: str


Block = Prose | Figure | Table


@dataclass(frozen=True)
class Report:
    """The blocks of a report in one language, in their order.

    labels: how the language writes the label of a figure and of a table, such as `Figure {}`; meta:
    title, language and the words of the frame, by the names that the templates use; facts: what the
    sentences say, by section.
    """

    language: str
    blocks: Sequence[Block]
    labels: Mapping[str, str]
    meta: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tables(self) -> list[Table]:
        """The tables in the order in which they stand."""
        return [block for block in self.blocks if isinstance(block, Table)]

    @property
    def figures(self) -> list[Figure]:
        """The figures in the order in which they stand."""
        return [block for block in self.blocks if isinstance(block, Figure)]

    def numbers(self) -> dict[str, str]:
        """Return the label of each figure and table by identifier: `fig-tiles` -> `Figure 2`."""
        kinds: dict[str, Sequence[Figure | Table]] = {"fig": self.figures, "tab": self.tables}
        return {
            f"{kind}-{block.key}": self.labels[kind].format(place)
            for kind, blocks in kinds.items()
            for place, block in enumerate(blocks, start=1)
        }

    def markdown(self) -> str:
        """Return the whole report as Markdown, references resolved to their numbers."""
        numbers = self.numbers()
        text = "\n\n".join(_markdown(_captioned(block, numbers)) for block in self.blocks)
        return _REFERENCE.sub(lambda found: f"[{numbers[found[1]]}](#{found[1]})", text)


def _captioned(block: Block, numbers: Mapping[str, str]) -> Block:
    """Return a figure or table whose title opens with its label, and ends where a note follows."""
    if isinstance(block, Prose):
        return block
    label = numbers[f"{'fig' if isinstance(block, Figure) else 'tab'}-{block.key}"]
    mark, stop = (f"**{label}.** ", ". ") if label.isascii() else (f"**{label}**\u2002", "。")
    ends = isinstance(block, Figure) and block.note
    return replace(block, title=mark + block.title + (stop if ends else ""))


def _markdown(block: Block) -> str:
    if isinstance(block, Prose):
        return block.text
    if isinstance(block, Table):
        return table_markdown(block)
    alt = _attribute(plain_text(f"{block.title}{block.note}"))
    width = _width(*block.panels.values())
    images = (f'![](figures/{name}.svg){{alt="{alt}" width={width}%}}' for name in block.panels)
    caption = f"{block.title}[{block.note}]{{.note}}" if block.note else block.title
    panels = "\n\n".join(images)
    return f"::: {{.figure #fig-{block.key}}}\n{panels}\n\n{caption}\n:::"


def _width(*panels: Mapping[str, Any]) -> int:
    """Return the width of each panel in print as per cent of that of the page."""
    if len(panels) > 1:
        return 100 // len(panels) - GAP
    pixels: float = panels[0]["usermeta"]["paper"]["width"]
    return min(100, round(100 * pixels / WHOLE))


def _attribute(text: str) -> str:
    """Text between the quotation marks of an attribute."""
    plain = re.sub(r"[*$]|\[([^\]]*)\]\{[^}]*\}", r"\1", text)
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def table_markdown(table: Table, most: int | None = MOST_ROWS) -> str:
    """Return a table in a division of its kinds, with its caption and note."""
    classes = " ".join([f"#tab-{table.key}", ".table", *(f".{k}" for k in table.kind.split())])
    note = f"\n\n::: note\n{table.note}\n:::" if table.note else ""
    return f":::: {{{classes}}}\n{pipe_table(table, most)}{note}\n::::"


def pipe_table(table: Table, most: int | None = MOST_ROWS, identifier: str = "") -> str:
    """Return columns, rows and caption as a pipe table, whose dashes give relative widths."""
    rules = ["-" * c.width + ":" if c.right else ":" + "-" * c.width for c in table.columns]
    heads: list[str] = [c.head for c in table.columns]
    body: list[Sequence[str]] = [heads, rules, *table.cells(most)]
    lines = ["| " + " | ".join(row) + " |" for row in body]
    mark = f" {{#{identifier}}}" if identifier else ""
    return "\n".join([*lines, "", f": {table.title}{mark}"])


def split(text: str, blocks: Mapping[str, Figure | Table]) -> Iterator[Block]:
    """Yield a text as blocks: a line that holds the mark of a figure or table stands for it."""
    parts = re.split(r"^<<(\w[\w-]*)>>$", text, flags=re.MULTILINE)
    for place, part in enumerate(parts):
        if place % 2:
            yield blocks[part]
        elif part.strip():
            yield Prose(part.strip())
