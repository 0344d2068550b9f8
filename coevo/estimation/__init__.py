"""The two-population model fitted to yearly figures (docs/methods.md, 5).

Integrated over a year the model reads g1 = a1 - b1 R(x2), g2 = -a2 + d R(x1): growth of the logs
on the year's mean R of the other population. Each equation is a line g = c + s R: (c, s) is
(a1, -b1) and (-a2, d). Arrays run over the equations in this order: the first regressor is x2's.
"""

from coevo.estimation.batches import Batch, fit_batch
from coevo.estimation.effects import EFFECTS
from coevo.estimation.general import (
    FORMS,
    GeneralFit,
    RestrictionTest,
    fit_general,
    restriction_test,
)
from coevo.estimation.growth import (
    BESIDE,
    ESTIMATORS,
    Discretisation,
    Rows,
    growth_rows,
    population_rows,
    unbroken,
)
from coevo.estimation.pooled import PooledFit, common_year_share, fit_pooled
from coevo.estimation.pooled_rows import SCALES, breaks
from coevo.estimation.region import Equations, Fit, fit
from coevo.estimation.regression import Regression, regress
from coevo.estimation.trajectory import PathFit, fit_trajectory

__all__ = [
    "BESIDE",
    "EFFECTS",
    "ESTIMATORS",
    "FORMS",
    "SCALES",
    "Batch",
    "Discretisation",
    "Equations",
    "Fit",
    "GeneralFit",
    "PathFit",
    "PooledFit",
    "Regression",
    "RestrictionTest",
    "Rows",
    "breaks",
    "common_year_share",
    "fit",
    "fit_batch",
    "fit_general",
    "fit_pooled",
    "fit_trajectory",
    "growth_rows",
    "population_rows",
    "regress",
    "restriction_test",
    "unbroken",
]
