"""The report: findings put into words, in every language and format that a study asks for."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import yaml

from coevo.findings import Study
from coevo.report.pandoc import html, pdf
from coevo.report.wording import metadata, regions, text

Render = Callable[..., bytes]


def _html(
    source: str, files: Mapping[str, str], panel: Mapping[str, Any], meta: Mapping[str, str]
) -> bytes:
    specs = {
        name.removesuffix(".json"): json.loads(content)
        for name, content in files.items()
        if name.endswith(".json")
    }
    return html(source, files, specs, panel, meta)


def _pdf(
    source: str, files: Mapping[str, str], panel: Mapping[str, Any], meta: Mapping[str, str]
) -> bytes:
    images = {
        name.removesuffix(".svg"): content
        for name, content in files.items()
        if name.endswith(".svg")
    }
    return pdf(source, files, images, meta)


FORMATS: dict[str, Render] = {"html": _html, "pdf": _pdf}


def documents(
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    files: Mapping[str, str],
    config: Mapping[str, Any],
    provenance: Mapping[str, Mapping[str, str]],
    places: pd.DataFrame | None = None,
) -> dict[str, bytes]:
    """Reports by file name, `report.<language>.<format>`.

    Parameters
    ----------
    tables
        Tables of the study by name.
    indicators
        The indicator table.
    files
        Text of templates, phrases, style, script and charts (`<name>.json`, `<name>.svg`) by file
        name.
    config
        The configuration after defaults.
    provenance
        `files`: digest by path of each raw file; `packages`: version by name.
    places
        The regions that are known, with their tiles; None: no map of tiles.

    Raises
    ------
    StudyError
        A character that no font of the PDF holds.
    """
    made = {}
    for language in config["report"]["languages"]:
        study = Study(config, tables, indicators, language, places)
        phrases = yaml.safe_load(files[f"phrases.{language}.yaml"])
        notes = yaml.safe_load(files[f"notes.{language}.yaml"])
        source = text(study, files[f"report.{language}.md"], phrases, notes, provenance)
        panel = regions(study, phrases)
        meta = metadata(study, phrases)
        for kind in config["report"]["formats"]:
            made[f"report.{language}.{kind}"] = FORMATS[kind](source, files, panel, meta)
    return made
