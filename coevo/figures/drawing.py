"""From a study to specifications, and from a specification to the files of a chart."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from coevo.figures import (
    FIGURES,
    Figure,
    certainty,
    coefficients,
    comovement,
    coordination,
    figure_names,
    grade_shares,
    growth,
    interaction_curve,
    phase,
    region_phase,
    size,
    tiles,
    trends,
    weights,
)
from coevo.figures.pdf_objects import ordered
from coevo.figures.source_data import source_data
from coevo.figures.theme import PALETTES, filled
from coevo.findings.shown import shown
from coevo.findings.study import Study
from coevo.fonts import font_folders
from coevo.tables import as_text

Chart = Callable[[Study, Mapping[str, str]], dict[str, Any]]
_MODULES = (
    trends, coordination, tiles, comovement, size, weights, growth, certainty, grade_shares,
    coefficients, interaction_curve, phase, region_phase
)  # fmt: skip
CHARTS: dict[str, Chart] = {
    name: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
    for name in FIGURES
}

# Pixels of width on paper by the number of charts in a row, so that type keeps one size.
WIDTHS = {1: 640, 2: 340, 3: 230}
RESOLUTION = 300  # dots per inch of images


def paper_size(spec: dict[str, Any], figure: Figure) -> dict[str, float]:
    """Width and height of a chart as it is set in the PDF."""
    return {"width": WIDTHS[figure.columns], "height": spec["height"] * figure.paper}


def drawn(study: Study, words: Mapping[str, str]) -> dict[str, str | bytes]:
    """Files of a study's charts by file name: `<name>.json` (specification), `.svg` and `.png`.

    Parameters
    ----------
    words
        Words in charts: `charts` of the phrase file of the study's language.
    """
    files: dict[str, str | bytes] = {}
    for name in figure_names(shown(study)):
        spec = CHARTS[name](study, words)
        files[f"{name}.json"] = json.dumps(spec, ensure_ascii=False, sort_keys=True) + "\n"
        files[f"{name}.svg"] = image = svg(spec | paper_size(spec, FIGURES[name]))
        files[f"{name}.png"] = png(image)
    return files


def for_others(charts: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """Files that other programs take, of charts as `drawn` makes them.

    `<name>.pdf`, and `<name>.csv`: the data as drawn, with a byte-order mark.
    """
    files: dict[str, str | bytes] = {}
    for file, content in charts.items():
        name, _, ending = file.rpartition(".")
        if ending == "svg":
            files[f"{name}.pdf"] = pdf(str(content))
        elif ending == "json":
            rows = as_text(source_data(json.loads(content)))
            files[f"{name}.csv"] = "\ufeff" + rows.to_csv(index=False, lineterminator="\n")
    return files


def _converter() -> Any:
    """The library that draws, with the fonts of the report."""
    import vl_convert

    for folder in font_folders():
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def png(image: str) -> bytes:
    """An SVG as PNG at 300 dots per inch on white paper."""
    return _converter().svg_to_png(image, ppi=RESOLUTION)


def pdf(image: str) -> bytes:
    """An SVG as PDF, its objects in an order that depends on the chart alone."""
    return ordered(_converter().svg_to_pdf(image))


def svg(spec: dict[str, Any]) -> str:
    """A specification as SVG on light ground, with ids that depend on the chart alone."""
    text = _converter().vegalite_to_svg(filled(spec, PALETTES["light"]))
    return renumbered(regular(text))


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
