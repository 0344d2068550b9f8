"""The tables of a study for readers: one workbook with every table, and a CSV of each for Excel."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from coevo.files import write_bytes, write_table
from coevo.tables.names import CHINESE, TABLES, describe, tables_of
from coevo.tables.workbook import workbook


def export(
    tables: Mapping[str, pd.DataFrame],
    config: Mapping[str, Any],
    indicators: pd.DataFrame,
    columns: pd.DataFrame,
    book: str,
    folder: str,
) -> None:
    """Write the workbook to `book` and each table as CSV with a byte-order mark into `folder`.

    `indicators`: the indicator table; `columns`: words of the columns (coevo/columns.csv).
    """
    write_bytes(workbook(tables, config, indicators, columns), book)
    for name in describe(tables)["table"]:
        write_table(as_text(tables[name]), Path(folder) / f"{name}.csv", mark=True)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before text that Excel would take for a formula."""
    out = frame.copy()
    for column in out.columns[[isinstance(kind, pd.StringDtype) for kind in out.dtypes]]:
        risky = out[column].str.match(r"[=+\-@\t\r]").fillna(False)
        out[column] = out[column].mask(risky, "'" + out[column])
    return out


__all__ = ["CHINESE", "TABLES", "as_text", "describe", "export", "tables_of", "workbook"]
