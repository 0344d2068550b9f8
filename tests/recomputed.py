"""Workbooks computed anew: by LibreOffice, and by a small reader of formulas in Python."""

import io
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from scipy.stats import t

from coevo.schema import column_rows
from tests.programs import needs

needs_calc = needs("localc")  # LibreOffice Calc
FUNCTIONS = {
    "SUM": np.sum, "PRODUCT": np.prod, "COUNT": np.size, "SQRT": np.sqrt, "ABS": np.abs,
    "EXP": np.exp, "LN": np.log, "STDEVP": np.std,
    "MIN": lambda *parts: min(np.min(part) for part in parts),
    "MAX": lambda *parts: max(np.max(part) for part in parts),
    "COLUMNS": lambda part: np.shape(part)[1],
    "SUMPRODUCT": lambda *parts: np.sum(np.prod(np.broadcast_arrays(*parts), axis=0)),
    "IF": lambda condition, yes, no: yes if condition else no,
    "TINV": lambda p, df: t.isf(p / 2, df),
}  # fmt: skip
CELLS = r"(?:'([^']+)'!)?(\$?[A-Z]{1,2}\$?\d+(?::\$?[A-Z]{1,2}\$?\d+)?)"


def opened(data: bytes, *, values: bool = False) -> Workbook:
    """Return a workbook with its formulas, or with the values stored beside them."""
    return load_workbook(io.BytesIO(data), data_only=values)


def computed(book: Workbook, sheet: str, cell: str) -> Any:
    """Return a cell's value from the formulas alone, which are followed to what was written."""

    @cache
    def value(sheet: str, cells: str) -> Any:
        left, top, right, bottom = range_boundaries(cells.replace("$", ""))
        rows = [
            [one(sheet, row, column) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]
        return np.array(rows) if ":" in cells else rows[0][0]

    @cache
    def one(sheet: str, row: int, column: int) -> Any:
        written = book[sheet].cell(row, column)
        if written.data_type != "f":
            return written.value
        text = re.sub(r'(?<![<>"])=(?!")', "==", written.value.removeprefix("=")).replace("^", "**")
        text = re.sub(CELLS, lambda m: f"_({(m[1] or sheet)!r},{m[2]!r})", text)
        text = re.sub(r'\)="', ')=="', text)
        with np.errstate(divide="ignore"):
            return eval(text, {"_": value, **FUNCTIONS})

    return value(sheet, cell)


def by_libreoffice(books: Mapping[str, Workbook], folder: Path) -> dict[str, Workbook]:
    """Return workbooks by name after LibreOffice computed them; they are stored without values."""
    for name, book in books.items():
        book.save(folder / f"{name}.xlsx")
    made = folder / "made"
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        + ["--convert-to", "xlsx", "--outdir", str(made)]
        + [str(folder / f"{name}.xlsx") for name in books],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return {name: load_workbook(made / f"{name}.xlsx", data_only=True) for name in books}


def degrees_by_year(book: Workbook) -> dict[int, dict[str, Any]]:
    """Return the sheet of D: by year, U by the label of its subsystem, C, T, D, D as its table has
    it, and the difference.
    """
    heads, *rows = book["D step by step"].iter_rows(values_only=True)
    labels = [head.removeprefix("U: ").removesuffix(" (0 to 1)") for head in heads[1:-5]]
    names = [*labels, "C", "T", "D", "stored", "difference"]
    return {int(year): dict(zip(names, row, strict=True)) for year, *row in rows}


def theory_rows(book: Workbook) -> list[dict[str, Any]]:
    """Return the rows of the sheet of theory and fit, in either language, by their columns."""
    names = ("theory and fit by region", "理论与拟合（分地区）")
    sheet = next(book[name] for name in names if name in book.sheetnames)
    columns = list(column_rows("theory_formulas"))
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    return [dict(zip(columns, row, strict=True)) for row in rows]
