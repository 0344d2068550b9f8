"""How D is spread over the regions: Theil and Gini with their parts, and kernel densities."""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row, Values
from coevo.errors import Refusal, tried
from coevo.regional.regional_panel import (
    PLAIN,
    RegionalPanel,
    above_zero,
    by_year,
    several,
    varying,
)


def theil(y: Values) -> float:
    """Return T = mean of (y / m) ln(y / m) of y (n,), 0 or more, with 0 ln 0 = 0 and m their mean.

    Between 0 (all equal) and ln n. Refuses a y of zeros alone. Theil (1967).
    """
    values = np.asarray(y, dtype=float)
    share = values / above_zero(values)
    return float(np.sum(share * np.log(np.where(share > 0, share, 1.0))) / len(values))


def theil_between(y: Values, groups: Values) -> float:
    """Return the part of `theil` between groups (n,): sum of p_g (m_g / m) ln(m_g / m).

    p_g: share of the regions in group g, m_g their mean. The rest lies within: sum of
    p_g (m_g / m) T_g, exactly.
    """
    values = pd.Series(np.asarray(y, dtype=float))
    return theil(values.groupby(np.asarray(groups)).transform("mean"))


def gini(y: Values) -> float:
    """Return the Gini coefficient of y (n,), 0 or more: sum of (2 i - n - 1) y_(i) / (n^2 m).

    Half the relative mean difference, pairs of a region with itself counted; 0 to (n - 1) / n.
    """
    values = np.sort(np.asarray(y, dtype=float))
    n = len(values)
    return float((2 * np.arange(1, n + 1) - n - 1) @ values / (n**2 * above_zero(values)))


def mean_excess(x: Array, y: Array) -> float:
    """Return the mean over all pairs of (x_i - y_k)+, by sorting."""
    ordered = np.sort(y)
    below = np.searchsorted(ordered, x)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    return float((x * below - sums[below]).sum() / (len(x) * len(y)))


class Dagum(NamedTuple):
    """Parts of the Gini coefficient: within groups, net between, transvariation; pairs of groups.

    pairs: (group, group) -> Gini coefficient between the two, the one of the higher mean first.
    """

    within: float
    between: float
    transvariation: float
    pairs: dict[tuple[str, str], float]


def dagum(y: Values, groups: Values) -> Dagum:
    """Return the decomposition of Dagum (1997) of y (n,), 0 or more, in groups (n,).

    With p_j = n_j / n, s_j = n_j m_j / (n m), u and v the mean of (y_j - y_h)+ and (y_h - y_j)+
    over pairs, G_jh = (u + v) / (m_j + m_h), D_jh = (u - v) / (u + v) for m_j >= m_h:

        G_w = sum G_jj p_j s_j,   G_nb = sum G_jh (p_j s_h + p_h s_j) D_jh,
        G_t = sum G_jh (p_j s_h + p_h s_j) (1 - D_jh),   G = G_w + G_nb + G_t.
    """
    values, names = np.asarray(y, dtype=float), np.asarray(groups)
    above_zero(values)
    parts = {str(name): values[names == name] for name in np.unique(names)}
    order = sorted(parts, key=lambda name: (-parts[name].mean(), name))
    p = {name: len(part) / len(values) for name, part in parts.items()}
    s = {name: part.sum() / values.sum() for name, part in parts.items()}
    within = math.fsum(gini(part) * p[name] * s[name] for name, part in parts.items() if part.any())
    between = transvariation = 0.0
    pairs = {}
    for j, h in combinations(order, 2):
        u, v = mean_excess(parts[j], parts[h]), mean_excess(parts[h], parts[j])
        means = parts[j].mean() + parts[h].mean()
        pairs[j, h] = (u + v) / means if means > 0 else 0.0
        weight = pairs[j, h] * (p[j] * s[h] + p[h] * s[j])
        distance = (u - v) / (u + v) if u + v > 0 else 0.0
        between += weight * distance
        transvariation += weight * (1 - distance)
    return Dagum(float(within), float(between), float(transvariation), pairs)


def mean_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Mean of D over all regions and over those of each group, by year: no D of means."""
    values = study.of(of)
    yield from by_year("mean", values, lambda y: several(y, 1).mean())
    for group, part in values.groupby(study.group):
        yield from by_year("mean", part, lambda y: several(y, 1).mean(), scope=group)


def theil_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Theil of all regions by year, within each group, and its parts between and within groups."""
    yield from _inequality_rows("theil", study, of, theil)
    values, group = study.of(of), study.group

    def between(y: pd.Series) -> float:
        return theil_between(several(y, 2), group[y.index])

    yield from by_year("theil_between", values, between)
    yield from by_year("theil_within", values, lambda y: theil(several(y, 2)) - between(y))


def gini_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """Gini of all regions by year, of each group, between groups, and the parts by Dagum."""
    yield from _inequality_rows("gini", study, of, gini)
    for year, column in study.of(of).items():
        rows = _dagum_rows(column.dropna(), study.group)
        yield from tried(rows, {"year": year}, statistic="gini_within")


def _dagum_rows(y: pd.Series, group: pd.Series) -> Iterator[Row]:
    """The parts of Gini in a year by Dagum."""
    *parts, pairs = dagum(several(y, 2), group[y.index])
    for name, value in zip(("within", "between", "transvariation"), parts, strict=True):
        yield {"statistic": f"gini_{name}", "value": value, "n": len(y)}
    for pair, value in pairs.items():
        scope = "~".join(sorted(pair))
        yield {"statistic": "gini_pair", "scope": scope, "value": value, "n": len(y)}


def _inequality_rows(
    statistic: str, study: RegionalPanel, of: str, measure: Callable[[Values], float]
) -> Iterator[Row]:
    """An inequality of all regions by year, and of those of each group."""

    def within(y: pd.Series) -> float:
        if len(y) < 2:
            raise Refusal("group_of_one")
        return measure(y)

    values = study.of(of)
    yield from by_year(statistic, values, lambda y: measure(several(y, 2)))
    for group, part in values.groupby(study.group):
        yield from by_year(statistic, part, within, scope=group)


GRID = np.round(np.linspace(0, 1, 101), 2)
FEWEST_IN_DENSITY = 5


def common_bandwidth(D: pd.DataFrame) -> float:
    """Return the mean over the years of Silverman's bandwidth, for D (regions, years)."""
    from statsmodels.nonparametric.bandwidths import bw_silverman

    return float(np.mean([bw_silverman(varying(D[y], FEWEST_IN_DENSITY).to_numpy()) for y in D]))


def densities(D: pd.DataFrame) -> dict[int, Array]:
    """Return by year the density of D (regions, years) on `GRID`: Gaussian kernel, same width."""
    from scipy.stats import norm

    width = common_bandwidth(D)
    known = {int(year): column.dropna().to_numpy(dtype=float) for year, column in D.items()}
    return {year: norm.pdf(GRID[:, None], y, width).mean(axis=1) for year, y in known.items()}


def peaks(density: Array) -> int:
    """Return how many peaks a density (grid,) has."""
    inner = np.r_[-np.inf, density, -np.inf]
    return int(((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:])).sum())


def density_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """The bandwidth, and by year the number of peaks and the D of the highest."""
    D = study.of(PLAIN)
    width, n = common_bandwidth(D), len(D)
    yield {"statistic": "bandwidth", "value": width, "n": n}
    for year, density in densities(D).items():
        row = {"year": year, "n": int(D[year].notna().sum())}
        yield row | {"statistic": "peaks", "value": peaks(density)}
        yield row | {"statistic": "peak", "value": float(GRID[density.argmax()])}


def density_lines(study: RegionalPanel) -> Iterator[tuple[int, float, float]]:
    """Yield year, D and density; nothing where `density_rows` says why."""
    with suppress(Refusal):
        for year, density in densities(study.of(PLAIN)).items():
            for D, value in zip(GRID, density, strict=True):
                yield year, float(D), float(value)
