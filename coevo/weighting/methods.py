"""Methods of weighting, of the figures or of judgement (docs/methods.md, 2).

A method takes the normalised figures Z (rows, m) of one subsystem, all regions and years pooled,
and the same figures before normalisation, `raw` (rows, m). It returns m weights, none negative,
that sum to 1.
"""

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import Refusal, StudyError
from coevo.registry import Method


def shares(values: Array, what: str) -> Array:
    """Return values (m,), none negative, over their sum; `StudyError` if it is not above 0."""
    total = values.sum()
    if not np.isfinite(total) or total <= 0:
        raise StudyError(f"{what} weights do not exist: no indicator differs between rows")
    return np.asarray(values / total)


def equal_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return w_j = 1 / m for the m columns of Z."""
    m = np.asarray(Z).shape[1]
    return np.full(m, 1.0 / m)


def information_entropy(Z: Values) -> Array:
    """Return the entropy e (m,) of each column of Z (rows, m), in [0, 1].

    e_j = -(1 / ln N) sum_i p_ij ln p_ij with p_ij = z_ij / sum_i z_ij, N the number of rows and
    0 ln 0 = 0; computed as (ln S - (sum_i z_ij ln z_ij) / S) / ln N with S = sum_i z_ij. N counts
    all pooled rows: k = 1 / ln(regions) on pooled rows would give e > 1. Raises `StudyError` for
    negative figures, a column of zeros, or fewer than two rows.
    """
    Z = np.asarray(Z, dtype=float)
    least, sums = Z.min(initial=np.inf), Z.sum(axis=0)
    if len(Z) < 2 or least < 0 or np.any(sums <= 0):
        raise StudyError("entropy needs at least two rows of figures, none negative, not all zero")
    logs = np.log(Z) if least > 0 else np.log(Z, out=np.zeros_like(Z), where=Z > 0)
    e = (np.log(sums) - np.einsum("ij,ij->j", Z, logs) / sums) / np.log(len(Z))
    return np.asarray(np.clip(e, 0.0, 1.0))


def entropy_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return w_j = (1 - e_j) / sum_k (1 - e_k), e the information entropy of the columns of Z.

    Z (rows, m) not negative. `StudyError` if no column differs between rows. Source: Shannon
    entropy as in the entropy weight method; tested against Elsayed et al. (2017) and Xu (2004).
    """
    return shares(1.0 - information_entropy(Z), "entropy")


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
    return np.asarray(np.clip(centred.T @ centred, -1.0, 1.0))


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


OBJECTIVE = {
    "entropy": Method(entropy_weights),
    "equal": Method(equal_weights),
    "critic": Method(critic_weights),
    "cv": Method(cv_weights),
    "pca": Method(pca_weights),
    "pca_spssau": Method(pca_spssau_weights),
}


# Saaty's mean consistency index of random comparisons of n = 1, 2, ... items (1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57,
                1.59)  # fmt: skip
LARGEST_RATIO = 0.1


def given_weights(Z: Values, raw: Values | None = None, *, weights: Values) -> Array:
    """Return the weights (m,) as given, divided by their sum; none may be negative."""
    w = np.asarray(weights, dtype=float)
    m = np.asarray(Z).shape[1]
    if w.shape != (m,) or not np.all(np.isfinite(w)) or np.any(w < 0) or w.sum() <= 0:
        raise StudyError(f"given weights must be {m} numbers, none negative, not all zero")
    return np.asarray(w / w.sum())


def consistency(judgements: Values) -> tuple[Array, float, float]:
    """Return the principal eigenvector (n,), sum 1, the eigenvalue and the consistency ratio.

    judgements (n, n): a_ij says how many times i outweighs j; positive, a_ji = 1 / a_ij.
    CI = (lambda_max - n) / (n - 1), CR = CI / RI(n), 0 for n below 3. `StudyError` for a table that
    is not reciprocal, or has more than 15 rows. Source: Saaty (1980).
    """
    A = np.asarray(judgements, dtype=float)
    n = len(A)
    if A.shape != (n, n) or n == 0 or not np.all(np.isfinite(A)) or np.any(A <= 0):
        raise StudyError("comparisons must be a square table of positive numbers")
    if np.abs(A * A.T - 1).max() > 0.02:  # 0.33 against 3 is meant as 1/3
        raise StudyError("comparisons must be reciprocal: the entry of j, i is 1 / that of i, j")
    if n > len(RANDOM_INDEX):
        raise StudyError(f"comparisons of {n} items are too many; at most {len(RANDOM_INDEX)}")
    values, vectors = np.linalg.eig(A)
    main = int(np.argmax(values.real))
    w = np.abs(vectors[:, main].real)
    largest = float(values[main].real)
    ratio = (largest - n) / (n - 1) / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    return w / w.sum(), largest, ratio


def ahp_weights(Z: Values, raw: Values | None = None, *, judgements: Values) -> Array:
    """Return the principal eigenvector of pairwise comparisons (m, m) of the m columns of Z.

    `StudyError` where the consistency ratio is 0.1 or more (from three indicators on).
    """
    m = np.asarray(Z).shape[1]
    w, _, ratio = consistency(judgements)
    if len(w) != m:
        raise StudyError(f"comparisons are of {len(w)} indicators; the subsystem has {m}")
    if ratio >= LARGEST_RATIO:
        raise StudyError(
            f"the comparisons contradict each other: consistency ratio {ratio:.3f}, must be below "
            f"{LARGEST_RATIO}; revise the table"
        )
    return w


SUBJECTIVE = {
    "given": Method(given_weights, needs="given"),
    "ahp": Method(ahp_weights, needs="judgements"),
}
