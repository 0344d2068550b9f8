"""What fits rest on: of one region single rows, of many what they share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coevo.arrays import Array, Row
from coevo.equilibria.fitted import AnyFit, growth_pool, has_regional_lines, inferable
from coevo.equilibria.observed import mean_rows
from coevo.equilibria.pooled_checks import (
    bias_rows,
    contrast_rows,
    dependence_rows,
    instrument_rows,
    judged_rows,
    period_rows,
    sharing_rows,
    slope_test_rows,
    sub_periods,
)
from coevo.equilibria.relation_draws import RELATION
from coevo.errors import tried
from coevo.estimation.fod_iv import FOD_IV
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_general import GeneralPooled
from coevo.estimation.region import Fit
from coevo.inference.power import least_interaction
from coevo.inference.single_rows import leave_one_row_out
from coevo.inference.slope_errors import BY_YEAR, ERRORS
from coevo.lotka_volterra.classic import euler_modulus, kind
from coevo.lotka_volterra.orbits import conserved_drift

COORDINATES = ("x1", "x2")


def own_doubts(
    pair: pd.DataFrame, fits: Iterable[tuple[Row, AnyFit]], estimator: str, level: float
) -> Iterator[Row]:
    """Yield the doubts about the labelled fit of each region by the main estimator."""
    paths = {code: part.set_index("year") for code, part in pair.groupby("region")}
    for label, own in fits:
        if isinstance(own, Fit) and label["estimator"] == estimator:
            path = paths[label["scope"]][["x1", "x2"]].astype(float)
            yield from tried(deletion_rows(own), label, quantity="deletion")
            yield from tried(doubt_rows(own, path, level), label, quantity="doubts")
            yield from (label | row for row in mean_rows(path))


def pooled_doubts(
    pair: pd.DataFrame,
    fits: Sequence[tuple[Row, AnyFit]],
    interaction: Mapping[str, Any],
    seed: int,
    drawn: Mapping[str, Mapping[Any, Array]] | None = None,
) -> Iterator[Row]:
    """Yield what the pooled fits in the headline's scaling share, and what relation they show.

    drawn: the draws of `pooled_draws`, if they were made before.
    """
    drawn = drawn or {}
    level, main = interaction.get("confidence", 0.95), interaction.get("estimator", "trapezoid")
    for label, own in fits:
        if not isinstance(own, PooledFit) or not has_regional_lines(own):
            continue
        # what is said of region effects alone rests on years, by whatever estimator
        for errors in ERRORS if own.estimator == main else (BY_YEAR,) * (own.effects == "region"):
            yield from tried(slope_test_rows(own, errors, seed, level), label, quantity=errors)
        if own.estimator == main:
            yield from tried(sharing_rows(own, level), label, quantity="sharing")
            if own.effects == "region+year":
                yield from tried(contrast_rows(own, level), label, quantity="hausman")
            if own.effects == "region":
                yield from tried(dependence_rows(own, level), label, quantity="cross_dependence")
        if own.estimator == "trapezoid":
            yield from tried(bias_rows(own, seed, drawn.get(own.effects)), label, quantity="bias")
    for label, own in fits:
        if label["model"] != "classic" or label["estimator"] != FOD_IV:
            continue
        if not isinstance(own, GeneralPooled) or not inferable(own):
            continue
        yield from tried(instrument_rows(own, level, seed), label, quantity="instruments")
        pool = growth_pool(pair)
        judged = judged_rows(pool, interaction, seed, drawn.get(RELATION))
        yield from tried(judged, label, quantity="relation")
        for name, part in sub_periods(pool, interaction.get("split")).items():
            rows = period_rows(part, level, seed)
            yield from tried(rows, label | {"period": name}, quantity="feedback")


def deletion_rows(own: Fit) -> Iterator[Row]:
    """Yield `deleted_x1`, `deleted_x2`: least and largest E without one growth row; and
    `deleted_turns`: in how many cases a coefficient turns its sign.
    """
    without = leave_one_row_out(own)
    for name, E in zip(COORDINATES, without.E.T, strict=True):
        yield {"quantity": f"deleted_{name}", "low": float(E.min()), "high": float(E.max())}
    yield {"check": "deleted_turns", "value": int(without.turned.any(axis=1).sum())}


def doubt_rows(own: Fit, path: pd.DataFrame, level: float) -> Iterator[Row]:
    """Yield what always can be said of the main estimator's fit; path: observed x1, x2 by year.

    `power_b1`, `power_d`: the least slope found with probability .8; at a centre `map_modulus`: of
    the eigenvalues of the regression iterated as explicit Euler; `conserved_drift`: of V along the
    observed path.
    """
    for name, least in least_interaction(own, level).items():
        yield {"check": f"power_{name}", "value": least}
    if kind(own.a1, own.b1, own.a2, own.d) == "centre":
        yield {"check": "map_modulus", "value": float(euler_modulus(own.a1, own.a2))}
        drift = conserved_drift(path["x1"], path["x2"], own.a1, own.b1, own.a2, own.b2)
        yield {"check": "conserved_drift", "value": drift}
