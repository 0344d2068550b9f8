"""The indicator table of a study: its rows by themselves, and held against each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from coevo.errors import StudyError
from coevo.normalisation.directions import scale_of
from coevo.observations.names import aliases, compared
from coevo.observations.units import unit_of
from coevo.panel.derivations import parse
from coevo.schema import column_rows, filling
from coevo.study.config_mistakes import mistakes_of
from coevo.study.config_text import TextRows
from coevo.study.config_types import (
    BREAK_YEARS,
    INDICATOR_ID,
    SUBSYSTEM_ID,
    NameIn,
    Part,
    unit_by,
)
from coevo.study.configuration import ASKED

ADDED = ("sum", "difference")  # derivations of figures of one kind
Row = Mapping[str, str]


def _is_of_a_language(column: str) -> str:
    if not any(filling(pattern, column) for pattern in column_rows("indicators")):
        known = ", ".join(sorted(column_rows("indicators")))
        raise PydanticCustomError("unknown_name", "is not known", {"known": known})
    return column


class IndicatorRow(Part):
    """A row of an indicator table; every cell is text."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Annotated[str, AfterValidator(_is_of_a_language)], str]

    indicator: Annotated[str, Field(pattern=INDICATOR_ID)]
    subsystem: Annotated[str, Field(pattern=SUBSYSTEM_ID)]
    dimension: str
    direction: Literal["+", "-", "moderate", ""]
    unit: Annotated[str, unit_by("unit_of")]
    source_name: str
    derivation: str
    part_of: str = ""
    coverage_breaks: Annotated[str, Field(pattern=BREAK_YEARS)] = ""
    frequency: Annotated[str, NameIn("coevo.observations.periods:FREQUENCIES")] = ""
    best: str = ""
    low: str = ""
    high: str = ""


NEEDED = [name for name, field in IndicatorRow.model_fields.items() if field.is_required()]


def table_mistakes(rows: TextRows, labels: Sequence[str]) -> Iterator[str]:
    """Yield each mistake of an indicator table: `row n: indicator: column: what; what to do`.

    labels: the columns that every row must fill. A row that is wrong by itself is not held against
    the others.
    """
    sound = []
    for number, row in enumerate(rows, start=2):
        found = list(row_mistakes(row, labels))
        yield from (f"row {number}: {line}" for line in found)
        sound += [] if found else [row]
    names = [row["indicator"] for row in rows]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: stands in {names.count(name)} rows; keep one"
    yield from _shared_sources(sound)
    for row in sound:
        lines = (*_derivation_mistakes(row, sound, names), *_whole_mistakes(row, sound, names))
        yield from (f"{row['indicator']}: {line}" for line in lines)


def row_mistakes(row: Row, labels: Sequence[str] = ()) -> Iterator[str]:
    """Yield what is wrong with a row by itself."""
    name = row.get("indicator") or "a row"
    try:
        IndicatorRow.model_validate(row)
        lines = [*_label_mistakes(row, labels), *_scale_mistakes(row), *_source_mistakes(row)]
    except ValidationError as error:
        lines = mistakes_of(error, row, IndicatorRow)
    yield from (f"{name}: {line}" for line in lines)


def _label_mistakes(row: Row, labels: Sequence[str]) -> Iterator[str]:
    for column in labels:
        if not row[column]:
            yield f"{column}: is empty; write what reports in that language call it"
        elif ASKED in row[column]:
            yield f"{column}: still says {ASKED}; write what reports call it"


def _scale_mistakes(row: Row) -> list[str]:
    """Return what is wrong with direction, best band and goalposts of an indicator."""
    if not row["subsystem"]:
        filled = [column for column in ("best", "low", "high") if row.get(column)]
        text = f"{', '.join(filled)}: say how an index is made; leave empty without a subsystem"
        return [text] if filled else []
    if not row["direction"]:
        return ["direction: is empty; write +, - or moderate"]
    try:
        scale_of(row)
    except StudyError as problem:
        return problem.messages
    return []


def _source_mistakes(row: Row) -> Iterator[str]:
    if row["source_name"] and not aliases(row["source_name"]):
        yield f"source_name '{row['source_name']}' holds no name; write one"
    if not row["source_name"] and not row["derivation"]:
        yield "has neither source_name nor derivation; give one of them"
    if row["derivation"]:
        try:
            parse(row["derivation"])
        except StudyError as problem:
            yield from problem.messages


def _shared_sources(rows: TextRows) -> Iterator[str]:
    """Yield each name in the files that several rows have."""
    indicators_by_name: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        for alias in aliases(row["source_name"]):
            indicators_by_name[compared(alias)][row["indicator"]] = alias
    for found in indicators_by_name.values():
        if len(found) > 1:
            name, in_rows = next(iter(found.values())), ", ".join(found)
            yield f"source_name '{name}': stands in {len(found)} rows ({in_rows}); keep one"


def _derivation_mistakes(row: Row, rows: TextRows, names: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the arguments of a derivation. names: all indicators, in order."""
    if not row["derivation"]:
        return
    others = {other["indicator"]: other for other in rows}
    derivation, arguments = parse(row["derivation"])
    if mixed := _mixed(derivation, [others[name]["unit"] for name in arguments if name in others]):
        yield f"derivation: {mixed}"
    above = names[: names.index(row["indicator"])]
    for argument in arguments:
        other = others.get(argument)
        if argument not in names:
            yield f"derivation: '{argument}' is no indicator of this table; add it"
        elif other and other["derivation"] and not row["source_name"]:
            if other["source_name"] and not other["subsystem"]:
                yield f"derivation: '{argument}' is printed for the audit alone"
            elif not other["source_name"] and argument not in above:
                yield f"derivation: '{argument}' is derived further down; move it up"


def _mixed(derivation: str, names: Sequence[str]) -> str:
    """Say what a derivation mixes that cannot be: two kinds of figures in a sum, two currencies."""
    kinds = {unit.measures: unit.name for unit in map(unit_of, names)}
    money = [kind.split()[-1] for kind in kinds if kind.startswith("money")]
    currencies = {last if last.isupper() else "CNY" for last in money}
    if len(currencies) < 2 and (len(kinds) < 2 or derivation not in ADDED):
        return ""
    return (
        f"{derivation} of figures in {' and '.join(kinds.values())} means nothing; kinds and "
        "currencies are not converted into each other; take other figures"
    )


def _whole_mistakes(row: Row, rows: TextRows, names: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the whole that `part_of` names."""
    whole, units = row.get("part_of", ""), {one["indicator"]: one["unit"] for one in rows}
    if whole and (whole not in names or whole == row["indicator"]):
        yield f"part_of: '{whole}' is no other indicator of this table; correct it"
    elif whole in units and unit_of(units[whole]).measures != unit_of(row["unit"]).measures:
        yield f"part_of: {whole} has a unit of another kind; correct one of them"


def subsystem_mistakes(rows: TextRows, labels: Mapping[str, object]) -> Iterator[str]:
    """Yield where the subsystems of the table are not those of the config (`labels`)."""
    found = list(dict.fromkeys(row["subsystem"] for row in rows if row["subsystem"]))
    if found and not labels:
        yield (
            f"has the subsystems {', '.join(found)}, and the config none; name them there "
            "under subsystems, or leave the column empty here"
        )
    elif labels and len(found) < 2:
        yield f"at least two subsystems are needed; found: {', '.join(found) or 'none'}"
    for name in labels:
        if name not in found:
            yield f"subsystem '{name}' of the config is not here; known: {', '.join(found)}"
