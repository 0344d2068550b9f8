"""Regional pattern: D in space and over time (docs/methods.md, 4)."""

from collections.abc import Callable, Iterator

import pandas as pd

from coevo.arrays import Row
from coevo.errors import Refusal
from coevo.files import as_table
from coevo.regional.convergence import club_rows, dispersion_rows, growth_rows
from coevo.regional.inequality import density_lines, density_rows, gini_rows, mean_rows, theil_rows
from coevo.regional.mobility import mobility_rows, move_rows, spatial_mobility_rows
from coevo.regional.neighbourhood import level_neighbour_rows, local_rows, neighbour_rows
from coevo.regional.regional_panel import ADJUSTED, ALL, PLAIN, RegionalPanel

Block = Callable[[RegionalPanel, str], Iterator[Row]]
# statistic by which a refusal of the whole block is named -> its rows, and of what they are made;
# a row without a scope is of all regions
BLOCKS: dict[str, tuple[Block, tuple[str, ...]]] = {
    "mean": (mean_rows, (PLAIN, ADJUSTED)),
    "sd_ln": (dispersion_rows, (PLAIN, ADJUSTED)),
    "beta": (growth_rows, (PLAIN,)),
    "log_t": (club_rows, (PLAIN,)),
    "theil": (theil_rows, (PLAIN, ADJUSTED)),
    "gini": (gini_rows, (PLAIN,)),
    "moran": (neighbour_rows, (PLAIN, ADJUSTED)),
    "moran_level": (level_neighbour_rows, (PLAIN, ADJUSTED)),
    "local_moran": (local_rows, (PLAIN, ADJUSTED)),
    "mobility": (mobility_rows, (PLAIN,)),
    "spatial_mobility": (spatial_mobility_rows, (PLAIN,)),
    "density": (density_rows, (PLAIN,)),
}


def _rows(study: RegionalPanel) -> Iterator[Row]:
    for statistic, (block, measures) in BLOCKS.items():
        for of in measures:
            for row in _or_refusal(statistic, block(study, of)):
                scope = row.get("scope", ALL)
                yield row | {"of": of, "scope": scope, "name": study.names.get(scope, scope)}


def _or_refusal(statistic: str, rows: Iterator[Row]) -> Iterator[Row]:
    """Yield rows, and where figures forbid further ones the reason."""
    try:
        yield from rows
    except Refusal as why:
        yield {"statistic": statistic} | why.columns


def regional_tables(study: RegionalPanel) -> dict[str, pd.DataFrame]:
    """Return the tables `regional`, `mobility` and `density` of a study (columns: docs/tables.md).

    What the figures do not allow has a row without a value, with the reason in its place.
    """
    return {
        "regional": as_table("regional", _rows(study)),
        "mobility": as_table("mobility", move_rows(study)),
        "density": as_table("density", density_lines(study)),
    }


__all__ = ["BLOCKS", "RegionalPanel", "regional_tables"]
