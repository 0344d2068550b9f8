"""Messages of tables and refusals of fits as plain sentences of a language."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from coevo.arrays import Config
from coevo.errors import PROGRAM, refusal_lines
from coevo.messages import unpacked
from coevo.newreport.numbers import NOTHING, chance, exact, fixed, missing
from coevo.observations.units import named
from coevo.sensitivity.choices import MAIN, scale_word

FOLDER = PROGRAM / "workflow" / "newreport"
MOMENT = "moment"  # the pattern of a year by its number, among the nouns of a study
NO_NOUNS: Mapping[str, str] = MappingProxyType({})

MessageText = Callable[[str, Any], str]
Name = Callable[[str], str]  # what is shown for an id

# Parts of a text that hold no words of it: expressions, fields, links, code, works that are cited.
_APART = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{[^{}]*\}|\]\([^)]*\)|`[^`]*`|@\w+)", re.DOTALL)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", re.ASCII)


@cache
def read_yaml(path: Path) -> Any:
    """Return what a file of terms or messages holds; it is read once, and must not be changed."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


def study_nouns(
    terms: Mapping[str, Any], config: Config, language: str, kind: str = "regions"
) -> dict[str, str]:
    """Return what a study calls its regions and years, by the words that texts use for them.

    Parameters
    ----------
    terms
        The terms of the language. `nouns` of its `grammar` tell how each word is made of a noun,
        `places` what stands for a mark such as 〔地区〕.
    config
        Names a step of `period`, and a region as the name of the id `region`.
    language
        Code of the language, `en` or `zh`.
    kind
        What all regions are: `provinces`, `countries` or `regions`.

    Returns
    -------
    dict
        Nouns by word, and under `moment` the pattern of a year by its number.
    """
    forms = terms["grammar"]["nouns"]
    usual = {language: forms["kinds"][kind]} if kind in forms["kinds"] else {}
    by_kind = {"year": config.get("period") or {}, "region": config["names"].get("region", usual)}
    nouns = {
        word: form.replace("<>", names[language])
        for part, names in by_kind.items()
        if language in names
        for word, form in forms[part].items()
    }
    nouns = {word: forms.get("odd", {}).get(noun, noun) for word, noun in nouns.items()}
    return nouns | {
        mark: with_study_nouns(names.get(kind, names["regions"]), nouns)
        for mark, names in terms.get("places", {}).items()
    }


def with_study_nouns(text: str, nouns: Mapping[str, str]) -> str:
    """Return a text, or a Jinja template, with the nouns of a study in place of the usual ones.

    A noun starts with a capital letter where the word that it replaces does. Expressions, fields in
    braces, links, code and citations stay as they are.
    """
    words = tuple(word for word in nouns if word != MOMENT)
    if not words:
        return text

    def noun(found: re.Match[str]) -> str:
        new = nouns[found[0].lower()]
        return new[:1].upper() + new[1:] if found[0][:1].isupper() else new

    parts = _APART.split(text)
    parts[::2] = [_pattern(words).sub(noun, part) for part in parts[::2]]
    return "".join(parts)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the words, the longest first; words in Latin letters only as a whole."""
    longest = sorted(words, key=len, reverse=True)
    whole = (rf"\b{word}\b" if word.isascii() else re.escape(word) for word in longest)
    return re.compile("|".join(whole), re.IGNORECASE)


class OptionalField(StrictUndefined):
    """A field that a message lacks: a template may ask for it, but not print it."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


@dataclass(frozen=True, eq=False)
class MessageWords:
    """How the messages of a language write names, numbers and lists.

    Parameters
    ----------
    language
        Code of the language, `en` or `zh`.
    terms
        Words by kind and key, and the signs of the language under `grammar`.
    label, region
        What is shown for the id of an indicator and of a region; by default the id.
    nouns
        What the study calls its regions and years, see `study_nouns`.
    """

    language: str
    terms: Mapping[str, Any]
    label: Name = str
    region: Name = str
    nouns: Mapping[str, str] = field(default_factory=lambda: NO_NOUNS)

    @property
    def grammar(self) -> Mapping[str, Any]:
        """Signs of the language."""
        signs: Mapping[str, Any] = self.terms["grammar"]
        return signs

    def term(self, key: Any, kind: str) -> str:
        """Return the word for a key of a kind; the key itself where it has none."""
        return with_study_nouns(str(self.terms.get(kind, {}).get(str(key), key)), self.nouns)

    def term_list(self, keys: Iterable[Any], kind: str) -> list[str]:
        """Return the words for several keys of a kind."""
        return [self.term(key, kind) for key in keys]

    def unit(self, unit: str) -> str:
        """Return what the language calls a unit."""
        return str(self.terms.get("unit", {}).get(unit) or named(unit, self.language))

    def in_unit(self, text: Any, unit: str) -> str:
        """Return a number with its unit."""
        if unit == "%":
            return str(self.grammar["percent_pattern"].format(text))
        return f"{text}{self.grammar.get('note', ' ({})').format(self.unit(unit))}"

    def variant(self, name: str, choice: str) -> str:
        """Return what a variant of a choice is called."""
        if choice == "system":
            return self.term(MAIN, "choice") if name == MAIN else self.label(name)
        if choice == "scale":
            return with_study_nouns(scale_word(name, self.terms["reference"]), self.nouns)
        return self.term(name, choice)

    def percent(self, share: Any, decimals: int = 0) -> str:
        """Return a share as per cent."""
        if missing(share) or share == "":
            return NOTHING
        return str(self.grammar["percent_pattern"].format(fixed(100 * float(share), decimals)))

    def probability(self, value: Any) -> str:
        """Return a probability with two decimals; neither 0 nor 1 unless it is."""
        if missing(value) or value in (0, 1) or 0.005 <= value < 0.995:
            return fixed(value)
        sign, end = ("below", "0.01") if value < 0.5 else ("above", "0.99")
        return str(self.grammar[sign].format(end))

    def spelled(self, count: int) -> str:
        """Return a count in words as far as the language spells it, else in digits."""
        words = self.grammar["spelled_words"]
        return str(words[count]) if 0 <= count < len(words) else fixed(count, 0)

    def ordinal(self, rank: int) -> str:
        """Return a rank in words as far as the language spells it, else in digits."""
        words = self.grammar.get("ordinals", ())
        if 1 <= rank <= len(words):
            return str(words[rank - 1])
        last = 0 if rank % 100 in (11, 12, 13) else rank % 10
        ending = self.grammar.get("endings", {}).get(str(last), "")
        return str(self.grammar["ordinal_pattern"].format(rank, ending))

    def counted(self, count: int, one: str, several: str) -> str:
        """Return a count with its noun, which is that of `one` thing or of `several`."""
        return f"{fixed(count, 0)} {one if abs(count) == 1 else several}"

    def listed(self, items: Iterable[Any], link: str = "and") -> str:
        """Return items as a list in a sentence: a, b and c."""
        texts = [str(item) for item in items]
        if len(texts) < 2:
            return "".join(texts)
        signs = self.grammar
        return f"{signs['comma'].join(texts[:-1])}{signs['links'][link]}{texts[-1]}"

    def moment(self, year: Any) -> str:
        """Return a year by its number; of other steps (`period`) with what they are called."""
        return self.nouns.get(MOMENT, "{}").format(year)

    def spans(self, years: Iterable[int]) -> str:
        """Return years as a list of spans: 2015 to 2022 in a row become 2015–2022."""
        groups: list[list[int]] = []
        for year in sorted(int(year) for year in years):
            if groups and year == groups[-1][-1] + 1:
                groups[-1].append(year)
            else:
                groups.append([year])
        dash = self.grammar.get("dash", "–")
        return self.listed(
            self.moment(group[0] if len(group) == 1 else f"{group[0]}{dash}{group[-1]}")
            for group in groups
        )

    def environment(self) -> Environment:
        """Return what fills the templates."""
        jinja = Environment(undefined=OptionalField, finalize=_on_one_line, autoescape=False)
        names = "label region unit in_unit variant term percent probability spelled ordinal"
        names += " counted listed moment spans"
        jinja.filters |= {name: getattr(self, name) for name in names.split()}
        jinja.filters |= {"fixed": fixed, "exact": exact, "chance": chance}
        jinja.filters["terms"] = self.term_list
        return jinja

    def refusal(self, line: str, fields: Mapping[str, Any]) -> str:
        """Return a line of `refusals.csv` with its fields."""
        return line.format(**{name: self._refused(name, fields[name]) for name in fields})

    def _refused(self, name: str, value: Any) -> str:
        """Return the value of a field of a refusal as its line shows it."""
        if isinstance(value, list):
            return self.listed(map(self.label if name == "indicators" else self.region, value))
        if name == "least":
            return self.spelled(value)
        if isinstance(value, float):
            return exact(value, 6)
        if name in ("indicator", "region"):
            return self.label(value) if name == "indicator" else self.region(value)
        return self.term(value, name)


def _on_one_line(value: Any) -> str:
    """Return a value of a template as text on one line; a dash where there is none."""
    return NOTHING if missing(value) else _BREAKS.sub(" ", str(value))


def message_texts(
    language: str,
    label: Name = str,
    region: Name = str,
    nouns: Mapping[str, str] = NO_NOUNS,
    words: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> MessageText:
    """Return a function that makes a sentence of the key of a message and its fields.

    Parameters
    ----------
    language
        Code of the language, `en` or `zh`.
    label, region
        What is shown for the id of an indicator and of a region; by default the id.
    nouns
        What the study calls its regions and years, see `study_nouns`.
    words
        Words of the study by kind, which take the place of the terms of the language.

    Returns
    -------
    Callable
        Takes a key, and fields as a mapping or as the JSON text of a table; returns plain text. The
        key is one of `messages.<language>.yaml`, or of a refusal (`coevo/refusals.csv`).
    """
    templates: Mapping[str, str] = read_yaml(FOLDER / f"messages.{language}.yaml")
    terms = {**read_yaml(FOLDER / f"terms.{language}.yaml"), **words}
    writer = MessageWords(language, terms, label, region, nouns)
    jinja, lines = writer.environment(), refusal_lines(language)

    @cache
    def line(key: str) -> str:
        return with_study_nouns(lines[key], nouns)

    @cache
    def template(key: str) -> Any:
        return jinja.from_string(with_study_nouns(templates[key], nouns))

    def message(key: str, fields: Any) -> str:
        values = dict(fields) if isinstance(fields, Mapping) else unpacked(fields)
        if key not in lines:
            return str(template(key).render(values)).strip()
        if "reason" in values:
            values["detail"] = message(values.pop("reason"), values.pop("fields"))
        return writer.refusal(line(key), values)

    return message
