"""The models of prediction by name, each a function and its entry here (docs/methods.md, 6).

Most know nothing but a series' own past: they take y (G, n), logs of the figures of G regions in
consecutive years, the last column the origin; a region whose run of years begins later is NaN
before it. They return log forecasts (G, steps) of the years after the origin. Constants of
smoothing are one for all regions: five to eight figures do not determine a region's own. Others run
the fitted equations of x1 and x2 on from the origin; their fits are made many regions at a time,
and the tests hold them against the fits that the report prints.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Places, Values
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import Pool
from coevo.estimation.region import FEWEST_ROWS
from coevo.estimation.variation import paths
from coevo.prediction.origins import History, PairPast

SMALL = 1e-4  # distance of smoothing constants from 0 and 1, as in statsmodels
DAMPING = (0.8, 0.98)  # bounds of phi, as in statsmodels
# alpha, beta/alpha, phi; the least error may lie at either end of alpha, and each is descended to
STARTS = [
    [(a, b, f) for a in ends for b in (0.05, 0.5) for f in (0.85, 0.95)]
    for ends in ((0.01, 0.2), (0.5, 0.8, 0.99))
]
THETA = 2.0  # the theta line of Assimakopoulos and Nikolopoulos, beside the straight one


class Forecast(NamedTuple):
    """Log forecasts (G, steps), NaN where a model has none, and what the model rests on by name."""

    logs: Array
    constants: dict[str, float]


def _starts(y: Array) -> Places:
    """Return the column in which each region's run begins."""
    return np.asarray(np.isnan(y).sum(axis=1))


def _first(y: Array) -> Array:
    return np.asarray(y[np.arange(len(y)), _starts(y)])


def drift(y: Array, steps: int) -> Forecast:
    """ln x(T+h) = ln x(T) + h (ln x(T) - ln x(1))/(T - 1): what the others are held against."""
    rate = (y[:, -1] - _first(y)) / (y.shape[1] - 1 - _starts(y))
    return Forecast(y[:, -1:] + rate[:, None] * np.arange(1, steps + 1), {})


def random_walk(y: Array, steps: int) -> Forecast:
    """x(T+h) = x(T)."""
    return Forecast(np.repeat(y[:, -1:], steps, axis=1), {})


def smoothed_levels(y: Array, alpha: float) -> tuple[Array, Array]:
    """Return errors (G, n) and last level (G,) of l += alpha (y - l), which begins at y(1)."""
    level, errors = _first(y), np.empty_like(y)
    for t, column in enumerate(y.T):
        errors[:, t] = np.nan_to_num(column - level)
        level = level + alpha * errors[:, t]
    return errors, level


def theta_forecast(y: Array, steps: int, alpha: float) -> Array:
    """Return the forecasts of the theta method at a smoothing constant.

        y(T+h) = l(T) + (1 - 1/theta) b (h - 1 + (1 - (1 - alpha)^T)/alpha),   theta = 2

    l: smoothed level; b: slope of a line through the figures by least squares. Sources:
    Assimakopoulos and Nikolopoulos (2000), Hyndman and Billah (2003), as `ThetaModel` of
    statsmodels has it.
    """
    known = ~np.isnan(y)
    count = known.sum(axis=1)
    time = np.where(known, np.arange(y.shape[1]), 0.0)
    away = np.where(known, time - (time.sum(axis=1) / count)[:, None], 0)
    slope = (away * np.nan_to_num(y)).sum(axis=1) / (away**2).sum(axis=1)
    reached = (1 - (1 - alpha) ** count) / alpha
    ahead = np.arange(steps) + reached[:, None]
    _, level = smoothed_levels(y, alpha)
    return np.asarray(level[:, None] + (1 - 1 / THETA) * slope[:, None] * ahead)


def theta(y: Array, steps: int) -> Forecast:
    """The theta method with the alpha of least squared errors of one step over all regions."""
    from scipy.optimize import minimize_scalar

    best = minimize_scalar(
        lambda alpha: (smoothed_levels(y, alpha)[0] ** 2).sum(),
        bounds=(SMALL, 1 - SMALL),
        method="bounded",
    )
    return Forecast(theta_forecast(y, steps, best.x), {"alpha": float(best.x)})


class Smoothing(NamedTuple):
    """Errors (G, n) of one step, level and trend (G,) at the origin, and both at the start."""

    errors: Array
    level: Array
    trend: Array
    start: tuple[Array, Array]


def damped_smoothing(y: Array, alpha: float, beta: float, phi: float) -> Smoothing:
    """Return exponential smoothing with a damped trend, ETS(A,Ad,N), at given constants.

        e = y - (l + phi b),   l' = l + phi b + alpha e,   b' = phi b + beta e

    The level and trend that each region begins with are those of least squared errors, in which
    errors are linear. Source: Hyndman, Koehler, Ord and Snyder (2008).
    """
    # figures from a start at nil, and nil from a start at level 1, at trend 1
    shape = (3, len(y))
    level, trend = np.zeros(shape), np.zeros(shape)
    level[1], trend[2] = 1, 1
    target = np.stack([y, np.zeros_like(y), np.zeros_like(y)])
    errors = np.zeros((*shape, y.shape[1]))
    for t in range(y.shape[1]):
        known = ~np.isnan(y[:, t])
        expected = level + phi * trend
        errors[..., t] = np.where(known, target[..., t] - expected, 0)
        level = np.where(known, expected + alpha * errors[..., t], level)
        trend = np.where(known, phi * trend + beta * errors[..., t], trend)
    inner = np.einsum("igt,jgt->gij", errors, errors)
    start = -np.linalg.solve(inner[:, 1:, 1:], inner[:, 1:, :1])[..., 0].T
    weights = np.concatenate([np.ones((1, len(y))), start])
    errors, level, trend = (
        np.einsum("ig,ig...->g...", weights, part) for part in (errors, level, trend)
    )
    return Smoothing(errors, level, trend, (start[0], start[1]))


def damped_trend(y: Array, steps: int) -> Forecast:
    """ETS(A,Ad,N) with the constants of least squared errors of one step over all regions."""
    from scipy.optimize import minimize

    figures, parameters = int((~np.isnan(y)).sum()), 2 * len(y) + 3
    if figures <= parameters:
        raise Refusal("too_few_to_smooth", figures=figures, parameters=parameters)

    def loss(p: Sequence[float]) -> float:
        return float((damped_smoothing(y, p[0], p[0] * p[1], p[2]).errors ** 2).sum())

    ends = (SMALL, 1 - SMALL)
    lowest = [min(starts, key=loss) for starts in STARTS]
    scale = loss(lowest[0]) or 1.0
    descents = [
        minimize(lambda p: loss(p) / scale, start, method="L-BFGS-B", bounds=[ends, ends, DAMPING])
        for start in lowest
    ]
    best = min(descents, key=lambda descent: float(descent.fun)).x
    alpha, beta, phi = float(best[0]), float(best[0] * best[1]), float(best[2])
    state = damped_smoothing(y, alpha, beta, phi)
    ahead = np.cumsum(phi ** np.arange(1, steps + 1))
    logs = state.level[:, None] + ahead * state.trend[:, None]
    return Forecast(logs, {"alpha": alpha, "beta": beta, "phi": phi})


class Grey(NamedTuple):
    """GM(1,1) of each region: a, b (G,), first figure and number of figures (G,)."""

    a: Array
    b: Array
    first: Array
    figures: Places

    def value(self, k: Values) -> Array:
        """Return figure number k (G, ...), from 1: the first one itself, then by the equation."""
        k = np.asarray(k, dtype=float)
        a, b, first = (part[:, None] for part in (self.a, self.b, self.first))
        rate = np.divide(np.expm1(a), a, out=np.ones_like(a), where=a != 0)
        later = rate * (b - a * first) * np.exp(-a * (k - 1))
        return np.where(k == 1, first, later)


def grey_model(x: Array) -> Grey:
    """Return GM(1,1) of figures x (G, n), NaN before a region's run.

        x(k) + a z(k) = b,   z(k) = (s(k) + s(k-1))/2,   s(k) = x(1) + ... + x(k)
        s(k+1) = (x(1) - b/a) exp(-a k) + b/a

    by least squares over k = 2 ... n, the background value z a mean, the first figure kept.
    Source: Deng (1989).
    """
    known, total = ~np.isnan(x), np.nancumsum(x, axis=1)
    later = known[:, 1:] & known[:, :-1]
    z = np.where(later, (total[:, 1:] + total[:, :-1]) / 2, 0)
    count, values = later.sum(axis=1), np.where(later, x[:, 1:], 0)
    mean_z, mean_x = (part.sum(axis=1) / count for part in (z, values))
    away = np.where(later, z - mean_z[:, None], 0)
    a = -(away * values).sum(axis=1) / (away**2).sum(axis=1)
    return Grey(a, mean_x + a * mean_z, _first(x), known.sum(axis=1))


def level_ratios(x: Array) -> tuple[Array, Array]:
    """Return x(k-1)/x(k) (G, n - 1), and the bound (G,) that each and its inverse must not pass.

    Within exp(-2/(n+1)) and exp(2/(n+1)) a series is held fit for GM(1,1).
    """
    figures = (~np.isnan(x)).sum(axis=1)
    return x[:, :-1] / x[:, 1:], np.exp(2 / (figures + 1))


def grey(y: Array, steps: int) -> Forecast:
    """GM(1,1) of each region; no forecast where the equation runs below zero."""
    x = np.exp(y)
    model = grey_model(x)
    ahead = model.value(model.figures[:, None] + np.arange(1, steps + 1))
    ratio, bound = level_ratios(x)
    inside = np.isnan(ratio) | (np.maximum(ratio, 1 / ratio) < bound[:, None])
    logs = np.log(ahead, out=np.full_like(ahead, np.nan), where=ahead > 0)
    return Forecast(logs, {"level_ratio": float(inside.all(axis=1).mean())})


def region_lines(rows: Pool) -> Array:
    """Return each region's least-squares lines (G, 2, 2): (a1, -b1) and (-a2, d), scaled.

    NaN for a region with fewer than three rows or a regressor that does not vary.
    """
    R, away, means = _about_means(rows)
    count = np.bincount(rows.region)[:, None]
    inner, size = sums(rows.region, away**2), sums(rows.region, R**2)
    varies = np.sqrt(inner) > count * np.finfo(float).eps * np.sqrt(size)
    known = varies & (count >= FEWEST_ROWS)
    cross = sums(rows.region, away * rows.growth)
    return _lines(means, np.divide(cross, inner, out=np.full_like(cross, np.nan), where=known))


def pooled_lines(rows: Pool) -> Array:
    """Return the lines (G, 2, 2) with slopes common to all regions and region effects, scaled.

    `Refusal` for fewer than two regions, or regressors that do not vary.
    """
    if len(rows.regions) < 2:
        raise Refusal("too_few_pooled", regions=len(rows.regions))
    R, away, means = _about_means(rows)
    inner = (away**2).sum(axis=0)
    if np.any(np.sqrt(inner) <= len(R) * np.finfo(float).eps * np.linalg.norm(R, axis=0)):
        raise Refusal("constant_regressor")
    return _lines(means, (away * rows.growth).sum(axis=0) / inner)


def _about_means(rows: Pool) -> tuple[Array, Array, Array]:
    """Return the other population's regressor, what the region's mean leaves of it (rows, 2), and
    means (G, 4) of growth and of it.
    """
    R = rows.regressor[:, ::-1]
    columns = np.column_stack([rows.growth, R])
    within, means, *_ = EFFECTS["region"](rows.region, rows.year, columns)
    return R, within[:, 2:], means


def _lines(means: Array, slope: Array) -> Array:
    """Return the lines (G, 2, 2) of a slope through means (G, 4) of growth and regressor."""
    level = means[:, :2] - slope * means[:, 2:]
    return np.stack([level, np.broadcast_to(slope, level.shape)], axis=-1)


def growth_ahead(lines: Array, state: Array, steps: int) -> Array:
    """Return ln x(T+h) - ln x(T) (G, steps, 2) of the equations with these lines, from a state.

    lines (G, 2, 2), state (G, 2). NaN from the year on in which a path leaves every bound.
    """
    # in units of the state itself, so that both logs begin at zero
    slopes = lines[..., 1] * state[:, ::-1]
    p = np.column_stack([lines[:, 0, 0], slopes[:, 0], lines[:, 1, 0], slopes[:, 1]])
    known = np.isfinite(p).all(axis=1)
    ahead = np.full((len(p), steps, 2), np.nan)
    if known.any():
        whole = np.column_stack([p, np.zeros((len(p), 2))])[known]
        ahead[known] = paths(whole, steps + 1)[0][:, 1:]
    return np.where(np.isfinite(ahead), ahead, np.nan)


def own(past: PairPast, steps: int) -> Array:
    """Each region's own fit run on: growth from the origin (G, steps, 2)."""
    return growth_ahead(region_lines(past.rows), past.state, steps)


def pooled(past: PairPast, steps: int) -> Array:
    """The fit of all regions with region effects run on: growth from the origin (G, steps, 2)."""
    return growth_ahead(pooled_lines(past.rows), past.state, steps)


@dataclass(frozen=True)
class PredictionModel:
    """How a model tells the years after an origin.

    tell: History and number of years -> `Forecast`; `Refusal` where its figures do not allow it.
    populations: whether it needs two populations, and so tells x1 and x2 alone.
    """

    tell: Callable[[History, int], Forecast]
    populations: bool = False


def _of_series(compute: Callable[[Array, int], Forecast]) -> PredictionModel:
    return PredictionModel(lambda history, steps: compute(history.logs, steps))


def _of_populations(compute: Callable[[PairPast, int], Array]) -> PredictionModel:
    def tell(history: History, steps: int) -> Forecast:
        if history.past is None or history.rows is None:
            raise Refusal("no_growth_rows")
        ahead = compute(history.past, steps)[history.rows, :, history.place]
        known = history.rows[:, None] >= 0
        return Forecast(history.logs[:, -1:] + np.where(known, ahead, np.nan), {})

    return PredictionModel(tell, populations=True)


DRIFT = "drift"  # what every other model is held against
MODELS: dict[str, PredictionModel] = {
    DRIFT: _of_series(drift),
    "random_walk": _of_series(random_walk),
    "damped_trend": _of_series(damped_trend),
    "theta": _of_series(theta),
    "grey": _of_series(grey),
    "own": _of_populations(own),
    "pooled": _of_populations(pooled),
}
