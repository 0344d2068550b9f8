"""Nonlinear least squares from several starts."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation.growth import Array

# p (k,) -> residuals (m,) and their Jacobian (m, k); either may be infinite where p makes no sense
Model = Callable[[Array], tuple[Array, Array]]
TOLERANCE = 1e-14  # of the sum of squares and of the parameters, relative
EVALUATIONS = 1000  # at most, from each start
STATIONARY = 1e-4  # cosine of the residuals with a parameter's direction, at most, in a minimum
PERFECT = 1e-6  # residuals that small beside those of the start are rounding: no cosine is asked
PENALTY = 1e8  # residual of parameters that make no sense: the step there is taken back
SAME = 1e-4  # relative difference of parameters that counts as one minimum


class Optimum(NamedTuple):
    """The least sum of squares found.

    parameters (k,); residuals (m,); covariance (k, k) = s^2 (J'J)^-1 with s^2 = RSS/(m - k);
    condition: condition number of J with columns of unit length; starts: how many were tried;
    agreeing: how many ended in this minimum.
    """

    parameters: Array
    residuals: Array
    covariance: Array
    condition: float
    starts: int
    agreeing: int


def least_squares(
    model: Model, starts: npt.ArrayLike, what: str = "fit", evaluations: int = EVALUATIONS
) -> Optimum:
    """Return the best minimum of the sum of squared residuals over the starts (number, k).

    Levenberg-Marquardt (MINPACK) from each start with parameters scaled by the Jacobian, at most
    `evaluations` of the model each; m > k. Parameters that run away, or stop where the model ends,
    are no minimum. `StudyError` if no start converges, or the residuals there do not determine the
    parameters.
    """
    points = np.atleast_2d(np.asarray(starts, dtype=float))
    ends = [end for start in points if (end := _descend(model, start, evaluations))]
    if not ends:
        raise Refusal(
            "no_convergence",
            f"the {what} did not converge from any of {len(points)} starts",
            starts=len(points),
        )
    best = min(ends, key=lambda end: float(end[1] @ end[1]))
    parameters, residuals, J = best
    agreeing = sum(np.allclose(end[0], parameters, rtol=SAME, atol=0) for end in ends)
    length = np.linalg.norm(J, axis=0)
    R = np.linalg.qr(J / np.where(length > 0, length, 1), mode="r")
    if np.abs(np.diag(R)).min() <= len(residuals) * np.finfo(float).eps:
        raise Refusal(
            "path_undetermined",
            f"the {what} does not determine its parameters: more years are needed",
        )
    inverse = np.linalg.inv(R) / length[:, None]
    variance = residuals @ residuals / (len(residuals) - len(parameters))
    covariance = variance * inverse @ inverse.T
    condition = float(np.linalg.cond(R))
    return Optimum(parameters, residuals, covariance, condition, len(points), agreeing)


def scatter(start: npt.ArrayLike, number: int, spread: float, seed: int) -> Array:
    """Return `start` (k,) and number - 1 points around it, (number, k).

    Each parameter is multiplied by exp(spread z), z standard normal: signs and sizes are kept.
    """
    point = np.asarray(start, dtype=float)
    z = np.random.default_rng(seed).standard_normal((number, len(point)))
    z[0] = 0
    return point * np.exp(spread * z)


def _descend(model: Model, start: Array, evaluations: int) -> tuple[Array, Array, Array] | None:
    """Return parameters, residuals and Jacobian of the minimum below the start; None if none."""
    from scipy.optimize import least_squares as minimise

    evaluate = _remember(model)
    before = np.linalg.norm(evaluate(start)[0])
    if before >= PENALTY:
        return None
    found = minimise(
        lambda p: evaluate(p)[0],
        start,
        jac=lambda p: evaluate(p)[1],
        method="lm",
        x_scale="jac",
        ftol=TOLERANCE,
        xtol=TOLERANCE,
        gtol=TOLERANCE,
        max_nfev=evaluations,
    )
    residuals, J = evaluate(found.x)
    slope = np.abs(J.T @ residuals)
    allowed = max(STATIONARY * np.linalg.norm(residuals), PERFECT * before)
    stationary = np.all(slope <= allowed * np.linalg.norm(J, axis=0))
    return (found.x, residuals, J) if found.success and stationary else None


def _remember(model: Model) -> Model:
    """Return the model with its last value kept and what is not finite turned into a penalty."""
    last: list[tuple[Array, tuple[Array, Array]]] = []

    def evaluate(p: Array) -> tuple[Array, Array]:
        if not last or not np.array_equal(last[0][0], p):
            with np.errstate(all="ignore"):
                residuals, J = model(p)
            if not (np.isfinite(residuals).all() and np.isfinite(J).all()):
                residuals, J = np.full(residuals.shape, PENALTY), np.zeros(J.shape)
            last[:] = [(p.copy(), (residuals, J))]
        return last[0][1]

    return evaluate
