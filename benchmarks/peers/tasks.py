"""What coevo is measured by beside its peers: from a workbook to D, fits, neighbours."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.common import Array
from benchmarks.corrupted_files import REGIONS
from benchmarks.headline_size import CONFIG
from benchmarks.peers.task import DRAWS, Answer, Side, Task, quiet
from coevo.arrays import Integers
from coevo.coupling import couple
from coevo.estimation import fit_pooled
from coevo.normalisation import normalise, wide
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.regional.neighbourhood import likeness, row_standardised
from coevo.strengths.strength_estimates import panel_strengths
from coevo.weighting import WEIGHTINGS, weights_by

YEARS, INDICATORS = 20, 50
SPAN = CONFIG["normalisation"]["range"]


def figures(small: bool) -> Array:
    """Return log-normal figures (region-years, indicators)."""
    return np.random.default_rng(1).lognormal(3, 1, ((10 if small else 2_800) * YEARS, INDICATORS))


def scores(small: bool) -> Array:
    """Return figures normalised to the span."""
    x = figures(small)
    return SPAN[0] + (SPAN[1] - SPAN[0]) * (x - x.min(axis=0)) / np.ptp(x, axis=0)


def own_weights(name: str, Z: Array) -> Answer:
    return Answer(WEIGHTINGS[name](Z))


def pymcdm_weights(name: str, Z: Array) -> Answer:
    from pymcdm import weights

    return Answer(getattr(weights, f"{name}_weights")(Z))


def long_panel(small: bool) -> pd.DataFrame:
    """Return a panel as the study keeps it: region, name, year, indicator, value."""
    x = figures(small)
    codes = [f"{100_000 + i}" for i in range(len(x) // YEARS)]
    names = [f"i{j:02}" for j in range(INDICATORS)]
    keys = pd.MultiIndex.from_product(
        [codes, range(2001, 2001 + YEARS), names], names=["region", "year", "indicator"]
    )
    panel = pd.DataFrame({"value": x.ravel()}, keys).reset_index()
    return panel.assign(name=panel["region"])


def own_tables(panel: pd.DataFrame) -> Answer:
    names = sorted(panel["indicator"].unique())
    subsystem = np.repeat(["a", "b"], len(names) // 2)
    table = pd.DataFrame({"indicator": names, "subsystem": subsystem, "direction": "+"})
    normalised, _ = normalise(panel, table, CONFIG["normalisation"])
    z = wide(normalised, "z")
    weights = weights_by("entropy", z, z, table, {})
    coupling, obstacles = couple(z, weights, "entropy", CONFIG["coupling"], SPAN)
    return _tables(coupling, obstacles["obstacle"])


def pandas_tables(panel: pd.DataFrame) -> Answer:
    """The same tables as a careful script makes them: z, D with grades, obstacles."""
    x = panel.pivot(index=["region", "name", "year"], columns="indicator", values="value")
    z = SPAN[0] + (SPAN[1] - SPAN[0]) * (x - x.min()) / (x.max() - x.min())
    found, weights = pd.DataFrame(index=x.index), []
    for name, columns in zip("ab", np.split(x.columns, 2), strict=True):
        p = z[columns] / z[columns].sum()
        e = -(p * np.log(p)).sum() / np.log(len(p))
        weights.append((1 - e) / (1 - e).sum())
        found[name] = (z[columns] * weights[-1]).sum(axis=1)
    a, b = found["a"], found["b"]
    found["C"], found["T"] = 2 * np.sqrt(a * b) / (a + b), (a + b) / 2
    found["D"] = np.sqrt(found["C"] * found["T"])
    z.stack().rename("z").reset_index()
    found["grade"] = pd.cut(found["D"], np.arange(11) / 10, right=False)
    gap = pd.concat(weights) * (SPAN[1] - z) / 2
    obstacles = gap.div(gap.sum(axis=1), axis=0).stack().rename("obstacle").reset_index()
    return _tables(found.reset_index(), obstacles["obstacle"])


def _tables(coupling: pd.DataFrame, obstacles: pd.Series) -> Answer:
    most = obstacles.to_numpy().reshape(len(coupling), -1).max(axis=1)
    return Answer(np.column_stack([coupling["D"], most]))


GROWTH = np.array([[0.15, -0.03], [-0.05, 0.1]])  # of x1 and x2: alone, by the other
EQUATIONS = (("g1", "R2"), ("g2", "R1"))


def paths(number: int, years: int, seed: int) -> Array:
    """Return two populations (number, years, 2) from 1 on, each with shocks of five per cent."""
    logs = [np.zeros((number, 2))]
    for shock in 0.05 * np.random.default_rng(seed).standard_normal((years - 1, number, 2)):
        growth = GROWTH[:, 0] + GROWTH[:, 1] * np.exp(logs[-1][:, ::-1])
        logs.append(logs[-1] + growth + shock)
    return np.exp(np.stack(logs, axis=1))


def pairs(regions: int, years: int, small: bool) -> pd.DataFrame:
    """Return two populations by region and year (region, year, x1, x2) around the growth lines."""
    number = 16 if small else regions
    frame = pd.DataFrame(paths(number, years, 1).reshape(-1, 2), columns=["x1", "x2"])
    codes = [f"{i:06d}" for i in range(number)]
    return frame.assign(region=np.repeat(codes, years), year=np.tile(np.arange(years), number))


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


class Batch(NamedTuple):
    """Growth rows of many panels: growth and regressor (rows, 2, panels), the regressor of x1 is
    minus x2, that of x2 is x1; region and year (rows,) by index.
    """

    growth: Array
    regressor: Array
    region: Integers
    year: Integers


def resampled(small: bool) -> Batch:
    """Return growth rows of 31 regions and nine years of many panels."""
    panels, regions, years = 4 if small else 2_000, 31, 9
    x = paths(regions * panels, years, 4).reshape(panels, regions, years, 2).transpose(1, 2, 3, 0)
    start, end = (part.reshape(-1, 2, panels) for part in (x[:, :-1], x[:, 1:]))
    region, year = (part.ravel() for part in np.indices((regions, years - 1)))
    means = np.stack([-(start + end)[:, 1] / 2, (start + end)[:, 0] / 2], axis=1)
    return Batch(np.log(end / start), means, region, year)


def own_refits(data: Batch) -> Answer:
    found = panel_strengths(*data, "region+year")
    return Answer(np.stack([found.strength.T, found.error.T], axis=-1))


def statsmodels_refits(data: Batch) -> Answer:
    """The first 20 panels, each equation on dummies of regions and years, as a loop does it."""
    from statsmodels.api import OLS

    years = np.unique(data.year)
    groups = data.region[:, None] == np.unique(data.region), data.year[:, None] == years[1:]
    dummies, found = np.column_stack(groups).astype(float), []
    options: dict[str, Any] = {
        "cov_type": "cluster",
        "cov_kwds": {"groups": data.year, "use_correction": False},
    }
    factor = np.sqrt(len(years) / (len(years) - 1))
    for b in range(min(20, data.growth.shape[2])):
        columns = zip(data.growth[..., b].T, data.regressor[..., b].T, strict=True)
        fits = [OLS(g, np.column_stack([R, dummies])).fit(**options) for g, R in columns]
        found.append([[one.params[0], factor * one.bse[0]] for one in fits])
    return Answer(np.array(found))


class Field(NamedTuple):
    """D (regions, years) of regions of China, neighbours by code."""

    D: Array
    regions: list[str]
    neighbours: dict[str, list[str]]


def field(small: bool) -> Field:
    """Return made-up D of the provinces that have neighbours, alike among neighbours."""
    listed = REGIONS[["region", "neighbours"]].to_numpy().tolist()
    found = {region: neighbours.split() for region, neighbours in listed if neighbours}
    codes, rng = list(found), np.random.default_rng(5)
    W = row_standardised(found, codes)
    e = rng.standard_normal((len(codes), 3 if small else 9)).cumsum(axis=1)
    D = np.linalg.solve(np.eye(len(codes)) - 0.6 * W.toarray(), e)
    return Field(1 / (1 + np.exp(-D / 2)), codes, found)


def own_moran(data: Field) -> Answer:
    W = row_standardised(data.neighbours, data.regions)
    found = likeness(data.D, W, DRAWS, np.random.default_rng(1))
    return Answer(found.I, found.p)


def esda_moran(data: Field) -> Answer:
    from esda import Moran
    from libpysal.weights import W

    np.random.seed(1)
    with quiet():
        weights = W(data.neighbours, id_order=data.regions, silence_warnings=True)
    weights.transform = "r"
    found = [Moran(y, weights, permutations=DRAWS) for y in data.D.T]
    p = []
    for one in found:
        far = abs(one.I - one.EI) - 1e-12
        p.append((1 + (np.abs(one.sim - one.EI) >= far).sum()) / (DRAWS + 1))
    return Answer(np.array([one.I for one in found]), np.array(p))


class Book(NamedTuple):
    """A workbook of a county panel, the indicators and regions of its study, and its folder."""

    path: Path
    indicators: pd.DataFrame
    regions: pd.DataFrame
    folder: Any


def book(small: bool) -> Book:
    names = [f"县{i}" for i in range(10 if small else 140)]
    titles, years = [f"指标{n}号" for n in range(50)], range(2001, 2021)
    codes = [f"{100_000 + i}" for i in range(len(names))]
    regions = pd.DataFrame({"region": codes, "name_zh": names, "long_zh": "", "name_en": ""})
    own = {"indicator": [f"i{n}" for n in range(50)], "source_name": titles}
    indicators = pd.DataFrame(own).assign(unit="100 million yuan", derivation="")
    index = pd.MultiIndex.from_product([names, years], names=["地区", "年份"])
    values = np.random.default_rng(1).lognormal(3, 1, (len(index), 50)).round(2)
    folder = tempfile.TemporaryDirectory(prefix="coevo-peers-")
    path = Path(folder.name) / "2026-10" / "panel.xlsx"
    path.parent.mkdir()
    table = pd.DataFrame(values, index, [f"{title}(亿元)" for title in titles]).reset_index()
    table.to_excel(path, index=False, engine="xlsxwriter")
    return Book(path, indicators, regions, folder)


def own_figures(data: Book) -> Answer:
    """Every figure with region, year, indicator, unit and cell."""
    found, _ = observe(
        [str(data.path)], data.folder.name, StudyTerms(data.indicators, data.regions)
    )
    return Answer(np.sort(found["value"].to_numpy()))


def pandas_figures(engine: Any, data: Book) -> Answer:
    long = pd.read_excel(data.path, engine=engine).melt(["地区", "年份"], var_name="indicator")
    return Answer(np.sort(long["value"].to_numpy(dtype=float)))


PYMCDM = {name: (Side("pymcdm", "pymcdm", partial(pymcdm_weights, name)),) for name in WEIGHTINGS}
SCRIPT = (Side("pandas script", "pandas", pandas_tables),)
PYFIXEST = (Side("pyfixest", "pyfixest", pyfixest_pooled),)
LOOP = (Side("statsmodels loop", "statsmodels", statsmodels_refits),)
ESDA = (Side("esda", "esda", esda_moran),)
READERS = (
    Side("pandas, openpyxl", "openpyxl", partial(pandas_figures, "openpyxl")),
    Side("pandas, calamine", "python-calamine", partial(pandas_figures, "calamine")),
)
ENTROPY, CRITIC = (partial(own_weights, name) for name in ("entropy", "critic"))
FEW, MANY = (partial(pairs, *size) for size in ((31, 9), (2_800, 20)))
TABLES = "figures to tables of D and obstacles, 2.8 million rows"
BOOK = "workbook of 140,000 figures to long rows"
TASKS = (
    Task("entropy weights, 56,000 × 50", scores, ENTROPY, PYMCDM["entropy"], 10),
    Task("CRITIC weights, 56,000 × 50", scores, CRITIC, PYMCDM["critic"], 10),
    Task(TABLES, long_panel, own_tables, SCRIPT, 10, repeats=3),
    Task("pooled fit, 31 regions × 9 years", FEW, own_pooled, PYFIXEST, 8),
    Task("pooled fit, 2,800 regions × 20 years", MANY, own_pooled, PYFIXEST, 8, repeats=3),
    Task("refit of 31 regions × 9 years", resampled, own_refits, LOOP, 8, "refit"),
    Task("Moran's I of 9 years, 9,999 draws", field, own_moran, ESDA, 10, repeats=3),
    Task(BOOK, book, own_figures, READERS, 12, repeats=3),
)
