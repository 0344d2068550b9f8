"""What `vary` starts from, whole or in parts: systems, choices, and what goes with the levels."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.coupling.level import level_figures
from coevo.errors import Refusal
from coevo.regional import RegionalPanel
from coevo.sensitivity.choices import System
from coevo.sensitivity.headline_statistics import (
    DRAWS,
    FEW_DRAWS,
    MANY_REGIONS,
    Surroundings,
)
from coevo.sensitivity.multiverse import indicator_systems
from coevo.study_data import StudyData


def combined_of(
    study: StudyData,
) -> tuple[dict[str, System], Mapping[str, Any], Surroundings, pd.DataFrame | None]:
    """Return what combinations are of: systems, config, surroundings, goalposts that were kept.

    Raises `StudyError` where a system needs an indicator that the study does not have.
    """
    systems = indicator_systems(study.table("panel"), study.indicators, study.systems)
    return systems, study.config, surroundings(study), study.kept


def surroundings(study: StudyData) -> Surroundings:
    """Return levels, neighbours and seed of a study; config: its keys comovement and robustness."""
    panel, coupling = study.table("panel"), study.table("coupling")
    size, seed = study.config["comovement"]["size"], study.config["robustness"]["seed"]
    levels = level_figures(panel, size) if len(size) > 1 else pd.DataFrame()
    try:
        neighbours = RegionalPanel(coupling, panel, study.regions, "", size, seed).neighbours
    except Refusal:
        neighbours = {}
    many = coupling["region"].nunique() > MANY_REGIONS
    return Surroundings(levels, neighbours, seed, FEW_DRAWS if many else DRAWS)
