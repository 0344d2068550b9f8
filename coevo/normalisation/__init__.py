"""Min-max normalisation of indicators against stated minima and maxima (docs/methods.md, 2)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import Problems, StudyError

Array = npt.NDArray[np.float64]
CAPPED = "capped"
POSTS = ["indicator", "group", "low", "high"]


class Goalposts(NamedTuple):
    """Minima and maxima, a row per group and a column per indicator; the group of each case."""

    low: pd.DataFrame
    high: pd.DataFrame
    group: pd.Series


def minmax(
    x: npt.ArrayLike,
    direction: str,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    range: tuple[float, float] = (0.01, 0.99),
) -> Array:
    """Return figures mapped to `range` by their distance from the minimum and the maximum.

    Direction "+": z = lo + (hi - lo) (x - low) / (high - low); direction "-": the mirror image,
    z = lo + (hi - lo) (high - x) / (high - low). `x` has any shape that broadcasts with `low` and
    `high`; the result has the shape of `x`. Nothing is cut off: x beyond [low, high] gives z beyond
    `range`.

    Raises `StudyError` if high = low (a constant indicator measures no difference) or for a
    direction that is neither "+" nor "-". Source: OECD/JRC Handbook on Constructing Composite
    Indicators (2008), step 5.
    """
    x, low, high = (np.asarray(part, dtype=float) for part in (x, low, high))
    if np.any(high == low):
        raise StudyError("an indicator that is constant over its reference cannot be normalised")
    if direction not in ("+", "-"):
        raise StudyError(f"direction '{direction}' is neither '+' nor '-'")
    share = (x - low) / (high - low) if direction == "+" else (high - x) / (high - low)
    z: Array = range[0] + (range[1] - range[0]) * share
    return z


@dataclass(frozen=True)
class Scope:
    """What a reference may look at beside the figures: the base period, given goalposts."""

    base: tuple[int, int] | None = None  # first and last year
    goalposts: pd.DataFrame | None = None  # indicator, low, high


def panel_reference(values: pd.DataFrame, scope: Scope) -> Goalposts:
    """Minimum and maximum over all regions and years: comparable, but a new year rewrites them."""
    return _by_group(values, pd.Series("", values.index))


def year_reference(values: pd.DataFrame, scope: Scope) -> Goalposts:
    """Within each year: ranks regions, but says nothing of change over time."""
    return _by_group(values, _level(values, "year"))


def region_reference(values: pd.DataFrame, scope: Scope) -> Goalposts:
    """Within each region: shows its own rise, but regions cannot be compared."""
    return _by_group(values, _level(values, "region"))


def base_reference(values: pd.DataFrame, scope: Scope) -> Goalposts:
    """Over the regions and years of a stated base period; later figures may lie beyond."""
    if scope.base is None:
        raise StudyError("normalisation.base: reference base needs the first and the last year")
    first, last = scope.base
    inside = values[values.index.get_level_values("year").to_series().between(first, last).values]
    if inside.empty:
        raise StudyError(
            f"normalisation.base: no complete figures for {first} to {last}; choose other years"
        )
    return _alike(inside.min(), inside.max(), values)


def goalposts_reference(values: pd.DataFrame, scope: Scope) -> Goalposts:
    """Minima and maxima of a kept file, for instance of a release: a new year changes none."""
    if scope.goalposts is None:
        raise StudyError("normalisation.goalposts: reference goalposts needs a file of them")
    _check_unchanged(scope.goalposts)
    kept = scope.goalposts.set_index("indicator")
    lacking = [indicator for indicator in values.columns if indicator not in kept.index]
    if lacking:
        raise StudyError(
            f"normalisation.goalposts: the file has no row for {', '.join(lacking)}; add it, or "
            "choose another reference"
        )
    if kept.index.has_duplicates:
        raise StudyError(
            "normalisation.goalposts: the file has several rows per indicator; goalposts come from "
            "a reference that has one, such as panel or base"
        )
    kept = kept.loc[list(values.columns)].astype({"low": float, "high": float})
    return _alike(kept["low"], kept["high"], values)


def _check_unchanged(goalposts: pd.DataFrame) -> None:
    """Raise `StudyError` if kept goalposts do not give the hash that was written beside them."""
    columns = [column for column in POSTS if column in goalposts]
    if "sha256" in goalposts and set(goalposts["sha256"]) != {_digest(goalposts[columns])}:
        raise StudyError(
            "normalisation.goalposts: the file was changed after it was made: its figures do not "
            "give its sha256; take the file as it was kept, or remove the column sha256"
        )


def _digest(goalposts: pd.DataFrame) -> str:
    """Return the hash of goalposts (indicator, group, low, high) as text."""
    return hashlib.sha256(goalposts.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def _level(values: pd.DataFrame, name: str) -> pd.Series:
    return values.index.get_level_values(name).to_series(values.index).astype(str)


def _by_group(values: pd.DataFrame, group: pd.Series) -> Goalposts:
    """Minimum and maximum of each indicator within each group of rows."""
    rows = values.groupby(group.to_numpy())
    return Goalposts(rows.min(), rows.max(), group)


def _alike(low: pd.Series, high: pd.Series, values: pd.DataFrame) -> Goalposts:
    first, last = (pd.DataFrame([series], index=[""]) for series in (low, high))
    return Goalposts(first, last, pd.Series("", values.index))


def vector_norm(values: pd.DataFrame) -> Goalposts:
    """Zero and the root of the sum of squares: z = x / |x|, the vector normalisation of TOPSIS.

    `StudyError` for a negative figure: z would leave [0, 1].
    """
    if (values < 0).any(axis=None):
        bad = ", ".join(values.columns[(values < 0).any().to_numpy()])
        raise StudyError(f"normalisation.method: vector needs figures of 0 or more; not so: {bad}")
    return _alike(values.min() * 0.0, np.sqrt((values**2).sum()), values)


# name -> goalposts of complete figures (rows indexed by region, name, year; a column per indicator)
METHODS = ("minmax", "vector")
REFUSED_METHODS = {
    "zscore": "half of the z-scores are negative, and C has no meaning for negative indices; PCA "
    "weights standardise by themselves (OECD and JRC 2008, step 5)",
}
REFERENCES: dict[str, Callable[[pd.DataFrame, Scope], Goalposts]] = {
    "panel": panel_reference,
    "year": year_reference,
    "region": region_reference,
    "base": base_reference,
    "goalposts": goalposts_reference,
}


def scaled_panel(settings: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the range of normalised values; None where each indicator has ends of its own."""
    low, high = settings["range"]
    return None if settings["method"] == "vector" else (low, high)


def complete_rows(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the region-years in which every subsystem indicator has a value, one column each.

    Raises `StudyError` for a region that has none, with the indicators it lacks.
    """
    used = indicators.loc[indicators["subsystem"] != "", "indicator"]
    wide = panel.pivot(index=["region", "name", "year"], columns="indicator", values="value")[used]
    complete = wide.dropna()
    problems = Problems()
    kept = set(complete.index.get_level_values("region"))
    for (region, name), rows in wide.groupby(level=["region", "name"], sort=False):
        if region not in kept:
            lacking = ", ".join(used[rows.isna().any().to_numpy()])
            problems.add(
                f"regions: {region} {name} has no year with all indicators: figures are missing "
                f"for {lacking}; supply them, or leave the region out under regions"
            )
    problems.check()
    return complete


def normalise(
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    settings: Mapping[str, Any],
    goalposts: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `normalised` (region, name, year, indicator, z, flag) and `goalposts`.

    `settings`: the configuration's `normalisation` (reference, range, beyond, base); `goalposts`
    the kept ones, for the reference of that name. Goalposts have the columns indicator, group (the
    year or region; empty where there is one for all), low, high, reference, sha256 (of indicator,
    group, low and high as text).

    Only region-years with all subsystem indicators enter, here and in the reference. A figure
    beyond its goalposts is moved to them and flagged `capped`, or, with `beyond: error`, raises.
    Raises `StudyError` naming every indicator that is constant over its reference.
    """
    values = complete_rows(panel, indicators)
    base = settings.get("base")
    scope = Scope((base["first"], base["last"]) if base else None, goalposts)
    reference = "vector" if settings["method"] == "vector" else settings["reference"]
    posts = vector_norm(values) if reference == "vector" else REFERENCES[reference](values, scope)
    _check_constant(posts, reference)
    lo, hi = (0.0, 1.0) if reference == "vector" else settings["range"]
    low, high = (frame.loc[posts.group].set_axis(values.index) for frame in posts[:2])
    directions = dict(indicators[["indicator", "direction"]].to_numpy())
    z = pd.DataFrame(
        {i: minmax(values[i], directions[i], low[i], high[i], (lo, hi)) for i in values},
        index=values.index,
    )
    beyond = (values < low) | (values > high)
    if settings["beyond"] == "error":
        _refuse_beyond(values, beyond)
    z = z.clip(lo, hi)  # rounding may leave the range by a last digit, too
    long = z.rename_axis(columns="indicator").stack(future_stack=True).rename("z").reset_index()
    flags = beyond.stack(future_stack=True).to_numpy()
    long["flag"] = np.where(flags, CAPPED, "")
    return long, _table(posts, reference)


def _check_constant(posts: Goalposts, reference: str) -> None:
    problems = Problems()
    for indicator in posts.low:
        same = posts.low.index[(posts.low[indicator] >= posts.high[indicator]).to_numpy()]
        where = "in every region and year of the study" if same.equals(pd.Index([""])) else (
            f"throughout {reference} {', '.join(map(str, same))}"
        )  # fmt: skip
        if len(same):
            problems.add(
                f"{indicator}: is {posts.low[indicator].iloc[0]:g} {where}, so it tells nothing "
                "apart; remove it from the indicator table, check the files, or choose another "
                "normalisation.reference"
            )
    problems.check()


def _refuse_beyond(values: pd.DataFrame, beyond: pd.DataFrame) -> None:
    problems = Problems()
    for indicator in values.columns[beyond.any().to_numpy()]:
        rows = values.index[beyond[indicator].to_numpy()]
        _, name, year = rows[0]
        problems.add(
            f"{indicator}: {len(rows)} figures lie beyond their goalposts, the first in {name} "
            f"{year}; write normalisation.beyond: cap, or renew the goalposts"
        )
    problems.check()


def _table(posts: Goalposts, reference: str) -> pd.DataFrame:
    low, high = (
        frame.rename_axis("group").rename_axis("indicator", axis=1).stack() for frame in posts[:2]
    )
    table = pd.DataFrame({"low": low, "high": high}).reset_index()
    order = {indicator: place for place, indicator in enumerate(posts.low.columns)}
    table = table.sort_values(
        ["group", "indicator"], key=lambda c: c.map(order) if c.name == "indicator" else c
    )
    table = table[POSTS].reset_index(drop=True)
    return table.assign(reference=reference, sha256=_digest(table))
