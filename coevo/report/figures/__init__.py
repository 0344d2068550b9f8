"""The charts of a report by name and by what they need, their colours and type; cheap to import,
nothing is drawn here.

A specification carries colours as tokens such as "$focus". The page replaces them from its CSS
variables, again on every change of theme; `filled` replaces them here, for SVG and PDF.
"""

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class ChartSpec(NamedTuple):
    """What a chart needs, how many charts share its row, share of its height kept on paper, which
    rows of its layers its data file holds, whether the page alone shows it.

    What may be needed, `coevo.report.findings.chart_needs` says; several needs are parted by
    spaces. A chart that needs "several" says nothing about one region, one that needs "fit" shows
    the estimates of the region in focus.
    """

    needs: str = ""
    columns: int = 1
    paper: float = 1.0
    data: str = "rows"
    screen: bool = False


# colours, the configuration of Vega-Lite and the charts, as the file says
SHARED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("charts.yaml").read_text("utf-8"))
FIGURES = {name: ChartSpec(**entry) for name, entry in SHARED["charts"].items()}
WIDTH = 640  # pixels of a chart as wide as the page
PALETTES: dict[str, dict[str, str]] = {
    theme: {token: pair[place] for token, pair in SHARED["colours"].items()}
    for place, theme in enumerate(("light", "dark"))
}
SANS = "'Source Sans 3','Segoe UI','Helvetica Neue','Noto Sans','Noto Sans SC',Arial,sans-serif"
CONFIG: dict[str, Any] = SHARED["config"]
SYMBOLS = re.compile(SHARED["symbols"])


def figure_names(shown: Collection[str]) -> list[str]:
    """Names of the charts of a study that has what `shown` names."""
    return [name for name, figure in FIGURES.items() if set(figure.needs.split()) <= set(shown)]


def replaced(spec: Any, text: Callable[[str], Any]) -> Any:
    """A copy of a specification with what stands for each of its texts."""
    if isinstance(spec, list):
        return [replaced(item, text) for item in spec]
    if isinstance(spec, dict):
        return {key: replaced(item, text) for key, item in spec.items()}
    return text(spec) if isinstance(spec, str) else spec


def filled(spec: Any, palette: dict[str, str]) -> Any:
    """A copy of a specification with every "$token" replaced by its colour or font stack."""
    known = {f"${token}": colour for token, colour in ({"sans": SANS} | palette).items()}
    return replaced(spec, lambda text: known.get(text, text))


def library() -> str:
    """The library that draws the charts of a page, as a script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")
