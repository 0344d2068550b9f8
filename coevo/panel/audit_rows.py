"""Rows of the audit: one a figure, or one a block of figures that are odd in the same way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coevo.messages import message_columns

MOST = 0.4  # of the figures of a block, in the years concerned, that make it one finding
FEWEST = 5  # figures, or regions, from which anything is concluded
FAR = 50  # half units that a figure must have: its digits say something, and it is far from zero
NORMAL = 1.4826  # standard deviations in a median of absolute differences
LINE = ["vintage", "indicator", "region"]
BLOCKS = [LINE[:1], LINE[:2], ["vintage", "region"], LINE]

Finding = dict[str, Any]  # a row of the audit by column, and what else the figure has


def in_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the known figures line by line in the order of years, `before` the year before's."""
    rows = frame[frame["value"].notna()].sort_values([*LINE, "year"], kind="stable")
    last = rows.shift()
    follows = (rows[LINE] == last[LINE]).all(axis=1) & (rows["year"] == last["year"] + 1)
    return rows.assign(before=last["value"].where(follows))


def finding_row(
    check: str, row: Mapping[str, Any], message: str, computed: float = np.nan, **fields: Any
) -> Finding:
    """Return a row of the audit on a figure; fields: those of the message."""
    columns = {"check": check, "printed": row["value"], "computed": computed}
    return {**row, **columns, **message_columns(message, fields)}


def finding_rows(
    check: str,
    message: str,
    odd: pd.DataFrame,
    keys: list[str],
    computed: str = "value",
    fields: Sequence[str] = (),
) -> Iterator[Finding]:
    """Yield a row for each group of odd figures, at its first, with their number.

    computed, fields: columns of that figure; its value and unit are always fields of the message.
    """
    for _, part in odd.groupby(keys, sort=False):
        row = part.iloc[0].to_dict()
        values = {name: row[name] for name in ("value", "unit", *fields)}
        yield finding_row(check, row, message, row[computed], figures=len(part), **values)


def block_rows(
    check: str,
    message: str,
    rows: pd.DataFrame,
    most: float = MOST,
    fewest: int = 1,
    **columns: Any,
) -> Iterator[Finding]:
    """Yield a row for each of the largest blocks of figures that are odd in one way, else a series.

    rows: all figures, with `by`, in what way each is odd, 0 if it is not. A block is a vintage, an
    indicator, a region or a series of which the share `most`, in the years concerned, and `fewest`
    figures are odd in one way. columns: as in `finding_rows`.
    """
    odd = rows[rows["by"] != 0]
    for keys in BLOCKS:
        if odd.empty:
            return
        same = [*keys, "by"]
        every = rows[[*keys, "year"]].merge(odd[[*same, "year"]].drop_duplicates())
        share = odd.groupby(same).size() / every.groupby(same).size()
        count = odd.groupby(same)["value"].transform("size")
        whole = share.index[share >= (most if keys != LINE else 0)]
        inside = pd.MultiIndex.from_frame(odd[same]).isin(whole) & (count >= fewest)
        yield from finding_rows(check, message, odd[inside], same, **columns)
        odd = odd[~inside]
