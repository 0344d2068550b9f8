"""Colours, type and axes shared by all charts; colours are tokens until a chart is shown.

A specification carries strings such as "$focus". The page replaces them from its CSS variables,
again on every change of theme; `filled` replaces them here, for SVG and PDF.
"""

from typing import Any

GRADE_COUNT = 10
WIDTH = 640  # pixels of a chart as wide as the page

# Grades diverge in hue at 0.5 while lightness runs one way, so that they can be read in grey.
_LIGHT_GRADES = (
    "#fbf3e2 #f6e1be #f3cf9b #eebc7b #e6a960 #63a9cd #1a7eb4 #0066a4 #004d8e #00336b".split()
)
_DARK_GRADES = (
    "#3c2e20 #503921 #654522 #7c5322 #956423 #418bb4 #5aa1ce #78b8e2 #9dcef0 #c8e5f9".split()
)
_BLACK, _WHITE = "#14171a", "#ffffff"
# token -> its colour by day and by night
_COLOURS = {
    "bg": ("#fcfbf8", "#15171a"),
    "ink": ("#1b1e22", "#e9e6df"),
    "muted": ("#5b626a", "#a5abb2"),
    "faint": ("#8d939a", "#7d848c"),
    "rule": ("#cfcdc6", "#3e4349"),
    "grid": ("#e9e7e1", "#26292e"),
    "line": ("#b9bcc0", "#5a6068"),
    "s1": ("#5f45a8", "#ab98f0"),
    "s2": ("#5c8a12", "#a3cc5a"),
    "s3": ("#0c94a0", "#86e6f0"),
    "s1t": ("#5f45a8", "#ab98f0"),
    "s2t": ("#4a7000", "#a3cc5a"),
    "s3t": ("#00707a", "#86e6f0"),
    "focus": ("#c4005a", "#ff6f9c"),
}


def _palette(place: int, grades: list[str], dark_text: range) -> dict[str, str]:
    """Colours by token, with fill and text (g0, t0, ...) of the ten grades; text keeps 4.5:1 in
    every cell.
    """
    texts = [_BLACK if i in dark_text else _WHITE for i in range(GRADE_COUNT)]
    tokens = {token: pair[place] for token, pair in _COLOURS.items()}
    tokens |= {f"g{i}": colour for i, colour in enumerate(grades)}
    return tokens | {f"t{i}": colour for i, colour in enumerate(texts)}


PALETTES = {
    "light": _palette(0, _LIGHT_GRADES, range(6)),
    "dark": _palette(1, _DARK_GRADES, range(5, 10)),
}
SANS = "'Source Sans 3','Segoe UI','Helvetica Neue','Noto Sans','Noto Sans SC',Arial,sans-serif"

CONFIG: dict[str, Any] = {
    "background": None,
    "font": "$sans",
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": "$grid",
        "gridWidth": 1,
        "labelColor": "$muted",
        "labelFontSize": 11.5,
        "labelPadding": 6,
        "titleColor": "$muted",
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "titlePadding": 5,
    },
    "text": {"fontSize": 11.5, "color": "$ink"},
    "legend": {"disable": True},
    "title": {
        "anchor": "start",
        "frame": "group",
        "fontSize": 12,
        "fontWeight": "normal",
        "color": "$ink",
    },
}


def filled(spec: Any, palette: dict[str, str]) -> Any:
    """A copy of a specification with every "$token" replaced by its colour or font stack."""
    if isinstance(spec, str):
        return {"sans": SANS, **palette}.get(spec[1:], spec) if spec.startswith("$") else spec
    if isinstance(spec, list):
        return [filled(item, palette) for item in spec]
    if isinstance(spec, dict):
        return {key: filled(item, palette) for key, item in spec.items()}
    return spec


def subsystem_colour(position: int, *, text: bool = False) -> str:
    """Token of the subsystem at `position` (0 is the first); later ones reuse the third."""
    return f"$s{min(position, 2) + 1}{'t' if text else ''}"
