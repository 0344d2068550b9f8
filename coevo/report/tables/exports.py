"""Every file of a study's tables: workbooks, CSV files for Excel, LaTeX, Stata."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.report.findings.localised import study_in_language
from coevo.report.tables import for_excel
from coevo.report.tables.latex import latex_files
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.tables.stata import stata_files
from coevo.report.words.amounts import Words
from coevo.report.words.grammar import read_phrases
from coevo.report.words.voices import voice

__all__ = ["exported", "in_languages", "latex_files", "stata_files"]


def exported(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    places: pd.DataFrame,
    files: Mapping[str, str],
) -> dict[str, str | bytes]:
    """Every file by its path: `results.<language>.xlsx`, `tables/<table>.csv` with a byte-order
    mark, `latex/<table>.<language>.tex`, `stata/<table>.dta` in the first language.

    files: `phrases.<language>.yaml` of each language.
    """
    said = in_languages(config, tables, indicators, places, files)
    books = {f"results.{words.study.language}.xlsx": workbook_bytes(words) for words in said}
    plain = {f"tables/{name}.csv": for_excel(table) for name, table in tables.items()}
    latex = {f"latex/{name}": text for name, text in latex_files(said).items()}
    return books | plain | latex | {f"stata/{k}": v for k, v in stata_files(said[0]).items()}


def in_languages(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    places: pd.DataFrame,
    files: Mapping[str, str],
) -> list[Words]:
    """The study in every language of its reports, in their order."""

    def put(language: str) -> Words:
        phrases = read_phrases(files[f"phrases.{language}.yaml"])
        named = phrases["words"]
        study = study_in_language(config, tables, indicators, language, places, named)
        return voice(study, phrases).words

    return [put(language) for language in config["report"]["languages"]]
