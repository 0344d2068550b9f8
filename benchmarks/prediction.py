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

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.relation_rule import (
    DRIFT,
    DRIFT_SD,
    ERROR_CORRELATION,
    REGIONS,
    YEAR_CORRELATION,
    YEAR_SD,
    _next_year,
    _normal,
)
from coevo.prediction import MODELS, predict
from coevo.prediction.models import DRIFT as BENCHMARK
from coevo.prediction.past_errors import BETTER
from coevo.study_data import StudyData

PAIR = {"upstream": "x1", "downstream": "x2", "estimator": "trapezoid", "others": []}
INDICATORS = pd.DataFrame({"indicator": ["x1", "x2"], "subsystem": "", "unit": "yuan"})
CYCLE_SD, REST_SD = 0.02, 0.3  # of errors and of rest points
SLOPES = np.array([[0.0, -0.3], [0.3, 0.0]])  # A of a cycle of about twenty years
TABLE = Path(__file__).resolve().parent.parent / "docs" / "simulation" / "better_than_drift.csv"


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


def simulated(design: Panels, seed: int) -> np.ndarray:
    """Return x (regions, years, 2) of one panel."""
    rng, shape = np.random.default_rng(seed), (REGIONS, 2, 1)
    A = SLOPES if design.follows_model else np.zeros((2, 2))
    if design.follows_model:
        r = -A @ (np.array([1.4, 1.0])[:, None] * np.exp(REST_SD * rng.normal(size=shape)))
        shock = (CYCLE_SD, CYCLE_SD)
    else:
        r = np.array(DRIFT)[:, None] + np.array(DRIFT_SD)[:, None] * rng.normal(size=shape)
        shock = YEAR_SD
    logs = [np.zeros(shape)]
    for _ in range(design.years - 1):
        tau = design.year_shock * _normal(rng, shock, YEAR_CORRELATION, (1, 2, 1))
        e = _normal(rng, design.error_sd, ERROR_CORRELATION, shape)
        logs.append(_next_year(logs[-1], r + tau + e, A))
    return np.asarray(np.exp(np.stack(logs, axis=1))[..., 0])


def panel_of(x: np.ndarray) -> pd.DataFrame:
    """Return x (regions, years, 2) as the table `panel`."""
    regions, years, _ = x.shape
    code = np.array([f"{i:06d}" for i in range(regions)])
    wide = pd.DataFrame(
        {
            "region": np.repeat(code, years),
            "name": np.repeat(code, years),
            "year": np.tile(np.arange(2001, 2001 + years), regions),
            "x1": x[..., 0].ravel(),
            "x2": x[..., 1].ravel(),
        }
    )
    long = wide.melt(["region", "name", "year"], ["x1", "x2"], "indicator", "value")
    return long.assign(flag="")


def study_of(panel: pd.DataFrame) -> StudyData:
    """Return the study whose outputs are the two populations of a panel."""
    return StudyData({"interaction": PAIR}, INDICATORS, {"panel": panel})


def told_better(design: Panels, seed: int) -> dict[str, set[str]]:
    """Return by series which models a panel tells to be better than drift."""
    panel = panel_of(simulated(design, seed))
    found = predict(study_of(panel), horizons=1)
    rows = found["prediction_verdicts"]
    rows = rows[rows["verdict"] == BETTER]
    return {series: set(rows.loc[rows["series"] == series, "model"]) for series in ("x1", "x2")}


def shares(design: Panels, found: list[dict[str, set[str]]]) -> list[dict[str, Any]]:
    """Return a row per series: the share of panels in which each model is told better."""
    label = {"design": design.name, "years": design.years, "year_shock": design.year_shock}
    rows = []
    for series in ("x1", "x2"):
        sets = [one[series] for one in found]
        share = {name: float(np.mean([name in s for s in sets])) for name in MODELS}
        share["any"] = float(np.mean([bool(s) for s in sets]))
        del share[BENCHMARK]
        rows.append(label | {"panels": len(found), "series": series} | share)
    return rows


def main() -> None:
    started = time.perf_counter()
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(2) as pool:
        for design in DESIGNS:
            seeds = range(design.panels)
            found = list(pool.map(told_better, [design] * len(seeds), seeds, chunksize=5))
            rows += shares(design, found)
            print(pd.DataFrame(rows[-2:]).to_string(), flush=True)
    table = pd.DataFrame(rows)
    print(f"{time.perf_counter() - started:.0f} s")
    if "--write" in sys.argv:
        table.to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    main()
