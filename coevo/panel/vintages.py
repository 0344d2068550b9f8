"""Vintages: which figure stands where several were published, and what was restated.

Vintages are ordered by name (YYYY-MM). A policy takes the observations of a study, within its
years, and returns one row per region, indicator and year that the files have: `value`, the
`vintage` it comes from and a `flag`. Of a missing figure the flag is its type; of a known one it is
`break` where the figure of the year before (the last known one) is of another vintage, `spliced`
where the figure is linked to a newer level, else "" (docs/methods.md, 1).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.messages import message_columns
from coevo.observations.units import find_unit

BREAK, SPLICED = "break", "spliced"
SERIES = ["region", "indicator"]
CELL = [*SERIES, "year"]
REVISIONS = ["region", "name", "year", "indicator", "old", "new", "old_vintage", "new_vintage"]
REVISIONS += ["relative_change"]
# A rate or a share has no growth to be carried over, and a link might lead out of its range.
NOT_LINKED = {"ratio", "index"}


class Standing(NamedTuple):
    """The figure that stands for a year; `level`: the vintage whose level it is on."""

    value: float
    vintage: str
    level: str


def single(observations: pd.DataFrame) -> pd.DataFrame:
    """Each series whole from the newest vintage that has figures for most of the years."""
    covered = (
        observations.assign(known=observations["value"].notna())
        .groupby([*SERIES, "vintage"], as_index=False)["known"]
        .sum()
        .sort_values(["known", "vintage"])
        .drop_duplicates(SERIES, keep="last")
    )
    whole = observations.merge(covered[[*SERIES, "vintage"]], on=[*SERIES, "vintage"])
    return _marked(whole, whole["vintage"])


def overlay(observations: pd.DataFrame) -> pd.DataFrame:
    """The newest figure of each cell; a blank in a newer vintage takes no figure away."""
    newest = _newest(observations)
    return _marked(newest, newest["vintage"])


def splice(observations: pd.DataFrame) -> pd.DataFrame:
    """The newest vintage's level; years it lacks are linked by the growth rates of older ones.

        x(t) = old(t) new(t0)/old(t0)    t0: the nearest year in which both are positive

    Repeated over the vintages from the newest; of two equally near years the earlier counts.
    Without such a year the older figure stands as it is; so do rates, shares and index numbers.
    """
    stands = _newest(observations)
    figures = {
        (*key, year): figure
        for key, vintages in _linkable(several(observations)).items()
        for year, figure in _linked(vintages).items()
    }
    cells = stands[CELL].itertuples(index=False, name=None)
    there = zip(stands["value"], stands["vintage"], stands["vintage"], strict=True)
    linked = [figures.get(cell, Standing(*own)) for cell, own in zip(cells, there, strict=True)]
    frame = pd.DataFrame(linked, columns=Standing._fields, index=stands.index)
    return _marked(stands.assign(value=frame["value"], vintage=frame["vintage"]), frame["level"])


# name -> (observations within the years of a study) -> value, vintage and flag of each cell
POLICIES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "single": single,
    "overlay": overlay,
    "splice": splice,
}


def _newest(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the newest known figure of each cell; where there is none, the newest mark."""
    ordered = observations.assign(known=observations["value"].notna())
    ordered = ordered.sort_values([*CELL, "known", "vintage"])
    return ordered.drop_duplicates(CELL, keep="last").drop(columns="known").reset_index(drop=True)


def _linkable(known: pd.DataFrame) -> dict[tuple[str, str], dict[str, dict[int, float]]]:
    """Return series -> vintage -> year -> figure, of those that measure what may be linked."""
    kinds = {unit: find_unit(unit).measures for unit in known["unit"].unique()}
    columns = known.loc[~known["unit"].map(kinds).isin(NOT_LINKED), [*CELL, "vintage", "value"]]
    series: dict[tuple[str, str], dict[str, dict[int, float]]] = {}
    for region, indicator, year, vintage, value in columns.itertuples(index=False, name=None):
        series.setdefault((region, indicator), {}).setdefault(vintage, {})[year] = value
    return series


def _linked(vintages: dict[str, dict[int, float]]) -> dict[int, Standing]:
    """Return the spliced figures of one series by year."""
    stands: dict[int, Standing] = {}
    for vintage, old in sorted(vintages.items(), reverse=True):
        shared = [t for t in old if t in stands and old[t] > 0 and stands[t].value > 0]
        for year in sorted(set(old) - set(stands)):
            if shared:
                t0 = min(shared, key=lambda t: (abs(t - year), t))
                value = old[year] * (stands[t0].value / old[t0])
                stands[year] = Standing(value, vintage, stands[t0].level)
            else:
                stands[year] = Standing(old[year], vintage, vintage)
    return stands


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


def _successive(figures: pd.DataFrame) -> pd.DataFrame:
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
    pairs = _successive(frame[frame["value"].notna()])
    change = (pairs["value"] - pairs["old_value"]).abs()
    # a difference of decimal figures may come out a last binary digit too small
    restated = change >= (pairs["half_unit"] + pairs["old_half_unit"]) * (1 - 1e-9)
    found = pairs[restated]
    old, new = found["old_value"].astype(float), found["value"].astype(float)
    kept = found[["region", "name", "year", "indicator"]].assign(
        old=old,
        new=new,
        old_vintage=found["old_vintage"],
        new_vintage=found["vintage"],
        relative_change=(new / old - 1).where(old != 0),
    )
    return kept[REVISIONS].reset_index(drop=True)


def withdrawn(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a finding of the audit per figure that a newer vintage lists without giving it.

    frame: observations. `printed` holds the older figure; the place is that of the newer blank.
    """
    pairs = _successive(frame.assign(half_unit=0.0))
    gone = pairs[pairs["value"].isna() & pairs["old_value"].notna()]
    return [
        {
            **{name: row[name] for name in ("region", "name", "year", "indicator", "unit")},
            **{name: row[name] for name in ("file", "sheet", "cell")},
            "check": "withdrawn",
            "printed": row["old_value"],
            "computed": np.nan,
            **message_columns(
                "withdrawn",
                {name: row[name] for name in ("vintage", "flag", "old_vintage", "old_value")},
            ),
        }
        for row in gone.to_dict("records")
    ]
