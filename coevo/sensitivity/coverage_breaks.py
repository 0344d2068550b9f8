"""D without the years in which what an indicator covers changed (docs/methods.md, 3)."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.coupling import grade
from coevo.coupling.forms import Array
from coevo.coupling.index_panel import IndexPanel
from coevo.errors import Refusal, StudyError
from coevo.files import as_table
from coevo.messages import message_columns
from coevo.normalisation import (
    complete_rows,
    held_against,
    normalise,
    scaled_panel,
    scope_of,
    wide,
)
from coevo.normalisation.goalposts import read_goalposts
from coevo.panel.derivations import Breaks, breaks_in_coverage
from coevo.weighting import weights_by

WITH, KEPT, ANEW = VARIANTS = ("with", "kept", "anew")


def without_breaks(
    x: npt.ArrayLike,
    years: Sequence[int],
    breaks: Sequence[int],
    indicator: str = "",
    region: str = "",
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
            indicator=indicator,
            region=region,
            value=float(x[bad]),
            year=int(years[bad]),
        )
    growth = np.diff(np.log(x))
    known = {b: k for k, (a, b) in enumerate(steps) if b == a + 1}
    found = growth.copy()
    for year in wanted:
        if year not in known:
            raise Refusal("coverage_in_gap", indicator=indicator, region=region, year=year)
        beside = [known[y] for y in (year - 1, year + 1) if y in known and y not in breaks]
        if not beside:
            raise Refusal("coverage_alone", indicator=indicator, region=region, year=year)
        found[known[year]] = growth[beside].mean()
    carried: Array = x[0] * np.exp(np.concatenate([[0.0], found.cumsum()]))
    return carried


def figures_without_breaks(values: pd.DataFrame, breaks: Breaks) -> pd.DataFrame:
    """Return figures (region, name and year down, indicators across) without their breaks.

    A series that no break touches keeps its figures to the last digit. Raises `Refusal` as
    `without_breaks`.
    """
    changed = values.copy()
    for indicator, years in breaks.items():
        for (region, _), own in values[indicator].groupby(level=["region", "name"], sort=False):
            at = own.index.get_level_values("year").astype(int).tolist()
            left = without_breaks(own.to_numpy(), at, years, indicator, str(region))
            changed.loc[own.index, indicator] = left
    return changed


def _ranked(D: pd.Series, grades: str, variant: str) -> pd.DataFrame:
    """Rows of a variant; D by region, name, year."""
    rows = D.rename("D").reset_index()
    ranks = rows.groupby("year")["D"].rank(ascending=False, method="min")
    return rows.assign(variant=variant, grade=grade(rows["D"], grades), rank=ranks.astype(int))


def coverage_rows(
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    config: Mapping[str, Any],
    kept: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the table `coverage_breaks`: D, grade and rank with and without breaks in coverage.

    `tables`: goalposts, weights and coupling of the study; `config`: its keys normalisation,
    weighting, coupling; `kept`: goalposts of the reference of that name. Without the breaks D is
    computed by the study's own weights and goalposts (`kept`), and with both estimated anew
    (`anew`). Empty where no indicator of a subsystem changed its coverage after the first year. A
    variant that cannot be computed is a row with the reason.
    """
    first, last = panel["year"].min(), panel["year"].max()
    breaks = {
        name: years
        for name, years in breaks_in_coverage(indicators).items()
        if any(first < year <= last for year in years)
    }
    if not breaks:
        return as_table("coverage_breaks", [])
    grades = config["coupling"]["grades"]
    own = tables["coupling"].set_index(["region", "name", "year"])["D"]
    parts = [_ranked(own, grades, WITH)]
    values = complete_rows(panel, indicators)
    try:
        changed = figures_without_breaks(values, breaks)
    except Refusal as problem:
        return _table([*parts, *(_refused(problem, variant) for variant in (KEPT, ANEW))])
    z = by_kept_ruler(changed, indicators, tables["goalposts"], config["normalisation"])
    parts.append(_ranked(_degree(z, tables["weights"], config), grades, KEPT))
    try:
        parts.append(_ranked(_estimated_anew(changed, indicators, config, kept), grades, ANEW))
    except StudyError:
        parts.append(_refused(Refusal("coverage_anew"), ANEW))
    return _table(parts)


def _table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([as_table("coverage_breaks", part) for part in parts], ignore_index=True)


def _refused(problem: Refusal, variant: str) -> pd.DataFrame:
    return pd.DataFrame([{"variant": variant, **message_columns(problem.key, problem.fields)}])


def by_kept_ruler(
    changed: pd.DataFrame,
    indicators: pd.DataFrame,
    goalposts: pd.DataFrame,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    """z of changed figures by the study's own goalposts; a figure beyond them is moved to them."""
    names = [str(name) for name in changed]
    posts = read_goalposts(goalposts, scope_of(changed, indicators, settings))
    z, _ = held_against(changed.to_numpy(dtype=float), posts, names, indicators, settings)
    return pd.DataFrame(z, changed.index, changed.columns)


def _estimated_anew(
    changed: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    kept: pd.DataFrame | None,
) -> pd.Series:
    """D of changed figures by their own goalposts and weights."""
    long = changed.rename_axis(columns="indicator").stack(future_stack=True).rename("value")
    settings = {**config["normalisation"], "beyond": "cap"}
    normalised, _ = normalise(long.reset_index(), indicators, settings, kept)
    z, method = wide(normalised, "z"), config["weighting"]["method"]
    weights = weights_by(method, z, changed.loc[z.index], indicators, config["weighting"])
    return _degree(z, weights, config)


def _degree(z: pd.DataFrame, weights: pd.DataFrame, config: Mapping[str, Any]) -> pd.Series:
    """D by region, name and year of normalised figures and the weights in use."""
    span = scaled_panel(config["normalisation"])
    found = IndexPanel.of(z, weights, config["weighting"]["method"], span)
    return pd.Series(found.degrees(config["coupling"]).D, found.z.index)
