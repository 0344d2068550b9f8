"""What a file says by other readers than ours: calamine for workbooks, csv for text.

A figure read from a damaged file is wrong, if silently so, when the cell that it names holds other
digits, or when neither its row nor its column holds its region or its year.
"""

import codecs
import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterator

import pandas as pd
from openpyxl.utils.cell import coordinate_to_tuple

Grid = list[list[object]]
DIGITS = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?|-?\.\d+")
LEAST = 1e-9  # of a figure: that two ways to read it may differ by


def grids(content: bytes) -> dict[str, Grid]:
    """Return the cells of each sheet, by name; of text under ""; none where no reader opens it."""
    from python_calamine import CalamineError, CalamineWorkbook

    if content.startswith((b"PK", bytes.fromhex("d0cf11e0"))):
        try:
            book = CalamineWorkbook.from_object(io.BytesIO(content))
            read = {n: book.get_sheet_by_name(n).to_python(False) for n in book.sheet_names}
        except CalamineError:
            return {}
        return {" ".join(name.split()): rows for name, rows in read.items()}
    if b"<t" in content[:2000].lower():
        return {}  # a page; its merged cells are what a second reader would have to know
    bom = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}.get(content[:2])
    for encoding in [bom] if bom else ["utf-8-sig", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        mark = max(",;\t", key=text.count)
        return {"": [*csv.reader(io.StringIO(text, newline=""), delimiter=mark)]}
    return {}


def _said(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).replace("−", "-")


def _same(value: float, cell: object) -> bool:
    """Whether a figure, in any unit of a power of ten, stands in a cell."""
    if isinstance(cell, int | float):
        seen = [float(cell)]
    else:
        seen = [float(part.replace(",", "")) for part in DIGITS.findall(_said(cell))]
    return any(
        value == other
        or (
            value * other > 0
            and math.isfinite(other)
            and abs(math.remainder(math.log10(value / other), 1)) < LEAST
        )
        for other in seen
    )


def wrong_figures(content: bytes, found: pd.DataFrame, names: dict[str, set[str]]) -> Iterator[str]:
    """Yield a line for each figure that its file does not hold where it is said to stand.

    `names`: those of each region, by code.
    """
    sheets = grids(content)
    for row in found.dropna(subset=["value"]).itertuples():
        grid = sheets.get(row.sheet, sheets.get("") if len(sheets) == 1 else None)
        if grid is None:
            continue
        line, column = coordinate_to_tuple(row.cell)
        line -= 1
        if line >= len(grid) or column > len(grid[line]):
            yield f"{row.cell} is not there"
            continue
        above = [said[column - 1] for said in grid[:line] if column <= len(said)]
        around = [_said(cell) for cell in [*grid[line], *above]]
        if not _same(row.value, grid[line][column - 1]):
            yield f"{row.cell} holds {str(grid[line][column - 1])[:30]}, read is {row.value!r}"
        elif not any(name in text for text in around for name in names[row.region]):
            yield f"{row.cell}: no {row.region} beside or above"
        elif not any(str(row.year) in text for text in around):
            yield f"{row.cell}: no {row.year} beside or above"
