"""What a cell says: a figure, a typed missing value, a year, or something we do not know."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from coevo.errors import StudyError
from coevo.observations.sheets import Cell

MISSING_TYPES = ("not_available", "not_applicable", "below_half_unit", "suppressed")
# As the Chinese yearbooks use them: blank for figures unknown or not collected, dots for figures
# below the smallest unit of the table.
MISSING_MARKS = {
    "": "not_available",
    "—": "not_applicable",
    "-": "not_applicable",
    "…": "below_half_unit",
    "...": "below_half_unit",
    "x": "suppressed",
}

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")


@dataclass(frozen=True)
class Figure:
    """A cell read as a figure: its value (NaN if missing), the missing type, the digits shown."""

    value: float
    flag: str
    decimals: int


def figure(cell: Cell, marks: Mapping[str, str]) -> Figure:
    """Return what a number cell says.

    `marks` are a study's own marks for missing, beside `MISSING_MARKS`. Anything else that is not
    a finite number raises `StudyError` with the reason (the caller knows the place).
    """
    known = {**MISSING_MARKS, **marks}
    if cell.text in known and not cell.formula:
        return Figure(math.nan, known[cell.text], 0)
    if cell.formula:
        raise StudyError(
            "holds a formula without a stored value; open the file in Excel or LibreOffice and "
            "save it, or type the figure"
        )
    if isinstance(cell.value, bool) or not NUMBER.fullmatch(cell.text):
        shown = ", ".join(f"'{mark}'" for mark in known if mark)
        raise StudyError(
            f'"{cell.text}" is not a number or a known mark for missing; correct the cell, leave '
            f"it blank, use one of {shown}, or add the mark under missing_marks in the config"
        )
    return Figure(float(cell.text), "", cell.decimals or 0)


def year(cell: Cell) -> int | None:
    """Return the year of a column head (`2015`, `2015年`, `2015 年`), or None if it is not one."""
    match = re.fullmatch(r"((?:19|20)\d\d)(?:\.0)?\s*年?", cell.text)
    return int(match[1]) if match else None
