"""Methods by name: each kind of method has one registry, a mapping that its module fills."""

from collections.abc import Mapping
from typing import TypeVar

from coevo.errors import StudyError

Entry = TypeVar("Entry")


def choose(registry: Mapping[str, Entry], name: str, kind: str = "method") -> Entry:
    """Return the entry called `name`.

    Raises
    ------
    StudyError
        `unknown <kind> '<name>'; known: ...`, with every name of the registry.
    """
    if name not in registry:
        raise StudyError(f"unknown {kind} '{name}'; known: {', '.join(sorted(registry))}")
    return registry[name]
