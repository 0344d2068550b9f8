"""Tables in files of text: CSV and its relatives."""

import csv
import gc
import io
import re
from collections import Counter

from coevo.errors import StudyError
from coevo.observations.limits import MOST_CELLS, check_extent
from coevo.observations.sheets import Sheet, grid

DELIMITERS = (",", "\t", ";")
SAMPLE = 200  # lines that tell the delimiter
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
ENCODINGS = ("utf-8", "gb18030")
# Characters that no table holds; a few of them show that the file is not text at all.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def decoded(data: bytes, shown: str) -> str:
    """Return the text of a file: by its byte-order mark, else UTF-8, else GB18030.

    Raises `StudyError` for bytes that are none of these, and for control characters.
    """
    bom = next((BOMS[mark] for mark in BOMS if data.startswith(mark)), None)
    for encoding in (bom,) if bom else ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise StudyError(
            f"{shown}: is not a workbook, nor text in UTF-8, UTF-16 or GB18030; open it in Excel "
            "and save it as xlsx or 'CSV UTF-8'"
        )
    odd = CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise StudyError(
            f"{shown}: holds the character U+{ord(odd[0]):04X} in line {line}, which no table "
            "does; open it in Excel and save it as xlsx or 'CSV UTF-8'"
        )
    return text


def text_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the table of a CSV file as one sheet without a name; every value is text or None."""
    text = decoded(data, shown)
    delimiter = _delimiter(text)
    bound = text.count(delimiter)
    if bound > MOST_CELLS:
        check_extent(1, bound, bound, shown)
    collecting = gc.isenabled()
    gc.disable()  # millions of new strings and no cycle among them: twice as fast
    try:
        rows = [[field or None for field in row] for row in _reader(text, delimiter)]
    except csv.Error as problem:
        raise StudyError(
            f"{shown}: is not a table of text ({problem}); look for a quotation mark that is not "
            "closed, or open it in Excel and save it as xlsx"
        ) from None
    finally:
        if collecting:
            gc.enable()
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        return []
    check_extent(len(rows), max(map(len, rows)), sum(map(len, rows)), shown)
    return [Sheet(shown, "", grid(rows))]


def _reader(text: str, delimiter: str):
    # any of the three line ends; strict: an open quotation mark would swallow the rest unseen
    return csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """Return what parts the fields: what gives most lines one and the same number of fields."""
    unquoted = re.sub('"[^"]*"', "", text[:200_000])
    lines = re.split("\r\n|\n|\r", unquoted)[:SAMPLE]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(line.split(delimiter)) for line in lines)
        counts.pop(1, None)
        return max(((lines, fields) for fields, lines in counts.items()), default=(0, 0))

    return max(DELIMITERS, key=agreement)
