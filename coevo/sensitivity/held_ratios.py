"""Figures as they would be if every ratio between regions had stayed what it was (methods, 3)."""

import numpy as np
import pandas as pd

from coevo.normalisation import complete_rows


def panel_with_ratios_held(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame | None:
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
    DataFrame or None
        Long table as `panel`; None where a figure is below zero, since ratios then mean nothing.
    """
    figures = complete_rows(panel, indicators).sort_index()
    if (figures < 0).any(axis=None):
        return None
    logs, years = np.log(figures.where(figures > 0)), figures.index.get_level_values("year")
    place = pd.Series(pd.factorize(years, sort=True)[0], figures.index)
    by_region = {"level": "region", "sort": False}
    steps = logs.groupby(**by_region).diff()[place.groupby(**by_region).diff().eq(1)]
    growth = steps.groupby(level="year").mean().reindex(sorted(set(years))).fillna(0.0)
    path = np.exp(growth.cumsum().loc[years].to_numpy())
    held = (figures / path).groupby(**by_region).transform("first") * path
    long = held.rename_axis(columns="indicator").stack(future_stack=True)
    return long.rename("value").reset_index()
