"""Tables as they stand in a sheet: which words say what the figures of a block are.

Nothing is recognised here: regions, indicators and units are words, figures are cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from coevo.errors import short
from coevo.observations.blocks import TableBlock
from coevo.observations.cells import head_year
from coevo.observations.heads import is_number
from coevo.observations.sheets import CellWords, Remark, cell_text
from coevo.observations.units import split_unit

Axis = Literal["row", "column"]
Axes = tuple[Axis | None, Axis | None, Axis | None]  # of region, year, indicator; None: above
# `CellWords` along an axis of a table: (rows, 1), (1, columns), or (1, 1) for all its figures
Labels = npt.NDArray[Any]
NONE = CellWords("")


@dataclass(frozen=True, eq=False)
class FigureTable:
    """The figures of a table (rows x columns of its sheet) with the words that say what they are.

    `problems` are lines about its form; they count once somebody wants figures of the table.
    """

    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    labels: dict[str, Labels]  # of region, year, indicator and unit
    problems: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def part(self, rows: npt.NDArray[np.bool_], columns: npt.NDArray[np.bool_]) -> "FigureTable":
        """Return what stands in some of the rows and columns, chosen by True."""
        labels = {}
        for what, words in self.labels.items():
            words = words[rows] if len(words) == len(rows) else words
            labels[what] = words[:, columns] if words.shape[1] == len(columns) else words
        return replace(self, rows=self.rows[rows], columns=self.columns[columns], labels=labels)


def _along(words: Sequence[CellWords], axis: Axis | None) -> Labels:
    labels = np.fromiter(words, dtype=object, count=len(words))
    return labels[:, None] if axis == "row" else labels[None]


def _row_words(block: TableBlock, what: str) -> list[CellWords]:
    """Return the words of a kind for each row of the body; those of several columns are joined."""
    said = ([block.sheet.words(row, c) for c in block.labels[what]] for row in block.body)
    return [
        first._replace(text=" ".join(dict.fromkeys(w.text for w in (first, *further) if w.text)))
        if further
        else first
        for first, *further in said
    ]


def _year_above(block: TableBlock, problems: list[str]) -> CellWords:
    """Return the one year that is stated above the head, in a line of its own or in the title."""
    stated = block.stated("year")
    if (when := head_year(stated.text)) is not None:
        return stated._replace(text=str(when))
    years = block.stated_years()
    if len(years) == 1:
        return next(iter(years.values()))
    several = f"several years stand above it ({', '.join(years)})" if years else "no year is stated"
    place = block.sheet.where(block.head[0], 0)
    problems.append(f"{place}: {several}; add a line 年份：2020 above the head")
    return NONE


def _labels(
    block: TableBlock, axes: Axes, columns: Sequence[int], problems: list[str]
) -> dict[str, Labels]:
    """Return the words for region, year and indicator, each along its axis or from above."""
    found = {}
    for what, axis in zip(("region", "year", "indicator"), axes, strict=True):
        if axis == "row":
            words = _row_words(block, what)
        elif axis == "column":
            heads = [block.columns[column] for column in columns]
            words = [head.year if what == "year" else head.name for head in heads]
        else:
            words = [_year_above(block, problems) if what == "year" else block.stated(what)]
        found[what] = _along(words, axis)
    return found


def _inside(words: CellWords) -> CellWords:
    """Return the unit in the brackets of an indicator, at the indicator's place."""
    text = split_unit(words.text)[1]
    return words._replace(text=text) if text else NONE


def _units(block: TableBlock, axes: Axes, indicator: Labels, columns: Sequence[int]) -> Labels:
    """Return the units; the nearest to a figure counts.

    These are: a column of units, the brackets of an indicator, the head of the column, a line above
    the head.
    """
    inside = _along([_inside(words) for words in indicator.flat], axes[2])
    options = [inside] if axes[2] is None else []
    options.append(_along([block.columns[column].unit for column in columns], "column"))
    options += [inside] if axes[2] == "row" else []
    options += [_along(_row_words(block, "unit"), "row")] if "unit" in block.labels else []
    units = _along([block.stated("unit")], None)
    for labels in options:
        said = np.array([words.text != "" for words in labels.flat]).reshape(labels.shape)
        if said.any():
            units = np.where(said, labels, units)
    return units


def odd_heads(block: TableBlock) -> list[str]:
    """Lines about heads that look like a year and are none."""
    return [
        f'{block.sheet.where(odd.row, odd.column)}: "{short(odd.text)}" is not understood as a '
        "year; write it as 2015 or 2015年, and what is to be said of it in a line 注：… below the "
        "table"
        for odd in dict.fromkeys(head.odd for head in block.columns.values())
        if odd.text and "year" not in block.labels
    ]


def _form(block: TableBlock, columns: Sequence[int]) -> list[str]:
    """Lines about the form of a table: what a head, a place or a merged figure leaves unclear."""
    sheet, rows = block.sheet, np.array(block.body, dtype=int)
    found = odd_heads(block)
    labels = {column for places in block.labels.values() for column in places}
    silent = set(range(sheet.values.shape[1])) - labels - set(block.columns)
    for column in sorted(silent):
        if any(is_number(value) for value in sheet.values[rows, column]):
            place = sheet.where(block.head[-1], column)
            found.append(f"{place}: is empty above figures; write what they are")
    for top, left, bottom, right in sheet.merged:
        down = int(np.sum((rows >= top) & (rows <= bottom)))
        cells = down * sum(left <= column <= right for column in columns)
        if cells > 1 and is_number(sheet.values[top, left]):
            found.append(
                f"{sheet.where(top, left)}: a figure stands in {cells} merged cells, so it is not "
                "clear whose it is; undo the merging and write it where it belongs"
            )
    found += [
        f"{sheet.where(row, sheet.begins[row].column)}: figures stand outside the "
        "table; give them a head of their own, or delete them"
        for row in block.outside
    ]
    return found


def _unread(block: TableBlock, columns: Sequence[int]) -> list[Remark]:
    """Remarks on columns of figures that are set aside because their head is no year."""
    found = []
    for column, head in block.columns.items():
        if column not in columns and head.name.text and not head.odd.text:
            count = sum(is_number(block.sheet.values[row, column]) for row in block.body)
            if count:
                fields = {"name": head.name.text, "figures": count}
                place = head.name.row, head.name.column
                found.append(Remark("set_aside", "column_not_read", fields, *place))
    return found


def build_table(block: TableBlock, axes: Axes, columns: Sequence[int]) -> FigureTable:
    """Return the table of a block whose figures stand in `columns`; rows without label are left."""
    sheet = block.sheet
    problems = _form(block, columns)
    labels = _labels(block, axes, columns, problems)
    kept = np.ones(len(block.body), dtype=bool)
    for label, axis in zip(labels.values(), axes, strict=True):
        for number, words in enumerate(label.flat if axis == "row" else ()):
            if not words.text and kept[number]:
                kept[number] = False
                if any(cell_text(sheet.values[block.body[number], c]) for c in columns):
                    where = sheet.where(words.row, words.column)
                    problems.append(f"{where}: is empty beside figures; write what they are")
    table = FigureTable(
        np.array(block.body, dtype=np.int32),
        np.array(columns, dtype=np.int32),
        labels | {"unit": _units(block, axes, labels["indicator"], columns)},
        tuple(problems),
        block.remarks + tuple(_unread(block, columns) if "column" in axes[:2] else ()),
    )
    return table if kept.all() else table.part(kept, np.ones(len(columns), dtype=bool))
