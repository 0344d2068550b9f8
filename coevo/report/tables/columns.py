"""What stands over and in the columns of a table: their words with the unit, how numbers are shown,
keys and messages in the words of a language.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.report.findings.study_tables import Words, chart_words, variant_word
from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import Column
from coevo.report.words.nouns import NO_NOUNS, renamed
from coevo.report.words.report_text import ReportText
from coevo.schema import HOLE, column_row, column_rows, filling, table_row

OF_HEADLINES = ("headline", "pair", "system", "variant")
BY_SIZE = "by size"  # figures of every size in one column: each has its own format
SIZES = ((1000.0, "#,##0.0"), (0.001, "0.0000"), (0.0, "0.00E+00"))
NUMBER_FORMATS: dict[str, str] = LAYOUT["numbers"]


def column_of(
    table: str, id: str, labels: Words, language: str, nouns: Mapping[str, str] = NO_NOUNS
) -> Column:
    """Return a column of a table: its words with the unit, or its id where it has none, and the
    format of its numbers.

    labels: of the subsystems, by id and language, as in the configuration; nouns: of the study.
    """
    row, units = column_row(table, id), column_rows("unit")
    if row is None:
        return Column(id, id=id)
    hole = filling(row.column, id) or ""
    named = {name: known.words for name, known in column_rows("language").items()} | dict(labels)
    text = renamed(row.words[language], nouns)
    text = HOLE.sub(lambda _: named.get(hole, {}).get(language, hole), text)
    unit = units[row.unit].words[language] if row.unit in units else ""
    frame = table_row("unit").words[language] if unit else "<column>"
    head = frame.replace("<unit>", unit).replace("<column>", text)
    return Column(head, id=id, shown=NUMBER_FORMATS.get(row.unit, BY_SIZE))


def number_format(shown: str, value: float) -> str:
    """Return the format of a number by its size and whether it is whole; a column without a unit
    has no thousands to part.
    """
    if value == round(value):
        return "#,##0" if shown else "0"
    return next(form for least, form in SIZES if abs(value) >= least)


def in_words(table: str, frame: pd.DataFrame, words: ReportText) -> pd.DataFrame:
    """The table with keys as words and messages as sentences; what has no words stands as it is.

    Codes and numbers stay. The fields of a message go into its sentence: their column is left out.
    """
    rows = {column: column_row(table, str(column)) for column in frame}
    types = {column: row.type if row else "" for column, row in rows.items()}
    fields = [column for column, kind in types.items() if kind == "fields"]
    columns: dict[Any, Any] = {}
    for column, kind in types.items():
        if kind == "message":
            pairs = frame[[column, fields.pop(0)]].fillna("").itertuples(index=False, name=None)
            columns[column] = [words.message(key, of) if key else "" for key, of in pairs]
        elif column in OF_HEADLINES and "headline" in frame:
            columns[column] = _of_headlines(words, frame, str(column))
        elif (table, column) == ("theory", "reason"):
            columns[column] = [
                _without_point(words, *at) for at in zip(frame["scope"], frame[column], strict=True)
            ]
        elif kind == "key" or column in ("scope", "name"):
            known = LAYOUT["kinds"]
            name = known.get(f"{table} {column}") or known.get(str(column), str(column))
            texts = frame[column].fillna("")
            columns[column] = texts.map({key: _word(words, name, key) for key in texts.unique()})
        elif kind != "fields":
            columns[column] = frame[column]
    return pd.DataFrame(columns)


def _without_point(words: ReportText, region: str, keys: str) -> str:
    """Why a region has no theoretical point, as its refusals say it; keys: "" where it has one."""
    refusals = words.study.rows("refusals", scope=region, quantity="theory")
    told = refusals[refusals["message"].isin(str(keys).split())]
    pairs = told[["message", "fields"]].fillna("").itertuples(index=False, name=None)
    return words.grammar.semicolon.join(words.message(key, of) for key, of in pairs)


def _of_headlines(words: ReportText, frame: pd.DataFrame, column: str) -> list[str]:
    """A column on headlines in the words of their chart."""
    study, spoken = words.study, chart_words(words.study, words.phrases)
    if column == "headline":
        focus = study.name(study.focus)
        return [spoken[f"headline_{key}"].format(region=focus) for key in frame[column]]
    if column == "pair":
        pairs = frame[column].fillna("").str.split("~")
        return [" · ".join(map(study.label, filter(None, pair))) for pair in pairs]
    choices = frame["choice"] if column == "variant" else ["system"] * len(frame)
    chosen = zip(choices, frame[column].fillna(""), strict=True)
    return [variant_word(spoken, choice, key) for choice, key in chosen]


def _word(words: ReportText, kind: str, key: str) -> str:
    """A key of a kind in words: an indicator, a subsystem, a unit, flags, a name of the code."""
    study = words.study
    if kind == "unit":
        return study.unit_name(key)
    if kind == "flag":
        flags = words.phrases["page"]["script"]["trace"]["flags"]
        return words.grammar.comma.join(flags.get(f.split(":")[0], f) for f in key.split(";"))
    label = (study.pair_label if kind == "pair" else study.label)(key) if key else ""
    return label if label != key else words.word(kind, key)
