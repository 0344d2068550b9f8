"""Tasks of estimation: pooled fits, their refits."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.common import Array
from benchmarks.noisy_paths import REGIMES, frame_of, simulate
from benchmarks.peers.task import Answer, Side, Task
from coevo.estimation import fit_pooled
from coevo.estimation.pooled_batches import Steps, lag_general

CHECKED = (
    "coevo makes the growth rows as well, and checks them: years twice or missing, figures "
    "that are not positive, breaks between vintages"
)
EQUATIONS = (("g1", "R2"), ("g2", "R1"))


def pairs(regions: int, years: int, small: bool) -> pd.DataFrame:
    """Return two populations by region and year (region, year, x1, x2) around the growth lines."""
    number = 16 if small else regions
    return frame_of(
        simulate(REGIMES["growth"], "map", years, 0.05, number, np.random.default_rng(1))
    )


def growth_frame(panel: pd.DataFrame) -> pd.DataFrame:
    """Return growth rows (region, year, g1, g2, R1, R2) as one makes them by hand in pandas."""
    by = panel.groupby("region")
    frame = panel[["region", "year"]].copy()
    for i in "12":
        x = panel[f"x{i}"] / by[f"x{i}"].transform("first")
        later = x.groupby(panel["region"]).shift(-1)
        frame[f"g{i}"], frame[f"R{i}"] = np.log(later / x), (x + later) / 2
    return frame.dropna()


def own_pooled(panel: pd.DataFrame) -> Answer:
    found = fit_pooled(panel, "x1", "x2")
    errors = [np.sqrt(one.covariance[0, 0]) for one in found.equations]
    return Answer(np.column_stack([found.slopes, errors]))


def pyfixest_pooled(panel: pd.DataFrame) -> Answer:
    import pyfixest

    frame, found = growth_frame(panel), []
    ssc = pyfixest.ssc(k_adj=True, k_fixef="full", G_adj=True, G_df="conventional")
    for g, R in EQUATIONS:
        formula = f"{g} ~ {R} | region + year"
        fitted = pyfixest.feols(
            formula, frame, vcov={"CRV1": "region"}, ssc=ssc, fixef_tol=1e-12, lean=True
        )
        found.append([fitted.coef()[R], fitted.se()[R]])
    return Answer(np.array(found))


def resampled(small: bool) -> Steps:
    """Return growth rows of 31 regions and nine years of many panels."""
    panels, regions, years = 4 if small else 2_000, 31, 9
    rng = np.random.default_rng(4)
    paths = simulate(REGIMES["growth"], "map", years, 0.05, regions * panels, rng)
    x = (paths / paths[:, :1]).reshape(panels, regions, years, 2)
    start, end = (
        part.transpose(1, 2, 3, 0).reshape(regions * (years - 1), 2, panels)
        for part in (x[:, :, :-1], x[:, :, 1:])
    )
    region = np.repeat(np.arange(regions), years - 1)
    return Steps(region, np.tile(np.arange(years - 1), regions), start, end)


def own_refits(data: Steps) -> Answer:
    found = lag_general(data)
    return Answer(np.concatenate([found.A, found.error], axis=-1))


def _dummies(region: Array, year: Array) -> Array:
    groups = (region[:, None] == np.unique(region), year[:, None] == np.unique(year)[1:])
    return np.column_stack(groups).astype(float)


def statsmodels_refits(data: Steps) -> Answer:
    """The first 20 panels, each equation on dummies of regions and years, as a loop does it."""
    from statsmodels.api import OLS

    dummies, found = _dummies(data.region, data.year), []
    for i in range(min(20, data.start.shape[2])):
        x, growth = data.start[:, :, i], np.log(data.end[:, :, i] / data.start[:, :, i])
        X = np.column_stack([x, dummies])
        options: dict[str, Any] = {"cov_type": "cluster", "cov_kwds": {"groups": data.region}}
        fits = [OLS(g, X).fit(**options) for g in growth.T]
        found.append([[*one.params[:2], *one.bse[:2]] for one in fits])
    return Answer(np.array(found))


POOLED = (Side("pyfixest", "pyfixest", pyfixest_pooled, CHECKED),)
LOOP = Side("statsmodels loop", "statsmodels", statsmodels_refits)
SMALL, LARGE = (partial(pairs, *size) for size in ((31, 9), (2_800, 20)))
TASKS = (
    Task("pooled fit, 31 regions × 9 years", SMALL, own_pooled, POOLED, 8),
    Task("pooled fit, 2,800 regions × 20 years", LARGE, own_pooled, POOLED, 8, repeats=3),
    Task("refit of 31 regions × 9 years", resampled, own_refits, (LOOP,), 8, "refit"),
)
