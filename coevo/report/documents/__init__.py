"""The report: findings put into words, in the formats that a study asks for."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from coevo.report.documents.page import html
from coevo.report.documents.paper import pdf
from coevo.report.documents.report_text import metadata, page_data, text
from coevo.report.documents.word import docx
from coevo.report.findings.localised import study_in_language
from coevo.report.words.grammar import read_phrases
from coevo.report.words.voices import voice

# A renderer takes the Markdown text, the files by name, the data of the page and the metadata.
Render = Callable[[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, str]], bytes]
FORMATS: dict[str, Render] = {"html": html, "pdf": pdf, "docx": docx}


def in_every_language(
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    templates: Mapping[str, str],
    charts: Mapping[str, Mapping[str, str | bytes]],
    config: Mapping[str, Any],
    provenance: Mapping[str, Mapping[str, str]],
    places: pd.DataFrame | None = None,
) -> dict[str, bytes]:
    """Reports of every language of the study by file name; see `documents`.

    charts: files of the charts by language and name.
    """
    made: dict[str, bytes] = {}
    for language in config["report"]["languages"]:
        files = {**templates, **charts[language]}
        made |= documents(tables, indicators, files, config, provenance, language, places)
    return made


def documents(
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    files: Mapping[str, Any],
    config: Mapping[str, Any],
    provenance: Mapping[str, Mapping[str, str]],
    language: str = "en",
    places: pd.DataFrame | None = None,
) -> dict[str, bytes]:
    """Reports of one language by file name, `report.<language>.<format>`.

    Parameters
    ----------
    tables
        Tables of the study by name.
    indicators
        The indicator table.
    files
        Template, phrases, style, script and the charts of the language (`<name>.json`, `.svg` as
        text, `.png` as bytes) by file name.
    config
        The configuration after defaults.
    provenance
        `files`: digest by path of each raw file; `packages`: version by name.
    language
        A language that has a phrase file.
    places
        The regions that are known, with their tiles; None: no map of tiles.

    Raises
    ------
    StudyError
        A character that no font of the PDF holds.
    """
    phrases = read_phrases(files[f"phrases.{language}.yaml"])
    study = study_in_language(config, tables, indicators, language, places, phrases["words"])
    said, formats = voice(study, phrases), config["report"]["formats"]
    meta = metadata(said)
    source = text(said, files["report.md"], provenance)
    data = page_data(said) if "html" in formats else {}
    return {
        f"report.{language}.{kind}": FORMATS[kind](source, files, data, meta) for kind in formats
    }
