"""What a study says first, held against every combination of choices (docs/methods.md, 3).

A combination says a headline, or the contrary, or leaves it open. Where the headline has a test,
that is its direction at 5 %, else the point statement or its opposite.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.coupling.comovement import FEWEST_PAIRED
from coevo.errors import Refusal
from coevo.files import as_table
from coevo.regional.regional_panel import FEWEST_REGIONS
from coevo.schema import filling
from coevo.sensitivity.choices import CHOICES, ROBUST, grid_shares
from coevo.sensitivity.headline_statistics import R2, Curve, whole_curve

SUPPORTED, NOT_SUPPORTED = "supported", "not_supported"
DEPENDS, UNDECIDED = "depends_on_choices", "cannot_be_decided"
SIGNIFICANCE = 0.05
CENSUS_YEAR = "census_year"  # choice of `headline_variants`: coverage as it was, or unchanged
WITH, WITHOUT = "with", "without"
ONE_REGION = "one_region"  # refusal of what several regions would say
Says = Callable[[pd.DataFrame, pd.Series, str], Array]  # combinations, the study's own, pair


class Headline(NamedTuple):
    """says: 1 where a combination says it, -1 for the contrary, 0 open, NaN where it is not asked;
    comparable: whether years are compared, so that they need one scale; whole: columns that are
    equal where a combination loses no region; needs: what it cannot be asked without.
    """

    says: Says
    comparable: bool = False
    whole: tuple[str, str] = ("", "")
    needs: str = "regions"


def point(held: pd.Series, known: pd.Series) -> Array:
    """Return 1 where a point statement holds, -1 where not, NaN where nothing is known."""
    return np.where(known.notna(), np.where(held.astype(bool), 1.0, -1.0), np.nan)


def tested(p: str, more: str, less: str) -> Says:
    """Return what says the sign of a difference of columns where p is below 5 %, else 0; NaN
    without a p. Of a pair of systems the columns end with its name.
    """

    def says(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
        columns = t.reindex(columns=[f"{name}{pair}" for name in (p, more, less)]).to_numpy().T
        sign = np.where(columns[0] < SIGNIFICANCE, np.sign(columns[1] - columns[2]), 0.0)
        return np.where(np.isnan(columns[0]), np.nan, sign)

    return says


def _all_rose(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
    return point(t["rose"] == t["regions"], t["rose"].where(t["regions"] > 1))


def _caught_up(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
    return np.where(t["beta"].notna(), (t["beta_high"] < 0) * 1.0 - (t["beta_low"] > 0), np.nan)


def _level(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
    return point(t["share_T"] > 0.5, t["share_T"])


def _per_head(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
    fits = t.reindex(columns=R2)
    return point(fits[R2[0]] >= fits.max(axis=1), fits[R2[0]].where(fits.notna().sum(axis=1) > 1))


def _focus_rise(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
    sign = np.sign(main["focus_D"] - main["focus_D_first"])
    rise = t["focus_D"] - t["focus_D_first"]
    return point(np.sign(rise) == sign, rise)


def _focus_same(column: str) -> Says:
    def says(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
        return point(t[column] == main[column], t["focus_rank"])

    return says


ENDS, LEVELS = ("regions", "regions_ln"), ("zeros", "none")
NARROWED = tested("morgan_p", "sd_ln_first", "sd_ln_last")
NARROWED_IN_D = tested("morgan_D_p", "sd_first", "sd_last")
IN_STEP = tested("r_p", "r_ln", "r_placebo")
NEIGHBOURS_ALIKE = tested("moran_p", "moran_last", "moran_expected")
HEADLINES: dict[str, Headline] = {
    "all_rose": Headline(_all_rose, comparable=True),
    "gap_narrowed": Headline(NARROWED, comparable=True, whole=ENDS),
    "gap_in_D_narrowed": Headline(NARROWED_IN_D, comparable=True),
    "low_caught_up": Headline(_caught_up, comparable=True, whole=ENDS),
    "level_over_balance": Headline(_level, whole=LEVELS),
    "follows_product_per_head": Headline(_per_head, whole=LEVELS, needs="level"),
    "systems_in_step": Headline(IN_STEP, whole=("regions_all", "regions_r"), needs="pairings"),
    "neighbours_alike": Headline(NEIGHBOURS_ALIKE, needs="neighbours"),
    "rise_of_focus": Headline(_focus_rise, comparable=True, needs="focus"),
    "grade_of_focus": Headline(_focus_same("focus_grade"), needs="focus"),
    "rank_of_focus": Headline(_focus_same("focus_rank"), needs="focus"),
}
PAIRED = "systems_in_step"  # the headline of which there is one for each pair of systems


def verdict(agree: int, contrary: int, combinations: int) -> str:
    """Return the verdict on what `agree` of `combinations` say and `contrary` contradict.

    Supported from 95 % (`ROBUST`) on where none says the contrary; not supported from 95 % to the
    contrary on; undecided where 95 % leave it open; else it depends on choices.
    """
    least = ROBUST * combinations
    if not combinations or combinations - agree - contrary >= least:
        return UNDECIDED
    if agree >= least and not contrary:
        return SUPPORTED
    return NOT_SUPPORTED if contrary >= least else DEPENDS


def _counts(answers: Array) -> dict[str, Any]:
    """What combinations say, and the verdict; answers (k,): 1, -1, 0, NaN where it is not asked."""
    known = answers[np.isfinite(answers)]
    counts = {"agree": int((known > 0).sum()), "contrary": int((known < 0).sum())}
    totals = {**counts, "open": int((known == 0).sum()), "combinations": len(known)}
    return totals | {"verdict": verdict(**counts, combinations=len(known))}


def headline_tables(
    rows: pd.DataFrame, unbroken: pd.DataFrame, curves: Sequence[tuple[str, str, Curve]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `headlines` and `headline_variants` (columns: docs/tables.md).

    rows: the multiverse, the study's own combination first; unbroken: the same without the years in
    which coverage changed, without rows where it did not; curves: system, pair and curve of each
    scale.
    """
    headlines: list[dict[str, Any]] = []
    variants: list[dict[str, Any]] = []
    pairs = [systems for name in rows if (systems := filling("r_ln_<pair>", name))]
    for name, headline in HEADLINES.items() if len(rows) else ():
        for pair in ("", *pairs) if name == PAIRED else ("",):
            curves_of_pair = [(s, c) for s, p, c in curves if name == PAIRED and p == pair]
            row, parts = _headline(name, headline, pair, rows, unbroken, curves_of_pair)
            headlines.append(row)
            variants += parts
    return as_table("headlines", headlines), as_table("headline_variants", variants)


def _headline(
    name: str,
    headline: Headline,
    pair: str,
    rows: pd.DataFrame,
    unbroken: pd.DataFrame,
    curves: Sequence[tuple[str, Curve]],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    label = {"headline": name, "pair": pair}
    table = rows[rows["comparable"].to_numpy(bool)] if headline.comparable else rows
    answers = headline.says(table, rows.iloc[0], f"_{pair}" if pair else "")
    table = table.assign(said=answers)[np.isfinite(answers) & (table["regions_all"] > 1)]
    if table.empty:
        why = _reason(headline, rows)
        return label | {"verdict": UNDECIDED} | why.columns, []
    row = label | _counts(table["said"].to_numpy())
    if len({system for system, _ in curves}) == 1:  # of several each has a curve of its own
        row |= whole_curve([c for _, c in curves])
    first, second = headline.whole
    a, b = table.get(first, 0), table.get(f"{second}_{pair}" if pair else second, 0)
    whole = _counts(table["said"].to_numpy()[np.broadcast_to(a == b, len(table))])
    row |= {f"whole_{key}": whole[key] for key in ("agree", "contrary", "combinations")}
    outcome = table["said"] > 0 if (table["said"] > 0).any() else table["said"] < 0
    shares = grid_shares(table.assign(outcome=outcome), "outcome")
    if shares:
        row["deciding_choice"] = max(shares, key=lambda choice: shares[choice][0])
        row["share"] = shares[row["deciding_choice"]][0]
    variants = list(_variants(table, curves))
    if len(unbroken):
        there = unbroken[unbroken["comparable"].to_numpy(bool)] if headline.comparable else unbroken
        changed = headline.says(there, rows.iloc[0], f"_{pair}" if pair else "")
        for variant, part, of_variant in (
            (WITH, table, table["said"].to_numpy()), (WITHOUT, there, changed)
        ):  # fmt: skip
            of_study = of_variant[part["main"].to_numpy(bool)]
            census = {"choice": CENSUS_YEAR, "variant": variant, **_counts(of_variant)}
            variants.append(census | {"own": of_study[0] if len(of_study) else np.nan})
    return row, [label | part for part in variants]


def _variants(table: pd.DataFrame, curves: Sequence[tuple[str, Curve]]) -> Iterator[dict[str, Any]]:
    """What is said on either side of each choice that has two; p of the curve within a system."""
    for choice in CHOICES:
        parts = table.groupby(choice, sort=False)
        for variant, part in parts if len(parts) > 1 else ():
            of_system = [c for system, c in curves if choice == "system" and system == variant]
            row = {"choice": choice, "variant": variant, **_counts(part["said"].to_numpy())}
            yield row | whole_curve(of_system)


def _reason(headline: Headline, rows: pd.DataFrame) -> Refusal:
    """Why no combination can be asked."""
    main: Mapping[str, Any] = rows.iloc[0]
    regions = int(main["regions_all"])
    if regions < 2:
        return Refusal("one_region")
    if headline.needs == "focus":
        return Refusal("no_focus_in_last_year")
    if headline.needs in ("level", "pairings") and R2[0] not in main:
        return Refusal("no_level")
    least = FEWEST_PAIRED if headline.needs == "pairings" else FEWEST_REGIONS
    if regions < least:
        return Refusal("too_few_regions_known", regions=regions, least=least)
    lacks = {
        "pairings": Refusal("unbalanced_pairs"),
        "neighbours": Refusal("no_neighbours"),
        "level": Refusal("no_level"),
    }
    return lacks.get(headline.needs, Refusal("constant_D"))
