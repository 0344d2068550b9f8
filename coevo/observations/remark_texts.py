"""Remarks in English, until the phrases of the report put their keys into words."""

from collections.abc import Callable, Mapping


def _hidden_cells(rows: list[str], columns: list[str], more_rows: int, more_columns: int) -> str:
    said = [
        f"{name} {', '.join(runs)}{' and more' if more else ''}"
        for name, runs, more in (("rows", rows, more_rows), ("columns", columns, more_columns))
        if runs
    ]
    return f"hidden in the file and read like the others: {' and '.join(said)}"


def _computed_elsewhere(cell: str, others: int) -> str:
    more = f" and {others} more" if others else ""
    return f"computed from another workbook: {cell}{more}; read as stored here"


SENTENCES: dict[str, str | Callable[..., str]] = {
    "column_not_read": "column '{name}' is not read: {figures} figures",
    "computed_elsewhere": _computed_elsewhere,
    "equal_elsewhere": "{figures} figures stand in {place} too and are equal; they count once",
    "equal_in_table": (
        "{figures} figures stand in the same table too and are equal; they count once"
    ),
    "hidden_cells": _hidden_cells,
    "hidden_sheets": "the workbook has hidden sheets, which are not read: {sheets}",
    "no_single_region": "'{name}' is no single region and is not read: {figures} figures",
    "no_table": "the sheet holds no table of figures and is not read",
    "note": "{text}",
    "note_marks": "{figures} figures carry a note mark; the first stands in {cell}",
    "variant_name": "'{name}' is read as {read_as}",
}


def remark_text(message: str, fields: Mapping[str, object]) -> str:
    """Return the English sentence of a remark; lists in `fields` are written with commas."""
    sentence = SENTENCES[message]
    if callable(sentence):
        return sentence(**fields)
    said = {name: ", ".join(v) if isinstance(v, list) else v for name, v in fields.items()}
    return sentence.format(**said)
