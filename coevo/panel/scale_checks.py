"""Scale: figures that are ten, a hundred, a thousand times what stands beside them leads to expect.

Figures are compared as powers of ten with their own past, with the older vintage and with the other
indicators of their region. A whole indicator of a first vintage in the wrong unit cannot be seen
so: only a share above 1, a unit's range or a printed derived figure tell it.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coevo.arrays import Integers
from coevo.observations.units import unit_of
from coevo.panel.audit_rows import FEWEST, LINE, NORMAL, Finding, block_rows
from coevo.panel.vintages import newest_known, successive

NEAR = 0.15  # powers of ten beside a whole one: 7.1 to 14.1 times still count as ten times
SPREADS = 6.0  # usual differences that a power of ten must exceed
DIGITS = 10  # half units of its last digit that a figure must have: two digits that count
CALM = 0.4  # share of a series' steps that are small, or ten times is nothing new to it
APART = 0.75  # powers of ten, at least, that a series stands off the others of its region
UNLIKE = 4.0  # usual differences between regions by which it does so
ISOLATED = 2.4  # times the difference that one region in ten exceeds
PARTNERS = 3  # indicators, nearest in pattern, that a series is held against
SHARES = 2.0  # powers of ten between percentages and shares
SERIES = LINE[1:]


def sized(units: pd.Series) -> pd.Series:
    """Return which figures grow with their region: no shares, rates per head or index numbers."""
    measures = units.map({unit: unit_of(unit).measures for unit in units.unique()})
    return ~measures.str.contains("ratio|index|per ")


def _middle(values: pd.Series, *by: pd.Series) -> pd.Series:
    return values.groupby([*by]).transform("median")


def _restated(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that an older vintage has too, `by` what power of ten they moved."""
    pairs = successive(frame)
    pairs = pairs[(pairs["value"] > 0) & (pairs["old_value"] > 0)]
    power = np.log10(pairs["value"] / pairs["old_value"])
    return pairs.assign(by=power.round().where((power - power.round()).abs() <= NEAR, 0.0))


def _off_their_past(rows: pd.DataFrame) -> pd.Series:
    """Return by what power of ten each figure stands off the others of its series, 0 for most.

    The step from the last known figure, less the median step of the indicator, is split into a
    whole power and a rest, which is held against that of the other regions in the same year. A
    power counts if its rest is within `NEAR` of theirs and it exceeds `SPREADS` usual rests of the
    indicator and calm steps of the series.
    """
    indicator, year = rows["indicator"], rows["year"]
    first = (rows[SERIES] != rows[SERIES].shift()).any(axis=1)
    series = first.cumsum()
    step = rows["log"].diff().mask(first)
    step -= _middle(step, indicator)
    power = step.round().fillna(0.0)
    rest = step - power
    many = rest.groupby([indicator, year]).transform("count") >= FEWEST
    rest -= _middle(rest, indicator, year).where(many, 0.0)
    calm = step.abs().groupby(series).quantile(CALM, interpolation="lower")
    usual = NORMAL * np.fmax(_middle(rest.abs(), indicator), series.map(calm))
    sound = rest.abs().le(NEAR) & power.abs().ge(SPREADS * usual)
    level = power.where(sound, 0.0).groupby(series).cumsum()
    often = level.groupby([series, level]).transform("size")
    most = often == often.groupby(series).transform("max")
    return level - level.where(most).groupby(series).transform("first")


def region_levels(rows: pd.DataFrame) -> tuple[pd.DataFrame, Integers]:
    """Return the usual logarithms (regions x indicators), and which columns grow with a region."""
    levels = rows.pivot_table("log", "region", "indicator", "median")
    units = rows.drop_duplicates("indicator").set_index("indicator")["unit"]
    return levels, np.flatnonzero(sized(units)[levels.columns])


def off_their_region(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how far each series stands off the others of its region (regions x indicators).

    An indicator that grows with a region's size is held, by medians over the years, against the
    `PARTNERS` others that go with it best from region to region; a share, a rate per head or an
    index against the other regions. In powers of ten.
    """
    levels, large = region_levels(rows)
    values = levels.to_numpy()
    off = values - np.nanmedian(values, axis=0)
    for place in large:
        apart = values[:, [place]] - values[:, large[large != place]]
        apart = apart[:, np.isfinite(apart).sum(axis=0) >= FEWEST]
        apart = apart - np.nanmedian(apart, axis=0)
        nearest = np.argsort(np.nanmedian(np.abs(apart), axis=0), kind="stable")[:PARTNERS]
        off[:, place] = 0.0
        if len(nearest) > 1:  # of two alone, nobody knows which is wrong; most must say so
            size = np.argsort(np.abs(apart[:, nearest]), axis=1)[:, [(len(nearest) - 1) // 2]]
            off[:, [place]] = np.take_along_axis(apart[:, nearest], size, axis=1)
    return pd.DataFrame(off, levels.index, levels.columns)


def _power_of_region(rows: pd.DataFrame) -> pd.Series:
    """Return by what power of ten each series stands off the others of its region, 0 for most."""
    frame = off_their_region(rows)
    off = frame.to_numpy()
    size = np.abs(off)
    least = UNLIKE * NORMAL * np.nanmedian(size, axis=0)
    least = np.maximum(np.maximum(least, APART), ISOLATED * np.nanquantile(size, 0.9, axis=0))
    odd = (size >= least) & (np.isfinite(off).sum(axis=0) >= FEWEST)
    power = pd.DataFrame(np.where(odd, np.round(off), 0.0), frame.index, frame.columns)
    return of_rows(power, rows)


def of_rows(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return what a frame (regions x indicators) holds for each row."""
    places = pd.MultiIndex.from_frame(rows[["region", "indicator"]])
    return pd.Series(frame.stack().reindex(places).to_numpy(), rows.index)


def _shares(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return -2 for percentages that are shares: beside others a hundredfold, or one and all."""
    percent, indicator = rows["unit"] == "%", rows["indicator"]
    low = rows["log"].where(percent).groupby([indicator, rows["region"]]).transform("max") <= 0
    upper, lower = (rows["log"].where(percent & part).groupby(indicator) for part in (~low, low))
    apart = upper.transform("median") - lower.transform("median") - SHARES
    beside = (apart.abs() <= 2 * NEAR) & (upper.transform("min") > lower.transform("max"))
    return -SHARES * (low & beside), -SHARES * (low & upper.transform("min").isna())


def scale_findings(frame: pd.DataFrame) -> Iterator[Finding]:
    """Blocks of figures off by powers of ten from their older vintage, their past, their region.

    frame: observations of levels.
    """
    frame = frame[frame["value"].abs() >= DIGITS * frame["half_unit"]]
    signed = frame["value"].lt(0).groupby([frame[name] for name in SERIES]).transform("any")
    frame = frame[(frame["value"] > 0) & ~signed]
    if frame.empty:
        return
    checks = [("scale_restated", pairs := _restated(frame))]
    rows = newest_known(frame).sort_values([*SERIES, "year"], kind="stable", ignore_index=True)
    moved = rows[[*LINE, "year"]].merge(pairs[[*LINE, "year", "by"]], how="left")["by"]
    rows["log"] = np.log10(rows["value"]) - moved.fillna(0.0)
    rows["log"] -= (past := _off_their_past(rows))
    some, all_shares = _shares(rows)
    rows["log"] -= some
    checks += [("scale_of_past", rows.assign(by=past))]
    checks += [("shares_for_percentages", rows.assign(by=some))]
    checks += [("percentages_below_one", rows.assign(by=all_shares))]
    region = _power_of_region(rows)  # tenfold, a region may be by nature
    far = region.abs() >= 2
    checks += [("scale_of_regions", rows.assign(by=region.where(far, 0.0)))]
    checks += [("tenfold_of_regions", rows.assign(by=region.mask(far, 0.0)))]
    for message, figures in checks:
        odd = figures.assign(times=10.0 ** figures["by"])
        odd["expected"] = odd["value"] / odd["times"]
        fields = ("times", "expected")
        yield from block_rows("scale", message, odd, computed="expected", fields=fields)
