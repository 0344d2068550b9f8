"""What makes figures doubtful where they are read: a remark with its cell, and no repair."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.arrays import Objects
from coevo.errors import StudyError
from coevo.observations.blocks import TableBlock
from coevo.observations.cells import is_number
from coevo.observations.names import compared, title_parts
from coevo.observations.sheets import CellWords, Remark, Sheet
from coevo.observations.units import Unit, find_unit

RAISED, SCALED, UNITS = "raised_digit", "shown_scaled", "units_contradict"
SHORT, CUT, QUOTE = "short_row", "cut_off", "quote_swallows"
# Messages of remarks that doubt figures, which may be wrong by an order or stand in another year.
DOUBTS = frozenset({RAISED, SCALED, UNITS, SHORT, CUT, QUOTE})
NOTE_NUMBER = re.compile(r"[0-9][0-9, .]*")  # what stands raised behind a figure


def note_number(text: str, before: str) -> bool:
    """Whether a raised text is one of digits alone that follows something."""
    return bool(before.strip() and NOTE_NUMBER.fullmatch(text.strip()))


def swallowed(values: Objects, delimiter: str) -> Iterator[Remark]:
    """Yield a remark on each field of a text that goes on over lines with figures of their own."""
    for (row, column), value in np.ndenumerate(values):
        lines = value.split("\n") if value and "\n" in value else ()
        if any(is_number(part.strip()) for line in lines for part in line.split(delimiter)[1:]):
            yield Remark("broken_row", QUOTE, {"lines": len(lines) - 1}, int(row), int(column))


def short_rows(block: TableBlock, columns: Sequence[int]) -> Iterator[Remark]:
    """Yield a remark on each row of a text that ends before the columns of figures do."""
    sheet, last = block.sheet, max(columns, default=-1)
    for row in block.body:
        if sheet.ends is None or (there := int(sheet.ends[row])) > last:
            continue
        filled = [column for column in columns if sheet.values[row, column] is not None]
        cut = sheet.cut and row == len(sheet.values) - 1
        name = compared(sheet.begins[row].text)
        if filled or (cut and any(place.startswith(name) for place in sheet.places)):
            fields, message = {"fields": there, "columns": last + 1}, CUT if cut else SHORT
            yield Remark("broken_row", message, fields, row, filled[0] if filled else 0)


def contradictions(
    block: TableBlock, titles: tuple[CellWords, ...], units: npt.NDArray[Any]
) -> Iterator[Remark]:
    """Yield a remark on a unit that is said of the whole table, and that none of its figures has.

    It stands in a title or a line of its own; units of other things than the figures' are none.
    """
    study_units = block.sheet.own_units
    named = (title.saying(title_parts(title.text, study_units)[1]) for title in titles)
    stated = [(w, unit) for w in (*block.statements("unit"), *named) if (unit := _unit(w.text))]
    texts = {words.text for words in units.flat} if stated else ()
    used = {unit: text for text in sorted(texts) if (unit := _unit(text))}
    for words, unit in stated:
        like = [text for other, text in used.items() if other.measures == unit.measures]
        if like and unit not in used:
            yield Remark("unit", UNITS, {"unit": words.text, "read_as": like[0]}, *words[1:])
            return


def _unit(text: str) -> Unit | None:
    try:
        return find_unit(text) if text else None
    except StudyError:
        return None


def doubtful_cells(sheet: Sheet, read: pd.DataFrame) -> Iterator[Remark]:
    """Yield remarks on figures of a table: digits that stand raised, formats that show others."""
    known = read[read["value"].notna()]
    rows, columns = known["row"].to_numpy(), known["column"].to_numpy()
    places = zip(rows.tolist(), columns.tolist(), strict=True) if sheet.raised else ()
    for place in sorted(sheet.raised.intersection(places)):
        yield Remark("raised", RAISED, {"value": str(sheet.values[place])}, *place)
    if sheet.style is None:
        return
    looks = sheet.style[rows, columns]
    for number, style in enumerate(sheet.styles):
        if style.shown == 1:
            continue
        there = zip(rows[looks == number], columns[looks == number], strict=True)
        numbers = [p for p in there if isinstance(sheet.values[p], float) and sheet.values[p]]
        if numbers:
            value = sheet.values[numbers[0]]
            fields = {"value": value, "shown": value * style.shown, "figures": len(numbers)}
            yield Remark("number_format", SCALED, fields, *map(int, numbers[0]))
