"""A table as a file holds it: a grid of cells, what they show, and what is odd about them.

Readers of workbooks and web pages give cells one by one, which are put together here. What a
workbook hides is said in the audit, so that nobody is surprised by it.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from coevo.arrays import Booleans, Integers, Objects
from coevo.errors import StudyError

GENERAL = "General"  # format code of a number as it is
# How much a raw file may hold: far above any table of yearly figures, far below what harms.
LARGEST = 200_000_000  # bytes of a file, packed or unpacked
MOST_CELLS, MOST_ROWS, MOST_COLUMNS = 10_000_000, 200_000, 16_384
MOST_TABLES = 1000  # of a file, on one sheet or on several
MOST_SHEETS = 500
LONGEST_TEXT = 32_767  # characters of a cell, as Excel has it
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # what would break a line of a message
# A rectangle above SPARSE cells with fewer than one in EMPTY_SHARE filled is a stray cell far out.
SPARSE, EMPTY_SHARE = 1_000_000, 100
MOST_RUNS = 20  # of hidden rows that a remark names


@dataclass(frozen=True)
class Fault:
    """What stands for the value of a cell whose figure is not to be had: the reason."""

    reason: str


CellValue = None | str | float | date | Fault
Span = tuple[int, int, int, int]  # merged cells: first row and column, last row and column


class NumberStyle(NamedTuple):
    """How a cell shows its number: decimals (None: as many as it has); as a percentage or not.

    A percentage is stored as a ratio (0.12 shows as 12 %). shown: times which a number is shown,
    0.001 where a comma behind the digits leaves thousands out.
    """

    decimals: int | None = None
    percent: bool = False
    shown: float = 1.0


LONGEST = 255  # of a format code, as Excel has it
LITERAL = re.compile(r'"[^"]*"|[\\!].|[_*].|\[[^\]]*\]')
POINT = re.compile(r'(?<=[0#?])(?:"\."|[\\!]\.)(?=[0#?])')  # in 0!.0000: it parts no decimals
THOUSANDS = re.compile(r"(?<=[0#?]),+(?![0#?,])")  # left out: not those between digits


def number_style(code: str) -> NumberStyle:
    """Return what the format code of a number shows: `#,##0.00_ ` has two decimals.

    The part for positive numbers counts. Decimals of a percentage are those of the stored ratio:
    `0.0%` shows three. General, dates, fractions, powers and scaled figures: as the number has.
    """
    first = code[:LONGEST].split(";")[0]
    shown = LITERAL.sub("", first).strip()
    percent = "%" in shown
    digits = re.fullmatch(r"[#,?]*0(?:\.([0#?]+))?", shown.replace("%", "").strip())
    after = "".join(POINT.split(first, maxsplit=1)[1:])  # which only seems to hold decimals
    power = len(re.findall("[0#?]", LITERAL.sub("", after)))
    power += 3 * len("".join(THOUSANDS.findall(shown)))
    if not digits or power:
        return NumberStyle(None, percent, 10.0**-power)
    return NumberStyle((digits[1] or "").count("0") + (2 if percent else 0), percent)


class Remark(NamedTuple):
    """Something about a sheet that a reader should know and that is no error: a row of the audit.

    `check` is the kind (`hidden`, `external_link`, `note`, ...); `message` the key of a sentence,
    `fields` what it names (text, numbers, lists of texts); `row`, `column` are zero-based.
    """

    check: str
    message: str
    fields: Mapping[str, object] = {}
    row: int | None = None
    column: int | None = None


class CellWords(NamedTuple):
    """What a cell says and where it stands (row, column), -1 if nothing says it; true if it says
    anything.
    """

    text: str = ""
    row: int = -1
    column: int = -1

    def __bool__(self) -> bool:
        return self.text != ""

    def saying(self, text: str) -> "CellWords":
        """Return another text at the same place."""
        return self._replace(text=text)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of cells.

    file: as messages name it; name: of the sheet ("" in a file of text). values (rows, columns):
    objects as the file holds them, text untouched; a whole number of a workbook is a float. merged:
    all but the first cell of a span are empty in `values`. style (rows, columns) points into
    `styles`; None if all cells have the first. own_units: texts that are units to the study that
    reads, beside those that all know, as `unit_key` gives them. delimiter: what parts the fields of
    a text. unclear: a number of which the sheet does not show whether its point or comma parts
    decimals or thousands. places: names of regions that are known, as `compared` gives them.
    raised: cells (row, column) whose last digits stand raised; ends: how many fields each row of a
    text or a page has; cut: whether its last line does not end. doubts: remarks that count if a
    table of it is read.
    """

    file: str
    name: str
    values: Objects
    merged: tuple[Span, ...] = ()
    styles: tuple[NumberStyle, ...] = (NumberStyle(),)
    style: npt.NDArray[np.int32] | None = None
    remarks: tuple[Remark, ...] = ()
    own_units: frozenset[str] = frozenset()
    delimiter: str = ""
    unclear: CellWords | None = None
    places: frozenset[str] = frozenset()
    raised: frozenset[tuple[int, int]] = frozenset()
    ends: Integers | None = None
    cut: bool = False
    doubts: tuple[Remark, ...] = ()

    @cached_property
    def begins(self) -> list[CellWords]:
        """The first cell of each row that says anything."""
        return [next(self.cells(row), CellWords("", row)) for row in range(len(self.values))]

    def cells(self, row: int) -> Iterator[CellWords]:
        """Yield the cells of a row that say anything."""
        for column in np.flatnonzero(self._filled[row]).tolist():
            if text := cell_text(self.values[row, column]):
                yield CellWords(text, row, column)

    @cached_property
    def _filled(self) -> Booleans:
        """Which cells hold anything at all: far fewer than there are, on many a sheet."""
        return np.asarray(self.values != None, dtype=bool)  # noqa: E711 - of each cell

    @cached_property
    def _spans(self) -> npt.NDArray[np.int32]:
        """The number of the merged range that each cell belongs to, or -1."""
        spans = np.full(self.values.shape, -1, dtype=np.int32)
        room = spans.size
        for number, (top, left, bottom, right) in enumerate(self.merged):
            span = spans[top : bottom + 1, left : right + 1]
            room -= span.size
            if room < 0:
                raise StudyError(f"{self.where()}: merged cells overlap; undo the merging")
            span[...] = number
        return spans

    def words(self, row: int, column: int) -> CellWords:
        """Return what a cell says, or the first cell of its merged range, and where that stands."""
        if self.merged and (number := self._spans[row, column]) >= 0:
            row, column = self.merged[number][:2]
        return CellWords(cell_text(self.values[row, column]), row, column)

    def where(self, row: int = -1, column: int = -1) -> str:
        """Return `file › sheet › C7` for a message."""
        cell = xl_rowcol_to_cell(row, column) if row >= 0 and column >= 0 else ""
        return " › ".join(part for part in (self.file, self.name, cell) if part)


# Full-width forms to their plain ones, every kind of space and line break to a space. Not NFKC,
# which would turn the note mark of 12.5① into a digit.
PLAIN: dict[int, int | str | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
PLAIN |= dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
PLAIN |= dict.fromkeys([*range(0x09, 0x0E), 0x85, 0x2028, 0x2029], " ")  # a message is one line
PLAIN |= dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF], None)
PLAIN[0x2212] = "-"
ODD = re.compile(f"[{re.escape(''.join(map(chr, PLAIN)))}]")  # to see that a text has none is quick


def cell_text(value: CellValue) -> str:
    """Return a value as text in one line, with full-width forms and odd spaces made plain, trimmed.

    A whole number is written without a point: 2015.0 gives "2015".
    """
    if isinstance(value, str):
        return (value.translate(PLAIN) if ODD.search(value) else value).strip()
    if value is None or isinstance(value, Fault):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# Of a sheet: its name and what reads it after so many cells of others, None for a hidden one.
NamedReader = tuple[str, Callable[[int], Sheet | None] | None]


def check_extent(rows: int, columns: int, filled: int, place: str, before: int = 0) -> None:
    """Raise `StudyError` for a table that is too large to be one.

    rows, columns: of the rectangle from A1 to the furthest cell, which is held whole; filled: cells
    in it that say something; before: cells of the rectangles of other tables of the file.
    """
    cells = rows * columns
    together = before + cells
    if (
        rows > MOST_ROWS
        or columns > MOST_COLUMNS
        or together > MOST_CELLS
        or (cells > SPARSE and cells > EMPTY_SHARE * filled)
    ):
        last = xl_rowcol_to_cell(rows - 1, columns - 1)
        raise StudyError(
            f"{place}: has cells far beyond any table (as far as {last}, {together:,} cells); "
            "delete what stands outside the table, or split the table"
        )


def check_count(number: int, most: int, what: str, place: str) -> None:
    """Raise `StudyError` for a file of more sheets or tables than one has; `what`: which."""
    if number > most:
        raise StudyError(
            f"{place}: holds more than {most:,} {what}; keep those of the study, or split it into "
            "several files"
        )


def check_length(text: str, place: str, row: int, column: int) -> None:
    """Raise `StudyError` for a text that is longer than that of any cell."""
    if len(text) > LONGEST_TEXT:
        raise StudyError(
            f"{place} › {xl_rowcol_to_cell(row, column)}: holds a text of {len(text):,} "
            f"characters, and a cell has at most {LONGEST_TEXT:,}; keep only the tables of figures"
        )


class PlacedCells:
    """Cells with their places, zero-based, in any order; of two in one place the last counts.

    merged, hidden_rows and hidden_columns may reach beyond the cells; raised: as a `Sheet` has it.
    """

    def __init__(self, file: str, name: str) -> None:
        self.file, self.name = file, BREAKS.sub(" ", name)
        self.place = f"{self.file} › {self.name}"
        self.merged: list[Span] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.remarks: list[Remark] = []
        self.raised: list[tuple[int, int]] = []
        self.rows, self.columns, self.looks = array("q"), array("q"), array("l")
        self.values: list[CellValue] = []
        self.codes = {GENERAL: 0}  # of number formats -> its number in `looks`
        self.characters = 0

    def add(self, row: int, column: int, value: CellValue, code: str = GENERAL) -> None:
        """Add a cell that says something; `code` is that of its number format."""
        self.rows.append(row)
        self.columns.append(column)
        self.looks.append(self.codes.setdefault(code, len(self.codes)))
        self.values.append(value)
        if type(value) is str:
            check_length(value, self.place, row, column)
            self.characters += len(value)
            if self.characters > LARGEST:  # one text may be shared by every cell
                raise StudyError(
                    f"{self.place}: repeats long texts to more than {LARGEST:,} characters; keep "
                    "only the tables of figures in it"
                )

    def sheet(self, before: int) -> Sheet | None:
        """Return the cells as a sheet from A1 to the furthest of them; None if there are none.

        before: cells of other sheets of the file. Raises `StudyError` for cells far beyond tables.
        """
        if not self.values:
            return None
        rows, columns = np.asarray(self.rows), np.asarray(self.columns)
        if rows.min() < 0:
            raise ValueError("a cell stands above the first row")
        shape = int(rows.max()) + 1, int(columns.max()) + 1
        check_extent(*shape, len(rows), self.place, before)
        values, style = np.full(shape, None, dtype=object), np.zeros(shape, dtype=np.int32)
        values[rows, columns], style[rows, columns] = self.values, self.looks
        hidden = hidden_remarks(
            [row for row in self.hidden_rows if row < shape[0]],
            [column for column in self.hidden_columns if column < shape[1]],
        )
        return Sheet(
            self.file,
            self.name,
            values,
            tuple(m for m in self.merged if m[0] < shape[0] and m[1] < shape[1]),
            tuple(map(number_style, self.codes)),
            style if len(self.codes) > 1 else None,
            (*hidden, *self.remarks),
            raised=frozenset(self.raised),
        )


def visible_sheets(sheets: Iterable[NamedReader], shown: str) -> list[Sheet]:
    """Read the visible sheets of a workbook that say something.

    The first sheet read says which are hidden and hence not read: lists and drafts. Raises
    `StudyError` if nothing else is there.
    """
    visible: list[Sheet] = []
    hidden: list[str] = []
    for name, read in sheets:
        if read is None:
            hidden.append(name)
        elif sheet := read(sum(other.values.size for other in visible)):
            visible.append(sheet)
    if hidden and not visible:
        raise StudyError(
            f"{shown}: everything in it is on hidden sheets ({', '.join(hidden)}), which are not "
            "read; unhide the sheet that holds the figures"
        )
    if hidden:
        remark = Remark("hidden", "hidden_sheets", {"sheets": hidden})
        visible[0] = replace(visible[0], remarks=(remark, *visible[0].remarks))
    return visible


def hidden_remarks(rows: Iterable[int], columns: Iterable[int]) -> list[Remark]:
    """Return the remark on hidden rows and columns of a sheet, if there are any."""
    runs = {
        "rows": _runs(rows, lambda row: str(row + 1)),
        "columns": _runs(columns, xl_col_to_name),
    }
    if not any(runs.values()):
        return []
    fields: dict[str, object] = {name: texts[:MOST_RUNS] for name, texts in runs.items()}
    fields |= {f"more_{name}": max(0, len(texts) - MOST_RUNS) for name, texts in runs.items()}
    return [Remark("hidden", "hidden_cells", fields)]


def _runs(numbers: Iterable[int], name: Callable[[int], str]) -> list[str]:
    """Return numbers as runs in order: `1-3`, `7`."""
    sorted_ = np.unique(np.fromiter(numbers, dtype=int))
    runs = np.split(sorted_, np.flatnonzero(np.diff(sorted_) > 1) + 1) if len(sorted_) else []
    return ["-".join(name(int(end)) for end in np.unique(run[[0, -1]])) for run in runs]
