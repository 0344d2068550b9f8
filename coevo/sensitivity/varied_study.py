"""What `vary` starts from, whole or in parts: tables of the indices, systems, choices."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from coevo.coupling.level import level_figures
from coevo.errors import Refusal
from coevo.files import read_optional, read_table
from coevo.regional import RegionalPanel
from coevo.sensitivity.choices import System
from coevo.sensitivity.headline_statistics import (
    DRAWS,
    FEW_DRAWS,
    MANY_REGIONS,
    Surroundings,
)
from coevo.sensitivity.multiverse import indicator_systems


class VariedStudy(NamedTuple):
    """What combinations are of (systems, config, surroundings, goalposts that were kept), what
    draws are of (tables, indicators, config).
    """

    combined: tuple[dict[str, System], Mapping[str, Any], Surroundings, pd.DataFrame | None]
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
    around = surroundings(tables, read_table(given.regions, "regions"), params.config)
    combined = (systems, params.config, around, kept)
    return VariedStudy(combined, (tables, indicators, params.config))


def surroundings(
    tables: Mapping[str, pd.DataFrame], places: pd.DataFrame, config: Mapping[str, Any]
) -> Surroundings:
    """Return levels, neighbours and seed of a study; tables: coupling, panel; places: the table of
    regions; config: its keys comovement and robustness.
    """
    panel, size, seed = tables["panel"], config["comovement"]["size"], config["robustness"]["seed"]
    levels = level_figures(panel, size) if len(size) > 1 else pd.DataFrame()
    try:
        study = RegionalPanel(tables["coupling"], panel, places, "", size, seed)
        neighbours = study.neighbours
    except Refusal:
        neighbours = {}
    many = tables["coupling"]["region"].nunique() > MANY_REGIONS
    return Surroundings(levels, neighbours, seed, FEW_DRAWS if many else DRAWS)
