"""Colours and type of charts.

A specification carries colours as tokens such as "$focus". The page replaces them from its CSS
variables, again on every change of theme; `filled` replaces them for SVG.
"""

import re
from typing import Any

# Colour of a token on light and on dark ground; s1t: words in the colour of a line s1.
_PAIRS = {
    "bg": ("#fcfbf8", "#15171a"), "ink": ("#1b1e22", "#e9e6df"), "muted": ("#5b626a", "#a5abb2"),
    "faint": ("#8d939a", "#7d848c"), "rule": ("#cfcdc6", "#3e4349"), "grid": ("#e9e7e1", "#26292e"),
    "line": ("#b9bcc0", "#5a6068"), "focus": ("#c4005a", "#ff6f9c"),
    "s1": ("#5f45a8", "#ab98f0"), "s2": ("#5c8a12", "#a3cc5a"), "s3": ("#0c94a0", "#86e6f0"),
    "s1t": ("#5f45a8", "#ab98f0"), "s2t": ("#4a7000", "#a3cc5a"), "s3t": ("#00707a", "#86e6f0"),
}  # fmt: skip
# Grades diverge in hue at 0.5 while lightness runs one way, so that they can be read in grey.
_GRADES = {
    "light": "fbf3e2 f6e1be f3cf9b eebc7b e6a960 63a9cd 1a7eb4 0066a4 004d8e 00336b",
    "dark": "3c2e20 503921 654522 7c5322 956423 418bb4 5aa1ce 78b8e2 9dcef0 c8e5f9",
}
_DARK, _WHITE = "#14171a", "#ffffff"
# Words on a grade keep a contrast of 4.5:1 in every cell.
_ON_GRADES = {"light": [_DARK] * 6 + [_WHITE] * 4, "dark": [_WHITE] * 5 + [_DARK] * 5}
PLACES = list(range(10))  # on the ramp of grades


def _palette(theme: str, place: int) -> dict[str, str]:
    grades = {f"g{i}": f"#{code}" for i, code in enumerate(_GRADES[theme].split())}
    words = {f"t{i}": colour for i, colour in enumerate(_ON_GRADES[theme])}
    return {token: pair[place] for token, pair in _PAIRS.items()} | grades | words


PALETTES = {theme: _palette(theme, place) for place, theme in enumerate(("light", "dark"))}
SANS = "'Source Sans 3','Segoe UI','Helvetica Neue','Noto Sans','Noto Sans SC',Arial,sans-serif"
_NUMBER = {"decimal": ".", "thousands": "\u202f", "grouping": [3], "currency": ["", ""]}
CONFIG: dict[str, Any] = {
    "background": None,
    "font": "$sans",
    "locale": {"number": _NUMBER | {"minus": "−"}},
    "view": {"stroke": None},
    "axis": {
        "domain": False, "ticks": False, "gridColor": "$grid", "gridWidth": 1,
        "labelColor": "$muted", "labelFontSize": 11.5, "labelPadding": 6, "titleColor": "$muted",
        "titleFontSize": 11.5, "titleFontWeight": "normal", "titlePadding": 5,
    },
    "text": {"fontSize": 11.5, "color": "$ink"},
    "legend": {"disable": True},
    "title": {
        "anchor": "start", "frame": "group", "fontSize": 12, "fontWeight": "normal",
        "color": "$ink",
    },
}  # fmt: skip
# Variables, which are italic in the words of a chart: they stand beside no letter or digit.
SYMBOLS = re.compile(
    r"(?<![A-Za-z0-9&;])"
    r"(?:[CDETU][₁₂₃]?|(?:[abx][₁₂₃])+|δ|R(?=²)|[pr](?=[ \u00a0][=<]))"
    r"(?![A-Za-z0-9₁₂₃])"
)


def filled(spec: Any, palette: dict[str, str]) -> Any:
    """Return a copy of a specification with every "$token" replaced by its colour or font."""
    if isinstance(spec, list):
        return [filled(item, palette) for item in spec]
    if isinstance(spec, dict):
        return {key: filled(item, palette) for key, item in spec.items()}
    if isinstance(spec, str) and spec.startswith("$"):
        return ({"sans": SANS} | palette).get(spec[1:], spec)
    return spec
