"""A table of the report, made once: as Markdown for page, PDF and Word, and as LaTeX."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from coevo.report.words.markup import Markdown, escaped


class ReportTable(NamedTuple):
    """Heads and rows of cells; text is escaped unless it is Markdown.

    key: by which phrases and readers name the table; columns: of each its head, alignment (`l` or
    `r`) and relative width; kind: classes for the layout, separated by spaces; note: below it.
    """

    key: str
    caption: str
    columns: Sequence[Sequence[Any]]
    rows: Sequence[Sequence[Any]]
    kind: str = ""
    note: str = ""


def pipe_table(table: ReportTable, identifier: str = "") -> str:
    """The table in Markdown with its caption, which carries the identifier if there is one."""
    rules = ["-" * int(w) + ":" if a == "r" else ":" + "-" * int(w) for _, a, w in table.columns]
    heads: list[str] = [escaped(column[0]) for column in table.columns]
    body: list[list[str]] = [[escaped(cell) for cell in row] for row in table.rows]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, rules, *body)]
    mark = f" {{#{identifier}}}" if identifier else ""
    return "\n".join([*lines, "", f": {table.caption}{mark}"])


def as_markdown(table: ReportTable) -> Markdown:
    """The table in a division `table-<key>` of its kinds, as the report holds it."""
    attributes = " ".join([f"#table-{table.key}", ".table", *(f".{k}" for k in table.kind.split())])
    below = f"\n\n{table.note}" if table.note else ""
    return Markdown(f"::: {{{attributes}}}\n{pipe_table(table)}{below}\n:::")
