"""What a fit can say: sets for the equilibrium, signs, intervals (docs/methods.md, 5)."""

from coevo.inference.sets import equilibrium_sets, fieller
from coevo.inference.signs import sign_probabilities

__all__ = ["equilibrium_sets", "fieller", "sign_probabilities"]
