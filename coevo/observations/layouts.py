"""Layouts of published tables: along which axis of a block region, year and indicator change.

Each stands in a column of its own (`row`: it changes from row to row), in the head (`column`), or
is said once for the whole table. A block is a table if one stands beside its figures and one above,
or if a column holds the values and all else stands beside them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import short
from coevo.observations.blocks import TableBlock, table_blocks
from coevo.observations.cells import has_numbers, is_number
from coevo.observations.heads import RANKS, HeadColumn, head_kind, head_word
from coevo.observations.names import compared
from coevo.observations.periods import period_of
from coevo.observations.sheets import Remark, Sheet, cell_text
from coevo.observations.tables import Axes, Axis, FigureTable, build_table, odd_heads
from coevo.observations.vocabulary import MISSING_MARKS

NOTES = re.compile(
    r"说明|注释|备注|目录|封面|notes?|read ?me|metadata|contents|cover", re.IGNORECASE
)
NAME = re.compile(r"[^\W\d_]{2}")
MOST_LOOKED_AT = 50  # rows
MOST_SHOWN = 6  # cells of a head in a message
NO_REGIONS = "no column is headed 地区, 省份, 城市, region, country or another word for regions"
NO_YEARS = "no year stands in its head, and no column is headed 年份 or year"
NO_INDICATORS = "no indicators stand in its head, and no column is headed 指标 or indicator"


def axes_of(block: TableBlock) -> Axes:
    """Return along which axis region, year and indicator of a block change."""
    labels, columns = block.labels, block.columns.values()
    dated = [column for column in columns if column.year]
    named = [c for c in dated or columns if c.name and not c.odd]
    named = [] if any(map(_is_value, columns)) else named  # what stands beside values is no figure
    region_axis: Axis | None = "row" if "region" in labels else None
    year_axis: Axis | None = "row" if "year" in labels else "column" if dated else None
    indicator_axis: Axis | None = "row" if "indicator" in labels else None
    if (
        named
        and region_axis is None
        and (indicator_axis == "row" or block.stated("indicator") or _are_places(block, named))
    ):
        region_axis = "column"
    elif named and indicator_axis is None:
        indicator_axis = "column"
    return region_axis, year_axis, indicator_axis


def _are_places(block: TableBlock, named: Sequence[HeadColumn]) -> bool:
    """Whether most heads of columns are names of regions."""
    known = sum(compared(column.name.text) in block.sheet.places for column in named)
    return 2 * known > len(named)


def _is_value(column: HeadColumn) -> bool:
    return head_kind(column.name.text) == "value"


def table_of(block: TableBlock) -> FigureTable | None:
    """Return the table that a block is, or None where it is laid out in no known way."""
    axes, heads = axes_of(block), block.columns.items()
    if "column" in axes:
        dated = axes[1] == "column"
        columns = [c for c, head in heads if (head.year if dated else head.name)]
        return build_table(block, axes, columns) if "row" in axes else None
    values = {
        c: RANKS[head_word(head.name.text)]
        for c, head in heads
        if _is_value(head) and any(is_number(block.sheet.values[row, c]) for row in block.body)
    }
    columns = [column for column, rank in values.items() if rank == max(values.values())]
    if not columns and axes == ("row", "row", "row"):
        columns = list(block.columns)
    return build_table(block, axes, columns) if len(columns) == 1 else None


@dataclass(frozen=True)
class SheetLayout:
    """What was found in a sheet: tables, remarks on all of it, problems whoever reads it."""

    tables: tuple[FigureTable, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problems: tuple[str, ...] = ()


def _second_heads(block: TableBlock) -> list[str]:
    """Lines about tables side by side: what names their rows stands in columns apart."""
    lines = []
    for places in block.labels.values():
        first: dict[str, int] = {}  # column of each word
        again = (
            place.column
            for place in places
            if place.column - first.setdefault(place.word, place.column) >= len(places)
            and place.part < 0
        )
        if (column := next(again, None)) is not None:
            where = block.sheet.where(block.head[-1], column)
            lines.append(f"{where}: is a second head in one row; put one table below the other")
    return lines


def _unknown(sheet: Sheet, blocks: Sequence[TableBlock]) -> str:
    """Return a line on a sheet in no known layout: its head, what it lacks, what to write."""
    block = next((b for b in blocks if _has_figures(sheet, b.body)), None)
    row = block.head[-1] if block else _row_above_figures(sheet)
    cells = [short(words.text, 20) for words in sheet.cells(row)]
    head = ", ".join(cells[:MOST_SHOWN]) + (", …" if len(cells) > MOST_SHOWN else "")
    dated = any(period_of(words.text) for words in sheet.cells(row))  # that is no head yet
    axes = axes_of(block) if block else (None, "column" if dated else None, None)
    lacks = [NO_REGIONS] * (axes[0] is None) + [NO_YEARS] * (axes[1] is None)
    lacks = lacks or [NO_INDICATORS]
    below = range(row + 1, min(row + 1 + MOST_LOOKED_AT, len(sheet.begins)))
    texts = {c: [sheet.words(r, c).text for r in below] for c in range(sheet.values.shape[1])}
    named = [c for c, words in texts.items() if all(NAME.search(text) for text in words)]
    named.sort(key=lambda c: -len(set(texts[c])))
    remedy = "head the columns of regions and years, or write what is of the whole table above it"
    if axes[0] is None and named:
        shown = ", ".join(dict.fromkeys(texts[named[0]][:3]))
        place = xl_rowcol_to_cell(row, named[0])
        remedy = f"write region into {place} if the column ({shown}) holds regions"
    return (
        f"{sheet.where(row, 0)}: is laid out in no known way (its head reads: {head}): "
        f"{'; '.join(lacks)}; {remedy}; config/README.md lists the layouts"
    )


def _row_above_figures(sheet: Sheet) -> int:
    """Return the last row that says anything above the first with figures, else that one."""
    last = -1
    for row, begin in enumerate(sheet.begins):
        if _has_figures(sheet, [row]):
            return row if last < 0 else last
        last = row if begin else last
    return max(last, 0)


def _is_prose(sheet: Sheet, table: FigureTable) -> bool:
    """Whether the cells of a table hold texts alone, as a guide does that tells what goes where."""
    cells = sheet.values[np.ix_(table.rows, table.columns)].ravel().tolist()
    values = [value for value in cells if cell_text(value) not in MISSING_MARKS]
    texts = (isinstance(value, str) and not is_number(value) for value in values)
    return bool(values) and all(texts)


def _has_figures(sheet: Sheet, rows: Sequence[int]) -> bool:
    """Whether rows hold numbers beyond their first cell, which may count them."""
    return any(has_numbers(sheet, row, sheet.begins[row].column) for row in rows)


def read_layout(sheet: Sheet) -> SheetLayout:
    """Return what a sheet holds: each table by the first layout that knows it."""
    tables: list[FigureTable] = []
    unknown, problems = False, []
    blocks = table_blocks(sheet)
    for block in blocks:
        table = table_of(block)
        unclear = _second_heads(block) + (odd_heads(block) if table is None else [])
        problems += unclear
        if table is not None and not _is_prose(sheet, table):
            tables.append(table)
        elif not unclear and _has_figures(sheet, block.body):
            unknown = True
    notes = not blocks and NOTES.search(sheet.name)
    if unknown or (not blocks and not notes and _has_figures(sheet, range(len(sheet.begins)))):
        problems.append(_unknown(sheet, blocks))
    silent = not tables and not problems and any(sheet.begins)
    remarks = (Remark("set_aside", "no_table"),) if silent else ()
    return SheetLayout(tuple(tables), remarks, tuple(problems))
