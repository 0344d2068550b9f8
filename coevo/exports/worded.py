"""Tables whose caption, heads and note the words of the study's language give."""

from collections.abc import Mapping, Sequence
from typing import Any

from coevo.exports.tex import Table, Tex
from coevo.findings.study import Study


def words(study: Study, kind: str) -> Mapping[str, str]:
    """Words of one kind in the language of the study; empty where it needs none."""
    return study.words.get("exports", {}).get(kind, {})


def word(study: Study, kind: str, key: Any) -> str:
    """One word; what has none stands as it is."""
    return str(words(study, kind).get(str(key), key))


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
    caption = word(study, "caption", name).format(region=study.name(study.focus))
    titles = [head if isinstance(head, Tex) else word(study, "head", head) for head in heads]
    note = word(study, "note", name) if name in words(study, "note") else ""
    return Table(name, caption, columns, [titles], [rows], Tex(note.format(**values)))
