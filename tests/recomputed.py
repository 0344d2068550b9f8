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

from coevo.report.tables.workbook_trace import AT_POINT
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


def way(book: Workbook) -> dict[int, dict[str, Any]]:
    """Return the last block of the sheet of D: by year, the values under their heads, those of
    indices by the labels of their subsystems.
    """
    rows = list(book["D step by step"].iter_rows(values_only=True))
    start = next(k for k, row in enumerate(rows) if row[2] == "year")
    heads = [head.removeprefix("U: ") for head in rows[start][3:] if head]
    return {
        int(row[2]): dict(zip(heads, row[3:], strict=False)) for row in rows[start + 1 :] if row[2]
    }


def growth_sheet(book: Workbook) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Return what the sheet of E holds, in either language: fitted E, and by point the numbers of
    the columns of the table theory.
    """
    name = next(name for name in ("E by formulas", "平衡点重算") if name in book.sheetnames)
    rows = list(book[name].iter_rows(values_only=True))
    E = {row[2]: row[3] for row in rows if row[2]}
    first = max(k for k, row in enumerate(rows) if row[2]) + 2
    block = [row[3:] for row in rows[first:] if row[0]]
    numbers = block[-1 - len(AT_POINT) : -1]
    points = [dict(zip(AT_POINT, point, strict=True)) for point in zip(*numbers, strict=True)]
    return E, [point for point in points if point["x1"] is not None]
