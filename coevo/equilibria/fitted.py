"""Every classic fit of a study: each region alone, all regions pooled, and what was refused."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from coevo.arrays import Row
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import ESTIMATORS, breaks
from coevo.estimation.pooled import FOD_IV, GeneralPooled, PooledFit, fit_pooled_general
from coevo.estimation.region import Equations, Fit, GeneralFit, fit, fit_general
from coevo.inference.sets import FEWEST_CLUSTERS

POOLED = "pooled"
HEADLINE_SCALE = "first"  # a mean over the period contains the future
SHOWN_SCALES = (HEADLINE_SCALE, "mean")


AnyFit = Fit | GeneralFit | GeneralPooled
POOLED_GENERAL = ("region", "region+year")  # effects of the pooled general model


Fits = tuple[list[tuple[Row, AnyFit]], list[Row]]  # fits with their labels, and what was refused


def fit_regions(pair: pd.DataFrame, estimator: str, estimators: Collection[str] = ()) -> Fits:
    """Return the fits of each region alone by every estimator; a failure does not stop the rest.

    pair: columns region, name, year, x1, x2, perhaps x3 ..., flag (see `pair_values`); estimator:
    that of the general model; estimators: those of `ESTIMATORS` to use, by default all. Fits have
    the columns that name them; a row for each that failed carries the reason as a message.
    """
    attempts: list[tuple[Row, Callable[[], AnyFit]]] = []
    for code, part in pair.groupby("region", sort=True):
        scope = str(code)
        for name in used_estimators(estimators):
            attempts.append((_label(scope, name), partial(fit_region, part, name)))
        make = partial(fit_general, part["year"], part[populations(pair)], estimator, breaks(part))
        attempts.append((_label(scope, estimator, form="general"), make))
    return _fits_and_refusals(attempts)


def fit_pool(pair: pd.DataFrame, estimators: Collection[str] = ()) -> Fits:
    """Return the fits of all regions together by every estimator, effects and scaling.

    pair, estimators, fits and refusals: as for `fit_regions`. A region whose figures allow no
    logarithms is left out of the pool, of the general model where those of x3 ... do not.
    """
    used = used_estimators(estimators)
    pool, names = growth_pool(pair), populations(pair)
    figures = {"classic": (pool, names[:2]), "general": (growth_pool(pool, names), names)}
    ways = [*product(used, EFFECTS, SHOWN_SCALES, ["classic"])]
    ways += product([FOD_IV], ["region+year"], [HEADLINE_SCALE], figures)
    ways += product(used, POOLED_GENERAL, [HEADLINE_SCALE], ["general"])
    return _fits_and_refusals(
        (_label(POOLED, *way), partial(fit_pooled_general, *figures[way[-1]], *way)) for way in ways
    )


def _label(
    scope: str, estimator: str, effects: str = "none", scaling: str = "none", form: str = "classic"
) -> Row:
    """Return the columns that name a fit."""
    label = {"scope": scope, "effects": effects, "estimator": estimator}
    return label | {"scaling": scaling, "model": form}


def _fits_and_refusals(attempts: Iterable[tuple[Row, Callable[[], AnyFit]]]) -> Fits:
    """Return the fits that labelled calls make, and rows of the table `refusals` for the others.

    What is refused in every scaling, one after the other, is one row.
    """
    fits: list[tuple[Row, AnyFit]] = []
    refusals: list[Row] = []
    for label, make in attempts:
        outcome = attempted(make)
        if not isinstance(outcome, Refusal):
            fits.append((label, outcome))
            continue
        quantity = "general" if label["model"] == "general" else "fit"
        row = {name: label[name] for name in ("scope", "effects", "estimator")}
        row |= {"quantity": quantity} | outcome.columns
        if row not in refusals[-1:]:
            refusals.append(row)
    return fits, refusals


def used_estimators(estimators: Collection[str]) -> list[str]:
    """Return the estimators of `ESTIMATORS` that are wanted, all where none is named."""
    return [name for name in ESTIMATORS if not estimators or name in estimators]


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


def fit_region(part: pd.DataFrame, estimator: str) -> Fit:
    """Return the classic fit of one region's rows: columns year, x1, x2, perhaps flag."""
    return fit(part["year"], part["x1"], part["x2"], estimator, breaks(part))


def attempted(make: Callable[[], Any]) -> Any:
    """Return what is made, or the `Refusal` of it."""
    try:
        return make()
    except Refusal as refusal:
        return refusal


def inferable(fit: AnyFit) -> TypeGuard[GeneralPooled]:
    """Return whether a fit is pooled and has the regions that a clustered error needs."""
    return isinstance(fit, GeneralPooled) and len(fit.regions) >= FEWEST_CLUSTERS


def has_regional_lines(fit: AnyFit) -> TypeGuard[PooledFit]:
    """Return whether a fit is pooled and gives regions lines of their own and errors to them.

    Those in the headline's scaling with an intercept per region and enough regions for inference.
    """
    scaled = isinstance(fit, PooledFit) and fit.scale == HEADLINE_SCALE and not fit.common
    return scaled and inferable(fit)


def regional_lines(fits: Iterable[tuple[Row, AnyFit]]) -> Iterator[tuple[Row, Equations]]:
    """Yield each pair of lines that has an equilibrium of its own, labelled, in original units."""
    for label, fitted in fits:
        if isinstance(fitted, Fit):
            yield label, fitted
        elif has_regional_lines(fitted):
            yield from ((label | {"scope": code}, fitted.at(code)) for code in fitted.regions)
