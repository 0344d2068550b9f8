"""The models of prediction (docs/methods.md, 6).

Most know nothing but a series' own past: they take y (G, n), logs of the figures of G regions in
consecutive years, the last column the origin; a region whose run of years begins later is NaN
before it. They return log forecasts (G, steps) of the years after the origin, NaN where they have
none. `own` runs the fitted equations of x1 and x2 on from the origin.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Places, Values
from coevo.errors import Refusal
from coevo.estimation.region import FEWEST_ROWS, region_lines
from coevo.lotka_volterra.populations import years_later
from coevo.prediction.origins import History, PairPast

BOUND = 30.0  # logs above: the path runs to infinity within the year


def _starts(y: Array) -> Places:
    """Return the column in which each region's run begins."""
    return np.asarray(np.isnan(y).sum(axis=1))


def _first(y: Array) -> Array:
    return np.asarray(y[np.arange(len(y)), _starts(y)])


def drift(y: Array, steps: int) -> Array:
    """ln x(T+h) = ln x(T) + h (ln x(T) - ln x(1))/(T - 1): what the others are held against."""
    rate = (y[:, -1] - _first(y)) / (y.shape[1] - 1 - _starts(y))
    return np.asarray(y[:, -1:] + rate[:, None] * np.arange(1, steps + 1))


def random_walk(y: Array, steps: int) -> Array:
    """x(T+h) = x(T)."""
    return np.repeat(y[:, -1:], steps, axis=1)


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


def grey(y: Array, steps: int) -> Array:
    """GM(1,1) of each region; no forecast where the equation runs below zero."""
    model = grey_model(np.exp(y))
    ahead = model.value(model.figures[:, None] + np.arange(1, steps + 1))
    return np.log(ahead, out=np.full_like(ahead, np.nan), where=ahead > 0)


def growth_ahead(lines: Array, state: Array, steps: int) -> Array:
    """Return ln x(T+h) - ln x(T) (G, steps, 2) of the equations with these lines, from a state.

    lines (G, 2, 2), state (G, 2). NaN from the year on in which a path leaves every bound.
    """
    # in units of the state itself, so that both logs begin at zero
    slopes, logs = lines[..., 1] * state[:, ::-1], np.zeros_like(state)
    ahead = np.empty((steps, *state.shape))
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps):
            logs = years_later(logs, lines[..., 0], slopes)
            logs = np.where((logs < BOUND).all(axis=1, keepdims=True), logs, np.nan)
            ahead[step] = logs
    return np.asarray(ahead.transpose(1, 0, 2))


def own_growth(past: PairPast, steps: int) -> Array:
    """Return growth from the origin (G, steps, 2) as each region's own fit gives it."""
    rows = past.rows
    lines = region_lines(rows.growth, rows.regressor, rows.region)
    enough = np.bincount(rows.region) >= FEWEST_ROWS
    return growth_ahead(np.where(enough[:, None, None], lines, np.nan), past.state, steps)


DRIFT = "drift"  # what every other model is held against
OWN = "own"  # needs two populations, and so tells x1 and x2 alone
OF_SERIES: dict[str, Callable[[Array, int], Array]] = {
    DRIFT: drift,
    "random_walk": random_walk,
    "grey": grey,
}
MODELS = (*OF_SERIES, OWN)


def forecast(model: str, history: History, steps: int) -> Array:
    """Return log forecasts (G, steps) of a series; `Refusal` where its figures do not allow it."""
    if model != OWN:
        return OF_SERIES[model](history.logs, steps)
    if history.past is None:
        raise Refusal("no_growth_rows")
    places = pd.Index(history.past.rows.regions).get_indexer(history.regions)
    ahead = own_growth(history.past, steps)[places, :, history.place]
    return history.logs[:, -1:] + np.where(places[:, None] >= 0, ahead, np.nan)
