"""Weights from judgement: given as numbers, or from pairwise comparisons (docs/methods.md, 2)."""

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import StudyError
from coevo.weighting.method import Step, Weighting

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
    "given": Weighting(
        given_weights,
        needs="given",
        steps=(Step("given", look="amount"),),
        cells="{given}/SUM({all_given})",
    ),
    "ahp": Weighting(ahp_weights, needs="judgements"),
}
