"""The classic fits of a study, as rows of its three tables."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from zlib import crc32

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
    common_year_share,
    fit,
    fit_pooled,
    growth_rows,
)
from coevo.inference import (
    FEWEST_REGIONS,
    RatioSet,
    equilibrium_sets,
    interval,
    sign_probabilities,
)
from coevo.lotka_volterra import ELASTICITIES, elasticities, equilibrium, growth, kind

Row = dict[str, Any]
HEADLINE_SCALE = "first"  # a mean over the period contains the future


class Fits(NamedTuple):
    """Fits of single regions by (region, estimator), pooled fits, and what could not be fitted."""

    regions: dict[tuple[str, str], Fit]
    pooled: list[PooledFit]
    refused: list[Row]


def fit_all(pair: pd.DataFrame) -> Fits:
    """Return every fit of every estimator; a region that cannot be fitted does not stop the rest.

    pair: columns region, name, year, x1, x2. A region whose figures do not allow logarithms is left
    out of the pool; a study of one region has no pool. Refusals carry their reason as `relation`.
    """
    regions: dict[tuple[str, str], Fit] = {}
    pooled: list[PooledFit] = []
    refused: list[Row] = []

    def refuse(scope: str, effects: str, estimator: str, error: StudyError) -> None:
        what = {"scope": scope, "effects": effects, "estimator": estimator}
        refused.append(what | {"quantity": "not_estimated", "relation": str(error)})

    sound = []
    for code, part in pair.groupby("region", sort=True):
        series = [part[column].to_numpy() for column in ("year", "x1", "x2")]
        for estimator in ESTIMATORS:
            try:
                regions[str(code), estimator] = fit(*series, estimator)
            except StudyError as error:
                refuse(str(code), "none", estimator, error)
        try:
            growth_rows(*series)
            sound.append(code)
        except StudyError:
            pass
    if pair["region"].nunique() < 2:
        return Fits(regions, pooled, refused)
    pool = pair[pair["region"].isin(sound)]
    for estimator in ESTIMATORS:
        for effects in EFFECTS:
            try:
                pooled += [
                    fit_pooled(pool, "x1", "x2", estimator, effects, scale) for scale in SCALES
                ]
            except StudyError as error:
                refuse("pooled", effects, estimator, error)
    return Fits(regions, pooled, refused)
