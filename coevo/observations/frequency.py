"""Figures of quarters and months made into those of years, as the indicator table says."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.arrays import Row
from coevo.errors import Problems
from coevo.observations.periods import WHOLE, Period
from coevo.observations.recognition import StudyTerms
from coevo.observations.sheets import Remark

SERIES = ["vintage", "region", "indicator", "year"]
MONTHS = 12


def _first(row: Row) -> int:
    return int(row["period"]) // 100


def _last(row: Row) -> int:
    return int(row["period"]) % 100


def _chain(rows: Sequence[Row]) -> list[Row]:
    """Return periods that make up the year without gap or overlap, the shortest; [] if none do."""
    chain: list[Row] = []
    month = 1
    while month <= MONTHS:
        following = [row for row in rows if _first(row) == month]
        if not following:
            return []
        chain.append(min(following, key=_last))
        month = _last(chain[-1]) + 1
    return chain


def _months(row: Row) -> int:
    return _last(row) - _first(row) + 1


def _summed(rows: Sequence[Row], name: str) -> float:
    return math.fsum(row[name] for row in _chain(rows))


def _averaged(rows: Sequence[Row], name: str) -> float:
    return math.fsum(_months(row) * row[name] for row in _chain(rows)) / MONTHS


def _at_the_end(rows: Sequence[Row], name: str) -> float:
    return float(_end(rows)[0][name])


def _end(rows: Sequence[Row]) -> list[Row]:
    """Return the shortest period at the end of the year, [] if there is none."""
    return sorted((row for row in rows if _last(row) == MONTHS), key=_months)[:1]


# how a year is made of its parts -> its figure from theirs; each month counts once in a mean
FREQUENCIES: dict[str, Callable[[Sequence[Row], str], float]] = {
    "": lambda rows, name: math.nan,  # not at all
    "sum": _summed,
    "mean": _averaged,
    "last": _at_the_end,
}


def _complete(rows: Sequence[Row], frequency: str) -> bool:
    """Whether the parts are there that the figure of the year needs."""
    return bool(_used(rows, frequency))


def _used(rows: Sequence[Row], frequency: str) -> list[Row]:
    return _end(rows) if frequency == "last" else _chain(rows)


def _year(rows: Sequence[Row], frequency: str) -> Row:
    """Return the figure of a year, at the place of its last part; missing if a part is."""
    used = _used(rows, frequency)
    make = FREQUENCIES[frequency]
    made = {name: make(rows, name) for name in ("value", "half_unit")}
    flags = [int(row["flag"]) for row in used]
    missing = [flag for row, flag in zip(used, flags, strict=True) if np.isnan(row["value"])]
    flag = missing[0] if missing else max(flags)
    return used[-1] | made | {"flag": flag, "period": WHOLE}


def whole_years(
    frame: pd.DataFrame, known: StudyTerms, places: Sequence[str], problems: Problems
) -> tuple[pd.DataFrame, list[tuple[int, int, Remark]]]:
    """Return the figures of years: those printed, and those made of quarters or months.

    frame: figures as `FIGURES` with vintage and source, sorted; places: how messages name the
    tables. A year that is printed goes before its parts. A year is made where the parts that it
    needs are there. Remarks come with the places of indicator and source. Parts of an indicator
    whose `frequency` is not given are a line in `problems`.
    """
    parts = frame[frame["period"] != WHOLE]
    if parts.empty:
        return frame, []
    years = frame[frame["period"] == WHOLE]
    printed = pd.MultiIndex.from_frame(years.loc[years["value"].notna(), SERIES])
    parts = parts[~pd.MultiIndex.from_frame(parts[SERIES]).isin(printed)]
    remarks: list[tuple[int, int, Remark]] = []
    made: list[Row] = []
    ids = list(known.units)
    for _, own in parts.groupby("indicator", sort=True):
        first = own.iloc[0]
        frequency = known.frequency[int(first["indicator"])]
        place = int(first["row"]), int(first["column"])
        source = int(first["source"])
        shown = f"{places[source]} › {xl_rowcol_to_cell(*place)}: {ids[int(first['indicator'])]}"
        months = int(first["period"])
        example = Period(int(first["year"]), months // 100, months % 100).text
        if not frequency:
            problems.add(
                f"{shown}: has figures of parts of a year ({example}); write under frequency in "
                f"the indicator table how they make a year: {', '.join(filter(None, FREQUENCIES))}"
            )
            continue
        groups = [rows.to_dict("records") for _, rows in own.groupby(SERIES, sort=True)]
        if frequency != "last" and all({_first(row) for row in rows} == {1} for rows in groups):
            problems.add(
                f"{shown}: has figures from January on ({example}), of which each holds those "
                f"before; write last under frequency in the indicator table, not {frequency}"
            )
            continue
        found = [_year(rows, frequency) for rows in groups if _complete(rows, frequency)]
        made += found
        fields = {"figures": len(found), "parts": len(own), "frequency": frequency}
        remarks.append(
            (int(first["indicator"]), source, Remark("parts", "made_of_parts", fields, *place))
        )
    if made:
        added = pd.DataFrame(made, columns=frame.columns).astype(frame.dtypes.to_dict())
        keys = pd.MultiIndex.from_frame(added[SERIES])
        years = years[~pd.MultiIndex.from_frame(years[SERIES]).isin(keys)]  # were blank
        years = pd.concat([years, added])
    order = ["indicator", "region", "year", "source"]
    return years.sort_values(order, kind="stable", ignore_index=True), remarks
