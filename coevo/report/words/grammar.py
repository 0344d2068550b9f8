"""How a language writes counts, ranks, shares and lists: the section `grammar` of its phrases; what
a study calls its regions and its years, wherever a phrase says these.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import yaml

from coevo.arrays import Config
from coevo.messages import QUOTES, WIDE
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, Number, fixed, missing, with_figures

_WIDE = WIDE + QUOTES
_MARKS = "，。；：、！？（）《》"
# A line that was folded between two wide characters, or beside a wide mark, leaves no space.
_FOLDS = re.compile(
    rf"(?<=[{_WIDE}]) +(?=[{_WIDE}])"
    rf"|(?<=[{_MARKS}]) +(?=[\w*$\[])"
    rf"|(?<=[\w*$\]}}]) +(?=[{_MARKS}])"
    rf"|(?<=[{_MARKS}]\*\*) +"
    rf"|(?<=[{_MARKS}])\n(?=\*\*)"
)
# what of a phrase are no words of it: code, fields, links, works that are cited
_APART = re.compile(r"(<<.*?>>|<%.*?%>|\{[^{}]*\}|\]\([^)]*\)|`[^`]*`|@\w+)", re.DOTALL)
Nouns = Mapping[str, str]
NO_NOUNS: Nouns = MappingProxyType({})


@cache
def read_phrases(text: str, shared: str, kind: str = "regions") -> Mapping[str, Any]:
    """The phrases of a language, from the text of their file; to be read, not to be changed.

    shared: the text of the phrases that all languages say alike unless they have their own;
    kind: what all regions are (`kind_of_regions`), which a language may mark where it says so.
    """
    for mark, names in read_yaml(text).get("places", {}).items():
        # a line may be folded within a mark
        text = re.sub(r"\s*".join(mark), names.get(kind, names["regions"]), text)
    return _completed(read_yaml(text), read_yaml(shared))


def read_yaml(text: str) -> Any:
    """What a text in YAML says, many times faster where the library's fast part was built."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _completed(own: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Phrases of a language, with those that are shared where it has none of its own."""
    for key, part in shared.items():
        if isinstance(part, Mapping):
            own[key] = _completed(own.get(key, {}), part)
        else:
            own.setdefault(key, part)
    return own


@dataclass(frozen=True)
class Grammar:
    """Words and signs of a language that sentences of every section need.

    spelled_words, ordinals: counts from 0 and ranks from 1 on in words; above them digits, ranks by
    `ordinal_pattern` with `endings` by last digit. comma, links: between the items of a list.
    percent_pattern: of a share; below, above: of one that rounds to 0 or to 1. note, dated_pattern:
    brackets behind a text, a year behind a name. clause, semicolon, colon, dash: between parts.
    capital: whether a sentence begins with one; spaced: whether spaces part words. moment_pattern:
    of a year by its number; nouns: how words of years and regions are made, see `with_nouns`.
    """

    spelled_words: Sequence[str] = ()
    ordinals: Sequence[str] = ()
    ordinal_pattern: str = "{}"
    endings: Mapping[int, str] = field(default_factory=dict)
    comma: str = ", "
    links: Mapping[str, str] = field(default_factory=dict)
    percent_pattern: str = "{} %"
    below: str = "< {}"
    above: str = "> {}"
    note: str = " ({})"
    clause: str = ", "
    semicolon: str = "; "
    colon: str = ": "
    dash: str = "–"
    dated_pattern: str = "{} {}"
    capital: bool = True
    spaced: bool = True
    moment_pattern: str = "{}"
    nouns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def spelled(self, count: int) -> str:
        """A count in words as far as the language spells it, else in digits."""
        if 0 <= count < len(self.spelled_words):
            return Number(self.spelled_words[count], count)
        return fixed(count, 0)

    def ordinal(self, rank: int) -> str:
        """A rank in words as far as the language spells it, else in digits."""
        if 1 <= rank <= len(self.ordinals):
            return Number(self.ordinals[rank - 1], rank)
        ending = 0 if rank % 100 in (11, 12, 13) else rank % 10
        last = self.endings.get(ending, self.endings.get(0, ""))
        return Number(self.ordinal_pattern.format(rank, last), rank)

    def percent(self, value: Any, decimals: int = 0) -> str:
        """A share as per cent."""
        if missing(value):
            return NOTHING
        return Number(self.percent_pattern.format(fixed(float(value) * 100, decimals)), value)

    def rate(self, growth: Any, decimals: int = 0) -> str:
        """Growth of a logarithm as per cent: 100 (exp(g) - 1)."""
        return self.percent(np.expm1(growth), decimals)

    def probability(self, value: Any) -> str:
        """A probability with two decimals, below .1 two figures; neither 0 nor 1 unless it is."""
        if missing(value) or value in (0, 1) or 0.1 <= value < 0.995:
            return fixed(value)
        if 0.001 <= value <= 0.999:
            return with_figures(value, 2) if value < 0.1 else fixed(value, 3)
        text = self.below.format("0.001") if value < 0.5 else self.above.format("0.999")
        return Number(text, value)

    def listed(self, items: Iterable[Any], link: str = "and") -> Markdown:
        """Items as a list in a sentence: a, b and c."""
        texts = [escaped(item) for item in items]
        if len(texts) < 2:
            return Markdown("".join(texts))
        return Markdown(self.comma.join(texts[:-1]) + self.links[link] + texts[-1])

    def clauses(self, items: Iterable[Any]) -> Markdown:
        """Clauses as a list in a sentence: by a sign alone where no spaces part words."""
        return self.listed(items) if self.spaced else self.series(items, "clause")

    def sentences(self, parts: Iterable[Any]) -> Markdown:
        """Sentences one after the other."""
        return Markdown((" " if self.spaced else "").join(escaped(part) for part in parts))

    def plural(self, things: int | Sequence[Any], one: str, several: str) -> str:
        """A word as it stands with one thing, or with several."""
        return one if (things if isinstance(things, int) else len(things)) == 1 else several

    def upper_first(self, text: str) -> str:
        """`text` as it opens a sentence; Markdown stays Markdown."""
        opened = text[:1].upper() + text[1:] if self.capital else text
        return Markdown(opened) if isinstance(text, Markdown) else opened

    def joined(self, text: str) -> str:
        """`text` without the spaces that folded lines leave where the language has none."""
        return text if self.spaced else _FOLDS.sub("", text)

    def noted(self, text: Any, note: Any) -> Markdown:
        """A text with a note in brackets."""
        return Markdown(escaped(text) + self.note.format(escaped(note)))

    def measured(self, label: Any, unit: Any) -> Markdown:
        """A label with its unit in brackets, the unit set apart by its class."""
        note = self.note.format(escaped(unit))
        bare = note.lstrip()
        return Markdown(f"{escaped(label)}{note.removesuffix(bare)}[{bare}]{{.unit}}")

    def dated(self, name: Any, year: Any) -> Markdown:
        """A name with a year."""
        return Markdown(self.dated_pattern.format(escaped(name), self.moment(year)))

    def moment(self, year: Any) -> Any:
        """A year by its number; of other steps (`period`) with what they are called."""
        text = self.moment_pattern.format(year)
        return year if text == str(year) else Number(text, year)

    def series(self, parts: Iterable[Any], sign: str = "semicolon") -> Markdown:
        """Parts of a sentence, one after the other, with a sign of the language between them."""
        return Markdown(getattr(self, sign).join(escaped(part) for part in parts))

    def spans(self, years: Iterable[int]) -> list[str]:
        """Years as spans: 2015 to 2022 in a row become 2015–2022."""
        groups: list[list[int]] = []
        for year in sorted(years):
            if groups and year == groups[-1][-1] + 1:
                groups[-1].append(year)
            else:
                groups.append([year])
        spans = (str(g[0]) if len(g) == 1 else f"{g[0]}{self.dash}{g[-1]}" for g in groups)
        return [self.moment_pattern.format(span) for span in spans]

    @property
    def filters(self) -> dict[str, Any]:
        """The filters of phrases and templates that depend on the language."""
        methods = {name for name, known in vars(Grammar).items() if callable(known)}
        return {name: getattr(self, name) for name in methods if not name.startswith("_")}


def with_nouns(
    phrases: Mapping[str, Any], config: Config, language: str, kind: str = "regions"
) -> Mapping[str, Any]:
    """Return the phrases of a language with the nouns of a study, and these under `nouns`.

    The config names a step of `period`, and a region as the name of the id `region`, else the
    language may by the `kind` of all. Of `year` and `region` the phrases know the words, and how
    each is made of the noun: `nouns` of `grammar`, where `odd` is what is not formed so, and
    `moment` a year by its number.
    """
    forms = phrases["grammar"]["nouns"]
    usual = {language: forms["kinds"][kind]} if kind in forms["kinds"] else {}
    named = {"year": config["period"] or {}, "region": config["names"].get("region", usual)}
    made = {
        word: form.replace("<>", names[language])
        for kind, names in named.items()
        if language in names
        for word, form in forms[kind].items()
    }
    moment = made.pop("moment", "{}")
    nouns = {word: forms["odd"].get(text, text) for word, text in made.items()}
    said: dict[str, Any] = renamed(phrases, nouns)
    return said | {"grammar": said["grammar"] | {"moment_pattern": moment}, "nouns": nouns}


def renamed(said: Any, nouns: Nouns) -> Any:
    """Return phrases, or one of them, with the nouns of a study in place of ours."""
    if isinstance(said, Mapping):
        return {key: renamed(part, nouns) for key, part in said.items()} if nouns else said
    if isinstance(said, list):
        return [renamed(part, nouns) for part in said]
    if not (nouns and isinstance(said, str)):
        return said

    def noun(found: re.Match[str]) -> str:
        text = nouns[found[0].lower()]
        return text[:1].upper() + text[1:] if found[0][:1].isupper() else text

    parts, words = _APART.split(said), _words(tuple(nouns))
    parts[::2] = [words.sub(noun, text) for text in parts[::2]]
    return "".join(parts)


@cache
def _words(known: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the words, the longest first; of a word in Latin letters the whole."""
    longest = sorted(known, key=len, reverse=True)
    whole = (rf"\b{word}\b" if word.isascii() else word for word in longest)
    return re.compile("|".join(whole), re.IGNORECASE)
