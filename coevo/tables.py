"""The tables of a study for readers: one workbook with every table, and a CSV of each for Excel."""

import io
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from coevo.files import write_bytes, write_table

# name of the table (and of its file under data/processed) -> what it holds, with units
TABLES = {
    "observations": "Figures as read, in the unit of the indicator table; with file, sheet, cell",
    "audit": "What in the figures does not fit together; printed and computed in `unit`",
    "revisions": "Figures restated between vintages",
    "panel": "Figures by region, year and indicator; filled gaps and missing figures are flagged",
    "goalposts": "Minimum and maximum of each indicator, in its unit",
    "normalised": "Normalised indicators z, without unit",
    "weights": "Weights within each subsystem, by method; entropy e; without unit",
    "coupling": "Composite indices U, C, T, D (0 to 1), grade, stage, relative development",
    "obstacles": "Share of each indicator in what keeps a region from the top, 0 to 1",
    "comovement": "Correlations of the two indices, of D with size, and random pairings",
    "robustness": "D under other choices, against the main specification",
    "growth_split": "What each indicator adds to ln(D / D of the year before), region by region",
    "diagnostics": "Guards: weights, correlations, removal of indicators, limits and flags",
    "multiverse": "D under every combination of choices, the main one first",
    "sensitivity": "Share of the variance of D over the combinations that each choice drives",
    "uncertainty": "Range of D and of ranks under draws of weights and of figures, 5 to 95 %",
    "grade_shares": "Share of the draws that gives each grade",
    "parameters": "Parameters of the two-population model; rates per year; original units for one "
    "region, scaled units for pooled fits",
    "equilibria": "Equilibria in the units of the two outputs, with their sets",
    "relations": "What fits rest on and what they say together: diagnostics, relation, feedback",
    "specifications": "Interaction and E under other estimators, roles, pairs, vintages and years; "
    "b1, d per unit of first-year output",
    "claims": "Statements of the paper and what follows",
    "changes": "What differs from the latest release; figures in the unit of their indicator",
}


def tables_of(config: Mapping[str, Any]) -> list[str]:
    """Return the tables that a study has by its configuration, `changes` aside, in order.

    `changes` compares a study with a release of it, and so is no part of its state.
    """
    optional = {
        "parameters": config["interaction"],
        "equilibria": config["interaction"],
        "relations": config["interaction"],
        "specifications": config["interaction"],
        "claims": config["claims"],
        "changes": None,
    }
    return [name for name in TABLES if optional.get(name, True)]


def describe(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the table of contents: table, rows, what it holds."""
    rows = [(name, len(tables[name]), text) for name, text in TABLES.items() if name in tables]
    return pd.DataFrame(rows, columns=["table", "rows", "contents"])


def workbook(tables: Mapping[str, pd.DataFrame], study: str) -> bytes:
    """Return an xlsx workbook: contents, then one sheet per table, in the order of `TABLES`.

    Text is written as text, whatever it begins with; missing numbers are empty cells. The same
    tables give the same bytes.
    """
    import xlsxwriter

    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": f"coevo: {study}", "created": datetime(2000, 1, 1)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    note = book.add_format({"italic": True, "font_color": "#5b626a"})
    contents = describe(tables)
    _sheet(book, "contents", f"Tables of the study {study}", contents, head, note)
    for name in contents["table"]:
        _sheet(book, name, TABLES[name], tables[name], head, note)
    book.close()
    return memory.getvalue()


def _sheet(book, name: str, text: str, frame: pd.DataFrame, head, note) -> None:
    """Write what the table holds, its head, its rows; freeze the head and offer filters."""
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, text, note)
    for column, title in enumerate(frame.columns):
        sheet.write_string(2, column, str(title), head)
        values = frame[frame.columns[column]].astype(object).where(frame[title].notna(), None)
        for row, value in enumerate(values, start=3):
            if value is None or value == "":
                continue
            if isinstance(value, str) or not math.isfinite(value):  # a workbook has no infinity
                sheet.write_string(row, column, str(value))
            else:
                sheet.write_number(row, column, value)
        widest = max([len(str(title)), *(len(str(value)) for value in values[:200])], default=8)
        sheet.set_column(column, column, min(max(widest + 1, 8), 60))
    sheet.freeze_panes(3, 0)
    if len(frame.columns):
        sheet.autofilter(2, 0, 2 + max(len(frame), 1), len(frame.columns) - 1)


def export(tables: Mapping[str, pd.DataFrame], study: str, book: str, folder: str) -> None:
    """Write the workbook to `book` and each table as CSV with a byte-order mark into `folder`."""
    write_bytes(workbook(tables, study), book)
    for name in describe(tables)["table"]:
        write_table(as_text(tables[name]), Path(folder) / f"{name}.csv", mark=True)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before text that Excel would take for a formula."""
    out = frame.copy()
    for column in out.columns[[isinstance(kind, pd.StringDtype) for kind in out.dtypes]]:
        risky = out[column].str.match(r"[=+\-@\t\r]").fillna(False)
        out[column] = out[column].mask(risky, "'" + out[column])
    return out
