"""Weights from the figures themselves: what varies, what is correlated (docs/methods.md, 2).

Each function takes the normalised figures Z (rows, m) of one subsystem, all regions and years
pooled, and the same figures before normalisation, `raw` (rows, m). It returns m weights, none
negative, that sum to 1.
"""

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import Refusal, StudyError
from coevo.weighting.entropy import ENTROPY
from coevo.weighting.method import Weighting, shares
from coevo.weighting.principal_components import (
    indicator_correlations,
    pca_spssau_weights,
    pca_weights,
)


def equal_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return w_j = 1 / m for the m columns of Z."""
    m = np.asarray(Z).shape[1]
    return np.full(m, 1.0 / m)


def critic_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return weights proportional to sd_j sum_k (1 - r_jk): contrast times conflict (CRITIC).

    sd_j of z (its divisor cancels), r_jk Pearson correlations. With m = 1 the weight is 1.
    `StudyError` if a column does not vary or all columns are perfectly correlated. Source:
    Diakoulaki, Mavrotas and Papayannakis (1995), eq. 3.
    """
    Z = np.asarray(Z, dtype=float)
    if Z.shape[1] == 1:
        return np.ones(1)
    conflict = (1.0 - indicator_correlations(Z)).sum(axis=0)
    if conflict.max() < 1e-12:
        raise StudyError("CRITIC weights do not exist: all indicators are perfectly correlated")
    return shares(Z.std(axis=0) * conflict, "CRITIC")


def cv_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return weights proportional to the coefficient of variation sd_j / |mean_j| of `raw`.

    Sample standard deviation (divisor rows - 1) of the figures before normalisation; without `raw`
    those of Z. `Refusal` for figures of both signs: their mean says where zero lies, and not how
    large they are; near zero the coefficient passes every bound.
    """
    x = np.asarray(Z if raw is None else raw, dtype=float)
    if np.any((x.min(axis=0) < 0) & (x.max(axis=0) > 0)):
        raise Refusal("cv_both_signs")
    mean, sd = np.abs(x.mean(axis=0)), x.std(axis=0, ddof=1)
    return shares(np.divide(sd, mean, out=np.zeros_like(sd), where=mean > 0), "CV")


OBJECTIVE = {
    "entropy": ENTROPY,
    "equal": Weighting(equal_weights, cells="1/COLUMNS({all_subsystem})"),
    "critic": Weighting(critic_weights),
    "cv": Weighting(cv_weights),
    "pca": Weighting(pca_weights),
    "pca_spssau": Weighting(pca_spssau_weights),
}
