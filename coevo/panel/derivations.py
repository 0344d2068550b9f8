"""Derived indicators: named functions of indicators, for the panel, the audit and draws alike.

Each derivation takes its arguments apart into terms (the figure itself, the figure a year before,
a sum over regions ...) and computes its value element by element from them. The audit evaluates the
same function at the ends of the intervals that the printed digits leave open. Figures come in base
units (yuan, persons) as arrays (..., regions, years), leading axes being draws, or as frames of
regions x years; a value the terms do not give is missing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from operator import add, mul, sub, truediv

import numpy as np
import pandas as pd

from coevo.arrays import Array, Integers
from coevo.errors import StudyError
from coevo.registry import choose

Years = Integers
Terms = list[Array]


@dataclass(frozen=True)
class Derivation:
    """How a derived indicator is made: number of arguments, its terms, its value from them.

    terms: a function of the years (years,) and of the arguments (..., regions, years); value: a
    function of the terms, monotone in each of them.
    """

    arguments: int
    terms: Callable[..., Terms]
    value: Callable[..., Array]
    rate: bool = False  # a growth rate: may be negative whatever its unit
    shared: bool = False  # sums over regions: each value depends on the figures of all
    chained: bool = False  # the last argument is an index of "previous year = 100"


def _as_they_are(years: Years, *arguments: Array) -> Terms:
    return list(arguments)


def _year_before(years: Years, a: Array) -> Array:
    place = np.searchsorted(years, years - 1)
    return np.where(years[place] == years - 1, a[..., place], np.nan)


def _first(a: Array) -> Array:
    return np.broadcast_to(a[..., :1], a.shape)


def _years_since_first(years: Years, a: Array) -> Array:
    since = (years - years[0]).astype(float)
    return np.where(since > 0, since, np.nan) + 0 * a


def _growth(now: Array, before: Array) -> Array:
    """Return a rate of growth; a figure below zero has none that is one."""
    return np.where(before < 0, np.nan, now / before - 1)


def _average_growth(now: Array, first: Array, since: Array) -> Array:
    return np.where(first < 0, np.nan, np.exp(np.log(now / first) / since) - 1)


def _sum_over_regions(a: Array, b: Array) -> Array:
    """Sum `a` over the regions that have both figures, so that ratios compare like with like."""
    both = ~(np.isnan(a) | np.isnan(b))
    sums = np.where(both, a, 0.0).sum(axis=-2, keepdims=True)
    return np.broadcast_to(np.where(both.any(axis=-2, keepdims=True), sums, np.nan), a.shape)


def _chain(index: Array) -> Array:
    """Multiply up an index of "previous year = 100" from 1 in the first year.

    Missing from the first missing link on; the first year's own index is not needed.
    """
    links = index / 100
    links[..., 0] = 1.0
    return links.cumprod(axis=-1)


DERIVATIONS: dict[str, Derivation] = {
    "ratio": Derivation(2, _as_they_are, truediv),
    "product": Derivation(2, _as_they_are, mul),
    "per_capita": Derivation(2, _as_they_are, truediv),
    "location_quotient": Derivation(
        2,
        lambda years, a, total: [
            a, total, _sum_over_regions(a, total), _sum_over_regions(total, a)
        ],
        lambda a, total, sum_a, sum_total: (a / total) / (sum_a / sum_total),
        shared=True,
    ),
    "sum": Derivation(2, _as_they_are, add),
    "difference": Derivation(2, _as_they_are, sub),
    "equal": Derivation(1, _as_they_are, lambda a: a),
    "growth": Derivation(1, lambda years, a: [a, _year_before(years, a)], _growth, rate=True),
    "average_growth": Derivation(
        1, lambda years, a: [a, _first(a), _years_since_first(years, a)], _average_growth, rate=True
    ),
    "total": Derivation(1, lambda years, a: [a.cumsum(axis=-1)], lambda total: total),
    "deflate": Derivation(
        2, lambda years, a, prices: [a, _chain(prices)], lambda a, level: a / level, chained=True
    ),
    "volume": Derivation(
        2,
        lambda years, a, index: [_first(a), _chain(index)],
        lambda first, level: first * level,
        chained=True,
    ),
}  # fmt: skip


def linked(derivations: Iterable[str]) -> set[str]:
    """Return the indicators that serve as chained indices alone: the first year needs no figure."""
    indices, others = set[str](), set[str]()
    for name, arguments in map(parse, filter(None, derivations)):
        if DERIVATIONS[name].chained:
            indices.add(arguments.pop())
        others.update(arguments)
    return indices - others


def parse(text: str) -> tuple[str, list[str]]:
    """Split `name(a, b)` into the name of the derivation and its arguments.

    Raises `StudyError` for a form that is not that, an unknown name, a wrong number of arguments.
    """
    match = re.fullmatch(r"\s*(\w+)\s*\(([\w\s,]*)\)\s*", text)
    if not match:
        raise StudyError(f"derivation '{text}' is not of the form name(indicator, ...)")
    name = match[1]
    arguments = [part.strip() for part in match[2].split(",") if part.strip()]
    wanted = choose(DERIVATIONS, name, "derivation").arguments
    if len(arguments) != wanted:
        raise StudyError(f"derivation '{text}': {name} takes {wanted} indicator(s)")
    return name, arguments


def read_series(indicators: pd.DataFrame, wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return what indicators rest on: the series that are read, and those that are derived.

    indicators: the indicator table; wanted: names in it. Both lists are in the order of the table,
    which makes a derived indicator after its arguments; an indicator that is read and also derives
    from others counts as read.
    """
    table = indicators.set_index("indicator")
    derives = (table["source_name"] == "") & (table["derivation"] != "")
    needed = list(wanted)
    for indicator in needed:  # grows while it is read
        if derives[indicator]:
            needed += [a for a in parse(table.at[indicator, "derivation"])[1] if a not in needed]
    ordered = [indicator for indicator in table.index if indicator in needed]
    return [i for i in ordered if not derives[i]], [i for i in ordered if derives[i]]


def derived_values(text: str, figures: Mapping[str, Array], years: Sequence[int]) -> Array:
    """Return the derived figures (..., regions, years) in base units of `name(a, b)`.

    figures: the arguments by name, (..., regions, years) in base units; years: ascending. What the
    figures do not give is NaN, and infinite where they divide by 0.
    """
    name, arguments = parse(text)
    derivation, ordered = DERIVATIONS[name], np.asarray(years, dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        terms = derivation.terms(ordered, *(figures[argument] for argument in arguments))
        return derivation.value(*terms)


def _terms(text: str, figures: Mapping[str, pd.DataFrame]) -> tuple[Terms, pd.DataFrame]:
    """Return the terms of `name(a, b)`, and a frame with the regions and years of all arguments;
    what one lacks is missing there.
    """
    name, arguments = parse(text)
    first, *others = (figures[argument] for argument in arguments)
    for other in others:
        first, _ = first.align(other, join="outer")
    arrays = (figures[argument].reindex_like(first).to_numpy(dtype=float) for argument in arguments)
    return DERIVATIONS[name].terms(first.columns.to_numpy(dtype=np.int64), *arrays), first


def undefined(text: str, figures: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return where all that `name(a, b)` takes is known and gives no value all the same, such as
    growth from a figure below zero (regions x years).
    """
    known = np.isfinite(_terms(text, figures)[0]).all(axis=0)
    return derive(text, figures).isna() & known


def derive(text: str, figures: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the derived figures (regions x years, base units) of `name(a, b)`."""
    return derive_interval(text, figures)[0]


def derive_interval(
    text: str, *ends: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the least and the largest value that figures between the `ends` can give.

    Exact because every derivation is monotone in each of its terms: extremes lie at the corners.
    """
    value = DERIVATIONS[parse(text)[0]].value
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        terms, frames = zip(*(_terms(text, figures) for figures in ends), strict=True)
        corners = np.stack([value(*corner) for corner in product(*zip(*terms, strict=True))])
    axes = frames[0].index, frames[0].columns
    return pd.DataFrame(corners.min(axis=0), *axes), pd.DataFrame(corners.max(axis=0), *axes)


Breaks = dict[str, list[int]]  # indicator -> years


def breaks_in_coverage(indicators: pd.DataFrame) -> Breaks:
    """Return the years in which coverage changed, by indicator of a subsystem that has any.

    indicators: the indicator table. A derived indicator has the years of what it derives from, at
    any depth, unless it names its own.
    """
    if "coverage_breaks" not in indicators:
        return {}
    table = indicators.astype(object).fillna("").set_index("indicator")

    def years(name: str) -> set[int]:
        row = table.loc[name]
        if row["coverage_breaks"] or not row["derivation"] or row["source_name"]:
            return {int(year) for year in re.findall(r"\d+", str(row["coverage_breaks"]))}
        return set().union(*(years(argument) for argument in parse(row["derivation"])[1]))

    breaks = {str(name): sorted(years(name)) for name in table.index[table["subsystem"] != ""]}
    return {name: changed for name, changed in breaks.items() if changed}


def cause_of_breaks(indicators: pd.DataFrame) -> str:
    """Return what the years in which coverage changed are: `census`, or `other` where the indicator
    table does not say so of each of them.
    """
    cells = indicators.get("coverage_breaks", pd.Series(dtype=object)).fillna("").astype(str)
    causes = {cell.rstrip("0123456789 ") for cell in cells if cell}
    return "census" if causes == {"census"} else "other"
