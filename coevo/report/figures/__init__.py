"""The charts of a report by name and by what they need; cheap to import, nothing is drawn here."""

from collections.abc import Collection
from typing import NamedTuple


class Figure(NamedTuple):
    """What a chart needs, how many charts share its row, share of its height kept on paper.

    What may be needed, `coevo.report.findings.chart_needs` says: a chart that needs "regions" says
    nothing about one region, one that needs "fit" shows the estimates of the region in focus.
    """

    needs: frozenset[str] = frozenset()
    columns: int = 1
    paper: float = 1.0


_REGIONS, _COEFFICIENTS = frozenset({"regions"}), frozenset({"coefficients"})
_OWN, _TILES = frozenset({"own_fits"}), frozenset({"tiles"})

FIGURES: dict[str, Figure] = {
    "opening_indices": Figure(columns=2, paper=0.8),
    "opening_correlations": Figure(frozenset({"correlations"}), columns=2, paper=0.8),
    "coordination": Figure(paper=0.5),
    "tiles": Figure(_TILES, paper=0.9),
    "tiles_first": Figure(_TILES, columns=2, paper=0.53),
    "tiles_last": Figure(_TILES, columns=2, paper=0.53),
    "heat": Figure(_REGIONS, paper=0.72),
    "scatter_levels": Figure(frozenset({"levels"}), columns=3, paper=0.75),
    "scatter_within_regions": Figure(frozenset({"within_regions"}), columns=3, paper=0.75),
    "scatter_within_regions_and_years": Figure(
        frozenset({"within_regions_and_years"}), columns=3, paper=0.75
    ),
    "size_adjusted": Figure(frozenset({"size"}), paper=0.72),
    "weights": Figure(paper=0.8),
    "trajectory": Figure(paper=0.75),
    "growth_split": Figure(frozenset({"growth_split"}), paper=0.8),
    "obstacles": Figure(paper=0.8),
    "specification_curve": Figure(frozenset({"combinations"}), paper=0.86),
    "sensitivity": Figure(frozenset({"sensitivity"}), paper=0.7),
    "grade_shares": Figure(frozenset({"draws"}), paper=0.7),
    "coefficient_b1": Figure(_COEFFICIENTS, columns=2, paper=0.7),
    "coefficient_d": Figure(_COEFFICIENTS, columns=2, paper=0.7),
    "interaction_curve_b1": Figure(frozenset({"specifications"}), paper=0.8),
    "interaction_curve_d": Figure(frozenset({"specifications"}), paper=0.8),
    "regional_b1": Figure(_OWN, columns=2, paper=0.85),
    "regional_d": Figure(_OWN, columns=2, paper=0.85),
    "phase": Figure(frozenset({"fit"}), paper=0.54),
    "region_paths": Figure(_REGIONS, columns=2),
    "region_obstacles": Figure(_REGIONS, columns=2),
    "region_grade_shares": Figure(frozenset({"regions", "draws"}), paper=0.7),
    "region_phase": Figure(_OWN, paper=0.78),
}


def figure_names(shown: Collection[str]) -> list[str]:
    """Names of the charts of a study that has what `shown` names."""
    return [name for name, figure in FIGURES.items() if figure.needs <= set(shown)]
