"""What a fit can say: sets for the equilibrium, signs, intervals (docs/methods.md, 5)."""

from coevo.inference.power import detectable, least_interaction
from coevo.inference.rest_region import rest_point_projections
from coevo.inference.sets import (
    FEWEST_REGIONS,
    RatioSet,
    equilibrium_sets,
    fieller,
    interval,
    t_quantile,
)
from coevo.inference.signs import (
    QUADRANTS,
    independent_quadrants,
    quadrant_probabilities,
    sign_patterns,
    sign_probabilities,
)
from coevo.inference.single_rows import last_growth, leave_one_row_out

__all__ = [
    "FEWEST_REGIONS",
    "QUADRANTS",
    "RatioSet",
    "detectable",
    "equilibrium_sets",
    "fieller",
    "independent_quadrants",
    "interval",
    "last_growth",
    "least_interaction",
    "leave_one_row_out",
    "quadrant_probabilities",
    "rest_point_projections",
    "sign_patterns",
    "sign_probabilities",
    "t_quantile",
]
