"""The tables of the report, each with its caption and columns from the phrases."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import compress
from typing import Any

from coevo.report.tables import LAYOUT, regression_table, table_rows
from coevo.report.tables.report_table import (
    Body,
    ReportTable,
    as_markdown,
    columns_and_rows,
    readable,
)
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING
from coevo.report.words.report_text import ReportText

_MODULES = (table_rows, regression_table)
TABLES: dict[str, Callable[[ReportText], Iterable[Any] | Body]] = {
    key: next(getattr(module, key) for module in _MODULES if hasattr(module, key))
    for key in LAYOUT["tables"]
}
LONGEST = 100  # rows of a table in a document or a LaTeX file


def _table(words: ReportText, key: str, body: Body, kind: str) -> ReportTable:
    """A table with the caption that the phrases give it under `tables`, or else its title; but for
    claims by combinations without columns that hold nothing.
    """
    columns, rows = columns_and_rows(words, key, body)
    if body.look != "held":
        used = [any(c not in ("", NOTHING) for c in line) for line in zip(*rows, strict=True)]
        columns, *rows = (list(compress(line, used)) for line in (columns, *rows))
    columns = [c._replace(id=c.id or f"column_{k}") for k, c in enumerate(columns, start=1)]
    phrase = "caption" if "caption" in words.phrases["tables"][key] else "title"
    caption = words.say(f"tables/{key}/{phrase}")
    return ReportTable(key, caption, columns, rows, kind, body.note)


def printed_tables(words: ReportText) -> dict[str, Any]:
    """What the template prints: `printed(key)`, "" for a table that the study lacks, and for
    phrases `at(*ids)`, a note that refers to figures and to those tables that the study has.
    """
    main = {table.key: table for table in documented(words)}

    def at(*ids: str) -> Markdown:
        here = (id for id in ids if id.startswith("fig:") or id.removeprefix("table-") in main)
        links = [Markdown(f"[](#{id})") for id in here]
        return words.grammar.noted("", words.listed(links)) if links else Markdown()

    def printed(key: str) -> Markdown:
        if key not in main or len(main[key].rows) <= LONGEST:
            return as_markdown(main[key]) if key in main else Markdown()
        note = words.say("under/shortened", n=len(main[key].rows), shown=LONGEST)
        whole = main[key]
        parts = {"screen": whole, "paper": whole._replace(rows=whole.rows[:LONGEST], note=note)}
        divisions = (f"::::: {kind}\n{as_markdown(part)}\n:::::" for kind, part in parts.items())
        return Markdown("\n\n".join(divisions))

    return {"printed": printed, "at": at}


def printable(tables: Iterable[ReportTable]) -> list[ReportTable]:
    """Those tables that are short enough for a page; the others stand in the workbook alone."""
    return [table for table in tables if len(table.rows) <= LONGEST]


def documented(words: ReportText) -> list[ReportTable]:
    """The tables that the document shows."""
    known = LAYOUT["tables"]
    return [
        table
        for table in report_tables(words)
        if known[table.key]["place"] != "filed"
        and known[table.key].get("unless") not in words.study.has
    ]


@lru_cache(maxsize=8)
def report_tables(words: ReportText) -> list[ReportTable]:
    """Every table, those that are for files alone as well; one without rows is left out."""
    tables = []
    for key, looks in LAYOUT["tables"].items():
        if set(looks.get("needs", ())) <= words.study.has:
            held = TABLES[key](words)
            body = held if isinstance(held, Body) else Body(list(held))
            tables += [_table(words, key, body, looks.get("kind", ""))] if body.rows else []
    return tables


def sheet_name(words: ReportText, key: str) -> str:
    """The sheet of the workbook that holds the numbers of a table of the report, "" without one."""
    if f"table_{key}" in LAYOUT["sheets"]:
        return title_of(words, key)
    held_in = LAYOUT["held_in"].get(key)
    return words.sheet(held_in) if held_in else ""


def title_of(words: ReportText, key: str) -> str:
    """The title of a table in plain text, as long as that of a sheet may be."""
    return readable(words.say(f"tables/{key}/title"))[:31]
