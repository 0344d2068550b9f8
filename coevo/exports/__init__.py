"""Tables of a study for other programs: LaTeX and Stata."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.exports.latex import latex_files
from coevo.exports.stata import stata_files
from coevo.findings import Study

__all__ = ["in_languages", "latex_files", "stata_files"]


def in_languages(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    places: pd.DataFrame,
) -> list[Study]:
    """The study in every language of its reports, in their order."""
    languages = config["report"]["languages"]
    return [Study(config, tables, indicators, language, places) for language in languages]
