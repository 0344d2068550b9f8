"""Text in columns of a terminal, in which a Chinese character takes two."""

import textwrap
import unicodedata
from collections.abc import Sequence

from coevo.messages import room

LEAST = 0.3  # of a line, for the first column of a table
FILL = "\0"  # stands after a wide character while columns are counted


def _spread(text: str) -> str:
    text = unicodedata.normalize("NFC", text)  # an accent takes no column of its own
    return "".join(character + FILL * (room(character) - 1) for character in text)


def wrapped_lines(text: str, columns: int, indent: str = "") -> list[str]:
    """Return lines of at most `columns`, all but the first with the indent before them.

    Broken at spaces; within a word only if it is too long for a line.
    """
    lines = textwrap.wrap(
        _spread(text), columns - 1, subsequent_indent=indent, break_on_hyphens=False
    )
    return [line.replace(FILL, "") for line in lines]  # a break before a FILL adds a column


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Return a table as lines of at most `columns`: the first column to the left, the others to the
    right, two spaces between them. The first is cut to the room that the others leave, but if that
    is less than `LEAST` of the line, the widest of the others are cut."""
    lines = [[_spread(text) for text in line] for line in (head, *rows)]
    first, *others = (max(map(len, column)) for column in zip(*lines, strict=True))
    room_ = columns - 2 * len(others)
    while sum(others) > room_ - min(first, int(LEAST * columns)):
        others[others.index(max(others))] -= 1
    first = min(first, room_ - sum(others))
    out = []
    for name, *cells in lines:
        right = (_cut(cell, most).rjust(most) for cell, most in zip(cells, others, strict=True))
        out.append("  ".join([_cut(name, first).ljust(first), *right]).rstrip().replace(FILL, ""))
    return out


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1 - (text[most - 1] == FILL)] + "…"
