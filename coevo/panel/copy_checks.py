"""Copies: the same figures of two regions, of two years, or, times a constant, of two indicators;
and a region that is the sum of all the others.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from coevo.observations.units import unit_of
from coevo.panel.audit_rows import FAR, FEWEST, LINE, Finding, block_rows, finding_rows, in_lines
from coevo.panel.derivations import read_series
from coevo.panel.scale_checks import sized

ALL = 0.8  # of the figures of a year that equal the year before, of a region that equal the sum
STILL = 0.1  # of an indicator's figures that equal the year before in an ordinary year, at most
SHARED = 0.25  # of the regions, at most, with another's figures: else they are of a larger area
FINE = 1000  # half units from which a constant ratio of rounded figures is no chance
SLACK = 0.005  # share of a total by which it may differ from the sum of its parts
EXACT = 1e-12  # share by which computed figures may differ
PLACE = ["vintage", "region"]


def _several(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return rows[rows.groupby(keys)["value"].transform("size") >= FEWEST]


def _equal_regions(rows: pd.DataFrame) -> Iterator[Finding]:
    """Regions with series of another's figures, not all alike; `FEWEST` of them or more.

    Series are looked up by their digest, so that regions are not held against each other.
    """
    cells = pd.util.hash_pandas_object(rows[[*LINE[:2], "year", "value"]], index=False)
    series = rows.assign(digest=cells).groupby(LINE)
    rows = rows.assign(digest=series["digest"].transform("sum"))
    same = rows[series["value"].transform("max") > series["value"].transform("min")]
    same = same.assign(other=same.groupby("digest")["region"].transform("first"))
    same = same[same["other"] != same["region"]]
    copied = same.groupby(LINE[:2])["region"].transform("nunique")
    same = same[copied <= max(1, SHARED * rows["region"].nunique())]
    keys = [*PLACE, "other"]
    yield from finding_rows("copy", "region_copied", _several(same, keys), keys, fields=["other"])


def _equal_years(rows: pd.DataFrame) -> Iterator[Finding]:
    """Years whose figures are those of the year before in nearly all indicators or regions."""
    rows = rows.assign(same=rows["value"] == rows["before"])[rows["before"].notna()]
    usual = rows.groupby(["indicator", "year"])["same"].mean().groupby("indicator").median()
    rows = rows[rows["indicator"].map(usual) <= STILL]
    rows = rows.assign(by=rows["year"].where(rows["same"], 0))
    yield from block_rows("copy", "year_copied", rows, ALL, FEWEST)


def _totals(rows: pd.DataFrame) -> Iterator[Finding]:
    """Regions that are the sum of all the others, in nearly all figures of some indicators."""
    rows = rows[sized(rows["unit"])]
    groups = rows.groupby(["vintage", "indicator", "year"])
    rows = rows.assign(others=groups["value"].transform("sum") - rows["value"])
    slack = np.fmax(groups["half_unit"].transform("sum"), SLACK * rows["value"])
    total = (rows["others"] - rows["value"]).abs() <= slack
    total &= (rows["value"] > FAR * rows["half_unit"]) & (groups["value"].transform("size") > 3)
    some = rows[total & (total.groupby([rows[name] for name in LINE]).transform("mean") >= ALL)]
    some = _several(some, PLACE)
    yield from finding_rows("total_as_region", "sum_of_the_others", some, PLACE, "others")


def _sides(indicators: pd.DataFrame) -> dict[str, set[str]]:
    """Return the subsystems that each figure read is used in, itself or in what derives from it."""
    sides: dict[str, set[str]] = defaultdict(set)
    used = indicators[indicators["subsystem"].fillna("") != ""]
    for indicator, subsystem in used[["indicator", "subsystem"]].to_numpy():
        for name in read_series(indicators, [indicator])[0]:
            sides[name].add(subsystem)
    return sides


def _proportional(rows: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Finding]:
    """Two indicators that are the same, or of two subsystems and proportional: a finding a pair.

    The ratio of all figures that both have, or of all years of some regions, in base units; at
    least `FEWEST`, not all alike. Rounded figures count where they have `FINE` half units.
    """
    sides = _sides(indicators)
    rows = rows[rows["indicator"].isin(sides)]
    factor = rows["unit"].map({unit: unit_of(unit).factor for unit in rows["unit"].unique()})
    rows = rows.assign(base=rows["value"] * factor, half=rows["half_unit"] * factor)
    wide = rows.pivot_table(["base", "half"], [*PLACE, "year"], "indicator", "first")
    starts = np.flatnonzero(~wide.index.droplevel("year").duplicated())
    for one, other in combinations([i for i in indicators["indicator"] if i in sides], 2):
        if not {("base", one), ("base", other)} <= {*wide.columns}:
            continue
        is_beside = bool(sides[one] & sides[other])  # where a constant ratio may be meant
        y, half = wide["base", other].to_numpy(), wide["half", other].to_numpy()
        x = wide["base", one].where(wide["base", one] != 0).where(np.isfinite(y)).to_numpy()
        ratio = y / x
        width = np.abs(np.where(np.abs(y) >= FINE * half, half / x, 0)) + EXACT * np.abs(ratio)
        for at in ([0], starts):
            low, high = np.fmax.reduceat(ratio - width, at), np.fmin.reduceat(ratio + width, at)
            known = np.add.reduceat(np.isfinite(ratio), at)
            alike = (low <= high) & (high != 0) & (known >= FEWEST)
            alike &= np.fmax.reduceat(x, at) > np.fmin.reduceat(x, at)
            if alike.any():
                parts = np.repeat(alike, np.diff([*at, len(x)])) & np.isfinite(ratio)
                both = rows[rows["indicator"] == other].set_index([*PLACE, "year"], drop=False)
                odd = both.loc[wide.index[parts]].assign(other=one)
                is_same = np.isclose(ratio[parts], 1).all()
                message = "same_in_system" if is_beside else "same_figures"
                message = message if is_same else "proportional"
                if is_same or not is_beside:
                    fields = ["other"]
                    yield from finding_rows("same_figures", message, odd, ["other"], fields=fields)
                break


def copy_findings(frame: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Finding]:
    """Figures that stand twice: in two regions, years or indicators, or in a sum.

    frame: observations of levels; indicators: the indicator table.
    """
    rows = in_lines(frame)
    fine = in_lines(rows[rows["value"].abs() >= FAR * rows["half_unit"]])
    yield from _equal_regions(fine)
    yield from _equal_years(fine)
    yield from _totals(rows)
    if "subsystem" in indicators:
        yield from _proportional(rows, indicators)
