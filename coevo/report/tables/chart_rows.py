"""Files of charts; for other programs the data as drawn."""

import json

from coevo.report.figures.chart_data import data_behind
from coevo.report.figures.drawing import drawn
from coevo.report.findings import Study
from coevo.report.findings.localised import chart_words
from coevo.report.tables import for_excel
from coevo.report.words.values import Phrases


def chart_files(study: Study, phrases: Phrases) -> dict[str, str | bytes]:
    """Every file of the charts of a study in its language, `<name>.<ending>`: those of `drawn`, and
    the data as CSV, safe to open in a spreadsheet.
    """
    charts = drawn(study, chart_words(study, phrases))
    specs = {name: str(text) for name, text in charts.items() if name.endswith(".json")}
    return charts | {name.replace(".json", ".csv"): data_file(text) for name, text in specs.items()}


def data_file(spec: str) -> str:
    """The data that a chart shows by its specification, as CSV that a spreadsheet opens."""
    return for_excel(data_behind(json.loads(spec)))
