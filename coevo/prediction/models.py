"""The models of prediction by name, each a function and its entry here (docs/methods.md, 6).

Most know nothing but a series' own past: they take y (G, n), logs of the figures of G regions in
consecutive years, the last column the origin; a region whose run of years begins later is NaN
before it. They return log forecasts (G, steps) of the years after the origin. `own` runs the fitted
equations of x1 and x2 on from the origin; its fits are made many regions at a time, and the tests
hold them against the fits that the report prints.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Places, Values
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.growth import Pool
from coevo.estimation.region import FEWEST_ROWS
from coevo.prediction.origins import History, PairPast
from coevo.prediction.paths import paths


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
        ahead[known] = paths(p[known], steps)
    return np.where(np.isfinite(ahead), ahead, np.nan)


def own(past: PairPast, steps: int) -> Array:
    """Each region's own fit run on: growth from the origin (G, steps, 2)."""
    return growth_ahead(region_lines(past.rows), past.state, steps)


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
    "grey": _of_series(grey),
    "own": _of_populations(own),
}
