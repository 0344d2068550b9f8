"""Plants: wrong figures put by seed into real ones, to see whether the audit finds them.

A plant is a function of a generator and the observations of the provinces: it returns them changed,
and says which messages count as having found it, and where. `reading_plants.py` has what is wrong
in the form of a file.
"""

import random
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks import reading_plants
from benchmarks.common import ROOT
from benchmarks.corrupted_files import REGIONS
from coevo.errors import StudyError
from coevo.files import as_table, read_table
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.panel.audit import audit_table

WHOLE, PART = "gross_regional_product", "secondary_value_added"
INDICATORS = read_table(ROOT / "config/indicators/provinces.csv", "indicators")
INDICATORS["part_of"] = INDICATORS["indicator"].map({PART: WHOLE}).fillna("")
SIZE = (WHOLE, "resident_population")
NEWER = "2027-01"
TIMES = (10.0, 100.0, 1000.0, 10_000.0)
SCALE = {"scale_restated", "scale_of_past", "scale_of_regions", "tenfold_of_regions"}
Rng = np.random.Generator


class Plant(NamedTuple):
    """The figures, and what was planted where; region, indicator: empty for several.

    found_by: messages.
    """

    found_by: set[str]
    observations: pd.DataFrame
    region: str = ""
    indicator: str = ""


Planting = Callable[[Rng, pd.DataFrame], Plant]
PLANTS: dict[str, Callable[[str], str]] = {}  # by seed: `found`, `marked` or `missed`


def plant(kind: str) -> Callable[[Planting], Planting]:
    def named(function: Planting) -> Planting:
        PLANTS[kind] = lambda seed: outcome(function, seed)
        return function

    return named


@cache
def real() -> pd.DataFrame:
    """Return the observations of the provinces in their first vintage."""
    folder = ROOT / "data/raw/provinces"
    files = sorted(str(path) for path in (folder / "2026-10").glob("*.*"))
    return observe(files, str(folder), StudyTerms(INDICATORS, REGIONS))[0]


@cache
def real_tables() -> list[pd.DataFrame]:
    """Return the figures (regions x years), a table an indicator."""
    key = ["indicator", "region", "year"]
    known = real().dropna(subset="value").drop_duplicates(key, keep="last")
    wide = (
        part.pivot(index="region", columns="year", values="value").dropna()
        for _, part in known.groupby("indicator")
    )
    return [table for table in wide if len(table) > 20 and len(table.columns) > 3]


def _some(rng: Rng, frame: pd.DataFrame, column: str, number: int = 1) -> list:
    known = frame[frame["value"].notna()]
    return sorted(rng.choice(known[column].unique(), number, replace=False).tolist())


def _one(rng: Rng, frame: pd.DataFrame, *columns: str) -> list[str]:
    return [_some(rng, frame, column)[0] for column in columns]


def _at(frame: pd.DataFrame, region: str = "", indicator: str = "") -> pd.Series:
    """Return which figures are those of a region and an indicator; empty: of all."""
    where = frame["region"].eq(region) if region else pd.Series(True, frame.index)
    return where & frame["indicator"].eq(indicator) if indicator else where


def _sized(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~frame["unit"].isin(["%", "index"])]


def _years(rng: Rng, frame: pd.DataFrame) -> pd.Series:
    """Return one year of the figures, or all from one on."""
    (year,) = _some(rng, frame[frame["year"] > frame["year"].min()], "year")
    return frame["year"] == year if rng.random() < 0.5 else frame["year"] >= year


def _times(frame: pd.DataFrame, where: pd.Series, times: float) -> pd.DataFrame:
    factor = np.where(where, times, 1.0)
    half = np.minimum(factor, 1.0) * frame["half_unit"]  # shares have more decimals
    return frame.assign(value=frame["value"] * factor, half_unit=half)


def _newer(rng: Rng, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of a newer vintage: revised by some per cent, or as they were."""
    revised = rng.normal(0, rng.choice([0.0, 0.01, 0.03]), len(frame))
    value = (frame["value"] * (1 + revised)).round(1)
    return frame.assign(vintage=NEWER, value=value, file="newer.csv")


def _scaled(of: str, rng: Rng, frame: pd.DataFrame) -> Plant:
    """`of`: whether a region, an indicator, some years are chosen, or all."""
    region = _some(rng, frame, "region")[0] if "region" in of else ""
    indicator = _some(rng, frame, "indicator")[0] if "indicator" in of else ""
    where = _at(frame, region, indicator)
    where &= _years(rng, frame) if "years" in of else True
    return Plant(SCALE, _times(frame, where, rng.choice(TIMES)), region, indicator)


for _kind, _of in (
    ("region, one indicator", "region indicator years"),
    ("region, all indicators", "region years"),
    ("region, one indicator, all years", "region indicator"),
    ("indicator, all regions", "indicator years"),
):
    plant(f"9 scale: {_kind}")(partial(_scaled, _of))


@plant("9 scale: newer vintage")
def vintage(rng: Rng, frame: pd.DataFrame) -> Plant:
    new = _newer(rng, _sized(frame))
    new = new[new["year"] >= rng.choice([2015, 2019, 2022])]
    region, indicator = _one(rng, new, "region", "indicator")
    region, indicator = [(region, ""), ("", indicator), (region, indicator), ("", "")][
        rng.integers(4)
    ]
    where = _at(new, region, indicator)
    both = pd.concat([frame, _times(new, where, rng.choice(TIMES))], ignore_index=True)
    return Plant({"scale_restated"}, both, region, indicator)


@plant("9 scale: new year in a newer vintage")
def next_year(rng: Rng, frame: pd.DataFrame) -> Plant:
    new = _newer(rng, frame[frame["year"] == 2023])
    both = pd.concat([frame[frame["year"] < 2023], _times(new, new["value"].notna(), 1e4)])
    return Plant(SCALE, both.reset_index(drop=True))


@plant("9 percentages as shares")
def shares(rng: Rng, frame: pd.DataFrame) -> Plant:
    percent = frame["unit"] == "%"
    number = rng.choice([1, 15, 31])
    regions = _some(rng, frame, "region", number)
    where = percent & frame["region"].isin(regions)
    if number == 1 and rng.random() < 0.5:
        where &= _years(rng, frame)
    found = SCALE | {"shares_for_percentages", "percentages_below_one"}
    region = regions[0] if number == 1 else ""
    indicator = frame.loc[percent, "indicator"].iloc[0]
    return Plant(found, _times(frame, where, 0.01), region, indicator)


def _copied(frame: pd.DataFrame, to: pd.Series, of: pd.Series, key: list[str]) -> pd.DataFrame:
    """Return the figures, those of `to` replaced by those of `of` with the same key."""
    source = frame[of].set_index(key)["value"]
    places = pd.MultiIndex.from_frame(frame.loc[to, key])
    return frame.assign(value=frame["value"].mask(to, pd.Series(
        source.reindex(places).to_numpy(), frame.index[to])))  # fmt: skip


@plant("10 region equal to another")
def region_copied(rng: Rng, frame: pd.DataFrame) -> Plant:
    of, to = rng.permutation(_some(rng, frame, "region", 2))
    (indicator,) = _some(rng, frame, "indicator")
    inside = frame["indicator"].eq(indicator) if rng.random() < 0.5 else frame["value"].notna()
    where = frame["region"].eq(to) & inside
    found = _copied(frame, where, frame["region"] == of, ["indicator", "year"])
    return Plant({"region_copied"}, found, max(of, to))


@plant("10 year equal to the one before")
def year_copied(rng: Rng, frame: pd.DataFrame) -> Plant:
    year = int(rng.integers(2016, 2024))
    region, indicator = _one(rng, frame, "region", "indicator")
    region, indicator = [(region, ""), ("", indicator), ("", "")][rng.integers(3)]
    where = _at(frame, region, indicator) & frame["year"].eq(year)
    of = frame["year"] == year - 1
    found = _copied(frame, where, of, ["indicator", "region"])
    keep = where & found["value"].isna()
    found["value"] = found["value"].mask(keep, frame["value"])
    return Plant({"year_copied"}, found, region, indicator)


@plant("10 series proportional to another")
def proportional(rng: Rng, frame: pd.DataFrame) -> Plant:
    one = rng.choice(["ecommerce_sales", "ecommerce_enterprises"])
    other = rng.choice(["hightech_revenue", "rd_expenditure", "manufacturing_employment"])
    where = frame["indicator"].eq(other) & frame["value"].notna()
    if rng.random() < 0.5:
        where &= frame["region"].eq(_some(rng, frame, "region")[0])
    found = _copied(frame, where, frame["indicator"] == one, ["region", "year"])
    found["value"] = found["value"].mask(where, (found["value"] * rng.uniform(0.2, 5)).round(2))
    found["half_unit"] = found["half_unit"].mask(where, 0.005)
    return Plant({"proportional"}, found, indicator=other)


@plant("11 region of zeros")
def zeros(rng: Rng, frame: pd.DataFrame) -> Plant:
    region, indicator = _one(rng, frame, "region", "indicator")
    indicator = indicator if rng.random() < 0.5 else ""
    where = _at(frame, region, indicator) & frame["value"].notna()
    found = frame.assign(value=frame["value"].mask(where, 0.0))
    return Plant({"zeros_of_region"}, found, region)


@plant("11 two negative figures")
def negatives(rng: Rng, frame: pd.DataFrame) -> Plant:
    region, indicator = _one(rng, frame, "region", "indicator")
    line = frame[_at(frame, region, indicator) & frame["value"].notna()]
    at = rng.choice(line.index, 2, replace=False)
    value = frame["value"].mask(frame.index.isin(at), -frame["value"])
    return Plant({"negatives_few"}, frame.assign(value=value), region, indicator)


@plant("12 total typed as a region")
def total(rng: Rng, frame: pd.DataFrame) -> Plant:
    (region,) = _some(rng, frame, "region")
    own = frame["region"] == region
    sums = frame[~own].groupby(["indicator", "year"])["value"].sum()
    sums = sums.reindex(pd.MultiIndex.from_frame(frame.loc[own, ["indicator", "year"]]))
    value = frame["value"].mask(own, pd.Series(sums.to_numpy().round(1), frame.index[own]))
    return Plant({"sum_of_the_others"}, frame.assign(value=value), region)


@plant("12 regions changed places in a newer vintage")
def exchanged(rng: Rng, frame: pd.DataFrame) -> Plant:
    new = _newer(rng, frame)
    new = new[new["year"] >= rng.choice([2015, 2019, 2021])]
    if rng.random() < 0.5:
        new = new[new["indicator"].isin(_some(rng, _sized(new), "indicator", 2))]
    one, other = _some(rng, new, "region", 2)
    names = dict(new[["region", "name"]].drop_duplicates().to_numpy())
    region = new["region"].replace({one: other, other: one})
    new = new.assign(region=region, name=region.map(names))
    both = pd.concat([frame, new], ignore_index=True)
    return Plant({"places_changed"}, both, one)


@plant("13 part above its whole")
def part(rng: Rng, frame: pd.DataFrame) -> Plant:
    (region,) = _some(rng, frame, "region")
    where = _at(frame, region, PART) & _years(rng, frame)
    of = frame["indicator"] == WHOLE
    found = _copied(frame, where, of, ["region", "year"])
    return Plant({"part_above_whole"}, _times(found, where, rng.uniform(1.02, 1.5)), region, PART)


@plant("13 equal to its whole, or to another of its system")
def equal(rng: Rng, frame: pd.DataFrame) -> Plant:
    pairs = [(PART, WHOLE), ("rd_expenditure", "hightech_revenue")]
    to, of = pairs[rng.integers(2)]
    found = _copied(frame, frame["indicator"] == to, frame["indicator"] == of, ["region", "year"])
    return Plant({"equals_whole", "same_in_system", "same_figures"}, found)


@plant("13 sheet in another unit")
def unit(rng: Rng, frame: pd.DataFrame) -> Plant:
    indicator = SIZE[rng.integers(2)]
    where = frame["indicator"] == indicator
    return Plant({"per_head_outside"}, _times(frame, where, 10.0 ** rng.choice([-4, 4])))


@plant("13 zeros before the first figure of a region")
def early_zeros(rng: Rng, frame: pd.DataFrame) -> Plant:
    region, indicator = _one(rng, _sized(frame), "region", "indicator")
    where = _at(frame, region, indicator) & frame["year"].le(rng.integers(2016, 2019))
    found = frame.assign(value=frame["value"].mask(where & frame["value"].notna(), 0.0))
    return Plant({"zeros_of_region"}, found, region, indicator)


@plant("13 every second year lower")
def alternating(rng: Rng, frame: pd.DataFrame) -> Plant:
    (indicator,) = _some(rng, _sized(frame), "indicator")
    where = frame["indicator"].eq(indicator) & frame["year"].mod(2).eq(rng.integers(2))
    return Plant({"alternates"}, _times(frame, where, 0.75), indicator=indicator)


@plant("13 sheet shifted by a row")
def shifted(rng: Rng, frame: pd.DataFrame) -> Plant:
    (indicator,) = _some(rng, _sized(frame), "indicator")
    regions = sorted(frame["region"].unique())
    moved = dict(zip(regions, np.roll(regions, rng.choice([-1, 1])), strict=True))
    own = frame["indicator"] == indicator
    region = frame["region"].mask(own, frame["region"].map(moved))
    return Plant({"sheet_shifted"}, frame.assign(region=region), indicator=indicator)


@plant("13 names swapped in a sheet")
def swapped(rng: Rng, frame: pd.DataFrame) -> Plant:
    """Of two regions that are far apart, which alone anything tells."""
    (indicator,) = _some(rng, frame[frame["indicator"].isin(CLOSELY_TIED)], "indicator")
    own = frame["indicator"] == indicator
    level = frame[own].groupby("region")["value"].median().sort_values()
    one, other = rng.choice(level.index[:8]), rng.choice(level.index[-8:])
    region = frame["region"].mask(own, frame["region"].replace({one: other, other: one}))
    return Plant({"names_swapped"}, frame.assign(region=region), indicator=indicator)


CLOSELY_TIED = ("broadband_subscribers", "mobile_internet_users", PART, WHOLE, SIZE[1])
COLUMNS = ["check", "region", "year", "indicator", "message", "fields"]


def audited(observations: pd.DataFrame) -> pd.DataFrame:
    return audit_table(observations, as_table("remarks", []), INDICATORS, size=SIZE)[COLUMNS]


@cache
def usual() -> frozenset[tuple[object, ...]]:
    """Return the findings in the figures as they are."""
    rows = audited(real()).astype(object).fillna("")
    return frozenset(rows.itertuples(index=False, name=None))


def outcome(planting: Planting, seed: str) -> str:
    """Return `found`, `marked` by another finding at the same place, or `missed`."""
    planted = planting(np.random.default_rng([*seed.encode()]), real().copy())
    rows = audited(planted.observations).astype(object).fillna("")
    new = [row not in usual() for row in rows.itertuples(index=False, name=None)]
    there = pd.Series(new, rows.index)
    for column in ("region", "indicator"):
        wanted = getattr(planted, column)
        there &= rows[column].isin([wanted, ""]) if wanted else True
    if rows.loc[there, "message"].isin(planted.found_by).any():
        return "found"
    return "marked" if there.any() else "missed"


def of_reading(planter: reading_plants.Planter, seed: str) -> str:
    """Return `found` or `missed`; a line that stops the build is no silence."""
    rng = random.Random(seed)
    with TemporaryDirectory() as name:
        planted = planter(rng, rng.choice(real_tables()), Path(name))
        try:
            said = reading_plants.said_of(Path(name))
        except StudyError:
            return "found"
    return "found" if reading_plants.found(planted, said) else "missed"


PLANTS = {
    f"8 {kind}": partial(of_reading, planter) for kind, planter in reading_plants.PLANTS.items()
} | PLANTS
