"""Figures of quarters and months made into those of years, as the indicator table says."""

import math
from collections.abc import Callable, Iterator, Sequence

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


def _chain(rows: Sequence[Row]) -> list[Row]:
    """Return periods that make up the year without gap or overlap, the shortest; [] if none do."""
    chain: list[Row] = []
    month = 1
    while month <= MONTHS:
        following = [row for row in rows if row["first"] == month]
        if not following:
            return []
        chain.append(min(following, key=lambda row: row["last"]))
        month = chain[-1]["last"] + 1
    return chain


def _end(rows: Sequence[Row]) -> list[Row]:
    """Return the shortest period at the end of the year, [] if there is none."""
    return sorted((r for r in rows if r["last"] == MONTHS), key=lambda row: row["months"])[:1]


# how a year is made of its parts -> those that it needs, and the months of which each counts
FREQUENCIES: dict[str, tuple[Callable[[Sequence[Row]], list[Row]], str]] = {
    "": (lambda rows: [], ""),  # not at all
    "sum": (_chain, ""),
    "mean": (_chain, "months"),
    "last": (_end, ""),
}


def _years(rows: Sequence[Row], frequency: str) -> Iterator[Row]:
    """Yield the figure of a year, at the place of its last part; missing if a part is.

    Nothing where the parts are not there that it needs.
    """
    parts, weight = FREQUENCIES[frequency]
    if used := parts(rows):
        weights = [row.get(weight, 1) for row in used]
        made = {
            name: math.fsum(w * row[name] for w, row in zip(weights, used, strict=True))
            / (MONTHS if weight else 1)
            for name in ("value", "half_unit")
        }
        missing = [row["flag"] for row in used if np.isnan(row["value"])]
        flag = missing[0] if missing else max(row["flag"] for row in used)
        yield used[-1] | made | {"flag": flag, "period": WHOLE}


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
    begin, end = parts["period"] // 100, parts["period"] % 100
    parts = parts.assign(first=begin, last=end, months=end - begin + 1)
    remarks: list[tuple[int, int, Remark]] = []
    made: list[Row] = []
    ids = list(known.units)
    for _, own in parts.groupby("indicator", sort=True):
        names = ["indicator", "source", "row", "column", "year", "first", "last"]
        indicator, source, *place, year, first, last = map(int, own[names].iloc[0])
        frequency = known.frequency[indicator]
        shown = f"{places[source]} › {xl_rowcol_to_cell(*place)}: {ids[indicator]}"
        example = Period(year, first, last).text
        if not frequency:
            problems.add(
                f"{shown}: has figures of parts of a year ({example}); write under frequency in "
                f"the indicator table how they make a year: {', '.join(filter(None, FREQUENCIES))}"
            )
            continue
        if frequency != "last" and own["first"].eq(1).all():
            problems.add(
                f"{shown}: has figures from January on ({example}), of which each holds those "
                f"before; write last under frequency in the indicator table, not {frequency}"
            )
            continue
        groups = (rows.to_dict("records") for _, rows in own.groupby(SERIES, sort=True))
        found = [year_ for rows in groups for year_ in _years(rows, frequency)]
        made += found
        fields = {"figures": len(found), "parts": len(own), "frequency": frequency}
        remarks.append((indicator, source, Remark("parts", "made_of_parts", fields, *place)))
    if made:
        added = pd.DataFrame(made, columns=frame.columns).astype(frame.dtypes.to_dict())
        keys = pd.MultiIndex.from_frame(added[SERIES])
        years = years[~pd.MultiIndex.from_frame(years[SERIES]).isin(keys)]  # were blank
        years = pd.concat([years, added])
    order = ["indicator", "region", "year", "source"]
    return years.sort_values(order, kind="stable", ignore_index=True), remarks
