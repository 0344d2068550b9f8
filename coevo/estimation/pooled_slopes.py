"""Slopes that many regions share: each equation by least squares on what the effects leave."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array, Booleans, Integers
from coevo.errors import Refusal
from coevo.estimation.effects import Absorbed, require_left
from coevo.estimation.pooled_rows import Pool
from coevo.estimation.regression import Clusters, Regression, regress


class Moments(NamedTuple):
    """Columns from which effects are taken out.

    region (rows,): index; year (rows,); growth, regressor (rows, n); instrument (rows, m), or None
    where the regressors stand for themselves; rank: number of effects taken out of these rows;
    counted: how many of them the clustered covariance corrects for; basis: as in `Absorbed`.
    """

    region: Integers
    year: Integers
    growth: Array
    regressor: Array
    instrument: Array | None
    rank: int
    counted: int
    basis: Array


@dataclass(frozen=True)
class Slopes:
    """A (n, n), row i of equation i; covariance (n n, n n) of A.ravel(); residuals (rows, n).

    Slopes that are not estimated have value and covariance zero. equations (n,): the regressions.
    """

    A: Array
    covariance: Array
    residuals: Array
    equations: tuple[Regression, ...]


def without_effects(rows: Pool, absorbed: Absorbed, effects: str, regressors: int) -> Moments:
    """Return the rows as the effects leave them; regressors stand for themselves.

    absorbed: of growth and regressors (rows, 2 n) by `effects`; regressors: how many an equation
    has. `StudyError` for too few rows, or a regressor of which nothing is left.
    """
    rank, n = absorbed.rank, rows.growth.shape[1]
    if len(rows.year) <= rank + regressors:
        raise Refusal("too_few_rows_for_effects", rows=len(rows.year), effects=effects)
    g, R = absorbed.residual[:, :n], absorbed.residual[:, n:]
    require_left(R, rows.regressor, effects)
    return Moments(rows.region, rows.year, g, R, None, rank, absorbed.counted, absorbed.basis)


def shared_slopes(moments: Moments, included: Booleans) -> Slopes:
    """Return the slopes `included` (n, n) of every equation, all with one clustered covariance.

        s = (X^' X^)^-1 X^' g,  X^ the regressors as fitted by the instruments (or X itself)
        V = sum_r u_r u_r',     u_r = c (X^' X^)^-1 X^_r' e_r of all equations, stacked
        c^2 = G/(G-1) (rows-1)/(rows-k),  k = slopes of the equation + effects that count

    Each block of V on the diagonal is the covariance of that equation's regression. `StudyError`
    for fewer than two regions, too few rows, or regressors (as fitted) of which one depends on the
    others.
    """
    (rows, n), G = moments.growth.shape, int(moments.region.max(initial=-1)) + 1
    if G < 2:
        raise Refusal("too_few_pooled", regions=G)
    most = int(included.sum(axis=1).max()) + moments.counted
    if rows <= most:
        raise Refusal("too_few_rows_for_slopes", rows=rows, slopes=most)
    equations = tuple(_equation(moments, i, own) for i, own in enumerate(included))
    A, influence = np.zeros((n, n)), np.zeros((G, n, n))
    for i, (own, equation) in enumerate(zip(included, equations, strict=True)):
        A[i, own], influence[:, i, own] = equation.coefficients, equation.influence
    stacked = influence.reshape(G, n * n)
    residuals = np.column_stack([equation.residuals for equation in equations])
    return Slopes(A, stacked.T @ stacked, residuals, equations)


def _equation(moments: Moments, i: int, own: Booleans) -> Regression:
    return regress(
        moments.growth[:, i],
        moments.regressor[:, own],
        moments.rank,
        Clusters(moments.region, moments.counted),
        moments.instrument,
        refusal=Refusal("dependent_regressor"),
    )
