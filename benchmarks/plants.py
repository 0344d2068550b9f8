"""Plants: wrong figures put by seed into real ones, to see whether the audit finds them.

A plant is a function of a generator, an empty folder and the observations of the provinces: it
returns them changed, or writes raw files into `folder/<vintage>/`, and says which messages count as
having found it, and where. Part of `python benchmarks/attacks.py --plants 500`.
"""

import random
from collections.abc import Callable, Iterator
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
from coevo.files import read_table
from coevo.observations import REMARKS, observe
from coevo.observations.units import unit_of
from coevo.panel.audit import audit_table

INDICATORS = read_table(ROOT / "config/indicators/provinces.csv", "indicators")
NEWER = "2027-01"
TIMES = (10.0, 100.0, 1000.0, 10_000.0)
SCALE = {"scale_restated", "scale_of_past", "scale_of_regions", "tenfold_of_regions"}
Rng = np.random.Generator


class Plant(NamedTuple):
    """What was planted where, and the figures; without them the files of the folder are read.

    found_by: messages; region, indicator, year: empty for several; reads: indicators of the files.
    """

    found_by: set[str]
    region: str = ""
    indicator: str = ""
    year: int = 0
    observations: pd.DataFrame | None = None
    reads: tuple[str, ...] = ()


Planting = Callable[[Rng, Path, pd.DataFrame], Plant]
PLANTS: dict[str, Callable[[str], str]] = {}  # by seed: `found`, `marked` or `missed`
APART: dict[str, Callable[[str], str]] = {}  # what nothing in the files tells


def plant(kind: str, among: dict = PLANTS) -> Callable[[Planting], Planting]:
    def named(function: Planting) -> Planting:
        among[kind] = lambda seed: outcome(function, seed)
        return function

    return named


def read(folder: Path, reads: tuple[str, ...] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return observations and remarks of `folder/<vintage>/`; reads: the indicators, or all."""
    wanted = INDICATORS["indicator"].isin(reads) if reads else INDICATORS["indicator"] != ""
    files = [str(path) for path in folder.rglob("*.*")]
    return observe(files, str(folder), INDICATORS[wanted], REGIONS, {}, {})


@cache
def real() -> pd.DataFrame:
    every, _ = read(ROOT / "data/raw/provinces")
    return every[every["vintage"] == "2026-10"].reset_index(drop=True)


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


def _scaled(of: str, rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    """`of`: whether a region, an indicator, some years are chosen, or all."""
    region = _some(rng, frame, "region")[0] if "region" in of else ""
    sized = _sized(frame) if "sized" in of else frame
    indicator = _some(rng, sized, "indicator")[0] if "indicator" in of else ""
    where = _at(frame, region, indicator)
    where &= _years(rng, frame) if "years" in of else True
    return Plant(SCALE, region, indicator, observations=_times(frame, where, rng.choice(TIMES)))


for _kind, _of in (
    ("region, one indicator", "region indicator years"),
    ("region, all indicators", "region years"),
    ("region, one indicator, all years", "region indicator"),
    ("indicator, all regions", "indicator years"),
):
    plant(f"9 scale: {_kind}")(partial(_scaled, _of))


@plant("9 scale: newer vintage")
def vintage(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    new = _newer(rng, _sized(frame))
    new = new[new["year"] >= rng.choice([2015, 2019, 2022])]
    region, indicator = _one(rng, new, "region", "indicator")
    region, indicator = [(region, ""), ("", indicator), (region, indicator), ("", "")][
        rng.integers(4)
    ]
    where = _at(new, region, indicator)
    both = pd.concat([frame, _times(new, where, rng.choice(TIMES))], ignore_index=True)
    return Plant({"scale_restated"}, region, indicator, observations=both)


@plant("9 scale: new year in a newer vintage")
def next_year(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    new = _newer(rng, frame[frame["year"] == 2023])
    both = pd.concat([frame[frame["year"] < 2023], _times(new, new["value"].notna(), 1e4)])
    return Plant(SCALE, observations=both.reset_index(drop=True))


@plant("9 percentages as shares")
def shares(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    percent = frame["unit"] == "%"
    number = rng.choice([1, 15, 31])
    regions = _some(rng, frame, "region", number)
    where = percent & frame["region"].isin(regions)
    if number == 1 and rng.random() < 0.5:
        where &= _years(rng, frame)
    found = SCALE | {"shares_for_percentages", "percentages_below_one"}
    region = regions[0] if number == 1 else ""
    indicator = frame.loc[percent, "indicator"].iloc[0]
    return Plant(found, region, indicator, observations=_times(frame, where, 0.01))


def _copied(frame: pd.DataFrame, to: pd.Series, of: pd.Series, key: list[str]) -> pd.DataFrame:
    """Return the figures, those of `to` replaced by those of `of` with the same key."""
    source = frame[of].set_index(key)["value"]
    places = pd.MultiIndex.from_frame(frame.loc[to, key])
    return frame.assign(value=frame["value"].mask(to, pd.Series(
        source.reindex(places).to_numpy(), frame.index[to])))  # fmt: skip


@plant("10 region equal to another")
def region_copied(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    of, to = rng.permutation(_some(rng, frame, "region", 2))
    (indicator,) = _some(rng, frame, "indicator")
    inside = frame["indicator"].eq(indicator) if rng.random() < 0.5 else frame["value"].notna()
    where = frame["region"].eq(to) & inside
    found = _copied(frame, where, frame["region"] == of, ["indicator", "year"])
    return Plant({"region_copied"}, max(of, to), observations=found)


@plant("10 year equal to the one before")
def year_copied(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    year = int(rng.integers(2016, 2024))
    region, indicator = _one(rng, frame, "region", "indicator")
    region, indicator = [(region, ""), ("", indicator), ("", "")][rng.integers(3)]
    where = _at(frame, region, indicator) & frame["year"].eq(year)
    of = frame["year"] == year - 1
    found = _copied(frame, where, of, ["indicator", "region"])
    keep = where & found["value"].isna()
    found["value"] = found["value"].mask(keep, frame["value"])
    return Plant({"year_copied"}, region, indicator, observations=found)


@plant("10 series proportional to another")
def proportional(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    one = rng.choice(["ecommerce_sales", "ecommerce_enterprises"])
    other = rng.choice(["hightech_revenue", "rd_expenditure", "manufacturing_employment"])
    where = frame["indicator"].eq(other) & frame["value"].notna()
    if rng.random() < 0.5:
        where &= frame["region"].eq(_some(rng, frame, "region")[0])
    found = _copied(frame, where, frame["indicator"] == one, ["region", "year"])
    found["value"] = found["value"].mask(where, (found["value"] * rng.uniform(0.2, 5)).round(2))
    found["half_unit"] = found["half_unit"].mask(where, 0.005)
    return Plant({"proportional"}, indicator=other, observations=found)


@plant("11 region of zeros")
def zeros(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    region, indicator = _one(rng, frame, "region", "indicator")
    indicator = indicator if rng.random() < 0.5 else ""
    where = _at(frame, region, indicator) & frame["value"].notna()
    found = frame.assign(value=frame["value"].mask(where, 0.0))
    return Plant({"zeros_of_region"}, region, observations=found)


@plant("11 two negative figures")
def negatives(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    region, indicator = _one(rng, frame, "region", "indicator")
    line = frame[_at(frame, region, indicator) & frame["value"].notna()]
    at = rng.choice(line.index, 2, replace=False)
    value = frame["value"].mask(frame.index.isin(at), -frame["value"])
    return Plant({"negatives_few"}, region, indicator, observations=frame.assign(value=value))


@plant("12 total typed as a region")
def total(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    (region,) = _some(rng, frame, "region")
    own = frame["region"] == region
    sums = frame[~own].groupby(["indicator", "year"])["value"].sum()
    sums = sums.reindex(pd.MultiIndex.from_frame(frame.loc[own, ["indicator", "year"]]))
    value = frame["value"].mask(own, pd.Series(sums.to_numpy().round(1), frame.index[own]))
    return Plant({"sum_of_the_others"}, region, observations=frame.assign(value=value))


@plant("12 regions changed places in a newer vintage")
def exchanged(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    new = _newer(rng, frame)
    new = new[new["year"] >= rng.choice([2015, 2019, 2021])]
    if rng.random() < 0.5:
        new = new[new["indicator"].isin(_some(rng, _sized(new), "indicator", 2))]
    one, other = _some(rng, new, "region", 2)
    names = dict(new[["region", "name"]].drop_duplicates().to_numpy())
    region = new["region"].replace({one: other, other: one})
    new = new.assign(region=region, name=region.map(names))
    both = pd.concat([frame, new], ignore_index=True)
    return Plant({"places_changed"}, one, observations=both)


def _file(frame: pd.DataFrame, indicator: str) -> list[list[str]]:
    """Return the rows of a raw file of an indicator: head, then code, name and years."""
    rows = frame[frame["indicator"] == indicator]
    wide = rows.pivot(index="region", columns="year", values="value").dropna(axis=1, how="all")
    head = ["代码", "地区", *map(str, wide.columns)]
    cells = zip(wide.index, wide.to_numpy().tolist(), strict=True)
    return [head, *([code, reading_plants.NAMES[code], *map(str, row)] for code, row in cells)]


def _written(folder: Path, indicator: str, rows: list[list[str]]) -> Path:
    row = INDICATORS.set_index("indicator").loc[indicator]
    title = [[f"指标：{row['source_name']}"], [f"单位：{unit_of(row['unit']).names[0]}"]]
    path = folder / "2026-10" / "figures.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(",".join(cells) for cells in [*title, *rows]), encoding="utf-8")
    return path


FILED = ("gross_regional_product", "resident_population", "ecommerce_sales")


@plant("12 code and name contradict")
def code_and_name(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    indicator = str(rng.choice(FILED))
    rows = _file(frame, indicator)
    one, other = rng.choice(np.arange(1, len(rows)), 2, replace=False)
    if rng.random() < 0.5:
        rows[one][0], rows[other][0] = rows[other][0], rows[one][0]
    else:
        rows[one][1], rows[other][1] = rows[other][1], rows[one][1]
    _written(folder, indicator, rows)
    return Plant({"code_contradicts_name"}, reads=(indicator,))


@plant("12 year out of order or a century off")
def odd_year(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    indicator = str(rng.choice(FILED))
    rows = _file(frame, indicator)
    place = int(rng.integers(2, len(rows[0])))
    if rng.random() < 0.5:
        rows[0][place] = str(int(rows[0][place]) - 100)
        found = {"year_of_another_century"}
    else:
        other = place + 1 if place + 1 < len(rows[0]) else place - 1
        rows[0][place], rows[0][other] = rows[0][other], rows[0][place]
        found = {"year_out_of_order"}
    _written(folder, indicator, rows)
    return Plant(found, indicator=indicator, reads=(indicator,))


plant("9 scale: indicator in its first vintage", APART)(partial(_scaled, "sized indicator"))


@plant("12 regions changed places in a first vintage", APART)
def exchanged_first(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    one, other = _some(rng, frame, "region", 2)
    (indicator,) = _some(rng, frame, "indicator")
    inside = frame["indicator"] == indicator
    region = frame["region"].mask(inside, frame["region"].replace({one: other, other: one}))
    return Plant({"places_changed"}, one, indicator, observations=frame.assign(region=region))


@plant("12 two heads exchanged", APART)
def heads(rng: Rng, folder: Path, frame: pd.DataFrame) -> Plant:
    one, other = _some(rng, _sized(frame), "indicator", 2)
    indicator = frame["indicator"].replace({one: other, other: one})
    return Plant(SCALE, indicator=one, observations=frame.assign(indicator=indicator))


COLUMNS = ["check", "region", "year", "indicator", "message", "fields"]


def audited(observations: pd.DataFrame, remarks: pd.DataFrame) -> pd.DataFrame:
    return audit_table(observations, remarks, INDICATORS)[COLUMNS]


@cache
def usual() -> frozenset[tuple[object, ...]]:
    """Return the findings in the figures as they are."""
    rows = audited(real(), pd.DataFrame(columns=REMARKS)).astype(object).fillna("")
    return frozenset(rows.itertuples(index=False, name=None))


def outcome(planting: Planting, seed: str) -> str:
    """Return `found`, `marked` by another finding at the same place, or `missed`."""
    rng = np.random.default_rng([*seed.encode()])
    with TemporaryDirectory() as name:
        planted = planting(rng, Path(name), real().copy())
        observations, remarks = planted.observations, pd.DataFrame(columns=REMARKS)
        if observations is None:
            try:
                observations, remarks = read(Path(name), planted.reads)
            except StudyError:
                return "found"  # refused, in a line that names the cell
    rows = audited(observations, remarks).astype(object).fillna("")
    new = [row not in usual() for row in rows.itertuples(index=False, name=None)]
    there = pd.Series(new, rows.index)
    for column in ("region", "indicator", "year"):
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


def outcomes(number: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield the kind and the outcome of so many plants, the kinds in turn."""
    every = PLANTS | APART
    for place in range(number):
        kind = [*every][place % len(every)]
        yield kind, every[kind](f"{seed} {place}")
