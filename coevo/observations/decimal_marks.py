"""Which sign parts the decimals of the numbers that a sheet holds as text: a point or a comma.

`1.234,5` and `1.234.567` show that it is the comma, `1,234.5` and `12.5` that it is the point;
`1.234` alone shows nothing, and beside `1,234` neither does `1,23`. Numbers with a decimal comma
are turned into plain ones here, so that nothing after this has to know of them.
"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from coevo.observations.cells import head_year
from coevo.observations.sheets import CellWords, Sheet, cell_text

GROUPS = r"[+-]?[1-9][0-9]{0,2}"
# a number with its thousands parted by points or spaces, and decimals behind a comma
WITH_COMMA = re.compile(
    rf"(?:{GROUPS}(?:([. '’])[0-9]{{3}}(?:\1[0-9]{{3}})*)|[+-]?[0-9]+)(?:,([0-9]+))?(?=[^0-9.,]*\Z)"
)
EITHER = re.compile(rf"{GROUPS}[.,][0-9]{{3}}(?=[^0-9.,]*\Z)")
COMMA = re.compile(
    rf"{GROUPS}(?:\.[0-9]{{3}}){{2,}}(?:,[0-9]+)?(?=[^0-9.,]*\Z)"  # 1.234.567
    rf"|{GROUPS}\.[0-9]{{3}},[0-9]+(?=[^0-9.,]*\Z)"  # 1.234,5
    rf"|{GROUPS}(?:[ '’][0-9]{{3}})+,[0-9]+(?=[^0-9.,]*\Z)"  # 1 234,5
)
LONE_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?=[^0-9.,]*\Z)")  # 12,5; or 1,23 for 1,234
POINT = re.compile(
    rf"{GROUPS}(?:,[0-9]{{2,3}})+\.[0-9]*(?=[^0-9.,]*\Z)"  # 1,234.5
    rf"|{GROUPS}(?:,[0-9]{{2,3}}){{2,}}(?=[^0-9.,]*\Z)"  # 1,234,567
    r"|[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:[ '’][0-9]{3})+)\.[0-9]+(?=[^0-9.,]*\Z)"  # 12.5
)


def plain_numbers(sheet: Sheet, mark: str = "") -> Sheet:
    """Return a sheet whose numbers have a decimal point.

    mark: what the study says that it is, where the sheet does not show it. Where neither does, the
    first number that may be read in two ways is `unclear` in the sheet returned. Where commas part
    the fields, a point is for decimals; where semicolons do, commas are not for thousands alone.
    """
    distinct = [
        (value, text)
        for value in pd.unique(sheet.values.ravel())
        if isinstance(value, str) and ("." in value or "," in value)
        if (text := cell_text(value))[:1] in "+-0123456789"
    ]
    either = [(value, text) for value, text in distinct if EITHER.match(text)]
    rest = [text for _, text in distinct if not EITHER.match(text)]
    point = any(POINT.match(text) for text in rest)
    lone = any(LONE_COMMA.match(text) for text in rest) and not _has_numbers(sheet)
    grouped = sheet.delimiter != ";" and any("," in text for _, text in either)
    comma = any(COMMA.match(text) for text in rest) or (lone and not grouped)
    if (comma and not point) or (mark == "," and comma == point):
        plain = {value: _with_point(text) for value, text in distinct}
        values = [plain.get(v, v) if isinstance(v, str) else v for v in sheet.values.flat]
        made = np.fromiter(values, dtype=object, count=sheet.values.size)
        return replace(sheet, values=made.reshape(sheet.values.shape))
    commas = (sheet.delimiter == ";" or lone) and not point  # are not for thousands alone
    points = sheet.delimiter != "," and (comma or not point)  # nor these for decimals
    doubtful = [pair for pair in either if (points if "." in pair[1] else commas)]
    if not doubtful or mark:
        return sheet
    value, text = doubtful[0]
    row, column = np.argwhere(sheet.values == value)[0]
    return replace(sheet, unclear=CellWords(text, int(row), int(column)))


def _has_numbers(sheet: Sheet) -> bool:
    """Whether a sheet holds numbers as such, other than years: then it writes none as text."""
    return any(isinstance(v, float) and head_year(cell_text(v)) is None for v in sheet.values.flat)


def _with_point(text: str) -> str:
    """Return a number with a decimal comma as a plain one, note marks and signs behind it kept."""
    found = WITH_COMMA.match(text)
    if not found:
        return text
    whole, _, decimals = found[0].partition(",")
    plain = re.sub(r"[. '’]", "", whole) + (f".{decimals}" if decimals else "")
    return plain + text[found.end() :]


def readings(text: str) -> tuple[str, str]:
    """Return what a number of `EITHER` is with a decimal point, and with a decimal comma."""
    bare = EITHER.match(text)
    number = bare[0] if bare else text
    return number.replace(",", ""), _with_point(number)
