"""Tables of the made-up study under other choices: what D would be, and what moves it.

They go with the sample's own coupling: the main combination, the draws and the split of the growth
all belong to its D.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

import numpy as np
import pandas as pd

from coevo.coupling import grade
from coevo.coupling.level import SLOPES
from coevo.files import as_table
from coevo.sensitivity.choices import COMPARABLE, choice_sensitivity
from coevo.sensitivity.coverage_breaks import VARIANTS
from coevo.sensitivity.headline_statistics import Curve
from coevo.sensitivity.headlines import headline_tables

FOCUS = "330000"
CHOICES = (  # what each variant adds to D of the main one
    {"main": 0.0, "absolute": -0.03},
    {"panel [0.01, 0.99]": 0.0, "panel [0, 1]": -0.005, "year [0, 1]": -0.015, "ratio": -0.01},
    {"entropy": 0.0, "equal": 0.02},
    {"linear": 0.0, "geometric": -0.01, "topsis": 0.01},
    {"standard": 0.0, "wang": -0.06, "fan": -0.05},
)
SPREAD = {"weights": 0.02, "weights_loose": 0.05, "figures": 0.01}


def growth_split(coupling: pd.DataFrame, subsystems: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Return the steps of ln D, a quarter of each index's, shared 3 : 1 between its indicators."""
    rows = []
    for (region, name), part in coupling.groupby(["region", "name"], sort=False):
        for subsystem, indicators in subsystems.items():
            steps = np.diff(np.log(part[f"U_{subsystem}"])) / (2 * len(subsystems))
            for year, step in zip(part["year"][1:], steps, strict=True):
                for indicator, share in zip(indicators, (0.75, 0.25), strict=True):
                    rows.append((region, name, year, subsystem, indicator, step * share))
    return as_table("growth_split", rows)


def guard_rows(weights: pd.DataFrame, regions: Mapping[str, str]) -> pd.DataFrame:
    """Return guards of which one is flagged: the weight of the first indicator."""
    rows: list[tuple] = []
    chosen = weights[weights["weighting"] == "entropy"]
    for subsystem, part in chosen.groupby("subsystem", sort=False):
        first, second = part["indicator"]
        top, nothing = part["weight"].iloc[0], ("", "")
        rows.append(("largest_weight", subsystem, first, "", *nothing, top, 0.5, top > 0.5))
        rows.append(("correlation", subsystem, first, second, *nothing, 0.8, 0.95, False))
        for indicator in part["indicator"]:
            rows.append(
                ("variance_inflation", subsystem, indicator, "", *nothing, 2.8, 10.0, False)
            )
    for k, row in enumerate(chosen.itertuples()):
        if len(regions) > 1:
            rows.append(
                ("between_share", "", row.indicator, "", "", "", 0.9 - 0.1 * k, None, False)
            )
        rows.append(
            ("grades_without", row.subsystem, row.indicator, "", "", "", 0.1 * k, None, False)
        )
    rows.append(("imputed_share", "", "", "", FOCUS, regions[FOCUS], 1 / 24, None, False))
    for k, (region, name) in enumerate(regions.items()):
        rows.append(("type_changes", "", "", "", region, name, k % 2, 1, False))
    for guard in ("on_a_cut", "zero_index", "all_zero", "capped"):
        rows.append((guard, "", "", "", "", "", 0.0, 0.0, False))
    return as_table("diagnostics", rows)


def multiverse(coupling: pd.DataFrame) -> pd.DataFrame:
    """Return D of 144 combinations: that of the sample plus what each choice adds. In those by
    Wang's form a region fell, the gap widened and nothing is in step.
    """
    last = coupling[coupling["year"] == coupling["year"].max()].set_index("region")["D"]
    rank = last.rank(ascending=False)[FOCUS]
    first = coupling.loc[coupling["region"] == FOCUS, "D"].iloc[0]
    regions, rows = len(last), []
    for key in product(*CHOICES):
        shift = sum(choice[variant] for choice, variant in zip(CHOICES, key, strict=True))
        system, scale, weighting, composite, form = key
        reference, _, span = scale.partition(" ")
        main, wang, D = not rows, form == "wang", last[FOCUS] + shift
        D_first = first + shift
        rows.append({
            "system": system, "scale": scale, "weighting": weighting, "composite": composite,
            "form": form, "reference": reference, "range": span or "[0, 1]", "main": main,
            "comparable": reference in COMPARABLE, "repeated": False, "n": len(coupling),
            "zeros": 0, "regions": regions, "rose": regions - wang, "regions_ln": regions,
            "regions_all": regions, "regions_r": regions, "D_mean": coupling["D"].mean() + shift,
            "D_mean_first": D_first, "D_mean_last": D, "sd_ln_first": 0.3,
            "sd_ln_last": 0.4 if wang else 0.2, "sd_first": 0.1, "sd_last": 0.12,
            "morgan_p": 0.01, "morgan_D_p": 0.2, "beta": -0.02, "beta_low": -0.03,
            "beta_high": -0.01, "share_T": 0.9, "R2_per_head": 0.7,
            "R2_product": 0.8 if system == "absolute" else 0.4, "R2_population": 0.1,
            "r_ln": 0.3, "r_levels": 0.4, "r_p": 0.5 if wang else 0.01, "r_placebo": 0.0,
            "moran_last": 0.4, "moran_expected": -0.1, "moran_p": 0.001,
            "rank_correlation": 1.0 if main else 0.9,
            "grades_changed": 0.0 if main else min(1.0, abs(shift) * 5), "focus_D_first": D_first,
            "focus_D": D, "focus_rank": rank, "focus_grade": str(grade([D], "ten")[0]),
        })  # fmt: skip
    return as_table("multiverse", rows)


def headlines(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the combinations say of each headline, with a curve of random pairings."""
    curve = Curve(12, 12, np.tile([6, 12], 500)[:999])
    return headline_tables(table, table.iloc[:0], [("main", "", curve)])


@lru_cache
def _read(key: tuple) -> tuple[pd.DataFrame, ...]:
    table = as_table("multiverse", key)
    return choice_sensitivity(table), *headlines(table)


def read_off(table: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Return the tables `sensitivity`, `headlines` and `headline_variants`, by the package."""
    return tuple(part.copy() for part in _read(tuple(table.itertuples(index=False, name=None))))


def draws(coupling: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ranges and shares of grades of 200 draws around the sample's D."""
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((200, coupling["region"].nunique()))
    place = pd.factorize(coupling["region"])[0]
    parts, shares = [], []
    for source, spread in SPREAD.items():
        D = (coupling["D"].to_numpy() + spread * noise[:, place]).clip(0.01, 0.999)
        ranks = pd.DataFrame(D.T).groupby(coupling["year"].to_numpy()).rank(ascending=False)
        grades = pd.DataFrame(grade(D.T, "ten"))
        part = coupling[["region", "name", "year", "D"]].assign(source=source)
        part["low"], part["high"] = np.quantile(D, [0.05, 0.95], axis=0)
        part["rank"] = coupling.groupby("year")["D"].rank(ascending=False).astype(int)
        ends = np.quantile(ranks, [0.05, 0.95], axis=1, method="nearest").astype(int)
        part["rank_low"], part["rank_high"] = ends
        part["grade"] = [row.value_counts().index[0] for _, row in grades.iterrows()]
        part["grade_share"] = [row.value_counts().iloc[0] / 200 for _, row in grades.iterrows()]
        parts.append(part)
        long = coupling[["region", "name", "year"]].join(grades.set_index(coupling.index))
        long = long.melt(["region", "name", "year"], value_name="grade")
        counts = long.groupby(["region", "name", "year", "grade"]).size() / 200
        shares.append(counts.rename("share").reset_index().assign(source=source))
    return as_table("uncertainty", pd.concat(parts)), as_table("grade_shares", pd.concat(shares))


def level(coupling: pd.DataFrame) -> pd.DataFrame:
    """Return what D measures, and D with a made-up level taken out."""
    groups = coupling.groupby("region")
    first, last = groups.head(1).set_index("region"), groups.tail(1).set_index("region")
    ranks, n = last["D"].rank(ascending=False), len(last)
    rows = [
        {"measure": "variance_share", "scope": "C", "value": 0.03},
        {"measure": "variance_share", "scope": "T", "value": 0.97},
        {"measure": "R2", "scope": "T", "value": 0.98},
    ]
    for region in last.index:
        parts = {c: 0.5 * np.log(last.loc[region, c] / first.loc[region, c]) for c in "CT"}
        rows += [
            {"measure": f"rise_{name}", "scope": region, "value": value}
            for name, value in ({"lnD": sum(parts.values())} | parts).items()
        ]
    if n > 1:
        rows += [
            {"measure": "R2", "level": "product", "value": 0.4},
            {"measure": "rank_correlation_D", "level": "product", "value": 0.6},
        ]
        rows += [{"measure": "rank_D", "scope": r, "value": ranks[r]} for r in last.index]
        for shift, slope in enumerate(SLOPES):
            own = {"level": "product", "slope": slope}
            rows.append({"measure": "slope_lnD", "value": 0.5 + shift / 10, **own})
            for k, region in enumerate(last.index):
                place = (k + 1 + shift) % n
                here = {"scope": region, **own}
                rows += [
                    {"measure": "adjusted_lnD", "value": 0.2 - 0.1 * place, **here},
                    {"measure": "rank_adjusted_D", "value": 1.0 + place, **here},
                ]
    return as_table("level", [{"n": n, **row} for row in rows])


def coverage(coupling: pd.DataFrame, lost: list[float]) -> pd.DataFrame:
    """Return D as it is and with parts of it lost, by the kept ruler and by one made anew."""
    parts = []
    for variant, loss in zip(VARIANTS, [0.0, *lost], strict=True) if lost else ():
        D = coupling["D"] - loss
        ranks = D.groupby(coupling["year"]).rank(ascending=False)
        parts.append(coupling.assign(D=D, variant=variant, rank=ranks, grade=grade(D, "ten")))
    return as_table("coverage_breaks", pd.concat(parts) if parts else [])


def coverage_growth(indicator: str, years: Mapping[int, str]) -> pd.DataFrame:
    """Return growth of an indicator with a verdict a year, as `growth_rows` names them."""
    far = {"shown": 0.4, "jump": -0.2}
    rows = [
        (indicator, year, far.get(verdict, 0.05), 4, verdict not in ("jump", "usual"), 9.0, verdict)
        for year, verdict in years.items()
    ]
    return as_table("coverage_growth", rows)
