"""The tables of the report, each with its caption and columns from the phrases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from coevo.report.tables import LAYOUT, analysis_tables, data_tables, laid_out
from coevo.report.tables.regression_table import regression, slope_test_rows
from coevo.report.tables.report_table import (
    Body,
    Column,
    ReportTable,
    as_markdown,
    cells,
    readable,
)
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING
from coevo.report.words.report_text import ReportText


class Entry(NamedTuple):
    """A table: what it holds, its kind, what a study must have."""

    held: Callable[[ReportText], Iterable[Any] | Body]
    kind: str = ""
    needs: Sequence[str] = ()


OPENING = ("table_summary", "table_coordination")  # tables that open the workbook
LONGEST = 60  # rows of a table in a document or a LaTeX file
# Tables of the workbook that a report of such a study says otherwise: by the pooled fits, heat map,
# regions one by one, figure of headlines by choice, slopes with their intervals in the text.
SHOWN_BY = {"own": "pooled"} | dict.fromkeys(
    ("coordination", "states", "headlines", "growth_slopes"), "several"
)


def _table(words: ReportText, key: str, body: Body, kind: str) -> ReportTable:
    """A table with the caption that the phrases give it under `tables`, or else its title, and with
    their columns, unless others are given; but for claims by combinations without those that hold
    nothing.
    """
    rows, columns, note, look = body
    if columns is None:
        columns = laid_out(words.phrases["tables"], key, look)
        rows = cells(words, key, rows, look)
    used = [
        i
        for i in range(len(columns))
        if look == "held" or any(row[i] not in ("", NOTHING) for row in rows)
    ]
    columns, rows = [columns[i] for i in used], [[row[i] for i in used] for row in rows]
    phrase = "caption" if "caption" in words.phrases["tables"][key] else "title"
    caption = words.say(f"tables/{key}/{phrase}")
    return ReportTable(key, caption, [Column(*column) for column in columns], rows, kind, note)


def printed_tables(
    words: ReportText, provenance: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """What the template prints: `printed(key)`, "" for a table that the study lacks, those of the
    annex, `annexed`, what these are, `filed`, those of the workbook alone, and for phrases
    `at(*ids)`, a note that refers to figures and to those tables that the study has.
    """
    every = report_tables(words)
    here = [table for table in every if SHOWN_BY.get(table.key) not in words.study.has]
    main = {table.key: table for table in here if table.key in MAIN}
    digests = sorted(provenance["files"].items())
    files = [[name, Markdown(f"`{digest}`")] for name, digest in digests]
    main["files"] = _table(words, "files", Body(files), "long")
    annexed = {f"table-{t.key}": t for t in printable(here) if t.key in ANNEX}
    filed = [t for t in every if t.key not in main and f"table-{t.key}" not in annexed]
    there = {f"table-{key}" for key in main} | annexed.keys()

    def at(*ids: str) -> Markdown:
        links = [Markdown(f"[](#{id})") for id in ids if id in there or id.startswith("fig:")]
        return words.grammar.noted("", words.listed(links)) if links else Markdown()

    def printed(key: str) -> Markdown:
        if key not in main or len(main[key].rows) <= LONGEST:
            return as_markdown(main[key]) if key in main else Markdown()
        whole, note = main[key], words.say("annex/shortened", n=len(main[key].rows), shown=LONGEST)
        parts = {"screen": whole, "paper": whole._replace(rows=whole.rows[:LONGEST], note=note)}
        divisions = (f"::::: {kind}\n{as_markdown(part)}\n:::::" for kind, part in parts.items())
        return Markdown("\n\n".join(divisions))

    return {
        "printed": printed,
        "at": at,
        "annexed": [
            words.grammar.noted(words.say(f"tables/{table.key}/title"), Markdown(f"[](#{id})"))
            for id, table in annexed.items()
        ],
        "annex": [as_markdown(table) for table in annexed.values()],
        "filed": [words.say(f"tables/{table.key}/title") for table in filed],
    }


def printable(tables: Iterable[ReportTable]) -> list[ReportTable]:
    """Those tables that are short enough for a page; the others stand in the workbook alone."""
    return [table for table in tables if len(table.rows) <= LONGEST]


@lru_cache(maxsize=8)
def report_tables(words: ReportText) -> list[ReportTable]:
    """Every table: the one that is for files alone, those of the main part, of the annex; one
    without rows is left out.
    """
    study, entries = words.study, FILED | MAIN | ANNEX
    shown = {key: entry for key, entry in entries.items() if set(entry.needs) <= study.has}
    held = {key: _body(entry.held(words)) for key, entry in shown.items()}
    return [_table(words, key, body, shown[key].kind) for key, body in held.items() if body.rows]


def sheet_name(words: ReportText, key: str) -> str:
    """The sheet of the workbook that holds the numbers of a table of the report: under its title,
    but for what only prints them.
    """
    printed_from = LAYOUT["printed_from"].get(key)
    return words.sheet(printed_from) if printed_from else title_of(words, key)


def title_of(words: ReportText, key: str) -> str:
    """The title of a table in plain text, as long as that of a sheet may be."""
    return readable(words.say(f"tables/{key}/title"))[:31]


def _body(held: Iterable[Any] | Body) -> Body:
    return held if isinstance(held, Body) else Body(list(held))


FILED = {"summary": Entry(data_tables.summary)}
MAIN = {
    "verdicts": Entry(data_tables.verdicts, "claims short"),
    "audit": Entry(data_tables.audit_counts),
    "indicators": Entry(data_tables.indicators, "", ["indexed"]),
    "weights": Entry(data_tables.weights, "wide", ["indexed"]),
    "explained": Entry(analysis_tables.explained, "", ["indexed", "several"]),
    "regions": Entry(data_tables.regions, "long wide", ["indexed", "several"]),
    "signs": Entry(analysis_tables.sign_counts, "", ["modelled"]),
    "ecological": Entry(analysis_tables.relations, "", ["modelled"]),
    "equilibria": Entry(analysis_tables.equilibria_rows, "widest decided", ["modelled"]),
    "pairs": Entry(analysis_tables.pair_correlations, "", ["indexed", "several"]),
    "headlines": Entry(data_tables.headlines, "claims"),
    "claims": Entry(data_tables.claims, "claims", ["claims"]),
    "prediction": Entry(data_tables.prediction, "wide decided"),
    "restated": Entry(data_tables.restated, "wide", ["changes"]),
}
ANNEX = {
    "descriptive": Entry(analysis_tables.descriptive, "long"),
    "pattern": Entry(analysis_tables.pattern, "", ["indexed", "several"]),
    "coordination": Entry(analysis_tables.D_by_year, "long averaged", ["indexed"]),
    "growth_slopes": Entry(analysis_tables.growth_slopes, "wide", ["indexed", "several"]),
    "neighbours": Entry(analysis_tables.neighbours_by_year, "", ["indexed", "several"]),
    "coverage_growth": Entry(analysis_tables.coverage_growth_rows, "", ["indexed"]),
    "interaction": Entry(partial(regression, "interaction"), "wide regression", ["pooled"]),
    "own": Entry(partial(regression, "own"), "wide regression", ["modelled"]),
    "general": Entry(partial(regression, "general"), "wide regression", ["pooled"]),
    "slope_tests": Entry(slope_test_rows, "", ["pooled"]),
    "states": Entry(data_tables.states, "long", ["indexed", "several"]),
}
