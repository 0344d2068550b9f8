"""Tables as they stand in a sheet: which words say what the figures of a block are.

Nothing is recognised here: regions, indicators and units are words, figures are cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coevo.observations.blocks import Block
from coevo.observations.cells import year
from coevo.observations.heads import Grid, Words, is_number
from coevo.observations.sheets import Remark, plain
from coevo.observations.units import split_unit

Axis = Literal["row", "column"]
Axes = tuple[Axis | None, Axis | None, Axis | None]  # of region, year, indicator; None: above
NONE = Words("")


@dataclass(frozen=True)
class Labels:
    """Words along an axis: one for each row of figures, one for each column, or one for all."""

    words: tuple[Words, ...]
    along: Axis | None


@dataclass(frozen=True, eq=False)
class Table:
    """The figures of a table (rows x columns of its sheet) with the words that say what they are.

    `problems` are lines about its form; they count once somebody wants figures of the table.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    region: Labels
    year: Labels
    indicator: Labels
    unit: Labels
    problems: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def _row_words(block: Block, what: str) -> tuple[Words, ...]:
    """Return the words of a kind for each row of the body; those of several columns are joined."""
    columns, grid = block.labels[what], block.grid
    said = [_column_texts(grid, block.body, column) for column in columns]
    if len(columns) == 1:
        joined = said[0]
    else:
        joined = [" ".join(dict.fromkeys(filter(None, texts))) for texts in zip(*said, strict=True)]
    return tuple(Words(text, r, columns[0]) for text, r in zip(joined, block.body, strict=True))


def _column_texts(grid: Grid, rows: Sequence[int], column: int) -> list[str]:
    """Return what the cells of a column say; those of a merged range what its first cell says."""
    if grid.sheet.merged:
        places = [grid.place(row, column) for row in rows]
        values = [grid.value(row, column) for row, column in places]
    else:
        values = grid.sheet.values[list(rows), column].tolist()
    texts = {v: plain(v) for v in {v for v in values if not isinstance(v, bool)}}
    return [plain(v) if isinstance(v, bool) else texts.get(v, "") for v in values]


def _year_above(block: Block, problems: list[str]) -> Words:
    """Return the one year that is stated above the head, in a line of its own or in the title."""
    stated = block.stated("year")
    if (when := year(stated.text)) is not None:
        return stated._replace(text=str(when))
    years = block.stated_years()
    if len(years) == 1:
        return next(iter(years.values()))
    several = f"several years stand above it ({', '.join(years)})" if years else "no year is stated"
    place = block.grid.sheet.where(block.head[0], 0)
    problems.append(f"{place}: {several}; add a line 年份：2020 above the head")
    return NONE


def _labels(block: Block, axes: Axes, columns: Sequence[int], problems: list[str]) -> list[Labels]:
    """Return the words for region, year and indicator, each along its axis or from above."""
    found = []
    for what, axis in zip(("region", "year", "indicator"), axes, strict=True):
        if axis == "row":
            words = _row_words(block, what)
        elif axis == "column":
            heads = [block.columns[column] for column in columns]
            words = tuple(head.year if what == "year" else head.name for head in heads)
        else:
            words = (_year_above(block, problems) if what == "year" else block.stated(what),)
        if what == "region" and axis is None and not words[0].text:
            problems.append(
                f"{block.grid.sheet.where()}: no line 地区：… above the head names the region; "
                "add it"
            )
        found.append(Labels(words, axis))
    return found


def _inside(words: Words) -> Words:
    """Return the unit in the brackets of an indicator, at the indicator's place."""
    text = split_unit(words.text)[1]
    return words._replace(text=text) if text else NONE


def _units(block: Block, indicator: Labels, columns: Sequence[int]) -> Labels:
    """Return the units; the nearest to a figure counts.

    These are: a column of units, the brackets of an indicator, the head of the column, a line above
    the head.
    """
    heads = [block.columns[column].unit for column in columns]
    common = [heads[0]] if len(columns) == 1 else []
    common += [_inside(indicator.words[0])] if indicator.along is None else []
    shared = next((words for words in common if words.text), block.stated("unit"))
    if "unit" in block.labels or indicator.along == "row":
        size = len(block.body)
        own = _row_words(block, "unit") if "unit" in block.labels else (NONE,) * size
        named = indicator.words if indicator.along == "row" else (NONE,) * size
        options = ((a, _inside(b), shared) for a, b in zip(own, named, strict=True))
        return Labels(tuple(next((w for w in o if w.text), shared) for o in options), "row")
    if any(words.text for words in heads):
        return Labels(tuple(words if words.text else shared for words in heads), "column")
    return Labels((shared,), None)


def odd_heads(block: Block) -> list[str]:
    """Lines about heads that look like a year and are none."""
    return [
        f'{block.grid.sheet.where(odd.row, odd.column)}: "{odd.text}" is not understood as a year; '
        "write it as 2015 or 2015年, and what is to be said of it in a line 注：… below the table"
        for odd in dict.fromkeys(head.odd for head in block.columns.values())
        if odd.text and "year" not in block.labels
    ]


def _form(block: Block, columns: Sequence[int]) -> list[str]:
    """Lines about the form of a table: what a head, a place or a merged figure leaves unclear."""
    sheet, rows = block.grid.sheet, np.array(block.body, dtype=int)
    found = odd_heads(block)
    labels = {column for places in block.labels.values() for column in places}
    silent = set(range(sheet.values.shape[1])) - labels - set(block.columns)
    for column in sorted(silent):
        number = next((r for r in block.body if is_number(block.grid.value(r, column))), None)
        if number is not None:
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
        f"{sheet.where(row, block.grid.begins[row].column)}: figures stand outside the "
        "table; give them a head of their own, or delete them"
        for row in block.outside
    ]
    return found


def _unread(block: Block, columns: Sequence[int]) -> list[Remark]:
    """Remarks on columns of figures that are set aside because their head is no year."""
    found = []
    for column, head in block.columns.items():
        if column not in columns and head.name.text and not head.odd.text:
            count = sum(is_number(block.grid.value(row, column)) for row in block.body)
            if count:
                message = f"column '{head.name.text}' is not read: {count} figures"
                found.append(Remark("set_aside", message, head.name.row, head.name.column))
    return found


def build_table(block: Block, axes: Axes, columns: Sequence[int]) -> Table:
    """Return the table of a block whose figures stand in `columns`; rows without label are left."""
    sheet = block.grid.sheet
    problems = _form(block, columns)
    region, when, indicator = labels = _labels(block, axes, columns, problems)
    unit = _units(block, indicator, columns)
    kept = np.ones(len(block.body), dtype=bool)
    for label in labels if len(block.body) else ():
        for place, words in enumerate(label.words) if label.along == "row" else ():
            if not words.text and kept[place]:
                kept[place] = False
                if any(sheet.text(block.body[place], column) for column in columns):
                    where = sheet.where(words.row, words.column)
                    problems.append(f"{where}: is empty beside figures; write what they are")

    def rows(label: Labels) -> Labels:
        if label.along != "row" or kept.all():
            return label
        return Labels(tuple(w for w, k in zip(label.words, kept, strict=True) if k), "row")

    return Table(
        tuple(row for row, k in zip(block.body, kept, strict=True) if k),
        tuple(columns),
        rows(region),
        rows(when),
        rows(indicator),
        rows(unit),
        tuple(problems),
        block.remarks + tuple(_unread(block, columns) if "column" in axes[:2] else ()),
    )
