"""The two-population model fitted to yearly figures (docs/methods.md, 5).

Integrated over a year the model reads g1 = a1 - b1 R(x2), g2 = -a2 + d R(x1): growth of the logs
on the year's mean R of the other population. Each equation is a line g = c + s R: (c, s) is
(a1, -b1) and (-a2, d). Arrays run over the equations in this order: the first regressor is x2's.
"""

from coevo.estimation.pooled import fit_pooled
from coevo.estimation.region import fit, fit_general

__all__ = ["fit", "fit_general", "fit_pooled"]
