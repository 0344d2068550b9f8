"""What a fit can say: sets for the equilibrium, signs, intervals (docs/methods.md, 5)."""

from coevo.inference.sets import fieller
from coevo.inference.signs import sign_probabilities

__all__ = ["fieller", "sign_probabilities"]
