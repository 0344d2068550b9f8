"""Heads of tables: what they say of each column.

A head is a row that begins with a word of `HEADS`, with further levels above and below it (years
over indicators, units, English labels). Words are recognised as plain text without spaces, the
English alone or beside the Chinese.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from coevo.observations.cells import date_of, has_numbers
from coevo.observations.names import compared, title_parts
from coevo.observations.periods import fiscal_year, period_of
from coevo.observations.sheets import CellWords, Sheet
from coevo.observations.units import SHARE, is_unit, split_unit
from coevo.observations.vocabulary import HEADS, TOTALS

# word -> its kind, and its place among the rows of `HEADS`
WORDS = {word: (kind, rank) for rank, (kind, words) in enumerate(HEADS) for word in words}
LATIN = {word: meaning for word, meaning in WORDS.items() if word.isascii()}
# province_name, province_en, but province_id is a code
ENDS = {"name": "region", "en": "region", "cn": "region", "zh": "region", "id": "code"}
PLACES = {word: rank for word, (kind, rank) in LATIN.items() if kind == "region"}
ENDED = {f"{word}{end}": (ENDS[end], rank) for word, rank in PLACES.items() for end in ENDS}
WORDS = (
    ENDED
    | WORDS
    | {
        f"{word.removesuffix('y')}ies" if word.endswith("y") else f"{word}s": meaning
        for word, meaning in LATIN.items()
    }
)
KINDS = {word: kind for word, (kind, _) in WORDS.items()}
RANKS = {word: rank for word, (_, rank) in WORDS.items()}
WHOLES = {*map(compared, TOTALS)}
CODES = "コード"  # behind the word of a column whose codes stand in this one
KEY = "\\"  # freq,unit,geo\TIME_PERIOD: several labels in one column
CHINESE = re.compile(r"[\u3400-\u9fff]")
YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2})年?[-_ ]?([^\W\d_].*)")
YEAR_LAST = re.compile(r"(.*[^\W\d_](?:[-_ ]?[0-9]{1,2}[-_ ])?)[-_ ]?((?:19|20)[0-9]{2})年?")
LIKE_A_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")


class LabelColumn(NamedTuple):
    """A column of labels; `part`: which of several that commas part in its cells, -1 if all."""

    column: int
    part: int = -1
    word: str = ""  # what the head calls it


Labels = dict[str, tuple[LabelColumn, ...]]  # by kind


class HeadColumn(NamedTuple):
    """What a head says of a column of figures, each with its place: no words if it says nothing."""

    year: CellWords = CellWords()
    name: CellWords = CellWords()
    unit: CellWords = CellWords()
    odd: CellWords = CellWords()  # looks like a year and is none


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


def is_level(sheet: Sheet, row: int, labels: set[int], below: bool = True) -> bool:
    """Whether a row next to a head is a further level of it: names, years or units, no label.

    Above the head, a single text that is no year is the title, or the unit of the whole table.
    """
    if not 0 <= row < len(sheet.begins) or not sheet.begins[row] or has_numbers(sheet, row):
        return False
    cells = list(sheet.cells(row))
    if any(":" in w.text or (w.column in labels and not head_kind(w.text)) for w in cells):
        return False
    rest = [words.text for words in cells if words.column not in labels]
    if not rest:  # 地区 above, Region below
        return below
    if any(map(period_of, rest)):
        return True
    return (below or len(cells) > 1) and any(re.search(r"[^\W\d_]|%|‰", text) for text in rest)


def label_columns(sheet: Sheet, rows: range) -> Labels:
    """Return the columns of each kind; a heading merged over several columns is none, but regions.

    Chinese and English names of regions may share one merged head. Of one kind those columns count
    whose words stand furthest down in `HEADS`, and of a code and its label the label; what does not
    count, and other parts of a key, are the kind `further`; other places also `place`.
    """
    found: dict[str, dict[tuple[int, int], LabelColumn]] = defaultdict(dict)  # by column and part
    further: list[LabelColumn] = []
    wide = {(top, left): right for top, left, _, right in sheet.merged}
    for row in rows:
        across = any(period_of(words.text) for words in sheet.cells(row))
        for words in sheet.cells(row):
            first = words.column
            last = min(wide.get((row, first), first), sheet.values.shape[1] - 1)
            parts = dict(enumerate(key_parts(words.text))) or {-1: words.text}
            for part, text in parts.items():
                kind = KINDS.get(head_word(text), "")
                if not kind and part >= 0:
                    further.append(LabelColumn(first, part, text))
                # names what stands beside it, or below
                corner = kind == "year" and (across or _years_below(sheet, words))
                wanted = kind not in ("", "value") and not corner
                if wanted and (last == first or kind == "region"):
                    for column in range(first, last + 1):
                        label = LabelColumn(column, part, text)
                        found[kind].setdefault((column, part), label)
    labels = {kind: _counting(kind, [*columns.values()]) for kind, columns in found.items()}
    taken = {c.column for kind, columns in labels.items() if kind != "unit" for c in columns}
    own_column = [c for c in labels.pop("unit", ()) if c.column not in taken or c.part >= 0]
    if own_column:
        labels["unit"] = tuple(own_column)  # else a row of units, not a column
    if "code" in labels and "region" not in labels:
        labels["region"] = labels.pop("code")
    counting = {label for columns in labels.values() for label in columns}
    further += [c for columns in found.values() for c in columns.values() if c not in counting]
    if places := [c for c in found["region"].values() if c not in counting]:
        labels["place"] = tuple(places)  # the set of regions may know these better
    return labels | ({"further": tuple(further)} if further else {})


def _years_below(sheet: Sheet, words: CellWords) -> bool:
    """Whether several years stand in the row below a cell, and left of it nothing but heads."""
    row = words.row + 1
    cells = [*sheet.cells(row)] if row < len(sheet.begins) else []
    left = [below for below in cells if below.column < words.column]
    first = cells[len(left) :][:2]
    return (
        len(first) == 2
        and first[0].column == words.column
        and all(period_of(below.text) for below in first)
        and all(head_kind(below.text) for below in left)
    )


def _counting(kind: str, columns: list[LabelColumn]) -> tuple[LabelColumn, ...]:
    """Return the columns of the highest rank; of a code in capitals and its label, one.

    That is the label, but of periods the code.
    """
    ranks = [RANKS[head_word(label.word)] for label in columns]
    best = [label for label, rank in zip(columns, ranks, strict=True) if rank == max(ranks)]
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
        lowest |= {column: row for column in range(width) if sheet.words(row, column)}
    for row in head:
        left = CellWords()
        for column in range(width):
            words = sheet.words(row, column)
            if column in labels or words:
                left = CellWords() if column in labels else words
            if left and (left is words or row < lowest.get(column, row)):
                levels.setdefault(column, {})[left] = None
    return {column: list(texts) for column, texts in levels.items()}


def _english_rows(levels: dict[int, list[CellWords]]) -> set[int]:
    """Return the levels that repeat in English what another says in Chinese."""
    names: dict[int, list[str]] = {}
    for words in (words for column_words in levels.values() for words in column_words):
        known = period_of(words.text) or is_unit(words.text)
        names.setdefault(words.row, []).extend([] if known else [words.text])
    english = {row for row, texts in names.items() if texts and not CHINESE.search("".join(texts))}
    chinese = any(CHINESE.search("".join(texts)) for texts in names.values())
    return english if chinese else set()


def _column(levels: list[CellWords], english: set[int], study_units: Collection[str]) -> HeadColumn:
    """Take apart what the levels of a head say of a column: year, name, unit."""
    years, units, names, odd = [], [], [], []
    for words in levels:
        text = words.text.strip()
        if period := period_of(text):
            # a date may be a year or a month, and 2011-12 as well, which the other columns tell
            unclear = date_of(text) or fiscal_year(text)
            years.append(words if unclear else words.saying(period.text))
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
                units.append(words.saying(unit))
                break
    if len(names) > 1:
        joined = " ".join(split_unit(words.text, study_units)[0] for words in names)
        names = [names[-1].saying(joined)]
    if len({words.text for words in years}) > 1:
        odd.append(years[-1].saying(" ".join(words.text for words in years)))
    if years and len(odd) == len(years) == 1:
        odd = []
    return HeadColumn(*(next(iter(part), CellWords()) for part in (years, names, units, odd)))


def _is_dimension(text: str) -> bool:
    """Whether a text calls what stands below it: Ano, Variável x Ano."""
    kinds = {head_kind(part) for part in text.split(" x ")}
    return "" not in kinds and kinds != {"value"}


def head_columns(sheet: Sheet, head: range, labels: set[int]) -> HeadColumns:
    """Return what the levels of a head say of each column but those of labels.

    A unit alone is a name among names: `pc`, which may be private capital. `Percentage of women`
    is both.
    """
    levels = _level_texts(sheet, head, labels)
    english = _english_rows(levels)
    columns = {c: _column(words, english, sheet.own_units) for c, words in levels.items()}
    if any(column.name for column in columns.values()):
        for c, column in columns.items():
            if column.unit and not (column.name or column.year):
                unit = column.unit if SHARE.fullmatch(column.unit.text) else CellWords()
                columns[c] = column._replace(name=column.unit, unit=unit)
    return columns


def with_years(columns: HeadColumns, units: Collection[str]) -> HeadColumns:
    """Return the columns of a head with the years taken off their names: gdp2017, 2017年产值.

    But only where several columns have one name and different years. units: units of the study.
    """
    taken: dict[int, tuple[str, str]] = {}  # name and year
    for column, head in columns.items():
        name = "" if head.year else split_unit(head.name.text, units)[0]
        if first := YEAR_FIRST.fullmatch(name):
            taken[column] = first[2], first[1]
        elif last := YEAR_LAST.fullmatch(name):
            taken[column] = last[1].rstrip("-_ "), last[2]
    years = Counter(name for name, _ in set(taken.values()))
    parted: HeadColumns = {}
    for column, (name, year) in taken.items():
        if years[name] > 1:
            unit, words = columns[column].unit, columns[column].name
            behind = words.saying(title_parts(name, units)[1])  # GRP, SEK million
            parted[column] = HeadColumn(words.saying(year), words.saying(name), unit or behind)
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
    if "year" not in labels and not any(head.year for head in columns.values()):
        months = [label.column for label in told.pop("month", ())]
        dated = [c for c in (*columns, *months) if body and all(map(period_of, texts(c)))]
        regions = [[*texts(c.column)] for c in told.get("region", ())]
        several = all(len(set(names)) < len(names) for names in regions)
        if several and len(dated) == 1 and len(set(texts(dated[0]))) > 1:
            word = columns.get(dated[0], HeadColumn()).name.text
            told["year"] = [LabelColumn(dated[0], -1, word)]
    return {kind: tuple(places) for kind, places in told.items()}
