"""Figures as they would be if every ratio between regions had stayed what it was (methods, 3)."""

import numpy as np
import pandas as pd

from coevo.errors import Refusal
from coevo.normalisation import complete_rows


def panel_with_ratios_held(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of an indicator system with all ratios between regions held.

    Each region keeps its ratio to the others of its first year, and each indicator grows in every
    region as it does on average: the mean over regions of the growth of its logarithm, year by
    year, from figures above zero. A region that begins at zero stays there. What D shows of such
    figures is what the method makes by itself.

    Parameters
    ----------
    panel : DataFrame
        Long table: region, name, year, indicator, value.
    indicators : DataFrame
        Indicator table; region-years with every indicator of a subsystem enter.

    Returns
    -------
    DataFrame
        Long table as `panel`.

    Raises
    ------
    Refusal
        Where a figure is below zero, since ratios then mean nothing.
    """
    long = complete_rows(panel, indicators).rename_axis(columns="indicator").stack()
    figures = long.unstack("year").sort_index(axis="columns")
    below = figures.index.get_level_values("indicator")[(figures < 0).any(axis=1)]
    if len(below):
        raise Refusal("below_zero", indicators=sorted(set(below)))
    growth = np.log(figures.where(figures > 0)).diff(axis="columns")
    mean = growth.groupby(level="indicator").mean().fillna(0.0)
    path = np.exp(mean.cumsum(axis="columns")).reindex(figures.index, level="indicator")
    starts = (figures / path).bfill(axis="columns").iloc[:, 0]
    held = path.mul(starts, axis="index").where(figures.notna())
    return held.stack().rename("value").reset_index()
