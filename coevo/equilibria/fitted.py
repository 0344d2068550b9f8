"""Every classic fit of a study: each region alone, all regions pooled, and what was refused."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Row
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled import FOD_IV, GeneralPooled, PooledFit, fit_pooled, fit_pooled_general
from coevo.estimation.pooled_rows import SCALES, breaks
from coevo.estimation.region import Equations, Fit, GeneralFit, fit, fit_general
from coevo.estimation.trajectory import Series, fit_trajectories
from coevo.inference.sets import FEWEST_REGIONS

POOLED = "pooled"
HEADLINE_SCALE = "first"  # a mean over the period contains the future


def _each(make: Callable[..., Fit], regions: Iterable[Series]) -> list[Equations | Refusal]:
    """Return the fits of regions one after the other, errors in their place."""
    return [attempted(partial(make, *own[:3], breaks=own.breaks)) for own in regions]


# name -> fits of many regions, an error in the place of a region that it refuses
REGIONAL: dict[str, Callable[[Sequence[Series]], Sequence[Equations | Refusal]]] = {
    name: partial(_each, partial(fit, estimator=name)) for name in ESTIMATORS
} | {"trajectory": fit_trajectories}
AnyFit = Equations | GeneralFit | GeneralPooled
POOLED_GENERAL = ("region", "region+year")  # effects of the pooled general model


class Fits(NamedTuple):
    """Fits of a study, and a row per fit that failed.

    regions: fits of one region by (region, estimator); pooled: many regions; general: the general
    model of one region by region; shared: that of many regions, and the classic form of `fod_iv`.
    """

    regions: dict[tuple[str, str], Equations]
    pooled: list[PooledFit]
    general: dict[str, GeneralFit]
    shared: list[GeneralPooled]
    refused: list[Row]

    def kept(self, found: Any, label: Row) -> Any:
        """Return a fit, or None of a `Refusal`, which is written down under its label."""
        if isinstance(found, Refusal):
            self.refused.append(label | found.columns)
            return None
        return found


def fit_regions(pair: pd.DataFrame, estimator: str, estimators: Collection[str] = ()) -> Fits:
    """Return the fits of each region alone by every estimator; a failure does not stop the rest.

    pair: columns region, name, year, x1, x2, perhaps x3 ..., flag (see `pair_values`); estimator:
    that of the general model; estimators: those of `REGIONAL` to use, by default all. Refusals
    carry their reason as a message.
    """
    found = Fits({}, [], {}, [], [])
    parts = {str(code): part for code, part in pair.groupby("region", sort=True)}
    series = [series_of(part) for part in parts.values()]
    made = {name: REGIONAL[name](series) for name in used_estimators(estimators)}
    for i, (code, part) in enumerate(parts.items()):
        for name, own in made.items():
            if lines := found.kept(own[i], _label(code, "none", name)):
                found.regions[code, name] = lines
        make = partial(fit_general, part["year"], part[populations(pair)], estimator, breaks(part))
        whole = found.kept(attempted(make), _label(code, "none", estimator, "general"))
        if whole is not None:
            found.general[code] = whole
    return found


def fit_pool(pair: pd.DataFrame, estimators: Collection[str] = ()) -> Fits:
    """Return the fits of all regions together by every estimator, effects and scaling.

    pair, estimators: as for `fit_regions`. A region whose figures allow no logarithms is left out
    of the pool, of the general model where those of x3 ... do not; a study of one region has none.
    """
    found = Fits({}, [], {}, [], [])
    if pair["region"].nunique() > 1:
        used = used_estimators(estimators)
        pool = growth_pool(pair)
        for name in (name for name in used if name in ESTIMATORS):
            for effects in EFFECTS:
                make = partial(_scaled, pool, name, effects)
                own = found.kept(attempted(make), _label(POOLED, effects, name))
                found.pooled.extend(own or [])
        found.shared.extend(_shared(pool, used, found))
    return found


def used_estimators(estimators: Collection[str]) -> list[str]:
    """Return the estimators of `REGIONAL` that are wanted, all where none is named."""
    return [name for name in REGIONAL if not estimators or name in estimators]


def growth_pool(pair: pd.DataFrame, names: Sequence[str] = ("x1", "x2")) -> pd.DataFrame:
    """Return the rows of regions whose figures allow logarithms: each positive or missing.

    Those of a region that has a year twice are left out as well.
    """
    x = pair[list(names)].to_numpy(dtype=float)
    wrong = (~np.isnan(x) & ~((x > 0) & np.isfinite(x))).any(axis=1)
    wrong |= pair.duplicated(["region", "year"], keep=False).to_numpy()
    return pair[~pair["region"].isin(pair.loc[wrong, "region"])]


def populations(pair: pd.DataFrame) -> list[str]:
    """Return the columns of the populations: x1, x2, x3 ..."""
    return [column for column in pair.columns if column[0] == "x" and column[1:].isdigit()]


def _scaled(pool: pd.DataFrame, estimator: str, effects: str) -> list[PooledFit]:
    return [fit_pooled(pool, "x1", "x2", estimator, effects, scale) for scale in SCALES]


def _shared(pool: pd.DataFrame, estimators: Collection[str], found: Fits) -> list[GeneralPooled]:
    """Return the general model of many regions by every estimator, and `fod_iv` in both forms."""
    names = populations(pool)
    whole = growth_pool(pool, names)
    wanted = [(FOD_IV, "region+year", "classic", names[:2])]
    wanted += [(FOD_IV, "region+year", "general", names)]
    wanted += [
        (name, effects, "general", names)
        for name in estimators
        if name in ESTIMATORS
        for effects in POOLED_GENERAL
    ]
    made = []
    for name, effects, form, columns in wanted:
        label = _label(POOLED, effects, name, "fit" if form == "classic" else "general")
        figures = whole if form == "general" else pool
        arguments = (figures, columns, name, effects, HEADLINE_SCALE, form)
        made.append(found.kept(attempted(partial(fit_pooled_general, *arguments)), label))
    return [fit for fit in made if fit is not None]


def series_of(part: pd.DataFrame) -> Series:
    """Return the figures of one region's rows: columns year, x1, x2, perhaps flag."""
    year, x1, x2 = (part[column].to_numpy() for column in ("year", "x1", "x2"))
    return Series(year, x1, x2, breaks(part))


def attempted(make: Callable[[], Any]) -> Any:
    """Return what is made, or the `Refusal` of it."""
    try:
        return make()
    except Refusal as refusal:
        return refusal


def _label(scope: Any, effects: str, estimator: str, quantity: str = "fit") -> Row:
    """Return the columns of a row of `refusals` that name what could not be estimated."""
    what = {"scope": str(scope), "effects": effects, "estimator": estimator}
    return what | {"quantity": quantity}


def inferable(pooled: GeneralPooled) -> bool:
    """Return whether a pooled fit has the regions that a clustered error needs."""
    return len(pooled.regions) >= FEWEST_REGIONS


def labelled_fits(fits: Fits, estimator: str) -> Iterator[tuple[Row, AnyFit]]:
    """Yield every fit with the columns that name it; estimator: that of the general models."""
    own = {"effects": "none", "scaling": "none"}
    for (code, name), lines in fits.regions.items():
        yield {"scope": code, "model": "classic", "estimator": name} | own, lines
    for code, whole in fits.general.items():
        yield {"scope": code, "model": "general", "estimator": estimator} | own, whole
    for pooled in (*fits.pooled, *fits.shared):
        label = {"scope": POOLED, "effects": pooled.effects, "model": pooled.form}
        yield label | {"estimator": pooled.estimator, "scaling": pooled.scale}, pooled


def has_regional_lines(pooled: GeneralPooled) -> bool:
    """Return whether a classic pooled fit gives regions lines of their own and errors to them.

    Those in the headline's scaling with an intercept per region and enough regions for inference.
    """
    scaled = pooled.scale == HEADLINE_SCALE and not pooled.common
    return isinstance(pooled, PooledFit) and scaled and inferable(pooled)


def regional_lines(fits: Iterable[tuple[Row, AnyFit]]) -> Iterator[tuple[Row, Equations]]:
    """Yield each pair of lines that has an equilibrium of its own, labelled, in original units."""
    for label, own in fits:
        if isinstance(own, Equations):
            yield label, own
        elif isinstance(own, PooledFit) and has_regional_lines(own):
            yield from ((label | {"scope": code}, own.at(code)) for code in own.regions)
