"""The charts of a report by name and by what they need; cheap to import, nothing is drawn here."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class ChartSpec(NamedTuple):
    """What a chart needs, how many charts share its row, share of its height kept on paper.

    What may be needed, `coevo.report.findings.chart_needs` says; several needs are parted by
    spaces. A chart that needs "regions" says nothing about one region, one that needs "fit" shows
    the estimates of the region in focus.
    """

    needs: str = ""
    columns: int = 1
    paper: float = 1.0


# colours, the configuration of Vega-Lite and the charts, as the file says
SHARED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("charts.yaml").read_text("utf-8"))
FIGURES = {name: ChartSpec(**entry) for name, entry in SHARED["charts"].items()}


def figure_names(shown: Collection[str]) -> list[str]:
    """Names of the charts of a study that has what `shown` names."""
    return [name for name, figure in FIGURES.items() if set(figure.needs.split()) <= set(shown)]
