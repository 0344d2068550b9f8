"""Layouts of published tables: each a small reader in one registry, chosen by content.

A reader takes a block (a head with what stands above and below it) and returns a table that says
which words stand where, or None if the block is not laid out that way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from coevo.observations.blocks import TableBlock, table_blocks
from coevo.observations.cells import MISSING_MARKS
from coevo.observations.heads import HeadColumn, head_kind, is_number
from coevo.observations.sheets import Remark, Sheet, cell_text
from coevo.observations.tables import Axes, Axis, FigureTable, build_table, odd_heads

BlockReader = Callable[[TableBlock], FigureTable | None]


def _axes(block: TableBlock) -> Axes:
    """Return along which axis region, year and indicator of a block change."""
    labels, columns = block.labels, block.columns.values()
    dated = [column for column in columns if column.year.text]
    named = [c for c in dated or columns if c.name.text and not c.odd.text and not _is_value(c)]
    where: Axis | None = "row" if "region" in labels else None
    when: Axis | None = "row" if "year" in labels else "column" if dated else None
    what: Axis | None = "row" if "indicator" in labels else None
    if named and where is None and (what == "row" or block.stated("indicator").text):
        where = "column"
    elif named and what is None:
        what = "column"
    return where, when, what


def _is_value(column: HeadColumn) -> bool:
    return head_kind(column.name.text) == "value"


def _laid_out(*axes: Axis | None) -> BlockReader:
    """Return the reader of tables whose region, year and indicator change along these axes."""

    def reader(block: TableBlock) -> FigureTable | None:
        if _axes(block) != axes:
            return None
        dated, heads = axes[1] == "column", block.columns.items()
        columns = [c for c, head in heads if (head.year if dated else head.name).text]
        return build_table(block, _axes(block), columns)

    return reader


def _long(block: TableBlock) -> FigureTable | None:
    """One figure per row, in a column 数值; what has no column is stated above."""
    axes = _axes(block)
    columns = [column for column, head in block.columns.items() if _is_value(head)]
    if not columns and axes == ("row", "row", "row"):
        columns = list(block.columns)
    if len(columns) != 1 or "column" in axes:
        return None
    return build_table(block, axes, columns)


LAYOUTS: dict[str, BlockReader] = {
    "regions down, years across": _laid_out("row", "column", None),
    "one region, indicators down, years across": _laid_out(None, "column", "row"),
    "one region, years down, indicators across": _laid_out(None, "row", "column"),
    "regions and years down, indicators across": _laid_out("row", "row", "column"),
    "regions down, years and indicators across": _laid_out("row", "column", "column"),
    "one year, regions down, indicators across": _laid_out("row", None, "column"),
    "regions and indicators down, years across": _laid_out("row", "column", "row"),
    "years down, regions across": _laid_out("column", "row", None),
    "one year, indicators down, regions across": _laid_out("column", None, "row"),
    "long: region, year, indicator, value": _long,
}


@dataclass(frozen=True)
class SheetLayout:
    """What was found in a sheet: tables, remarks on all of it, problems whoever reads it."""

    tables: tuple[FigureTable, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problems: tuple[str, ...] = ()


def _second_heads(block: TableBlock) -> list[str]:
    """Lines about tables side by side: what names their rows stands in columns apart."""
    return [
        f"{block.sheet.where(block.head[-1], places[-1])}: is a second head in one row; put "
        "one table below the other"
        for what, places in block.labels.items()
        if what != "code" and places[-1] - places[0] >= len(places)
    ]


def _is_prose(sheet: Sheet, table: FigureTable) -> bool:
    """Whether the cells of a table hold texts alone, as a guide does that tells what goes where."""
    said = (
        value
        for row in table.rows
        for value in sheet.values[row, table.columns].tolist()
        if cell_text(value) not in MISSING_MARKS
    )
    first = next(said, None)
    return all(isinstance(value, str) and not is_number(value) for value in chain([first], said))


def _has_figures(sheet: Sheet, rows: Sequence[int]) -> bool:
    """Whether rows hold numbers beyond their first cell, which may count them."""
    return any(
        is_number(value)
        for row in rows
        for value in sheet.values[row, max(1, sheet.begins[row].column + 1) :].tolist()
    )


def read_layout(sheet: Sheet) -> SheetLayout:
    """Return what a sheet holds: each table by the first layout that knows it."""
    tables: list[FigureTable] = []
    unknown, problems = False, []
    found = table_blocks(sheet)
    for block in found:
        table = next((t for reader in LAYOUTS.values() if (t := reader(block)) is not None), None)
        unclear = _second_heads(block) + (odd_heads(block) if table is None else [])
        problems += unclear
        if table is not None and not _is_prose(sheet, table):
            tables.append(table)
        elif not unclear and _has_figures(sheet, block.body):
            unknown = True
    if unknown or (not found and _has_figures(sheet, range(len(sheet.begins)))):
        problems.append(
            f"{sheet.where()}: is laid out in no known way ({'; '.join(LAYOUTS)}); the head needs "
            "地区, 指标 or 年份 in its first cell, and years such as 2015年 or indicators beside it"
        )
    if tables or problems or not any(words.text for words in sheet.begins):
        return SheetLayout(tuple(tables), (), tuple(problems))
    return SheetLayout((), (Remark("set_aside", "no_table"),))
