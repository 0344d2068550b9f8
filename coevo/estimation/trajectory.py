"""The path of the model itself fitted to the figures: no discretisation, six parameters.

    d ln x1/dt = a1 - b1 x2,    d ln x2/dt = -a2 + d x1

The residuals are those of ln x1 and ln x2 in every year, not of growth: errors of observation, not
shocks that the path carries on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation.growth import Array, Integers, unbroken
from coevo.estimation.optimiser import least_squares, scatter
from coevo.estimation.region import Equations, fit, undo_scale

FEWEST_YEARS = 4  # eight figures for six parameters
STARTS, SPREAD, SEED = 8, 0.5, 1
EVALUATIONS = 100  # from each start; a good one takes a dozen, one that runs away all of them
PRECISION = 1e-10  # of the path's logs


@dataclass(frozen=True)
class PathFit(Equations):
    """A path fitted to one region: `Equations` in original units with what they were made from.

    df = 2 years - 6, pooled over both equations, which share one variance of the logs. years
    (years,): the longest unbroken run; path (years, 2): the fitted figures; residuals (years, 2) of
    the logs, fitted less observed; condition of the Jacobian with columns of unit length; starts:
    how many were tried, agreeing: how many ended in this minimum.
    """

    years: Integers
    path: Array
    residuals: Array
    condition: float
    starts: int
    agreeing: int
    estimator: str = "trajectory"


def fit_trajectory(
    t: npt.ArrayLike,
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    breaks: Iterable[int] = (),
    starts: int = STARTS,
    seed: int = SEED,
) -> PathFit:
    """Return the path (a1, b1, a2, d and both initial logs) nearest to ln x1, ln x2.

    Least squares over the longest unbroken run (the later of two equals), from the trapezoid
    estimates and starts - 1 points scattered around them. Covariance s^2 (J'J)^-1, s^2 =
    RSS/(2 years - 6). t, x1, x2 and breaks as in `growth_rows`. `StudyError` as there, for fewer
    than four consecutive years, and where no start converges.
    """
    years, X = _longest(t, x1, x2, breaks)
    scale = X.mean(axis=0)
    logs = np.log(X / scale)
    first = fit(years, *(X / scale).T)
    start = np.concatenate([first.coefficients.ravel(), logs[0]])
    times = np.arange(len(years), dtype=float)

    def model(p: Array) -> tuple[Array, Array]:
        path, J = _path(p, times)
        return (path - logs).ravel(), J.reshape(-1, len(p))

    found = least_squares(model, scatter(start, starts, SPREAD, seed), "path fit", EVALUATIONS)
    blocks = np.array([found.covariance[:2, :2], found.covariance[2:4, 2:4]])
    lines, covariance = undo_scale(found.parameters[:4].reshape(2, 2), blocks, scale[::-1])
    residuals = found.residuals.reshape(-1, 2)
    return PathFit(
        coefficients=lines,
        covariance=covariance,
        df=residuals.size - len(start),
        years=years,
        path=X * np.exp(residuals),
        residuals=residuals,
        condition=found.condition,
        starts=found.starts,
        agreeing=found.agreeing,
    )


def _longest(
    t: npt.ArrayLike, x1: npt.ArrayLike, x2: npt.ArrayLike, breaks: Iterable[int]
) -> tuple[Integers, Array]:
    """Return years and figures (years, 2) of the longest unbroken run, the later of two equals."""
    series = [np.asarray(x, dtype=float) for x in (x1, x2)]
    runs = unbroken(t, np.column_stack(series), breaks).parts
    longest = max(runs, key=lambda run: (len(run[0]), run[0][0]), default=None)
    length = 0 if longest is None else len(longest[0])
    if longest is None or length < FEWEST_YEARS:
        raise Refusal(
            "too_short_path",
            f"the longest run of years with both figures has {length}; a path needs {FEWEST_YEARS}",
            years=length,
            least=FEWEST_YEARS,
        )
    return longest


def _path(p: Array, times: Array) -> tuple[Array, Array]:
    """Return the logs (years, 2) and their derivatives (years, 2, 6) by p at the times.

    p = (c1, s1, c2, s2, u, v): u' = c1 + s1 exp(v), v' = c2 + s2 exp(u). The derivatives solve the
    equations of first variation along with the path; both are infinite where the path cannot be
    followed.
    """
    import warnings

    from scipy.integrate import ODEintWarning, odeint

    c1, s1, c2, s2 = p[:4].tolist()

    def rates(y: Array, _: float) -> Array:
        x1, x2 = np.exp(y[0]), np.exp(y[1])
        change = np.empty(14)
        change[0], change[1] = c1 + s1 * x2, c2 + s2 * x1
        change[2:8] = s1 * x2 * y[8:]
        change[8:] = s2 * x1 * y[2:8]
        change[2] += 1
        change[3] += x2
        change[10] += 1
        change[11] += x1
        return change

    beginning = np.concatenate([p[4:], np.eye(6)[4], np.eye(6)[5]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)
        y, told = odeint(rates, beginning, times, rtol=PRECISION, atol=PRECISION, full_output=True)
    if told["message"] != "Integration successful.":
        y = np.full_like(y, np.inf)
    return y[:, :2], y[:, 2:].reshape(-1, 2, 6)
