"""Text in columns of a terminal, in which a Chinese character takes two."""

from collections.abc import Iterator, Sequence

from coevo.characters import room


def fitted(text: str, columns: int) -> str:
    """Return the text, cut off with `…` if it takes more than `columns`."""
    if room(text) <= columns:
        return text
    while room(text) > columns - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped_lines(text: str, columns: int, indent: str = "") -> Iterator[str]:
    """Yield lines of at most `columns`, all but the first with the indent before them.

    Broken at spaces; within a word only if it is too long for a line.
    """
    line, gap = "", ""
    for word in text.split():
        if gap and room(line + gap + word) > columns:
            yield line
            line, gap = indent, ""
        line += gap
        for character in word:
            if room(line + character) > columns:
                yield line
                line = indent
            line += character
        gap = " "
    yield line


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Return a table as lines of at most `columns`: the first column to the left, cut to the room
    that the others leave; the others to the right. Two spaces stand between columns."""
    lines = [head, *rows]
    widths = [max(room(line[place]) for line in lines) for place in range(len(head))]
    widths[0] = min(widths[0], columns - sum(widths[1:]) - 2 * (len(head) - 1))
    out = []
    for first, *others in lines:
        first = fitted(first, widths[0])
        cells = [first + " " * (widths[0] - room(first))]
        cells += [
            " " * (most - room(text)) + text for most, text in zip(widths[1:], others, strict=True)
        ]
        out.append("  ".join(cells).rstrip())
    return out
