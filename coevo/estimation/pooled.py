"""The classic form of many regions: common slopes, clustered errors, each region's own line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Integers
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS, Absorbed, forward_deviations, require_left, sums
from coevo.estimation.growth import ESTIMATORS, Pool, pool
from coevo.estimation.region import FORMS, Equations
from coevo.estimation.regression import (
    Clusters,
    FTest,
    Regression,
    first_stage,
    regress,
    wald_test,
)
from coevo.registry import choose


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
    clusters, refusal = Clusters(moments.region, moments.counted), Refusal("dependent_regressor")
    given = (moments.rank, clusters, moments.instrument)
    equations = tuple(
        regress(g, moments.regressor[:, columns], *given, refusal=refusal)
        for g, columns in zip(moments.growth.T, included, strict=True)
    )
    A, influence = np.zeros((n, n)), np.zeros((G, n, n))
    for i, (columns, equation) in enumerate(zip(included, equations, strict=True)):
        A[i, columns], influence[:, i, columns] = equation.coefficients, equation.influence
    stacked = influence.reshape(G, n * n)
    residuals = np.column_stack([equation.residuals for equation in equations])
    return Slopes(A, stacked.T @ stacked, residuals, equations)


CARRIES = 0.5  # share of the squares of a regressor from which one region carries its slope


def largest_shares(moments: Moments) -> Array:
    """Return for each regressor (n,) the largest share that one region has in its squares.

    Of the regressor as fitted by the instruments (or itself), net of the others: what its slope
    rests on.
    """
    X = moments.regressor / np.linalg.norm(moments.regressor, axis=0)
    if moments.instrument is not None:
        X = first_stage(X, moments.instrument)
    squares = sums(moments.region, np.linalg.pinv(X).T ** 2)
    return np.asarray(squares.max(axis=0) / squares.sum(axis=0))


FOD_IV = "fod_iv"  # its name among the estimators; the rows are those of `trapezoid`


def deviations(pool: Pool, effects: str = "region+year") -> Moments:
    """Return the rows in forward deviations, with x(t) of the row itself as instruments.

    With effects "region+year" the deviations of the years' dummies are taken out of all columns by
    QR; in a balanced panel that is the same as taking out year means first. With "region" the years
    stay in. `StudyError` for other effects, or regions that share no years.
    """
    known = {"region": False, "region+year": True}
    with_years = choose(known, effects, f"effects of {FOD_IV}")
    n, years = pool.growth.shape[1], np.unique(pool.year) if with_years else pool.year[:1]
    dummies = 1.0 * (pool.year[:, None] == years[1:])
    columns = np.column_stack([pool.growth, pool.regressor, dummies])
    with_later, V = forward_deviations(pool.region, pool.year, columns)
    region = np.unique(pool.region[with_later], return_inverse=True)[1].astype(np.int64)
    Q, R = np.linalg.qr(V[:, 2 * n :])
    if len(V) < len(years) - 1 or np.abs(np.diag(R)).min(initial=1) <= len(V) * np.finfo(float).eps:
        raise Refusal("too_few_shared_years")
    columns = np.column_stack([V[:, : 2 * n], pool.start[with_later]])
    left = columns - Q @ (Q.T @ columns)
    require_left(left[:, n:], columns[:, n:], effects)
    parts = left[:, :n], left[:, n : 2 * n], left[:, 2 * n :]
    q = len(years) - 1
    return Moments(region, pool.year[with_later], *parts, rank=q, counted=q, basis=Q)


def strength(moments: Moments, included: Booleans) -> Array:
    """Return the first-stage F (n, n) of each regressor of each equation; NaN where there is none.

    Of several regressors: the F of what the instruments say of one beyond the others, once the
    others' part (by two-stage least squares) is out of it; clustered by region (CR1), K = number of
    regressors, m - K + 1 restrictions. Below about 10 the instruments are weak. Source: Sanderson
    and Windmeijer (2016).
    """
    F = np.full(included.shape, np.nan)
    if moments.instrument is None:
        return F
    for i, j in np.argwhere(included):
        others = included[i] & (np.arange(len(included)) != j)
        F[i, j] = _first_stage_F(moments, j, moments.regressor[:, others])
    return F


def _first_stage_F(moments: Moments, j: int, others: Array) -> float:
    """Return F of the instruments for regressor j beyond the other regressors (rows, k)."""
    x, Z, q = moments.regressor[:, j], moments.instrument, others.shape[1]
    assert Z is not None
    clusters, beyond = Clusters(moments.region, moments.counted), Z
    if q:
        x = regress(x, others, moments.rank, instruments=Z).residuals
        seen, _ = np.linalg.qr(first_stage(others, Z))
        # the part of the instruments that is orthogonal to the other regressors as fitted
        basis = np.linalg.svd(Z - seen @ (seen.T @ Z), full_matrices=False)[0]
        beyond = basis[:, : Z.shape[1] - q]
    if len(x) <= beyond.shape[1] + moments.counted:
        return float("nan")
    return regress(x, beyond, moments.rank, clusters).test().F


@dataclass(frozen=True)
class GeneralPooled(Slopes):
    """g_i = r_i + sum_j A_ij R(x_j) with A common to G regions, in scaled units.

    data: regions, units (G, n), growth rows; level (G, 2 n): of growth and of regressors in each
    region, at the average year effect; common: one level for all regions; df = G - 1 of the
    regions that enter; moments: the rows as the effects leave them, of `fod_iv` in forward
    deviations; strength (n, n): first-stage F of the instruments, NaN without; estimator, effects,
    scale, form: names. The rest as in `Slopes`.
    """

    estimator: str
    effects: str
    scale: str
    form: str
    data: Pool
    level: Array
    common: bool
    df: int
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
    """Return the general model of n populations with slopes common to all regions; of the form
    `classic` by least squares a `PooledFit`.

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
    kind = PooledFit if form == "classic" and estimator != FOD_IV else GeneralPooled
    return kind(
        **vars(shared_slopes(moments, included)),
        estimator=estimator,
        effects=effects,
        scale=scale,
        form=form,
        data=rows,
        level=absorbed.level,
        common=absorbed.common,
        df=int(moments.region.max()),
        moments=moments,
        strength=strength(moments, included),
    )


def joint_test(fit: GeneralPooled) -> FTest:
    """Return the Wald test of the paper's restriction: no population limits itself, A_ii = 0.

        F = a' V^-1 a / n,   compared with F(n, G-1),   a the n own slopes, V their covariance

    fit: of the form `general`. `StudyError` if the regions are too few for n restrictions.
    """
    a, n = fit.A.diagonal(), len(fit.A)
    if n > fit.df:
        raise Refusal("too_few_regions_for_test", regions=fit.df + 1, slopes=n)
    own = np.arange(n) * (n + 1)  # of A.ravel()
    return wald_test(a, fit.covariance[np.ix_(own, own)], fit.df)


class PooledFit(GeneralPooled):
    """The general model of two populations whose own terms are zero, by least squares.

    Its slopes (2,) on R(x2) and R(x1) are -b1 and d. The rest as in `GeneralPooled`.
    """

    @property
    def slopes(self) -> Array:
        return self.A[[0, 1], [1, 0]]

    @property
    def b1(self) -> float:
        return self.lines.b1

    @property
    def d(self) -> float:
        return self.lines.d

    @cached_property
    def lines(self) -> Equations:
        """Both equations in scaled units; a1 and a2 are NaN where each region has its own."""
        mask, first = np.array([1 if self.common else np.nan, 1]), self._lines(0)
        return Equations(first.coefficients * mask, first.covariance * mask, first.df)

    def _lines(self, i: int) -> Equations:
        coefficients = np.column_stack([self.intercepts[i], self.slopes])
        return Equations(coefficients, self.line_covariance[i], self.df)

    @cached_property
    def line_covariance(self) -> Array:
        """Covariance (G, 2, 2, 2) of each region's (c, s) in both equations, clustered (CR1).

        V22 is that of the regression: the convention of linearmodels (`cov_type="clustered",
        cluster_entity=True, group_debias=True`). A common c is treated alike. Where each region has
        its own c, its clustered variance is degenerate: V12 = -mean R_r V22, V11 = s_e^2/T_r +
        (mean R_r)^2 V22.
        """
        n, G, mean_R = self.rows, len(self.regions), self.level[:, :1:-1]
        V22 = np.array([equation.covariance[0, 0] for equation in self.equations])
        if self.common:
            correction = G / (G - 1) * (n - 1) / (n - 1 - self.moments.counted)
            slope = np.column_stack([equation.influence for equation in self.equations])
            level = (
                np.sqrt(correction) * sums(self.data.region, self.residuals) / n - mean_R * slope
            )
            V12, V11 = (level * slope).sum(axis=0), (level**2).sum(axis=0)
        else:
            variance = (self.residuals**2).sum(axis=0) / self.equations[0].df
            V12 = -mean_R * V22
            V11 = variance / np.bincount(self.data.region)[:, None] + mean_R**2 * V22
        parts = np.broadcast_arrays(V11, V12, V12, V22, np.empty((G, 2)))[:4]
        return np.stack(parts, axis=-1).reshape(G, 2, 2, 2)

    def at(self, region: str) -> Equations:
        """Return a region's two equations in its original units, at the average year effect."""
        i = self.regions.index(region)
        return self._lines(i).per_unit(self.data.units[i, ::-1])


def fit_pooled(
    panel: pd.DataFrame,
    upstream: str,
    downstream: str,
    estimator: str = "trapezoid",
    effects: str = "region+year",
    scale: str = "first",
) -> PooledFit:
    """Return the classic form with slopes common to all regions.

        g_rt = alpha_r + tau_t + s R_rt + e_rt      for each equation

    panel: columns region, year and the two populations, a row per region and year, positive or NaN;
    a row whose `flag` (if there is such a column) is "filled" counts as missing, and one whose flag
    is "break" makes no growth row with the year before, which is of another vintage. effects,
    scale: names in `EFFECTS`, `SCALES`. The panel may be unbalanced; a region without a growth row
    is left out. Effects are removed by group means and QR; what is left is the general model with
    the slopes of form `classic`.
    `StudyError` for fewer than two regions, too few rows, a value that is not positive, an unknown
    name, or a regressor of which the effects leave nothing.
    """
    choose(ESTIMATORS, estimator, "estimator")
    names = (upstream, downstream)
    fit = fit_pooled_general(panel, names, estimator, effects, scale, form="classic")
    assert isinstance(fit, PooledFit)
    return fit


def common_year_share(pooled: PooledFit) -> Array:
    """Return the share (2,) of within-region variance common to a year, of R(x1) and R(x2).

    1 - SS(without regions and years)/SS(without regions) of the scaled regressor; in a balanced
    panel the variance of the year means over that of the deviations from the region means.
    """
    arguments = (pooled.data.region, pooled.data.year, pooled.data.regressor)
    within, both = (
        (EFFECTS[name](*arguments).residual ** 2).sum(axis=0) for name in ("region", "region+year")
    )
    return np.asarray(1 - both / within, dtype=float)
