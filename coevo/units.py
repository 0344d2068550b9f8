"""Units of the figures: what they measure, how large they are, and what values they allow."""

from dataclasses import dataclass
from math import inf

from coevo.errors import StudyError


@dataclass(frozen=True)
class Unit:
    """A unit: English name, names in the files, what it measures, size in base units, range."""

    name: str
    names: tuple[str, ...]
    measures: str
    factor: float
    low: float = -inf
    high: float = inf


UNITS = {
    unit.name: unit
    for unit in (
        Unit("yuan", ("元",), "money", 1),
        Unit("10 thousand yuan", ("万元",), "money", 1e4),
        Unit("100 million yuan", ("亿元",), "money", 1e8),
        Unit("trillion yuan", ("万亿元",), "money", 1e12),
        Unit("person", ("人",), "persons", 1, 0),
        Unit("10 thousand persons", ("万人",), "persons", 1e4, 0),
        Unit("household", ("户",), "households", 1, 0),
        Unit("10 thousand households", ("万户",), "households", 1e4, 0),
        Unit("count", ("个", "家"), "count", 1, 0),
        Unit("10 thousand", ("万个",), "count", 1e4, 0),
        Unit("ratio", ("比值",), "ratio", 1),
        Unit("%", ("%", "％"), "ratio", 1e-2, 0, 100),
        Unit("‰", ("‰",), "ratio", 1e-3, 0, 1000),
        Unit("index", ("指数",), "index", 1, 0),
        Unit("per 100 persons", ("每百人",), "per person", 1e-2, 0),
        Unit("per 1,000 persons", ("每千人",), "per person", 1e-3, 0),
        Unit("per 10,000 persons", ("每万人",), "per person", 1e-4, 0),
        Unit("yuan per person", ("元/人",), "money per person", 1),
        Unit("10 thousand yuan per person", ("万元/人",), "money per person", 1e4),
    )
}
# every name of a unit, English or Chinese
NAMES = {name: unit for unit in UNITS.values() for name in (unit.name, *unit.names)}


def find_unit(text: str) -> Unit:
    """Return the unit written as `text` (English or Chinese); `StudyError` if there is none."""
    if text.strip() not in NAMES:
        raise StudyError(
            f"unknown unit '{text}'; known: {', '.join(NAMES)}; name the one that it is to be read "
            "as under units_read_as in the config, or add it to coevo/units.py"
        )
    return NAMES[text.strip()]


def conversion(old: Unit, new: Unit) -> float:
    """Return the factor that turns figures in `old` into figures in `new`.

    `StudyError` if the two measure different things.
    """
    if old.measures != new.measures:
        raise StudyError(
            f"figures in '{old.name}' ({old.measures}) cannot become '{new.name}' ({new.measures})"
        )
    return old.factor / new.factor
