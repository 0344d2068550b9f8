"""How D is spread over the regions in each year: kernel densities, one bandwidth for all years."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row
from coevo.errors import Refusal
from coevo.regional.regional_panel import RegionalPanel, varying

GRID = np.round(np.linspace(0, 1, 101), 2)
FEWEST_REGIONS = 5


def common_bandwidth(D: pd.DataFrame) -> float:
    """Return the mean over the years of Silverman's bandwidth, for D (regions, years)."""
    from statsmodels.nonparametric.bandwidths import bw_silverman

    return float(np.mean([bw_silverman(varying(D[y], FEWEST_REGIONS).to_numpy()) for y in D]))


def densities(D: pd.DataFrame) -> dict[int, Array]:
    """Return by year the density of D (regions, years) on `GRID`: Gaussian kernel, same width."""
    from statsmodels.nonparametric.kde import KDEUnivariate

    width, found = common_bandwidth(D), {}
    for year in D:
        kde = KDEUnivariate(D[year].dropna().to_numpy(dtype=float))
        kde.fit(bw=width, gridsize=2, fft=True)
        found[int(year)] = kde.evaluate(GRID)
    return found


def peaks(density: Array) -> int:
    """Return how many peaks a density (grid,) has."""
    inner = np.r_[-np.inf, density, -np.inf]
    return int(((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:])).sum())


def density_rows(study: RegionalPanel, of: str) -> Iterator[Row]:
    """The bandwidth, and by year the number of peaks and the D of the highest."""
    width, n = common_bandwidth(study.D), len(study.D)
    yield {"statistic": "bandwidth", "of": of, "scope": "all", "value": width, "n": n}
    for year, density in densities(study.D).items():
        row = {"of": of, "scope": "all", "year": year, "n": int(study.D[year].notna().sum())}
        yield row | {"statistic": "peaks", "value": peaks(density)}
        yield row | {"statistic": "peak", "value": float(GRID[density.argmax()])}


def density_lines(study: RegionalPanel) -> Iterator[tuple[int, float, float]]:
    """Yield year, D and density; nothing where `density_rows` says why."""
    try:
        found = densities(study.D)
    except Refusal:
        return
    for year, density in found.items():
        for D, value in zip(GRID, density, strict=True):
            yield year, float(D), float(value)
