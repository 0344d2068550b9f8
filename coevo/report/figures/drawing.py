"""From a study to specifications, from a specification to the files of a chart and its data."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd

from coevo.messages import has_wide
from coevo.report import figures
from coevo.report.figures import grids, intervals, phase_planes, scatters
from coevo.report.figures.typesetting import BETWEEN_TAGS, measuring_folder, pngs
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.study_tables import Study
from coevo.report.tables import for_excel

Chart = Callable[[Study, Mapping[str, str]], dict[str, Any]]
_MODULES = (grids, intervals, scatters, phase_planes)
CHARTS: dict[str, Chart] = {
    name: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
    for name in figures.FIGURES
}

# Pixels of width on paper by the number of charts in a row, so that type keeps one size.
WIDTHS = {1: 640, 2: 340}
# The converter measures words in the first family alone, and by guess if it does not know it: of
# the fonts of the report this one is known to it and holds Chinese, at its true width.
MEASURED = "Noto Sans SC"
LAYER = "layer"
KEYS = (LAYER, "region", "name", "year")  # columns that come first
_LOOKS = frozenset("text short g stroke dashed strong left lift whole named px py".split())


def paper_size(spec: dict[str, Any], figure: figures.ChartSpec) -> dict[str, float]:
    """Width and height of a chart as it is set in the PDF."""
    return {"width": WIDTHS[figure.columns], "height": spec["height"] * figure.paper}


def specifications(study: Study, words: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """A study's charts by name; words: those in charts, in the study's language."""
    names = figures.figure_names(charts_that_apply(study))
    return {name: CHARTS[name](study, words) for name in names}


def drawn(study: Study, words: Mapping[str, str]) -> dict[str, str | bytes]:
    """Files of a study's charts by file name: `<name>.json`, the specification; of those in print
    images as `.svg` and `.png`, and the data as `.csv`, safe to open in a spreadsheet.
    """
    files: dict[str, str | bytes] = {}
    charts = {}
    for name, spec in specifications(study, words).items():
        files[f"{name}.json"] = json.dumps(spec, ensure_ascii=False, sort_keys=True) + "\n"
        if not figures.FIGURES[name].screen:
            charts[name] = svg(spec | paper_size(spec, figures.FIGURES[name]))
            files[f"{name}.csv"] = for_excel(data_behind(name, spec))
    files |= {f"{name}.svg": image for name, image in charts.items()}
    return files | {f"{name}.png": image for name, image in pngs(charts).items()}


def svg(spec: dict[str, Any]) -> str:
    """A specification as SVG on light ground, with ids that depend on the chart alone."""
    palette = figures.PALETTES["light"] | {"sans": MEASURED}
    text = _converter().vegalite_to_svg(figures.filled(spec, palette))
    family = f"'{MEASURED}',{figures.SANS}" if has_wide(text) else figures.SANS
    return renumbered(slanted(regular(text.replace(f'"{MEASURED}"', f'"{family}"'))))


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


def slanted(text: str) -> str:
    """SVG whose variables are italic, in a font that has such letters."""
    italic = f'<tspan font-style="italic" font-family="{figures.SANS}">\\g<0></tspan>'
    return BETWEEN_TAGS.sub(lambda part: figures.SYMBOLS.sub(italic, part[0]), text)


def renumbered(text: str) -> str:
    """SVG with its clip and gradient ids numbered from 0 in order of appearance.

    Vega counts ids over the life of a process: the same chart drawn second has other ids.
    """
    ids = dict.fromkeys(re.findall(r'\bid="([A-Za-z_]+\d+)"', text))
    numbers = {old: f"{re.sub(r'[0-9]+$', '', old)}{i}" for i, old in enumerate(ids)}
    pattern = re.compile(r'(id="|url\(#|href="#)([A-Za-z_]+\d+)(?=["\)])')
    return pattern.sub(lambda m: m[1] + numbers.get(m[2], m[2]), text)


def data_behind(name: str, spec: Mapping[str, Any]) -> pd.DataFrame:
    """The rows that a chart shows, without what only says how they look; of several sets `layer`
    has the names.
    """
    known, shown = spec["datasets"], figures.FIGURES[name].data.split()
    parts = {part: _readable(pd.DataFrame(known[part])) for part in shown if part in known}
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, names=[LAYER]).reset_index(LAYER)
    table = table.drop(columns=LAYER) if len(parts) == 1 else table
    first = [column for column in KEYS if column in table]
    return table[[*first, *sorted(table.columns.drop(first))]].convert_dtypes()


def _readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without looks, texts on one line."""
    painted = [c for c in rows if rows[c].astype(str).str.match(r"\$\w+$").all()]
    rows = rows.drop(columns=[*painted, *_LOOKS.intersection(rows)])
    text = [c for c in rows if not pd.api.types.is_numeric_dtype(rows[c])]
    return rows.assign(**rows[text].map(lambda v: " ".join(v.split()) if isinstance(v, str) else v))
