"""Cells of result tables in the words of a language, as the report puts them."""

from typing import Any

import pandas as pd

from coevo.report.tables import LAYOUT
from coevo.report.words.amounts import Words
from coevo.schema import column_row


def in_words(table: str, frame: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The table with keys as words and messages as sentences; what has no words stands as it is.

    Codes and numbers stay. The fields of a message go into its sentence: their column is left out.
    """
    rows = {column: column_row(table, str(column)) for column in frame}
    types = {column: row.type if row else "" for column, row in rows.items()}
    fields = [column for column, kind in types.items() if kind == "fields"]
    made: dict[Any, Any] = {}
    for column, kind in types.items():
        if kind == "message":
            made[column] = _messages(frame[[column, fields.pop(0)]], words)
        elif column == "variant" and "varied" in frame:
            chosen = zip(frame["varied"], frame["variant"], strict=True)
            made[column] = [_word(words, varied, key) for varied, key in chosen]
        elif kind == "key":
            known = LAYOUT["kinds"]
            name = known.get(f"{table} {column}") or known.get(str(column), str(column))
            texts = frame[column].fillna("")
            made[column] = texts.map({key: _word(words, name, key) for key in texts.unique()})
        elif kind != "fields":
            made[column] = frame[column]
    return pd.DataFrame(made)


def _messages(columns: pd.DataFrame, words: Words) -> list[str]:
    pairs = columns.fillna("").itertuples(index=False, name=None)
    return [words.message(key, fields) if key else "" for key, fields in pairs]


def _word(words: Words, kind: str, key: str) -> str:
    """A key of a kind in words: an indicator, a subsystem, a unit, flags, a name of the code."""
    study = words.study
    if kind == "unit":
        return study.unit_name(key)
    if kind == "main":  # what was varied in the study's own specification: nothing
        return ""
    if kind == "flag":
        flags = words.phrases["page"]["script"]["trace"]["flags"]
        return words.grammar.comma.join(flags.get(f.split(":")[0], f) for f in key.split(";"))
    label = study.label(key) if key else ""
    return label if label != key else words.word(kind, key)
