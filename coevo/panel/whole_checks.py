"""Parts held against their wholes, amounts per head, and figures that stand in the wrong rows.

Each compares the figures of a sheet with those of other sheets: a fault of a whole sheet shows in
no series by itself.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coevo.observations.units import unit_of
from coevo.panel.audit_rows import FEWEST, LINE, Finding, finding_rows, in_lines

SHEET = LINE[:2]
PLACE = ["vintage", "region", "year"]
# Product per head of any region in any year since 1950, by currency, with a margin of three.
PER_HEAD = {"CNY": (100.0, 3e6), "USD": (50.0, 1e6), "EUR": (50.0, 1e6), "GBP": (50.0, 1e6)}
SWING = 0.1  # natural logarithms by which every other year is lower than the years beside it
SWINGS = 4  # such turns, and the share of all steps that they are
MOST_TURNS = 0.8
CLOSER = 0.6  # share of the distance from other indicators that is left once rows are shifted
FEWEST_REGIONS = 15  # of fewer, figures that have nothing in common follow each other by chance
CLOSE = 0.2  # powers of ten within which an indicator then follows another


def in_base_units(rows: pd.DataFrame) -> pd.DataFrame:
    """Return figures with `base` and `base_half`: value and half unit in base units."""
    factor = rows["unit"].map({unit: unit_of(unit).factor for unit in rows["unit"].unique()})
    return rows.assign(
        factor=factor, base=rows["value"] * factor, base_half=rows["half_unit"] * factor
    )


def part_findings(rows: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Finding]:
    """Figures above those of the whole that `part_of` names, and parts that equal their whole."""
    wholes = (
        dict(indicators[["indicator", "part_of"]].to_numpy()) if "part_of" in indicators else {}
    )
    rows = in_base_units(rows[rows["value"].notna()])
    for part, whole in ((part, whole) for part, whole in wholes.items() if whole):
        of_whole = rows.loc[rows["indicator"] == whole, [*PLACE, "base", "base_half"]]
        both = rows[rows["indicator"] == part].merge(of_whole, on=PLACE, suffixes=("", "_whole"))
        both = both.assign(other=whole, expected=both["base_whole"] / both["factor"])
        slack = both["base_half"] + both["base_half_whole"]
        fields = ("other", "expected")
        if len(both) >= FEWEST and (both["base"] - both["base_whole"]).abs().le(slack).all():
            yield from finding_rows("part", "equals_whole", both, ["other"], "expected", fields)
        above = both[both["base"] - both["base_whole"] > slack]
        keys = ["vintage", "region"]
        yield from finding_rows("part", "part_above_whole", above, keys, "expected", fields)


def per_head_findings(rows: pd.DataFrame, size: Sequence[str]) -> Iterator[Finding]:
    """Product per head outside what any region of the world has: one finding a vintage.

    size: the indicators of product and population (`comovement.size`).
    """
    if len(size) < 2 or not {*size[:2]} <= {*rows["indicator"]}:
        return
    rows = in_base_units(rows[rows["value"] > 0])
    product = rows[rows["indicator"] == size[0]]
    people = rows.loc[rows["indicator"] == size[1], [*PLACE, "base"]]
    measures = unit_of(product["unit"].iloc[0]).measures if len(product) else ""
    currency = measures.split()[-1] if measures.startswith("money") else ""
    low, high = PER_HEAD.get(currency if currency.isupper() else "CNY", (0.0, np.inf))
    if not currency:
        return
    both = product.merge(people, on=PLACE, suffixes=("", "_people"))
    both["per_head"] = both["base"] / both["base_people"]
    odd = both[(both["per_head"] < low) | (both["per_head"] > high)].assign(low=low, high=high)
    fields = ("per_head", "low", "high")
    yield from finding_rows("per_head", "per_head_outside", odd, ["vintage"], "per_head", fields)


def alternating_findings(rows: pd.DataFrame) -> Iterator[Finding]:
    """Indicators of which every other year is lower than the years beside it, in most regions."""
    rows = in_lines(rows[rows["value"] > 0])
    rows = rows.assign(step=np.log(rows["value"] / rows["before"]))
    sheets = rows.groupby([*SHEET, "year"])["step"]
    steps = sheets.median().where(sheets.count() >= FEWEST).dropna()
    turns = np.sign(steps).groupby(level=SHEET).diff().abs().eq(2) & (steps.abs() >= SWING)
    share, number = (turns.groupby(level=SHEET).agg(how) for how in ("mean", "sum"))
    alternates = share.index[(share >= MOST_TURNS) & (number >= SWINGS)]
    low = turns.index[turns & (steps < 0) & turns.index.droplevel("year").isin(alternates)]
    odd = rows[pd.MultiIndex.from_frame(rows[[*SHEET, "year"]]).isin(low)]
    yield from finding_rows("alternates", "alternates", odd, SHEET)


def shifted_findings(rows: pd.DataFrame, levels: pd.DataFrame) -> Iterator[Finding]:
    """Indicators whose figures follow the others once they move by a row against the names.

    levels: logarithms (regions x indicators) of indicators that grow with a region; at least three,
    since of two alone nobody knows which is shifted.
    """
    enough = len(levels.columns) > 2 and len(levels) >= FEWEST_REGIONS
    for name in levels if enough else ():
        own = rows[rows["indicator"] == name]
        first = own.drop_duplicates("region")
        place = pd.to_numeric(first["cell"].str.extract(r"(\d+)$")[0], errors="coerce")
        order = first.assign(place=place).sort_values("place", kind="stable")["region"]
        values, others = levels[name].reindex(order), levels.drop(columns=name).reindex(order)
        usual = _distance(values, others)
        for by in (-1, 1):
            if _distance(values.shift(by), others) <= min(CLOSE, CLOSER * usual):
                odd = own.assign(rows=-by)
                yield from finding_rows("places", "sheet_shifted", odd, SHEET, fields=["rows"])


def _distance(values: pd.Series, others: pd.DataFrame) -> float:
    """Return how far the pattern of regions is from that of the nearest of others."""
    apart = others.sub(values, axis=0)
    apart = apart.loc[:, apart.notna().sum() >= FEWEST]
    return float((apart - apart.median()).abs().median().min())
