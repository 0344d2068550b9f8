"""Files of charts in each language; for other programs a PDF, and the data as drawn."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from coevo.report.figures.chart_data import data_behind
from coevo.report.figures.drawing import drawn
from coevo.report.figures.images import pdfs
from coevo.report.findings.localised import chart_words, study_in_language
from coevo.report.tables import for_excel
from coevo.report.words.grammar import read_phrases


def chart_files(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    places: pd.DataFrame,
    files: Mapping[str, str],
) -> dict[str, str | bytes]:
    """Every file of the charts in the languages of the reports, `<language>/<name>.<ending>`.

    All languages in one process: the library that draws takes long to start.

    files: `phrases.<language>.yaml` of each.
    """
    made: dict[str, str | bytes] = {}
    for language in config["report"]["languages"]:
        phrases = read_phrases(files[f"phrases.{language}.yaml"])
        named = phrases["words"]
        study = study_in_language(config, tables, indicators, language, places, named)
        charts = drawn(study, chart_words(study, phrases))
        made |= {f"{language}/{name}": file for name, file in (charts | for_others(charts)).items()}
    return made


def for_others(charts: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """Files that other programs take, of charts as `drawn` makes them.

    `<name>.pdf`, and `<name>.csv`: the data as drawn, safe to open in a spreadsheet.
    """
    svg, data = (
        {Path(file).stem: str(content) for file, content in charts.items() if file.endswith(ending)}
        for ending in (".svg", ".json")
    )
    made: dict[str, str | bytes] = {f"{name}.pdf": image for name, image in pdfs(svg).items()}
    return made | {
        f"{name}.csv": for_excel(data_behind(json.loads(text))) for name, text in data.items()
    }
