"""Figures drawn at random, and what a study makes of them: the one builder of many tests."""

import numpy as np
import pandas as pd

from coevo.coupling import couple
from coevo.normalisation import normalise, scaled_panel
from coevo.study_data import StudyData
from coevo.weighting import weigh

SCALE = {"method": "minmax", "reference": "panel", "range": [0.01, 0.99], "beyond": "cap"}
COUPLING = {
    "composite": "linear", "preset": None, "form": "standard", "k": 2.0,
    "contributions": "equal", "grades": "ten",
}  # fmt: skip


def walks(regions=9, years=8, columns=("up", "down"), missing=0.0, seed=4, common=0.0):
    """Return region, year and random walks in logs; some rows are missing at random.

    common: the standard deviation of a shock of the year that all regions share.
    """
    rng, shape = np.random.default_rng(seed), (regions, years, len(columns))
    steps = rng.normal(0.05, 0.2, shape) + rng.normal(0, common, shape[1:])
    levels = rng.normal(size=(regions, 1, len(columns))) + steps.cumsum(axis=1)
    frame = pd.DataFrame(np.exp(levels).reshape(-1, len(columns)), columns=list(columns))
    frame.insert(0, "year", np.tile(np.arange(2000, 2000 + years), regions))
    frame.insert(0, "region", np.repeat([f"r{r:02}" for r in range(regions)], years))
    return frame[rng.random(len(frame)) >= missing].reset_index(drop=True)


def long(x, indicators="abcd", first=2015):
    """Return a panel of figures x (regions, years, indicators), regions named 0, 1, ..."""
    regions, years, count = np.shape(x)
    names = ["region", "year", "indicator"]
    labels = [map(str, range(regions)), range(first, first + years), list(indicators)[:count]]
    index = pd.MultiIndex.from_product([list(values) for values in labels], names=names)
    panel = pd.DataFrame({"value": np.ravel(x)}, index).reset_index()
    panel.insert(1, "name", "R" + panel["region"])
    return panel


def indexed(panel, indicators, config, **tables):
    """Return a study with the tables from normalised figures to D."""
    scale, method = config["normalisation"], config["weighting"]["method"]
    normalised, goalposts = normalise(panel, indicators, scale)
    weights = weigh(normalised, panel, indicators, config["weighting"])
    coupling, _ = couple(normalised, weights, method, config["coupling"], scaled_panel(scale))
    made = {"panel": panel, "normalised": normalised, "goalposts": goalposts, "weights": weights}
    return StudyData(config, indicators, made | {"coupling": coupling} | tables)
