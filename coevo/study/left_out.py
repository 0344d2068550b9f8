"""What of a table is no figure of an indicator, and why: lines for who begins a study."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import short
from coevo.observations.cells import is_number
from coevo.observations.heads import head_kind, numbers_rows
from coevo.observations.names import compared, title_parts
from coevo.observations.sheets import CellWords, Sheet, cell_text
from coevo.observations.tables import FigureTable
from coevo.study.terminal import shown

RANK = re.compile(r"位次|排名|名次|\brank(?:ing)?\b", re.IGNORECASE)
FEWEST_NUMBERED = 5  # rows, from which their numbers are no chance
FEWEST_CODED = 3  # regions, from which a number of each is its code


def crowded(sheet: Sheet, table: FigureTable, figures: pd.DataFrame) -> str:
    """Return why a table cannot be read: more figures of a name than regions times times, or "".

    Then two columns are headed alike, or one tells them apart that is taken for no label: these are
    named.
    """
    counts = figures.groupby("name", sort=False).agg(
        figures=("value", "size"), regions=("region", "nunique"), times=("time", "nunique")
    )
    counts = counts[counts["figures"] > counts["regions"] * counts["times"]]
    if counts.empty:
        return ""
    others = _others(sheet, table)
    one = f", by one value of {others}" if others else ""
    remedy = f"keep one figure of each region and time{one}"
    if alike := _headed_alike(sheet, table):
        remedy = f"{alike}; rename one"
    elif (column := _telling(sheet, table)) is not None:
        remedy = (
            f"{_head(sheet, table, column)} tells them apart: head it region, year or indicator if "
            "it holds these, else keep the rows of one of its values"
        )
    name, many, regions, times = next(counts.itertuples(name=None))
    return f"{many} figures of {name} for {regions} regions and {times} times; {remedy}; set aside"


def placeless(sheet: Sheet, table: FigureTable, figures: pd.DataFrame) -> str:
    """Return why a table that names no region cannot be read, or "": one of its columns may.

    So it is where columns that are no labels tell its figures apart.
    """
    if not figures["name"].str.contains("; ", regex=False).any():
        return ""
    return (
        f"names no region, and other columns tell its figures apart: {_others(sheet, table)}; head "
        "region the one that holds regions, or write a line 地区：… above the head; set aside"
    )


def _others(sheet: Sheet, table: FigureTable) -> str:
    """Return the heads of columns of several texts that are neither figures nor labels."""
    texts = _texts(sheet, table).items()
    told = [c for c, words in texts if len({*words}) > 1 and not any(map(is_number, words))]
    return shown([_head(sheet, table, c) for c in told])


def _headed_alike(sheet: Sheet, table: FigureTable) -> str:
    """Return that two columns of figures are headed alike, with their cells, or ""."""
    parts = (table.labels[what] for what in ("region", "year", "indicator"))
    across = [part.flat for part in parts if part.shape == (1, len(table.columns))]
    first: dict[tuple[str, ...], CellWords] = {}
    for heads in zip(*across, strict=True):
        last = heads[-1]
        before = first.setdefault(tuple(compared(title_parts(w.text)[0]) for w in heads), last)
        if before is not last:
            cells = [xl_rowcol_to_cell(words.row, words.column) for words in (before, last)]
            return f'{cells[0]} and {cells[1]} are headed alike ("{short(last.text)}")'
    return ""


def _beside(table: FigureTable) -> dict[int, list[str]]:
    """Return the labels down the rows of a table, by the column in which they stand."""
    down = (part for part in table.labels.values() if part.shape == (len(table.rows), 1))
    return {part.flat[0].column: [words.text for words in part.flat] for part in down}


def _texts(sheet: Sheet, table: FigureTable) -> dict[int, list[str]]:
    """Return the words of the columns that are no labels, by column."""
    columns = {*range(sheet.values.shape[1])} - {*_beside(table)}
    return {c: [sheet.words(row, c).text for row in table.rows] for c in sorted(columns)}


def _telling(sheet: Sheet, table: FigureTable) -> int | None:
    """Return the column of fewest values that, with the labels, names each row once; or None."""
    labels = _beside(table)
    whole = {
        c: len(set(words))
        for c, words in _texts(sheet, table).items()
        if len({*zip(words, *labels.values(), strict=True)}) == len(words)
        and not numbers_rows(words)
    }
    return min(whole, key=lambda c: whole[c], default=None)


def _head(sheet: Sheet, table: FigureTable, column: int) -> str:
    """Return what stands nearest above the figures of a column."""
    above = (sheet.words(row, column).text for row in range(int(table.rows[0]) - 1, -1, -1))
    return next(filter(None, above), "a column without a head")


def unused_columns(sheet: Sheet, table: FigureTable) -> str:
    """Return a line on the columns of numbers that are neither figures nor labels, or ""."""
    labels, values = _beside(table), sheet.values[table.rows]
    unused = [
        head
        for c in range(values.shape[1])
        if c not in labels and c not in table.columns and any(map(is_number, values[:, c]))
        if head_kind(head := _head(sheet, table, c)) not in ("quarter", "month")
    ]
    return f"columns of numbers, none of its figures, are not read: {shown(unused)}" * bool(unused)


def numbering(table: FigureTable, figures: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield the names whose figures number rows or regions, or rank these, with that reason.

    Or are all the same. Rows are numbered by the whole numbers from 0 or 1 on, each once, down a
    column; regions by a whole number of each that is no other's, at all times.
    """
    down = all(table.labels[what].shape[1] == 1 for what in ("region", "year"))
    for name, rows in figures.groupby("name", sort=False):
        value = rows["value"]
        if RANK.search(str(name)):
            yield str(name), "a rank; left out"
        if len(rows) >= FEWEST_NUMBERED and value.nunique() == 1:
            yield str(name), f"is {value.iloc[0]:g} throughout; left out"
        if not np.equal(value % 1, 0).all():
            continue
        of_region = value.groupby(rows["region"])
        fixed = of_region.nunique().eq(1).all() and value.nunique() == of_region.ngroups
        if down and len(rows) >= FEWEST_NUMBERED and numbers_rows([*map(cell_text, value)]):
            yield str(name), "numbers the rows; left out"
        elif fixed and of_region.ngroups >= FEWEST_CODED and rows["time"].nunique() > 1:
            yield str(name), "is one whole number of each region at all times, a code; left out"
