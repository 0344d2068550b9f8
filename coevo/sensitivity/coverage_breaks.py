"""D without the years in which what an indicator covers changed (docs/methods.md, 3)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from coevo.arrays import Array, Config, Values
from coevo.coupling import grade
from coevo.coupling.formulas import IndexPanel
from coevo.errors import Refusal, StudyError
from coevo.files import as_table
from coevo.normalisation import by_kept_ruler, complete_rows, normalise, scaled_panel, wide
from coevo.panel.derivations import Breaks, breaks_in_coverage
from coevo.schema import FILLED
from coevo.study_data import StudyData
from coevo.weighting import weights_by

WITH, KEPT, ANEW = VARIANTS = ("with", "kept", "anew")
FAR, FEWEST = 1.5, 3  # standard deviations of other years; how many of them at least
SHOWN, HIDDEN, JUMP, USUAL, UNTOLD = ("shown", "not_shown", "jump", "usual", "too_few_years")


def without_breaks(
    x: Values, years: Sequence[int], breaks: Sequence[int], indicator: str = "", region: str = ""
) -> Array:
    """Return a region's figures x (years,) as if coverage had not changed in the years `breaks`.

    In such a year the logarithm grows as in the mean of the year before and the year after, of
    those that exist and are no such year themselves; later years follow from there at their own
    growth. years: ascending; a break in or before the first one changes nothing. Raises `Refusal`
    for a figure that is not positive, a break that falls into a gap, and one with no year beside.
    """
    x = np.asarray(x, dtype=float)
    steps = list(pairwise(years))
    wanted = [year for year in breaks if years[0] < year <= years[-1]]
    if not wanted:
        return x
    if not (x > 0).all():
        bad = int(np.argmin(x > 0))
        raise Refusal(
            "coverage_not_positive",
            indicator=indicator, region=region, value=float(x[bad]), year=int(years[bad]),
        )  # fmt: skip
    growth = np.diff(np.log(x))
    known = {b: k for k, (a, b) in enumerate(steps) if b == a + 1}
    smoothed = growth.copy()
    for year in wanted:
        if year not in known:
            raise Refusal("coverage_in_gap", indicator=indicator, region=region, year=year)
        beside = [known[y] for y in (year - 1, year + 1) if y in known and y not in breaks]
        if not beside:
            raise Refusal("coverage_alone", indicator=indicator, region=region, year=year)
        smoothed[known[year]] = growth[beside].mean()
    carried: Array = x * np.exp(np.concatenate([[0.0], (smoothed - growth).cumsum()]))
    return carried


def panel_without_breaks(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return a panel whose subsystem indicators, derived ones as well, are without their breaks.

    panel: region, name, year, indicator, value, flag; the result has the same rows. indicators: the
    table of any indicator system whose figures the panel holds. All years that the table names
    inside the panel are taken out of the indicator itself by `without_breaks`, whose `Refusal` it
    raises; a missing figure counts as a gap. Any other figure stays as it is to the last digit.
    """
    changed = panel["value"].copy()
    for indicator, years in _breaks(panel, indicators).items():
        figures = panel[panel["indicator"].eq(indicator) & panel["value"].notna()]
        for region, series in figures.sort_values("year").groupby("region", sort=False):
            at = series["year"].astype(int).tolist()
            left = without_breaks(series["value"], at, years, indicator, str(region))
            changed.loc[series.index] = left
    return panel.assign(value=changed)


def _breaks(panel: pd.DataFrame, indicators: pd.DataFrame) -> Breaks:
    """Return the breaks of each indicator after the panel's first year, where it has any."""
    first, last = panel["year"].min(), panel["year"].max()
    named = breaks_in_coverage(indicators).items()
    inside = {name: [year for year in years if first < year <= last] for name, years in named}
    return {name: years for name, years in inside.items() if years}


def growth_rows(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the table `coverage_growth`: whether years that are named as breaks show themselves.

    Of each indicator with a break and each year: growth, the mean over regions of the growth of
    its logarithm since the year before (no missing, filled or non-positive figure enters), and
    z = (growth - mean) / s over other years, mean and sample sd s of those. Other years are those
    that no break names; for one that none names itself, without it and the two beside it, since one
    odd figure moves the growth of two years. |z| > 1.5 (`FAR`): a break is `shown`, another year a
    `jump` that no break explains; otherwise `not_shown`, `usual`. Fewer than three other years
    (`FEWEST`): z is missing, `too_few_years`. A screen, not a test (docs/methods.md, 3).
    """
    rows = []
    values = panel["value"].where(panel["flag"].ne(FILLED) & panel["value"].gt(0))
    for indicator, named in _breaks(panel, indicators).items():
        logs = panel.assign(value=np.log(values))[panel["indicator"].eq(indicator)]
        every = range(int(logs["year"].min()), int(logs["year"].max()) + 1)
        levels = logs.pivot(index="region", columns="year", values="value").reindex(columns=every)
        steps = levels.diff(axis="columns")
        growth, regions = steps.mean().dropna(), steps.count()
        for year in growth.index:
            is_break = year in named
            near = [year] if is_break else [year - 1, year, year + 1]
            z = _distance(growth[year], growth.drop([*named, *near], errors="ignore"))
            verdict = _verdict(z, SHOWN, HIDDEN) if is_break else _verdict(z, JUMP, USUAL)
            rows.append((indicator, year, growth[year], regions[year], is_break, z, verdict))
    return as_table("coverage_growth", rows)


def _distance(growth: float, others: pd.Series) -> float:
    """Standard deviations of other years from their mean; NaN where these are too few."""
    if len(others) < FEWEST:
        return float("nan")
    return float((growth - others.mean()) / max(others.std(), 1e-9))  # a steady path has none


def _verdict(z: float, far: str, near: str) -> str:
    return UNTOLD if np.isnan(z) else far if abs(z) > FAR else near


def years_with_verdict(growth: pd.DataFrame, *verdicts: str) -> list[int]:
    """Return the years of `coverage_growth` with one of the verdicts on any indicator, ascending.

    Years in which a break shows itself are those of `SHOWN`.
    """
    return sorted({int(year) for year in growth.loc[growth["verdict"].isin(verdicts), "year"]})


def coverage_rows(study: StudyData) -> pd.DataFrame:
    """Return the table `coverage_breaks`: D, grade and rank with and without breaks in coverage.

    study: with panel, goalposts, weights and coupling; config: its keys normalisation, weighting,
    coupling. Without the breaks D is computed by the study's own weights and goalposts (`kept`),
    and with both estimated anew (`anew`). Empty where no indicator of a subsystem changed its
    coverage after the first year. A variant that cannot be computed is a row with the reason.
    """
    panel, indicators, config = study.table("panel"), study.indicators, study.config
    if not _breaks(panel, indicators):
        return as_table("coverage_breaks", [])
    D = {WITH: study.table("coupling").set_index(["region", "name", "year"])["D"]}
    refused: dict[str, Refusal] = {}
    try:
        unbroken = panel_without_breaks(panel, indicators)
    except Refusal as problem:
        refused = dict.fromkeys((KEPT, ANEW), problem)
    else:
        changed = complete_rows(unbroken, indicators)
        z = by_kept_ruler(changed, indicators, study.table("goalposts"), config["normalisation"])
        D[KEPT] = _degree(z, study.table("weights"), config)
        try:
            D[ANEW] = _estimated_anew(unbroken, study)
        except StudyError:
            refused = {ANEW: Refusal("coverage_anew")}
    rows = pd.concat(D, names=["variant"]).rename("D").reset_index()
    rows["grade"] = grade(rows["D"], config["coupling"]["grades"])
    rows["rank"] = rows.groupby(["variant", "year"])["D"].rank(ascending=False, method="min")
    reasons = [{"variant": variant, **problem.columns} for variant, problem in refused.items()]
    return as_table("coverage_breaks", [*rows.to_dict("records"), *reasons])


def _estimated_anew(unbroken: pd.DataFrame, study: StudyData) -> pd.Series:
    """D of a panel without breaks by its own goalposts and weights."""
    indicators, config = study.indicators, study.config
    settings = {**config["normalisation"], "beyond": "cap"}
    normalised, _ = normalise(unbroken, indicators, settings, study.kept)
    z, method = wide(normalised, "z"), config["weighting"]["method"]
    figures = complete_rows(unbroken, indicators).loc[z.index]
    weights = weights_by(method, z, figures, indicators, config["weighting"])
    return _degree(z, weights, config)


def _degree(z: pd.DataFrame, weights: pd.DataFrame, config: Config) -> pd.Series:
    """D by region, name and year of normalised figures and the weights in use."""
    span = scaled_panel(config["normalisation"])
    panel = IndexPanel.of(z, weights, config["weighting"]["method"], span)
    return pd.Series(panel.degrees(config["coupling"]).D, panel.z.index)
