"""Heads of tables: what they say of each column.

A head is a row that begins with a word of `HEADS`, with further levels above and below it (years
over indicators, units, English labels). Words are recognised as plain text without spaces, the
English alone or beside the Chinese.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from coevo.errors import StudyError
from coevo.observations.cells import NUMBER, head_year, without_marks
from coevo.observations.names import compared
from coevo.observations.sheets import CellValue, Sheet, cell_text
from coevo.observations.units import is_unit, split_unit

# what stands in a column, or after the colon of a line above the head
HEADS = {
    "region": "地区 地区名称 省份 省市 省市区 省(区、市) 省(自治区、直辖市) region province area",
    "year": "年份 年度 年 时间 year time period",
    "indicator": "指标 指标名称 项目 indicator item variable",
    "unit": "单位 计量单位 unit",
    "value": "数值 指标值 数据 值 value figure",
    "code": "序号 编号 代码 地区代码 行政区划代码 code no.",  # names a region if nothing else does
}
KINDS = {word: kind for kind, words in HEADS.items() for word in words.split()}
KINDS |= {f"{word}s": kind for word, kind in KINDS.items() if word.isascii()}
CHINESE = re.compile(r"[\u3400-\u9fff]")
LIKE_A_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")


class CellWords(NamedTuple):
    """What a cell says and where it stands (row, column); no place if nothing says it."""

    text: str
    row: int | None = None
    column: int | None = None


class HeadColumn(NamedTuple):
    """What a head says of a column of figures, each with its place: no words if it says nothing."""

    year: CellWords = CellWords("")
    name: CellWords = CellWords("")
    unit: CellWords = CellWords("")
    odd: CellWords = CellWords("")  # looks like a year and is none


@lru_cache(maxsize=10_000)
def head_kind(text: str) -> str:
    """Return what a head says of its column (a key of `HEADS`), or ""."""
    word = compared(split_unit(text)[0])
    latin = re.search(r"(?<![a-z])[a-z]+$", word)
    if latin and latin.start():  # 地区 Region
        chinese = KINDS.get(word[: latin.start()])
        return chinese if chinese and chinese == KINDS.get(latin[0]) else ""
    return KINDS.get(word, "")


def is_number(value: CellValue) -> bool:
    """Whether a cell holds a number other than a year, as such or as text."""
    if isinstance(value, str):
        text = re.sub(r"[, ]", "", without_marks(cell_text(value))).rstrip("%‰")
        return bool(NUMBER.fullmatch(text)) and head_year(text) is None
    return isinstance(value, float) and head_year(cell_text(value)) is None


@dataclass(frozen=True, eq=False)
class HeadGrid:
    """A sheet with what is needed to find its heads: the first cell of each row, merged ranges."""

    sheet: Sheet

    @cached_property
    def begins(self) -> list[CellWords]:
        """The first cell of each row that says anything, with its place; column -1 for none."""
        return [
            next(
                (CellWords(t, row, c) for c, v in enumerate(cells) if (t := cell_text(v))),
                CellWords("", row, -1),
            )
            for row, cells in enumerate(self.sheet.values)
        ]

    def value(self, row: int, column: int | None) -> CellValue:
        said: CellValue = self.sheet.values[row, column or 0]
        return said

    @cached_property
    def merged(self) -> np.ndarray:
        """The number of the merged range that each cell belongs to, or -1."""
        rows, columns = self.sheet.values.shape
        spans = np.full((rows, columns), -1, dtype=np.int32)
        room = spans.size
        for number, (top, left, bottom, right) in enumerate(self.sheet.merged):
            room -= max(0, min(bottom + 1, rows) - top) * max(0, min(right + 1, columns) - left)
            if room < 0:
                raise StudyError(f"{self.sheet.where()}: merged cells overlap; undo the merging")
            spans[top : bottom + 1, left : right + 1] = number
        return spans

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return where the words of a cell stand: the first cell of its merged range."""
        inside = row < self.merged.shape[0] and column < self.merged.shape[1]
        number = self.merged[row, column] if self.sheet.merged and inside else -1
        if number < 0:
            return row, column
        span = self.sheet.merged[number]
        return span.first_row, span.first_column

    def text(self, row: int, column: int) -> str:
        """Return what a cell says, or the first cell of its merged range."""
        return self.sheet.text(*self.place(row, column))

    def cells(self, row: int) -> Iterator[CellWords]:
        """Yield the cells of a row that say anything."""
        for column, value in enumerate(self.sheet.values[row].tolist()):
            if value is not None and (text := cell_text(value)):
                yield CellWords(text, row, column)


def is_level(grid: HeadGrid, row: int, labels: set[int], below: bool = True) -> bool:
    """Whether a row next to a head is a further level of it: names, years or units, no label.

    Above the head, a single text that is neither year nor unit is the title.
    """
    if not 0 <= row < len(grid.begins) or not grid.begins[row].text:
        return False
    said = list(grid.cells(row))
    if any(":" in words.text or is_number(grid.value(row, words.column)) for words in said):
        return False
    if any(words.column in labels and not head_kind(words.text) for words in said):
        return False
    rest = [words for words in said if words.column not in labels]
    if not rest:  # 地区 above, Region below
        return below
    return any(
        re.search(r"[^\W\d_]|%|‰", w.text) or head_year(w.text) is not None for w in rest
    ) and (
        below
        or len(said) > 1
        or any(head_year(words.text) is not None or is_unit(words.text) for words in rest)
    )


def label_columns(grid: HeadGrid, rows: range) -> dict[str, tuple[int, ...]]:
    """Return the columns of each kind; a heading merged over several columns is none, but regions.

    Chinese and English names of regions may share one merged head.
    """
    found: dict[str, list[int]] = {}
    wide = {(s.first_row, s.first_column): s for s in grid.sheet.merged}
    for row in rows:
        for words in grid.cells(row):
            what, place = head_kind(words.text), (row, words.column or 0)
            last = wide[place].last_column if place in wide else place[1]
            last = min(last, grid.sheet.values.shape[1] - 1)
            if what and what != "value" and (last == place[1] or what == "region"):
                columns = found.setdefault(what, [])
                columns += [c for c in range(place[1], last + 1) if c not in columns]
    taken = {column for what, columns in found.items() if what != "unit" for column in columns}
    if "unit" in found and not (own := [c for c in found["unit"] if c not in taken]):
        del found["unit"]  # a row of units, not a column
    elif "unit" in found:
        found["unit"] = own
    if "code" in found and "region" not in found:
        found["region"] = found.pop("code")
    return {what: tuple(sorted(columns)) for what, columns in found.items()}


def _level_texts(grid: HeadGrid, head: range, labels: set[int]) -> dict[int, list[CellWords]]:
    """Return what each level says of each column; a blank takes over its left neighbour's words.

    But only above a level that says something, and never in the last level.
    """
    width = grid.sheet.values.shape[1]
    found: dict[int, dict[CellWords, None]] = {}  # as sets that keep their order
    lower = {head[-1]: [False] * width}
    for row in reversed(head[1:]):
        lower[row - 1] = [
            low or bool(grid.text(row, c)) for c, low in zip(range(width), lower[row], strict=True)
        ]
    for row in head:
        left = CellWords("")
        for column in range(width):
            if column in labels:
                left = CellWords("")
                continue
            place = grid.place(row, column)
            text = grid.sheet.text(*place)
            if text:
                left = CellWords(text, *place)
            elif not (left.text and row != head[-1] and lower[row][column]):
                continue
            found.setdefault(column, {})[left] = None
    return {column: list(said) for column, said in found.items()}


def _english_rows(levels: dict[int, list[CellWords]]) -> set[int | None]:
    """Return the levels that repeat in English what another says in Chinese."""
    names: dict[int | None, list[str]] = {}
    for words in (words for said in levels.values() for words in said):
        names.setdefault(words.row, []).extend([] if _known(words) else [words.text])
    english = {row for row, texts in names.items() if texts and not CHINESE.search("".join(texts))}
    chinese = any(CHINESE.search("".join(texts)) for texts in names.values())
    return english if chinese else set()


def _known(words: CellWords) -> bool:
    return head_year(words.text) is not None or is_unit(words.text)


def _column(said: list[CellWords], english: set[int | None]) -> HeadColumn:
    """Take apart what the levels of a head say of a column: year, name, unit."""
    years, units, names, odd = [], [], [], []
    for words in said:
        text = words.text.strip()
        if head_year(text) is not None:
            years.append(words._replace(text=str(head_year(text))))
        elif is_unit(text):
            units.append(words)
        else:
            names.append(words)
            odd += [words] if LIKE_A_YEAR.match(text) else []
    names = [w for w in names if w.row not in english and head_kind(w.text) in ("", "value")]
    for words in names:
        # the unit in the brackets of the Chinese, of the whole, or of the English
        for part in (re.split(r"(?<!\s)\s+(?=[A-Za-z])", words.text)[0], words.text):
            if unit := split_unit(part)[1]:
                units.append(words._replace(text=unit))
                break
    name = CellWords("")
    if len(names) == 1:
        name = names[0]
    elif names:
        name = names[-1]._replace(text=" ".join(split_unit(words.text)[0] for words in names))
    if len({words.text for words in years}) > 1:
        odd.append(years[-1]._replace(text=" ".join(words.text for words in years)))
    none = CellWords("")
    return HeadColumn(
        years[0] if years else none,
        name,
        units[0] if units else none,
        odd[0] if odd and not (years and len(odd) == 1 and len(years) == 1) else none,
    )


def head_columns(grid: HeadGrid, head: range, labels: set[int]) -> dict[int, HeadColumn]:
    """Return what the levels of a head say of each column but those of labels."""
    levels = _level_texts(grid, head, labels)
    english = _english_rows(levels)
    return {column: _column(said, english) for column, said in levels.items()}
