"""Tables whose first columns have no head: years, codes and regions told by what stands in them."""

import re
from collections.abc import Sequence

from coevo.observations.heads import LabelColumn, Labels, is_number
from coevo.observations.names import compared
from coevo.observations.periods import period_of
from coevo.observations.sheets import Sheet

WORD = re.compile(r"[^\W\d_]{2}")
CODES = re.compile(r"[0-9A-Z.-]{1,12}")


def blank_head(sheet: Sheet) -> tuple[range, Labels] | None:
    """Return the rows of a head that says nothing of its first columns, and what these hold.

    Below it each of them is full in every row: years, names of regions, perhaps their codes. Names
    are those of regions beside years or codes, or if most of them are known; None if no column of
    years and no years in the head are there.
    """
    head = next((r for r, begin in enumerate(sheet.begins) if begin.text and begin.column > 0), -1)
    width = sheet.begins[head].column if head >= 0 else 0
    if not width:
        return None
    first = head
    while first < len(sheet.begins) and sheet.begins[first].column >= width:
        first += 1
    body = [r for r in range(first, len(sheet.begins)) if _is_full(sheet, r, width)]
    if not body or body[0] != first:
        return None
    labels = _labels(sheet, body, width)
    dated = any(period_of(w.text) is not None for r in range(head, first) for w in sheet.cells(r))
    if "region" not in labels or not (dated or "year" in labels):
        return None
    names = [sheet.words(r, labels["region"][0].column).text for r in body]
    known = sum(compared(name) in sheet.places for name in names)
    return (range(head, first), labels) if len(labels) > 1 or 2 * known > len(names) else None


def _is_full(sheet: Sheet, row: int, width: int) -> bool:
    """Whether a row says something in each of its first columns, and has figures beyond."""
    filled = all(sheet.words(row, column).text for column in range(width))
    return filled and any(is_number(value) for value in sheet.values[row, width:].tolist())


def _labels(sheet: Sheet, body: Sequence[int], width: int) -> Labels:
    """Return the columns by kind: of several of names that with most different ones."""
    said = {c: [sheet.words(row, c).text for row in body] for c in range(width)}
    years = [c for c, own in said.items() if all(period_of(text) is not None for text in own)]
    rest = [c for c in said if c not in years]
    codes = [c for c in rest if all(CODES.fullmatch(text) for text in said[c])]
    names = [c for c in rest if c not in codes and all(map(WORD.search, said[c]))]
    found = {"year": years[:1], "code": codes[:1]}
    found["region"] = sorted(names, key=lambda c: -len(set(said[c])))[:1]
    return {kind: (LabelColumn(c),) for kind, columns in found.items() for c in columns}
