"""The charts of a report: functions that return plain Vega-Lite, and what each of them needs."""

from collections.abc import Callable
from typing import Any, NamedTuple

from coevo.newreport.charts.degrees import degrees
from coevo.newreport.charts.drawing import data_behind, drawn, library, svg
from coevo.newreport.charts.headlines import headline_variants, variants
from coevo.newreport.charts.phase import phase
from coevo.newreport.charts.scatters import level, scatter_levels, scatter_within
from coevo.newreport.charts.strengths import strengths
from coevo.newreport.charts.theme import CONFIG, PALETTES, SANS, SYMBOLS, filled
from coevo.newreport.charts.tiles import dots, tiled, tiles
from coevo.newreport.language import Language
from coevo.newreport.sections.equilibrium import path
from coevo.newreport.sections.theory import strengths as strength_rows
from coevo.newreport.sections.together import WITHIN, correlations
from coevo.newreport.study import Study


class Chart(NamedTuple):
    """What draws a chart, and whether a study has what it shows.

    needs: "indexed", "several" regions with indices, or "modelled"; has: what it needs beside.
    """

    draw: Callable[[Study, Language], dict[str, Any]]
    needs: str
    has: Callable[[Study], bool] = lambda study: True


def _has_level(study: Study) -> bool:
    """Return whether D is held against the level of development."""
    return bool(study.tables["level"]["measure"].eq("adjusted_lnD").any())


CHARTS: dict[str, Chart] = {
    "degrees": Chart(degrees, "indexed"),
    "phase": Chart(phase, "modelled", lambda study: len(path(study)) > 0),
    "tiles": Chart(tiles, "several", tiled),
    "dots": Chart(dots, "several", lambda study: not tiled(study)),
    "level": Chart(level, "several", _has_level),
    "scatter_levels": Chart(
        scatter_levels, "several", lambda study: "levels" in correlations(study).index
    ),
    "scatter_within": Chart(
        scatter_within, "several", lambda study: WITHIN in correlations(study).index
    ),
    "strengths": Chart(strengths, "modelled", lambda study: len(strength_rows(study)) > 0),
    "headline_variants": Chart(
        headline_variants, "several", lambda study: len(variants(study)) > 0
    ),
}


def charts_of(study: Study, language: Language) -> dict[str, dict[str, Any]]:
    """Return the specifications of the charts that a study has, by name."""
    several = study.indexed and not study.single
    met = {"indexed": study.indexed, "several": several, "modelled": bool(study.pair)}
    having = {name: one for name, one in CHARTS.items() if met[one.needs] and one.has(study)}
    return {name: one.draw(study, language) for name, one in having.items()}


__all__ = [
    "CHARTS", "CONFIG", "PALETTES", "SANS", "SYMBOLS", "Chart", "charts_of", "data_behind",
    "drawn", "filled", "library", "svg",
]  # fmt: skip
