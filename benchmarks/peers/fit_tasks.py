"""Tasks of estimation: pooled fits, their refits and bootstrap, paths of single regions."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.common import Array
from benchmarks.noisy_paths import REGIMES, frame_of, simulate
from benchmarks.peers.task import DRAWS, Answer, Side, Task
from coevo.estimation import fit_pooled
from coevo.estimation.growth import population_rows
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_batches import Steps, lag_general
from coevo.estimation.trajectory import Series, fit_trajectories
from coevo.inference.wild_bootstrap import wild_pooled

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


def linearmodels_pooled(panel: pd.DataFrame) -> Answer:
    from linearmodels.panel import PanelOLS

    frame, found = growth_frame(panel).set_index(["region", "year"]), []
    for g, R in EQUATIONS:
        model = PanelOLS(frame[g], frame[[R]], entity_effects=True, time_effects=True)
        fitted = model.fit(cov_type="clustered", cluster_entity=True, group_debias=True)
        found.append([fitted.params[R], fitted.std_errors[R]])
    return Answer(np.array(found))


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


def cycles(small: bool) -> list[Series]:
    """Return 31 regions of 21 years through a whole cycle, the figures observed with error."""
    years, rng = 21, np.random.default_rng(3)
    paths = simulate(REGIMES["cycle"], "equations", years, 0.0, 2 if small else 31, rng)
    paths = paths * np.exp(0.02 * rng.standard_normal(paths.shape))
    return [Series(np.arange(years), *path.T) for path in paths]


def own_paths(regions: list[Series]) -> Answer:
    fits: list[Any] = fit_trajectories(regions, starts=1)
    return Answer(np.array([one.coefficients for one in fits]))


def lmfit_paths(regions: list[Series]) -> Answer:
    """The first two regions, from the same start: lmfit around scipy's solution."""
    import lmfit
    from scipy.integrate import solve_ivp

    found = []
    for own in regions[:2]:
        x = np.column_stack([own.x1, own.x2])
        unit, years = x.mean(axis=0), np.asarray(own.t)
        logs = np.log(x / unit)
        rows = population_rows(own.t, x / unit)
        start = [np.polyfit(rows.regressor[:, 1 - i], rows.growth[:, i], 1)[::-1] for i in range(2)]
        given = lmfit.Parameters()
        for name, value in zip("abcdef", [*start[0], *start[1], *logs[0]], strict=True):
            given.add(name, value=value)

        def residuals(parameters: Any, years: Array = years, logs: Array = logs) -> Array:
            a, b, c, d, e, f = parameters.valuesdict().values()
            path = solve_ivp(
                lambda _, y: (a + b * np.exp(y[1]), c + d * np.exp(y[0])),
                (years[0], years[-1]), (e, f), t_eval=years, rtol=1e-9, atol=1e-9,
            )  # fmt: skip
            return np.asarray(path.y.T - logs).ravel()

        best = lmfit.minimize(residuals, given, ftol=1e-13, xtol=1e-13)
        a, b, c, d, *_ = best.params.valuesdict().values()
        found.append([[a, b / unit[1]], [c, d / unit[0]]])
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


def pooled(small: bool) -> PooledFit:
    return fit_pooled(pairs(31, 9, small), "x1", "x2")


def own_wild(fit: PooledFit) -> Answer:
    """Both slopes; signs are those of the regressions."""
    tests = wild_pooled(fit, DRAWS)
    t = np.array([-tests["b1"].t, tests["d"].t])
    return Answer(t, np.array([tests["b1"].p, tests["d"].p]))


def wildboottest_slopes(fit: PooledFit) -> Answer:
    from statsmodels.api import OLS
    from wildboottest.wildboottest import wildboottest

    data, found = fit.data, []
    for i in range(2):
        columns = [data.regressor[:, 1 - i], _dummies(data.region, data.year)]
        model = OLS(
            pd.Series(data.growth[:, i]), pd.DataFrame(np.column_stack(columns)).add_prefix("x")
        )
        model_data = {"cluster": pd.Series(data.region), "param": "x0", "parallel": False}
        one = wildboottest(model, B=DRAWS, seed=1, show=False, **model_data).iloc[0]
        found.append([float(np.ravel(one[key])[0]) for key in ("statistic", "p-value")])
    return Answer(*np.array(found).T)


POOLED = (
    Side("linearmodels", "linearmodels", linearmodels_pooled),
    Side("pyfixest", "pyfixest", pyfixest_pooled, CHECKED),
)
LMFIT = Side("lmfit and scipy", "lmfit", lmfit_paths)
LOOP = Side("statsmodels loop", "statsmodels", statsmodels_refits)
WILD = Side("wildboottest", "wildboottest", wildboottest_slopes)
TASKS = (
    Task("pooled fit, 31 regions × 9 years", partial(pairs, 31, 9), own_pooled, POOLED, 8),
    Task(
        "pooled fit, 2,800 regions × 20 years",
        partial(pairs, 2_800, 20),
        own_pooled,
        POOLED,
        8,
        repeats=3,
    ),
    Task("path of the model of a region", cycles, own_paths, (LMFIT,), 5, "region", 3),
    Task("refit of 31 regions × 9 years", resampled, own_refits, (LOOP,), 8, "refit"),
    Task("wild bootstrap of both slopes, 9,999 draws", pooled, own_wild, (WILD,), 8),
)
