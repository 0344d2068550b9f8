"""Many regions, any number of populations: each grows on the level of every other and its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from coevo.errors import StudyError
from coevo.estimation.effects import EFFECTS
from coevo.estimation.fod_iv import FOD_IV, deviations, strength
from coevo.estimation.general import FORMS, Booleans
from coevo.estimation.growth import Array
from coevo.estimation.pooled_rows import Pool, pool
from coevo.estimation.pooled_slopes import Moments, shared_slopes, take_out, without_effects
from coevo.estimation.regression import Regression
from coevo.registry import choose


@dataclass(frozen=True)
class GeneralPooled:
    """g_i = r_i + sum_j A_ij R(x_j) with A common to G regions, in scaled units.

    pool: regions, units (G, n), growth rows; intercepts (G, n): r of each region, at the average
    year; A (n, n); covariance (n n, n n) of A.ravel(), clustered by region; df = G - 1 of the
    regions that enter; included (n, n): the slopes that are estimated, the others are zero;
    moments: the rows as the effects leave them, of `fod_iv` in forward deviations; residuals
    (rows, n) there; strength (n, n): first-stage F of the instruments, NaN without; equations (n,):
    the regressions; estimator, effects, scale, form: names.
    """

    estimator: str
    effects: str
    scale: str
    form: str
    pool: Pool
    intercepts: Array
    A: Array
    covariance: Array
    df: int
    included: Booleans
    moments: Moments
    residuals: Array
    strength: Array
    equations: tuple[Regression, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        return self.pool.regions

    @property
    def units(self) -> Array:
        return self.pool.units

    @property
    def rows(self) -> int:
        """Number of rows in the regressions; forward deviations cost one of each region."""
        return len(self.residuals)

    def errors(self) -> Array:
        """Return the clustered standard errors of A, (n, n)."""
        return np.sqrt(np.diag(self.covariance)).reshape(self.A.shape)


class Wald(NamedTuple):
    """F of a joint restriction, its degrees of freedom (two numbers), and p."""

    F: float
    df: tuple[int, int]
    p: float


def fit_pooled_general(
    panel: pd.DataFrame,
    names: Sequence[str],
    estimator: str = "trapezoid",
    effects: str = "region+year",
    scale: str = "first",
    form: str = "general",
) -> GeneralPooled:
    """Return the general model of n populations with slopes common to all regions.

        g_irt = alpha_ir + tau_it + sum_j A_ij R(x_j)_rt + e_irt

    panel: as in `fit_pooled`; names (n,): its columns of the populations; estimator: a name in
    `ESTIMATORS` (least squares) or `fod_iv`; effects, scale, form: names in `EFFECTS`, `SCALES`,
    `FORMS`. With own terms least squares is not unbiased: x_i(t+1) contains e_i. `StudyError` as in
    `fit_pooled`, and for regressors of which one depends on the others.
    """
    included = choose(FORMS, form, "form")(len(names))
    rows = pool(panel, names, "trapezoid" if estimator == FOD_IV else estimator, scale)
    if estimator == FOD_IV:
        moments = deviations(rows, effects)
    else:
        absorbed = take_out(rows, effects, int(included.sum(axis=1).max()))
        moments = without_effects(rows, absorbed)
    A, covariance, residuals, equations = shared_slopes(moments, included)
    return GeneralPooled(
        estimator=estimator,
        effects=effects,
        scale=scale,
        form=form,
        pool=rows,
        intercepts=_levels(rows, A, effects),
        A=A,
        covariance=covariance,
        df=int(moments.region.max()),
        included=included,
        moments=moments,
        residuals=residuals,
        strength=strength(moments, included),
        equations=equations,
    )


def _levels(rows: Pool, A: Array, effects: str) -> Array:
    """Return the level (G, n) of growth less its explained part, at the average year."""
    return EFFECTS[effects](rows.region, rows.year, rows.growth - rows.regressor @ A.T).level


def joint_test(fit: GeneralPooled, zero: Booleans | None = None) -> Wald:
    """Return the Wald test that the slopes `zero` (n, n) are all nil.

        F = a' V^-1 a / q,   compared with F(q, G-1),   a the q slopes, V their covariance

    By default the paper's restriction: no population limits itself, A_ii = 0. `StudyError` if one
    of the slopes is not estimated, or the regions are too few for q restrictions.
    """
    chosen = np.eye(len(fit.A), dtype=bool) if zero is None else np.asarray(zero, dtype=bool)
    q = int(chosen.sum())
    if q == 0 or (chosen & ~fit.included).any():
        raise StudyError(
            f"form '{fit.form}' sets slopes to zero that are to be tested: use another"
        )
    if q > fit.df:
        raise StudyError(f"{fit.df + 1} regions are too few for a joint test of {q} slopes")
    a, V = fit.A[chosen], fit.covariance[np.ix_(chosen.ravel(), chosen.ravel())]
    F = float(a @ np.linalg.solve(V, a)) / q
    return Wald(F, (q, fit.df), float(fdtrc(q, fit.df, F)))
