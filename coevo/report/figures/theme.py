"""Colours, type and axes shared by all charts; colours are tokens until a chart is shown.

A specification carries strings such as "$focus". The page replaces them from its CSS variables,
again on every change of theme; `filled` replaces them here, for SVG and PDF.
"""

from typing import Any

from coevo.report.figures import SHARED

GRADE_COUNT = 10
WIDTH = 640  # pixels of a chart as wide as the page
PALETTES: dict[str, dict[str, str]] = {
    theme: {token: pair[place] for token, pair in SHARED["colours"].items()}
    for place, theme in enumerate(("light", "dark"))
}
SANS = "'Source Sans 3','Segoe UI','Helvetica Neue','Noto Sans','Noto Sans SC',Arial,sans-serif"
CONFIG: dict[str, Any] = SHARED["config"]


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
