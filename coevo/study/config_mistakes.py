"""Mistakes of a configuration and its tables in plain words: `key: what is wrong; what to do`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from coevo.errors import short
from coevo.registry import left
from coevo.study.config_model import StudyConfig
from coevo.study.config_types import FORMS, Part

if TYPE_CHECKING:
    from coevo.arrays import Config

# What a value must be, by the type of pydantic's error, whose fields stand in braces.
MUST_BE = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text (in quotes, if it looks like a number)",
    "list_type": "a list",
    "dict_type": "a table of keys and values",
    "model_type": "a table of keys and values",
    "model_attributes_type": "a table of keys and values",
    "greater_than": "above {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "below {lt:g}",
    "less_than_equal": "{le:g} or less",
    "too_short": "of at least {min_length:g}",
    "too_long": "of at most {max_length:g}",
    "string_too_short": "text of at least {min_length:g} characters",
    "string_too_long": "text of at most {max_length:g} characters",
}


class Place(NamedTuple):
    """Where an error stands: its key, the value there, and whether no form of several fits it."""

    key: str
    value: Any
    fits_no_form: bool


def completed(config: Config) -> tuple[dict[str, Any] | None, list[str], list[str]]:
    """Return the configuration with its defaults, its mistakes, and the keys that are wrong.

    The first has defaults in place of the keys that are wrong, so that the others can be held
    against each other; it is None where a key is wrong that has no default.
    """
    try:
        return StudyConfig.model_validate(config).model_dump(), [], []
    except ValidationError as error:
        mistakes = mistakes_of(error, config, StudyConfig)
        wrong = {str(one["loc"][0]) for one in error.errors()}
    known = sorted(wrong & StudyConfig.model_fields.keys())
    try:
        sound = {key: value for key, value in config.items() if key not in wrong}
        return StudyConfig.model_validate(sound).model_dump(), mistakes, known
    except ValidationError:
        return None, mistakes, known


def mistakes_of(error: ValidationError, given: Mapping[str, Any], model: type[Part]) -> list[str]:
    """Return a line for each mistake that pydantic found in what was given to a model."""
    lines: dict[str, str] = {}
    for one in error.errors():
        place = _place(one, given)
        lines.setdefault(place.key, f"{place.key}: {_in_words(one, place, model)}")
    return list(lines.values())


def _place(error: Mapping[str, Any], given: Any) -> Place:
    """Return the place of an error, without the names of types that pydantic tried one by one."""
    path: list[str] = []
    ends_outside = error["type"] in ("missing", "extra_forbidden")
    for number, part in enumerate(error["loc"], start=1):
        is_key = isinstance(given, dict) and part in given
        is_item = isinstance(given, list) and isinstance(part, int) and part < len(given)
        if is_key or is_item:
            given = given[part]
        elif part == "[key]":
            return Place(".".join(path), path[-1], fits_no_form=False)
        elif not (ends_outside and number == len(error["loc"])):
            return Place(".".join(path), given, fits_no_form=True)
        path.append(short(part))
    return Place(".".join(path), given, fits_no_form=False)


def _in_words(error: Mapping[str, Any], place: Place, model: type[Part]) -> str:
    """Return what is wrong with the value of a key, and what to do."""
    key, kind, fields = place.key, error["type"], error.get("ctx", {})
    shown, name = short(repr(place.value)), key.rpartition(".")[2]
    beside = _model_at(key.split(".")[:-1], model)
    if place.fits_no_form:
        return f"{shown} is not allowed. {_meaning(key, model)}"
    if kind == "missing":
        return "is missing; add it"
    is_new = beside and name not in beside.model_fields
    if kind == "extra_forbidden" or error["loc"][-1] == "[key]" or (is_new and "known" in fields):
        known = [*(beside.model_fields if beside else ()), *fields.get("known", "").split(", ")]
        return left(key) or f"unknown key '{name}'; known: {', '.join(sorted(filter(None, known)))}"
    if kind in ("unknown_name", "literal_error"):
        return _unknown(key, place.value, fields)
    if kind == "string_pattern_mismatch":
        return f"{shown}: {FORMS[fields['pattern']]}"
    if kind == "value_error":
        return str(fields["error"])
    must_be = MUST_BE.get(kind, error["msg"]).format(**fields)
    return f"is {shown} and must be {must_be}. {_meaning(key, model)}"


def _unknown(key: str, name: Any, fields: Mapping[str, Any]) -> str:
    """Return why a name is none of those that a key may have."""
    if reason := left(key, str(name)):
        return f"{name}: {reason}"
    if fields.get("reason"):
        return f"'{name}' is refused: {fields['reason']}"
    kind = [part for part in key.split(".") if not part.isdigit()][-1]
    kind = "method" if kind in ("form", "reference") else kind.rstrip("s").replace("_", " ")
    known = fields["known"] if "known" in fields else fields["expected"]
    return f"unknown {kind} '{short(name)}'; known: {known}"


def _model_at(path: Sequence[str], model: type[Part] | None) -> type[Part] | None:
    """Return the model of the keys below a path; None where these may be any."""
    for part in path:
        field = model.model_fields.get(part) if model else None
        model = next(parts_in(field.annotation), None) if field else None
    return model


def parts_in(annotation: Any) -> Iterator[type[Part]]:
    """Yield the models in a type, such as that of a key: `list[Accepted]` holds one."""
    if inspect.isclass(annotation) and issubclass(annotation, Part):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from parts_in(inner)


def _meaning(key: str, model: type[Part]) -> str:
    """Return what a key means, or the nearest above it that has a meaning."""
    path = [part for part in key.split(".") if not part.isdigit()]
    for end in range(len(path), 0, -1):
        beside = _model_at(path[: end - 1], model)
        if beside and path[end - 1] in beside.meanings():
            return beside.meanings()[path[end - 1]]
    return ""
