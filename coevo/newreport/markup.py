"""Text that is safe in Markdown: everything from data is escaped unless it says it is Markdown."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import CodeType
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from jinja2.filters import FILTERS

from coevo.newreport import numbers

# Raw HTML, TeX and attributes are off: text from data cannot become markup. Quotes and dashes are
# written as they are meant.
READER = (
    "markdown-raw_html-raw_tex-raw_attribute-smart-example_lists-auto_identifiers"
    "+east_asian_line_breaks"
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


def escaped(value: Any) -> Markdown:
    """`value` as text that Markdown prints as it stands: punctuation escaped, one line."""
    if isinstance(value, Markdown):
        return value
    if numbers.missing(value):
        return Markdown(numbers.NOTHING)
    return Markdown(_PUNCTUATION.sub(r"\\\1", _CONTROL.sub(" ", str(value)).strip()))


def plain_text(text: str) -> str:
    """Escaped text without its escapes: `plain(escaped(value))` is the value on one line."""
    return _ESCAPE.sub(r"\1", text)


def environment(
    filters: Mapping[str, Any], finalize: Callable[[Any], str] = escaped
) -> Environment:
    """Jinja with delimiters that Markdown and pandoc leave alone; `finalize` escapes values.

    `filters` are those of the language. `finalize` runs on each expression `<< >>`; an undefined
    name is an error.
    """
    jinja = Environment(
        variable_start_string="<<", variable_end_string=">>",
        block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>",
        undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True,
        autoescape=False,
    )  # fmt: skip
    jinja.filters |= {
        **{name: getattr(numbers, name) for name in "fixed exact graded hundredths small".split()},
        "figures": numbers.with_figures,
        "chance": lambda p: Markdown(f"*p*\u00a0{numbers.chance(p)}"),
        "code": lambda text: Markdown(f"`{text}`"),
        **filters,
    }
    return jinja


def subscript(value: Any) -> str:
    """A whole number in subscript digits."""
    return str(value).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def speaker(
    jinja: Environment, phrases: Mapping[str, Any], joined: Callable[[str], str]
) -> Callable[..., Markdown]:
    """A function that finds a phrase by its key, fills it with values and joins its lines.

    Phrases get it as a filter: `said` of each item, its parts by `names`, or those of a mapping by
    its keys, which the key may hold in braces; `place` is that of the item, from 1.
    """

    @cache
    def phrase(key: str) -> Template | Markdown:
        entry: Any = phrases
        for part in key.split("/"):
            entry = entry[part]
        text = str(entry)
        # more than half of the phrases have nothing to fill in
        return compiled(jinja, text) if "<" in text else Markdown(joined(text.strip()))

    def say(key: str, /, **values: Any) -> Markdown:
        template = phrase(key)
        if isinstance(template, Markdown):
            return template
        return Markdown(joined(template.render(**values).strip()))

    def each(items: Iterable[Any], key: str, *names: str, **more: Any) -> list[Markdown]:
        parts = ((item,) if len(names) == 1 else item for item in items)
        values = (dict(zip(names, part, strict=True)) if names else dict(part) for part in parts)
        return [
            say(key.format(**value), place=place, **value, **more)
            for place, value in enumerate(values, start=1)
        ]

    jinja.filters["each"] = each
    return say


def compiled(jinja: Environment, text: str) -> Template:
    """A text as a template of an environment; the same text is compiled once for all of them."""
    code = _compiled(text, frozenset(jinja.filters) - set(FILTERS))
    return Template.from_code(jinja, code, jinja.make_globals(None))


@cache
def _compiled(text: str, filters: frozenset[str]) -> CodeType:
    return environment(dict.fromkeys(filters, _not_yet)).compile(text)


def _not_yet(*_: Any) -> None:
    """Stand for a filter while a text is compiled: none is applied before its language is known."""
    raise NotImplementedError
