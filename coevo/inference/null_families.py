"""Families of panels without interaction, and which of them the figures of a panel allow.

    x(t+1) = x e^rate / (1 - s x (e^rate - 1)/rate),   rate_irt = alpha_ir + tau_it + e_irt

A random walk has s = 0 and independent e; own limits have s < 0 (the exact year of a logistic
population, never the Euler map), persistent shocks e = AR(1). Which family is a null of a
population is decided by S before any cross term is looked at (docs/methods.md, 5).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.sparse import csr_array

from coevo.arrays import Array
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, sums
from coevo.estimation.pooled_batches import Steps, Years, left_by, squares, squares_left
from coevo.inference.panel_simulation import (
    Normals,
    Shocks,
    draw_normals,
    grown,
    panel_blocks,
    shocks,
    simulated_panels,
)

CALIBRATED = 200  # panels whose mean coefficient has to equal the estimate
REFERENCE = 999  # panels that say what S a family gives
LEAST_P = 0.01  # of S; a family below is no null
MOST_PERSISTENT = 0.98  # |phi| from which shocks have no level to return to
STRONGEST = 64  # own slopes at most, in multiples of the estimate
CLOSE = 0.03  # how well a coefficient is found: of the estimate, or of phi
NEWTON = 40  # steps at most


class Motion(NamedTuple):
    """How a population moves by itself: own slope s <= 0 (scaled units), phi of its shocks."""

    own: float = 0.0
    persistence: float = 0.0


class Judged(NamedTuple):
    """A family for one population: its motion, and what S its panels give.

    low, high: quantiles .005 and .995 of S in `REFERENCE` panels; p: of the observed S, two-sided;
    reason: why it cannot be simulated, key of a refusal, else empty; then nothing else is known.
    """

    motion: Motion
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan
    reason: str = ""

    @property
    def allowed(self) -> bool:
        """Whether panels of the family look like the figures."""
        return self.p >= LEAST_P


Families = Sequence[Mapping[str, Judged]]  # of each population, by name
Draws = Sequence[Normals]  # a block of panels each


def limited(x: Array, rate: Array, own: Array | float = 0.0) -> Array:
    """Return x(t+1) of logistic populations whose rate is constant within the year.

    own: s, at most 0, broadcast with x.
    """
    return np.asarray(x * np.exp(rate) / (1 - own * x * _mean_growth(rate)))


def _mean_growth(rate: Array) -> Array:
    """Return (e^rate - 1)/rate, 1 at 0."""
    return np.divide(np.expm1(rate), rate, out=np.ones_like(rate), where=rate != 0)


def rates(start: Array, end: Array, own: float) -> Array:
    """Return the rate by which `limited` leads from start to end, by Newton's method."""
    g = np.log(end / start)
    if own == 0:
        return g
    pull = -own * start
    rate = g + pull * _mean_growth(g)
    for _ in range(NEWTON):
        mean = _mean_growth(rate)
        # derivative of the mean: (e^rate - mean) / rate, 1/2 at 0
        slope = np.divide(
            np.exp(rate) - mean, rate, out=np.full_like(rate, 0.5), where=abs(rate) > 1e-6
        )
        step = (rate - np.log1p(pull * mean) - g) / (1 - pull * slope / (1 + pull * mean))
        rate = rate - step
        if np.abs(step).max(initial=0) < 1e-10:
            break
    return np.asarray(rate)


def departures(panels: Steps, years: Years) -> Array:
    """Return S (populations, ...): how far levels go, in units of a year's growth.

        S = sum l^2 / sum g^2

    l: log levels at the starts of the growth rows, less the year's mean, less each region's linear
    trend; g: growth less effects of regions and years. Growing without bound for random walks of
    many years, about 1 for populations that return.
    """
    region, year, start, end = panels
    level = np.log(start).reshape(len(start), -1)
    _, of_year = np.unique(year, return_inverse=True)
    member = csr_array((np.ones(len(year)), (of_year, np.arange(len(year)))))
    level -= (member @ level / np.bincount(of_year)[:, None])[of_year]
    # of a line in each region: a constant, and the year less its mean
    rows = np.bincount(region)
    time = year - (np.bincount(region, year) / rows)[region]
    spread = np.maximum(np.bincount(region, time**2), np.finfo(float).tiny)
    lines = sums(region, level) / np.sqrt(rows)[:, None]
    slopes = sums(region, time[:, None] * level) / np.sqrt(spread)[:, None]
    left = (squares(level) - squares(lines) - squares(slopes)).reshape(start.shape[1:])
    return np.asarray(left / squares_left(years.within, region, np.log(end / start)))


def _alone(panels: Steps, i: int) -> Steps:
    """Return the growth rows of one population."""
    return panels._replace(start=panels.start[:, [i]], end=panels.end[:, [i]])


def _rates_of(observed: Steps, motions: tuple[Motion, ...]) -> Array:
    """Return the rates (rows, populations) that the motions leave of the observed growth."""
    columns = zip(observed.start.T, observed.end.T, motions, strict=True)
    return np.column_stack([rates(start, end, motion.own) for start, end, motion in columns])


def drifts_of(observed: Steps, motions: tuple[Motion, ...]) -> Shocks:
    """Return the shocks that the motions of populations leave of their observed growth."""
    found = shocks(observed.region, observed.year, _rates_of(observed, motions))
    return _persisting(found, observed, np.array([motion.persistence for motion in motions]))


def _persisting(found: Shocks, observed: Steps, phi: Array) -> Shocks:
    """Return shocks with persistent errors, of the variance that leaves what was found."""
    share = np.sqrt([_share_left(observed, each) for each in phi])
    return found._replace(error=found.error / np.outer(share, share), persistence=phi)


def _share_left(observed: Steps, phi: float) -> float:
    """Return the variance that region means leave of AR(1) shocks, that of independent ones = 1.

    (rows - sum_r 1'R1/n_r) / (rows - regions), R_st = phi^|s - t| of the region's n_r rows.
    """
    if phi == 0:
        return 1.0
    taken, regions = 0.0, np.split(observed.year, np.flatnonzero(np.diff(observed.region)) + 1)
    for years in regions:
        there = np.bincount(years - years[0])
        pairs = np.correlate(there, there, "full")  # of rows that many years apart
        apart = abs(np.arange(len(pairs)) - len(pairs) // 2)
        taken += float(pairs @ phi**apart) / len(years)
    return (len(observed.year) - taken) / max(len(observed.year) - len(regions), 1)


def own_spread(observed: Steps, motions: tuple[Motion, ...]) -> Array:
    """Return each region's standard deviation of shocks, (G, populations), that of all = 1."""
    u = _rates_of(observed, motions)
    errors = EFFECTS["region+year"](observed.region, observed.year, u).residual ** 2
    rows = np.bincount(observed.region)[:, None]
    return np.asarray(np.sqrt(sums(observed.region, errors) / rows / errors.mean(axis=0)))


def panels_of(
    observed: Steps, motions: tuple[Motion, ...], drifts: Shocks, normals: Normals
) -> Steps:
    """Return panels of populations that move by themselves, in the rows that are observed."""
    own = np.array([[motion.own] for motion in motions])
    step = partial(limited, own=own) if own.any() else grown
    start, end = simulated_panels(observed, drifts, normals, step)
    return observed._replace(start=start, end=end)


def _slope(panels: Steps, years: Years) -> Array:
    """Return least squares of g on x(t), region and year effects, of each panel of one x."""
    x = left_by(years.within, panels.region, panels.start)
    return np.asarray(
        (x * np.log(panels.end / panels.start)).sum(axis=0)[0] / (x**2).sum(axis=0)[0]
    )


def _autocorrelation(panels: Steps, years: Years) -> Array:
    """Return phi of each panel of one x: of the residuals of growth in adjacent rows."""
    e = left_by(years.within, panels.region, np.log(panels.end / panels.start))[:, 0]
    adjacent = (np.diff(panels.region) == 0) & (np.diff(panels.year) == 1)
    before, after = e[:-1][adjacent], e[1:][adjacent]
    return np.asarray((before * after).sum(axis=0) / (before**2).sum(axis=0))


def _random_walk(one: Steps, years: Years, draws: Draws) -> Motion:
    """Return the motion without any pull."""
    return Motion()


def _own_limits(one: Steps, years: Years, draws: Draws) -> Motion:
    """Return s at which the mean slope of panels is the observed one.

    `Refusal` where that is above what random walks give: it would be positive, so it is 0 and the
    family no other than they; or where no s within `STRONGEST` gives it.
    """
    target = float(_slope(as_batch(one), years)[0])

    @cache
    def excess(own: float) -> float:
        motions = (Motion(own=own),)
        drifts = drifts_of(one, motions)
        panels = (panels_of(one, motions, drifts, normals) for normals in draws)
        return _mean(_slope(panel, years) for panel in panels) - target

    if excess(0.0) <= 0:
        raise Refusal("no_own_limit")
    low = -abs(target)
    while excess(low) > 0:
        low *= 4
        if low < -STRONGEST * abs(target):
            raise Refusal("own_limit_too_strong")
    return Motion(own=brentq(excess, low, 0.0, xtol=CLOSE * abs(target)))


def _persistent_shocks(one: Steps, years: Years, draws: Draws) -> Motion:
    """Return phi at which the mean autocorrelation of panels is the observed one.

    `Refusal` where |phi| would be .98 or more.
    """
    target, walk = float(_autocorrelation(as_batch(one), years)[0]), drifts_of(one, (Motion(),))

    @cache
    def excess(phi: float) -> float:
        drifts = _persisting(walk, one, np.array([phi]))
        panels = (panels_of(one, (Motion(),), drifts, normals) for normals in draws)
        return _mean(_autocorrelation(panel, years) for panel in panels) - target

    if not excess(-MOST_PERSISTENT) < 0 < excess(MOST_PERSISTENT):
        raise Refusal("shocks_too_persistent")
    return Motion(persistence=brentq(excess, -MOST_PERSISTENT, MOST_PERSISTENT, xtol=CLOSE))


def as_batch(one: Steps) -> Steps:
    """Return the growth rows of one panel as a batch of one."""
    return one._replace(start=one.start[..., None], end=one.end[..., None])


def _mean(parts: Iterable[Array]) -> float:
    return float(np.concatenate(list(parts)).mean())


# name -> the motion of one population that its figures suggest, the same draws for every guess
FAMILIES: dict[str, Callable[[Steps, Years, Draws], Motion]] = {
    "random_walk": _random_walk,
    "own_limits": _own_limits,
    "persistent_shocks": _persistent_shocks,
}


def judged_families(observed: Steps, years: Years, seed: int) -> Families:
    """Return of each population the families, by name, with what S says of them."""
    populations = [_alone(observed, i) for i in range(observed.start.shape[1])]
    rows, generators = len(observed.year), np.random.default_rng(seed).spawn(2)
    guesses, reference = (
        [draw_normals(populations[0], *block) for block in panel_blocks(draws, rows, generator)]
        for draws, generator in zip((CALIBRATED, REFERENCE), generators, strict=True)
    )
    return [
        {
            name: _judged(one, years, partial(find, one, years, guesses), reference)
            for name, find in FAMILIES.items()
        }
        for one in populations
    ]


def _judged(one: Steps, years: Years, find: Callable[[], Motion], reference: Draws) -> Judged:
    """Return what S of `REFERENCE` panels says of a family, each region with its own spread."""
    try:
        motions = (find(),)
    except Refusal as refusal:
        return Judged(Motion(), reason=refusal.key)
    drifts = drifts_of(one, motions)._replace(spread=own_spread(one, motions))
    drawn = [
        departures(panels_of(one, motions, drifts, normals), years)[0] for normals in reference
    ]
    S, simulated = departures(as_batch(one), years)[0, 0], np.concatenate(drawn)
    tails = 1 + (simulated <= S).sum(), 1 + (simulated >= S).sum()
    low, high = np.quantile(simulated, [LEAST_P / 2, 1 - LEAST_P / 2])
    return Judged(*motions, low, high, min(1.0, 2 * min(tails) / (REFERENCE + 1)))


class Null(NamedTuple):
    """A family of each population, and what is changed in the estimated shocks, a key of SHOCKS."""

    x1: str
    x2: str
    shocks: str = "estimated"


# name -> what is changed in the estimated shocks
SHOCKS: dict[str, Callable[[Shocks], Shocks]] = {
    "estimated": lambda found: found,
    "no_year_shock": lambda found: found._replace(year=np.zeros_like(found.year)),
    "doubled_noise": lambda found: found._replace(error=2 * found.error),
}
# random walks with other shocks too, since no other motion says how large they may be
NULLS = (
    *(Null("random_walk", "random_walk", name) for name in SHOCKS),
    *(Null(*pair) for pair in list(product(FAMILIES, repeat=2))[1:]),
)


def nulls_of(families: Families) -> list[Null]:
    """Return the nulls whose families both populations allow."""
    return [
        null
        for null in NULLS
        if all(of[name].allowed for of, name in zip(families, null[:2], strict=True))
    ]


def null_drifts(observed: Steps, null: Null, motions: tuple[Motion, ...]) -> Shocks:
    """Return the shocks of a null, estimated from the observed growth."""
    return SHOCKS[null.shocks](drifts_of(observed, motions))


def null_panels(
    observed: Steps,
    null: Null,
    families: Families,
    draws: int,
    generator: np.random.Generator,
) -> Steps:
    """Return panels of a null, in the rows that are observed."""
    motions = tuple(of[name].motion for of, name in zip(families, null[:2], strict=True))
    normals = draw_normals(observed, draws, generator)
    return panels_of(observed, motions, null_drifts(observed, null, motions), normals)
