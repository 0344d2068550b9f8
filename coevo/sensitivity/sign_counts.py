"""What chance gives beside a count of specifications (docs/methods.md, 3 and 5).

Fits of the same figures say much the same, so that their number alone is no evidence. The years of
growth change places, alike in all regions and both outputs, and what is counted is counted again.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import permutations
from math import factorial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Config, Integers, Row
from coevo.equilibria.fitted import HEADLINE_SCALE, POOLED, growth_pool
from coevo.errors import Refusal
from coevo.estimation.growth import ESTIMATORS, pool
from coevo.files import as_table, rows_of
from coevo.inference.panel_simulation import FEWEST
from coevo.inference.sets import t_quantile
from coevo.sensitivity.choices import MAIN

MOST = 1000  # orders of the years, the study's own among them
FEWEST_YEARS = 4  # of growth: with fewer no p falls below .05
BLOCK = 100_000  # figures of one array
ALONE = "none"  # effects of the fits of one region
CASE = ["pair", "vintage", "dropped"]  # what names the figures of a specification
FIT = [*CASE, "without_growth", "effects", "estimator"]

Fit = tuple[str, ...]  # the values of `FIT`
Count = tuple[str, str, str]  # what is counted, pair, effects


class Signs(NamedTuple):
    """What a fit says, in each order (draws,) of the years.

    b1, d: 1 where the interval lies above zero, -1 where below it, else 0; located: whether both
    sets of E of the region in focus are bounded and positive, empty where the fit gives it no E.
    """

    b1: Integers
    d: Integers
    located: Booleans


def specification_counts(
    table: pd.DataFrame, cases: Sequence[tuple[Row, pd.DataFrame]], config: Config
) -> pd.DataFrame:
    """Return how many specifications show a pattern, and how often chance shows it in as many.

        p = (1 + #{k* >= k}) / (draws + 1)

    table: `specifications`; cases: their labels and figures; config: as for `specification_tables`.
    One order of the years of growth for all regions, both outputs and every specification; first
    figures stay, levels are cumulated anew; a year whose growth a case lacks keeps its place there.
    All orders where there are 1,000 at most, else 999 by seed. Counted are least squares on growth
    rows, pooled where there are such fits: `supply`, b1 and d above zero; `swapped`, with the roles
    swapped, which turns (b1, d) into (-d, -b1); `without_growth`, as `supply`, of a year;
    `clear`, intervals of the study itself that exclude zero; `located`, E of the region in focus.
    Refused where regions lack years that others have, or with fewer than four years of growth.
    """
    counted, years = counted_fits(table), config["years"]
    orders = orders_of(years["last"] - years["first"], config["robustness"]["seed"])
    drawn: dict[Fit, Signs] = {}
    refused: dict[str, Refusal] = {}
    for label, figures in cases:
        fits = [key for key in counted if key[: len(CASE)] == tuple(label[name] for name in CASE)]
        try:
            drawn |= _drawn(figures, fits, orders, config) if fits else {}
        except Refusal as refusal:
            refused.setdefault(label["pair"], refusal)
    chance, rows = tally(drawn, config), []
    for (count, pair, effects), (k, n) in sorted(tally(counted, config).items()):
        row: Row = {"count": count, "pair": pair, "effects": effects}
        row |= {"agree": int(k[0]), "specifications": n}
        why = [refused[name] for name in refused if pair in (name, "")]
        if why:
            row |= why[0].columns
        else:
            beyond = chance[count, pair, effects][0][1:] >= k
            row |= {"p": (1 + int(beyond.sum())) / len(orders), "draws": len(beyond)}
        rows.append(row)
    return as_table("specification_counts", rows)


def orders_of(years: int, seed: int) -> Integers:
    """Return orders (draws + 1, years) of the years of growth, the first as they are."""
    if factorial(min(years, MOST)) <= MOST:
        return np.array([*permutations(range(years))])
    orders = np.tile(np.arange(years), (MOST, 1))
    orders[1:] = np.random.default_rng(seed).permuted(orders[1:], axis=1)
    return orders


def counted_fits(table: pd.DataFrame) -> dict[Fit, Signs]:
    """Return what each fit of `specifications` that is counted says, in the study's own order."""
    rows = rows_of(table, model="classic", roles="given", estimator=[*ESTIMATORS])
    if (rows["scope"] == POOLED).any():
        rows = rows[rows["effects"] != ALONE]
    return {key: _read(part) for key, part in rows.groupby(FIT, sort=False)}


def _read(rows: pd.DataFrame) -> Signs:
    rows = rows.set_index("quantity")
    ends = rows.loc[["b1", "d"]]
    b1, d = (ends["low"].gt(0) * 1 - ends["high"].lt(0)).to_numpy()[:, None]
    located = rows.loc[rows.index == "x1", "located"].eq(True).to_numpy()
    return Signs(b1, d, located)


def tally(fits: Mapping[Fit, Signs], config: Config) -> dict[Count, tuple[Any, int]]:
    """Return how many show what is counted, in each order, of how many; effects "": any."""
    counts: dict[Count, tuple[Any, int]] = {}
    for key, signs in fits.items():
        fit = dict(zip(FIT, key, strict=True))
        for (count, pair), shown, of in _counted(fit, signs, config):
            for effects in (fit["effects"], ""):
                k, n = counts.get((count, pair, effects), (0, 0))
                counts[count, pair, effects] = (k + shown, n + of)
    return counts


def _counted(
    fit: Mapping[str, str], signs: Signs, config: Config
) -> Iterator[tuple[tuple[str, str], Any, int]]:
    """Yield the counts that a fit enters, with its pair; how much it adds, of how much."""
    pair, supply = fit["pair"], (signs.b1 > 0) & (signs.d > 0)
    if fit["without_growth"]:
        yield ("without_growth", pair), supply, 1
        return
    yield ("supply", pair), supply, 1
    yield ("swapped", pair), (signs.b1 < 0) & (signs.d < 0), 1
    if pair == MAIN and fit["vintage"] == config["vintage_policy"] and not fit["dropped"]:
        yield ("clear", pair), abs(signs.b1) + abs(signs.d), 2
    if signs.located.size:
        yield ("located", ""), signs.located, 1


def _drawn(
    figures: pd.DataFrame, fits: Sequence[Fit], orders: Integers, config: Config
) -> dict[Fit, Signs]:
    """Return what the fits of one case say in each order, a block of orders at a time."""
    focus = config["focus_region"]
    if fits[0][FIT.index("effects")] == ALONE:
        figures = figures[figures["region"] == focus]
    rows = pool(growth_pool(figures), ("x1", "x2"), "lag", HEADLINE_SCALE)
    year, G = np.unique(rows.year), len(rows.regions)
    if short := int((np.bincount(rows.region) < len(year)).sum()):
        raise Refusal("unshared_years_to_permute", regions=short)
    if len(year) < FEWEST_YEARS:
        raise Refusal("too_few_years_to_permute", years=len(year), least=FEWEST_YEARS)
    g, start = (
        V.reshape(G, -1, 2).transpose(1, 2, 0)[..., None] for V in (rows.growth, np.log(rows.start))
    )
    jump = np.diff(start, axis=0, prepend=0)  # to a row's start from the end of the row before
    jump[1:] -= g[:-1]
    place = year - config["years"]["first"]
    order = np.searchsorted(place, orders[np.isin(orders, place)].reshape(len(orders), -1))
    at = rows.regions.index(focus) if focus in rows.regions else None
    confidence, size = config["interaction"]["confidence"], max(FEWEST, BLOCK // g.size)
    parts = []
    for i in range(0, len(order), size):
        moved = np.ascontiguousarray(np.moveaxis(g[order[i : i + size], ..., 0], 0, -1))
        level = np.cumsum(moved, axis=0) - moved + np.cumsum(jump, axis=0)
        take = cache(partial(_rows, year, np.exp(level), np.exp(level + moved)))
        signs = (
            _slopes(*take(cut, estimator), effects, None if cut else at, confidence)
            for *_, cut, effects, estimator in fits
        )
        parts.append([*signs])
    return {
        fit: Signs(*map(np.concatenate, zip(*blocks, strict=True)))
        for fit, blocks in zip(fits, zip(*parts, strict=True), strict=True)
    }


def _rows(
    year: Integers, start: Array, end: Array, cut: str, estimator: str
) -> tuple[Array, Array]:
    """Return g and R (rows, 2, G, draws) of an estimator, without the row that ends in year `cut`.

    year (rows,): the earlier of the two; start, end (rows, 2, G, draws): x1 and x2 in both. Each
    unbroken run of years is worked on by itself.
    """
    mean, growth = ESTIMATORS[estimator]
    left = np.flatnonzero(year + 1 != int(cut or 0))
    runs = np.split(left, np.flatnonzero(np.diff(year[left]) > 1) + 1)
    paths = [np.append(start[run], end[run[-1:]], axis=0) for run in runs]
    g, R = (np.concatenate([take(x) for x in paths]) for take in (growth, mean))
    return g, R


def _slopes(g: Array, R: Array, effects: str, at: int | None, level: float) -> Signs:
    """Return what least squares says of both slopes, and of E of the region `at`, in each order.

    As `fit_pooled`, of one region as `fit`: where all regions have the same years, effects are
    means. With S and Q the sums over a region of R g and of R^2, both without effects,

        s = sum S / sum Q,   V22 = c sum (S - s Q)^2 / (sum Q)^2,   V11 = s_e^2/T + mean R^2 V22
    """
    (years, _, G, _), alone = g.shape, g.shape[2] == 1
    rows, rank, counted = years * G, G, 0
    left = [V - V.mean(axis=0) for V in (g, R)]
    if effects == "region+year":
        left = [V - V.mean(axis=2, keepdims=True) for V in left]
        rank = counted = G + years - 1
    t2 = t_quantile(rows - 2 if alone else G - 1, level) ** 2
    signs, located = [], np.ones(0 if at is None else g.shape[-1], dtype=bool)
    for i, turn in enumerate((-1, 1)):  # the slopes are -b1 and d
        e, x = left[0][:, i], left[1][:, 1 - i]
        S, Q = (np.einsum("tgb,tgb->gb", x, V) for V in (e, x))
        q = Q.sum(axis=0)
        s = S.sum(axis=0) / q
        noise = (np.einsum("tgb,tgb->b", e, e) - s**2 * q) / (rows - 1 - rank)
        if alone:
            V22 = noise / q
        else:
            factor = G / (G - 1) * (rows - 1) / (rows - 1 - counted)
            V22 = factor * ((S - s * Q) ** 2).sum(axis=0) / q**2
        signs.append((turn * np.sign(s) * (s**2 > t2 * V22)).astype(np.int64))
        if at is not None:
            mean = R[:, 1 - i, at].mean(axis=0)
            c = g[:, i, at].mean(axis=0) - s * mean
            # E = -c/s: its set is bounded if s is clear of zero, and without zero if c is
            located &= (signs[i] != 0) & (c**2 > t2 * (noise / years + mean**2 * V22)) & (c * s < 0)
    return Signs(signs[0], signs[1], located)
