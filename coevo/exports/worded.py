"""Tables whose caption, heads and note the words of the study's language give."""

from collections.abc import Sequence
from typing import Any

from coevo.exports.tex import Table, Tex
from coevo.exports.words import word, words
from coevo.findings.study import Study


def text_column(width: float) -> str:
    """A column of running text, as wide as this share of the line."""
    return rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}"


def worded(
    study: Study,
    name: str,
    columns: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    **values: str,
) -> Table:
    """A table of one part; a head that is `Tex` stands as it is, the note is filled with values."""
    language = study.language
    caption = word(language, "caption", name).format(region=study.name(study.focus))
    titles = [head if isinstance(head, Tex) else word(language, "head", head) for head in heads]
    note = word(language, "note", name) if name in words(language, "note") else ""
    return Table(name, caption, columns, [titles], [rows], Tex(note.format(**values)))
