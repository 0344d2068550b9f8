"""The tables of a study for readers: one workbook with every table, and a CSV of each for Excel."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from coevo.files import write_bytes, write_text
from coevo.report.tables.results_workbook import workbook_bytes

# Signs, wide ones as well, that open a formula in a spreadsheet; those of tables.js are the same.
FORMULA = tuple("=+-@＝＋－＠\t\r")


def export(
    tables: Mapping[str, pd.DataFrame],
    config: Mapping[str, Any],
    indicators: pd.DataFrame,
    book: str,
    folder: str,
) -> None:
    """Write the workbook to `book` and each table as CSV with a byte-order mark into `folder`.

    `indicators`: the indicator table.
    """
    write_bytes(workbook_bytes(tables, config, indicators), book)
    for name, table in tables.items():
        write_text(for_excel(table), Path(folder) / f"{name}.csv")


def for_excel(frame: pd.DataFrame) -> str:
    """The table as CSV that Excel opens as it stands: a byte-order mark, no text a formula."""
    texts = frame.select_dtypes(["object", "string"])
    safe = frame.assign(**{name: texts[name].map(as_text, na_action="ignore") for name in texts})
    text: str = safe.rename(columns=as_text).to_csv(index=False, lineterminator="\n")
    return "\ufeff" + text


def as_text(value: Any) -> Any:
    """A value of a cell, with an apostrophe before text that Excel would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
