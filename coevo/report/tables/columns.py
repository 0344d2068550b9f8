"""What stands over the columns of the workbook: their words, units, and how numbers are shown."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd


class ColumnUnit(NamedTuple):
    """The words of a unit, none where the head says it all, and the format of its numbers."""

    en: str = ""
    zh: str = ""
    shown: str = ""  # "": text


BY_SIZE = "by size"  # figures of every size in one column: each has its own format
_AMOUNT = "[>=100]#,##0.0;[<=-100]-#,##0.0;0.00##"
UNITS = {
    "": ColumnUnit(),
    "year": ColumnUnit(shown="0"),
    "count": ColumnUnit("count", "个数", "#,##0"),
    "rank": ColumnUnit("1 is the highest", "1为最高", "0"),
    "0 to 1": ColumnUnit("0 to 1", "0至1", "0.000"),
    "−1 to 1": ColumnUnit("−1 to 1", "−1至1", "0.000"),
    "probability": ColumnUnit("0 to 1", "0至1", '[=0]0;[<0.001]"<0.001";0.000'),
    "ratio": ColumnUnit("ratio", "比值", "0.000"),
    "logarithm": ColumnUnit("natural logarithm", "自然对数", "0.0000"),
    "unit of the indicator": ColumnUnit("unit of the indicator", "指标单位", _AMOUNT),
    "unit of the row": ColumnUnit("unit in column `unit`", "单位见unit列", _AMOUNT),
    "unit of the output": ColumnUnit("unit of the output", "产出单位", _AMOUNT),
    "as the estimate": ColumnUnit("unit of the estimate", "单位同估计值", BY_SIZE),
    "by row": ColumnUnit("unit differs by row", "单位随行而异", BY_SIZE),
}
SIZES = ((1000.0, "#,##0.0"), (0.001, "0.0000"), (0.0, "0.00E+00"))
PATTERN = "U_<subsystem>"


class Head(NamedTuple):
    """A column: its id, its words with the unit in English and Chinese, the format of numbers."""

    id: str
    en: str
    zh: str
    shown: str


def heads(
    table: str, ids: Sequence[str], columns: pd.DataFrame, labels: Mapping[str, Any]
) -> list[Head]:
    """Return the heads of the columns of a table; a column that has no words keeps its id.

    `columns`: columns.csv (column, en, zh, unit), where `table.column` stands before `column`
    and `U_<subsystem>` for one column per subsystem; `labels`: the configuration's `subsystems`.
    """
    words = {row.column: row for row in columns.itertuples()}
    return [_head(table, str(column), words, labels) for column in ids]


def number_format(shown: str, value: float) -> str:
    """Return the format of a number: of its column, or by its size and whether it is whole."""
    if shown != BY_SIZE:
        return shown
    if value == round(value):
        return "#,##0"
    return next(form for least, form in SIZES if abs(value) >= least)


def _head(table: str, column: str, words: Mapping[str, Any], labels: Mapping[str, Any]) -> Head:
    row = words.get(f"{table}.{column}", words.get(column))
    prefix, _, mark = PATTERN.partition("<")
    if row is None and column.startswith(prefix):
        row = words.get(PATTERN)
    if row is None:
        return Head(column, column, column, "")
    subsystem = column.removeprefix(prefix)
    said = {
        language: str(getattr(row, language)).replace(
            f"<{mark}", labels.get(subsystem, {}).get(language, subsystem)
        )
        for language in ("en", "zh")
    }
    unit = UNITS[row.unit]
    return Head(
        column,
        f"{said['en']} ({unit.en})" if unit.en else said["en"],
        f"{said['zh']}（{unit.zh}）" if unit.zh else said["zh"],
        unit.shown,
    )
