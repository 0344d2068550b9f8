"""Figures that stand twice in one vintage: equal ones merge, different ones are refused."""

import numpy as np
import pandas as pd

from coevo.errors import Problems
from coevo.observations.sheets import Remark, cell_name

KEY = ["vintage", "region", "indicator", "year"]
SAME = 1e-12  # relative; the same figure may come in 万元 and in 亿元
SHOWN = 3  # pairs of cells in a message


def _cell(row: pd.Series) -> str:
    return f"{cell_name(row['row'], row['column'])} = {row['value']:.10g}"


def merge_duplicates(
    frame: pd.DataFrame, places: list[str], problems: Problems
) -> tuple[pd.DataFrame, list[tuple[int, Remark]]]:
    """Keep one of the figures of a vintage for the same region, indicator and year.

    `frame` has `KEY`, value, row, column, and source: the place of its table in `places`. A number
    goes before a missing figure, then the first counts. Returns the frame and remarks, each with
    its source, one for each pair of tables with equal figures; for each pair with different ones
    there is a line in `problems`.
    """
    double = frame.duplicated(KEY, keep=False).to_numpy()
    if not double.any():
        return frame, []
    same = frame[double].assign(missing=lambda part: part["value"].isna())
    same = same.sort_values([*KEY, "missing"], kind="stable")
    group = same.groupby(KEY, sort=False).ngroup().to_numpy()
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    kept = same.iloc[first[group]]
    value, other = kept["value"].to_numpy(), same["value"].to_numpy()
    equal = np.abs(value - other) <= SAME * np.abs(value)
    further = kept.index.to_numpy() != same.index.to_numpy()
    remarks = []
    for alike in (True, False):
        chosen = further & ~np.isnan(other) & (equal == alike)
        pairs = pd.DataFrame(
            {
                "kept": kept["source"].to_numpy()[chosen],
                "other": same["source"].to_numpy()[chosen],
                "place": np.flatnonzero(chosen),
                "row": kept["row"].to_numpy()[chosen],
                "column": kept["column"].to_numpy()[chosen],
            }
        ).sort_values(["row", "column"], kind="stable")
        for (source, second), part in pairs.groupby(["kept", "other"]):
            top = kept.iloc[part["place"].iloc[0]]
            there = f"in {places[second]}" if source != second else "in the same table"
            if alike:
                same_table = source == second
                fields = {"figures": len(part)} | ({} if same_table else {"place": places[second]})
                message = "equal_in_table" if same_table else "equal_elsewhere"
                place = int(top["row"]), int(top["column"])
                remarks.append((int(source), Remark("duplicate", message, fields, *place)))
                continue
            cells = "; ".join(
                f"{_cell(kept.iloc[place])}, there {_cell(same.iloc[place])}"
                for place in part["place"].head(SHOWN)
            )
            more = "; ..." if len(part) > SHOWN else ""
            figures = "1 figure differs" if len(part) == 1 else f"{len(part)} figures differ"
            problems.add(
                f"{places[source]} › {cell_name(top['row'], top['column'])}: {figures} from those "
                f"for the same region, year and indicator {there}: {cells}{more}; keep the right "
                "ones"
            )
    return frame.drop(index=same.index[further]), remarks
