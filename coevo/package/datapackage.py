"""What every table of a deposit is, as programs read it: a data package of Frictionless Data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from coevo.files import read_table, sha256_of
from coevo.schema import TEXTS, SchemaRow, column_row, table_row

# type in `tables.csv` -> that of a field; other text is a string
FIELDS = {"whole": "integer", "number": "number", "flag": "boolean", "fields": "object"}
FLAGS = {"trueValues": ["True"], "falseValues": ["False"]}
TELLING = (TEXTS - {"message", "fields"}) | {"whole"}  # types of columns that tell rows apart
BESIDE = "name"  # of a region, whose code stands before it


def resource(table: str, folder: Path, path: str) -> dict[str, Any]:
    """Return what a table is: its file, and each column with type, unit and words.

    table: its name in `tables.csv`; path: of its file in the folder. `rows` counts them.
    """
    file = folder / path
    frame = read_table(file, table)
    rows = {column: column_row(table, column) for column in frame}
    fields = [_field(column, row) for column, row in rows.items()]
    telling = [c for c, row in rows.items() if row and row.type in TELLING and c != BESIDE]
    key = key_columns(frame, telling)
    return {
        "name": table,
        "path": path,
        "profile": "tabular-data-resource",
        "title": table_row(table).words["en"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256_of(file)}",
        "rows": len(frame),
        "schema": {"fields": fields, "missingValues": [""]} | ({"primaryKey": key} if key else {}),
    }


def _field(column: str, row: SchemaRow | None) -> dict[str, Any]:
    if row is None:
        return {"name": column, "type": "string"}
    kind = FIELDS.get(row.type, "string")
    found = {"name": column, "type": kind, "title": row.words["en"], "unit": row.unit}
    found["description"] = "" if "{" in row.note else row.note
    known = {word: text for word, text in found.items() if text}
    return known | (FLAGS if kind == "boolean" else {})


def key_columns(frame: pd.DataFrame, telling: Sequence[str]) -> list[str]:
    """Return the first of the columns that together tell all rows apart, none where they do not;
    without those that vary and tell none apart that the others do not.
    """
    ends = range(1, len(telling) + 1 if len(frame) else 1)
    key = next((list(telling[:end]) for end in ends if _apart(frame, telling[:end])), [])
    for column in key[::-1]:
        others = [other for other in key if other != column]
        if others and frame[column].nunique() > 1 and _apart(frame, others):
            key = others
    blank = (frame[key].isna() | (frame[key] == "")).all(axis=1)
    return [] if blank.any() else key


def _apart(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    return not frame.duplicated(list(columns)).any()


def person(author: Mapping[str, str]) -> str:
    """Return the name of an author of CITATION.cff, "" of one without."""
    parts = (author.get("given-names"), author.get("family-names"))
    return author.get("name") or " ".join(filter(None, parts))


def descriptor(
    name: str, title: str, cited: Mapping[str, Any], sources: Sequence[str],
    resources: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """Return the data package: who made it, under which licence, from which sources, and tables.

    cited: what the study's CITATION.cff says.
    """
    return {
        "profile": "tabular-data-package",
        "name": name.lower(),
        "title": title,
        "contributors": [{"title": person(one), "role": "author"} for one in cited["authors"]],
        "licenses": [{"name": cited["license"]}],
        "sources": [{"title": source} for source in dict.fromkeys(sources)],
        "resources": list(resources),
    }
