"""From a table's words and cells to typed figures: arrays, with an eye on every cell refused.

Each word is recognised once, figures are read as a block; rows and columns that no study wants are
never looked at.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import StudyError
from coevo.observations.cell_arrays import FigureBlock, block_figures
from coevo.observations.cells import FLAGS, FORMS
from coevo.observations.heads import CellWords
from coevo.observations.names import find_indicator
from coevo.observations.recognition import (
    UNKNOWN,
    Codes,
    StudyTerms,
    TableLines,
    along_axis,
    filled_beside,
    per_word,
    region_codes,
    remark_groups,
    year_codes,
)
from coevo.observations.sheets import Sheet, cell_name
from coevo.observations.tables import AxisLabels, FigureTable
from coevo.observations.units import NAMES, UNITS, Unit, conversion, find_unit

READ_FLAGS = (*FLAGS, "unit_read_as")


# The columns of the figures of a table: places in lists of `StudyTerms`, `UNITS` and `READ_FLAGS`,
# in the units of the indicators, and where each stands.
FIGURES = "region year indicator value unit flag half_unit row column".split()


class UnitScale(NamedTuple):
    """How figures become those of an indicator: their unit, by which factor in each of `FORMS`."""

    unit: int
    factors: tuple[float, ...]
    read_as: bool


def _scale(text: str, wanted: Unit, known: StudyTerms) -> UnitScale:
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
    return UnitScale(list(UNITS).index(unit.name), (factor, *forms), read_as is not None)


def _scales(
    table: FigureTable, indicator: Codes, known: StudyTerms, lines: TableLines
) -> tuple[npt.NDArray[np.intp], list[UnitScale | None]]:
    """Return the scale of each cell, as a place in the list of those that the table has."""
    texts: dict[str, CellWords] = {}
    for words in table.unit.words:
        texts.setdefault(words.text, words)
    order = {text: place for place, text in enumerate(texts)}
    unit = along_axis(np.array([order[words.text] for words in table.unit.words]), table.unit)
    pairs, place = np.unique(indicator * len(order) + unit, return_inverse=True)
    wanted = [UNITS[name] for name in known.units.values()]
    found: list[UnitScale | None] = []
    for pair in pairs:
        words = list(texts.values())[pair % len(order)]
        try:
            found.append(_scale(words.text, wanted[pair // len(order)], known))
        except StudyError as problem:
            lines.problem(words, str(problem))
            found.append(None)
    return place.reshape(np.broadcast_shapes(indicator.shape, unit.shape)), found


def _block(sheet: Sheet, table: FigureTable, known: StudyTerms) -> FigureBlock:
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
    return block_figures(sheet.values[place], known.marks, sheet.styles, style, faults)


def _cell_problems(
    found: FigureBlock, table: FigureTable, kept: npt.NDArray[np.bool_], lines: TableLines
) -> None:
    """List the cells that are refused."""
    for row, column in sorted(place for place in found.problems if kept[place]):
        place = CellWords("", table.rows[row], table.columns[column])
        lines.problem(place, found.problems[row, column])


def _wanted(
    table: FigureTable, known: StudyTerms, lines: TableLines
) -> tuple[FigureTable, Codes] | None:
    """Return the part of a table whose indicators the study reads, and their places, or None.

    Problems of the table's form count if there is such a part, or no row that can be told.
    """
    ids = list(known.units)

    def name(words: CellWords) -> int:
        if not words.text:
            lines.add(
                f"{lines.sheet.where()}: no line 指标：… above the head names the indicator; add it"
            )
            return UNKNOWN
        lines.seen.add(words.text)
        found = find_indicator(words.text, known.names)
        return UNKNOWN if found is None else ids.index(found)

    codes = per_word(table.indicator, name)
    known_places = np.flatnonzero(codes >= 0).tolist()
    along = table.indicator.along
    rows = known_places if along == "row" else range(len(table.rows))
    columns = known_places if along == "column" else range(len(table.columns))
    if known_places or not table.rows:
        for message in table.problems:
            lines.add(message)
    if not known_places or not rows or not columns:
        return None
    return table.part(rows, columns), codes[known_places]


def figures_of_table(
    table: FigureTable, known: StudyTerms, lines: TableLines
) -> pd.DataFrame | None:
    """Return the figures of a table that the study wants (`FIGURES`), or None if it wants none.

    Problems and remarks go to `lines`. Years before the first and after the last figure are left.
    """
    wanted = _wanted(table, known, lines)
    if wanted is None:
        return None
    table, indicator = wanted
    found = _block(lines.sheet, table, known)
    region = region_codes(table.region, filled_beside(found.filled, table.region), known, lines)
    remark_groups(table.region, region, ~np.isnan(found.values), lines)
    when = year_codes(table.year, filled_beside(found.filled, table.year), lines)
    codes = region, when, indicator = (
        along_axis(region, table.region),
        along_axis(when, table.year),
        along_axis(indicator, table.indicator),
    )
    kept = np.broadcast_to((region >= 0) & (when >= 0), found.filled.shape)
    years = np.broadcast_to(when, kept.shape)[kept & found.filled]
    if not len(years):
        return None
    kept = kept & (when >= years.min()) & (when <= years.max())
    place, scales = _scales(table, indicator, known, lines)
    return _read(table, found, kept, codes, np.broadcast_to(place, kept.shape), scales, lines)


def _read(
    table: FigureTable,
    found: FigureBlock,
    kept: npt.NDArray[np.bool_],
    codes: tuple[Codes, Codes, Codes],
    place: npt.NDArray[np.intp],
    scales: list[UnitScale | None],
    lines: TableLines,
) -> pd.DataFrame:
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
    parts = (
        *(np.broadcast_to(code, kept.shape)[kept] for code in codes),
        (found.values * factor)[kept],
        unit[kept],
        flag[kept].astype(np.int8),
        (0.5 * 10.0 ** -found.decimals.astype(float) * factor)[kept],
        np.array(table.rows, dtype=np.int32)[rows],
        np.array(table.columns, dtype=np.int32)[columns],
    )
    return pd.DataFrame(dict(zip(FIGURES, parts, strict=True)), copy=False)


def _noted(table: FigureTable, noted: npt.NDArray[np.bool_], lines: TableLines) -> None:
    """Remark how many figures carry a note mark, and where the first of them stands."""
    if noted.any():
        first = np.argwhere(noted)[0]
        row, column = table.rows[first[0]], table.columns[first[1]]
        fields = {"figures": int(noted.sum()), "cell": cell_name(row, column)}
        lines.remark("noted", "note_marks", fields, CellWords("", row, column))


def _word(labels: AxisLabels, row: int, column: int) -> str:
    place = {"row": row, "column": column, None: 0}[labels.along]
    return labels.words[place].text
