"""Many regions, any number of populations: each grows on the level of every other and its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans
from coevo.errors import Refusal, StudyError
from coevo.estimation.effects import EFFECTS
from coevo.estimation.fod_iv import FOD_IV, deviations, strength
from coevo.estimation.general import FORMS
from coevo.estimation.pooled_rows import Pool, pool
from coevo.estimation.pooled_slopes import Moments, Slopes, shared_slopes, without_effects
from coevo.estimation.regression import FTest, f_test
from coevo.registry import choose


@dataclass(frozen=True)
class GeneralPooled(Slopes):
    """g_i = r_i + sum_j A_ij R(x_j) with A common to G regions, in scaled units.

    data: regions, units (G, n), growth rows; level (G, 2 n): of growth and of regressors in each
    region, at the average year effect; common: one level for all regions; df = G - 1 of the
    regions that enter; included (n, n): the slopes that are estimated; moments: the rows as the
    effects leave them, of `fod_iv` in forward deviations; strength (n, n): first-stage F of the
    instruments, NaN without; estimator, effects, scale, form: names. The rest as in `Slopes`.
    """

    estimator: str
    effects: str
    scale: str
    form: str
    data: Pool
    level: Array
    common: bool
    df: int
    included: Booleans
    moments: Moments
    strength: Array

    @property
    def regions(self) -> tuple[str, ...]:
        return self.data.regions

    @property
    def rows(self) -> int:
        """Number of rows in the regressions; forward deviations cost one of each region."""
        return len(self.residuals)

    @cached_property
    def intercepts(self) -> Array:
        """r (G, n) of each region, at the average year effect."""
        n = len(self.A)
        return self.level[:, :n] - self.level[:, n:] @ self.A.T

    @property
    def error(self) -> Array:
        """Clustered standard errors of A, (n, n)."""
        return np.sqrt(np.diag(self.covariance)).reshape(self.A.shape)


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
    absorb = choose(EFFECTS, effects, "effects")
    if len(rows.regions) < 2:
        raise Refusal("too_few_pooled", regions=len(rows.regions))
    absorbed = absorb(rows.region, rows.year, np.column_stack([rows.growth, rows.regressor]))
    if estimator == FOD_IV:
        moments = deviations(rows, effects)
    else:
        moments = without_effects(rows, absorbed, effects, int(included.sum(axis=1).max()))
    return GeneralPooled(
        **vars(shared_slopes(moments, included)),
        estimator=estimator,
        effects=effects,
        scale=scale,
        form=form,
        data=rows,
        level=absorbed.level,
        common=absorbed.common,
        df=int(moments.region.max()),
        included=included,
        moments=moments,
        strength=strength(moments, included),
    )


def joint_test(fit: GeneralPooled, zero: Booleans | None = None) -> FTest:
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
        raise Refusal("too_few_regions_for_test", regions=fit.df + 1, slopes=q)
    a, V = fit.A[chosen], fit.covariance[np.ix_(chosen.ravel(), chosen.ravel())]
    return f_test(a @ np.linalg.solve(V, a) / q, q, fit.df)
