"""Nonlinear least squares of many problems at once, each from several starts."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Booleans, Integers, Values
from coevo.errors import Refusal

# p (m, k) and the problem (m,) of each -> residuals (m, n) and their Jacobian (m, n, k);
# either may be infinite where p makes no sense, and both zero in rows that a problem has not
Model = Callable[[Array, Integers], tuple[Array, Array]]

TOLERANCE = 1e-14  # of the sum of squares and of the parameters, relative
EVALUATIONS = 1000  # at most, from each start
STATIONARY = 1e-4  # cosine of the residuals with a parameter's direction, at most, in a minimum
PERFECT = 1e-6  # residuals that small beside those of the start are rounding: no cosine is asked
PENALTY = 1e8  # residual of parameters that make no sense: the step there is taken back
FIRST_RADIUS = 100.0  # of the region that is trusted, in lengths of the start
NEAR, TRIALS = 0.1, 20  # a step leaves the region by this share at most; to find its damping
LEAST_RATIO = 1e-4  # of what the line foretells, for a step to be taken
EPS = float(np.finfo(float).eps)


class Optimum(NamedTuple):
    """The least sum of squares found.

    parameters (k,); residuals (n,); covariance (k, k) = s^2 (J'J)^-1 with s^2 = RSS/(rows - k).
    """

    parameters: Array
    residuals: Array
    covariance: Array


def least_squares(
    model: Model, starts: Values, rows: Values, evaluations: int = EVALUATIONS
) -> list[Optimum | Refusal]:
    """Return the best minimum of each problem's sum of squared residuals, or why there is none.

    starts (problems, number, k); rows (problems,): how many residuals each has, more than k.
    Levenberg-Marquardt from each start, at most `evaluations` of the model each. Parameters that
    run away, or stop where the model ends, are no minimum. `Refusal` in place of a problem of
    which no start converges, or whose residuals do not determine the parameters.
    """
    points = np.asarray(starts, dtype=float)
    problems, number, k = points.shape
    owner = np.repeat(np.arange(problems), number)
    ends = Descents(model, points.reshape(-1, k), owner)
    ends.run(evaluations)
    total = np.where(ends.minimum(), (ends.residuals**2).sum(axis=1), np.inf)
    best = total.reshape(problems, number).argmin(axis=1) + number * np.arange(problems)
    return [
        _optimum(ends.x[i], ends.residuals[i], ends.J[i], int(n))
        if np.isfinite(total[i])
        else Refusal("no_convergence", starts=number)
        for i, n in zip(best, np.asarray(rows), strict=True)
    ]


def scatter(start: Values, number: int, spread: float, seed: int) -> Array:
    """Return `start` (k,) and number - 1 points around it, (number, k).

    Each parameter is multiplied by exp(spread z), z standard normal: signs and sizes are kept.
    """
    point = np.asarray(start, dtype=float)
    z = np.random.default_rng(seed).standard_normal((number, len(point)))
    z[0] = 0
    return point * np.exp(spread * z)


def _optimum(x: Array, residuals: Array, J: Array, rows: int) -> Optimum | Refusal:
    length = np.linalg.norm(J, axis=0)
    R = np.linalg.qr(J / np.where(length > 0, length, 1), mode="r")
    if np.abs(np.diag(R)).min() <= rows * EPS:
        return Refusal("path_undetermined")
    inverse = np.linalg.inv(R) / length[:, None]
    variance = residuals @ residuals / (rows - len(x))
    return Optimum(x, residuals, variance * inverse @ inverse.T)


class Descents:
    """Levenberg and Marquardt's descents from m starts, side by side.

    Each step is the least-squares step inside the region that is trusted, an ellipsoid in the scale
    of the Jacobian that shrinks and grows with the agreement of the model and its line. Rules and
    constants are those of MINPACK's lmder. Source: More (1978).

    x (m, k): where each stands; residuals (m, n) and J (m, n, k) there; reached (m,): whether the
    sum of squares falls no further; ended (m,): whether the steps have died out too, which takes
    longer where the minimum is flat.
    """

    def __init__(self, model: Model, starts: Array, problem: Integers) -> None:
        self.model, self.problem, self.x = model, problem, starts.copy()
        self.residuals, self.J = _evaluated(model, starts, problem)
        self.before = _length(self.residuals)
        self.possible = self.before < PENALTY
        self.scale = _or_one(_length(self.J))
        self.radius = FIRST_RADIUS * _or_one(_length(self.scale * starts))
        self.reached = self._pull(slice(None)) <= TOLERANCE * self.before
        self.ended = self.reached.copy()

    def minimum(self) -> Booleans:
        """Return where a descent has come to rest in a minimum (m,)."""
        allowed = np.maximum(STATIONARY * _length(self.residuals), PERFECT * self.before)
        return np.asarray(self.possible & self.reached & (self._pull(slice(None)) <= allowed))

    def run(self, evaluations: int) -> None:
        """Descend until all are at rest or have used their evaluations of the model."""
        for turn in range(evaluations - 1):
            on = np.flatnonzero(self.possible & ~self.ended)
            if not len(on):
                break
            self._turn(on, first=turn == 0)

    def _pull(self, of: Integers | slice) -> Array:
        """Return the greatest part of the residuals along a column of J, of some descents."""
        J = self.J[of]
        slope = np.abs((J * self.residuals[of][:, :, None]).sum(axis=1))
        return np.asarray((slope / _or_one(_length(J))).max(axis=1))

    def _turn(self, on: Integers, first: bool) -> None:
        """Try one step of the descents `on`; it is taken where it lowers the sum of squares."""
        U, s, Vt = np.linalg.svd(self.J[on] / self.scale[on, None], full_matrices=False)
        along = (U * self.residuals[on, :, None]).sum(axis=1)
        damping = _damping(s, along, self.radius[on])
        q = _damped(s, along, damping)
        length = _length(q)
        x = self.x[on] - (Vt * q[:, :, None]).sum(axis=1) / self.scale[on]
        residuals, J = _evaluated(self.model, x, self.problem[on])

        # how far the sum of squares falls, by the line and by the model, as a share of it
        before, after = _length(self.residuals[on]), _length(residuals)
        slope = (_length(s * q) / before) ** 2 + damping * (length / before) ** 2
        foretold = slope + damping * (length / before) ** 2
        fell = np.where(0.1 * after < before, 1 - (after / before) ** 2, -1)
        ratio = np.divide(fell, foretold, out=np.zeros_like(fell), where=foretold > 0)
        slight = (np.abs(fell) <= TOLERANCE) & (foretold <= TOLERANCE)
        ratio = np.where(slight, 1, ratio)  # rounding says nothing against the step

        radius = np.minimum(self.radius[on], length) if first else self.radius[on]
        short = np.clip(slope / _or_one(2 * slope - fell), 0.1, 0.5)
        short = np.where(0.1 * after < before, short, 0.1) * np.minimum(radius, 10 * length)
        wide = (ratio >= 0.75) | (damping == 0)
        self.radius[on] = np.where(ratio <= 0.25, short, np.where(wide, 2 * length, radius))

        better = ratio >= LEAST_RATIO
        taken = on[better]
        self.x[taken], self.residuals[taken] = x[better], residuals[better]
        self.J[taken] = J[better]
        still = self.radius[on] <= TOLERANCE * _length(self.scale[on] * self.x[on])
        still |= self._pull(on) <= TOLERANCE * _length(self.residuals[on])
        self.reached[on] |= still | slight
        self.ended[on] = still | (slight & (foretold <= TOLERANCE**1.5))
        self.scale[taken] = np.maximum(self.scale[taken], _length(J[better]))


def _damping(s: Array, along: Array, radius: Array) -> Array:
    """Return the damping (m,) that makes a step as long as the radius, within a tenth.

    Zero where the whole step is short enough; otherwise by Newton's method on 1/length, which comes
    from below. s, along (m, k): singular values of the scaled Jacobian and the residuals' parts.
    """
    damping = np.zeros(len(s))
    for _ in range(TRIALS):
        q = _damped(s, along, damping)
        length = _length(q)
        long = length > (1 + NEAR) * radius
        if not long.any():
            break
        fall = (q**2 / _or_one(s**2 + damping[:, None])).sum(axis=1)
        damping += np.where(long, (length / radius - 1) * length**2 / _or_one(fall), 0)
    return damping


def _damped(s: Array, along: Array, damping: Array) -> Array:
    """Return the step s b/(s^2 + damping) (m, k), zero in the directions in which J is zero."""
    return np.where(s > 0, along / (_or_one(s) + damping[:, None] / _or_one(s)), 0)


def _evaluated(model: Model, x: Array, problem: Integers) -> tuple[Array, Array]:
    """Return the model's residuals and Jacobian, a penalty where one of them is not finite."""
    with np.errstate(all="ignore"):
        residuals, J = model(x, problem)
    finite = np.isfinite(residuals).all(axis=1) & np.isfinite(J).all(axis=(1, 2))
    lost = np.flatnonzero(~finite)
    residuals, J = residuals.copy(), J.copy()
    residuals[lost], J[lost] = PENALTY, 0
    return residuals, J


def _length(x: Array) -> Array:
    """Return the lengths (m,) of x (m, n), or those (m, k) of the columns of x (m, n, k)."""
    with np.errstate(over="ignore"):
        return np.asarray(np.sqrt((x**2).sum(axis=1)))


def _or_one(x: Array) -> Array:
    """Return x with 1 in place of 0, to divide by."""
    return np.where(x > 0, x, 1)
