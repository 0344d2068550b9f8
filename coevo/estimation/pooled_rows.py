"""Growth rows of many regions, each in its own unit."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Integers
from coevo.errors import Refusal
from coevo.estimation.growth import ESTIMATORS, Discretisation, unbroken
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
    unit, steps = choose(SCALES, scale, "scaling"), choose(ESTIMATORS, estimator, "estimator")
    known = panel[panel["flag"] != FILLED] if "flag" in panel else panel
    known = known.sort_values(["region", "year"])
    region, codes = pd.factorize(known["region"])
    year, x = known["year"].to_numpy(dtype=np.int64), known[list(names)].to_numpy(dtype=float)
    crosses = known["flag"].eq(BREAK).to_numpy() if "flag" in known else np.zeros(len(x), bool)
    _check_regions(codes, region, year, x)
    whole = ~np.isnan(x).any(axis=1)
    found, at, crossing = _pairs(region[whole], year[whole], x[whole], crosses[whole], steps)
    if not at.any():
        raise Refusal("no_growth_rows")
    of, counted = np.unique(region[whole][:-1][at], return_inverse=True)
    figures = np.split(x, np.flatnonzero(np.diff(region)) + 1)
    units = np.array([[unit(own[~np.isnan(own)]) for own in figures[i].T] for i in of])
    crossing &= np.isin(region[whole][:-1], of)
    return Pool(
        tuple(str(codes[i]) for i in of),
        units,
        counted,
        year[whole][:-1][at],
        found[0][at],
        found[1][at] / units[counted],
        year[whole][:-1][crossing],
        x[whole][:-1][at] / units[counted],
    )


def _check_regions(codes: pd.Index, region: Integers, year: Integers, x: Array) -> None:
    """Raise the `Refusal` of the first region whose years or figures allow no growth."""
    twice = (np.diff(region) == 0) & (np.diff(year) == 0)
    wrong = np.append(False, twice) | (~np.isnan(x) & ~((x > 0) & np.isfinite(x))).any(axis=1)
    if wrong.any():
        first = region == region[wrong][0]
        try:
            unbroken(year[first], x[first])
        except Refusal as refusal:
            code, key = str(codes[region[wrong][0]]), refusal.key
            raise Refusal(
                "of_region", str(refusal), region=code, reason=key, fields=refusal.fields
            ) from None


def _pairs(
    region: Integers, year: Integers, x: Array, crosses: Booleans, steps: Discretisation
) -> tuple[Array, Booleans, Booleans]:
    """Return g and R (2, rows - 1, n) of each row and the next, which of these pairs are growth
    rows, and which are none because they cross two vintages.

    Unbroken runs of the same length are worked on together.
    """
    next_year = (np.diff(region) == 0) & (np.diff(year) == 1)
    crossing = next_year & crosses[1:]
    at = next_year & ~crossing
    begins = np.flatnonzero(np.append(True, ~at))
    lengths = np.diff(np.append(begins, len(x)))
    found = np.empty((2, max(len(x) - 1, 0), x.shape[1]))
    for length in np.unique(lengths[lengths > 1]):
        rows = np.arange(length)[:, None] + begins[lengths == length]
        runs = x[rows]
        found[:, rows[:-1]] = steps.growth(runs), steps.mean(runs)
    return found, at, crossing


def breaks(part: pd.DataFrame) -> list[int]:
    """Return the years whose figures are of another vintage than those of the year before."""
    return part.loc[part["flag"] == BREAK, "year"].tolist() if "flag" in part else []
