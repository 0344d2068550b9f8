"""Every classic fit of a study: each region alone, all regions pooled, and what was refused."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.estimation import (
    EFFECTS,
    ESTIMATORS,
    SCALES,
    Equations,
    Fit,
    PooledFit,
    breaks,
    fit,
    fit_pooled,
    growth_rows,
)
from coevo.inference import FEWEST_REGIONS

Row = dict[str, Any]
POOLED = "pooled"
HEADLINE_SCALE = "first"  # a mean over the period contains the future


class Fits(NamedTuple):
    """Fits of one region by (region, estimator), pooled fits, and a row per fit that failed."""

    regions: dict[tuple[str, str], Fit]
    pooled: list[PooledFit]
    refused: list[Row]


def fit_all(pair: pd.DataFrame) -> Fits:
    """Return the fits of every estimator, effects and scaling; a failure does not stop the rest.

    pair: columns region, name, year, x1, x2, flag (see `pair_values`). A region whose figures allow
    no logarithms is left out of the pool; a study of one region has no pool. Refusals carry their
    reason as `relation`.
    """
    regions: dict[tuple[str, str], Fit] = {}
    pooled: list[PooledFit] = []
    refused: list[Row] = []
    for code, part in pair.groupby("region", sort=True):
        for estimator in ESTIMATORS:
            try:
                regions[str(code), estimator] = fit(*_series(part), estimator, breaks(part))
            except StudyError as error:
                refused.append(_refusal(str(code), "none", estimator, error))
    if pair["region"].nunique() > 1:
        pool = pair.groupby("region").filter(allows_growth)
        for estimator in ESTIMATORS:
            for effects in EFFECTS:
                try:
                    pooled += [
                        fit_pooled(pool, "x1", "x2", estimator, effects, scale) for scale in SCALES
                    ]
                except StudyError as error:
                    refused.append(_refusal(POOLED, effects, estimator, error))
    return Fits(regions, pooled, refused)


def _series(part: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return part["year"].to_numpy(), part["x1"].to_numpy(), part["x2"].to_numpy()


def allows_growth(part: pd.DataFrame) -> bool:
    """Return whether a region's figures allow logarithms: each positive or missing."""
    try:
        growth_rows(*_series(part))
    except StudyError:
        return False
    return True


def _refusal(scope: str, effects: str, estimator: str, error: StudyError) -> Row:
    what = {"scope": scope, "effects": effects, "estimator": estimator}
    return what | {"quantity": "not_estimated", "relation": str(error)}


def inferable(pooled: PooledFit) -> bool:
    """Return whether a pooled fit has the regions that a clustered error needs."""
    return len(pooled.regions) >= FEWEST_REGIONS


def regional_lines(fits: Fits) -> Iterator[tuple[Row, Equations]]:
    """Yield each pair of lines that has an equilibrium of its own, labelled, in original units.

    Those are the fits of one region and, from pooled fits in the headline's scaling with an
    intercept per region and enough regions for inference, each region's lines.
    """
    for (code, estimator), own in fits.regions.items():
        yield {"scope": code, "effects": "none", "estimator": estimator}, own
    for pooled in fits.pooled:
        if pooled.scale == HEADLINE_SCALE and not pooled.common and inferable(pooled):
            for code in pooled.regions:
                label = {"scope": code, "effects": pooled.effects, "estimator": pooled.estimator}
                yield label, pooled.at(code)
