"""Growth rows of many regions, each in its own unit."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.errors import Refusal
from coevo.estimation.growth import Array, Integers, Rows, population_rows
from coevo.panel import FILLED
from coevo.panel.vintages import BREAK
from coevo.registry import choose

# name -> what a region's known figures (years,), in the order of time, are divided by
SCALES: dict[str, Callable[[Array], float]] = {
    "first": lambda x: float(x[0]),
    "mean": lambda x: float(x.mean()),
}


class Pool(NamedTuple):
    """Growth rows of G regions and n populations, x of each region in its own unit.

    regions (G,) codes; units (G, n); region (rows,): index into regions; year (rows,) the earlier
    of the two; growth (rows, n); regressor (rows, n): R(x_j) in column j; crossing: as in `Rows`;
    start (rows, n): x(t).
    """

    regions: tuple[str, ...]
    units: Array
    region: Integers
    year: Integers
    growth: Array
    regressor: Array
    crossing: Integers
    start: Array


def pool(panel: pd.DataFrame, names: Sequence[str], estimator: str, scale: str) -> Pool:
    """Return the growth rows of every region that has any, scaled, for n populations.

    panel: as in `fit_pooled`; names (n,): its columns of the populations. `StudyError` for an
    unknown estimator or scale, a value that is not positive, or no growth row at all.
    """
    unit = choose(SCALES, scale, "scaling")
    known = panel[panel["flag"] != FILLED] if "flag" in panel else panel
    known = known.sort_values(["region", "year"])
    year, x = known["year"].to_numpy(), known[list(names)].to_numpy(dtype=float)
    crosses = known["flag"].eq(BREAK).to_numpy() if "flag" in known else np.zeros(len(x), bool)
    codes, units, parts, starts = [], [], [], []
    for code, own in _slices(known["region"]):
        try:
            rows = population_rows(year[own], x[own], estimator, year[own][crosses[own]])
        except Refusal as refusal:
            raise Refusal(
                "of_region", str(refusal), region=code, reason=refusal.key, fields=refusal.fields
            ) from None
        if len(rows.year) == 0:
            continue
        scaled = np.array([unit(column[~np.isnan(column)]) for column in x[own].T])
        codes.append(code)
        units.append(scaled)
        parts.append(rows._replace(regressor=rows.regressor / scaled))
        starts.append(x[own][np.searchsorted(year[own], rows.year)] / scaled)
    if not parts:
        raise Refusal("no_growth_rows")
    region = np.repeat(np.arange(len(parts)), [len(part.year) for part in parts])
    stacked = Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return Pool(tuple(codes), np.array(units), region, *stacked, np.concatenate(starts))


def _slices(regions: pd.Series) -> Iterator[tuple[str, slice]]:
    """Yield each region with its place in a column that is sorted by region."""
    codes = regions.to_numpy(dtype=str)
    for code, start, rows in zip(
        *np.unique(codes, return_index=True, return_counts=True), strict=True
    ):
        yield str(code), slice(start, start + rows)


def breaks(part: pd.DataFrame) -> list[int]:
    """Return the years whose figures are of another vintage than those of the year before."""
    return part.loc[part["flag"] == BREAK, "year"].tolist() if "flag" in part else []
