"""Min-max normalisation of indicators against stated minima and maxima (docs/methods.md, 2)."""

import hashlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import Problems, StudyError

Array = npt.NDArray[np.float64]


def minmax(
    x: npt.ArrayLike,
    direction: str,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    range: tuple[float, float] = (0.01, 0.99),
) -> Array:
    """Return figures mapped to `range` by their distance from the minimum and the maximum.

    Direction "+": z = lo + (hi - lo) (x - low) / (high - low); direction "-": the mirror image,
    z = lo + (hi - lo) (high - x) / (high - low). `x` has any shape that broadcasts with `low` and
    `high`; the result has the shape of `x`. Nothing is cut off: x beyond [low, high] gives z beyond
    `range`.

    Raises `StudyError` if high = low (a constant indicator measures no difference) or for a
    direction that is neither "+" nor "-". Source: OECD/JRC Handbook on Constructing Composite
    Indicators (2008), step 5.
    """
    x, low, high = (np.asarray(part, dtype=float) for part in (x, low, high))
    if np.any(high == low):
        raise StudyError("an indicator that is constant over its reference cannot be normalised")
    if direction not in ("+", "-"):
        raise StudyError(f"direction '{direction}' is neither '+' nor '-'")
    share = (x - low) / (high - low) if direction == "+" else (high - x) / (high - low)
    return range[0] + (range[1] - range[0]) * share


def panel_reference(values: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Minimum and maximum of each indicator over all regions and years: comparable over time."""
    return values.min(), values.max()


REFERENCES: dict[str, Callable[[pd.DataFrame], tuple[pd.Series, pd.Series]]] = {
    "panel": panel_reference,
}


def complete_rows(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the region-years in which every subsystem indicator has a value, one column each.

    Raises `StudyError` for a region that has none, with the indicators it lacks.
    """
    used = indicators.loc[indicators["subsystem"] != "", "indicator"]
    wide = panel.pivot(index=["region", "name", "year"], columns="indicator", values="value")[used]
    complete = wide.dropna()
    problems = Problems()
    kept = set(complete.index.get_level_values("region"))
    for (region, name), rows in wide.groupby(level=["region", "name"], sort=False):
        if region not in kept:
            lacking = ", ".join(used[rows.isna().any().to_numpy()])
            problems.add(
                f"regions: {region} {name} has no year with all indicators: figures are missing "
                f"for {lacking}; supply them, or leave the region out under regions"
            )
    problems.check()
    return complete


def normalise(
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    reference: str = "panel",
    range: tuple[float, float] = (0.01, 0.99),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `normalised` (region, name, year, indicator, z) and `goalposts` (low, high, hash).

    Only region-years with all subsystem indicators enter, here and in the reference. Raises
    `StudyError` naming every indicator that is constant over its reference.
    """
    values = complete_rows(panel, indicators)
    low, high = REFERENCES[reference](values)
    problems = Problems()
    for indicator in values.columns[(low == high).to_numpy()]:
        problems.add(
            f"{indicator}: is {low[indicator]:g} in every region and year of the study, so it "
            "tells nothing apart; remove it from the indicator table or check the files"
        )
    problems.check()
    lo, hi = range
    directions = dict(indicators[["indicator", "direction"]].to_numpy())
    z = pd.DataFrame(
        {i: minmax(values[i], directions[i], low[i], high[i], (lo, hi)) for i in values},
        index=values.index,
    )
    goalposts = pd.DataFrame({"low": low, "high": high}).rename_axis("indicator").reset_index()
    text = goalposts.to_csv(index=False, lineterminator="\n")
    goalposts["reference"] = reference
    goalposts["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    long = z.rename_axis(columns="indicator").stack(future_stack=True).rename("z").reset_index()
    return long, goalposts
