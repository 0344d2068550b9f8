"""Heads of tables: what they say of each column.

A head is a row that begins with a word of `HEADS`, with further levels above and below it (years
over indicators, units, English labels). Words are recognised as plain text without spaces, the
English alone or beside the Chinese.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from coevo.observations.cells import NUMBER, head_year, without_marks
from coevo.observations.names import compared
from coevo.observations.sheets import CellValue, CellWords, Sheet, cell_text
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


def is_level(sheet: Sheet, row: int, labels: set[int], below: bool = True) -> bool:
    """Whether a row next to a head is a further level of it: names, years or units, no label.

    Above the head, a single text that is neither year nor unit is the title.
    """
    if not 0 <= row < len(sheet.begins) or not sheet.begins[row].text:
        return False
    said = list(sheet.cells(row))
    if any(":" in words.text or is_number(sheet.values[row, words.column]) for words in said):
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


def label_columns(sheet: Sheet, rows: range) -> dict[str, tuple[int, ...]]:
    """Return the columns of each kind; a heading merged over several columns is none, but regions.

    Chinese and English names of regions may share one merged head.
    """
    found: dict[str, list[int]] = {}
    wide = {(s.first_row, s.first_column): s for s in sheet.merged}
    for row in rows:
        for words in sheet.cells(row):
            what, place = head_kind(words.text), (row, words.column)
            last = wide[place].last_column if place in wide else place[1]
            last = min(last, sheet.values.shape[1] - 1)
            if what and what != "value" and (last == place[1] or what == "region"):
                columns = found.setdefault(what, [])
                columns += [c for c in range(place[1], last + 1) if c not in columns]
    taken = {column for what, columns in found.items() if what != "unit" for column in columns}
    if own := [column for column in found.pop("unit", ()) if column not in taken]:
        found["unit"] = own  # else a row of units, not a column
    if "code" in found and "region" not in found:
        found["region"] = found.pop("code")
    return {what: tuple(sorted(columns)) for what, columns in found.items()}


def _level_texts(sheet: Sheet, head: range, labels: set[int]) -> dict[int, list[CellWords]]:
    """Return what each level says of each column; a blank takes over its left neighbour's words.

    But only above a level that says something, and never in the last level.
    """
    width = sheet.values.shape[1]
    found: dict[int, dict[CellWords, None]] = {}  # as sets that keep their order
    lowest: dict[int, int] = {}  # of each column: the last level that says anything
    for row in head:
        lowest |= {column: row for column in range(width) if sheet.words(row, column).text}
    for row in head:
        left = CellWords("")
        for column in range(width):
            words = sheet.words(row, column)
            if column in labels or words.text:
                left = CellWords("") if column in labels else words
            if left.text and (left is words or row < lowest.get(column, row)):
                found.setdefault(column, {})[left] = None
    return {column: list(said) for column, said in found.items()}


def _english_rows(levels: dict[int, list[CellWords]]) -> set[int]:
    """Return the levels that repeat in English what another says in Chinese."""
    names: dict[int, list[str]] = {}
    for words in (words for said in levels.values() for words in said):
        known = head_year(words.text) is not None or is_unit(words.text)
        names.setdefault(words.row, []).extend([] if known else [words.text])
    english = {row for row, texts in names.items() if texts and not CHINESE.search("".join(texts))}
    chinese = any(CHINESE.search("".join(texts)) for texts in names.values())
    return english if chinese else set()


def _column(said: list[CellWords], english: set[int]) -> HeadColumn:
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
    if len(names) > 1:
        joined = " ".join(split_unit(words.text)[0] for words in names)
        names = [names[-1]._replace(text=joined)]
    if len({words.text for words in years}) > 1:
        odd.append(years[-1]._replace(text=" ".join(words.text for words in years)))
    if years and len(odd) == len(years) == 1:
        odd = []
    return HeadColumn(*(next(iter(part), CellWords("")) for part in (years, names, units, odd)))


def head_columns(sheet: Sheet, head: range, labels: set[int]) -> dict[int, HeadColumn]:
    """Return what the levels of a head say of each column but those of labels."""
    levels = _level_texts(sheet, head, labels)
    english = _english_rows(levels)
    return {column: _column(said, english) for column, said in levels.items()}
