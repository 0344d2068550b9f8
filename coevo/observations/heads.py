"""Heads of tables: what they say of each column.

A head is a row that begins with a word of `HEADS`, with further levels above and below it (years
over indicators, units, English labels). Words are recognised as plain text without spaces, the
English alone or beside the Chinese.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from coevo.observations.cells import (
    NUMBER,
    PARTING,
    date_of,
    head_year,
    without_flag,
    without_marks,
)
from coevo.observations.names import compared, title_parts
from coevo.observations.periods import fiscal_year, period_of
from coevo.observations.sheets import CellValue, CellWords, Sheet, cell_text
from coevo.observations.units import is_unit, split_unit
from coevo.observations.vocabulary import HEADS, TOTALS

KINDS = {word: kind for kind, words in HEADS for word in words}
RANKS = {word: rank for rank, (_, words) in enumerate(HEADS) for word in words}
ENDS = {"name": "region", "en": "region", "cn": "region", "zh": "region", "id": "code"}
PLURALS = {word: f"{word.removesuffix('y')}ies" if word.endswith("y") else f"{word}s"
           for word in KINDS if word.isascii()}  # fmt: skip
for word in [word for word, kind in KINDS.items() if kind == "region" and word.isascii()]:
    # province_name, province_en, but province_id is a code
    KINDS |= {word + end: kind for end, kind in ENDS.items() if word + end not in KINDS}
    RANKS |= {word + end: RANKS[word] for end in ENDS if word + end not in RANKS}
WHOLES = {*map(compared, TOTALS)}
KINDS |= {many: KINDS[one] for one, many in PLURALS.items()}
RANKS |= {many: RANKS[one] for one, many in PLURALS.items()}
CODES = "コード"  # behind the word of a column whose codes stand in this one
KEY = "\\"  # freq,unit,geo\TIME_PERIOD: several labels in one column
CHINESE = re.compile(r"[\u3400-\u9fff]")
YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2})年?[-_ ]?([^\W\d_].*)")
YEAR_LAST = re.compile(r"(.*[^\W\d_](?:[-_ ]?[0-9]{1,2}[-_ ])?)[-_ ]?((?:19|20)[0-9]{2})年?")
CODE = re.compile(r"0[0-9]")  # 06000, which no figure is
LIKE_A_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")


class LabelColumn(NamedTuple):
    """A column of labels; `part`: which of several that commas part in its cells, -1 if all."""

    column: int
    part: int = -1
    word: str = ""  # what the head calls it


Labels = dict[str, tuple[LabelColumn, ...]]  # by kind


class HeadColumn(NamedTuple):
    """What a head says of a column of figures, each with its place: no words if it says nothing."""

    year: CellWords = CellWords("")
    name: CellWords = CellWords("")
    unit: CellWords = CellWords("")
    odd: CellWords = CellWords("")  # looks like a year and is none


HeadColumns = dict[int, HeadColumn]  # by column


@lru_cache(maxsize=10_000)
def head_word(text: str) -> str:
    """Return the word of `HEADS` that a text is, in small letters without spaces, or ""."""
    bare, unit = split_unit(text)
    word = re.sub(r"[_.\-]", "", compared(bare).removesuffix(".label"))  # ref_area.label
    if unit and KINDS.get(word) not in ("indicator", "value"):
        return ""  # area (km²) is no region
    if word not in KINDS and word.endswith(CODES):
        return CODES
    before, bracket, inside = word.removesuffix(")").partition("(")  # 時間軸(年度)
    if bracket and word not in KINDS and KINDS.get(before, "") == KINDS.get(inside):
        return before
    latin = re.search(r"(?<=[\u3400-\u9fff)])[a-z]+$", word)
    if latin and word not in KINDS:  # 地区 Region
        chinese = word[: latin.start()]
        return chinese if KINDS.get(chinese, "") == KINDS.get(latin[0]) else ""
    return word if word in KINDS else ""


def head_kind(text: str) -> str:
    """Return what a head says of its column (a kind of `HEADS`), or ""."""
    kinds = [KINDS.get(head_word(part), "") for part in key_parts(text) or [text]]
    several = (kind for kind in kinds if kind in ("region", "code"))
    return kinds[0] if len(kinds) == 1 else next(several, "")


def key_parts(text: str) -> list[str]:
    """Return what a head of two or more words calls a column of labels, or none.

    Of a corner `地区/年份`, and of `Country/Region/City`, that is the first word; a key beside
    years, `freq,unit,geo\\TIME_PERIOD`, has several.
    """
    before, mark, after = text.replace("/", KEY).rpartition(KEY)
    kind = KINDS.get(head_word(after)) if mark else None
    parts = before.split(",") if kind else []
    first = before.split(KEY)[0]
    return parts if kind == "year" else [first] if len(parts) == 1 and head_word(first) else []


def is_number(value: CellValue) -> bool:
    """Whether a cell holds a number other than a year, as such or as text."""
    if isinstance(value, str):
        if CODE.match(cell_text(value)):
            return False
        text = without_flag(without_marks(cell_text(value)))[0]
        text = PARTING.sub("", text).rstrip("%‰")
        return bool(NUMBER.fullmatch(text)) and head_year(text) is None
    return isinstance(value, float) and head_year(cell_text(value)) is None


def is_level(sheet: Sheet, row: int, labels: set[int], below: bool = True) -> bool:
    """Whether a row next to a head is a further level of it: names, years or units, no label.

    Above the head, a single text that is no year is the title, or the unit of the whole table.
    """
    if not 0 <= row < len(sheet.begins) or not sheet.begins[row].text:
        return False
    cells = list(sheet.cells(row))
    if any(":" in words.text or is_number(sheet.values[row, words.column]) for words in cells):
        return False
    if any(words.column in labels and not head_kind(words.text) for words in cells):
        return False
    rest = [words for words in cells if words.column not in labels]
    if not rest:  # 地区 above, Region below
        return below
    return any(
        re.search(r"[^\W\d_]|%|‰", w.text) or period_of(w.text) is not None for w in rest
    ) and (below or len(cells) > 1 or any(period_of(words.text) is not None for words in rest))


def label_columns(sheet: Sheet, rows: range) -> Labels:
    """Return the columns of each kind; a heading merged over several columns is none, but regions.

    Chinese and English names of regions may share one merged head. Of one kind those columns count
    whose words stand furthest down in `HEADS`, and of a code and its label the label; what does not
    count, and other parts of a key, are the kind `further`; other places also `place`.
    """
    ranks: dict[str, dict[LabelColumn, int]] = {}
    further: list[LabelColumn] = []
    wide = {(top, left): right for top, left, _, right in sheet.merged}
    for row in rows:
        across = sum(period_of(words.text) is not None for words in sheet.cells(row))
        for words in sheet.cells(row):
            place = (row, words.column)
            last = min(wide.get(place, place[1]), sheet.values.shape[1] - 1)
            parts = dict(enumerate(key_parts(words.text))) or {-1: words.text}
            for part, text in parts.items():
                word = head_word(text)
                kind = KINDS.get(word, "")
                if not kind and part >= 0:
                    further.append(LabelColumn(words.column, part, text))
                # names what stands beside it, or below
                corner = kind == "year" and (across > 0 or _years_below(sheet, words))
                wanted = kind not in ("", "value") and not corner
                if wanted and (last == place[1] or kind == "region"):
                    columns = (LabelColumn(c, part, text) for c in range(place[1], last + 1))
                    known = {label[:2] for label in ranks.get(kind, ())}
                    added = {c: RANKS[word] for c in columns if c[:2] not in known}
                    ranks[kind] = ranks.get(kind, {}) | added
    labels = {kind: _counting(kind, columns) for kind, columns in ranks.items()}
    taken = {c.column for kind, columns in labels.items() if kind != "unit" for c in columns}
    own_column = [c for c in labels.pop("unit", ()) if c.column not in taken or c.part >= 0]
    if own_column:
        labels["unit"] = tuple(own_column)  # else a row of units, not a column
    if "code" in labels and "region" not in labels:
        labels["region"] = labels.pop("code")
    counting = {label for columns in labels.values() for label in columns}
    further += [c for columns in ranks.values() for c in columns if c not in counting]
    if places := [c for c in ranks.get("region", ()) if c not in counting]:
        labels["place"] = tuple(places)  # the set of regions may know these better
    return labels | ({"further": tuple(further)} if further else {})


def _years_below(sheet: Sheet, words: CellWords) -> bool:
    """Whether several years stand in the row below a cell, and nothing left of it."""
    row = words.row + 1
    if row >= len(sheet.begins) or sheet.begins[row].column != words.column:
        return False
    return [period_of(w.text) is not None for w in sheet.cells(row)][:2] == [True, True]


def _counting(kind: str, columns: dict[LabelColumn, int]) -> tuple[LabelColumn, ...]:
    """Return the columns of the highest rank; of a code in capitals and its label, one.

    That is the label, but of periods the code.
    """
    best = [label for label, rank in columns.items() if rank == max(columns.values())]
    left = [label for label in best if label.word.isupper() == (kind == "year")]
    twins = {head_word(label.word) for label in left}
    return tuple(sorted(c for c in best if c in left or head_word(c.word) not in twins))


def _level_texts(sheet: Sheet, head: range, labels: set[int]) -> dict[int, list[CellWords]]:
    """Return what each level says of each column; a blank takes over its left neighbour's words.

    But only above a level that says something, and never in the last level.
    """
    width = sheet.values.shape[1]
    levels: dict[int, dict[CellWords, None]] = {}  # as sets that keep their order
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
                levels.setdefault(column, {})[left] = None
    return {column: list(texts) for column, texts in levels.items()}


def _english_rows(levels: dict[int, list[CellWords]]) -> set[int]:
    """Return the levels that repeat in English what another says in Chinese."""
    names: dict[int, list[str]] = {}
    for words in (words for column_words in levels.values() for words in column_words):
        known = period_of(words.text) is not None or is_unit(words.text)
        names.setdefault(words.row, []).extend([] if known else [words.text])
    english = {row for row, texts in names.items() if texts and not CHINESE.search("".join(texts))}
    chinese = any(CHINESE.search("".join(texts)) for texts in names.values())
    return english if chinese else set()


def _column(levels: list[CellWords], english: set[int], study_units: Collection[str]) -> HeadColumn:
    """Take apart what the levels of a head say of a column: year, name, unit."""
    years, units, names, odd = [], [], [], []
    for words in levels:
        text = words.text.strip()
        if (period := period_of(text)) is not None:
            # a date may be a year or a month, and 2011-12 as well, which the other columns tell
            unclear = date_of(text) or fiscal_year(text)
            years.append(words if unclear else words._replace(text=period.text))
        elif is_unit(text, study_units):
            units.append(words)
        else:
            names.append(words)
            odd += [words] if LIKE_A_YEAR.match(text) else []
    names = [w for w in names if w.row not in english and not _is_dimension(w.text)]
    for words in names:
        # the unit in the brackets of the Chinese, of the whole, or of the English
        for part in (re.split(r"(?<!\s)\s+(?=[A-Za-z])", words.text)[0], words.text):
            if unit := split_unit(part, study_units)[1]:
                units.append(words._replace(text=unit))
                break
    if len(names) > 1:
        joined = " ".join(split_unit(words.text, study_units)[0] for words in names)
        names = [names[-1]._replace(text=joined)]
    if len({words.text for words in years}) > 1:
        odd.append(years[-1]._replace(text=" ".join(words.text for words in years)))
    if years and len(odd) == len(years) == 1:
        odd = []
    return HeadColumn(*(next(iter(part), CellWords("")) for part in (years, names, units, odd)))


def _is_dimension(text: str) -> bool:
    """Whether a text calls what stands below it: Ano, Variável x Ano."""
    kinds = {head_kind(part) for part in text.split(" x ")}
    return "" not in kinds and kinds != {"value"}


def head_columns(sheet: Sheet, head: range, labels: set[int]) -> HeadColumns:
    """Return what the levels of a head say of each column but those of labels.

    A unit alone is a name among names: `pc`, which may be private capital.
    """
    levels = _level_texts(sheet, head, labels)
    english = _english_rows(levels)
    columns = {c: _column(words, english, sheet.own_units) for c, words in levels.items()}
    if any(column.name.text for column in columns.values()):
        for c, column in columns.items():
            if column.unit.text and not (column.name.text or column.year.text):
                columns[c] = column._replace(name=column.unit, unit=CellWords(""))
    return columns


def with_years(columns: HeadColumns, units: Collection[str]) -> HeadColumns:
    """Return the columns of a head with the years taken off their names: gdp2017, 2017年产值.

    But only where several columns have one name and different years. units: units of the study.
    """
    taken: dict[int, tuple[str, str]] = {}  # name and year
    for column, head in columns.items():
        name = split_unit(head.name.text, units)[0]
        if not head.year.text and (first := YEAR_FIRST.fullmatch(name)):
            taken[column] = first[2], first[1]
        elif not head.year.text and (last := YEAR_LAST.fullmatch(name)):
            taken[column] = last[1].rstrip("-_ "), last[2]
    years = Counter(name for name, _ in set(taken.values()))
    parted: HeadColumns = {}
    for column, (name, year) in taken.items():
        if years[name] > 1:
            unit, words = columns[column].unit, columns[column].name
            behind = words._replace(text=title_parts(name, units)[1])  # GRP, SEK million
            parted[column] = HeadColumn(
                words._replace(text=year), words._replace(text=name), unit if unit.text else behind
            )
    return columns | parted


def numbers_rows(texts: Sequence[str]) -> bool:
    """Whether texts count from 0 or 1 on, each once, perhaps in parts: 1, 1.1, 2."""
    found = set(texts)
    parts = [text.rpartition(".") for text in found]
    return len(found) == len(texts) and all(
        last.isdecimal()
        and (not whole or whole in found)
        and (int(last) < 2 or f"{whole}{dot}{int(last) - 1}" in found)
        for whole, dot, last in parts
    )


def labels_by_cells(
    sheet: Sheet, labels: Labels, columns: HeadColumns, body: Sequence[int]
) -> Labels:
    """Return the labels as the cells below them tell: codes that number rows are none.

    The one column that holds years alone, perhaps headed month, is theirs, if no head, title or
    name says any and regions have several rows each, or there is no column of regions.
    """

    def texts(column: int) -> Iterator[str]:
        return (sheet.words(row, column).text for row in body)

    told: dict[str, list[LabelColumn]] = {}
    for kind, places in labels.items():
        for c in places:
            numbers = [text for text in texts(c.column) if compared(text) not in WHOLES]
            counts = c.part < 0 and head_kind(c.word) == "code" and numbers_rows(numbers)
            told.setdefault("aside" if counts else kind, []).append(c)
    years = told.get("year", [])
    read = [c for c in years if c.part < 0 and all(map(period_of, texts(c.column)))]
    if read:  # period 22-Jan beside year 2022
        told["year"] = read
    if "year" not in labels and not any(head.year.text for head in columns.values()):
        months = [label.column for label in told.pop("month", ())]
        dated = [c for c in (*columns, *months) if body and all(map(period_of, texts(c)))]
        regions = [[*texts(c.column)] for c in told.get("region", ())]
        several = all(len(set(names)) < len(names) for names in regions)
        if several and len(dated) == 1 and len(set(texts(dated[0]))) > 1:
            word = columns.get(dated[0], HeadColumn()).name.text
            told["year"] = [LabelColumn(dated[0], -1, word)]
    return {kind: tuple(places) for kind, places in told.items()}
