"""From a table's words and cells to typed figures: arrays, with an eye on every cell refused.

Each word is recognised once, figures are read as a block; rows and columns that no study wants are
never looked at.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.observations.cell_arrays import Figures, figures
from coevo.observations.cells import FLAGS, FORMS
from coevo.observations.heads import Words
from coevo.observations.names import find_indicator
from coevo.observations.recognition import (
    UNKNOWN,
    Codes,
    Lines,
    Reader,
    beside,
    per_word,
    region_codes,
    set_aside,
    spread,
    year_codes,
)
from coevo.observations.sheets import Remark, Sheet, address
from coevo.observations.tables import Labels, Table
from coevo.observations.units import NAMES, UNITS, Unit, conversion, find_unit

READ_FLAGS = (*FLAGS, "unit_read_as")


@dataclass(frozen=True, eq=False)
class Read:
    """The figures of one table, an array each: places in lists of `Reader`, UNITS and FLAGS."""

    region: npt.NDArray[np.int32]
    year: npt.NDArray[np.int32]
    indicator: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    unit: npt.NDArray[np.int16]
    flag: npt.NDArray[np.int8]
    half_unit: npt.NDArray[np.float64]
    row: npt.NDArray[np.int32]
    column: npt.NDArray[np.int32]


def _select(labels: Labels, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Labels:
    """Return the labels of some rows and columns."""
    if labels.along is None:
        return labels
    places = rows if labels.along == "row" else columns
    if len(places) == len(labels.words):
        return labels
    return Labels(tuple(labels.words[place] for place in places), labels.along)


class Scale(NamedTuple):
    """How figures become those of an indicator: their unit, by which factor in each of `FORMS`."""

    unit: int
    factors: tuple[float, ...]
    read_as: bool


def _scale(text: str, wanted: Unit, known: Reader) -> Scale:
    """Return how figures in a unit as printed become figures in the wanted one."""
    if not text:
        raise StudyError("states no unit; add a line 单位：… above the head, or a column 单位")
    read_as = known.units_read_as.get(text)
    printed = find_unit(text) if read_as is None or text in NAMES else find_unit(read_as)
    meant = find_unit(read_as) if read_as else printed
    factor = conversion(meant, wanted)
    inside = wanted.measures == UNITS["ratio"].measures
    forms = [conversion(UNITS[form], wanted) if inside else np.nan for form in FORMS[1:]]
    unit = printed if read_as else wanted
    return Scale(list(UNITS).index(unit.name), (factor, *forms), read_as is not None)


def _scales(
    table: Table, indicator: Codes, known: Reader, lines: Lines
) -> tuple[npt.NDArray[np.intp], list[Scale | None]]:
    """Return the scale of each cell, as a place in the list of those that the table has."""
    texts: dict[str, Words] = {}
    for words in table.unit.words:
        texts.setdefault(words.text, words)
    order = {text: place for place, text in enumerate(texts)}
    unit = spread(np.array([order[words.text] for words in table.unit.words]), table.unit)
    pairs, place = np.unique(indicator * len(order) + unit, return_inverse=True)
    wanted = [UNITS[name] for name in known.units.values()]
    found: list[Scale | None] = []
    for pair in pairs:
        words = list(texts.values())[pair % len(order)]
        try:
            found.append(_scale(words.text, wanted[pair // len(order)], known))
        except StudyError as problem:
            lines.problem(words, str(problem))
            found.append(None)
    return place.reshape(np.broadcast_shapes(indicator.shape, unit.shape)), found


def _block(sheet: Sheet, table: Table, known: Reader) -> Figures:
    """Return the cells of a table as figures."""
    place = np.ix_(table.rows, table.columns)
    down = {row: number for number, row in enumerate(table.rows)} if sheet.faults else {}
    across = {column: number for number, column in enumerate(table.columns)}
    faults = {
        (down[row], across[column]): reason
        for (row, column), reason in sheet.faults.items()
        if row in down and column in across
    }
    style = None if sheet.style is None else sheet.style[place]
    return figures(sheet.values[place], known.marks, sheet.styles, style, faults)


def _cell_problems(found: Figures, table: Table, kept: npt.NDArray, lines: Lines) -> None:
    """List the cells that are refused."""
    for row, column in sorted(place for place in found.problems if kept[place]):
        place = Words("", table.rows[row], table.columns[column])
        lines.problem(place, found.problems[row, column])


def _wanted(table: Table, known: Reader, lines: Lines) -> tuple[Table, Codes] | None:
    """Return the part of a table whose indicators the study reads, and their places, or None.

    Problems of the table's form count if there is such a part, or no row that can be told.
    """
    ids = list(known.units)

    def name(words: Words) -> int:
        if not words.text:
            lines.add(
                f"{lines.sheet.where()}: no line 指标：… above the head names the indicator; add it"
            )
            return UNKNOWN
        lines.seen.add(words.text)
        found = find_indicator(words.text, known.names)
        return UNKNOWN if found is None else ids.index(found)

    codes = per_word(table.indicator, name)
    rows, columns = np.arange(len(table.rows)), np.arange(len(table.columns))
    if table.indicator.along == "row":
        rows = np.flatnonzero(codes >= 0)
    elif table.indicator.along == "column":
        columns = np.flatnonzero(codes >= 0)
    if (codes >= 0).any() or not table.rows:
        for message in table.problems:
            lines.add(message)
    if not (codes >= 0).any() or not len(rows) or not len(columns):
        return None
    return _cut(table, rows, columns), codes[codes >= 0]


def read_table(table: Table, known: Reader, lines: Lines) -> Read | None:
    """Return the figures of a table that the study wants, or None if it wants none.

    Problems and remarks go to `lines`. Years before the first and after the last figure are left.
    """
    wanted = _wanted(table, known, lines)
    if wanted is None:
        return None
    table, indicator = wanted
    found = _block(lines.sheet, table, known)
    region = region_codes(table.region, beside(found.filled, table.region), known, lines)
    set_aside(table.region, region, ~np.isnan(found.values), lines)
    when = year_codes(table.year, beside(found.filled, table.year), lines)
    codes = {
        "region": spread(region, table.region),
        "year": spread(when, table.year),
        "indicator": spread(indicator, table.indicator),
    }
    kept = np.broadcast_to((codes["region"] >= 0) & (codes["year"] >= 0), found.filled.shape)
    years = np.broadcast_to(codes["year"], kept.shape)[kept & found.filled]
    if not len(years):
        return None
    kept = kept & (codes["year"] >= years.min()) & (codes["year"] <= years.max())
    place, scales = _scales(table, codes["indicator"], known, lines)
    return _read(table, found, kept, codes, np.broadcast_to(place, kept.shape), scales, lines)


def _cut(table: Table, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Table:
    """Return the part of a table that stands in some of its rows and columns."""
    return Table(
        tuple(table.rows[row] for row in rows),
        tuple(table.columns[column] for column in columns),
        _select(table.region, rows, columns),
        _select(table.year, rows, columns),
        _select(table.indicator, rows, columns),
        _select(table.unit, rows, columns),
    )


def _read(table: Table, found: Figures, kept, codes, place, scales, lines: Lines) -> Read:
    """Return the kept cells in the units of their indicators; refuse percentages that cannot be."""
    factors = np.array([scale.factors if scale else (1.0,) * len(FORMS) for scale in scales])
    factor = factors[place, found.forms]
    wrong = kept & np.isnan(factor) & ~np.isnan(found.values)
    for row, column in np.argwhere(wrong).tolist():
        found.problems[row, column] = (
            f"is a percentage, but the unit of '{_word(table.indicator, row, column)}' is none; "
            "correct the figure or its format"
        )
    _cell_problems(found, table, kept, lines)
    _noted(table, kept & (found.flags == FLAGS.index("noted")), lines)
    read_as = np.array([bool(scale and scale.read_as) for scale in scales])[place]
    missing = found.flags >= FLAGS.index("noted") + 1
    flag = np.where(read_as & ~missing, READ_FLAGS.index("unit_read_as"), found.flags)
    unit = np.array([scale.unit if scale else 0 for scale in scales], dtype=np.int16)[place]
    rows, columns = np.nonzero(kept)
    spread = {name: np.broadcast_to(code, kept.shape)[kept] for name, code in codes.items()}
    return Read(
        spread["region"],
        spread["year"],
        spread["indicator"],
        (found.values * factor)[kept],
        unit[kept],
        flag[kept].astype(np.int8),
        (0.5 * 10.0 ** -found.decimals.astype(float) * factor)[kept],
        np.array(table.rows, dtype=np.int32)[rows],
        np.array(table.columns, dtype=np.int32)[columns],
    )


def _noted(table: Table, noted: npt.NDArray[np.bool_], lines: Lines) -> None:
    """Remark how many figures carry a note mark, and where the first of them stands."""
    if noted.any():
        first = np.argwhere(noted)[0]
        row, column = table.rows[first[0]], table.columns[first[1]]
        message = f"{int(noted.sum())} figures carry a note mark; the first stands in "
        lines.remarks.append(Remark("noted", message + address(row, column), row, column))


def _word(labels: Labels, row: int, column: int) -> str:
    place = {"row": row, "column": column, None: 0}[labels.along]
    return labels.words[place].text
