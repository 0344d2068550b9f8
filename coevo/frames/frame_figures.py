"""Figures of a DataFrame by region and year, and what is wrong with it, by column and row."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import Problems, short

Keys = tuple[str, str]  # what the region and the year are called
Limits = tuple[float, float, str]  # of figures, and what is said of one that is beyond
LEVELS = ["region", "name", "year"]
NAMED = 3  # of the rows that share a fault


def checked_figures(
    frame: pd.DataFrame, names: Sequence[str], keys: Keys, limits: Limits, problems: Problems
) -> pd.DataFrame:
    """Return columns as numbers, indexed by region, name (the same) and year, rows in their order.

    names: of the columns; keys: what region and year are called, columns or levels of the index.
    Raises `StudyError` with all problems, those that were found before among them: a name that is
    not there or twice, a region or year that is none, a region-year twice, a cell that is empty,
    infinite, no number or beyond the limits, a column that does not vary.
    """
    table = frame.reset_index(drop=not {*keys} & {*frame.index.names}, allow_duplicates=True)
    there = {name: list(table.columns).count(name) for name in dict.fromkeys([*keys, *names])}
    for name, count in there.items():
        if count != 1:
            problems.add(f"{name}: is the name of {count or 'no'} columns; it must be that of one")
        if names.count(name) > 1:
            problems.add(f"{name}: is named twice in the call; name another column there")
    if not len(table) or any(there[key] != 1 for key in keys):
        problems.add(
            f"keys: the DataFrame needs rows, which {' and '.join(keys)} tell apart; if they are "
            "called otherwise, give keys=(region, year)"
        )
        problems.check()  # no row could be named
    region, year = (table[key] for key in keys)
    years, codes = numbers(year), region.astype(str)
    rows = [f"{code} {y:g}" for code, y in zip(codes, years, strict=True)]
    nameless = np.flatnonzero((years % 1 != 0) | region.isna())
    for row in nameless:
        rows[row] = f"row {row + 1} ({region[row]}, {year[row]})"
    if unknown := [rows[row] for row in nameless]:
        need = f"{keys[0]} must be a name and {keys[1]} a whole number, as 2015"
        problems.add(f"{_first(unknown)}: {need}")
    counts = pd.Series(rows).value_counts(sort=False)
    for row, count in counts[counts > 1].items():
        problems.add(f"{row}: stands in {count} rows; keep one")
    figures = {name: numbers(table[name]) for name in names if there[name] == 1}
    for name, x in figures.items():
        if x.min() == x.max():
            problems.add(f"{name}: is {x[0]:g} in every row, and tells nothing apart; leave it out")
        cells, faults = table[name].to_numpy(dtype=object), dict[str, list[str]]()
        for i in np.flatnonzero(~((x >= limits[0]) & (x <= limits[1]) & np.isfinite(x))):
            faults.setdefault(_fault(cells[i], x[i], limits[2]), []).append(rows[i])
        for fault, found in faults.items():
            problems.add(f"{name}: {_first(found)}: {fault}")
    problems.check()
    index = pd.MultiIndex.from_arrays([codes, codes, years.astype(int)], names=LEVELS)
    return pd.DataFrame(figures).set_axis(index)


def numbers(column: pd.Series) -> Array:
    """Return the cells of a column as floats, NaN where one is empty or no number."""
    cells = column.astype(object)
    known = [isinstance(cell, Real) and not isinstance(cell, bool) for cell in cells]
    return np.asarray(cells.where(known).to_numpy(dtype=float, na_value=np.nan))


def _first(rows: Sequence[str]) -> str:
    """Return the first of the rows that share a fault, and how many more there are."""
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return ", ".join(rows[:NAMED]) + more


def _fault(cell: Any, x: float, beyond: str) -> str:
    """Return what is wrong with a cell that holds the number x, or none."""
    if np.isfinite(x):
        return beyond
    if np.isinf(x):
        return "infinite; correct it, or drop the row"
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return "empty; fill it in, or drop the row"
    return f"'{short(cell)}' is no number; correct it, or convert the column by pandas.to_numeric"
