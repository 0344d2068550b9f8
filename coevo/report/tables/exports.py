"""Tables of a study for other programs: LaTeX and Stata."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.report.findings.localised import study_in_language
from coevo.report.tables.latex import latex_files
from coevo.report.tables.stata import stata_files
from coevo.report.words.amounts import Words
from coevo.report.words.grammar import read_phrases
from coevo.report.words.voices import voice

__all__ = ["in_languages", "latex_files", "stata_files"]


def in_languages(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    places: pd.DataFrame,
    files: Mapping[str, str],
) -> list[Words]:
    """The study in every language of its reports, in their order.

    files: `phrases.<language>.yaml` of each.
    """

    def put(language: str) -> Words:
        phrases = read_phrases(files[f"phrases.{language}.yaml"])
        named = phrases["words"]
        study = study_in_language(config, tables, indicators, language, places, named)
        return voice(study, phrases).words

    return [put(language) for language in config["report"]["languages"]]
