"""A study in the language of its reader: what its tables say, put into words once."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from coevo.observations.units import UNITS, named
from coevo.report.findings.study_tables import Study

# Columns whose values the phrases name under `words`, and columns that hold messages of the code.
NAMED = {
    "grade": "grade", "focus_grade": "grade", "focus_grade_last": "grade", "stage": "stage",
    "old_words": "grade", "frozen_words": "grade", "new_words": "grade",
}  # fmt: skip
TOLD = ("message", "computed", "paper", "relation")
QUOTED = "note"  # the check whose messages are words of the file itself

Words = Mapping[str, Mapping[str, Any]]


def study_in_language(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    language: str,
    places: pd.DataFrame | None,
    words: Words,
    messages: Mapping[str, str] | None = None,
) -> Study:
    """The study with what its tables say put into a language, once, before anything reads them.

    Regions take their `name_<language>`; a column takes its twin `<column>_<language>` where that
    is filled; grades and stages take the words of the phrases; messages those of the catalogue.

    Parameters
    ----------
    words
        `words` of the phrase file of the language.
    messages
        English message with fields in braces -> the message in the language; None: as they are.
    """
    plain = Study(config, tables, _twins(indicators, language), language, places, words)
    told = translator(messages or {}, lambda kind, value: _field(plain, kind, value))
    names = {} if places is None else _names(places, language)

    def table(frame: pd.DataFrame) -> pd.DataFrame:
        frame = _twins(_renamed(frame, names), language)
        changed = {
            column: frame[column].replace(dict(words.get(kind, {})))
            for column, kind in NAMED.items()
            if column in frame and words.get(kind)
        }
        if messages:
            # The messages of one check are words of the file itself.
            own = frame["check"].ne(QUOTED) if "check" in frame else frame.index == frame.index
            changed |= {
                column: frame[column].map(told, na_action="ignore").where(own, frame[column])
                for column in TOLD
                if column in frame
            }
        return frame.assign(**changed)

    ready = {name: table(frame) for name, frame in tables.items()}
    return Study(config, ready, plain.indicators, language, places, words)


def _twins(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The table with each column replaced by its twin in the language, where that is filled."""
    pairs = {c: f"{c}_{language}" for c in frame.columns if f"{c}_{language}" in frame}
    return frame.assign(
        **{
            c: frame[twin].where(frame[twin].fillna("") != "", frame[c])
            for c, twin in pairs.items()
        }
    )


def _names(places: pd.DataFrame, language: str) -> dict[str, str]:
    column = f"name_{language}"
    return dict(zip(places["region"], places[column], strict=True)) if column in places else {}


def _renamed(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The table with the names of its regions in the language, as far as they are known."""
    key = next((column for column in ("region", "scope") if column in frame), None)
    if key is None or "name" not in frame:
        return frame
    known = frame[key].map(names)
    return frame.assign(name=known.where(known.notna(), frame["name"]))


def _field(study: Study, kind: str, value: str) -> str:
    """The value of a field of a message: a unit, indicators and methods have words of their own."""
    if kind == "unit":
        return named(value, study.language)
    if kind == "indicator":
        return "、".join(study.label(i) for i in value.split(", "))
    return str(study.words.get(kind, {}).get(value, value))


def translator(
    messages: Mapping[str, str], field: Callable[[str, str], str]
) -> Callable[[str], str]:
    """A function that puts a message into the language of a catalogue.

    A message of several parts, joined by "; ", is put part by part and joined by the Chinese sign,
    since a catalogue is Chinese; a part that no entry fits stays as it is, and a message of such
    parts alone is not touched. `field` gives the words of a field's value.
    """
    units = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
    patterns = [(re.compile(_pattern(text, units)), said) for text, said in messages.items()]

    @cache
    def part(text: str) -> str:
        for pattern, said in patterns:
            if match := pattern.fullmatch(text):
                return said.format(**{k: field(k, v) for k, v in match.groupdict().items()})
        return text

    def whole(text: Any) -> str:
        pieces = str(text).split("; ")
        said = [part(piece) for piece in pieces]
        return str(text) if said == pieces else "；".join(said)

    return whole


def _pattern(text: str, units: str) -> str:
    """The regular expression of a message: its fields are groups, a unit is a known one and a year
    is a number.
    """
    known = {"unit": units, "year": r"\d+"}
    pieces = re.split(r"\{(\w+)\}", text)
    return "".join(
        re.escape(piece) if place % 2 == 0 else f"(?P<{piece}>{known.get(piece, '.+?')})"
        for place, piece in enumerate(pieces)
    )


def chart_words(study: Study, phrases: Mapping[str, Any]) -> dict[str, str]:
    """Words in charts: those of the phrases, and of what the study itself made up and named."""
    own = {f"variant_pair_{pair}": study.pair_label(pair) for pair in study.other_pairs}
    systems = study.config["robustness"]["systems"]
    own |= {f"variant_system_{name}": study.label(name) for name in systems}
    return {**phrases["charts"], **own}
