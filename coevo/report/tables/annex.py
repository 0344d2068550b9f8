"""The tables of the report, each with its caption and columns from the phrases."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from coevo.report.tables import data_tables, index_tables, model_tables, regional_tables
from coevo.report.tables import regression_table as regressions
from coevo.report.tables.report_table import Column, ReportTable, as_markdown, readable
from coevo.report.tables.summary_table import summary_columns, summary_rows
from coevo.report.words import prediction_words, release_words, theory_words
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING


class Entry(NamedTuple):
    """A table: its rows, its kind, what a study must have, columns and a note of its own."""

    rows: Callable[[Words], Rows]
    kind: str = ""
    needs: Sequence[str] = ()
    columns: Callable[[Words], list[Any]] | None = None
    note: Callable[[Words], str] | None = None


LEADING = ("summary", "coordination")  # open the workbook
LONGEST = 60  # rows of a table in a document; a longer one stands in the files alone
RATIO = 3  # place of the first column of ratios to what was observed, among those of equilibria


def _table(
    words: Words, key: str, rows: Rows, kind: str = "", columns: Sequence[Any] | None = None,
    note: str = "",
) -> ReportTable:  # fmt: skip
    """A table with the caption that the phrases give it under `tables`, and with their columns,
    those left out that hold nothing, unless others are given.
    """
    caption = words.say(f"tables/{key}/caption")
    if columns is None:
        columns, rows = without_empty_columns(words.phrases["tables"][key]["columns"], rows)
    return ReportTable(key, caption, [Column(*column) for column in columns], rows, kind, note)


def without_empty_columns(columns: Sequence[Any], lines: Rows) -> tuple[list[Any], Rows]:
    """Columns and rows without the columns that hold nothing in any row."""
    kept = [i for i in range(len(columns)) if any(row[i] not in ("", NOTHING) for row in lines)]
    return [columns[i] for i in kept], [[row[i] for i in kept] for row in lines]


def printed_tables(words: Words, provenance: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What the template prints: `printed(key)`, "" for a table that the study lacks, those of the
    annex, and whether the equilibria are held against what was observed.
    """
    made = {table.key: table for table in main_tables(words)}
    digests = sorted(provenance["files"].items())
    files = [[name, Markdown(f"`{digest}`")] for name, digest in digests]
    made["files"] = _table(words, "files", files, "long")
    ratio = words.phrases["tables"]["equilibria"]["columns"][RATIO][0]
    return {
        "printed": lambda key: as_markdown(made[key]) if key in made else "",
        "ratios": "equilibria" in made and ratio in [c.head for c in made["equilibria"].columns],
        "annex": [
            as_markdown(table)
            for table in annex_tables(words)
            if len(table.rows) <= LONGEST and not (table.key == "own" and words.study.pooled)
        ],
    }


def main_tables(words: Words) -> list[ReportTable]:
    """Tables of the main part in their order; one without rows is left out."""
    return [table for table in report_tables(words) if table.key in MAIN]


def annex_tables(words: Words) -> list[ReportTable]:
    """Tables of the annex in their order; one without rows is left out."""
    return [table for table in report_tables(words) if table.key in ANNEX]


@lru_cache(maxsize=8)
def report_tables(words: Words) -> list[ReportTable]:
    """Every table: the one that is for files alone, those of the main part, of the annex."""
    return _made(words, FILED | MAIN | ANNEX)


def sheet_name(words: Words, key: str) -> str:
    """The sheet of the workbook that holds a table of the report: leading ones by their title."""
    if key in LEADING:
        return readable(words.say(f"tables/{key}/title"))
    return f"{words.phrases['page']['word-table']} {key}"


def _made(words: Words, entries: Mapping[str, Entry]) -> list[ReportTable]:
    study = words.study
    met = {"claims", "changes"} & set(study.tables)
    met |= {need for need in ("indexed", "pair", "pooled") if getattr(study, need)}
    met |= set() if study.single else {"regions"}
    met |= set() if study.pooled else {"alone"}
    asked = {key: entry for key, entry in entries.items() if set(entry.needs) <= met}
    rows = {key: entry.rows(words) for key, entry in asked.items()}
    return [
        _table(
            words, key, rows[key], entry.kind, entry.columns and entry.columns(words),
            entry.note(words) if entry.note else "",
        )
        for key, entry in asked.items()
        if rows[key]
    ]  # fmt: skip


def _state_columns(words: Words) -> list[Any]:
    """One column per subsystem, however many there are."""
    head, *rest = words.phrases["tables"]["states"]["columns"]
    labels = map(words.study.label, words.study.subsystems)
    indices = [[words.grammar.series(["U", label], "clause"), "r", 10] for label in labels]
    return [head, *indices, *rest]


def _sign_columns(words: Words) -> list[Any]:
    """A column per effects."""
    kind = "effects_pooled" if words.study.pooled else "effects"
    heads = (words.grammar.upper_first(words.word(kind, e)) for e in words.study.effects)
    return [[words.phrases["tables"]["signs"]["case"], "l", 50], *([h, "r", 25] for h in heads)]


def _slope_test_columns(words: Words) -> list[Any]:
    """A column per effects and slope."""
    heads = (
        words.grammar.series([symbol, words.word("effects", e)], "clause")
        for e in words.study.effects
        for symbol in ("b₁", "δ")
    )
    return [*words.phrases["tables"]["slope_tests"]["columns"], *([h, "r", 18] for h in heads)]


def _weight_columns(words: Words) -> list[Any]:
    """Columns of the indicator system; the share between regions is left out for one region."""
    study, entry = words.study, words.phrases["tables"]["weights"]
    between = entry["between"] if study.single else None
    columns = [column for column in entry["columns"] if column[0] != between]
    years = (study.years[0], study.years[-1])
    return columns + [[words.grammar.dated(study.name(study.focus), y), "r", 9] for y in years]


FILED = {"summary": Entry(summary_rows, "", [], summary_columns)}
MAIN = {
    "verdicts": Entry(data_tables.verdict_rows, "claims short"),
    "audit": Entry(data_tables.audit_counts),
    "weights": Entry(data_tables.weight_rows, "wide", ["indexed"], _weight_columns),
    "slope_tests": Entry(model_tables.slope_test_lines, "", ["pooled"], _slope_test_columns),
    "pattern": Entry(
        regional_tables.pattern_rows, "", ["indexed", "regions"], regional_tables.pattern_columns
    ),
    "signs": Entry(model_tables.sign_rows, "", ["pair"], _sign_columns),
    "ecological": Entry(theory_words.relations, "", ["pair"]),
    "equilibria": Entry(model_tables.equilibria_rows, "widest", ["pair"]),
    "pairs": Entry(index_tables.pair_correlations, "", ["indexed", "regions"]),
    "headlines": Entry(data_tables.headline_rows, "claims"),
    "claims": Entry(data_tables.claim_rows, "claims", ["claims"]),
    "prediction": Entry(prediction_words.prediction_rows, "wide"),
    "restated": Entry(release_words.largest_rows, "wide", ["changes"]),
}
ANNEX = {
    "descriptive": Entry(index_tables.descriptive_rows, "long"),
    "coordination": Entry(
        index_tables.D_by_year, "long", ["indexed"], index_tables.year_columns,
        index_tables.weights_note,
    ),
    **{
        key: Entry(
            partial(regressions.rows, key), "wide", needs, partial(regressions.columns, key),
            partial(regressions.note, key),
        )
        for key, needs in regressions.NEEDS.items()
    },
    "variants": Entry(index_tables.variants, "wide", ["indexed"]),
    "states": Entry(data_tables.state_rows, "long", ["indexed", "regions"], _state_columns),
}  # fmt: skip
