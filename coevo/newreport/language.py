"""A language of the report: how it writes numbers and lists, and its words for keys of the code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from coevo.coupling.grade_scales import GradeScale
from coevo.newreport.markup import Markdown, escaped
from coevo.newreport.messages import with_study_nouns
from coevo.newreport.numbers import (
    NOTHING,
    Number,
    chance,
    exact,
    fixed,
    graded,
    missing,
    small,
    with_figures,
)
from coevo.newreport.study import Study

Terms = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Language:
    """What writes a study's numbers, names and keys in a language.

    Parameters
    ----------
    study
        The study in the language.
    terms
        Words by kind and key, as `terms.<language>.yaml` has them; `grammar` holds the signs of
        the language.
    message
        Makes a sentence of the key of a message and its fields.
    nouns
        What the study calls its regions and years, by the names that texts use for them.
    """

    study: Study
    terms: Terms
    message: Any
    nouns: Mapping[str, str]

    @property
    def grammar(self) -> Mapping[str, Any]:
        """Signs of the language: commas, links, patterns of percentages and brackets."""
        signs: Mapping[str, Any] = self.terms["grammar"]
        return signs

    def term(self, kind: str, key: Any) -> str:
        """Return the word for a key of a kind; the key itself where it has none."""
        known = self.study.words.get(kind) or self.terms.get(kind, {})
        return str(known.get(str(key), key))

    def spelled(self, count: int) -> str:
        """Return a count in words as far as the language spells it, else in digits."""
        words = self.grammar["spelled_words"]
        return Number(words[count], count) if 0 <= count < len(words) else fixed(count, 0)

    def ordinal(self, rank: int) -> str:
        """Return a rank in words as far as the language spells it, else in digits."""
        words: Sequence[str] = self.grammar.get("ordinals", ())
        if 1 <= rank <= len(words):
            return Number(words[rank - 1], rank)
        endings = self.grammar.get("endings", {})
        ending = endings.get(str(0 if rank % 100 in (11, 12, 13) else rank % 10), "")
        return Number(self.grammar["ordinal_pattern"].format(rank, ending), rank)

    def percent(self, share: Any, decimals: int = 0) -> str:
        """Return a share as per cent."""
        if missing(share):
            return NOTHING
        text = self.grammar["percent_pattern"].format(fixed(100 * float(share), decimals))
        return Number(text, share)

    def yearly_rate(self, growth: Any, decimals: int = 1) -> str:
        """Return growth of a logarithm as per cent a year: 100 (exp(g) - 1)."""
        return NOTHING if missing(growth) else self.percent(np.expm1(growth), decimals)

    def probability(self, value: Any) -> str:
        """Return a probability with two decimals; neither 0 nor 1 unless it is."""
        if missing(value) or value in (0, 1) or 0.005 <= value < 0.995:
            return fixed(value)
        pattern = self.grammar["below" if value < 0.5 else "above"]
        return Number(pattern.format("0.01" if value < 0.5 else "0.99"), value)

    def interval(self, ends: Sequence[Any], digits: int = 2) -> str:
        """Return the ends of an interval, with as many significant digits."""
        return self.interval_of(*(with_figures(end, digits) for end in ends))

    @staticmethod
    def fixed(value: Any, decimals: int = 2) -> str:
        """Return a number with a given number of decimals."""
        return fixed(value, decimals)

    @staticmethod
    def count(value: Any) -> str:
        """Return a whole number."""
        return fixed(value, 0)

    @staticmethod
    def p(value: Any) -> str:
        """Return a p value for a table."""
        return small(value)

    def interval_of(self, low: str, high: str) -> str:
        """Return an interval between two ends that are texts already."""
        return str(self.grammar["interval"].format(low, high))

    def set_of(self, low: Any, high: Any, kind: str) -> str:
        """Return a confidence set: an interval, all but one (`complement`), or the `line`."""
        ends = [amount(end) for end in (low, high)]
        if kind == "complement":
            return f"(−∞, {ends[0]}] ∪ [{ends[1]}, +∞)"
        if kind == "line":
            return "(−∞, +∞)"
        if kind == "empty":
            return "∅"
        if missing(low) and missing(high):
            return NOTHING
        first = "(−∞" if missing(low) else f"[{ends[0]}"
        last = "+∞)" if missing(high) else f"{ends[1]}]"
        return f"{first}, {last}"

    def listed(self, items: Iterable[Any], link: str = "and") -> str:
        """Return items as a list in a sentence: a, b and c."""
        texts = list(items)
        comma, last = self.grammar["comma"], self.grammar["links"][link]
        signs = [*[comma] * (len(texts) - 2), last, ""] if len(texts) > 1 else [""]
        return filled("".join(f"{{}}{sign}" for sign in signs[: len(texts)]), *texts)

    def brackets(self, text: Any, note: Any) -> str:
        """Return a text with a note in the brackets of the language."""
        return filled("{}" + self.grammar["note"], text, note)

    def year(self, year: Any) -> str:
        """Return a year by its number; of other steps (`period`) with what they are called."""
        return str(self.nouns.get("moment", "{}")).format(int(year))

    def spans(self, years: Iterable[int]) -> str:
        """Return years as a list of spans: 2015 to 2022 in a row become 2015–2022."""
        groups: list[list[int]] = []
        for year in sorted(int(y) for y in years):
            if groups and year == groups[-1][-1] + 1:
                groups[-1].append(year)
            else:
                groups.append([year])
        dash = self.grammar["dash"]
        spans = (f"{g[0]}{dash}{g[-1]}" if len(g) > 1 else str(g[0]) for g in groups)
        return self.listed(self.nouns.get("moment", "{}").format(span) for span in spans)

    def upper_first(self, text: str) -> str:
        """Return a text as it opens a sentence."""
        changed = text[:1].upper() + text[1:]
        if isinstance(text, Number):
            return Number(changed, text.value)
        return Markdown(changed) if hasattr(text, "__html__") else changed

    def with_unit(self, indicator: str) -> str:
        """Return the label of an indicator with its unit in brackets."""
        unit = self.study.unit(indicator)
        label = self.study.heading(indicator)
        return self.brackets(label, unit) if unit else label

    def level_label(self, level: str) -> str:
        """Return the label of a level of development: an indicator, or one per head."""
        name = level.removesuffix("_per_head")
        label = self.study.label(name)
        return label if name == level else str(self.terms["charts"]["per_head"]).format(label)

    @property
    def scale(self) -> GradeScale:
        """The grades of D."""
        return self.study.grades

    def degree(self, value: Any) -> str:
        """Return D with two decimals, with a mark where its grade was decided before rounding."""
        return graded(value, scale=self.scale)

    def pick(self, key: str, **texts: str) -> Markdown:
        """Return the text of a verdict key; a key without a text is an error."""
        return Markdown(with_study_nouns(texts[key], self.nouns))

    @cached_property
    def jinja(self) -> Environment:
        """What fills the text of the report: values are escaped, a missing name is an error."""
        jinja = Environment(
            undefined=StrictUndefined, finalize=escaped, trim_blocks=True, lstrip_blocks=True,
            comment_start_string="<#", comment_end_string="#>", autoescape=True,
        )  # fmt: skip
        names = (
            "spelled ordinal percent yearly_rate probability interval listed brackets year spans"
        )
        names += " upper_first with_unit level_label degree"
        jinja.filters |= {name: getattr(self, name) for name in names.split()}
        jinja.filters |= {
            "fixed": fixed, "figures": with_figures, "exact": exact, "amount": amount,
            "label": self.study.label, "region": self.study.name, "unit": self.study.unit,
            "term": lambda key, kind: self.term(kind, key),
            "p": lambda value: Markdown(f"*p*\u00a0{chance(value)}"),
            "pick": self.pick,
        }  # fmt: skip
        return jinja


def filled(pattern: str, *parts: Any) -> str:
    """Return a pattern with its parts: plain text, or Markdown where one of the parts is."""
    if any(hasattr(part, "__html__") for part in parts):
        return Markdown(pattern.format(*map(escaped, parts)))
    return pattern.format(*parts)


def amount(value: Any) -> str:
    """Return an output in its unit: whole from 1,000 on, three significant figures below."""
    return with_figures(value) if missing(value) or abs(value) < 1000 else fixed(value, 0)


def p_value(value: Any) -> str:
    """Return a p value for a table."""
    return small(value)
