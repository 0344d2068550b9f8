"""Vintages: which figure stands where several were published, and what was restated.

Vintages are ordered by name (YYYY-MM). A policy takes the observations of a study, within its
years, and returns one row per region, indicator and year that the files have: `value`, the
`vintage` it comes from and a `flag`. Of a missing figure the flag is its type; of a known one it is
`break` where the figure of the year before (the last known one) is of another vintage, `spliced`
where the figure is linked to a newer level, else "" (docs/methods.md, 1).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coevo.files import as_table
from coevo.observations.units import unit_of
from coevo.schema import BREAK, SPLICED

Vintages = dict[str, dict[int, float]]  # of one series: vintage -> year -> figure
SERIES = ["region", "indicator"]
CELL = [*SERIES, "year"]
# A rate or a share has no growth to be carried over, and a link might lead out of its range.
NOT_LINKED = {"ratio", "index"}


def single(observations: pd.DataFrame) -> pd.DataFrame:
    """Each series whole from the newest vintage that has figures for most of the years."""
    known = observations.groupby([*SERIES, "vintage"], as_index=False)["value"].count()
    newest = known.sort_values(["value", "vintage"]).drop_duplicates(SERIES, keep="last")
    whole = observations.merge(newest[[*SERIES, "vintage"]], on=[*SERIES, "vintage"])
    return _marked(whole, whole["vintage"])


def overlay(observations: pd.DataFrame) -> pd.DataFrame:
    """The newest figure of each cell; a blank in a newer vintage takes no figure away."""
    newest = newest_known(observations)
    return _marked(newest, newest["vintage"])


def splice(observations: pd.DataFrame) -> pd.DataFrame:
    """The newest vintage's level; years it lacks are linked by the growth rates of older ones.

        x(t) = old(t) new(t0)/old(t0)    t0: the nearest year in which both are positive

    Repeated over the vintages from the newest; of two equally near years the earlier counts.
    Without such a year the older figure stands as it is; so do rates, shares and index numbers.
    """
    stands = newest_known(observations)
    stands = stands.assign(level=stands["vintage"]).set_index(CELL)
    known = several(observations)
    kinds = {unit: unit_of(unit).measures for unit in known["unit"].unique()}
    known = known.loc[~known["unit"].map(kinds).isin(NOT_LINKED), [*CELL, "vintage", "value"]]
    series: dict[tuple[str, str], Vintages] = defaultdict(lambda: defaultdict(dict))
    for region, indicator, year, vintage, value in known.itertuples(index=False, name=None):
        series[region, indicator][vintage][year] = value
    linked = [(*key, *row) for key, vintages in series.items() for row in _linked(vintages)]
    figures = pd.DataFrame(linked, columns=[*CELL, "value", "vintage", "level"])
    stands.update(figures.set_index(CELL))
    stands = stands.reset_index()
    return _marked(stands[observations.columns], stands["level"])


# name -> (observations within the years of a study) -> value, vintage and flag of each cell
POLICIES = {"single": single, "overlay": overlay, "splice": splice}


def newest_known(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the newest known figure of each cell; where there is none, the newest mark."""
    ordered = observations.assign(known=observations["value"].notna())
    ordered = ordered.sort_values([*CELL, "known", "vintage"]).drop(columns="known")
    return ordered.drop_duplicates(CELL, keep="last", ignore_index=True)


def _linked(vintages: Vintages) -> Iterator[tuple[int, float, str, str]]:
    """Yield the spliced figures of one series: year, value, vintage, and that of the level."""
    value: dict[int, float] = {}
    level: dict[int, str] = {}
    for vintage, old in sorted(vintages.items(), reverse=True):
        shared = [t for t in old if t in value and old[t] > 0 and value[t] > 0]
        for year in sorted(set(old) - set(value)):
            value[year], level[year] = old[year], vintage
            if shared:
                t0 = min(shared, key=lambda t: (abs(t - year), t))
                value[year], level[year] = old[year] * (value[t0] / old[t0]), level[t0]
            yield year, value[year], vintage, level[year]


def _marked(stands: pd.DataFrame, level: pd.Series) -> pd.DataFrame:
    """Return the standing figures in order, flagged by the vintage whose level each is on."""
    frame = stands.assign(level=level.to_numpy()).sort_values(CELL, ignore_index=True)
    known = frame["value"].notna()
    before = frame[known].groupby(SERIES)["level"].shift().reindex(frame.index)
    flag = np.where(frame["level"] == frame["vintage"], "", SPLICED)
    flag = np.where(before.notna() & (before != frame["level"]), BREAK, flag)
    return frame.assign(flag=np.where(known, flag, frame["flag"])).drop(columns="level")


def several(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the known figures of the series that have figures of more than one vintage."""
    known = observations[observations["value"].notna()]
    return known[known.groupby(SERIES)["vintage"].transform("nunique") > 1]


def of_years(observations: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return the observations of some years."""
    return observations[observations["year"].isin(years)]


def successive(figures: pd.DataFrame) -> pd.DataFrame:
    """Return rows of one cell after another vintage's, beside `old_`: value, vintage, half unit."""
    ordered = figures.sort_values("vintage", kind="stable")
    before = ordered.groupby(CELL)[["value", "vintage", "half_unit"]].shift().add_prefix("old_")
    pairs = ordered.join(before).loc[figures.index]
    return pairs[pairs["old_vintage"].notna()]


def revisions(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per restated figure and pair of successive vintages that have the figure.

    frame: observations with `half_unit`, half a unit of the last digit printed. A figure is
    restated if no number, rounded in one and the same way, gives both: |new - old| >= the two half
    units together. `relative_change` = new/old - 1, empty for an old figure of 0. Rows come in the
    order of `frame`. A figure that was missing before is no restatement; for one that was withdrawn
    see `withdrawn`.
    """
    pairs = successive(frame[frame["value"].notna()])
    change = (pairs["value"] - pairs["old_value"]).abs()
    # a difference of decimal figures may come out a last binary digit too small
    restated = change >= (pairs["half_unit"] + pairs["old_half_unit"]) * (1 - 1e-9)
    restated_rows = pairs[restated].rename(
        columns={"old_value": "old", "value": "new", "vintage": "new_vintage"}
    )
    change = (restated_rows["new"] / restated_rows["old"] - 1).where(restated_rows["old"] != 0)
    return as_table("revisions", restated_rows.assign(relative_change=change))


def withdrawn(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the observations without figure of which the vintage before has one.

    frame: observations. Added are `old_value` and `old_vintage`.
    """
    pairs = successive(frame.assign(half_unit=0.0))
    return pairs[pairs["value"].isna() & pairs["old_value"].notna()]
