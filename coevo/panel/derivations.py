"""Derived indicators: named functions of indicators, for the panel and for the audit alike.

Each derivation takes its arguments apart into terms (the figure itself, the figure a year before,
a sum over regions ...) and computes its value element by element from them. The audit evaluates the
same function at the ends of the intervals that the printed digits leave open. Figures come in base
units (yuan, persons) as frames of regions x years; a value the terms do not give is missing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.registry import choose

Terms = list[pd.DataFrame]


@dataclass(frozen=True)
class Derivation:
    """How a derived indicator is made: number of arguments, its terms, its value from them."""

    arguments: int
    terms: Callable[..., Terms]
    value: Callable[..., pd.DataFrame]
    rate: bool = False  # a growth rate: may be negative whatever its unit
    shared: bool = False  # sums over regions: each value depends on the figures of all
    chained: bool = False  # the last argument is an index of "previous year = 100"


def _year_before(a: pd.DataFrame) -> pd.DataFrame:
    before = a.rename(columns=lambda year: year + 1)
    return before.reindex(columns=a.columns)


def _first(a: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({year: a[a.columns[0]] for year in a.columns})


def _years_since_first(a: pd.DataFrame) -> pd.DataFrame:
    since = np.array([year - a.columns[0] for year in a.columns], dtype=float)
    return pd.DataFrame(np.where(since > 0, since, np.nan) + 0 * a, a.index, a.columns)


def _sum_over_regions(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Sum `a` over the regions that have both figures, so that ratios compare like with like."""
    sums = a.where(b.notna()).sum(axis=0, min_count=1)
    return pd.DataFrame({year: sums[year] for year in a.columns}, index=a.index)


def _chain(index: pd.DataFrame) -> pd.DataFrame:
    """Multiply up an index of "previous year = 100" from 1 in the first year.

    Missing from the first missing link on; the first year's own index is not needed.
    """
    links = index / 100
    links[index.columns[0]] = 1.0
    return links.cumprod(axis=1, skipna=False)


DERIVATIONS: dict[str, Derivation] = {
    "ratio": Derivation(2, lambda a, b: [a, b], lambda a, b: a / b),
    "per_capita": Derivation(2, lambda a, persons: [a, persons], lambda a, persons: a / persons),
    "location_quotient": Derivation(
        2,
        lambda a, total: [a, total, _sum_over_regions(a, total), _sum_over_regions(total, a)],
        lambda a, total, sum_a, sum_total: (a / total) / (sum_a / sum_total),
        shared=True,
    ),
    "sum": Derivation(2, lambda a, b: [a, b], lambda a, b: a + b),
    "difference": Derivation(2, lambda a, b: [a, b], lambda a, b: a - b),
    "equal": Derivation(1, lambda a: [a], lambda a: a),
    "growth": Derivation(
        1, lambda a: [a, _year_before(a)], lambda now, before: now / before - 1, rate=True
    ),
    "average_growth": Derivation(
        1,
        lambda a: [a, _first(a), _years_since_first(a)],
        lambda now, first, years: np.exp(np.log(now / first) / years) - 1,
        rate=True,
    ),
    "total": Derivation(1, lambda a: [a.cumsum(axis=1, skipna=False)], lambda total: total),
    "deflate": Derivation(
        2, lambda a, prices: [a, _chain(prices)], lambda a, level: a / level, chained=True
    ),
    "volume": Derivation(
        2,
        lambda a, index: [_first(a), _chain(index)],
        lambda first, level: first * level,
        chained=True,
    ),
}


def linked(derivations: Iterable[str]) -> set[str]:
    """Return the indicators that serve as chained indices alone: the first year needs no figure."""
    calls = [parse(text) for text in derivations if text]
    indices = {arguments[-1] for name, arguments in calls if DERIVATIONS[name].chained}
    others = {
        argument
        for name, arguments in calls
        for argument in arguments[: -1 if DERIVATIONS[name].chained else None]
    }
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


def derive(text: str, figures: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the derived figures (regions x years, base units) of `name(a, b)`."""
    name, arguments = parse(text)
    derivation = DERIVATIONS[name]
    return derivation.value(*derivation.terms(*(figures[argument] for argument in arguments)))


def derive_interval(
    text: str, low: Mapping[str, pd.DataFrame], high: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the least and the largest value that figures within `low` and `high` can give.

    Exact because every derivation is monotone in each of its terms: extremes lie at the corners.
    """
    name, arguments = parse(text)
    derivation = DERIVATIONS[name]
    ends = (derivation.terms(*(figures[a] for a in arguments)) for figures in (low, high))
    corners = [derivation.value(*corner) for corner in product(*zip(*ends, strict=True))]
    values = np.stack([corner.to_numpy(dtype=float) for corner in corners])
    least, most = (pd.DataFrame(corners[0] * 0 + end) for end in (values.min(0), values.max(0)))
    return least, most


Breaks = dict[str, list[int]]  # indicator -> years


def breaks_in_coverage(indicators: pd.DataFrame) -> Breaks:
    """Return the years in which coverage changed, by indicator of a subsystem that has any.

    indicators: the indicator table. A derived indicator has the years of what it derives from, at
    any depth, unless it names its own.
    """
    if "coverage_breaks" not in indicators:
        return {}
    table = indicators.fillna("").set_index("indicator")

    def years(name: str) -> set[int]:
        row = table.loc[name]
        if row["coverage_breaks"] or not row["derivation"] or row["source_name"]:
            return {int(year) for year in str(row["coverage_breaks"]).split()}
        return set().union(*(years(argument) for argument in parse(row["derivation"])[1]))

    found = {str(name): sorted(years(name)) for name in table.index[table["subsystem"] != ""]}
    return {name: own for name, own in found.items() if own}
