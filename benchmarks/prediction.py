"""How often a model is told to beat drift: where the data follow it, and where nothing can.

    OMP_NUM_THREADS=1 python -m benchmarks.prediction [--write]

31 regions, at random by seed; --write puts the shares of panels into
docs/simulation/better_than_drift.csv. `random walk with drift`: each region has a drift, normal
errors and, with a year shock, a shock common to all regions, sizes as estimated in the study
`provinces`; nine years. `the model`: each region runs round its own rest point by the equations

    d ln x_i/dt = r_ir + tau_it + e_irt + A_i x_j,    x(0) = 1,    A = (-b1, d),

with its own rates and common slopes, over 30 years, with little noise. Shares are of panels in
which a model is told `better` than drift one year ahead; `any`: in which one of them is.
"""

from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.common import SIMULATION, Array, Row, simulation
from benchmarks.common_shocks import DRIFT, DRIFT_SD, REGIONS, YEAR_SD, paths
from benchmarks.noisy_paths import frame_of
from coevo.prediction import MODELS, predict
from coevo.prediction.models import DRIFT as BENCHMARK
from coevo.prediction.past_errors import BETTER
from coevo.study_data import StudyData

PAIR = {"upstream": "x1", "downstream": "x2", "estimator": "trapezoid", "others": []}
INDICATORS = pd.DataFrame({"indicator": ["x1", "x2"], "subsystem": "", "unit": "yuan"})
CYCLE_SD, REST_SD = 0.02, 0.3  # of errors and of rest points
SLOPES = np.array([[0.0, -0.3], [0.3, 0.0]])  # A of a cycle of about twenty years
TABLE = SIMULATION / "better_than_drift.csv"


class Panels(NamedTuple):
    """A design: what its panels follow, years, panels, shock of the years, error of x1 and x2."""

    name: str
    follows_model: bool
    years: int
    panels: int
    year_shock: bool
    error_sd: tuple[float, float]


DESIGNS = (
    Panels("random walk with drift", False, 9, 500, True, (0.05, 0.25)),
    Panels("the model", True, 30, 40, True, (CYCLE_SD, CYCLE_SD)),
)


def simulated(design: Panels, seed: int) -> Array:
    """Return x (regions, years, 2) of one panel."""
    rng, shape = np.random.default_rng(seed), (REGIONS, 2, 1)
    A, year_sd = np.zeros((2, 2)), YEAR_SD
    if design.follows_model:
        A, year_sd = SLOPES, (CYCLE_SD, CYCLE_SD)
        r = -A @ (np.array([1.4, 1.0])[:, None] * np.exp(REST_SD * rng.normal(size=shape)))
    else:
        r = np.array(DRIFT)[:, None] + np.array(DRIFT_SD)[:, None] * rng.normal(size=shape)
    shock = design.year_shock * np.array(year_sd)
    return paths(rng, r, A, design.years, shock, design.error_sd)[..., 0]


def panel_of(x: Array) -> pd.DataFrame:
    """Return x (regions, years, 2) as the table `panel`."""
    wide = frame_of(x)
    wide = wide.assign(name=wide["region"], year=wide["year"] + 2001, flag="")
    return wide.melt(["region", "name", "year", "flag"], var_name="indicator")


def study_of(panel: pd.DataFrame) -> StudyData:
    """Return the study whose outputs are the two populations of a panel."""
    return StudyData({"interaction": PAIR}, INDICATORS, {"panel": panel})


def told_better(design: Panels, seed: int) -> dict[str, set[str]]:
    """Return by series which models a panel tells to be better than drift."""
    rows = predict(study_of(panel_of(simulated(design, seed))), horizons=1)["prediction_verdicts"]
    rows = rows[rows["verdict"] == BETTER]
    return {series: set(rows.loc[rows["series"] == series, "model"]) for series in ("x1", "x2")}


def shares(design: Panels, found: list[dict[str, set[str]]]) -> list[dict[str, Any]]:
    """Return a row per series: the share of panels in which each model is told better."""
    label = {"design": design.name, "years": design.years, "year_shock": design.year_shock}
    rows = []
    for series in ("x1", "x2"):
        told = {name: [name in one[series] for one in found] for name in MODELS}
        del told[BENCHMARK]
        told["any"] = [bool(one[series]) for one in found]
        share = {name: float(np.mean(hits)) for name, hits in told.items()}
        rows.append(label | {"panels": len(found), "series": series} | share)
    return rows


def made(most: int) -> list[Row]:
    with ProcessPoolExecutor(2) as pool:
        found = (
            pool.map(told_better, repeat(design), range(min(design.panels, most)))
            for design in DESIGNS
        )
        return [
            row for design, told in zip(DESIGNS, found, strict=True)
            for row in shares(design, list(told))
        ]  # fmt: skip


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
