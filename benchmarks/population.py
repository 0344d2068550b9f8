"""How fast fits of two populations are: resamples of every region, draws of the pooled fit.

    python -m benchmarks.population

Growth of each region drawn anew from its own two lines, residuals with replacement, 31 x 10,000
times, and fitted each time; 9,999 draws of the wild bootstrap of the pooled fit with region and
year effects. Figures are those of the study `provinces` where it has been built, else made by seed.
statsmodels fits a part of the same resamples one by one, and must find the same coefficients to
1e-10 of a scaled unit. Last, what `benchmarks/known_orbit.py` prints.

As printed on a two-core machine: all resamples and draws in 0.2 to 0.4 s and 60 MB; statsmodels
takes 1,200 to 1,700 times as long for a resample, fits of both equations one by one.
"""

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks import known_orbit
from benchmarks.many_fits import fit_batch
from benchmarks.noisy_paths import REGIMES, simulate
from coevo.equilibria.output_series import pair_values
from coevo.estimation import fit_pooled
from coevo.estimation.pooled import PooledFit
from coevo.files import read_table
from coevo.inference.wild_bootstrap import wild_pooled
from coevo.study_data import StudyData

Array = npt.NDArray[np.float64]
Samples = list[tuple[Array, Array]]  # of each region: growth (draws, rows, 2), regressor (rows, 2)

PANEL = Path("data/processed/provinces/panel.csv")
PAIR = {"upstream": "secondary_value_added", "downstream": "ecommerce_sales"}
REGIONS, YEARS, NOISE = 31, 9, 0.05  # of figures made by seed
RESAMPLES, DRAWS = 10_000, 9_999
ONE_BY_ONE = 2_000  # resamples that statsmodels fits
GOAL = 5.0  # seconds for all resamples and draws


def figures() -> tuple[str, pd.DataFrame]:
    """Return where the figures come from, and region, year, x1, x2."""
    if PANEL.exists():
        study = StudyData({}, pd.DataFrame(), {"panel": read_table(PANEL)})
        return str(PANEL), pair_values(study, PAIR)
    paths = simulate(REGIMES["growth"], "map", YEARS, NOISE, REGIONS, np.random.default_rng(1))
    panel = pd.DataFrame(paths.reshape(-1, 2), columns=["x1", "x2"])
    panel["region"] = np.repeat([f"{i:02}" for i in range(REGIONS)], YEARS)
    return "figures made by seed", panel.assign(year=np.tile(np.arange(YEARS), REGIONS))


def resamples(pooled: PooledFit) -> Samples:
    """Return the growth rows of every region drawn anew, in scaled units."""
    rng, found = np.random.default_rng(2), []
    for i in range(len(pooled.regions)):
        own = pooled.data.region == i
        g, R = pooled.data.growth[own], pooled.data.regressor[own, ::-1]
        c, s = fit_batch(g, R).lines.T
        residuals = g - c - s * R
        chosen = rng.integers(len(g), size=(RESAMPLES, len(g)))
        found.append((c + s * R + residuals[chosen], R))
    return found


def fitted(samples: Samples) -> Array:
    """Return the lines (regions, draws, 2, 2) of all resamples."""
    return np.stack([fit_batch(*own).lines for own in samples])


def one_by_one(samples: Samples, number: int) -> Array:
    """Return statsmodels' lines of the first resamples of every region, in turn (number, 2, 2)."""
    from statsmodels.api import OLS

    lines = np.empty((number, 2, 2))
    for place in range(number):
        draw, region = divmod(place, len(samples))
        growth, regressor = samples[region][0][draw], samples[region][1]
        for i in range(2):
            X = np.column_stack([np.ones(len(regressor)), regressor[:, i]])
            lines[place, i] = OLS(growth[:, i], X).fit().params
    return lines


def timed(work: Callable[..., Any], *of: Any) -> tuple[float, Any]:
    """Return the seconds of one run, and its result."""
    began = time.perf_counter()
    result = work(*of)
    return time.perf_counter() - began, result


def traced(work: Callable[..., Any], *of: Any) -> float:
    """Return the largest memory in MB that Python and numpy took during one run."""
    tracemalloc.start()
    work(*of)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    source, panel = figures()
    pooled = fit_pooled(panel, "x1", "x2")
    print(f"{source}: {len(pooled.regions)} regions, {pooled.rows} growth rows")
    drawing, samples = timed(resamples, pooled)
    fitting, lines = timed(fitted, samples)
    wild, _ = timed(wild_pooled, pooled, DRAWS)
    whole = drawing + fitting + wild
    peak = traced(lambda: (fitted(resamples(pooled)), wild_pooled(pooled, DRAWS)))
    fits = lines.shape[0] * lines.shape[1]
    print(f"drawn    {drawing:7.3f} s   {fits:,} resamples")
    print(f"fitted   {fitting:7.3f} s   lines and covariance of each")
    print(f"wild     {wild:7.3f} s   {DRAWS:,} draws of both slopes")
    print(f"together {whole:7.3f} s   goal {GOAL:g} s; {peak:.0f} MB at the most")
    single, other = timed(one_by_one, samples, ONE_BY_ONE)
    difference = np.abs(lines.swapaxes(0, 1).reshape(-1, 2, 2)[:ONE_BY_ONE] - other).max()
    assert difference < 1e-10, f"statsmodels differs by {difference:.1e}"
    ratio = single / ONE_BY_ONE * fits / fitting
    print(f"statsmodels {single:.3f} s for {ONE_BY_ONE:,}: {ratio:,.0f} x the time of a fit here;")
    print(f"         largest difference of a coefficient {difference:.1e}")
    known_orbit.main()


if __name__ == "__main__":
    main()
