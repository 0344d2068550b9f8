"""From a specification to images and to the rows that it shows; the library of pages."""

import re
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd

from coevo.messages import has_wide
from coevo.newreport.charts.theme import PALETTES, SANS, SYMBOLS, filled
from coevo.report.figures.typesetting import BETWEEN_TAGS, measuring_folder, pngs

# The converter measures words in the first family alone, and by guess if it does not know it: of
# the fonts of the report this one is known to it and holds Chinese, at its true width.
MEASURED = "Noto Sans SC"
LAYER = "layer"
KEYS = (LAYER, "region", "name", "year")  # columns that come first
# Columns that only say how something looks.
_LOOKS = frozenset("text short g strong fill colour ink left whole named px py row column".split())


def drawn(specs: dict[str, dict[str, Any]]) -> dict[str, tuple[str, bytes]]:
    """Return specifications by name as SVG and PNG in the size of print; fonts are read once."""
    images = {name: svg(spec | spec["usermeta"]["paper"]) for name, spec in specs.items()}
    return {name: (images[name], png) for name, png in pngs(images).items()}


def svg(spec: dict[str, Any]) -> str:
    """Return a specification as SVG on light ground, with ids that depend on the chart alone."""
    palette = PALETTES["light"] | {"sans": MEASURED}
    text = _converter().vegalite_to_svg(filled(spec, palette))
    family = f"'{MEASURED}',{SANS}" if has_wide(text) else SANS
    return _renumbered(_slanted(_regular(text.replace(f'"{MEASURED}"', f'"{family}"'))))


@cache
def _converter() -> ModuleType:
    """Return the library that draws, told once where the font is that it measures by."""
    import vl_convert

    vl_convert.register_font_directory(str(measuring_folder()))
    return vl_convert


def library() -> str:
    """Return the library that draws the charts of a page, as a script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")


def _regular(text: str) -> str:
    """Return SVG whose plain text asks for weight 400 by the axis of the font.

    Typst draws a variable font at its default, the lightest weight, unless the axis is set.
    """
    text = text.replace(' font-weight="normal"', "")
    plain = re.compile(r"<text(?![^>]*font-weight)")
    return plain.sub("<text style=\"font-variation-settings:'wght' 400\"", text)


def _slanted(text: str) -> str:
    """Return SVG whose variables are italic, in a font that has such letters."""
    italic = f'<tspan font-style="italic" font-family="{SANS}">\\g<0></tspan>'
    return BETWEEN_TAGS.sub(lambda part: SYMBOLS.sub(italic, part[0]), text)


def _renumbered(text: str) -> str:
    """Return SVG with its clip and gradient ids numbered from 0 in order of appearance.

    Vega counts ids over the life of a process: the same chart drawn second has other ids.
    """
    ids = dict.fromkeys(re.findall(r'\bid="([A-Za-z_]+\d+)"', text))
    numbers = {old: f"{re.sub(r'[0-9]+$', '', old)}{i}" for i, old in enumerate(ids)}
    pattern = re.compile(r'(id="|url\(#|href="#)([A-Za-z_]+\d+)(?=["\)])')
    return pattern.sub(lambda m: m[1] + numbers.get(m[2], m[2]), text)


def data_behind(spec: dict[str, Any]) -> pd.DataFrame:
    """Return the rows that a chart shows, without what only says how they look; of several sets
    `layer` has the names.
    """
    known, shown = spec["datasets"], spec["usermeta"]["data"]
    parts = {name: pd.DataFrame(known[name]) for name in shown if name in known}
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, names=[LAYER]).reset_index(LAYER)
    dropped = [*_LOOKS.intersection(table), *([LAYER] if len(parts) == 1 else [])]
    table = table.drop(columns=dropped)
    first = [column for column in KEYS if column in table]
    return table[[*first, *sorted(table.columns.drop(first))]].convert_dtypes()
