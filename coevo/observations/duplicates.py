"""Figures that stand twice in one vintage: equal ones merge, different ones are refused."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import Problems
from coevo.observations.sheets import Remark

KEY = ["vintage", "region", "indicator", "year", "period"]
SAME = 1e-12  # relative; the same figure may come in 万元 and in 亿元
SHOWN = 3  # pairs of cells in a message


def _cell(pair: Mapping[str, Any], end: str = "") -> str:
    place = xl_rowcol_to_cell(pair[f"row{end}"], pair[f"column{end}"])
    return f"{place} = {pair[f'value{end}']:.10g}"


def merge_duplicates(
    frame: pd.DataFrame, places: list[str], problems: Problems
) -> tuple[pd.DataFrame, list[tuple[int, Remark]]]:
    """Keep one of the figures of a vintage for the same region, indicator and year.

    `frame` has `KEY`, value, row, column, and source: the place of its table in `places`. A number
    goes before a missing figure, then the first counts. Returns the frame and remarks, each with
    its source, one for each pair of tables with equal figures; for each pair with different ones
    there is a line in `problems`.
    """
    double = frame[frame.duplicated(KEY, keep=False)]
    double = double.assign(missing=double["value"].isna()).sort_values([*KEY, "missing"])
    groups = double.groupby(KEY, sort=False)
    kept = groups[["value", "source", "row", "column"]].transform("first")
    further = groups.cumcount() > 0
    pairs = double.join(kept.add_suffix("_kept"))[further & ~double["missing"]]
    apart = (pairs["value_kept"] - pairs["value"]).abs()
    pairs["equal"] = apart <= SAME * pairs["value_kept"].abs()
    pairs = pairs.sort_values(["row_kept", "column_kept"], kind="stable")
    remarks = []
    for (equal, source, other), part in pairs.groupby(["equal", "source_kept", "source"]):
        row, column = (int(part[name].iloc[0]) for name in ("row_kept", "column_kept"))
        if equal:
            elsewhere = {} if source == other else {"place": places[other]}
            message = "equal_elsewhere" if elsewhere else "equal_in_table"
            fields = {"figures": len(part)} | elsewhere
            remarks.append((source, Remark("duplicate", message, fields, row, column)))
            continue
        cells = "; ".join(
            f"{_cell(pair, '_kept')}, there {_cell(pair)}"
            for pair in part.head(SHOWN).to_dict("records")
        )
        more = "; ..." if len(part) > SHOWN else ""
        there = "in the same table" if source == other else f"in {places[other]}"
        figures = "1 figure differs" if len(part) == 1 else f"{len(part)} figures differ"
        problems.add(
            f"{places[source]} › {xl_rowcol_to_cell(row, column)}: {figures} from those for the "
            f"same region, year and indicator {there}: {cells}{more}; keep the right ones"
        )
    return frame.drop(index=double.index[further]), remarks
