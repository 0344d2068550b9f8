"""What a study says first, held against every combination of choices (docs/methods.md, 3).

A combination says a headline, or the contrary, or leaves it open. Where the headline has a test,
that is its direction at 5 %, else the point statement or its opposite. Combinations with the same
indices count once. A headline is judged for each indicator system by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.coupling.comovement import FEWEST_PAIRED
from coevo.errors import Refusal
from coevo.files import as_table, rows_of
from coevo.normalisation.directions import RATIO
from coevo.regional.regional_panel import FEWEST_REGIONS
from coevo.schema import filling
from coevo.sensitivity.choices import CHOICES, ROBUST, grid_shares
from coevo.sensitivity.headline_statistics import HALF, HELD, R2, Curve, whole_curve

ROBUST_TO_CHOICES, NOT_SUPPORTED = "robust", "not_supported"
DEPENDS, UNDECIDED = "depends_on_choices", "cannot_be_decided"
SIGNIFICANCE = 0.05
NO_SLOPE = 1e-9  # of growth on the start: what rounding leaves of none
NAMED = 0.1  # first-order share below which no choice is said to decide
CENSUS_YEAR = "census_year"  # choice of `headline_variants`: coverage as it was, or unchanged
WITH, WITHOUT = "with", "without"
ONE_REGION = "one_region"  # refusal of what several regions would say
Says = Callable[[pd.DataFrame, pd.Series, str], Array]  # combinations, the study's own, pair


class Headline(NamedTuple):
    """says: 1 where a combination says it, -1 for the contrary, 0 open, NaN where it is not asked;
    comparable: whether years are compared, so that they need one scale; whole: columns that are
    equal where a combination loses no region; needs: what it cannot be asked without; true_zero:
    whether only the scale `ratio` enters, since it is about ratios of D; number: the column whose
    range over the combinations stands beside the verdict.
    """

    says: Says
    comparable: bool = False
    whole: tuple[str, str] = ("", "")
    needs: str = "regions"
    true_zero: bool = False
    number: str = ""


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
    sign = (t["beta_high"] < -NO_SLOPE) * 1.0 - (t["beta_low"] > NO_SLOPE)
    return np.where(t["beta"].notna(), sign, np.nan)


def _level(t: pd.DataFrame, main: pd.Series, pair: str) -> Array:
    return point(t["share_T"] > HALF, t["share_T"])


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
    "all_rose": Headline(_all_rose, comparable=True, number="rose"),
    "gap_narrowed": Headline(NARROWED, comparable=True, whole=ENDS, true_zero=True),
    "gap_in_D_narrowed": Headline(NARROWED_IN_D, comparable=True),
    "low_caught_up": Headline(_caught_up, comparable=True, whole=ENDS, true_zero=True),
    "level_over_balance": Headline(_level, whole=LEVELS),
    "follows_product_per_head": Headline(_per_head, whole=LEVELS, needs="level"),
    "systems_in_step": Headline(IN_STEP, whole=("regions_all", "regions_r"), needs="pairings"),
    "neighbours_alike": Headline(NEIGHBOURS_ALIKE, needs="neighbours"),
    "rise_of_focus": Headline(_focus_rise, comparable=True, needs="focus"),
    "grade_of_focus": Headline(_focus_same("focus_grade"), needs="focus"),
    "rank_of_focus": Headline(_focus_same("focus_rank"), needs="focus", number="focus_rank"),
}
BY_FORM = "level_over_balance"  # the headline that is about the form of C
PAIRED = "systems_in_step"  # the headline of which there is one for each pair of systems


def verdict(agree: int, contrary: int, combinations: int) -> str:
    """Return the verdict on what `agree` of `combinations` say and `contrary` contradict.

    Robust from 95 % (`ROBUST`) on where none says the contrary; not supported from 95 % to the
    contrary on; undecided where 95 % leave it open; else it depends on choices.
    """
    least = ROBUST * combinations
    if not combinations or combinations - agree - contrary >= least:
        return UNDECIDED
    if agree >= least and not contrary:
        return ROBUST_TO_CHOICES
    return NOT_SUPPORTED if contrary >= least else DEPENDS


def _counts(said: Array) -> dict[str, Any]:
    """What combinations say, and the verdict; said (k,): 1, -1, 0, NaN where it is not asked."""
    agree, contrary, unsure = ((said > 0).sum(), (said < 0).sum(), (said == 0).sum())
    counts = {"agree": int(agree), "contrary": int(contrary), "open": int(unsure)}
    total = sum(counts.values())
    told = verdict(counts["agree"], counts["contrary"], total)
    return {**counts, "combinations": total, "verdict": told}


class Combined(NamedTuple):
    """Combinations of choices that headlines are asked of.

    rows: the multiverse, the study's own combination first; unbroken: the same without the years in
    which coverage changed, without rows where it did not; refusals: those that the figures do not
    allow (`varied_refusals`); curves: system, pair and curve of each scale.
    """

    rows: pd.DataFrame
    unbroken: pd.DataFrame
    refusals: pd.DataFrame
    curves: Sequence[tuple[str, str, Curve]] = ()

    def of(self, system: str) -> "Combined":
        """Return those of one indicator system."""
        rows, unbroken, refusals = (rows_of(part, system=system) for part in self[:3])
        curves = [curve for curve in self.curves if curve[0] == system]
        return Combined(rows, unbroken, refusals, curves)


def headline_tables(combined: Combined) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `headlines` and `headline_variants` (columns: docs/tables.md).

    A headline has a row for all indicator systems together, and one for each where there are
    several. All together have the verdict that each has, or else it depends on choices.
    """
    rows, headlines, variants = combined.rows, list[dict[str, Any]](), list[dict[str, Any]]()
    pairs = [pair for name in rows if (pair := filling("r_ln_<pair>", name))]
    systems = list(dict.fromkeys(rows["system"])) if len(rows) else []
    parts = {"": combined} | {name: combined.of(name) for name in systems if len(systems) > 1}
    for name in HEADLINES if len(rows) else ():
        for pair in ("", *pairs) if name == PAIRED else ("",):
            told, headline = [], HEADLINES[name]
            asked, without = (_asked(headline, pair, t, rows.iloc[0]) for t in combined[:2])
            for system, part in parts.items():
                own = [rows_of(t, system=system) if system else t for t in (asked, without)]
                row, sides = _headline(headline, pair, part, own, rows.iloc[0])
                label = {"headline": name, "pair": pair, "system": system}
                told.append(label | row)
                variants += [label | {"enters": True} | side for side in sides]
            verdicts = {row["verdict"] for row in told[1:] if "agree" in row}
            if verdicts:
                told[0]["verdict"] = verdicts.pop() if len(verdicts) == 1 else DEPENDS
            headlines += told
    return as_table("headlines", headlines), as_table("headline_variants", variants)


def _headline(
    headline: Headline,
    pair: str,
    combined: Combined,
    asked_of: Sequence[pd.DataFrame],
    main: pd.Series,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of a headline over some combinations, and its rows by variant.

    asked_of: what the combinations say with all years, and without those of changed coverage.
    """
    asked, without = asked_of
    can_tell = asked[asked["can_tell"]]
    counted = can_tell[~can_tell["repeated"]]
    if counted.empty:
        return {"verdict": UNDECIDED, **_why_not(headline, combined, main)}, []
    row = _counts(counted["said"].to_numpy()) | {"own": _of_study(can_tell, "said")}
    if headline.number:
        row |= _number(can_tell)
    drawn = [
        curve for curve in combined.curves if headline.needs == "pairings" and curve[1] == pair
    ]
    if len({system for system, *_ in drawn}) == 1:  # of several each has a curve of its own
        row |= whole_curve([curve for *_, curve in drawn])
    whole = _counts(counted.loc[counted["whole"], "said"].to_numpy())
    row |= {f"whole_{key}": whole[key] for key in ("agree", "contrary", "combinations")}
    # combinations that come twice complete the grid that shares are taken of
    shares = {name: alone for name, (alone, _) in grid_shares(can_tell, "said").items()}
    if shares and max(shares.values()) >= NAMED:
        row["share"], row["deciding_choice"] = max((share, name) for name, share in shares.items())
    variants = list(_variants(headline, asked[~asked["repeated"]], drawn))
    if len(combined.unbroken):
        for variant, part in ((WITH, can_tell), (WITHOUT, without[without["can_tell"]])):
            census = {"choice": CENSUS_YEAR, "variant": variant, "own": _of_study(part, "said")}
            said = part.loc[~part["repeated"], "said"]
            variants.append(census | _counts(said.to_numpy()))
    return row, variants


def _asked(headline: Headline, pair: str, rows: pd.DataFrame, main: pd.Series) -> pd.DataFrame:
    """Return the combinations that can be asked by their choices: what each says (`said`), and
    would say with all ratios between regions `held`; whether it is on a scale that `can_tell`, its
    indices are `repeated`, it loses no region (`whole`), and has the study's `own` choices, of what
    needs a true zero those on the scale `ratio`; the headline's `number`.
    """
    rows = rows[rows["comparable"].to_numpy(bool)] if headline.comparable else rows
    ending, (first, second) = f"_{pair}" if pair else "", headline.whole
    names = {f"held_{name}": name for name in HELD} if headline.true_zero else {}
    held = rows.reindex(columns=list(names)).rename(columns=names) if names else rows
    own = dict(main[list(CHOICES[1:])]) | ({"scale": RATIO} if headline.true_zero else {})
    table = rows[list(CHOICES)].assign(
        said=headline.says(rows, main, ending),
        held=headline.says(held, main, ending),
        can_tell=rows["scale"].eq(RATIO) | (not headline.true_zero),
        repeated=rows["repeated"].to_numpy(bool),
        whole=rows.get(first, 0) == rows.get(second + ending, 0),
        own=np.logical_and.reduce([rows[choice] == name for choice, name in own.items()]),
        number=rows.get(headline.number, np.nan),
    )
    return table[np.isfinite(table["said"]) & (rows["regions_all"] > 1)]


def _of_study(asked: pd.DataFrame, column: str) -> float:
    """Return what the study's own choices give, of its own system first; NaN without them."""
    return float(next(iter(asked.loc[asked["own"], column]), np.nan))


def _number(asked: pd.DataFrame) -> dict[str, Any]:
    """Return a headline's number in the study's own setting, and its range over combinations."""
    least, median, most = asked["number"].agg(["min", "median", "max"])
    return {"main": _of_study(asked, "number"), "least": least, "median": median, "most": most}


def _variants(
    headline: Headline, asked: pd.DataFrame, curves: Sequence[tuple[str, str, Curve]]
) -> Iterator[dict[str, Any]]:
    """What is said on either side of each choice that has two; p of the curve within a system; of
    scales what would be said with all ratios between regions held, where it is about ratios.
    """
    can_tell = asked[asked["can_tell"]]
    for choice in CHOICES:
        apart = headline.true_zero and choice == "scale"
        rows = asked if apart else can_tell
        codes, variants = pd.factorize(rows[choice])
        said, said_held = rows["said"].to_numpy(), rows["held"].to_numpy()
        for code, variant in enumerate(variants) if len(variants) > 1 else ():
            of_system = [c for s, _, c in curves if choice == "system" and s == variant]
            row = {"choice": choice, "variant": variant, "enters": not apart or variant == RATIO}
            row |= _counts(said[codes == code]) | whole_curve(of_system)
            held = _counts(said_held[codes == code])
            if apart and held["combinations"]:
                row |= {f"held_{key}": held[key] for key in ("agree", "contrary")}
            yield row


def _why_not(headline: Headline, combined: Combined, main: pd.Series) -> Mapping[str, Any]:
    """Return the message and fields of why no combination can be asked."""
    rows, refusals = combined.rows, combined.refusals
    if headline.true_zero and len(rows) and not (rows["scale"] == RATIO).any():
        refused = refusals.loc[refusals["scale"] == RATIO, ["message", "fields"]]
        return next(iter(refused.to_dict("records")), Refusal("no_true_zero").columns)
    return _reason(headline, rows.iloc[0] if len(rows) else main).columns


def _reason(headline: Headline, main: Mapping[str, Any] | pd.Series) -> Refusal:
    """Return why none of the combinations can be asked."""
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
    lacks = {"pairings": "unbalanced_pairs", "neighbours": "no_neighbours", "level": "no_level"}
    return Refusal(lacks.get(headline.needs, "constant_D"))
