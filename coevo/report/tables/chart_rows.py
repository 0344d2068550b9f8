"""Files of charts; for other programs a PDF, and the data as drawn."""

import json
from collections.abc import Mapping
from pathlib import Path

from coevo.report.figures.chart_data import data_behind
from coevo.report.figures.drawing import drawn
from coevo.report.figures.images import pdfs
from coevo.report.findings import Study
from coevo.report.findings.localised import chart_words
from coevo.report.tables import for_excel
from coevo.report.words.index_sentences import Phrases


def chart_files(study: Study, phrases: Phrases) -> dict[str, str | bytes]:
    """Every file of the charts of a study in its language, `<name>.<ending>`."""
    charts = drawn(study, chart_words(study, phrases))
    return charts | for_others(charts)


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
