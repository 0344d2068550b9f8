"""What a cell says: a figure, a typed missing value, a year, or something we do not know.

Which sign parts the decimals of the numbers that a sheet holds as text: `1.234,5` and `1.234.567`
show that it is the comma, `1,234.5` and `12.5` that it is the point; `1.234` alone shows nothing,
and beside `1,234` neither does `1,23`. Numbers with a decimal comma are turned into plain ones
here, so that nothing else has to know of them.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Places
from coevo.errors import StudyError, short
from coevo.observations.sheets import CellValue, CellWords, Fault, NumberStyle, Sheet, cell_text
from coevo.observations.vocabulary import ERAS, MISSING_MARKS, PUBLISHERS_MARKS

NOT_APPLICABLE = "not_applicable"  # a figure that cannot be
BELOW_HALF_UNIT = "below_half_unit"
MISSING_TYPES = ("not_available", NOT_APPLICABLE, BELOW_HALF_UNIT, "suppressed")
FLAGS = ("", "noted", *MISSING_TYPES)
# In which unit a figure is stored, whatever the table says: "" as the table says; a percentage of
# a workbook is stored as a ratio; text carries its own sign.
FORMS = ("", "ratio", "%", "‰")

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]{1,2}))?")
# 1,234.5 and 1 234.5; 1'234 of Switzerland; 12,34,567 of India
THOUSANDS = re.compile(
    r"[+-]?(?:[1-9][0-9]{0,2}([, '’])[0-9]{3}(?:\1[0-9]{3})*|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})"
    r"(?:\.[0-9]*)?"
)
PARTING = re.compile("[, '’]")  # of thousands
CODE = re.compile(r"0[0-9]")  # 06000, which no figure is
# Read from the end of the text, so that a long run of stars costs one look at each.
NOTE_MARKS = re.compile(
    r"(?:(?:[\u2460-\u2473\u24ea\u2776-\u277f*†‡#¹²³\u2070\u2074-\u2079]"
    r"|\)[0-9]{1,2}\(|\][0-9]{1,2}\[|\][0-9 ,]{1,9} s?eto[nN]\[|/[0-9](?=\s))\s*)+"
)
# Flags of Eurostat behind a figure or a colon, in the order of the alphabet: 12.5 bp
FLAGGED = re.compile(r"(\S+) (b?c?d?e?f?i?n?p?r?s?u?z?(?:@[A-Z])?)")
CONFIDENTIAL = "c"
# 2015 年, 2015年度, 2015 [YR2015], and X2015 of R
YEAR = re.compile(r"(?:X|YR)?((?:19|20)[0-9]{2})\s*(?:年度?|년도?|\[YR[0-9]{4}\])?")
# 2021R, 2022p, 2022 (e): revised, provisional, estimated
MARKED_YEAR = re.compile(r"((?:19|20)[0-9]{2})\s?(?:[preRPE]{1,2}/?|\([preRPE]{1,2}\))")
OF_ERA = re.compile(rf"({'|'.join(ERAS)})\s*([1-9][0-9]{{0,2}}|元)\s*年?度?")
# 2015-12-31, and 31.12.2015 of German
DATE = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})(?:(?P<mark>[-/.])|年)(?P<month>[01]?[0-9])(?(mark)(?P=mark)|月)"
    r"[0-3]?[0-9]日?(?: 00:00:00)?"
)
TURNED_DATE = re.compile(r"[0-3]?[0-9]\.(?P<month>[01]?[0-9])\.(?P<year>(?:19|20)[0-9]{2})")


# Of texts that hold a point or a comma
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


SMALLEST, LARGEST = 1e-50, 1e50  # of a figure that is not 0, with either sign


class CellFigure(NamedTuple):
    """A cell read as a figure.

    value (NaN if missing); flag of `FLAGS`; the decimals it shows; form of `FORMS`; problem: why it
    is none ("" if it is one).
    """

    value: float = math.nan
    flag: str = ""
    decimals: int = 0
    form: str = ""
    problem: str = ""


def head_year(text: str) -> int | None:
    """Return the year of a head (`2015`, `2015 年`, `2015-12-31`), or None if it is not one."""
    bare = without_marks(text)
    if era := OF_ERA.fullmatch(bare):
        return ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))
    if date := date_of(bare):
        return date[0]
    match = YEAR.fullmatch(bare) or MARKED_YEAR.fullmatch(bare)
    return int(match[1]) if match else None


def date_of(text: str) -> tuple[int, int] | None:
    """Return year and month of a date, or None."""
    match = DATE.fullmatch(text) or TURNED_DATE.fullmatch(text)
    return (int(match["year"]), int(match["month"])) if match else None


def without_marks(text: str) -> str:
    """Return a text without the note marks at its end: `北京①`, `12.5 (1)`, `1234²`."""
    marks = NOTE_MARKS.match(text[:0:-1])  # all but the first character
    return text[: len(text) - marks.end()] if marks else text


def without_flag(text: str) -> tuple[str, str]:
    """Return a text without the flag of Eurostat behind it, and the flag; "" if it has none."""
    match = FLAGGED.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def is_number(value: CellValue) -> bool:
    """Whether a cell holds a number other than a year, as such or as text."""
    if isinstance(value, str):
        if CODE.match(cell_text(value)):
            return False
        text = without_flag(without_marks(cell_text(value)))[0]
        text = PARTING.sub("", text).rstrip("%‰")
        return bool(NUMBER.fullmatch(text)) and head_year(text) is None
    return isinstance(value, float) and head_year(cell_text(value)) is None


def has_numbers(sheet: Sheet, row: int, beyond: int = -1) -> bool:
    """Whether numbers other than years stand in a row, right of a column."""
    return any(map(is_number, sheet.values[row, beyond + 1 :].tolist()))


def known_marks(marks: Mapping[str, str]) -> dict[str, str]:
    """Return all marks for missing, a study's own beside ours, as plain text."""
    own = {cell_text(mark): kind for mark, kind in marks.items()}
    return MISSING_MARKS | PUBLISHERS_MARKS | own


def printed_decimals(number: str) -> int:
    """Return the decimals that a number as text shows; 1.5e-3 shows four."""
    match = NUMBER.fullmatch(number)
    after, alone, power = match.groups() if match else ("", "", "")
    return max(0, len(after or alone or "") - int(power or 0))


def cell_figure(
    value: CellValue,
    known: Mapping[str, str],
    style: NumberStyle = NumberStyle(),  # noqa: B008
) -> CellFigure:
    """Return what a number cell says; `known` are the marks for missing (`known_marks`).

    A number shown as a percentage stays the ratio that is stored. Anything else that is not a
    finite number raises `StudyError` with the reason (the caller knows the place).
    """
    if isinstance(value, Fault):
        raise StudyError(value.reason)
    text = cell_text(value)
    if text in known:
        return CellFigure(flag=known[text])
    if isinstance(value, date):
        raise StudyError(
            f'holds the date "{text}" where a figure should stand; type the figure and format the '
            "cell as a number"
        )
    if isinstance(value, int | float):
        _check_size(float(value), text)
        as_stored = "0" if float(value).is_integer() else repr(float(value))
        decimals = printed_decimals(as_stored) if style.decimals is None else style.decimals
        return CellFigure(float(value), "", decimals, "ratio" if style.percent else "")
    bare, beside = without_flag(without_marks(text))
    if bare in known and bare != text:
        confidential = bare == ":" and CONFIDENTIAL in beside.casefold()
        return CellFigure(flag="suppressed" if confidential else known[bare])
    form = bare[-1] if bare.endswith(FORMS[2:]) else ""
    number = bare.removesuffix(form).rstrip()
    if THOUSANDS.fullmatch(number):
        number = PARTING.sub("", number)
    if not NUMBER.fullmatch(number):
        shown = ", ".join(f"'{mark}'" for mark in known if mark not in ("", *PUBLISHERS_MARKS))
        raise StudyError(
            f'"{short(text)}" is not a number or a known mark for missing; correct the cell, leave '
            f"it blank, use one of {shown}, or add the mark under missing_marks in the config"
        )
    _check_size(float(number), text)
    flag = "" if bare == text else "noted"
    return CellFigure(float(number), flag, printed_decimals(number), form)


def _check_size(value: float, text: str) -> None:
    """Refuse what is no amount of anything: squares and products must stay within a float."""
    if not math.isfinite(value):
        raise StudyError(f'"{short(text)}" is not a finite number; correct the cell')
    if value and not SMALLEST <= abs(value) <= LARGEST:
        raise StudyError(
            f'"{short(text)}" is beyond any figure ({SMALLEST:g} to {LARGEST:g}); correct the cell'
        )


def block_figures(sheet: Sheet, part: Any, known: Mapping[str, str]) -> tuple[Places, pd.DataFrame]:
    """Return for each cell of a part of a sheet its place in a table of the distinct ones.

    The table has the fields of `CellFigure`, each cell read as `cell_figure` does, and `filled`:
    whether it says anything, be it a mark for missing. part: index of rows and columns.
    """
    values = sheet.values[part]
    looks = np.broadcast_to(0 if sheet.style is None else sheet.style[part], values.shape)
    cells: dict[tuple[CellValue, int], int] = {}  # value and style -> its place
    pairs = zip(values.flat, looks.flat, strict=True)
    place = [cells.setdefault(pair, len(cells)) for pair in pairs]
    read = []
    for value, look in cells:
        try:
            read.append(cell_figure(value, known, sheet.styles[look]))
        except StudyError as problem:
            read.append(CellFigure(problem=str(problem)))
    figures = pd.DataFrame(read, columns=CellFigure._fields).astype({"value": float})
    figures["filled"] = [isinstance(value, Fault) or cell_text(value) != "" for value, _ in cells]
    return np.array(place, dtype=np.intp).reshape(values.shape), figures


def plain_numbers(sheet: Sheet, mark: str = "") -> Sheet:
    """Return a sheet whose numbers have a decimal point.

    mark: what the study says that it is, where the sheet does not show it. Where neither does, the
    first number that may be read in two ways is `unclear` in the sheet returned. Where commas part
    the fields, a point is for decimals; where semicolons do, commas are not for thousands alone.
    """
    texts = {
        value: text
        for value in pd.unique(sheet.values.ravel())
        if isinstance(value, str) and ("." in value or "," in value)
        if (text := cell_text(value))[:1] in "+-0123456789"
    }
    either = {value: text for value, text in texts.items() if EITHER.match(text)}
    rest = [text for value, text in texts.items() if value not in either]
    point, lone, comma = (any(map(sign.match, rest)) for sign in (POINT, LONE_COMMA, COMMA))
    # a sheet that holds numbers as such, other than years, writes none as text
    numbers = (cell_text(v) for v in sheet.values.ravel().tolist() if isinstance(v, float))
    lone = lone and all(head_year(number) is not None for number in numbers)
    grouped = sheet.delimiter != ";" and any("," in text for text in either.values())
    comma = comma or (lone and not grouped)
    if (comma and not point) or (mark == "," and comma == point):
        plain = {value: _with_point(text) for value, text in texts.items()}
        values = [plain.get(v, v) if isinstance(v, str) else v for v in sheet.values.flat]
        array = np.fromiter(values, dtype=object, count=sheet.values.size)
        return replace(sheet, values=array.reshape(sheet.values.shape))
    commas = (sheet.delimiter == ";" or lone) and not point  # are not for thousands alone
    points = sheet.delimiter != "," and (comma or not point)  # nor these for decimals
    doubtful = (v for v, text in either.items() if (points if "." in text else commas))
    value = next(doubtful, None)
    if value is None or mark:
        return sheet
    row, column = np.argwhere(sheet.values == value)[0]
    return replace(sheet, unclear=CellWords(either[value], int(row), int(column)))


def _with_point(text: str) -> str:
    """Return a number with a decimal comma as a plain one, note marks and signs behind it kept."""
    match = WITH_COMMA.match(text)
    if not match:
        return text
    whole, _, decimals = match[0].partition(",")
    plain = re.sub(r"[. '’]", "", whole) + (f".{decimals}" if decimals else "")
    return plain + text[match.end() :]


def readings(text: str) -> tuple[str, str]:
    """Return what a number of `EITHER` is with a decimal point, and with a decimal comma."""
    bare = EITHER.match(text)
    number = bare[0] if bare else text
    return number.replace(",", ""), _with_point(number)
