"""Tasks of estimation: pooled fits with clustered errors, fits of single regions."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.noisy_paths import REGIMES, simulate
from benchmarks.peers.task import COEVO, Answer, Array, Side, Task
from coevo.estimation import fit_pooled
from coevo.estimation.growth import population_rows
from coevo.estimation.region import fit_general
from coevo.estimation.trajectory import Series, fit_trajectories

CHECKED = (
    "coevo makes the growth rows as well, and checks them: years twice or missing, figures "
    "that are not positive, breaks between vintages"
)
SAME_FIT = "coevo calls the same fit, on columns of unit length, and tells dependent columns"


def pairs(regions: int, years: int, small: bool) -> pd.DataFrame:
    """Return two populations by region and year (region, year, x1, x2) around the growth lines."""
    number = 16 if small else regions
    paths = simulate(REGIMES["growth"], "map", years, 0.05, number, np.random.default_rng(1))
    codes = np.repeat([f"{100_000 + i}" for i in range(number)], years)
    panel = pd.DataFrame(paths.reshape(-1, 2), columns=["x1", "x2"])
    return panel.assign(region=codes, year=np.tile(np.arange(years), number))


def growth_frame(panel: pd.DataFrame) -> pd.DataFrame:
    """Return growth rows (region, year, g1, g2, R1, R2) as one makes them by hand in pandas."""
    by = panel.groupby("region")
    frame = panel[["region", "year"]].copy()
    for i in "12":
        x = panel[f"x{i}"] / by[f"x{i}"].transform("first")
        later = x.groupby(panel["region"]).shift(-1)
        frame[f"g{i}"], frame[f"R{i}"] = np.log(later / x), (x + later) / 2
    return frame.dropna()


EQUATIONS = (("g1", "R2"), ("g2", "R1"))


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


def own_general(regions: list[Series]) -> Answer:
    fits = [fit_general(own.t, np.column_stack([own.x1, own.x2])) for own in regions]
    return Answer(np.array([one.coefficients for one in fits]))


def growth_and_regressors(own: Series) -> tuple[Array, Array]:
    """Return growth (rows, 2) and the regressors (rows, 2) of a region."""
    rows = population_rows(own.t, np.column_stack([own.x1, own.x2]))
    return rows.growth, rows.regressor


def statsmodels_general(regions: list[Series]) -> Answer:
    from statsmodels.api import OLS, add_constant

    found = []
    for own in regions:
        growth, R = growth_and_regressors(own)
        fits = [OLS(g, add_constant(R)).fit() for g in growth.T]
        found.append([(one.params, one.bse, one.f_pvalue)[0] for one in fits])
    return Answer(np.array(found))


def pysindy_general(regions: list[Series]) -> Answer:
    import pysindy

    found = []
    for own in regions:
        growth, R = growth_and_regressors(own)
        model = pysindy.SINDy(
            optimizer=pysindy.STLSQ(threshold=0, alpha=0),
            feature_library=pysindy.PolynomialLibrary(degree=1),
        )
        model.fit(R, t=1.0, x_dot=growth)
        found.append(model.coefficients())
    return Answer(np.array(found))


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
        growth, R = growth_and_regressors(Series(own.t, *(x / unit).T))
        start = [np.polyfit(R[:, 1 - i], growth[:, i], 1)[::-1] for i in range(2)]
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


TASKS = (
    Task(
        "pooled fit, 31 regions × 9 years",
        partial(pairs, 31, 9),
        COEVO(own_pooled),
        (
            Side("linearmodels", "linearmodels", linearmodels_pooled),
            Side("pyfixest", "pyfixest", pyfixest_pooled, CHECKED),
        ),
        8,
    ),
    Task(
        "pooled fit, 2,800 regions × 20 years",
        partial(pairs, 2_800, 20),
        COEVO(own_pooled),
        (
            Side("linearmodels", "linearmodels", linearmodels_pooled),
            Side("pyfixest", "pyfixest", pyfixest_pooled, CHECKED),
        ),
        8,
        repeats=3,
    ),
    Task(
        "general model of a region",
        cycles,
        COEVO(own_general),
        (
            Side("statsmodels loop", "statsmodels", statsmodels_general, SAME_FIT),
            Side("pysindy", "pysindy", pysindy_general),
        ),
        7,
        "region",
    ),
    Task(
        "path of the model of a region",
        cycles,
        COEVO(own_paths),
        (Side("lmfit and scipy", "lmfit", lmfit_paths),),
        5,
        "region",
        repeats=3,
    ),
)
