"""Methods by name: each kind of method has one registry, a mapping that its module fills."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from coevo.arrays import Config
from coevo.errors import StudyError

Entry = TypeVar("Entry")


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
