"""Text that is safe in Markdown: everything from data is escaped unless it says it is Markdown."""

import re
from typing import Any

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
    """Text that is Markdown already. Jinja takes it as it stands, by its method `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def escaped(value: Any) -> Markdown:
    """`value` as text that Markdown prints as it stands: punctuation escaped, one line."""
    if isinstance(value, Markdown):
        return value
    if hasattr(value, "__html__"):  # what a macro of a text returns
        return Markdown(value)
    if numbers.missing(value):
        return Markdown(numbers.NOTHING)
    return Markdown(_PUNCTUATION.sub(r"\\\1", _CONTROL.sub(" ", str(value)).strip()))


def plain_text(text: str) -> str:
    """Escaped text without its escapes: `plain(escaped(value))` is the value on one line."""
    return _ESCAPE.sub(r"\1", text)


def subscript(value: Any) -> str:
    """Return a whole number in subscript digits."""
    return str(value).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
