"""How often the relation rule names a relation of the size that a study reports.

    g1 = alpha_1r + tau_1t + e_1 + A12 R(x2),   g2 = alpha_2r + tau_2t + e_2 + A21 R(x1)

Panels have the study's regions, years, drifts, noise and year shocks, given the effects; then more
years, more regions, half the noise of regions (docs/methods.md, 5). What they have to exceed is
drawn once for each number of regions and years, from the families that the study's figures allow.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Row
from coevo.estimation.growth import Pool
from coevo.estimation.pooled_batches import Steps, years_of
from coevo.inference.null_families import Draws, Motion, Null, null_drifts, panels_of
from coevo.inference.panel_simulation import (
    Shocks,
    draw_normals,
    next_year,
    panel_blocks,
    shocks,
    simulated_panels,
)
from coevo.inference.relation_rule import agreed, cross, cross_signs, name_relation

YEARS, REGIONS, NOISE = (15, 20, 30), (100, 300), 0.5
MOST = 10_000  # region-years of a panel that is looked at beside the study's own
ENOUGH = 0.8  # share of panels in which the rule finds the relation
ESTIMATES = "estimates"  # the size that is looked at everywhere
PANELS, EXCEED, MOST_LOST = 300, 0.975, 0.5
# relation -> the signs of A12 and A21; of predator and prey the pattern of supply
SIGNS = {"competition": (-1, -1), "mutualism": (1, 1), "predator_prey": (-1, 1)}
SWAPPED = {"predator_prey": (1, -1)}  # where the estimates have these signs


class Setting(NamedTuple):
    """A panel that might be: how many regions and years, times what the noise of regions is."""

    regions: int
    years: int
    noise: float = 1.0


class Effects(NamedTuple):
    """A12 and A21 of one relation, which of the reported ones they are, and whether the estimates
    have their signs.
    """

    relation: str
    size: str
    A: Array
    own: bool

    @property
    def columns(self) -> Row:
        sizes = dict(zip(("A12", "A21"), self.A, strict=True))
        return {"effect": self.relation, "size": self.size, **sizes, "own": self.own}


def skeleton(populations: int, setting: Setting) -> Steps:
    """Return growth rows of every region in every year, from 1 on, for panels to be simulated."""
    region, year = (part.ravel() for part in np.indices((setting.regions, setting.years - 1)))
    ones = np.ones((len(region), populations))
    return Steps(region, year, ones, ones)


def reported_effects(slopes: Array, ends: Array) -> Iterator[Effects]:
    """Yield for each relation the effects that a study reports, where its intervals hold the signs.

    slopes (2,): estimates of A12, A21, whose sizes take the signs of a relation: whole
    (`estimates`) and `half`; ends (2, 2): least and largest A12, and A21, of its intervals, of
    which the far ones (`ends`) are taken. What lies beyond an end is left out.
    """
    swapped = SWAPPED if tuple(np.sign(slopes)) in SWAPPED.values() else {}
    for relation, signs in (SIGNS | swapped).items():
        far = np.where(np.array(signs) > 0, ends[:, 1], ends[:, 0])
        sizes = {"half": np.abs(slopes) / 2, ESTIMATES: np.abs(slopes), "ends": np.abs(far)}
        if (np.sign(far) != signs).any():
            continue
        for size, of in sizes.items():
            if (of <= np.abs(far)).all():
                yield Effects(relation, size, of * signs, tuple(np.sign(slopes)) == signs)


def settings(pool: Pool) -> list[Setting]:
    """Return the study's own number of regions and years; more years, more regions, less noise."""
    own = Setting(len(pool.regions), int(np.ptp(pool.year)) + 2)
    more = [own._replace(years=years) for years in YEARS if years > own.years]
    more += [own._replace(regions=regions) for regions in REGIONS if regions > own.regions]
    allowed = (of for of in more if of.regions * of.years <= MOST)
    return [own, *allowed, own._replace(noise=NOISE)]


def seen_rows(
    pool: Pool,
    effects: Sequence[Effects],
    nulls: Mapping[Null, tuple[Motion, Motion]],
    seed: int,
    looked_at: Sequence[Setting],
    critical: Array | None = None,
    panels: int = PANELS,
) -> Iterator[Row]:
    """Yield the share of panels in which the rule names the relation, of each effects and setting.

    pool: the study's growth rows, trapezoid, scaled by the first year; nulls: those that it allows,
    with the motions of both populations; looked_at: some of `settings`, the study's own first;
    critical (2,): its values there, simulated without. The `estimates` are looked at in every
    setting, other sizes in the study's own.
    """
    own = looked_at[0]
    rows: list[Row] = []
    for number, setting in enumerate(looked_at):
        frame = pool if setting._replace(noise=1.0) == own else skeleton(2, setting)
        blocks = panel_blocks(panels, len(frame.year), np.random.default_rng((seed, number)))
        draws = [draw_normals(frame, *block) for block in blocks]
        given = critical if setting == own else None
        least = _critical(pool, frame, setting, nulls, draws) if given is None else given
        for each in effects:
            if setting == own or each.size == ESTIMATES:
                seen = _seen(pool, frame, setting, each, draws, least)
                rows.append(each.columns | setting._asdict() | seen)
    yield from (row | _least(rows, row) for row in rows)


def _enlarged(found: Shocks, setting: Setting) -> Shocks:
    """Return the shocks of so many regions, whose drifts are those of the study in turn."""
    level = np.resize(found.level, (setting.regions, found.level.shape[1]))
    return found._replace(level=level, error=setting.noise**2 * found.error)


def _critical(
    pool: Pool,
    frame: Steps | Pool,
    setting: Setting,
    nulls: Mapping[Null, tuple[Motion, Motion]],
    draws: Draws,
) -> Array:
    """Return what the weaker |t| of A12 and of A21 exceeds in one of forty panels, by any null."""
    rows, quantiles = _steps(frame), []
    years = years_of(rows)
    for null, motions in nulls.items():
        drifts = _enlarged(null_drifts(_steps(pool), null, motions), setting)
        panels = (panels_of(rows, motions, drifts, normals) for normals in draws)
        sizes = [np.abs(agreed(cross(block, years))) for block in panels]
        quantiles.append(np.quantile(np.concatenate(sizes, axis=-1), EXCEED, axis=-1))
    return np.asarray(np.max(quantiles, axis=0))


def _steps(rows: Steps | Pool) -> Steps:
    """Return growth rows without what panels replace."""
    if isinstance(rows, Steps):
        return rows
    return Steps(rows.region, rows.year, rows.start, rows.start * np.exp(rows.growth))


def _seen(
    pool: Pool,
    frame: Steps | Pool,
    setting: Setting,
    effects: Effects,
    draws: Draws,
    least: Array,
) -> Row:
    """Return the share of panels in which the relation is named, and of those that are `lost`.

    These grow beyond every bound; where they are most, the share is not known.
    """
    left = pool.growth - effects.A * pool.regressor[:, ::-1]
    drifts = _enlarged(shocks(pool.region, pool.year, left, slopes=1), setting)
    following, rows = partial(next_year, slopes=effects.A), _steps(frame)
    years, named = years_of(rows), list[str]()
    for normals in draws:
        with np.errstate(all="ignore"):
            start, end = simulated_panels(frame, drifts, normals, following)
            whole = (np.isfinite(end) & (end > 0)).all(axis=(0, 1))
        if whole.any():
            panels = rows._replace(start=start[..., whole], end=end[..., whole])
            signs = cross_signs(cross(panels, years), least)
            named += [name_relation(of)[0] for of in signs.T]
    drawn = sum(normals.year.shape[-1] for normals in draws)
    found: Row = {"panels": len(named), "lost": 1 - len(named) / drawn}
    if found["lost"] < MOST_LOST:
        found["power"] = named.count(effects.relation) / len(named)
    return found


def _least(rows: Sequence[Row], row: Row) -> Row:
    """Return the least number of years, and of regions, in which the same effects are found.

    All else as in the study, whose setting is the first; empty where none of those looked at is.
    """
    own = Setting(*(rows[0][name] for name in Setting._fields))
    effects = [row["effect"], row["size"]]
    enough = [
        Setting(*(other[name] for name in Setting._fields))
        for other in rows
        if [other["effect"], other["size"]] == effects and other.get("power", 0) >= ENOUGH
    ]
    years = [of.years for of in enough if of._replace(years=own.years) == own]
    regions = [of.regions for of in enough if of._replace(regions=own.regions) == own]
    return {
        "least_years": min(years, default=np.nan), "least_regions": min(regions, default=np.nan)
    }  # fmt: skip
