"""What a study says first, held against every combination of choices (docs/methods.md, 3).

A combination says a headline, or the contrary, or leaves it open. Where the headline has a test,
that is its direction at 5 %, else the point statement or its opposite. Combinations with the same
indices count once. A headline is judged for each indicator system by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans
from coevo.coupling.comovement import FEWEST_PAIRED
from coevo.errors import Refusal
from coevo.files import as_table
from coevo.normalisation.directions import RATIO
from coevo.regional.regional_panel import FEWEST_REGIONS
from coevo.schema import filling
from coevo.sensitivity.choices import CHOICES, ROBUST, grid_shares
from coevo.sensitivity.headline_statistics import HALF, HELD, R2, Curve, whole_curve

ROBUST_TO_CHOICES, NOT_SUPPORTED = "robust", "not_supported"
DEPENDS, UNDECIDED = "depends_on_choices", "cannot_be_decided"
SIGNIFICANCE = 0.05
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

    def enters(self, table: pd.DataFrame) -> Booleans:
        """Return which combinations enter the verdict: once each, on a scale that can tell."""
        can_tell = table["scale"] == RATIO if self.true_zero else True
        return np.asarray(can_tell & ~table["repeated"].to_numpy(dtype=bool))


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


def _counts(answers: Array) -> dict[str, Any]:
    """What combinations say, and the verdict; answers (k,): 1, -1, 0, NaN where it is not asked."""
    known = answers[np.isfinite(answers)]
    counts = {"agree": int((known > 0).sum()), "contrary": int((known < 0).sum())}
    totals = {**counts, "open": int((known == 0).sum()), "combinations": len(known)}
    return totals | {"verdict": verdict(**counts, combinations=len(known))}


def headline_tables(
    rows: pd.DataFrame,
    unbroken: pd.DataFrame,
    curves: Sequence[tuple[str, str, Curve]],
    refusals: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `headlines` and `headline_variants` (columns: docs/tables.md).

    rows: the multiverse, the study's own combination first; unbroken: the same without the years in
    which coverage changed, without rows where it did not; curves: system, pair and curve of each
    scale; refusals: combinations that the figures do not allow (`varied_refusals`).

    A headline has a row for all indicator systems together, and one for each where there are
    several. All together have the verdict that each has, or else it depends on choices.
    """
    headlines: list[dict[str, Any]] = []
    variants: list[dict[str, Any]] = []
    pairs = [pair for name in rows if (pair := filling("r_ln_<pair>", name))]
    systems = list(dict.fromkeys(rows["system"])) if len(rows) else []
    for name, headline in HEADLINES.items() if len(rows) else ():
        for pair in ("", *pairs) if name == PAIRED else ("",):
            drawn = [(s, c) for s, p, c in curves if name == PAIRED and p == pair]
            case = _Case(headline, pair, rows, unbroken, drawn, refusals)
            every, parts = case.asked()
            of_systems = [case.asked(s) for s in systems] if len(systems) > 1 else []
            verdicts = {row["verdict"] for row, _ in of_systems if "agree" in row}
            if verdicts:
                every["verdict"] = verdicts.pop() if len(verdicts) == 1 else DEPENDS
            for row, sides in ((every, parts), *of_systems):
                label = {"headline": name, "pair": pair, "system": row.pop("system")}
                headlines.append(label | row)
                variants += [label | side for side in sides]
    return as_table("headlines", headlines), as_table("headline_variants", variants)


class _Case:
    """A headline, of a pair of systems where it is about pairs, with all combinations asked it."""

    def __init__(
        self,
        headline: Headline,
        pair: str,
        rows: pd.DataFrame,
        unbroken: pd.DataFrame,
        curves: Sequence[tuple[str, Curve]],
        refusals: pd.DataFrame,
    ) -> None:
        self.headline, self.pair, self.rows, self.curves = headline, pair, rows, curves
        self.refusals, self.main = refusals, rows.iloc[0]
        self.table = self._asked(rows)
        self.unbroken = self._asked(unbroken) if len(unbroken) else unbroken

    def _asked(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the combinations that can be asked by their choices: what each says (`said`), and
        with all ratios between regions `held`; whether it `enters` the verdict, is `repeated`,
        loses no region (`whole`), and whether it has the study's `own` choices beside the system,
        of what needs a true zero those on the scale `ratio`; the `number`.
        """
        headline, ending = self.headline, f"_{self.pair}" if self.pair else ""
        rows = rows[rows["comparable"].to_numpy(bool)] if headline.comparable else rows
        first, second = headline.whole
        names = {f"held_{name}": name for name in HELD}
        held = (
            rows.reindex(columns=list(names)).rename(columns=names) if headline.true_zero else rows
        )
        scale = RATIO if headline.true_zero else self.main["scale"]
        own = [rows[choice] == self.main[choice] for choice in CHOICES[2:]]
        table = rows[list(CHOICES)].assign(
            said=headline.says(rows, self.main, ending),
            held=headline.says(held, self.main, ending),
            enters=headline.enters(rows),
            repeated=rows["repeated"].to_numpy(bool),
            whole=rows.get(first, 0) == rows.get(second + ending, 0),
            own=np.logical_and.reduce([rows["scale"] == scale, *own]),
            number=rows.get(headline.number, np.nan),
        )
        return table[np.isfinite(table["said"]) & (rows["regions_all"] > 1)]

    def asked(self, system: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the row of a system, or of all together, and its rows by variant."""
        table = self.table[self.table["system"] == system] if system else self.table
        counted, label = table[table["enters"]], {"system": system}
        if counted.empty:
            return label | {"verdict": UNDECIDED, **self._why_not(system)}, []
        row = label | _counts(counted["said"].to_numpy()) | self._number(table, system)
        curves = [c for s, c in self.curves if system in ("", s)]
        if len({s for s, _ in self.curves if system in ("", s)}) == 1:  # each has its own curve
            row |= whole_curve(curves)
        whole = _counts(counted.loc[counted["whole"], "said"].to_numpy())
        row |= {f"whole_{key}": whole[key] for key in ("agree", "contrary", "combinations")}
        row["own"] = self._of_study(table, system)
        # combinations that come twice complete the grid that shares are taken of
        grid = table[table["scale"] == RATIO] if self.headline.true_zero else table
        shares = grid_shares(grid, "said")
        deciding = max(shares, key=lambda choice: shares[choice][0], default="")
        if deciding and shares[deciding][0] >= NAMED:
            row |= {"deciding_choice": deciding, "share": shares[deciding][0]}
        return row, [*self._variants(table), *self._census(table, system)]

    def _of_study(self, table: pd.DataFrame, system: str, column: str = "said") -> float:
        """Return what the study's own choices give of a system, its own by default; NaN where that
        cannot be asked.
        """
        system = system or self.main["system"]
        found = table.loc[table["own"] & (table["system"] == system), column]
        return float(found.iloc[0]) if len(found) else np.nan

    def _number(self, table: pd.DataFrame, system: str) -> dict[str, Any]:
        """Return the headline's number in the study's own setting, and its range over all
        combinations; a rank is robust where it is the same in all.
        """
        column, numbers = self.headline.number, table["number"]
        if not column:
            return {}
        found: dict[str, Any] = {"main": self._of_study(table, system, "number")}
        found |= {"least": numbers.min(), "median": numbers.median(), "most": numbers.max()}
        same = found["least"] == found["most"]
        is_rank = column == "focus_rank"
        return found | ({"verdict": ROBUST_TO_CHOICES if same else DEPENDS} if is_rank else {})

    def _variants(self, table: pd.DataFrame) -> Iterator[dict[str, Any]]:
        """What is said on either side of each choice that has two; p of the curve within a system;
        of scales what would be said with all ratios between regions held, where it is about ratios.
        """
        counted, all_scales = table[table["enters"]], table[~table["repeated"]]
        for choice in CHOICES:
            apart = self.headline.true_zero and choice == "scale"
            parts = (all_scales if apart else counted).groupby(choice, sort=False)
            for variant, part in parts if len(parts) > 1 else ():
                curves = [c for s, c in self.curves if choice == "system" and s == variant]
                row = {
                    "choice": choice,
                    "variant": variant,
                    "enters": not apart or variant == RATIO,
                }
                row |= _counts(part["said"].to_numpy()) | whole_curve(curves)
                if apart and np.isfinite(part["held"]).any():
                    held = _counts(part["held"].to_numpy())
                    row |= {f"held_{key}": held[key] for key in ("agree", "contrary")}
                yield row

    def _census(self, table: pd.DataFrame, system: str) -> Iterator[dict[str, Any]]:
        """What is said with and without the years in which coverage changed."""
        without = self.unbroken
        if len(without) and system:
            without = without[without["system"] == system]
        for variant, part in ((WITH, table), (WITHOUT, without)) if len(without) else ():
            row = {"choice": CENSUS_YEAR, "variant": variant, "enters": True}
            counts = _counts(part.loc[part["enters"], "said"].to_numpy())
            yield row | counts | {"own": self._of_study(part, system)}

    def _why_not(self, system: str) -> Mapping[str, Any]:
        """Return the message and fields of why no combination can be asked."""
        rows = self.rows[self.rows["system"] == system] if system else self.rows
        if self.headline.true_zero and len(rows) and not (rows["scale"] == RATIO).any():
            refused = self.refusals[self.refusals["scale"] == RATIO]
            refused = refused[refused["system"] == system] if system else refused
            reasons: list[Mapping[str, Any]] = refused[["message", "fields"]].to_dict("records")
            return next(iter(reasons), Refusal("no_true_zero").columns)
        return _reason(self.headline, rows if len(rows) else self.rows).columns


def _reason(headline: Headline, rows: pd.DataFrame) -> Refusal:
    """Return why none of the combinations can be asked."""
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
