"""Rows of the table `strengths`: fitted slopes as a share of those that theory implies.

    strength of b1 = b1 fitted / b1 of theory,   strength of d = d fitted / d of theory

A strength of 1 or 0 counts as excluded if the interval of the estimate does not hold it and the
estimate lies outside the range of estimates in panels simulated at it (docs/methods.md, 6).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row
from coevo.errors import Refusal
from coevo.estimation.effects import sums
from coevo.estimation.growth import pool
from coevo.estimation.heterogeneity import leave_one_out
from coevo.estimation.pooled import PooledFit, fit_pooled
from coevo.estimation.region import FEWEST_ROWS
from coevo.inference.sets import FEWEST_CLUSTERS
from coevo.inference.wild_bootstrap import DRAWS, RADEMACHER, by_year, of_few, share_of
from coevo.strengths.strength_estimates import (
    FULL,
    NONE,
    PANELS,
    POOLED_EFFECTS,
    SIGNS,
    Estimates,
    Ranges,
    observed_rows,
    own_strengths,
    panel_strengths,
    ranges_of,
    simulated_estimates,
)

PANEL = "panel"  # scope of the fit of all regions
SLOPES = ("b1", "d")
LEAST_SHARE = 0.75  # of a region's years in which the calibration has to hold
SIGN_VECTORS = 2**16  # that are all used; of more, some are drawn

# verdicts, from "full strength is excluded, none is not" on
WEAKER, PRESENT, AS_THEORY = "weaker", "weaker_but_present", "as_theory"
UNDECIDED, STRONGER, OTHER_SIGN = "cannot_be_told", "stronger", "other_sign"


def theoretical_slopes(
    points: pd.DataFrame, regions: pd.Series
) -> Iterator[tuple[Row, pd.DataFrame]]:
    """Yield the slopes b1 and d of theory by region code, for each source and share that has some.

    points : columns scope, source, share, b1, d, held, years; a region takes part if its
    calibration holds in at least three quarters of its years; regions : those that may take part
    """
    holds = points["held"] >= LEAST_SHARE * points["years"]
    calibrated = points[holds & points["scope"].isin(regions)]
    for (source, share), part in calibrated.groupby(["source", "share"], dropna=False):
        yield {"source": source, "share": share}, part.set_index("scope")[list(SLOPES)]


def slope_refusals(points: pd.DataFrame) -> Iterator[tuple[str, Refusal]]:
    """Yield each region whose points give no slopes that strengths can be measured by, and why."""
    for code, part in points.groupby("scope"):
        if part["held"].isna().all():
            yield str(code), Refusal("theory_without_slopes")
        elif not (part["held"] >= LEAST_SHARE * part["years"]).any():
            row = part.iloc[0]
            held, years = int(row["held"]), int(row["years"])
            yield str(code), Refusal("calibration_rarely_holds", held=held, years=years)


def verdict(strength: float, excluded: tuple[bool, bool], full_high: float, none_low: float) -> str:
    """Return the verdict on one effect.

    excluded : whether full strength is, and whether none is
    full_high : upper end of the range at full strength; none_low : lower end of that at none
    """
    full, none = excluded
    if none and strength < none_low:
        return OTHER_SIGN
    if full and strength > full_high:
        return STRONGER
    return {
        (True, False): WEAKER,
        (True, True): PRESENT,
        (False, True): AS_THEORY,
        (False, False): UNDECIDED,
    }[full, none]


def in_units_of_theory(pair: pd.DataFrame, slopes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of regions that have theoretical slopes, with x1 times d and x2 times b1.

    pair : columns region, year, x1, x2, perhaps flag; slopes : columns b1 and d by region code
    """
    rows = pair[pair["region"].isin(slopes.index)]
    by_row = slopes.loc[rows["region"]]
    scaled = {"x1": rows["x1"] * by_row["d"].to_numpy(), "x2": rows["x2"] * by_row["b1"].to_numpy()}
    return rows.assign(**scaled)


def region_strength_rows(
    pair: pd.DataFrame,
    slopes: pd.DataFrame,
    estimators: Sequence[str],
    level: float,
    seed: int,
    panels: int = PANELS,
) -> Iterator[Row]:
    """Yield the strengths of each region alone, by every estimator.

    Parameters
    ----------
    pair : rows of regions whose figures allow logarithms
    slopes : theoretical b1 and d by region code
    estimators : names of `ESTIMATORS`, the main one first
    panels : simulated at each strength
    """
    scaled = in_units_of_theory(pair, slopes)
    data = {name: pool(scaled, ("x1", "x2"), name, "none") for name in estimators}
    main = data[estimators[0]]
    enough = np.bincount(main.region) >= FEWEST_ROWS
    if not enough.all():
        kept = [code for code, is_kept in zip(main.regions, enough, strict=True) if is_kept]
        if kept:
            yield from region_strength_rows(pair, slopes.loc[kept], estimators, level, seed, panels)
        return
    simulated = simulated_estimates(
        pool(scaled, ("x1", "x2"), "trapezoid", "none"), estimators, seed, True, panels
    )
    for estimator in estimators:
        found = own_strengths(*observed_rows(data[estimator]), main.region)
        ranges = ranges_of(simulated["none", estimator], level)
        for r, code in enumerate(main.regions):
            label: Row = {"scope": code, "effects": "none", "estimator": estimator}
            label |= {"errors": "own", "n": int(np.bincount(main.region)[r])}
            for i, effect in enumerate(SLOPES):
                p = [float(found.p(h)[r, i, 0]) for h in (FULL, NONE)]
                known, theory = _row(found, (r, i), ranges, level, p), slopes.loc[code, effect]
                known |= {"theory": theory, "fitted": theory * known["strength"]}
                yield label | {"effect": effect} | known


def _row(
    found: Estimates, at: tuple[int, ...], ranges: Ranges, level: float, p: Sequence[float]
) -> Row:
    """Return the columns of one strength: estimate, interval, ranges, what is excluded, verdict.

    p : of full strength and of none
    """
    strength = float(found.strength[at][0])
    low, high = (float(end[at][0]) for end in found.interval(level))
    columns: Row = {"strength": strength, "low": low, "high": high, "p_full": p[0], "p_none": p[1]}
    for name, part, h in (("full", ranges.full, FULL), ("none", ranges.none, NONE)):
        least, most = (float(end[at]) for end in part)
        beyond = strength < least or strength > most
        columns |= {f"{name}_low": least, f"{name}_high": most}
        columns[f"{name}_excluded"] = not low <= h <= high and beyond
    excluded = columns["full_excluded"], columns["none_excluded"]
    told = verdict(strength, excluded, columns["full_high"], columns["none_low"])
    return columns | {"least_seen": float(ranges.least_seen[at]), "verdict": told}


def panel_strength_rows(
    pair: pd.DataFrame,
    slopes: pd.DataFrame,
    estimators: Sequence[str],
    level: float,
    seed: int,
    panels: int = PANELS,
) -> Iterator[Row]:
    """Yield the strengths that regions share, with region effects and with year effects besides.

    Parameters as for `region_strength_rows`. `Refusal` for fewer than six regions or six years of
    growth.
    """
    scaled = in_units_of_theory(pair, slopes)
    regions = scaled["region"].nunique()
    if regions < FEWEST_CLUSTERS:
        raise Refusal("too_few_regions_for_strength", regions=regions, least=FEWEST_CLUSTERS)
    data = pool(scaled, ("x1", "x2"), "trapezoid", "none")
    fits = {
        (effects, name): fit_pooled(scaled, "x1", "x2", name, effects, "none")
        for name in estimators
        for effects in POOLED_EFFECTS
    }
    by_year(next(iter(fits.values())))  # refuses fewer than six years
    simulated = simulated_estimates(data, estimators, seed, alone=False, panels=panels)
    for (effects, estimator), fit in fits.items():
        found = panel_strengths(*observed_rows(fit.data), fit.data.region, fit.data.year, effects)
        ranges = ranges_of(simulated[effects, estimator], level)
        without = leave_one_out(fit)
        own = own_strengths(*observed_rows(fit.data), fit.data.region)
        # of the rows as the effects leave them
        group = own_strengths(*observed_rows(fit.moments), fit.data.region).strength[..., 0]
        weights = sums(fit.data.region, fit.moments.regressor[:, ::-1] ** 2)
        weights /= weights.sum(axis=0)
        for i, effect in enumerate(SLOPES):
            yield {
                "scope": PANEL,
                "effects": effects,
                "estimator": estimator,
                "errors": "year",
                "n": len(fit.regions),
                "effect": effect,
                **_row(found, (i,), ranges, level, wild_p(fit, i, seed)),
                "largest_weight": float(weights[:, i].max()),
                "largest_region": fit.regions[int(weights[:, i].argmax())],
                "without_low": float(without[:, i].min()),
                "without_high": float(without[:, i].max()),
                "mean_group": float(group[:, i].mean()),
                "mean_group_se": float(group[:, i].std(ddof=1) / np.sqrt(len(group))),
                "Q": cochran_q(own.strength[:, i, 0], own.error[:, i, 0]),
            }


def wild_p(fit: PooledFit, equation: int, seed: int) -> tuple[float, float]:
    """Return p of full strength and of none by the wild bootstrap by year, the null imposed.

    All vectors of signs where they are `SIGN_VECTORS` at most, drawn vectors beyond.
    """
    data, years = fit.data, by_year(fit)
    regressor = (SIGNS * data.regressor[:, ::-1])[:, equation]
    share = share_of(RADEMACHER, int(years.max()) + 1, SIGN_VECTORS, DRAWS, seed)
    few = of_few(
        data.region, data.year, data.growth[:, equation], regressor, fit.effects, years, share
    )
    return few.p(FULL), few.p(NONE)


def cochran_q(estimates: Array, errors: Array) -> float:
    """Return Cochran's Q of K estimates: the weighted squares around their weighted mean.

    Q = sum w (s - sum w s / sum w)^2,   w = 1 / error^2,   compared with chi squared (K - 1)
    """
    w = errors**-2
    mean = (w * estimates).sum() / w.sum()
    return float((w * (estimates - mean) ** 2).sum())
