"""Types of values in a configuration and an indicator table, and the base of their models.

Names of methods come from registries, which are read without their code. This module imports
pydantic, so only a function that reads a configuration imports it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WrapValidator,
)
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from coevo.errors import StudyError
from coevo.registry import registered

# Forms of text, each with what is said of a text of another form. A rule takes { } for a pattern.
FILE_NAME, REGION_CODE = r"^[^{}<>\x00-\x1f]*$", r"^[\w.-]+$"
INDICATOR_ID, SUBSYSTEM_ID = r"^[a-z][a-z0-9_]*$", r"^([a-z][a-z0-9_]*)?$"
BREAK_YEARS = r"^((census +)?[12][0-9]{3}( +[12][0-9]{3})*)?$"
FORMS = {
    FILE_NAME: "{ } < > and signs that do not print cannot stand in the name of a file; rename it",
    REGION_CODE: "is no code of a region; write one of the table of regions (regions_table)",
    INDICATOR_ID: "write small letters, digits and underscores, a letter first",
    SUBSYSTEM_ID: "write small letters, digits and underscores, a letter first, or leave it empty",
    BREAK_YEARS: "write years with spaces between them, such as 2018 2023 or census 2018 2023",
}


FIELD = re.compile(r"^(\w+)\n((?: {4}.*\n?)+)", re.MULTILINE)  # of a section Attributes


@dataclass(frozen=True)
class NameIn:
    """Marks text as a name in a registry `module:NAME`.

    refused: a registry of names that are refused, each with a reason.
    """

    registry: str
    refused: str = ""

    def check(self, name: str) -> str:
        refused = registered(self.refused) if self.refused else {}
        known = registered(self.registry).keys() - refused.keys()
        if name not in known:
            reason = resolve_name(self.refused)[name] if name in refused else ""
            fields = {"known": ", ".join(sorted(known)), "reason": reason}
            raise PydanticCustomError("unknown_name", "is not known", fields)
        return name

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), "registry": self.registry, "refused": self.refused}


def unit_by(read: str) -> AfterValidator:
    """Return a check that text is a unit, as a function of `coevo.observations.units` reads it."""

    def check(name: str) -> str:
        from coevo.observations import units

        try:
            getattr(units, read)(name)
        except StudyError as problem:
            raise ValueError(str(problem)) from None
        return name

    return AfterValidator(check)


def _as_written(value: Any, check: Callable[[Any], float]) -> Any:
    """Keep a whole number as it is written; reports print it without decimals."""
    check(value)
    return value


def _has_no_repeats(values: list[Any]) -> list[Any]:
    if len({*values}) < len(values):
        raise ValueError("names something twice; keep one")
    return values


def if_given(**allowed: Any) -> Any:
    """Return a field without default: without a value it is absent from the configuration."""
    return Field(None, exclude_if=lambda value: value is None, **allowed)


FilePath = Annotated[str, Field(pattern=FILE_NAME)]
Region = Annotated[str, Field(pattern=REGION_CODE)]
AS_WRITTEN = WrapValidator(_as_written)
Number = Annotated[float, Field(allow_inf_nan=False), AS_WRITTEN]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False), AS_WRITTEN]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), AS_WRITTEN]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False), AS_WRITTEN]
UNIQUE = AfterValidator(_has_no_repeats)
Regions = Annotated[list[Region], Field(min_length=1), UNIQUE]
Language = Annotated[str, NameIn("coevo.schema:LANGUAGES")]
Words = dict[Language, Annotated[str, Field(max_length=1000)]]


class Part(BaseModel):
    """Keys of a part of the configuration; an unknown one is refused, and no value is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """Return what each key means, by the sections Attributes of its docstrings."""
        docstrings = (inspect.cleandoc(one.__doc__ or "") for one in reversed(cls.__mro__))
        documented = (found for text in docstrings for found in FIELD.findall(text))
        return {name: " ".join(text.split()) for name, text in documented}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        schema["description"] = (cls.__doc__ or "").partition("\n")[0]
        for key, text in cls.meanings().items():
            schema["properties"][key]["description"] = text
        return schema
