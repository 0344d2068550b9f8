"""The two-population model fitted to yearly figures (docs/methods.md, 5).

Integrated over a year the model reads g1 = a1 - b1 R(x2), g2 = -a2 + d R(x1): growth of the logs
on the year's mean R of the other population. Each equation is a line g = c + s R: (c, s) is
(a1, -b1) and (-a2, d). Arrays run over the equations in this order: the first regressor is x2's.
"""

from coevo.estimation.batches import Batch, fit_batch
from coevo.estimation.general import GeneralFit, RestrictionTest, fit_general, restriction_test
from coevo.estimation.growth import (
    BESIDE,
    ESTIMATORS,
    Discretisation,
    Rows,
    growth_rows,
    population_rows,
    unbroken,
)
from coevo.estimation.logistic import LeslieFit, fit_leslie, leslie_step
from coevo.estimation.pooled import (
    EFFECTS,
    SCALES,
    PooledFit,
    breaks,
    common_year_share,
    fit_pooled,
    within_r_squared,
)
from coevo.estimation.region import Equations, Fit, Regression, fit, ols
from coevo.estimation.trajectory import PathFit, fit_trajectory

__all__ = [
    "BESIDE",
    "EFFECTS",
    "ESTIMATORS",
    "SCALES",
    "Batch",
    "Discretisation",
    "Equations",
    "Fit",
    "GeneralFit",
    "LeslieFit",
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
    "fit_leslie",
    "fit_pooled",
    "fit_trajectory",
    "growth_rows",
    "leslie_step",
    "ols",
    "population_rows",
    "restriction_test",
    "unbroken",
    "within_r_squared",
]
