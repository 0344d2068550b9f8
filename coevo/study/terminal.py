"""What a person at a terminal is told: in columns, and of the two-population model."""

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from coevo.arrays import Config
from coevo.equilibria.possible_outputs import Output, candidates, proposed_pair
from coevo.estimation.region import FEWEST_ROWS
from coevo.messages import room
from coevo.study.templates import Filters, filled

WIDTH = 100  # columns of the terminal
FIRST = 0.3  # of a line, for the first column of a table
FILL = "\0"  # stands after a wide character while columns are counted
MOST_NAMES = 8
NEEDED = "it needs an output of each system, in money or counts and always positive"
REASONS = {  # of `Output`, and for a subsystem
    "relative": "a share, rate or index",
    "unit": "unit not known",
    "not_positive": "has figures of zero or below",
    "years": f"no region has {FEWEST_ROWS} rows of growth",
    "composite": "the index of a subsystem",
}


def said(template: str, **values: Any) -> list[str]:
    """Return the lines of a template of `workflow/terminal` with these values.

    Filters: `wrapped` breaks a line at `WIDTH`, what follows by some columns deeper than it begins;
    `table` puts rows below a head; `shown` and `span` as here.
    """
    filters: Filters = {"wrapped": _wrapped, "table": _table, "shown": shown, "span": span}
    return filled(f"terminal/{template}", filters, **values).removesuffix("\n").split("\n")


def _wrapped(line: str, deeper: int = 2) -> str:
    bare = line.lstrip(" ")
    before = " " * (len(line) - len(bare))
    lines = wrapped_lines(bare, WIDTH - len(before), " " * deeper)
    return "\n".join(before + part for part in lines) + "\n" * line.endswith("\n")


def _table(rows: Sequence[Sequence[str]], head: Sequence[str]) -> str:
    return "\n".join(table_lines(head, rows, WIDTH))


def shown(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return the first names in a line, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def span(years: Iterable[int]) -> str:
    """Return the first and the last of some years, one where they are the same, "" of none."""
    years = sorted(set(years))
    return "–".join(map(str, dict.fromkeys(years[:1] + years[-1:])))


def standing(outputs: Sequence[Output]) -> str:
    """Return which indicators could be an output of the model, and why the others could not."""
    names_by_text = {"outputs could be": candidates(outputs)}
    for reason, text in REASONS.items():
        names_by_text[text] = [one.indicator for one in outputs if one.reason == reason]
    return "; ".join(f"{text}: {shown(names)}" for text, names in names_by_text.items() if names)


def model_lines(interaction: Config | None, outputs: Sequence[Output]) -> Iterator[str]:
    """Yield how a study turns the model on or what it lacks, or each output that is unfit."""
    if not interaction:
        pair, on = proposed_pair(outputs), "{{upstream: {upstream}, downstream: {downstream}}}"
        how = f"interaction: {on.format(**pair)} turns it on" if pair else NEEDED
        yield f"Model of two populations: off; {how}; {standing(outputs)}"
        return
    unfit = {one.subsystem: "composite" for one in outputs}
    unfit |= {one.indicator: one.reason for one in outputs}
    for side in ("upstream", "downstream"):
        if reason := unfit.get(interaction[side]):
            yield f"interaction.{side}: {interaction[side]}: {REASONS[reason]}; {standing(outputs)}"


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
    is less than `FIRST` of the line, the widest of the others are cut."""
    lines = [[_spread(text) for text in line] for line in (head, *rows)]
    first, *others = (max(map(len, column)) for column in zip(*lines, strict=True))
    room_ = columns - 2 * len(others)
    while sum(others) > room_ - min(first, int(FIRST * columns)):
        others[others.index(max(others))] -= 1
    first = min(first, room_ - sum(others))
    out = []
    for name, *cells in lines:
        right = (_cut(cell, most).rjust(most) for cell, most in zip(cells, others, strict=True))
        out.append("  ".join([_cut(name, first).ljust(first), *right]).rstrip().replace(FILL, ""))
    return out


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1 - (text[most - 1] == FILL)] + "…"
