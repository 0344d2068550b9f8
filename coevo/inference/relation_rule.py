"""Which relation the two populations show: a rule that says "undetermined" unless much speaks.

    g_i = alpha_ir + tau_t + A_i1 R(x1) + A_i2 R(x2) + e        (docs/methods.md, 5)

Own terms make least squares endogenous, and fixed effects alone read self-limited mutualism into
data without any interaction. Hence two estimators, and both against panels without interaction, of
every family that the figures allow (`null_families`).
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import Refusal
from coevo.estimation.pooled_batches import (
    General,
    Steps,
    Years,
    fod_general,
    lag_general,
    require_variation,
    steps,
    years_of,
)
from coevo.inference.null_families import (
    NULLS,
    Families,
    Null,
    as_batch,
    departures,
    judged_families,
    null_panels,
    nulls_of,
)
from coevo.inference.panel_simulation import panel_blocks
from coevo.inference.sets import FEWEST_CLUSTERS, t_quantile
from coevo.inference.signs import quadrant_probabilities

# name -> the general model of a batch of panels; both must speak for a relation
ESTIMATORS: dict[str, Callable[[Steps, Years], General]] = {
    "fod_iv": fod_general,
    "lag": lag_general,
}

# signs of A12 (of 2 on 1) and A21 -> relation, and who gains where one alone does
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
Block = tuple[Null, int]  # a null and which of its blocks of panels
DRAWS = 2000  # panels of each null
WEAK_F = 10.0  # first-stage F below which instruments are called weak (Stock and Yogo)
UNDETERMINED = ("undetermined", "")


class Cross(NamedTuple):
    """A12 (of 2 on 1) and A21 of each estimator: A, error (estimators, 2, ...), df of t."""

    A: Array
    error: Array
    df: Array

    @property
    def t(self) -> Array:
        return self.A / self.error


class Relation(NamedTuple):
    """What the two populations are to each other, and what the rule rests on.

    direction: which of the two, where they differ; cross: A12 and A21 by `fod_iv` and by
    `lag`; nulls: critical values (2,) of each, see `critical_values`; quadrants: probability of
    each pair of signs of (A12, A21), "++" or another of `QUADRANTS`, by `fod_iv`.
    """

    name: str
    direction: str
    cross: Cross
    nulls: dict[Null, Array]
    quadrants: dict[str, Array]

    @property
    def critical(self) -> Array:
        """What the size of `agreed` has to exceed, (2,), whichever null is true."""
        return largest(self.nulls)


def relation(
    pair: pd.DataFrame,
    draws: int = DRAWS,
    seed: int = 1,
    exceed: float = 0.975,
    equivalence: float | None = None,
    level: float = 0.95,
    sizes: Mapping[Block, Array] | None = None,
) -> Relation:
    """Return the relation that the growth rows of many regions show (`cross_signs`).

    pair: columns region, year, x1, x2, perhaps flag, positive or NaN; a missing year breaks the
    chain. draws: panels per null; exceed: quantile that must be exceeded; equivalence: the bound
    below which a coefficient counts as zero, in scaled units, with intervals of this level, or
    None; sizes: those of `null_sizes` if they were drawn before. `StudyError` for fewer than six
    regions, where no family of panels without interaction looks like the figures of a population,
    and as for `fit_pooled`.
    """
    effects, quadrants = observed_effects(pair)
    nulls = critical_values(judged_steps(pair), draws, seed, exceed, sizes)
    named = name_relation(cross_signs(effects, largest(nulls), equivalence, level))
    return Relation(*named, effects, nulls, quadrants)


def observed_effects(pair: pd.DataFrame) -> tuple[Cross, dict[str, Array]]:
    """Return A12 and A21 of the growth rows, and the probability of each pair of their signs."""
    batch = as_batch(judged_steps(pair))
    years = years_of(batch)
    both, fod = cross(batch, years), fod_general(batch, years)
    effects = Cross(both.A[..., 0], both.error[..., 0], both.df)
    # of (A12, A21), whose posterior under a flat prior is a bivariate t
    return effects, quadrant_probabilities(effects.A[0], fod.covariance[0, 1:3, 1:3], fod.df)


def judged_steps(pair: pd.DataFrame) -> Steps:
    """Return the growth rows of which a relation can be judged.

    `StudyError` unless enough regions have two growth rows, and effects leave something to judge.
    """
    observed = steps(pair)
    _, rows = np.unique(observed.region, return_counts=True)
    regions, years = (rows > 1).sum(), len(np.unique(observed.year))
    if regions < FEWEST_CLUSTERS:
        raise Refusal("too_few_regions_for_relation", regions=regions, least=FEWEST_CLUSTERS)
    if len(observed.year) <= len(rows) + years + 1:
        raise Refusal(
            "too_few_rows_for_relation", rows=len(observed.year), regions=len(rows), years=years
        )
    require_variation(as_batch(observed), years_of(observed))
    return observed


def cross(panels: Steps, years: Years) -> Cross:
    """Return A12 and A21 of each panel by every estimator; years: `years_of` their rows."""
    fits = [estimate(panels, years) for estimate in ESTIMATORS.values()]
    A, error = (
        np.stack([[part[:, 0, 1], part[:, 1, 0]] for part in parts])
        for parts in ([fit.A for fit in fits], [fit.error for fit in fits])
    )
    return Cross(A, error, np.array([fit.df for fit in fits]))


def agreed(effects: Cross) -> Array:
    """Return for A12 and A21 the weaker of the two estimators' t, 0 where they differ in sign.

    Shape (2, ...): sign times the least |t| over the estimators.
    """
    sign = np.sign(effects.t[0])
    same = (np.sign(effects.t) == sign).all(axis=0)
    return np.where(same, sign * np.abs(effects.t).min(axis=0), 0.0)


def families_of(observed: Steps, seed: int) -> tuple[Array, Families]:
    """Return S (2,) of the observed growth rows, and what it says of each family."""
    years = years_of(observed)
    return departures(as_batch(observed), years)[..., 0], judged_families(observed, years, seed)


def null_sizes(observed: Steps, draws: int, seed: int) -> dict[Block, Callable[[], Array]]:
    """Return what draws the sizes (2, panels) of `agreed` in panels without interaction.

    By null and block of panels, which miss the same rows; of a null that the figures do not allow
    there are none (2, 0).
    """
    years, generators = years_of(observed), np.random.default_rng(seed).spawn(len(NULLS))
    families = cache(partial(judged_families, observed, years, seed))

    def drawn(null: Null, panels: int, generator: np.random.Generator) -> Array:
        if null not in nulls_of(families()):
            return np.empty((2, 0))
        return sizes_under(null, observed, years, families(), panels, generator)

    return {
        (null, number): partial(drawn, null, *block)
        for null, generator in zip(NULLS, generators, strict=True)
        for number, block in enumerate(panel_blocks(draws, len(observed.year), generator))
    }


def sizes_under(
    null: Null,
    observed: Steps,
    years: Years,
    families: Families,
    panels: int,
    generator: np.random.Generator,
) -> Array:
    """Return the sizes (2, panels) of `agreed` in panels of one null, at most a block of them."""
    drawn = null_panels(observed, null, families, panels, generator)
    return np.abs(agreed(cross(drawn, years)))


def critical_values(
    observed: Steps,
    draws: int,
    seed: int,
    exceed: float = 0.975,
    sizes: Mapping[Block, Array] | None = None,
) -> dict[Null, Array]:
    """Return what the size of `agreed` has to exceed, (2,): for A12 and for A21, by null.

    The quantile `exceed` of `null_sizes`; sizes: these, if they were drawn before. Each effect has
    to pass by itself, so that one effect alone does not make a relation of two. `StudyError` where
    no null is left.
    """
    drawn = sizes or {block: draw() for block, draw in null_sizes(observed, draws, seed).items()}
    every = {
        null: np.concatenate([part for (of, _), part in drawn.items() if of == null], axis=-1)
        for null in NULLS
    }
    found = {
        null: np.quantile(parts, exceed, axis=-1) for null, parts in every.items() if parts.size
    }
    if not found:
        raise Refusal("no_null_left")
    return found


def largest(critical: Mapping[Null, Array]) -> Array:
    """Return the critical values (2,) that hold whichever null is true."""
    return np.asarray(np.max(list(critical.values()), axis=0), dtype=float)


def cross_signs(
    effects: Cross, critical: Array, equivalence: float | None = None, level: float = 0.95
) -> Array:
    """Return the signs (2, ...) of A12 and A21, NaN where a sign is not determined.

    +-1 where `agreed` exceeds its critical value; 0 where the intervals A -+ t(df) error of all
    estimators lie inside (-equivalence, equivalence), which then goes first: without a bound
    nothing is ever 0.
    """
    weaker = agreed(effects)
    critical = critical.reshape(critical.shape + (1,) * (weaker.ndim - critical.ndim))
    signs = np.where(np.abs(weaker) > critical, np.sign(weaker), np.nan)
    if equivalence is None:
        return signs
    df = effects.df.reshape((-1,) + (1,) * (effects.A.ndim - 1))
    small = (np.abs(effects.A) + t_quantile(df, level) * effects.error < equivalence).all(axis=0)
    return np.where(small, 0.0, signs)


def name_relation(signs: Array) -> tuple[str, str]:
    """Return the relation of two signs (2,) and its direction."""
    return RELATIONS.get((float(signs[0]), float(signs[1])), UNDETERMINED)
