"""The charts of a report by name and by what they need; cheap to import, nothing is drawn here."""

from typing import NamedTuple


class Figure(NamedTuple):
    """What a chart needs, how many charts share its row, share of its height kept on paper.

    A chart that needs "regions" says nothing about one region; one that needs "pair" shows the
    two-population model, which a study without `interaction` does not have.
    """

    needs: frozenset[str] = frozenset()
    columns: int = 1
    paper: float = 1.0


_REGIONS, _PAIR = frozenset({"regions"}), frozenset({"pair"})

FIGURES: dict[str, Figure] = {
    "opening_indices": Figure(columns=2),
    "opening_correlations": Figure(_REGIONS, columns=2),
    "coordination": Figure(paper=0.7),
    "heat": Figure(_REGIONS, paper=0.78),
    "scatter_levels": Figure(_REGIONS, columns=3, paper=0.75),
    "scatter_within_regions": Figure(_REGIONS, columns=3, paper=0.75),
    "scatter_within_regions_and_years": Figure(_REGIONS, columns=3, paper=0.75),
    "weights": Figure(paper=0.82),
    "trajectory": Figure(paper=0.75),
    "obstacles": Figure(paper=0.82),
    "coefficient_b1": Figure(_PAIR, columns=2, paper=0.9),
    "coefficient_d": Figure(_PAIR, columns=2, paper=0.9),
    "regional_b1": Figure(_PAIR | _REGIONS, columns=2, paper=0.85),
    "regional_d": Figure(_PAIR | _REGIONS, columns=2, paper=0.85),
    "phase": Figure(_PAIR, paper=0.78),
    "region_paths": Figure(_REGIONS, columns=2),
    "region_obstacles": Figure(_REGIONS, columns=2),
}


def figure_names(regions: int, pair: bool) -> list[str]:
    """Names of the charts of a study.

    Parameters
    ----------
    regions
        Number of regions of the study.
    pair
        Whether the study has an upstream and a downstream output.
    """
    has = {name for name, given in (("regions", regions > 1), ("pair", pair)) if given}
    return [name for name, figure in FIGURES.items() if figure.needs <= has]
