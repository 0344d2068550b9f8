"""What a fit can say: sets for the equilibrium, signs, intervals (docs/methods.md, 5)."""

from coevo.inference.deletion import Deletion, deletion
from coevo.inference.forecast import Forecast, forecast
from coevo.inference.power import detectable, least_interaction
from coevo.inference.rest_region import Projection, in_region, rest_region
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
    quadrant_shares,
    sign_probabilities,
    sign_probabilities_general,
    t_draws,
)

__all__ = [
    "FEWEST_REGIONS",
    "QUADRANTS",
    "Deletion",
    "Forecast",
    "Projection",
    "RatioSet",
    "deletion",
    "detectable",
    "equilibrium_sets",
    "fieller",
    "forecast",
    "in_region",
    "interval",
    "least_interaction",
    "quadrant_shares",
    "rest_region",
    "sign_probabilities",
    "sign_probabilities_general",
    "t_draws",
    "t_quantile",
]
