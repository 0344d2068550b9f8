"""Tables in files of text: CSV and its relatives."""

import io
import re
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.observations.doubts import swallowed
from coevo.observations.sheets import LONGEST_TEXT, Sheet, check_extent, check_length
from coevo.observations.vocabulary import TYPICAL, WESTERN

SAVE_AGAIN = "open it in Excel and save it as xlsx or 'CSV UTF-8'"
DELIMITERS = (",", "\t", ";")
SAMPLE = 200  # lines that tell the delimiter
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
QUOTED = re.compile('"[^"]*"')
INDENTED = re.compile('^ +"', re.MULTILINE)  # most lines: quotation marks stand behind a space
PAIR = re.compile(b"[\x80-\xff]{2}")
LONE = re.compile(b"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
SHARE = 0.05  # of its wide characters that are `TYPICAL` of an encoding, from which a text is in it
# Characters that no table holds; a few of them show that the file is not text at all.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def decoded(data: bytes, shown: str) -> str:
    """Return the text of a file: by its byte-order mark, else UTF-8, else what `_encoding` finds.

    Raises `StudyError` for bytes that are none of these, and for control characters.
    """
    bom = next((BOMS[mark] for mark in BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(bom)
    except UnicodeDecodeError:
        text = "" if bom != "utf-8" else _without_mark(data, shown)
    if not text:
        raise StudyError(f"{shown}: is not a workbook, nor text in a known encoding; {SAVE_AGAIN}")
    odd = CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise StudyError(
            f"{shown}: holds the character U+{ord(odd[0]):04X} in line {line}, which no table "
            "does; open it in Excel and save it as xlsx or 'CSV UTF-8'"
        )
    return text


def _without_mark(data: bytes, shown: str) -> str:
    """Return a text that is no UTF-8: in the encoding of `TYPICAL` whose characters it is full of.

    A text in Latin letters has its accents one by one, and no typical characters. Where neither is
    so, it is GB18030 if it can be nothing else; `StudyError` if it may be several, "" if none.
    """
    read = {}
    for encoding in TYPICAL:
        try:
            read[encoding] = data.decode(encoding)
        except UnicodeDecodeError:
            continue
    share = {encoding: _typical(text, TYPICAL[encoding]) for encoding, text in read.items()}
    best = max(share, key=share.__getitem__, default="")
    if best and share[best] >= SHARE:
        return read[best]
    if len(LONE.findall(data)) > len(PAIR.findall(data)):
        return data.decode(WESTERN, errors="replace").replace("\ufffd", "\x80")
    if len(read) > 1:
        raise StudyError(
            f"{shown}: may be text in {', '.join(name.upper() for name in read)}, and nothing in "
            f"it shows which; {SAVE_AGAIN}"
        )
    return read.get("gb18030", "")


def _typical(text: str, characters: str) -> float:
    """Return the share of some characters among the wide ones of a text."""
    wide = [sign for sign in text if ord(sign) > 0x2E80]
    return sum(sign in characters for sign in wide) / max(len(wide), 1)


def text_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the table of a CSV file as one sheet without a name; every value is text or None."""
    text = decoded(data, shown).replace("\r\n", "\n").replace("\r", "\n")
    cut, text = not text.endswith("\n"), text.rstrip("\n")
    delimiter = _delimiter(text)
    rows, width = _extent(text, delimiter)
    check_extent(rows, width, text.count(delimiter) + rows, shown)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # fields would be lost
            frame = pd.read_csv(
                io.StringIO(text),
                sep=delimiter,
                engine="python" if '"' in text else "c",  # C reads "1"2 as 12
                header=None,
                names=range(width),
                index_col=False,
                dtype=object,
                na_filter=False,
                skip_blank_lines=False,
                skipinitialspace=2 * len(INDENTED.findall(text)) > rows,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as problem:
        raise StudyError(
            f"{shown}: is not a table of text ({problem}); look for a quotation mark that is not "
            "closed, or open it in Excel and save it as xlsx"
        ) from None
    values = frame.to_numpy(dtype=object, copy=True)
    ends = np.sum(values != None, axis=1)  # noqa: E711 - of each cell
    if '"' not in text:
        ends = np.array([line.count(delimiter) + 1 for line in text.split("\n")])
    said = values.astype(bool)
    values[~said] = None
    if not said.any():
        return []
    if len(text) > LONGEST_TEXT:
        for (row, column), value in np.ndenumerate(values):
            check_length(value or "", shown, row, column)
    last, right = (int(np.flatnonzero(said.any(axis=axis))[-1]) + 1 for axis in (1, 0))
    doubts = tuple(swallowed(values, delimiter)) if '"' in text else ()
    made = Sheet(shown, "", values[:last, :right], delimiter=delimiter, ends=ends[:last])
    return [replace(made, cut=cut and last == len(values), doubts=doubts)]


def _extent(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many lines a text has, and fields the longest of them, quoted ones as one."""
    lines = text.split("\n")
    unquoted = QUOTED.sub("", text).split("\n") if '"' in text else []
    return len(lines), 1 + max(line.count(delimiter) for line in (*lines, *unquoted))


def _delimiter(text: str) -> str:
    """Return what parts the fields: what gives most lines one and the same number of fields.

    Of several, tabs: nobody writes them inside a field.
    """
    lines = QUOTED.sub("", text[:200_000]).split("\n")[:SAMPLE]

    def agreement(delimiter: str) -> tuple[int, bool, int]:
        counts = Counter(len(line.split(delimiter)) for line in lines)
        counts.pop(1, None)
        found = ((lines, delimiter == "\t", fields) for fields, lines in counts.items())
        return max(found, default=(0, False, 0))

    return max(DELIMITERS, key=agreement)
