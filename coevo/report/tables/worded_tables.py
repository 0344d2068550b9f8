"""A study in the words of one language for other programs: the phrases of its report, as LaTeX."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coevo.report.findings.study_tables import Study
from coevo.report.tables.tex import Tex, TexTable, tex_escaped
from coevo.report.words.grammar import Grammar
from coevo.report.words.markup import environment, speaker


@dataclass(frozen=True)
class TableVoice:
    """A study, the phrases of its language, and how these become LaTeX.

    Captions, heads and notes are phrases of the exports; every other word is that of the report.
    """

    study: Study
    phrases: Mapping[str, Any]

    @cached_property
    def grammar(self) -> Grammar:
        """How the language writes lists, brackets and shares."""
        return Grammar(**self.phrases["grammar"])

    def words(self, kind: str) -> Mapping[str, str]:
        """Words of one kind that only exports need."""
        words: Mapping[str, str] = self.phrases["exports"][kind]
        return words

    def word(self, kind: str, key: Any) -> str:
        """One word of the exports; what has none stands as it is."""
        return str(self.words(kind).get(str(key), key))

    def named(self, kind: str, name: str) -> str:
        """The report's word for a name of the code."""
        return str(self.phrases["words"].get(kind, {}).get(name, name))

    def opening(self, text: str) -> str:
        """A text as it opens a cell."""
        return self.grammar.upper_first(text)

    @cached_property
    def _said(self) -> Any:
        jinja = environment(self.grammar.filters, tex_escaped)
        return speaker(jinja, self.phrases, self.grammar.joined)

    def say(self, key: str, **values: Any) -> Tex:
        """A phrase of the report, filled with values."""
        return Tex(self._said(key, **values))

    def chip(self, key: str) -> str:
        """The words of a mark of the report, without the class that colours it."""
        return re.sub(r"^\[(.*)\]\{.*\}$", r"\1", self.phrases["chips"][key])

    def noted(self, text: Any, note: Any) -> Tex:
        """A text with a note in the brackets of the language."""
        return Tex(tex_escaped(text) + self.grammar.note.format(tex_escaped(note)))

    def series(self, parts: Iterable[Any], sign: str = "clause") -> Tex:
        """Parts one after the other, with a sign of the language between them."""
        return Tex(getattr(self.grammar, sign).join(map(tex_escaped, parts)))


def text_column(width: float) -> str:
    """A column of running text, as wide as this share of the line."""
    return rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}"


def worded_table(
    voice: TableVoice,
    name: str,
    columns: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    **values: str,
) -> TexTable:
    """A table of one part; a head that is `Tex` stands as it is, the note is filled with values."""
    titles = [head if isinstance(head, Tex) else voice.word("head", head) for head in heads]
    note = Tex(voice.words("note").get(name, "").format(**values))
    return TexTable(name, caption(voice, name), columns, [titles], [rows], note)


def caption(voice: TableVoice, name: str) -> str:
    """The caption of a table, with the region in focus where it names one."""
    return voice.word("caption", name).format(region=voice.study.name(voice.study.focus))
