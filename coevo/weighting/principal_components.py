"""Weights by principal components, and whether components suit the figures (docs/methods.md, 2)."""

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import StudyError
from coevo.weighting.method import shares


def indicator_correlations(Z: Values) -> Array:
    """Return the Pearson correlations (m, m) of the columns of Z (rows, m).

    `StudyError` if a column does not vary: it has no correlation.
    """
    Z = np.asarray(Z, dtype=float)
    centred = Z - Z.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    if len(Z) < 2 or np.any(size <= 1e-12 * np.sqrt(len(Z)) * np.abs(Z).max(axis=0, initial=0)):
        raise StudyError("an indicator does not vary over the rows, so it has no correlation")
    centred /= size
    r: Array = np.clip(centred.T @ centred, -1.0, 1.0)
    return r


def components(Z: Values) -> tuple[Array, Array]:
    """Return eigenvalues (k,) above 1 of the correlations of Z, and their vectors (m, k).

    The largest first; each vector has unit length and a sum that is not negative. `StudyError` if
    none exceeds 1 (uncorrelated indicators), or if all are kept, which would give equal weights.
    """
    values, vectors = np.linalg.eigh(indicator_correlations(Z))
    keep = values > 1 + 1e-9
    if not keep.any() or keep.all():
        raise StudyError(
            "principal components above 1 do not exist: the indicators are not correlated"
        )
    values, vectors = values[keep][::-1], vectors[:, keep][:, ::-1]
    return values, vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)


def pca_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return weights proportional to sum_k v_jk^2 lambda_k over the components above 1.

    lambda_k, v_k: eigenvalues and unit vectors of the correlations of Z. The sum is the variance of
    indicator j that the kept components carry. With m = 1 the weight is 1.
    """
    if np.asarray(Z).shape[1] == 1:
        return np.ones(1)
    values, vectors = components(Z)
    return shares(vectors**2 @ values, "PCA")


def pca_spssau_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return the weights that SPSSAU derives from principal components.

    Loadings over the root of the eigenvalue (which are the unit vectors v), averaged over the kept
    components by their share of the variance explained, then divided by their sum:
    w_j prop. to sum_k v_jk lambda_k. `StudyError` where a sum is negative (it is no weight), or
    where two components carry the same variance or weigh for and against alike: signs are
    arbitrary.
    """
    if np.asarray(Z).shape[1] == 1:
        return np.ones(1)
    values, vectors = components(Z)
    if np.any(np.abs(np.diff(values)) < 1e-6) or np.any(np.abs(vectors.sum(axis=0)) < 1e-6):
        raise StudyError("the components are not determined by these figures; use pca")
    scores = vectors @ values
    if np.any(scores < 0):
        raise StudyError("an indicator gets a negative weight from these components; use pca")
    return shares(scores, "PCA")


def kaiser_meyer_olkin(Z: Values) -> float:
    """Return the Kaiser-Meyer-Olkin measure of sampling adequacy of Z (rows, m), 0 to 1.

    sum r_jk^2 / (sum r_jk^2 + sum q_jk^2) over j != k, q the partial correlations given all others.
    NaN if the correlations cannot be inverted.
    """
    r = indicator_correlations(Z)
    if np.linalg.cond(r) > 1e12:
        return float("nan")
    inverse = np.linalg.inv(r)
    scale = np.sqrt(np.diag(inverse))
    off = ~np.eye(len(r), dtype=bool)
    direct = (r[off] ** 2).sum()
    partial = ((inverse / np.outer(scale, scale))[off] ** 2).sum()
    return float(direct / (direct + partial)) if direct + partial > 0 else float("nan")


def bartlett_sphericity(Z: Values) -> tuple[float, int]:
    """Return Bartlett's statistic that the indicators are uncorrelated, and its degrees of freedom.

    chi2 = -(N - 1 - (2m + 5) / 6) ln det R with m (m - 1) / 2 degrees; infinite if det R is 0.
    """
    r = indicator_correlations(Z)
    rows, m = np.asarray(Z).shape
    sign, logdet = np.linalg.slogdet(r)
    chi2 = -(rows - 1 - (2 * m + 5) / 6) * logdet if sign > 0 else float("inf")
    return float(chi2), m * (m - 1) // 2
