"""The charts of a report by name and by what they need; cheap to import, nothing is drawn here."""

from collections.abc import Collection
from typing import NamedTuple


class ChartSpec(NamedTuple):
    """What a chart needs, how many charts share its row, share of its height kept on paper.

    What may be needed, `coevo.report.findings.chart_needs` says: a chart that needs "regions" says
    nothing about one region, one that needs "fit" shows the estimates of the region in focus.
    """

    needs: frozenset[str] = frozenset()
    columns: int = 1
    paper: float = 1.0


_INDICES, _COEFFICIENTS = frozenset({"indices"}), frozenset({"coefficients"})
_REGIONS = frozenset({"indices", "regions"})
_OWN, _TILES = frozenset({"own_fits"}), frozenset({"tiles"})

FIGURES: dict[str, ChartSpec] = {
    "opening_degrees": ChartSpec(frozenset({"indices", "degrees"}), columns=2, paper=0.74),
    "claim_counts": ChartSpec(frozenset({"claim_counts"}), paper=0.9),
    "correlations": ChartSpec(frozenset({"correlations"}), paper=0.85),
    "coordination": ChartSpec(_INDICES, paper=0.56),
    "tiles": ChartSpec(_TILES, paper=0.9),
    "group_dots": ChartSpec(frozenset({"untiled"}), paper=0.7),
    "convergence": ChartSpec(frozenset({"convergence"}), paper=0.7),
    "heat": ChartSpec(_REGIONS, paper=0.72),
    "scatter_levels": ChartSpec(frozenset({"levels"}), columns=2, paper=0.75),
    "scatter_within_regions_and_years": ChartSpec(
        frozenset({"within_regions_and_years"}), columns=2, paper=0.75
    ),
    "against_level": ChartSpec(frozenset({"level"}), columns=2, paper=0.74),
    "trajectory": ChartSpec(_INDICES, paper=0.62),
    "growth_split": ChartSpec(frozenset({"growth_split"}), paper=0.62),
    "obstacles": ChartSpec(_INDICES, paper=0.6),
    "by_choice": ChartSpec(frozenset({"combinations", "sensitivity"}), paper=0.8),
    "coefficient_b1": ChartSpec(_COEFFICIENTS, columns=2, paper=0.7),
    "coefficient_d": ChartSpec(_COEFFICIENTS, columns=2, paper=0.7),
    "phase": ChartSpec(frozenset({"fit"}), paper=0.54),
    "region_paths": ChartSpec(_REGIONS),
    "region_phase": ChartSpec(_OWN, paper=0.78),
}


def figure_names(shown: Collection[str]) -> list[str]:
    """Names of the charts of a study that has what `shown` names."""
    return [name for name, figure in FIGURES.items() if figure.needs <= set(shown)]
