"""How many years bound both coordinates of one region's equilibrium (docs/methods.md, 5)."""

from collections.abc import Iterator

import numpy as np

from coevo.arrays import Array, Row
from coevo.estimation.region import FEWEST_ROWS, Fit
from coevo.inference.panel_simulation import Shocks, draw_normals, next_year, simulated_panels
from coevo.inference.sets import UNBOUNDED, t_quantile
from coevo.power.relations_seen import ENOUGH, Setting, skeleton

EQUILIBRIUM = "equilibrium"  # beside the relations, in the table
LONGEST = 30  # years
LOOKED_AT = range(FEWEST_ROWS + 2, LONGEST + 1)
PATHS = 1000


def bounded_rows(
    fit: Fit, first: Array, seed: int, level: float = 0.95, paths: int = PATHS
) -> Iterator[Row]:
    """Yield for each number of years the share of paths whose sets have an end in both coordinates.

    Paths of the fitted equations from the first figures (2,), a year's errors with the covariance
    of the residuals, each fitted again: g_F < 1 in both equations. A path that grows beyond every
    bound counts as none.
    """
    c, s = fit.coefficients[:, 0], fit.coefficients[:, 1] * first[::-1]
    residuals = np.stack([equation.residuals for equation in fit.equations])
    drifts = Shocks(c[None], np.zeros((2, 2)), residuals @ residuals.T / fit.df)
    rows = skeleton(2, Setting(1, LONGEST))
    normals = draw_normals(rows, paths, np.random.default_rng(seed))
    start, end = simulated_panels(rows, drifts, normals, lambda x, rate: next_year(x, rate, s))
    with np.errstate(invalid="ignore", divide="ignore"):
        g, R = np.log(end / start), (start + end)[:, ::-1] / 2
        shares = {years: _bounded(g[: years - 1], R[: years - 1], level) for years in LOOKED_AT}
    enough = [years for years, share in shares.items() if share >= ENOUGH]
    for years, share in shares.items():
        found = {"power": share, "panels": paths, "least_years": min(enough, default=np.nan)}
        yield {"effect": EQUILIBRIUM, "regions": 1, "years": years, "noise": 1.0} | found


def _bounded(g: Array, R: Array, level: float) -> float:
    """Return the share of paths with g_F = t^2 V22/s^2 < 1 in both equations; g, R (rows, 2, n)."""
    df = len(g) - 2
    deviation = R - R.mean(axis=0)
    spread = (deviation**2).sum(axis=0)
    slope = (deviation * g).sum(axis=0) / spread
    error = g - g.mean(axis=0) - slope * deviation
    g_F = t_quantile(df, level) ** 2 * (error**2).sum(axis=0) / df / spread / slope**2
    return float((g_F < UNBOUNDED).all(axis=0).mean())
