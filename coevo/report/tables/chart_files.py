"""Charts as files for other programs: a PDF, and the data as drawn."""

import json
from collections.abc import Mapping

from coevo.report.figures.chart_data import data_behind
from coevo.report.figures.images import pdfs
from coevo.report.tables import for_excel


def for_others(charts: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """Files that other programs take, of charts as `drawn` makes them.

    `<name>.pdf`, and `<name>.csv`: the data as drawn, safe to open in a spreadsheet.
    """
    by_ending: dict[str, dict[str, str]] = {"svg": {}, "json": {}}
    for file, content in charts.items():
        name, _, ending = file.rpartition(".")
        if ending in by_ending:
            by_ending[ending][name] = str(content)
    data = {
        f"{name}.csv": for_excel(data_behind(json.loads(text)))
        for name, text in by_ending["json"].items()
    }
    return {f"{name}.pdf": image for name, image in pdfs(by_ending["svg"]).items()} | data
