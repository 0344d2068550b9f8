"""Units of the figures: what they measure, how large they are, and what values they allow."""

import re
from dataclasses import dataclass
from math import inf

from coevo.errors import StudyError, short


@dataclass(frozen=True)
class Unit:
    """A unit: English name, names in the files, what it measures, size in base units, range.

    `english` are further English names, as yearbooks print them beside the Chinese.
    """

    name: str
    names: tuple[str, ...]
    measures: str
    factor: float
    low: float = -inf
    high: float = inf
    english: tuple[str, ...] = ()


UNITS = {
    unit.name: unit
    for unit in (
        Unit("yuan", ("元",), "money", 1, english=("RMB yuan",)),
        Unit("thousand yuan", ("千元",), "money", 1e3, english=("1 000 yuan",)),
        Unit("10 thousand yuan", ("万元",), "money", 1e4, english=("10 000 yuan",)),
        Unit("million yuan", ("百万元",), "money", 1e6, english=("1 million yuan",)),
        Unit("100 million yuan", ("亿元", "亿元人民币"), "money", 1e8,
             english=("100 million RMB", "100 million RMB yuan", "RMB 100 million")),
        Unit("trillion yuan", ("万亿元",), "money", 1e12),
        Unit("person", ("人",), "persons", 1, 0, english=("persons",)),
        Unit("thousand persons", ("千人",), "persons", 1e3, 0, english=("1 000 persons",)),
        Unit("10 thousand persons", ("万人",), "persons", 1e4, 0, english=("10 000 persons",)),
        Unit("household", ("户",), "households", 1, 0, english=("households",)),
        Unit("10 thousand households", ("万户",), "households", 1e4, 0,
             english=("10 000 households",)),
        Unit("count", ("个", "家", "件", "项"), "count", 1, 0,
             english=("unit", "units", "piece", "pieces", "item", "items")),
        Unit("10 thousand", ("万个", "万家", "万件"), "count", 1e4, 0,
             english=("10 000 units", "10 000 pieces", "10 000 items")),
        Unit("thousand pelts", ("千张",), "count", 1e3, 0),
        Unit("ratio", ("比值",), "ratio", 1),
        Unit("%", ("％",), "ratio", 1e-2, 0, 100, english=("percent", "per cent")),
        Unit("‰", (), "ratio", 1e-3, 0, 1000, english=("per mille", "per thousand")),
        Unit("index", ("指数",), "index", 1, 0),
        Unit("per 100 persons", ("每百人",), "per person", 1e-2, 0),
        Unit("per 1,000 persons", ("每千人",), "per person", 1e-3, 0),
        Unit("per 10,000 persons", ("每万人",), "per person", 1e-4, 0),
        Unit("yuan per person", ("元/人",), "money per person", 1, english=("yuan/person",)),
        Unit("10 thousand yuan per person", ("万元/人",), "money per person", 1e4,
             english=("10 000 yuan per person", "10 000 yuan/person")),
    )
}  # fmt: skip
# every name of a unit that messages list, English or Chinese
NAMES = {name: unit for unit in UNITS.values() for name in (unit.name, *unit.names)}
# 亿元 (100 million yuan)
BESIDE = re.compile(r"([^A-Za-z0-9(]*[^A-Za-z0-9(\s/])[\s(/]*([A-Za-z0-9][^()]*)\)?")
WITH_UNIT = re.compile(r"(.*\S)\s*(?:\(([^()]+(?:\([^()]*\))?)\)|\[([^\[\]]+)\])")  # 销售额(亿元)


def named(unit: str, language: str) -> str:
    """Return what a language calls a unit; a sign such as % is the same in all languages."""
    known = UNITS.get(unit)
    plain = not any(c.isascii() and c.isalpha() for c in unit)
    return known.names[0] if known and language == "zh" and not plain else unit


def _key(text: str) -> str:
    """Return a unit's name as it is compared: without spaces, commas and outer brackets."""
    bare = re.sub(r"[\s,]", "", text).casefold()
    return bare[1:-1] if re.fullmatch(r"\([^()]*\)|\[[^\[\]]*\]", bare) else bare


KEYS = {_key(name): unit for name, unit in NAMES.items()}
KEYS |= {_key(name): unit for unit in UNITS.values() for name in unit.english}


def _named(text: str) -> Unit | None:
    """Return the unit that a text names, perhaps in Chinese and in English, or None."""
    if _key(text) in KEYS:
        return KEYS[_key(text)]
    both = BESIDE.fullmatch(text.strip())
    chinese, english = (KEYS.get(_key(part)) for part in both.groups()) if both else (None, None)
    return chinese if chinese is english else None


def is_unit(text: str) -> bool:
    """Whether a text is the name of a unit."""
    return _named(text) is not None


def find_unit(text: str) -> Unit:
    """Return the unit written as `text`; `StudyError` if there is none.

    English or Chinese, or both beside each other if they say the same; spaces do not count.
    """
    unit = _named(text)
    if unit is None:
        raise StudyError(
            f"unknown unit '{short(text)}'; known: {', '.join(NAMES)}; name the one that it is to "
            "be read as under units_read_as in the config, or add it to coevo/observations/units.py"
        )
    return unit


def split_unit(text: str) -> tuple[str, str]:
    """Split `销售额(亿元)` into name and unit; the unit is "" if the brackets hold none."""
    text = text.strip()
    match = WITH_UNIT.fullmatch(text) if text.endswith((")", "]")) else None
    unit = (match[2] or match[3]) if match else ""
    return (match[1], unit) if match and is_unit(unit) else (text, "")


def conversion(old: Unit, new: Unit) -> float:
    """Return the factor that turns figures in `old` into figures in `new`.

    `StudyError` if the two measure different things.
    """
    if old.measures != new.measures:
        raise StudyError(
            f"figures in '{old.name}' ({old.measures}) cannot become '{new.name}' ({new.measures})"
        )
    return old.factor / new.factor
