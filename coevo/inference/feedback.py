"""Feedback against self-limitation in the general model (docs/methods.md, 6).

    weak form     A12 > 0 and A21 > 0
    strong form   also A11 < 0, A22 < 0 and Phi = A12 A21/(A11 A22) > 1

One operationalisation, ours. Phi > 1 with these signs means det A < 0: growth without bound in the
model. The denominator is self-limitation, not competition, and nothing here measures knowledge.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from coevo.arrays import Array, Booleans
from coevo.errors import Refusal
from coevo.inference.sets import RatioSet, fieller, interval

WEAK, STRONG = 2, 5  # statements that have to hold together


class Verdict(StrEnum):
    """Whether statements hold together: all do, one does not, or the data leave it open."""

    YES = "yes"
    NO = "no"
    OPEN = "undecidable"


@dataclass(frozen=True)
class Feedback:
    """Both forms, and what they rest on.

    weak, strong: verdicts; difference: p - q with its interval, p = A12 A21, q = A11 A22; phi:
    Fieller's set of p/q; located: whether Phi can be located at all: neither A11 nor A22 may be 0,
    and the set is an interval.
    """

    weak: Verdict
    strong: Verdict
    difference: float
    difference_low: float
    difference_high: float
    phi: RatioSet
    located: bool


def feedback_verdicts(
    A: Array, covariance: Array, df: int, level: float = 0.95, draws: int = 20_000, seed: int = 1,
    carried: Booleans | None = None,
) -> Feedback:  # fmt: skip
    """Return what A (2, 2) says of feedback.

    covariance (4, 4): of A11, A12, A21, A22; df: of t; carried (2,): regressors whose slopes rest
    on one region, and decide nothing. Single coefficients have t intervals;
    p - q has percentiles of draws from the multivariate t, since a product of two uncertain factors
    is far from normal; Phi has Fieller's set with the covariance of (p, q) by the delta method.
    Verdicts use intervals at 1 - (1 - level)/m for the m statements of a form (Bonferroni): "yes"
    if each lies on its side, "no" if one lies on the other side. `StudyError` for a covariance that
    is not positive.
    """
    error = np.sqrt(np.diag(covariance)).reshape(2, 2)
    if not np.all(error > 0):
        raise Refusal("no_error_of_coefficient")
    drawn = _differences(A, covariance, df, draws, seed)
    low, high = interval(A, error, df, level)
    judged = error if carried is None else np.where(carried, np.inf, error)
    difference_low, difference_high = _percentiles(drawn, level)
    phi = _phi(A, covariance, df, level)
    limited = (low[0, 0] > 0 or high[0, 0] < 0) and (low[1, 1] > 0 or high[1, 1] < 0)
    return Feedback(
        weak=_verdict(A, judged, df, 1 - (1 - level) / WEAK),
        strong=_verdict(A, judged, df, 1 - (1 - level) / STRONG, drawn),
        difference=float(A[0, 1] * A[1, 0] - A[0, 0] * A[1, 1]),
        difference_low=difference_low,
        difference_high=difference_high,
        phi=phi,
        located=bool(limited and phi.kind == "interval"),
    )


def _verdict(A: Array, error: Array, df: int, level: float, drawn: Array | None = None) -> Verdict:
    """Return whether the statements of a form hold, those of the strong one by draws of p - q.

    level: of the interval of each statement.
    """
    low, high = interval(A, error, df, level)
    positive = [(low[0, 1], high[0, 1]), (low[1, 0], high[1, 0])]
    if drawn is not None:
        positive += [(-high[i, i], -low[i, i]) for i in range(2)]
        known = np.isfinite(error).all()
        positive.append(_percentiles(drawn, level) if known else (-np.inf, np.inf))
    if all(low > 0 for low, _ in positive):
        return Verdict.YES
    return Verdict.NO if any(high < 0 for _, high in positive) else Verdict.OPEN


def _differences(A: Array, covariance: Array, df: int, draws: int, seed: int) -> Array:
    """Return draws (draws,) of A12 A21 - A11 A22 from the multivariate t of A.

        A + L z sqrt(df/chi2(df)),   L L' = covariance

    L is that of the correlations times the errors, so that no unit matters.
    """
    generator = np.random.default_rng(seed)
    z = generator.standard_normal((4, draws))
    stretch = np.sqrt(df / generator.chisquare(df, draws))
    error = np.sqrt(np.diag(covariance))
    root = error[:, None] * _cholesky(covariance / np.outer(error, error))
    a11, a12, a21, a22 = A.reshape(4, 1) + root @ z * stretch
    return np.asarray(a12 * a21 - a11 * a22)


def _cholesky(unit: Array) -> Array:
    """Return the lower factor of correlations (k, k), of which some may be 1 in size."""
    root = np.zeros_like(unit)
    for j in range(len(unit)):
        left = unit[j:, j] - root[j:, :j] @ root[j, :j]
        pivot = np.sqrt(max(left[0], 0.0))
        root[j:, j] = left / pivot if pivot > 0 else 0.0
    return root


def _percentiles(drawn: Array, level: float) -> tuple[float, float]:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _phi(A: Array, covariance: Array, df: int, level: float) -> RatioSet:
    """Return Fieller's set of Phi = p/q, with (p, q) linear in A around the estimate."""
    (a11, a12), (a21, a22) = A
    slopes = np.array([[0, a21, a12, 0], [a22, 0, 0, a11]])  # of p and of q
    V = slopes @ covariance @ slopes.T
    turned = V * np.array([[1, -1], [-1, 1]])  # fieller takes -c/s: c = -p, s = q
    return fieller(-a12 * a21, a11 * a22, turned, df, level)
