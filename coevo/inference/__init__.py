"""What a fit can say: sets for the equilibrium, signs, intervals (docs/methods.md, 5)."""

from coevo.inference.sets import (
    FEWEST_REGIONS,
    RatioSet,
    equilibrium_sets,
    fieller,
    interval,
    t_quantile,
)
from coevo.inference.signs import sign_probabilities

__all__ = [
    "FEWEST_REGIONS",
    "RatioSet",
    "equilibrium_sets",
    "fieller",
    "interval",
    "sign_probabilities",
    "t_quantile",
]
