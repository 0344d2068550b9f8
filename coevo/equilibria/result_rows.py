"""Fits as rows of the tables equilibria, relations, checks and refusals."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from coevo.arrays import Row
from coevo.equilibria.fitted import HEADLINE_SCALE, AnyFit, inferable
from coevo.estimation.growth import Rows
from coevo.estimation.pooled import PooledFit, common_year_share
from coevo.estimation.pooled_rows import Pool
from coevo.estimation.region import Equations, Fit
from coevo.inference.sets import (
    FEWEST_REGIONS,
    UNBOUNDED,
    RatioSet,
    equilibrium_sets,
    fieller,
    located,
)
from coevo.inference.signs import sign_patterns
from coevo.lotka_volterra.classic import kind
from coevo.messages import message_columns


def equilibrium_rows(found: Sequence[tuple[Row, Equations]], level: float) -> Iterator[Row]:
    """Yield the fitted E of labelled fits with its sets, kind and sign probabilities."""
    if not found:
        return
    coefficients, covariance, df = (
        np.array([getattr(own, name) for _, own in found])
        for name in ("coefficients", "covariance", "df")
    )
    c, s = coefficients[..., 0], coefficients[..., 1]
    sets = fieller(c, s, covariance, df[:, None], level)
    signs = sign_patterns(coefficients, covariance, df)
    columns: dict[str, npt.NDArray[Any]] = {"kind": kind(c[:, 0], -s[:, 0], -c[:, 1], s[:, 1])}
    for name, own in (("x1", sets.of(1)), ("x2", sets.of(0))):
        columns |= {name: own.estimate, f"{name}_set": own.kind}
        columns |= {f"{name}_low": own.low, f"{name}_high": own.high}
    columns["located"] = located(sets.kind, sets.low)
    columns |= {f"p_{name}": signs[name] for name in ("predator_prey", "reversed", "saddle")}
    for (label, _), *values in zip(found, *columns.values(), strict=True):
        yield label | {"source": "fit"} | dict(zip(columns, values, strict=True))


def relation_rows(
    fits: Sequence[tuple[Row, AnyFit]], estimator: str, level: float
) -> Iterator[Row]:
    """Yield what labelled fits say about themselves.

    The share of variance common to a year is that of the main estimator's regressor, scaled as the
    headline and, marked `_mean`, by the mean.
    """
    every = [own for _, own in fits if isinstance(own, PooledFit)]
    two_way = {pooled.estimator for pooled in every if pooled.effects == "region+year"}
    for label, own in fits:
        if isinstance(own, Fit):
            yield from (label | row for row in _diagnostics(own))
        if isinstance(own, Equations):
            yield from (label | row for row in _own_relations(own, level))
        if not isinstance(own, PooledFit):
            continue
        if own.scale == HEADLINE_SCALE:
            yield from (label | row for row in _pooled_relations(own, level))
        if own.effects == "region" and own.estimator in two_way & {estimator}:
            ending = "" if own.scale == HEADLINE_SCALE else f"_{own.scale}"
            for x, share in zip(("x1", "x2"), common_year_share(own), strict=True):
                yield label | {"check": f"common_year_share_{x}{ending}", "value": share}


def _diagnostics(own: Fit) -> Iterator[Row]:
    yield from _crossing(own.data)
    for i in range(2):
        yield {"check": f"condition_equation_{i + 1}", "value": own.condition[i]}
    yield _residual_correlation(own.residuals)


def _own_relations(own: Equations, level: float) -> Iterator[Row]:
    yield from _unboundedness(*equilibrium_sets(own, level))
    # Bonferroni: the product of these two sets holds E with probability `level` at least.
    each = 1 - (1 - level) / 2
    for name, found in zip(("x1", "x2"), equilibrium_sets(own, each), strict=True):
        row = {"quantity": f"region_{name}", "value": found.estimate, "level": each}
        yield row | {"low": found.low, "high": found.high, "set": str(found.kind)}


def _pooled_relations(pooled: PooledFit, level: float) -> Iterator[Row]:
    yield from _crossing(pooled.data)
    yield {"check": "regions", "value": len(pooled.regions)}
    yield _residual_correlation(pooled.residuals)
    if inferable(pooled):
        # g depends on the slope and its variance alone, which are common to all regions
        lines = (pooled.intercepts[0], pooled.slopes, pooled.line_covariance[0])
        sets = fieller(*lines, pooled.df, level)
        yield from _unboundedness(sets.of(1), sets.of(0))
    else:
        fields = {"regions": len(pooled.regions), "least": FEWEST_REGIONS}
        yield {"quantity": "inference"} | message_columns("too_few_regions", fields)


def _crossing(data: Rows | Pool) -> Iterator[Row]:
    """How many pairs of a year and the next are no growth rows, since they cross two vintages."""
    for year, count in zip(*np.unique(data.crossing, return_counts=True), strict=True):
        yield {"check": "rows_across_vintages", "value": count, "year": year}


def _residual_correlation(residuals: np.ndarray) -> Row:
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.corrcoef(residuals, rowvar=False)[0, 1]
    return {"check": "residual_correlation", "value": r}


def _unboundedness(x1: RatioSet, x2: RatioSet) -> Iterator[Row]:
    """g_F of each coordinate: from 1 on the set is unbounded and E cannot be located."""
    for name, found in (("x1", x1), ("x2", x2)):
        yield {"check": f"g_F_{name}", "value": found.g, "limit": UNBOUNDED}
