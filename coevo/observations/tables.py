"""Tables as they stand in a sheet: which words say what the figures of a block are.

Nothing is recognised here: regions, indicators and units are words, figures are cells.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from coevo.arrays import Booleans
from coevo.errors import short
from coevo.observations.blocks import TableBlock
from coevo.observations.cells import MARKED_YEAR, is_number, readings
from coevo.observations.doubts import contradictions, short_rows
from coevo.observations.heads import LabelColumn, head_kind, numbers_rows
from coevo.observations.periods import fiscal_year, month_number, period_of, plain_periods
from coevo.observations.sheets import CellWords, Remark, cell_text
from coevo.observations.units import any_of, is_unit, split_unit
from coevo.observations.vocabulary import SHEETS

Axis = Literal["row", "column"]
Axes = tuple[Axis | None, Axis | None, Axis | None]  # of region, year, indicator; None: above
# `CellWords` along an axis of a table: (rows, 1), (1, columns), or (1, 1) for all its figures
Labels = npt.NDArray[Any]
# A name in which the year of the figures stands: not 2026-10-01, the day of the download.
NAME_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9]|[-.][0-9])")
# A sheet whose name says nothing of what is in it.
PLAIN_SHEET = re.compile(rf"(?:{any_of(SHEETS)})? ?[0-9]*(?:年)?", re.IGNORECASE)
SHORT = re.compile(r"[A-Za-z]{1,3}")
DIGITS = str.maketrans("一二三四", "1234")
BY_ISSUE = re.compile(r"年鉴|yearbook|almanac", re.IGNORECASE)  # its year is that of the issue
# what a multiplier says beside a unit, as a power of ten or in words
POWERS = {"0": "", "3": "thousand", "6": "million", "9": "billion", "12": "trillion", "Units": ""}


@dataclass(frozen=True, eq=False)
class FigureTable:
    """The figures of a table (rows x columns of its sheet) with the words that say what they are.

    `problems` are lines about its form; they count once somebody wants figures of the table.
    titles: what may name indicator or region where nothing else does: lines above the head, the
    sheet, the file; further: for each row what stands in columns that are no other label. doubts:
    remarks that count if the table, or the row in which they stand, is read.
    """

    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    labels: dict[str, Labels]  # of region, year, indicator, unit; of code, further places
    problems: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    titles: tuple[CellWords, ...] = ()
    further: Labels | None = None
    doubts: tuple[Remark, ...] = ()

    @property
    def place_titles(self) -> list[CellWords]:
        """The titles that may name a region: of short codes those in capitals, not `in`."""
        return [t for t in self.titles if not SHORT.fullmatch(t.text) or t.text.isupper()]

    def part(self, rows: Booleans, columns: Booleans) -> "FigureTable":
        """Return what stands in some of the rows and columns, chosen by True."""
        labels = {}
        for what, words in self.labels.items():
            words = words[rows] if len(words) == len(rows) else words
            labels[what] = words[:, columns] if words.shape[1] == len(columns) else words
        further = None if self.further is None else self.further[rows]
        chosen = replace(self, rows=self.rows[rows], columns=self.columns[columns])
        return replace(chosen, labels=labels, further=further)


def along(words: Sequence[Any], axis: Axis | None) -> Labels:
    """Return words as the labels of a table, down its rows or along its columns."""
    labels = np.fromiter(words, dtype=object, count=len(words))
    return labels[:, None] if axis == "row" else labels[None]


def _words(block: TableBlock, row: int, label: LabelColumn) -> CellWords:
    """Return what a label says in a row: the cell, or its part between commas."""
    words = block.sheet.words(row, label.column)
    if label.part < 0:
        return words
    parts = words.text.split(",")
    return words.saying(parts[label.part].strip() if label.part < len(parts) else "")


def _row_words(block: TableBlock, what: str) -> list[CellWords]:
    """Return the words of a kind for each row of the body; those of several columns are joined."""
    rows = ([_words(block, row, label) for label in block.labels[what]] for row in block.body)
    return [row[0].saying(" ".join(dict.fromkeys(w.text for w in row if w))) for row in rows]


def _row_periods(block: TableBlock) -> list[CellWords]:
    """Return the years of the rows, with the quarter or month that has a column of its own."""
    years = _row_words(block, "year")
    for what, sign in (("quarter", "Q"), ("month", "-")):
        for row, part in enumerate(_row_words(block, what) if what in block.labels else ()):
            text = (month_number(part.text) or part.text).translate(DIGITS)
            if digits := re.sub("[^0-9]", "", text):
                years[row] = years[row].saying(f"{years[row].text}{sign}{digits}")
    return years


def _fiscal(words: Sequence[CellWords]) -> list[Remark]:
    """Return a remark on years that end in the next, if they are such."""
    first = next(filter(None, words), CellWords())
    year = fiscal_year(first.text)
    if not year or all(w.text != str(year) for w in plain_periods(list(words))):
        return []
    fields = {"name": first.text, "year": year}
    return [Remark("from_name", "fiscal_years", fields, *first[1:])]


def _marked(block: TableBlock) -> list[Remark]:
    """Return a remark on years with a mark of provisional or revised figures, if such are there."""
    sheet, years = block.sheet, block.labels.get("year", ())
    heads = (words for row in block.head for words in sheet.cells(row))
    below = (sheet.words(row, label.column) for label in years for row in block.body)
    for words in (*heads, *below):
        if MARKED_YEAR.fullmatch(words.text):
            fields = {"name": words.text, "year": int(words.text[:4])}
            return [Remark("from_name", "marked_years", fields, *words[1:])]
    return []


def _years_by_cells(block: TableBlock) -> list[Remark]:
    """Return a remark on a column of years that its head does not call so, if there is one."""
    return [
        Remark("from_name", "years_by_cells", {"name": label.word}, block.head[-1], label.column)
        for label in block.labels.get("year", ())
        if label.word and label.part < 0 and not head_kind(label.word)
    ]


def _year_above(block: TableBlock, problems: list[str]) -> tuple[CellWords, list[Remark]]:
    """Return the one year of a table, and a remark if it is from the name of the sheet or the file.

    It is stated above the head, in a line of its own or in the title, or it stands in these names.
    """
    stated = block.stated("year")
    if when := period_of(stated.text):
        return stated.saying(when.text), []
    years = block.stated_years()
    if len(years) == 1:
        return next(iter(years.values())), []
    sheet, head = block.sheet, block.head[0]
    for name in (sheet.name, Path(sheet.file).stem) if not years else ():
        year, *others = {*NAME_YEAR.findall(name)} or ("",)
        if year and not others and not BY_ISSUE.search(name):
            remark = Remark("from_name", "year_from_name", {"year": int(year), "name": name})
            return CellWords(year, head, 0), [remark]
    several = f"several years stand above it ({', '.join(years)})" if years else "no year is stated"
    place = sheet.where(head, 0)
    problems.append(f"{place}: {several}; add a line 年份：2020 above the head")
    return CellWords(), []


def _titles(block: TableBlock) -> tuple[CellWords, ...]:
    """Return what may name indicator or region: lines above the head, sheet and file, their parts.

    The file does, and goes before, only where the sheet is not called by something else. A table
    that goes on from the one before it and has no lines of its own has those of that one.
    """
    sheet, head = block.sheet, block.head[0]
    titled = block
    while titled.before and not titled.above:
        titled = titled.before
    lines = [words for row in titled.above for words in sheet.cells(row)]
    file = Path(sheet.file).stem
    is_plain = PLAIN_SHEET.fullmatch(sheet.name) or sheet.name in file
    names = (file, sheet.name) if is_plain else (sheet.name,)
    parts = [part for name in names for part in (name, *re.split(r"[-_—–]", name))]
    plain = dict.fromkeys(filter(None, map(cell_text, parts)))
    return (*lines, *(CellWords(part, head, 0) for part in plain))


def _labels(
    block: TableBlock, axes: Axes, columns: Sequence[int], problems: list[str]
) -> tuple[dict[str, Labels], list[Remark]]:
    """Return the words for region, year and indicator, each along its axis or from above."""
    labels = {}
    remarks: list[Remark] = []
    for what, axis in zip(("region", "year", "indicator"), axes, strict=True):
        if axis == "row":
            words = _row_periods(block) if what == "year" else _row_words(block, what)
            if what == "region":  # .Alabama of the United States
                words = [word.saying(word.text.lstrip(".·• ")) for word in words]
            if what == "region" and not any(words):
                # provinces of which the table has none, beside countries
                places = (label.column for label in block.labels.get("place", ()))
                others = ([block.sheet.words(row, c) for row in block.body] for c in places)
                words = next(filter(any, others), words)
        elif axis == "column":
            heads = [block.columns[column] for column in columns]
            words = [head.year if what == "year" else head.name for head in heads]
        elif what == "year":
            year, remarks = _year_above(block, problems)
            words = [year]
        else:
            words = [block.stated(what)]
        if what == "year":
            remarks += _fiscal(words)
            words = plain_periods(words)
        labels[what] = along(words, axis)
    if axes[0] == "row" and "code" in block.labels:
        codes = _row_words(block, "code")
        named = zip(labels["region"].flat, codes, strict=True)
        labels["region"] = along([name or code for name, code in named], "row")
        labels["code"] = along(codes, "row")
    for label in block.labels.get("place", ()) if axes[0] == "row" else ():
        words = [_words(block, row, label) for row in block.body]
        labels[f"place {label.column}"] = along(words, "row")
    return labels, remarks


def _row_units(block: TableBlock) -> list[CellWords]:
    """Return the units of the rows, with the multiplier that stands in a column of its own."""
    units = _row_words(block, "unit")
    if "multiplier" not in block.labels:
        return units
    scaled = []
    for words, times in zip(units, _row_words(block, "multiplier"), strict=True):
        whole = f"{POWERS.get(times.text, times.text)} {words.text}".strip()
        # millions of dollars, and a multiplier of 6 beside it: the unit says it already
        scaled.append(words.saying(whole) if is_unit(whole) else words)
    return scaled


def _units(block: TableBlock, axes: Axes, indicator: Labels, columns: Sequence[int]) -> Labels:
    """Return the units; the nearest to a figure counts.

    These are: a column of units, the brackets of an indicator, the head of the column, a line above
    the head.
    """
    study_units = block.sheet.own_units
    bracketed = [words.saying(split_unit(words.text, study_units)[1]) for words in indicator.flat]
    inside = along(bracketed, axes[2])
    options = [inside] if axes[2] is None else []
    options.append(along([block.columns[column].unit for column in columns], "column"))
    options += [inside] if axes[2] == "row" else []
    options += [along(_row_units(block), "row")] if "unit" in block.labels else []
    units = along([block.stated("unit")], None)
    for labels in options:
        if any(labels.flat):
            units = np.where(labels.astype(bool), labels, units)
    return units


def odd_heads(block: TableBlock) -> list[str]:
    """Lines about heads that look like a year and are none."""
    return [
        f'{block.sheet.where(*odd[1:])}: "{short(odd.text)}" is not understood as a year; write it '
        "as 2015 or 2015年, and what is to be said of it in a line 注：… below the table"
        for odd in dict.fromkeys(head.odd for head in block.columns.values())
        if odd and "year" not in block.labels
    ]


def _form(block: TableBlock, columns: Sequence[int]) -> Iterator[str]:
    """Yield lines on what the heads, places and merged figures of a table leave unclear."""
    sheet, rows = block.sheet, np.array(block.body, dtype=int)
    yield from odd_heads(block)
    if doubt := sheet.unclear:
        shown = " or ".join(readings(doubt.text))
        yield (
            f'{sheet.where(doubt.row, doubt.column)}: "{doubt.text}" may be {shown}, and nothing '
            'in the table shows which; write decimal_mark: "." or "," in the config'
        )
    labels = {label.column for places in block.labels.values() for label in places}
    silent = set(range(sheet.values.shape[1])) - labels - set(block.columns)
    for column in sorted(silent):
        cells = sheet.values[rows, column]
        counts = column < min(labels, default=0) and numbers_rows([*map(cell_text, cells)])
        if not counts and any(map(is_number, cells)):
            place = sheet.where(block.head[-1], column)
            yield f"{place}: is empty above figures; write what they are"
    for top, left, bottom, right in sheet.merged:
        if not is_number(sheet.values[top, left]):
            continue
        down = int(np.sum((rows >= top) & (rows <= bottom)))
        cells = down * sum(left <= column <= right for column in columns)
        if cells > 1:
            yield (
                f"{sheet.where(top, left)}: a figure stands in {cells} merged cells, so it is not "
                "clear whose it is; undo the merging and write it where it belongs"
            )
    for row in block.outside:
        yield (
            f"{sheet.where(row, sheet.begins[row].column)}: figures stand outside the table; give "
            "them a head of their own, or delete them"
        )


def _unread(block: TableBlock, columns: Sequence[int]) -> Iterator[Remark]:
    """Yield remarks on columns of figures that are set aside because their head is no year."""
    for column, head in block.columns.items():
        if column not in columns and head.name and not head.odd:
            count = sum(is_number(block.sheet.values[row, column]) for row in block.body)
            fields, place = {"name": head.name.text, "figures": count}, head.name[1:]
            if count:
                yield Remark("set_aside", "column_not_read", fields, *place)


def _further(block: TableBlock, columns: Sequence[int]) -> Labels | None:
    """Return for each row the texts in columns that are no label and hold no figures (rows, 1)."""
    places = [
        LabelColumn(column)
        for column, head in block.columns.items()
        if column not in columns and head.name and not head.year
    ]
    for what in ("further", "indicator", "unit"):
        places += block.labels.get(what, ())
    texts = [tuple(_words(block, row, c).text for c in places) for row in block.body]
    return along(texts, "row") if places else None


def build_table(block: TableBlock, axes: Axes, columns: Sequence[int]) -> FigureTable:
    """Return the table of a block whose figures stand in `columns`; rows without label are left."""
    sheet = block.sheet
    problems = [*_form(block, columns)]
    labels, remarks = _labels(block, axes, columns, problems)
    labelled = np.ones(len(block.body), dtype=bool)
    for label, axis in zip(labels.values(), axes, strict=False):  # not of codes
        for number, words in enumerate(label.flat if axis == "row" else ()):
            if not words and labelled[number]:
                labelled[number] = False
                if any(map(cell_text, sheet.values[block.body[number], columns])):
                    place = sheet.where(*words[1:])
                    problems.append(f"{place}: is empty beside figures; write what they are")
    titles, units = _titles(block), _units(block, axes, labels["indicator"], columns)
    unread = _unread(block, columns) if "column" in axes[:2] else ()
    table = FigureTable(
        np.array(block.body, dtype=np.int32),
        np.array(columns, dtype=np.int32),
        labels | {"unit": units},
        tuple(problems),
        (*block.remarks, *remarks, *_marked(block), *_years_by_cells(block), *unread),
        titles,
        None if axes[2] == "column" else _further(block, columns),
        (*contradictions(block, titles, units), *short_rows(block, columns)),
    )
    return table if labelled.all() else table.part(labelled, np.ones(len(columns), dtype=bool))
