"""The charts of a report by name and by what they need; cheap to import, nothing is drawn here."""

from collections.abc import Collection
from typing import NamedTuple


class ChartSpec(NamedTuple):
    """What a chart needs, how many charts share its row, share of its height kept on paper.

    What may be needed, `coevo.report.findings.chart_needs` says; several needs are parted by
    spaces. A chart that needs "regions" says nothing about one region, one that needs "fit" shows
    the estimates of the region in focus.
    """

    needs: str = ""
    columns: int = 1
    paper: float = 1.0


FIGURES: dict[str, ChartSpec] = {
    "opening_degrees": ChartSpec("indices degrees", columns=2, paper=0.74),
    "claim_counts": ChartSpec("claim_counts", paper=0.9),
    "correlations": ChartSpec("correlations", paper=0.85),
    "coordination": ChartSpec("indices", paper=0.56),
    "tiles": ChartSpec("tiles", paper=0.9),
    "group_dots": ChartSpec("untiled", paper=0.7),
    "convergence": ChartSpec("convergence", paper=0.7),
    "heat": ChartSpec("indices regions", paper=0.72),
    "scatter_levels": ChartSpec("levels", columns=2, paper=0.75),
    "scatter_within_regions_and_years": ChartSpec(
        "within_regions_and_years", columns=2, paper=0.75
    ),
    "against_level": ChartSpec("level", columns=2, paper=0.74),
    "trajectory": ChartSpec("indices", paper=0.62),
    "growth_split": ChartSpec("growth_split", paper=0.62),
    "obstacles": ChartSpec("indices", paper=0.6),
    "by_choice": ChartSpec("combinations sensitivity", paper=0.8),
    "coefficient_b1": ChartSpec("coefficients", columns=2, paper=0.7),
    "coefficient_d": ChartSpec("coefficients", columns=2, paper=0.7),
    "phase": ChartSpec("fit", columns=2, paper=0.8),
    "theory_growth": ChartSpec("theory", columns=2, paper=0.8),
    "region_paths": ChartSpec("indices regions"),
    "region_phase": ChartSpec("own_fits", paper=0.78),
}


def figure_names(shown: Collection[str]) -> list[str]:
    """Names of the charts of a study that has what `shown` names."""
    return [name for name, figure in FIGURES.items() if set(figure.needs.split()) <= set(shown)]
