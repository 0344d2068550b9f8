"""D of regions as a table of regions by years, with their groups, neighbours and level."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row
from coevo.coupling.level import PER_HEAD, level_adjusted, level_figures
from coevo.errors import Refusal

ALL = "all"
DRAWS = 9_999  # permutations of Moran's I
PLAIN, ADJUSTED = "D", "level_adjusted"
FEWEST_REGIONS = 4  # two coefficients and a variance need more
LIKELY = 0.05  # p below which a change or a likeness is more than chance


@dataclass(frozen=True)
class RegionalPanel:
    """What regional statistics are made of.

    coupling, panel: tables of the study; places: the region table; groups: its column of groups;
    size: indicators of size, of which the first over the second is the level (product per head);
    seed, draws: of permutations.
    """

    coupling: pd.DataFrame
    panel: pd.DataFrame
    places: pd.DataFrame
    groups: str
    size: Sequence[str]
    seed: int
    draws: int = DRAWS

    @cached_property
    def D(self) -> pd.DataFrame:
        """D with regions down and years across, both ascending; NaN where it is not known."""
        return self.coupling.pivot(index="region", columns="year", values="D").sort_index(axis=1)

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each region."""
        rows = self.coupling.drop_duplicates("region")
        return dict(zip(rows["region"], rows["name"], strict=True))

    def _of_places(self, column: str) -> pd.Series:
        """A column of the region table by region, "" where it or the region is missing."""
        if column not in self.places:
            return pd.Series("", self.D.index)
        return self.places.set_index("region")[column].reindex(self.D.index).fillna("")

    @cached_property
    def group(self) -> pd.Series:
        """Group of each region of the study."""
        groups = self._of_places(self.groups)
        lacking = int((groups == "").sum())
        if lacking:
            raise Refusal("regions_without_group", regions=lacking, column=self.groups)
        if groups.nunique() < 2:
            raise Refusal("one_group", column=self.groups)
        return groups

    @cached_property
    def neighbours(self) -> dict[str, list[str]]:
        """Neighbours of each region, as far as they are regions of the study."""
        known = set(self.D.index)
        listed = self._of_places("neighbours")
        by_region = {r: [n for n in text.split() if n in known] for r, text in listed.items()}
        if not any(by_region.values()):
            raise Refusal("no_neighbours")
        return by_region

    @cached_property
    def log_level(self) -> pd.DataFrame:
        """Log of product per head, with regions down and years across as in `D`."""
        sizes = level_figures(self.panel, self.size[:2])
        if len(self.size) < 2 or sizes.empty:
            raise Refusal("no_level")
        level = np.log(sizes[f"{self.size[0]}{PER_HEAD}"]).unstack("year")
        return level.reindex(index=self.D.index, columns=self.D.columns)

    @cached_property
    def log_adjusted(self) -> pd.DataFrame:
        """ln D with the level taken out: both less their means of the year, one slope."""
        frame = pd.DataFrame(
            {"D": self.D.where(self.D > 0).stack(), "level": self.log_level.stack()}
        )
        frame = frame.dropna()
        if frame.empty or frame["level"].nunique() < 2:
            raise Refusal("no_level")
        years = frame.index.get_level_values("year")
        left = pd.Series(level_adjusted(np.log(frame["D"]), frame["level"], years), frame.index)
        return left.unstack("year").reindex(index=self.D.index, columns=self.D.columns)

    def of(self, of: str) -> pd.DataFrame:
        """D, or how many times it is what the level gives: regions down, years across.

        Of the regions that are known in the first and in the last year, so that years compare.
        """
        values = self.D if of == PLAIN else np.exp(self.log_adjusted)
        return values[values.iloc[:, [0, -1]].notna().all(axis=1)]

    def in_space(self, of: str) -> pd.DataFrame:
        """What neighbours are compared by: D, or ln D with the level taken out."""
        return self.D if of == PLAIN else self.log_adjusted


def logs(y: pd.Series) -> pd.Series:
    """Return ln y; refuses a y that is 0 somewhere."""
    if (y <= 0).any():
        raise Refusal("zero_D", cases=int((y <= 0).sum()))
    return np.log(y)


def several(y: pd.Series, least: int) -> pd.Series:
    """Return y where it is known; refuses fewer regions than `least`."""
    known = y.dropna()
    if len(known) < least:
        raise Refusal("too_few_regions_known", regions=len(known), least=least)
    return known


def above_zero(y: pd.Series | Array) -> float:
    """Return the mean of y, 0 or more; refuses a y of zeros alone."""
    mean = float(y.mean())
    if not mean > 0:
        raise Refusal("all_zero")
    return mean


def varying(y: pd.Series, least: int = 2) -> pd.Series:
    """Return y where it is known; refuses fewer regions than `least`, and a y that is constant."""
    known = several(y, least)
    if np.ptp(known.to_numpy()) < 1e-12 * max(1.0, float(np.abs(known).max())):
        raise Refusal("no_variation")
    return known


def computed(
    statistic: str, compute: Callable[..., Mapping[str, Any]], *of: Any, **labels: Any
) -> Row:
    """Return a row with what is computed of something, or with the reason why it cannot be."""
    labels |= {"statistic": statistic}
    try:
        return labels | dict(compute(*of))
    except Refusal as why:
        return labels | why.columns


def by_year(
    statistic: str, values: pd.DataFrame, compute: Callable[[pd.Series], float], **at: Any
) -> Iterator[Row]:
    """Yield a row for each year: what `compute` makes of the regions that are known in it."""

    def in_year(y: pd.Series) -> Row:
        return {"value": float(compute(y)), "n": len(y)}

    for year, column in values.items():
        yield computed(statistic, in_year, column.dropna(), year=year, **at)
