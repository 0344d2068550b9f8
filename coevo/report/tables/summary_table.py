"""The table that opens the workbook: a row per region, heads as the result tables have them."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from coevo.report.findings.data_quality import largest_obstacles
from coevo.report.findings.interaction import regional
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables.columns import column_of
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Words, amount
from coevo.report.words.numbers import fixed, graded, with_figures

SLOPES = ("b1", "d")
Part = tuple[Any, dict[str, Any]]  # a column as the phrases write it, its cells by region


def summary(words: Words) -> Body:
    """Code and name; of D its ends, rise, rank, grade; indices; largest obstacle; outputs, slopes.

    A head that is dated carries the year; the words are those of `tables.csv`. What a region lacks
    is empty.
    """
    study = words.study
    codes, last = pd.Series(study.listing, study.listing), study.years[-1]
    parts = [
        _part(words, "panel", "region", codes, str),
        _part(words, "panel", "name", codes, study.name),
        *(_of_indices(words) if study.indexed else ()),
    ]
    for k, output in enumerate(study.pair or (), start=1):
        values = study.series(output).xs(last, level="year")
        head, cells = _part(words, "summary", f"x{k}", values, amount)
        parts.append(([words.grammar.dated(study.heading(output), last), *head[1:]], cells))
    for name in SLOPES if study.pair else ():
        slopes = regional(study, name).set_index("scope")["estimate"]
        parts.append(_part(words, "summary", name, slopes, with_figures))
    rows = [[cells.get(code, "") for _, cells in parts] for code in study.listing]
    return Body(rows, [head for head, _ in parts])


def _part(
    words: Words, table: str, column: str, values: pd.Series, shown: Callable[[Any], Any],
    year: int | None = None, end: str = "",
) -> Part:  # fmt: skip
    text = column_of(table, column, words.study.config["subsystems"], words.study.language).head
    dated = words.grammar.dated(text, year) if year else text
    cells = {str(code): shown(value) for code, value in values.items()}
    return [dated, "l", 12, column + end], cells


def _of_indices(words: Words) -> list[Part]:
    """What rests on the indices."""
    study = words.study
    year, (first, last) = study.years[-1], study.ends
    ends: tuple[Any, ...] = ((first, study.years[0], "_first"), (last, year, ""))
    indices = ("C", "T", *(SUBSYSTEM_PREFIX + name for name in study.subsystems))
    return [
        *(_part(words, "coupling", "D", part["D"], graded, *of) for part, *of in ends),
        _part(words, "summary", "rise", last["D"] - first["D"], fixed),
        *(
            _part(words, "summary", "rank", part["D"].rank(ascending=False, method="min"), int, *of)
            for part, *of in ends
        ),
        _part(words, "coupling", "grade", last["grade"], str, year),
        _part(words, "coupling", "lagging", last["lagging"], words.side, year),
        *(_part(words, "coupling", name, last[name], fixed, year) for name in indices),
        _part(words, "summary", "obstacle", largest_obstacles(study), study.heading),
    ]
