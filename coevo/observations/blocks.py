"""A sheet cut into blocks: each is a head with what stands above, under and below it.

Above a head stand title, indicator, unit, region, year; below the figures stand source and notes.
Several tables may stand below each other; one that continues the table before takes over what was
said above that.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from coevo.errors import StudyError
from coevo.observations.cells import has_numbers
from coevo.observations.heads import (
    KINDS,
    HeadColumns,
    LabelColumn,
    Labels,
    head_columns,
    head_kind,
    is_level,
    label_columns,
    labels_by_cells,
    with_years,
)
from coevo.observations.names import compared
from coevo.observations.periods import period_of
from coevo.observations.sheets import MOST_TABLES, CellWords, Remark, Sheet, check_count
from coevo.observations.units import any_of, is_unit
from coevo.observations.vocabulary import NOTES, SOURCES, STATISTICS

STATED = {
    kind: re.compile(
        rf"(?:^|[\s(])(?:{any_of(w for w in KINDS if KINDS[w] == kind)})\s*:\s*(?=\S)",
        re.IGNORECASE,
    )
    for kind in ("region", "year", "indicator", "unit")
}
NEXT_STATED = re.compile(r"(?<!\s)\s+\(?[A-Za-z]+\s*:")  # 单位：亿元  Unit: ...
PADDED = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
SOURCE = re.compile(rf"({any_of(SOURCES)})\s*:", re.IGNORECASE)
NOTE = re.compile(rf"({any_of(NOTES)})\s*(?:\d+\s*)?[:.、]|注\s+\S", re.IGNORECASE)
MARKED = re.compile(r"([\u2460-\u2473]|[*†‡])\s*[^\W\d]{2}")
FURTHER = re.compile(r"[\s\u3000]{2,}\S|\(?\d{1,2}[).、]|[\u2460-\u2473]|[*†‡]")  # a note goes on
MOST_HEAD_CELLS = 100_000
MOST_ABOVE = 100  # rows above the first head
CONTINUED = re.compile(r"续表|\(续|\bcontinued\b", re.IGNORECASE)
WORD, CODES = re.compile(r"[^\W\d_]{2}"), re.compile(r"[0-9A-Z.-]{1,12}")  # below a blank head
ANY_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, eq=False)
class TableBlock:
    """A table in a sheet, before its layout is known.

    above: rows of title and statements; labels: kind -> columns of that kind; columns: what the
    head says of each column of figures; body: rows that may hold figures; before: the block whose
    title and statements this one takes over, if it is its continuation.
    """

    sheet: Sheet
    above: tuple[int, ...]
    head: range
    labels: Labels
    columns: HeadColumns
    body: tuple[int, ...]
    before: "TableBlock | None" = None
    remarks: tuple[Remark, ...] = ()
    outside: tuple[int, ...] = ()  # rows with figures above the head or below the table

    def stated(self, what: str) -> CellWords:
        """Return what a line `name：value` above the head states first, or no words."""
        return next(iter(self.statements(what)), CellWords())

    def statements(self, what: str) -> tuple[CellWords, ...]:
        """Return all that such lines state, of the block or of the last one that it continues."""
        stated = (block._own_statements(what) for block in self._continued())
        return next(filter(None, stated), ())

    def _continued(self) -> Iterator["TableBlock"]:
        """Yield the block, and those before it that it continues."""
        block: TableBlock | None = self
        while block:
            yield block
            block = block.before

    @cache  # noqa: B019 - a block lives no longer than its sheet is read
    def _own_statements(self, what: str) -> tuple[CellWords, ...]:
        statements: list[CellWords] = []
        for row in self.above:
            cells = [*self.sheet.cells(row)]
            for words in cells:
                if what == "unit":  # in a cell of its own, perhaps beside 单位
                    beside = len(cells) == 2 and head_kind(words.text) == what
                    units = (cells[1] if beside else CellWords(), words)
                    statements += [w for w in units if is_unit(w.text, self.sheet.own_units)]
                for text in (words.text, PADDED.sub("", words.text)):
                    if match := STATED[what].search(text):
                        value = NEXT_STATED.split(text[match.end() :], maxsplit=1)[0].strip()
                        closed = value.count("(") < value.count(")")
                        value = value.removesuffix(")") if closed else value
                        statements.append(words.saying(value))
        return tuple(statements)

    def stated_years(self) -> dict[str, CellWords]:
        """Return the years that stand anywhere above the head (`(2020年)`)."""
        stated = (
            {
                year: words.saying(year)
                for row in block.above
                for words in block.sheet.cells(row)
                for year in ANY_YEAR.findall(words.text)
            }
            for block in self._continued()
        )
        return next(filter(None, stated), {})


def _end(sheet: Sheet, start: int, stop: int) -> int:
    """Return the row below the figures: that of the source, of a note, or of the next title."""
    for row in range(start, stop):
        if _is_below(sheet, row):
            return row
    while stop > start and stop < len(sheet.begins) and _is_above(sheet, stop - 1):
        stop -= 1
    return stop


def _is_below(sheet: Sheet, row: int) -> bool:
    """Whether a row is a source or a note."""
    begin = sheet.begins[row].text
    if MARKED.match(begin):  # a note by its mark; but 其中 ①… with figures is none
        return len(list(sheet.cells(row))) == 1
    return bool(SOURCE.match(begin) or NOTE.match(begin))


def _counts_columns(sheet: Sheet, row: int) -> bool:
    """Whether a row below a head counts its columns: 1, 2, 3 or (1), (2), (3)."""
    texts = [words.text.strip("()") for words in sheet.cells(row)]
    return len(texts) > 2 and texts == [str(n + 1) for n in range(len(texts))]


def _is_above(sheet: Sheet, row: int) -> bool:
    """Whether a row before a head is blank, a title, or states something about the next table."""
    cells = list(sheet.cells(row))
    states = len(cells) < 2 or any(CONTINUED.search(w.text) or ":" in w.text for w in cells)
    return states and not has_numbers(sheet, row)


def _notes(sheet: Sheet, rows: range) -> tuple[Remark, ...]:
    """Return the notes in some rows, each whole with the lines that continue it."""
    notes: list[Remark] = []
    going = False
    for row in rows:
        begin = sheet.begins[row]
        begins = NOTE.match(begin.text) or (not going and MARKED.match(begin.text))
        cells = sheet.cells(row) if begins or going else ()
        raw = [str(sheet.values[row, words.column]) for words in cells]
        text = " ".join(" ".join(raw).split())  # as it is printed, full-width signs and all
        if begins:
            notes.append(Remark("note", "note", {"text": text}, row, begin.column))
            going = True
        elif raw and FURTHER.match(raw[0]):
            notes[-1] = notes[-1]._replace(fields={"text": f"{notes[-1].fields['text']} {text}"})
        else:
            going = False
    return tuple(notes)


def _heads(sheet: Sheet) -> list[range]:
    """Return the rows that begin with a word of `HEADS`, neighbours together.

    Nothing above the first may hold two of these words anywhere; below it, a row with figures is a
    row of the body.
    """
    heads: list[range] = []
    for row, begin in enumerate(sheet.begins):
        if _is_head(sheet, row, begin.text, bool(heads)):
            if heads and heads[-1].stop == row:
                heads[-1] = range(heads[-1].start, row + 1)
            else:
                heads.append(range(row, row + 1))
    return heads


def _is_head(sheet: Sheet, row: int, begin: str, below: bool) -> bool:
    if not head_kind(begin):
        if below or row >= MOST_ABOVE:
            return False
        kinds = {
            "period" if period_of(words.text) else head_kind(words.text)
            for words in sheet.cells(row)
        }
        kinds -= {""}
        names = len(kinds) > 1 or _is_above_figures(sheet, row, kinds)
        return names and kinds != {"period", "value"}
    cells = list(sheet.cells(row))
    if len(cells) == 2 and head_kind(begin) == "unit" and is_unit(cells[1].text, sheet.own_units):
        return False  # 单位, and the unit beside it
    return len(cells) > 1 and not (below and has_numbers(sheet, row))


def _is_above_figures(sheet: Sheet, row: int, kinds: set[str]) -> bool:
    """Whether a row of texts that names regions alone stands right above a row with figures."""
    under = row + 1 < len(sheet.begins) and has_numbers(sheet, row + 1)
    return kinds == {"region"} and under and not has_numbers(sheet, row)


def _with_units(sheet: Sheet, labels: Labels, body: tuple[int, ...]) -> Labels:
    """Return the labels; where none is of units, one of several of indicators that holds units is.

    So it is where a measure is told by its unit alone: RENEWABLE, KTOE.
    """
    several = labels.get("indicator", ())
    if "unit" in labels or len(several) < 2:
        return labels
    texts = {c: {sheet.words(row, c.column).text for row in body} for c in several if c.part < 0}
    units = [c for c in texts if all(is_unit(text, sheet.own_units) for text in texts[c])]
    if len(units) != 1 or not texts[units[0]]:
        return labels
    return labels | {"indicator": tuple(c for c in several if c != units[0]), "unit": (*units,)}


def _blank_head(sheet: Sheet) -> tuple[range, Labels] | None:
    """Return the rows of a head that says nothing of its first columns, and what these hold.

    Below it each of them is full in every row: years, names of regions, perhaps their codes. Names
    are those of regions beside years or codes, or if most of them are known; None if no column of
    years and no years in the head are there.
    """
    head = next((r for r, begin in enumerate(sheet.begins) if begin.column > 0), -1)
    if head < 0:
        return None
    width, first = sheet.begins[head].column, head
    while first < len(sheet.begins) and sheet.begins[first].column >= width:
        first += 1
    body = [
        row
        for row in range(first, len(sheet.begins))
        if all(sheet.words(row, column) for column in range(width))
        and has_numbers(sheet, row, width - 1)
    ]
    if not body or body[0] != first:
        return None
    labels = _blank_labels(sheet, body, width)
    dated = any(period_of(w.text) for r in range(head, first) for w in sheet.cells(r))
    if "region" not in labels or not (dated or "year" in labels):
        return None
    names = [sheet.words(r, labels["region"][0].column).text for r in body]
    known = sum(compared(name) in sheet.places for name in names)
    return (range(head, first), labels) if len(labels) > 1 or 2 * known > len(names) else None


def _blank_labels(sheet: Sheet, body: Sequence[int], width: int) -> Labels:
    """Return the columns by kind: of several of names that with most different ones."""
    texts = {c: [sheet.words(row, c).text for row in body] for c in range(width)}
    years = [c for c in texts if all(map(period_of, texts[c]))]
    rest = [c for c in texts if c not in years]
    codes = [c for c in rest if all(map(CODES.fullmatch, texts[c]))]
    names = [c for c in rest if c not in codes and all(map(WORD.search, texts[c]))]
    by_kind = {"year": years[:1], "code": codes[:1]}
    by_kind["region"] = sorted(names, key=lambda c: -len(set(texts[c])))[:1]
    return {kind: (LabelColumn(c),) for kind, columns in by_kind.items() for c in columns}


def _years_under(sheet: Sheet, labels: Labels, row: int) -> bool:
    """Whether a row under names of regions says of their first column alone that it holds years."""
    cells = [*sheet.cells(row)]
    places = {label.column for kind in ("region", "code") for label in labels.get(kind, ())}
    return (
        "year" not in labels
        and len(cells) == 1
        and cells[0].column in places
        and head_kind(cells[0].text) == "year"
    )


def table_blocks(sheet: Sheet) -> list[TableBlock]:
    """Cut a sheet into blocks, from top to bottom."""
    heads = _heads(sheet)
    blank = None if heads else _blank_head(sheet)
    heads = [blank[0]] if blank else heads
    check_count(len(heads), MOST_TABLES, "tables", sheet.where())
    stops = [head.start for head in heads[1:]] + [len(sheet.begins)]
    blocks: list[TableBlock] = []
    done = 0
    for head, stop in zip(heads, stops, strict=False):
        labels = blank[1] if blank else label_columns(sheet, head)
        known = {label.column for columns in labels.values() for label in columns}
        first, last = head.start, head.stop
        while first > done and is_level(sheet, first - 1, known, below=False):
            first -= 1
        while is_level(sheet, last, known):
            last += 1
        if not labels or _years_under(sheet, labels, last - 1):  # TIME above GEO, or below it
            labels = label_columns(sheet, range(last - 1 if labels else first, last))
            known = {label.column for columns in labels.values() for label in columns}
        if (last - first) * sheet.values.shape[1] > MOST_HEAD_CELLS:
            raise StudyError(
                f"{sheet.where(first, 0)}: a head of {last - first} rows begins here, and no table "
                "has such; delete the rows that are none of it"
            )
        end = _end(sheet, last, stop)
        columns = head_columns(sheet, range(first, last), known)
        between = [row for row in range(done, first) if sheet.begins[row].text]
        above = tuple(row for row in between if not _is_below(sheet, row))
        last += last < end and _counts_columns(sheet, last)
        begins = ((row, compared(sheet.begins[row].text)) for row in range(last, end))
        body = tuple(row for row, begin in begins if begin and begin not in STATISTICS)
        labels = labels_by_cells(sheet, labels, columns, body)
        by_cells = [c.column for c in labels.get("year", ()) if c.column in columns]
        columns = {c: head for c, head in columns.items() if c not in by_cells}
        continued = any(CONTINUED.search(w.text) for row in above for w in sheet.cells(row))
        below = range(end, stop)
        outside = [*between, *below] if stop == len(sheet.begins) else between
        blocks.append(
            TableBlock(
                sheet,
                above,
                range(first, last),
                _with_units(sheet, labels, body),
                columns if "year" in labels else with_years(columns, sheet.own_units),
                body,
                blocks[-1] if blocks and (continued or not between) else None,
                _notes(sheet, below),
                # rows of figures beside something else; a page number stands alone
                tuple(r for r in outside if has_numbers(sheet, r, sheet.begins[r].column)),
            )
        )
        done = end
    return blocks
