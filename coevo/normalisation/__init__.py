"""Normalisation of indicators against stated minima and maxima (docs/methods.md, 2)."""

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Config, Values
from coevo.errors import Problems, StudyError
from coevo.normalisation.directions import ANYWHERE, RATIO, Band, Scale, scales_of
from coevo.normalisation.goalposts import (
    POSTS,
    REFERENCES,
    Goalposts,
    Scope,
    digest,
    read_goalposts,
    vector_norm,
)

CAPPED = "capped"
VECTOR = "vector"
METHODS = ("minmax", VECTOR)
REFUSED_METHODS = {
    "zscore": "half of the z-scores are negative, and C has no meaning for negative indices; PCA "
    "weights standardise by themselves (OECD and JRC 2008, step 5)"
}
Span = tuple[float, float]


class ConstantIndicators(StudyError):  # noqa: N818 - like `Refusal`, an answer
    """Indicators that do not vary over what they are held against; `indicators`: their names."""

    def __init__(self, indicators: list[str], *messages: str) -> None:
        self.indicators = indicators
        super().__init__(*messages)


def minmax(
    x: Values,
    direction: str,
    low: Values,
    high: Values,
    range: tuple[float, float] = (0.01, 0.99),
    best: Band = ANYWHERE,
) -> Array:
    """Return figures mapped to `range` by their distance from the minimum and the maximum.

    Direction "+": z = lo + (hi - lo) (x - low) / (high - low); direction "-": the mirror image,
    z = lo + (hi - lo) (high - x) / (high - low); direction "moderate", with the best band [a, b]:
    z = lo + (hi - lo) (1 - d(x) / max(d(low), d(high))), d the distance from the band, 0 inside.
    `x` has any shape that broadcasts with `low` and `high`; the result has the shape of `x`.
    Nothing is cut off: x beyond [low, high] gives z beyond `range`; of moderate only below it.

    Raises `StudyError` if high = low, or neither lies outside the band (the indicator measures no
    difference), for another direction, and for "moderate" without a band. Source: OECD/JRC Handbook
    on Constructing Composite Indicators (2008), step 5; for "moderate" the interval-type indicator
    (区间型指标) of multiple-attribute evaluation.
    """
    x, low, high = (np.asarray(part, dtype=float) for part in (x, low, high))
    return _mapped(x, Scale(direction, best), low, high, range)


def _mapped(x: Array, scale: Scale, low: Array, high: Array, range: Span) -> Array:
    reach = scale.reach(low, high)
    if np.any(reach == 0):
        raise StudyError("an indicator that is constant over its reference cannot be normalised")
    z = scale.way.above(x, low, high, scale.best)
    # in place: most of the time of a large panel would go into new memory
    z /= reach
    z *= range[1] - range[0]
    z += range[0]
    return z


def wide(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column of a long table with region-years down and indicators across.

    The region-years have the names of their regions where the table has them.
    """
    keys = [key for key in ("region", "name", "year") if key in table]
    return table.pivot(index=keys, columns="indicator", values=column)


def scaled_panel(settings: Config) -> Span | None:
    """Return the range of normalised values; None where each indicator has ends of its own.

    A ratio to the best figure lies in [0, 1], whatever range is given.
    """
    low, high = (0.0, 1.0) if settings["reference"] == RATIO else settings["range"]
    return None if settings["method"] == VECTOR else (low, high)


def complete_rows(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the region-years in which every subsystem indicator has a value, one column each.

    Raises `StudyError` for a region that has none, with the indicators it lacks.
    """
    used = indicators.loc[indicators["subsystem"] != "", "indicator"]
    figures = wide(panel, "value")[used]
    problems, complete = Problems(), figures.notna().all(axis=1)
    some = complete.groupby(level=["region", "name"], sort=False).any()
    for region, name in some.index[~some]:
        missing = figures.loc[(region, name)].isna().any()
        problems.add(
            f"regions: {region} {name} has no year with all indicators: figures are missing "
            f"for {', '.join(used[missing.to_numpy()])}; supply them, or leave the region out "
            "under regions"
        )
    problems.check()
    return figures[complete]


def normalise(
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    settings: Config,
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
    x, scope = values.to_numpy(dtype=float), scope_of(values, indicators, settings, goalposts)
    posts = find_goalposts(x, scope, settings)
    reference = VECTOR if settings["method"] == VECTOR else settings["reference"]
    _check_constant(posts, scope, reference)
    z, beyond = held_against(x, posts, scope, settings)
    if settings["beyond"] == "error":
        _refuse_beyond(values, beyond)
    scaled = pd.DataFrame(z, values.index, values.columns.rename("indicator"))
    long = scaled.stack(future_stack=True).rename("z").reset_index()
    long["flag"] = np.where(beyond.ravel(), CAPPED, "")
    return long, _table(posts, scope.indicators, reference)


def scope_of(
    values: pd.DataFrame,
    indicators: pd.DataFrame,
    settings: Config,
    kept: pd.DataFrame | None = None,
) -> Scope:
    """Return what the reference of a study may look at; values: region-years down."""
    base = settings.get("base")
    years = (base["first"], base["last"]) if base else None
    scales = scales_of(indicators, settings["reference"])
    return Scope(values.index, list(values.columns), years, kept, scales)


def find_goalposts(x: Array, scope: Scope, settings: Config) -> Goalposts:
    """Return the goalposts of figures x (..., rows, m) by the study's method and reference.

    An indicator with goalposts of its own in the indicator table has those in every group; of a
    ratio only the best of the two, since its other end is zero.
    """
    if settings["method"] == VECTOR:
        return vector_norm(x, scope)
    posts = REFERENCES[settings["reference"]](x, scope)
    given_ends = {j: ends for j, ends in enumerate(scope.own_goalposts()) if ends}
    low, high = posts.low.copy(), posts.high.copy()
    ratio = settings["reference"] == RATIO
    for j, ends in given_ends.items():
        less = scope.scales[scope.indicators[j]].direction == "-"
        low[..., j] = 0.0 if ratio and not less else ends[0]
        high[..., j] = ends[1]
    return posts._replace(low=low, high=high)


def scores(x: Array, posts: Goalposts, scope: Scope, span: Span) -> Array:
    """Return z of figures x (..., rows, m) on a range, with nothing cut off."""
    low, high = posts.ends()
    z = np.empty_like(x)
    for j, name in enumerate(scope.indicators):
        z[..., j] = _mapped(x[..., j], scope.scales[name], low[..., j], high[..., j], span)
    return z


def held_against(
    x: Array, posts: Goalposts, scope: Scope, settings: Config
) -> tuple[Array, Booleans]:
    """Return z of figures x (..., rows, m), within the range, and which x lie beyond goalposts."""
    span = scaled_panel(settings) or (0.0, 1.0)
    low, high = posts.ends()
    # rounding may leave the range by a last digit, too
    return scores(x, posts, scope, span).clip(*span), (x < low) | (x > high)


def by_kept_ruler(
    figures: pd.DataFrame, indicators: pd.DataFrame, goalposts: pd.DataFrame, settings: Config
) -> pd.DataFrame:
    """Return z of figures (region-years down) by a table of goalposts that a study has made before;
    a figure beyond them is moved to them.
    """
    scope = scope_of(figures, indicators, settings)
    posts = read_goalposts(goalposts, scope)
    z, _ = held_against(figures.to_numpy(dtype=float), posts, scope, settings)
    return pd.DataFrame(z, figures.index, figures.columns)


def reaches(posts: Goalposts, scope: Scope) -> Array:
    """Return how far the best stands above the worst (..., groups, m); 0 where nothing differs."""
    ends = zip(np.moveaxis(posts.low, -1, 0), np.moveaxis(posts.high, -1, 0), strict=True)
    columns = zip(scope.indicators, ends, strict=True)
    return np.stack([scope.scales[name].reach(*pair) for name, pair in columns], axis=-1)


def _check_constant(posts: Goalposts, scope: Scope, reference: str) -> None:
    constant = {}
    reach = reaches(posts, scope)
    for j in np.flatnonzero((reach <= 0).any(axis=0)):
        same = np.flatnonzero(reach[:, j] <= 0)
        groups = ", ".join(posts.names[k] for k in same)
        extent = f"throughout {reference} {groups}"
        extent = extent if groups else "in every region and year of the study"
        low, high = posts.low[same[0], j], posts.high[same[0], j]
        inside = f"is {low:g} {extent}" if low == high else f"keeps to its best band {extent}"
        constant[scope.indicators[j]] = (
            f"{scope.indicators[j]}: {inside}, so it tells nothing apart; remove it from the "
            "indicator table, check the files, or choose another normalisation.reference"
        )
    if constant:
        raise ConstantIndicators(list(constant), *constant.values())


def _refuse_beyond(values: pd.DataFrame, beyond: Booleans) -> None:
    problems = Problems()
    for indicator in values.columns[beyond.any(axis=0)]:
        rows = values.index[beyond[:, values.columns.get_loc(indicator)]]
        _, name, year = rows[0]
        problems.add(
            f"{indicator}: {len(rows)} figures lie beyond their goalposts, the first in {name} "
            f"{year}; write normalisation.beyond: cap, or renew the goalposts"
        )
    problems.check()


def _table(posts: Goalposts, indicators: list[str], reference: str) -> pd.DataFrame:
    keys = pd.MultiIndex.from_product([posts.names, indicators], names=["group", "indicator"])
    ends = pd.DataFrame({"low": posts.low.ravel(), "high": posts.high.ravel()}, keys)
    table = ends.reset_index()[POSTS]
    return table.assign(reference=reference, sha256=digest(table))
