"""Methods by name: each kind of method has one registry, a mapping that its module fills."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from coevo.errors import StudyError

if TYPE_CHECKING:
    from coevo.arrays import Config

Entry = TypeVar("Entry")
# The names of every registry, written by workflow/describe.py: a start reads them without its code.
NAMES = Path(__file__).with_name("registries.csv")
# What earlier versions had: a command, a study, a key of the configuration (its names joined by
# points, with an empty name), or a name that such a key had.
REMOVED = Path(__file__).with_name("removed.csv")


@dataclass(frozen=True)
class Method:
    """An entry of a registry: called, it computes; the formulas of sheet and page are its own.

    needs: the key of the configuration's section that it cannot do without, if any. cells: its
    formula in a worksheet; symbols: its formula as the page prints it; both with the fields in
    braces that their reader fills in, and empty where there is none.
    """

    compute: Callable[..., Any]
    needs: str = ""
    cells: str = ""
    symbols: str = ""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.compute(*args, **options)

    def options(self, settings: Config) -> dict[str, Any]:
        """Return what the section of the configuration gives the method, by name."""
        return {self.needs: settings[self.needs]} if self.needs else {}


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


def registered(registry: str) -> dict[str, str]:
    """Return the names of a registry `module:NAME`, with what each needs of the configuration.

    Of a module that is not imported, as `registries.csv` keeps them.
    """
    module, _, name = registry.partition(":")
    entries = getattr(sys.modules.get(module), name, None)
    return _kept()[registry] if entries is None else needs_of(entries)


def needs_of(entries: Any) -> dict[str, str]:
    """Return the names of a registry's entries, each with the key that its method needs, or ""."""
    named = entries.items() if isinstance(entries, Mapping) else ((name, "") for name in entries)
    return {str(name): str(getattr(entry, "needs", "")) for name, entry in named}


def left(what: str, name: str = "") -> str:
    """Return since which version a name is gone and what replaces it, "" if it never was."""
    with REMOVED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["what"], row["name"]) == (what, name):
                return f"left in version {row['version']}; {row['instead']}"
    return ""


@cache
def _kept() -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    with NAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kept.setdefault(row["registry"], {})[row["name"]] = row["needs"]
    return kept
