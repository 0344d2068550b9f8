"""From a study to specifications, and from a specification to the files of a chart."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from coevo.characters import has_wide
from coevo.report.figures import (
    FIGURES,
    ChartSpec,
    bars,
    figure_names,
    grids,
    intervals,
    lines,
    phase_planes,
    scatters,
)
from coevo.report.figures.theme import PALETTES, SANS, filled
from coevo.report.figures.typesetting import measuring_folder, pdfs, pngs
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.study_tables import Study

Chart = Callable[[Study, Mapping[str, str]], dict[str, Any]]
_MODULES = (lines, bars, grids, intervals, scatters, phase_planes)
CHARTS: dict[str, Chart] = {
    name: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
    for name in FIGURES
}

# Pixels of width on paper by the number of charts in a row, so that type keeps one size.
WIDTHS = {1: 640, 2: 340}
# The converter measures words in the first family alone, and by guess if it does not know it: of
# the fonts of the report this one is known to it and holds Chinese, at its true width.
MEASURED = "Noto Sans SC"


def paper_size(spec: dict[str, Any], figure: ChartSpec) -> dict[str, float]:
    """Width and height of a chart as it is set in the PDF."""
    return {"width": WIDTHS[figure.columns], "height": spec["height"] * figure.paper}


def drawn(study: Study, words: Mapping[str, str]) -> dict[str, str | bytes]:
    """Files of a study's charts by file name: `<name>.json`, the specification, and as images
    `.svg`, `.png` and `.pdf`.

    Parameters
    ----------
    words
        Words in charts: `charts` of the phrase file of the study's language.
    """
    specs = {name: CHARTS[name](study, words) for name in figure_names(charts_that_apply(study))}
    charts = {name: svg(spec | paper_size(spec, FIGURES[name])) for name, spec in specs.items()}
    texts = {name: _text(spec) for name, spec in specs.items()}
    made: dict[str, Mapping[str, str | bytes]] = {"json": texts, "svg": charts}
    made |= {"png": pngs(charts), "pdf": pdfs(charts)}
    return {
        f"{name}.{ending}": content
        for ending, files in made.items()
        for name, content in files.items()
    }


def _text(spec: Mapping[str, Any]) -> str:
    return json.dumps(spec, ensure_ascii=False, sort_keys=True) + "\n"


def svg(spec: dict[str, Any]) -> str:
    """A specification as SVG on light ground, with ids that depend on the chart alone."""
    text = _converter().vegalite_to_svg(filled(spec, PALETTES["light"] | {"sans": MEASURED}))
    family = f"'{MEASURED}',{SANS}" if has_wide(text) else SANS
    return renumbered(regular(text.replace(f'"{MEASURED}"', f'"{family}"')))


@cache
def _converter() -> ModuleType:
    """The library that draws, told once where the font is that it measures by."""
    import vl_convert

    vl_convert.register_font_directory(str(measuring_folder()))
    return vl_convert


def regular(text: str) -> str:
    """SVG whose plain text asks for weight 400 by the axis of the font.

    Typst draws a variable font at its default, the lightest weight, unless the axis is set.
    """
    text = text.replace(' font-weight="normal"', "")
    plain = re.compile(r"<text(?![^>]*font-weight)")
    return plain.sub("<text style=\"font-variation-settings:'wght' 400\"", text)


def renumbered(text: str) -> str:
    """SVG with its clip and gradient ids numbered from 0 in order of appearance.

    Vega counts ids over the life of a process: the same chart drawn second has other ids.
    """
    found = dict.fromkeys(re.findall(r'\bid="([A-Za-z_]+\d+)"', text))
    numbers = {old: f"{re.sub(r'[0-9]+$', '', old)}{i}" for i, old in enumerate(found)}
    pattern = re.compile(r'(id="|url\(#|href="#)([A-Za-z_]+\d+)(?=["\)])')
    return pattern.sub(lambda m: m[1] + numbers.get(m[2], m[2]), text)
