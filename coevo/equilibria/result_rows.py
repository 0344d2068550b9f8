"""Fits and observed cycles as rows of the tables of `estimate`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.arrays import Row, Values
from coevo.equilibria.fitted import HEADLINE_SCALE, AnyFit, inferable
from coevo.errors import StudyError
from coevo.estimation.growth import Pool, Rows
from coevo.estimation.pooled import GeneralPooled, PooledFit, common_year_share
from coevo.estimation.region import Equations, Fit, GeneralFit, restriction_test, stacked
from coevo.estimation.regression import residual_tests
from coevo.inference.sets import (
    FEWEST_CLUSTERS,
    UNBOUNDED,
    RatioSet,
    equilibrium_sets,
    fieller,
    interval,
    located,
    rest_point_projections,
)
from coevo.inference.signs import independent_quadrants, sign_patterns
from coevo.lotka_volterra.classic import kind
from coevo.lotka_volterra.populations import rest_point, rest_point_kind
from coevo.messages import message_columns


def whole_cycles(years: Values, x: Values) -> tuple[int, int] | None:
    """Return the first and the last year of the whole cycles of a series, None without one.

    They go from the first peak to the year before the last one. A peak is the highest year of a
    run of years with ln x above its mean, and not the first or the last year of the series. years,
    x (n,): every year between the first and the last, x > 0; a series with a gap or without growth
    in logs has no cycle here.
    """
    t, values = np.asarray(years, dtype=int), np.asarray(x, dtype=float)
    if len(t) < 3 or np.any(np.diff(t) != 1) or not np.all(values > 0):
        return None
    logs = np.log(values)
    above = logs > logs.mean()
    runs = np.split(np.arange(len(t)), np.flatnonzero(np.diff(above)) + 1)
    tops = [run[values[run].argmax()] for run in runs if above[run[0]]]
    peaks = [top for top in tops if 0 < top < len(t) - 1]
    return (int(t[peaks[0]]), int(t[peaks[-1]] - 1)) if len(peaks) > 1 else None


def mean_rows(path: pd.DataFrame) -> Iterator[Row]:
    """Yield `cycle_mean_x1`, `cycle_mean_x2` over the whole cycles of x1, and `mean_x1`, `mean_x2`.

    The latter are over all years. Without a whole cycle there are neither: a mean over years of
    growth estimates no equilibrium. path: x1, x2 by year.
    """
    seen = path[["x1", "x2"]].dropna()
    cycles = whole_cycles(seen.index, seen["x1"])
    if cycles is None:
        return
    for name, (first, last) in (("cycle_mean", cycles), ("mean", (seen.index[0], seen.index[-1]))):
        for x, value in seen.loc[first:last].mean().items():
            yield {"quantity": f"{name}_{x}", "value": value, "period": f"{first}-{last}"}


PARAMETERS = ("a1", "b1", "a2", "d", "b2")


def parameter_rows(fits: Iterable[tuple[Row, AnyFit]], level: float) -> Iterator[Row]:
    """Yield the parameters of labelled fits: one region in original, pooled in scaled units.

    b2 = d/b1 joins two equations and has no error; nor has a pooled fit of too few regions.
    """
    for label, fit in fits:
        with_errors = not isinstance(fit, GeneralPooled) or inferable(fit)
        for name, (estimate, error) in estimates(fit).items():
            row = label | {"parameter": name, "estimate": estimate}
            if with_errors and np.isfinite(error):
                low, high = interval(estimate, error, fit.df, level)
                row |= {"se": error, "df": fit.df, "low": low, "high": high}
            if np.isfinite(estimate):
                yield row


def estimates(fit: AnyFit | Equations) -> dict[str, tuple[float, float]]:
    """Return each parameter of a fit with its error, NaN where it has none."""
    if isinstance(fit, PooledFit):
        fit = fit.lines
    if isinstance(fit, Equations):
        named = fit.errors()
        return {name: (getattr(fit, name), named.get(name, np.nan)) for name in PARAMETERS}
    if isinstance(fit, GeneralPooled) and fit.form == "classic":
        names, A, errors = ["b1", "d"], fit.A[[0, 1], [1, 0]] * [-1, 1], fit.error[[0, 1], [1, 0]]
    else:
        names = [f"A{i + 1}{j + 1}" for i, j in np.ndindex(fit.A.shape)]
        A, errors = fit.A.ravel(), fit.error.ravel()
    by_name = dict(zip(names, zip(A.tolist(), errors.tolist(), strict=True), strict=True))
    if isinstance(fit, GeneralFit):
        r = zip(fit.r.tolist(), np.sqrt(fit.covariance[:, 0, 0]).tolist(), strict=True)
        by_name = {f"r{i}": both for i, both in enumerate(r, start=1)} | by_name
    return by_name


def quality_rows(fits: Iterable[tuple[Row, AnyFit]]) -> Iterator[Row]:
    """Yield a row for each equation of each regression.

    F is left out where too few regions are pooled for errors.
    """
    for label, fit in fits:
        if isinstance(fit, GeneralPooled):
            places, with_errors = (fit.moments.region, fit.moments.year), inferable(fit)
        else:
            places, with_errors = (np.zeros_like(fit.data.year), fit.data.year), True
        for number, equation in enumerate(fit.equations, start=1):
            overall = equation.test()
            row = {"equation": number, "n": equation.rows, "r2": equation.r_squared}
            row |= {"residual_df": equation.df, "slopes": overall.df[0], "F_df": overall.df[1]}
            row |= {"F": overall.F, "F_p": overall.p} if with_errors else {}
            yield label | row | residual_tests(equation.residuals, *places)


def rest_point_rows(fits: Iterable[tuple[Row, AnyFit]], level: float) -> Iterator[Row]:
    """Yield the rest points of the general model of regions, as `_rest_point`."""
    for label, fit in fits:
        if isinstance(fit, GeneralFit):
            yield label | {"source": "fit"} | _rest_point(fit, level)


def _rest_point(fit: GeneralFit, level: float) -> Row:
    """Return the rest point with its kind and, for two populations, its joint region's shadows."""
    try:
        point = rest_point(fit.r, fit.A)
    except StudyError:
        return {"kind": "none"}
    row = {"kind": str(rest_point_kind(fit.r, fit.A)), "x1": point[0], "x2": point[1]}
    if len(point) == 2:
        shadows = rest_point_projections(fit.r, fit.A, fit.covariance, fit.df, level)
        for name, shadow in zip(("x1", "x2"), shadows, strict=True):
            ends = [end if np.isfinite(end) else np.nan for end in (shadow.low, shadow.high)]
            row |= {f"{name}_set": shadow.kind, f"{name}_low": ends[0], f"{name}_high": ends[1]}
        row["located"] = bool(located([s.kind for s in shadows], [s.low for s in shadows]))
    return row


def restriction_rows(fit: GeneralFit) -> Iterator[Row]:
    """Yield the test of the paper's restriction A_ii = 0, and probabilities of pairs of signs."""
    yield {"quantity": "restriction", "value": restriction_test(fit)}
    for i, j in zip(*np.triu_indices(len(fit.r), 1), strict=True):
        cross = ([i, j], [j, i])
        shares = independent_quadrants(fit.A[cross], fit.error[cross], fit.df)
        for signs, share in shares.items():
            yield {"quantity": f"p_{signs}_{i + 1}{j + 1}", "value": float(share)}


def equilibrium_rows(lines: Sequence[tuple[Row, Equations]], level: float) -> Iterator[Row]:
    """Yield the fitted E of labelled fits with its sets, kind and sign probabilities."""
    if not lines:
        return
    coefficients, covariance, df = stacked([pair for _, pair in lines])
    c, s = coefficients[..., 0], coefficients[..., 1]
    sets = fieller(c, s, covariance, df[:, None], level)
    signs = sign_patterns(coefficients, covariance, df)
    columns: dict[str, npt.NDArray[Any]] = {"kind": kind(c[:, 0], -s[:, 0], -c[:, 1], s[:, 1])}
    for name, ratio in (("x1", sets.of(1)), ("x2", sets.of(0))):
        columns |= {name: ratio.estimate, f"{name}_set": ratio.kind}
        columns |= {f"{name}_low": ratio.low, f"{name}_high": ratio.high}
    columns["located"] = located(sets.kind, sets.low)
    columns |= {f"p_{name}": signs[name] for name in ("predator_prey", "reversed", "saddle")}
    for (label, _), *values in zip(lines, *columns.values(), strict=True):
        yield label | {"source": "fit"} | dict(zip(columns, values, strict=True))


def relation_rows(
    fits: Sequence[tuple[Row, AnyFit]], estimator: str, level: float
) -> Iterator[Row]:
    """Yield what labelled fits say about themselves.

    The share of variance common to a year is that of the main estimator's regressor, scaled as the
    headline and, marked `_mean`, by the mean.
    """
    every = [fit for _, fit in fits if isinstance(fit, PooledFit)]
    two_way = {pooled.estimator for pooled in every if pooled.effects == "region+year"}
    for label, fit in fits:
        if isinstance(fit, GeneralFit):
            yield from (label | row for row in restriction_rows(fit))
        elif isinstance(fit, GeneralPooled) and not isinstance(fit, PooledFit):
            ending = "" if fit.form == "classic" else "_general"
            yield label | {"check": f"regions{ending}", "value": fit.df + 1}
    for label, fit in fits:
        if isinstance(fit, Fit):
            yield from (label | row for row in _region_relations(fit, level))
        if not isinstance(fit, PooledFit):
            continue
        if fit.scale == HEADLINE_SCALE:
            yield from (label | row for row in _pooled_relations(fit, level))
        if fit.effects == "region" and fit.estimator in two_way & {estimator}:
            ending = "" if fit.scale == HEADLINE_SCALE else f"_{fit.scale}"
            for x, share in zip(("x1", "x2"), common_year_share(fit), strict=True):
                yield label | {"check": f"common_year_share_{x}{ending}", "value": share}


def _region_relations(fit: Fit, level: float) -> Iterator[Row]:
    yield from _crossing(fit.data)
    for i in range(2):
        yield {"check": f"condition_equation_{i + 1}", "value": fit.condition[i]}
    yield _residual_correlation(fit.residuals)
    yield from _unboundedness(*equilibrium_sets(fit, level))
    # Bonferroni: the product of these two sets holds E with probability `level` at least.
    each = 1 - (1 - level) / 2
    for name, ratio in zip(("x1", "x2"), equilibrium_sets(fit, each), strict=True):
        row = {"quantity": f"region_{name}", "value": ratio.estimate, "level": each}
        yield row | {"low": ratio.low, "high": ratio.high, "set": str(ratio.kind)}


def _pooled_relations(pooled: PooledFit, level: float) -> Iterator[Row]:
    yield from _crossing(pooled.data)
    yield {"check": "regions", "value": len(pooled.regions)}
    yield _residual_correlation(pooled.residuals)
    if not inferable(pooled):
        fields = {"regions": len(pooled.regions), "least": FEWEST_CLUSTERS}
        yield {"quantity": "inference"} | message_columns("too_few_regions", fields)
        return
    # g depends on the slope and its variance alone, which are common to all regions
    yield from _unboundedness(*equilibrium_sets(pooled.at(pooled.regions[0]), level))


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
    for name, ratio in (("x1", x1), ("x2", x2)):
        yield {"check": f"g_F_{name}", "value": ratio.g, "limit": UNBOUNDED}
