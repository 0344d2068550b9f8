"""What `vary` starts from, whole or in parts: tables of the indices, systems, choices."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from coevo.files import read_optional, read_table
from coevo.sensitivity.choices import System
from coevo.sensitivity.multiverse import indicator_systems


class VariedStudy(NamedTuple):
    """What combinations are of (systems, config, goalposts that were kept), what draws are of
    (tables, indicators, config).
    """

    combined: tuple[dict[str, System], Mapping[str, Any], pd.DataFrame | None]
    drawn: tuple[dict[str, pd.DataFrame], pd.DataFrame, Mapping[str, Any]]


def read_varied(given: Any, params: Any) -> VariedStudy:
    """Return what a rule is given: its files by name, and its params `tables`, `systems`, `config`.

    Raises `StudyError` where a table is not as it should be, or a system needs another indicator.
    """
    tables = {name: read_table(given[name]) for name in params.tables}
    indicators = read_table(given.indicators, "indicators")
    named = zip(params.systems, given.systems, strict=True)
    others = {name: read_table(path, "indicators") for name, path in named}
    systems = indicator_systems(tables["panel"], indicators, others)
    kept = read_optional(given.get("kept"), "goalposts")
    return VariedStudy((systems, params.config, kept), (tables, indicators, params.config))
