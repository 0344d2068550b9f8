"""Charts as files for other programs: a PDF, and the data as drawn."""

import json
from collections.abc import Mapping
from pathlib import Path

from coevo.report.figures.chart_data import data_behind
from coevo.report.figures.images import pdfs
from coevo.report.tables import for_excel


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
