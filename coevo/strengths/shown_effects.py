"""When an effect of one population on the other counts as shown (docs/methods.md, 5).

An effect is shown if its interval excludes zero and if its t is larger than populations without
interaction make it: populations that wander, and populations with limits of their own. Simulated
panels count only if they resemble the figures of the study.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from coevo.arrays import Array, Booleans, Row
from coevo.estimation.batched import batched_slopes
from coevo.estimation.effects import means
from coevo.estimation.growth import ESTIMATORS, Pool
from coevo.inference.panel_simulation import (
    Shocks,
    draw_normals,
    grown,
    panel_blocks,
    shocks,
    simulated_panels,
)
from coevo.strengths.strength_estimates import observed_rows, own_strengths

PANELS = 999
MOST_RANGE = 1.5  # times the observed range of log levels that a panel like the data may have
LEAST_ALIKE = 0.05  # share of a world's panels that have to resemble the data
EFFECT_NAMES = ("x2_on_x1", "x1_on_x2")
WANDERING, OWN_LIMITS = "wandering", "own_limits"

# signs of the effect of x2 on x1 and of x1 on x2 -> relation, and its direction
RELATIONS: dict[tuple[float, float], tuple[str, str]] = {
    (-1, -1): ("competition", ""),
    (1, 1): ("mutualism", ""),
    (1, -1): ("predator_prey", "x1_preys_on_x2"),
    (-1, 1): ("predator_prey", "x2_preys_on_x1"),
    (1, 0): ("commensalism", "x1_gains_from_x2"),
    (0, 1): ("commensalism", "x2_gains_from_x1"),
    (-1, 0): ("amensalism", "x2_harms_x1"),
    (0, -1): ("amensalism", "x1_harms_x2"),
    (0, 0): ("neutralism", ""),
}
UNDETERMINED = ("undetermined", "")


@dataclass(frozen=True)
class Effect:
    """An estimated effect on yearly growth, per first-year output of the other population.

    Parameters
    ----------
    estimate, low, high : the effect and the ends of its interval
    t : the estimate over its standard error
    """

    estimate: float
    low: float
    high: float
    t: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class World:
    """What panels without interaction give.

    Parameters
    ----------
    name : `wandering` or `own_limits`
    like_data : share of panels that resemble the figures
    low, high : (2,), the middle of t of both effects in these panels; NaN if they are too few
    """

    name: str
    like_data: float
    low: Array
    high: Array

    @property
    def is_usable(self) -> bool:
        """Whether enough panels resemble the figures."""
        return self.like_data >= LEAST_ALIKE


def limited(x: Array, rate: Array, own: Array | float = 0.0) -> Array:
    """Return x(t+1) of logistic populations whose rate is constant within the year.

        x(t+1) = x e^rate / (1 - own x (e^rate - 1) / rate)

    own : slope of growth on the population's own level, at most 0, broadcast with x
    """
    mean = np.divide(np.expm1(rate), rate, out=np.ones_like(rate), where=rate != 0)
    return np.asarray(x * np.exp(rate) / (1 - own * x * mean))


def t_of_effects(growth: Array, level: Array, data: Pool, effects: str) -> Array:
    """Return t (2, B) of both effects in panels: growth and R (rows, 2, B), R in the order of x.

    Of several regions with errors clustered by region, factor G/(G - 1); of one by least squares.
    """
    regressor, region = level[:, ::-1], data.region
    if len(data.regions) == 1:
        alone = own_strengths(growth, regressor, region)
        return np.asarray((alone.strength / alone.error)[0])
    slope, error = batched_slopes(growth, regressor, region, data.year, effects, region)
    return np.asarray(slope / error)


def own_slopes(data: Pool, effects: str) -> Array:
    """Return the slope (2,) of each population's growth on its own level.

    0 for a positive slope, and for a level that does not vary.
    """
    columns = data.growth[..., None], data.regressor[..., None]
    slope, _ = batched_slopes(*columns, data.region, data.year, effects)
    return np.minimum(np.nan_to_num(slope[:, 0]), 0.0)


def world_shocks(data: Pool, rate: Array, has_common: bool, slopes: int) -> Shocks:
    """Return the shocks in rates of growth (rows, 2): common to all regions, and a region's own.

    has_common : whether regions share the shocks of a year; slopes : coefficients of each equation
    that were estimated before
    """
    found, left = shocks(data.region, data.year, rate, slopes, has_common)
    by_region = means(data.region, left**2)
    return found._replace(spread=np.sqrt(by_region / (left**2).mean(axis=0)))


def worlds(
    data: Pool,
    effects: str,
    estimator: str,
    has_common: bool,
    seed: int,
    level: float,
    panels: int = PANELS,
) -> list[World]:
    """Return the two worlds without interaction, with what t they give.

    data : growth rows by the trapezoid, each series in multiples of its first year; effects : of
    the fit that is judged, `none` for one region; estimator : of that fit; panels : simulated in
    each world
    """
    absorbed = effects if len(data.regions) > 1 else "region"
    own = own_slopes(data, absorbed)
    found = []
    for name, slope in ((WANDERING, np.zeros(2)), (OWN_LIMITS, own)):
        drifts = world_shocks(
            data, data.growth - slope * data.regressor, has_common, int(own.any())
        )
        step = partial(limited, own=slope[:, None]) if slope.any() else grown
        t, alike = _simulated_t(data, drifts, step, (absorbed, estimator), seed, panels)
        share = float(alike.mean())
        ends = np.full((2, 2), np.nan)
        if share >= LEAST_ALIKE:
            ends = np.quantile(t, [(1 - level) / 2, (1 + level) / 2], axis=-1)
        found.append(World(name, share, *ends))
    return found


def _simulated_t(
    data: Pool,
    drifts: Shocks,
    step: Callable[[Array, Array], Array],
    fit: tuple[str, str],
    seed: int,
    panels: int,
) -> tuple[Array, Booleans]:
    """Return t (2, k) in the k panels that resemble the data, and which of all panels do.

    fit : effects and estimator
    """
    effects, estimator = fit
    mean_of, growth_of = ESTIMATORS[estimator]
    widest = MOST_RANGE * _mean_range(data, data.start[..., None], data.growth[..., None])
    every_t, every_alike = [], []
    generator = np.random.default_rng(seed)
    for draws, of_block in panel_blocks(panels, len(data.year), generator):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            start, end = simulated_panels(data, drifts, draw_normals(data, draws, of_block), step)
            growth = np.log(end / start)
            alike = (_mean_range(data, start, growth) <= widest).all(axis=0)
        every_alike.append(alike)
        if alike.any():
            both = np.stack([start[..., alike], end[..., alike]])
            every_t.append(t_of_effects(growth_of(both)[0], mean_of(both)[0], data, effects))
    return np.concatenate(every_t or [np.empty((2, 0))], axis=-1), np.concatenate(every_alike)


def _mean_range(data: Pool, start: Array, growth: Array) -> Array:
    """Return the mean over regions of the range of log levels within a region, (2, B)."""
    first, last = np.log(start), np.log(start) + growth
    opening = np.flatnonzero(np.diff(data.region, prepend=-1))
    highest = np.maximum.reduceat(np.maximum(first, last), opening, axis=0)
    lowest = np.minimum.reduceat(np.minimum(first, last), opening, axis=0)
    return np.asarray((highest - lowest).mean(axis=0))


def is_shown(effect: Effect, place: int, found: Sequence[World]) -> bool:
    """Return whether an effect (0: of x2 on x1, 1: of x1 on x2) counts as shown."""
    beyond = all(
        not world.low[place] <= effect.t <= world.high[place] for world in found if world.is_usable
    )
    return effect.excludes_zero and beyond


def effect_rows(effects: Sequence[Effect], found: Sequence[World]) -> Iterator[Row]:
    """Yield a row for each effect and world."""
    for place, (name, effect) in enumerate(zip(EFFECT_NAMES, effects, strict=True)):
        shown = is_shown(effect, place, found)
        for world in found:
            yield {
                "effect": name,
                **vars(effect),
                "world": world.name,
                "like_data": world.like_data,
                "world_low": float(world.low[place]),
                "world_high": float(world.high[place]),
                "shown": shown,
            }


def named_relation(
    effects: Sequence[Effect], found: Sequence[World], equivalence: float | None = None
) -> tuple[str, str]:
    """Return the relation that two effects show, and its direction.

    equivalence : bound within which the interval of an effect that counts as zero has to lie;
    without it no effect counts as zero
    """
    signs: list[float] = []
    for place, effect in enumerate(effects):
        if equivalence and -equivalence < effect.low and effect.high < equivalence:
            signs.append(0.0)
        else:
            shown = is_shown(effect, place, found)
            signs.append(float(np.sign(effect.estimate)) if shown else np.nan)
    return RELATIONS.get((signs[0], signs[1]), UNDETERMINED)


def effects_of_region(data: Pool, level: float) -> list[Effect]:
    """Return the effects that least squares gives one region by itself."""
    found = own_strengths(*observed_rows(data), data.region)
    parts = [of[0, :, 0] for of in (found.strength, *found.interval(level), found.error)]
    return effects_of_slopes(dict(zip(("b1", "d"), np.transpose(parts), strict=True)))


def effects_of_slopes(slopes: Mapping[str, Sequence[float] | Array]) -> list[Effect]:
    """Return the effects of b1, which enters growth with a minus, and of d.

    slopes : estimate, low, high and standard error by name
    """
    b1, low, high, error = slopes["b1"]
    d, d_low, d_high, d_error = slopes["d"]
    return [Effect(-b1, -high, -low, -b1 / error), Effect(d, d_low, d_high, d / d_error)]
