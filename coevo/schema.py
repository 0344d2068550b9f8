"""What every table and column is: its type, its unit, and its words in each language.

All of it stands in `tables.csv`. A row without a column is about the table itself; a row of the
table `*` is about a column that several tables have, which their own rows refer to by leaving
fields empty. A name with `<...>` in it is that of a column per subsystem or per language, of which
a table may have any number. What follows `note` in the head of the file are the languages.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coevo.errors import plain_words

if TYPE_CHECKING:
    from coevo.arrays import Config

FILE = Path(__file__).with_name("tables.csv")
SHARED = "*"
# Types of text: itself, codes with their leading digits, names of a fixed vocabulary, keys of
# messages, JSON. The others are `whole`, `number` and `flag` (True or False).
TEXTS = frozenset({"text", "code", "key", "message", "fields"})
# What has to be there for a table to be built: "" none, a key of the configuration (subsystems for
# what rests on the indices), a release.
# Tables of other kinds are `internal`, `input`, a `sheet` of formulas, or `words` of tables.
CONFIGURED = ("subsystems", "interaction", "claims")
BUILT = ("", *CONFIGURED, "release")
# Marks of figures in the panel: filled between years, across a break of a vintage, spliced.
FILLED, BREAK, SPLICED = "filled", "break", "spliced"
RATIO = "ratio"  # the reference of normalisation that fixes the range
HOLE = re.compile(r"<(\w+)>")


class SchemaRow(NamedTuple):
    """A row of `tables.csv`, with what it takes from the shared row of its column."""

    words: Mapping[str, str]  # language -> text
    table: str
    column: str
    type: str
    unit: str
    kind: str  # of a table
    note: str  # in English, for who reads or writes the file itself


def _read() -> tuple[tuple[str, ...], dict[str, dict[str, SchemaRow]]]:
    """Return the languages, and the rows by table and column in their order."""
    try:
        with FILE.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
    except FileNotFoundError as problem:  # before any program can say so
        sys.exit(plain_words(problem).strip())
    languages = tuple(key for key in lines[0] if key not in SchemaRow._fields)
    shared = {line["column"]: line for line in lines if line["table"] == SHARED}
    tables: dict[str, dict[str, SchemaRow]] = {}
    for line in lines:
        common = shared.get(line["column"], line)
        texts = {key: text or common[key] for key, text in line.items()}
        words = {language: texts.pop(language) for language in languages}
        tables.setdefault(line["table"], {})[line["column"]] = SchemaRow(words=words, **texts)
    return languages, tables


# A language needs phrases as well: CONTRIBUTING.md says what makes a third one.
LANGUAGES, _ROWS = _read()


def table_names(*kinds: str) -> list[str]:
    """Return the tables of some kinds in their order."""
    return [name for name, rows in _ROWS.items() if "" in rows and rows[""].kind in kinds]


def study_tables(config: Config) -> list[str]:
    """Return the tables that a study has by its configuration, `changes` aside, in order.

    `changes` compares a study with a release of it, and so is no part of its state.
    """
    return table_names("", *(key for key in CONFIGURED if config[key]))


def study_reports(config: Config) -> list[str]:
    """Return what stands in a study's folder of reports, files and folders: `report.en.html`, …"""
    languages, formats = config["report"]["languages"], config["report"]["formats"]
    reports = [f"report.{language}.{kind}" for language in languages for kind in formats]
    books = [f"results.{language}.xlsx" for language in languages]
    return [*reports, *books, "tables", "latex", "stata", "numbers.json"]


def table_row(table: str) -> SchemaRow:
    """Return what a table holds; raises `KeyError` for a table that is not in the file."""
    return _ROWS[table][""]


def column_rows(table: str) -> dict[str, SchemaRow]:
    """Return the columns of a table in their order."""
    return {column: row for column, row in _ROWS[table].items() if column}


def column_row(table: str, column: str) -> SchemaRow | None:
    """Return what a column holds: of the table, else of several; None if no row says it."""
    for rows in (_ROWS[table], _ROWS[SHARED]):
        fitting = (row for pattern, row in rows.items() if filling(pattern, column))
        match = rows.get(column) or next(fitting, None)
        if match:
            return match
    return None


def filling(pattern: str, column: str) -> str | None:
    """Return what stands for `<...>` in the name of a column; None where the name does not fit."""
    hole = HOLE.search(pattern)
    match = hole and re.fullmatch(HOLE.sub("(.+)", re.escape(pattern)), column)
    if not hole or not match or (hole[1] == "language" and match[1] not in LANGUAGES):
        return None
    return match[1]


def check_columns(table: str, columns: Iterable[str]) -> None:
    """Raise `ValueError` unless these are the columns of the table in their order."""
    rows = [(column, column_row(table, column)) for column in columns]
    names = [row.column if row and row.table == table else column for column, row in rows]
    wanted = [column for column in column_rows(table) if column in names or not HOLE.search(column)]
    if list(dict.fromkeys(names)) != wanted:
        raise ValueError(f"{table}: columns {names}, but {FILE.name} has {wanted}")
