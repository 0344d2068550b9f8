"""From a table's words and cells to typed figures, with an eye on every cell refused.

Each word is recognised once, figures are read as a block; rows and columns that no study wants are
never looked at.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import StudyError
from coevo.observations.cells import FLAGS, FORMS, block_figures
from coevo.observations.names import find_indicator
from coevo.observations.recognition import (
    UNKNOWN,
    Codes,
    Marked,
    StudyTerms,
    TableLines,
    region_codes,
    remark_groups,
    word_codes,
    year_code,
)
from coevo.observations.sheets import CellWords
from coevo.observations.tables import FigureTable
from coevo.observations.units import NAMES, UNITS, Unit, conversion, find_unit

READ_FLAGS = (*FLAGS, "unit_read_as")
NOTED = FLAGS.index("noted")  # flags above it are those of missing figures


# The columns of the figures of a table: places in lists of `StudyTerms`, `UNITS` and `READ_FLAGS`,
# in the units of the indicators, and where each stands.
FIGURES = "region year indicator value unit flag half_unit row column".split()


class UnitScale(NamedTuple):
    """How figures become those of an indicator: their unit, by which factor in each of `FORMS`."""

    unit: int = 0
    factors: tuple[float, ...] = (1.0,) * len(FORMS)
    read_as: bool = False


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
) -> tuple[Codes, list[UnitScale]]:
    """Return the scales of a table, and for each indicator and unit the place of its own."""
    printed: list[CellWords] = []

    def number(words: CellWords) -> int:
        printed.append(words)
        return len(printed) - 1

    unit = word_codes(table.labels["unit"], number, lines)
    pair = unit + len(printed) * indicator
    pairs, place = np.unique(pair, return_inverse=True)
    wanted = [UNITS[name] for name in known.units.values()]
    found: list[UnitScale] = []
    for words, unit in ((printed[p % len(printed)], wanted[p // len(printed)]) for p in pairs):
        try:
            found.append(_scale(words.text, unit, known))
        except StudyError as problem:
            lines.problem(words, str(problem))
            found.append(UnitScale())
    return place.reshape(pair.shape), found


def _wanted(
    table: FigureTable, known: StudyTerms, lines: TableLines
) -> tuple[FigureTable, Codes] | None:
    """Return the part of a table whose indicators the study reads, and their places, or None.

    Problems of the table's form count if there is such a part, or no row that can be told.
    """
    ids = list(known.units)

    def code(words: CellWords) -> int:
        if not words.text:
            raise StudyError("no line 指标：… above the head names the indicator; add it")
        lines.seen.add(words.text)
        found = find_indicator(words.text, known.names)
        return UNKNOWN if found is None else ids.index(found)

    codes = word_codes(table.labels["indicator"], code, lines)
    wanted = np.broadcast_to(codes != UNKNOWN, (len(table.rows), len(table.columns)))
    if (codes != UNKNOWN).any() or not len(table.rows):
        for message in table.problems:
            lines.add(message)
    if not wanted.any():
        return None
    table = table.part(np.any(wanted, axis=1), np.any(wanted, axis=0))
    return table, word_codes(table.labels["indicator"], code, lines)


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
    sheet, part = lines.sheet, np.ix_(table.rows, table.columns)
    style = None if sheet.style is None else sheet.style[part]
    cell, said = block_figures(sheet.values[part], known.marks, sheet.styles, style)
    filled = said["filled"].to_numpy()[cell]
    region = region_codes(table.labels["region"], filled, known, lines)
    numbers = said["value"].notna().to_numpy()[cell]
    remark_groups(table.labels["region"], region, numbers, lines)
    when = word_codes(table.labels["year"], year_code, lines, filled)
    kept = np.broadcast_to((region >= 0) & (when >= 0), cell.shape)
    years = np.broadcast_to(when, cell.shape)[kept & filled]
    if not len(years):
        return None
    kept = kept & (when >= years.min()) & (when <= years.max())
    place, scales = _scales(table, indicator, known, lines)
    codes = {"region": region, "year": when, "indicator": indicator, "scale": place, "cell": cell}
    return _scaled(table, kept, codes, said, scales, lines)


def _scaled(
    table: FigureTable,
    kept: Marked,
    codes: dict[str, Codes],
    said: pd.DataFrame,
    scales: list[UnitScale],
    lines: TableLines,
) -> pd.DataFrame:
    """Return the kept cells in the units of their indicators; refuse percentages that cannot be.

    codes: region, year, indicator; `scale`: of `scales`; `cell`: of `said`.
    """
    read: dict[str, npt.NDArray[Any]] = {
        name: np.broadcast_to(code, kept.shape)[kept] for name, code in codes.items()
    }
    down, across = np.nonzero(kept)
    read |= {"row": table.rows[down], "column": table.columns[across]}
    cell, scale = read.pop("cell"), read.pop("scale")
    form, flag = (
        pd.Categorical(said[name], names).codes[cell]
        for name, names in (("form", FORMS), ("flag", READ_FLAGS))
    )
    factor = np.array([one.factors for one in scales])[scale, form]
    value = said["value"].to_numpy()[cell]
    refused = (said["problem"] != "").to_numpy()[cell]
    for place in np.flatnonzero(refused | (np.isnan(factor) & ~np.isnan(value))):
        names = np.broadcast_to(table.labels["indicator"], kept.shape)
        no_share = (
            f"is a percentage, but the unit of '{names[down[place], across[place]].text}' is none; "
            "correct the figure or its format"
        )
        words = CellWords("", int(read["row"][place]), int(read["column"][place]))
        lines.problem(words, said["problem"].iat[cell[place]] or no_share)
    noted = np.flatnonzero(flag == NOTED)
    if len(noted):
        words = CellWords("", int(read["row"][noted[0]]), int(read["column"][noted[0]]))
        fields = {"figures": len(noted), "cell": xl_rowcol_to_cell(words.row, words.column)}
        lines.remark("noted", "note_marks", fields, words)
    read_as = np.array([one.read_as for one in scales])[scale] & (flag <= NOTED)
    read["value"] = value * factor
    read["unit"] = np.array([one.unit for one in scales], dtype=np.int8)[scale]
    read["flag"] = np.where(read_as, np.int8(READ_FLAGS.index("unit_read_as")), flag)
    read["half_unit"] = (0.5 * 10.0 ** -said["decimals"].to_numpy(dtype=float))[cell] * factor
    return pd.DataFrame(read, columns=FIGURES, copy=False)
