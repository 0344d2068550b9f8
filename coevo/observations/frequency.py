"""Figures of quarters and months made into those of years, as the indicator table says."""

import math
from collections.abc import Iterator, Sequence

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
FREQUENCIES = ("", "sum", "mean", "last")  # how a year is made of its parts; "" not at all


def _parts(rows: Sequence[Row], frequency: str) -> list[Row]:
    """Return the periods that make a year: the shortest at its end, or a chain; [] without them.

    A chain has neither gap nor overlap, and of periods that begin in one month the shortest.
    """
    if frequency == "last":
        ends = [row for row in rows if row["last"] == MONTHS]
        return sorted(ends, key=lambda row: -row["first"])[:1]
    chain: list[Row] = []
    month = 1
    while month <= MONTHS:
        following = [row for row in rows if row["first"] == month]
        if not following:
            return []
        chain.append(min(following, key=lambda row: row["last"]))
        month = chain[-1]["last"] + 1
    return chain


def _years(rows: Sequence[Row], frequency: str) -> Iterator[Row]:
    """Yield the figure of a year, at the place of its last part; missing if a part is.

    Of a mean each part counts as often as it has months. Nothing where parts are missing.
    """
    if parts := _parts(rows, frequency):
        is_mean = frequency == "mean"
        weights = [row["last"] - row["first"] + 1 if is_mean else 1 for row in parts]
        figure = {
            name: math.fsum(w * row[name] for w, row in zip(weights, parts, strict=True))
            / (MONTHS if is_mean else 1)
            for name in ("value", "half_unit")
        }
        missing = [row["flag"] for row in parts if np.isnan(row["value"])]
        flag = missing[0] if missing else max(row["flag"] for row in parts)
        yield parts[-1] | figure | {"flag": flag, "period": WHOLE}


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
    parts = parts.assign(first=parts["period"] // 100, last=parts["period"] % 100)
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
