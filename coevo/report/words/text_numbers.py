"""The numbers that a report's text tells, by key, for the text of a paper.

A number of a finding carries its way there (`far.mean.1`) through filters to where it is printed.
What a text says beside these (years, limits, numbers that a phrase computes) is read from it.
"""

import json
import re
from collections.abc import Mapping
from itertools import chain, count
from typing import Any, NamedTuple

import pandas as pd

from coevo.report.tables import LAYOUT
from coevo.report.words.markup import Markdown, escaped, plain_text
from coevo.report.words.numbers import Number

NUMBER = re.compile(r"−?\d+(?:[,\u202f]\d{3})*(?:\.\d+)?")
# what is no text: code, tables, definitions, images, formulas, works, where links lead, attributes
_APART = re.compile(
    r"^(~{4,}).*?^\1|^[|:#].*?$|^!\[.*?$|\$\$.*?\$\$|(?<!\\)\$[^$]+\$|`[^`]*`|@[\w-]+"
    r"|\]\([^)]*\)|(?<!\\)\{[^}]*\}|^---$.*",
    re.MULTILINE | re.DOTALL,
)
_LATEX = LAYOUT["latex"]
_SECTION = re.compile(r"^#+ .*\{#([\w-]+)\}$", re.MULTILINE)


class Told(NamedTuple):
    """A number in its unit, "" or %, and as it is printed."""

    value: float
    unit: str
    printed: str


class _Real(float):
    """A number that knows its key."""

    key: str


class _Whole(int):
    """A count that knows its key."""

    key: str


def keyed(value: Any, key: str) -> Any:
    """A finding whose numbers know their keys; what is no mapping, list or number stays."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        made = _Real(value) if isinstance(value, float) else _Whole(value)
        made.key = key
        return made
    if isinstance(value, pd.Series):
        value = value.to_dict()
    if isinstance(value, dict):
        return {name: keyed(part, f"{key}.{name}") for name, part in value.items()}
    if isinstance(value, list | tuple):
        names = getattr(value, "_fields", range(len(value)))
        parts = [keyed(part, f"{key}.{n}") for n, part in zip(names, value, strict=True)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


class Teller:
    """What collects the numbers of a text: `noted` is the `finalize` of its phrases."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}

    def noted(self, value: Any) -> Markdown:
        """`value` as text; a number with a key is kept, in another print under a further key."""
        number = value.value if isinstance(value, Number) else value
        text = escaped(value)
        if isinstance(number, _Real | _Whole):
            self._keep(number.key, number, plain_text(text))
        return text

    def _keep(self, key: str, value: Any, printed: str) -> None:
        unit = "%" if printed.endswith("%") else ""
        told = Told(100 * float(value) if unit else float(value), unit, printed)
        plain = re.sub(r"[^\w.+-]+", "-", key)
        names = chain([plain], (f"{plain}.as{place}" for place in count(2)))
        self.told[next(name for name in names if self.told.get(name, told) == told)] = told

    def all_of(self, text: str) -> dict[str, Told]:
        """The numbers with keys, and what else the Markdown of the report says in digits, by
        section and number: `far.text.2023`.
        """
        known = {number for told in self.told.values() for number in NUMBER.findall(told.printed)}
        parts = _SECTION.split(text)
        for section, part in zip(["opening", *parts[1::2]], parts[::2], strict=True):
            for printed in NUMBER.findall(plain_text(_APART.sub(" ", part))):
                if printed not in known:
                    value = float(re.sub("[,\u202f]", "", printed).replace("−", "-"))
                    self.told[f"{section}.text.{printed}"] = Told(value, "", printed)
        return self.told


def numbers_for_latex(study: str, numbers: Mapping[str, Told]) -> str:
    """Prints of numbers by key, which `\\coevo{<key>}` puts into a paper's text."""
    lines = [f"\\coevodef{{{key}}}{{{_latex(told.printed)}}}" for key, told in numbers.items()]
    head: str = _LATEX["numbers_head"].format(study=" ".join(study.split()))
    return head + "\n".join([*sorted(lines), ""])


def numbers_by_key(study: str, languages: Mapping[str, Mapping[str, list[Any]]]) -> str:
    """JSON of value, unit and print in each language by key; `languages`: those of each."""
    entries: dict[str, dict[str, Any]] = {}
    for language, numbers in languages.items():
        for key, told in numbers.items():
            value, unit, printed = told
            entry = entries.setdefault(key, {"value": value, "unit": unit, "printed": {}})
            entry["printed"][language] = printed
    told_of = {"study": study, "numbers": dict(sorted(entries.items()))}
    return json.dumps(told_of, ensure_ascii=False, indent=1) + "\n"


def _latex(printed: str) -> str:
    """A number as LaTeX prints it."""
    return printed.replace("\\", "").translate(str.maketrans(_LATEX["number_signs"]))
