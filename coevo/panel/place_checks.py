"""Places: regions that changed places, and years that stand out of order or a century off.

Two regions changed places where the figures of each follow the other's past. In a first vintage,
from its first year on, nothing tells it, and so with two heads that were exchanged.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from coevo.panel.audit_rows import LINE, NORMAL, Finding, finding_row, finding_rows
from coevo.panel.scale_checks import of_rows, off_their_region, region_levels, sized
from coevo.panel.vintages import newest_known, successive
from coevo.panel.whole_checks import shifted_findings

STRANGE = 3.0  # usual differences by which a region's figures depart from its own past
LEAST = 0.02  # powers of ten by which they do so at least: 5 %
FITS = 0.4  # of that difference is left, at most, beside the other's past
MOST = 50  # regions that depart most, which are held against each other
FEW = 4  # regions from which a usual difference is known
ENTRIES = 3  # figures of a region that must all speak for it: years, indicators
ERA = 50  # years between a year and its neighbours that make one think of another century


def _exchanged(rows: pd.DataFrame, entry: list[str]) -> dict[str, str]:
    """Return the regions of which each follows the other's past, both by each other's name."""
    wide = rows.pivot_table(["now", "before", "off"], "region", entry)
    now, before, departures = wide["now"], wide["before"], wide["off"].mean(axis=1).nlargest(MOST)
    partners: dict[str, str] = {}
    for one, other in combinations(sorted(departures.index), 2):
        apart = [(now.loc[one] - before.loc[other]).abs(), (now.loc[other] - before.loc[one]).abs()]
        if pd.concat(apart).mean() <= FITS * min(departures[one], departures[other]):
            partners |= {one: other, other: one}
    return partners


def _changed_places(
    steps: pd.DataFrame, message: str, group: str, entry: list[str]
) -> Iterator[Finding]:
    """Yield regions that changed places in a group of figures, in all of its indicators or in one.

    steps: figures with `old_value`; what is compared within a group has the keys `entry`.
    """
    rows = steps[(steps["value"] > 0) & (steps["old_value"] > 0)]
    rows = rows.assign(now=np.log10(rows["value"]), before=np.log10(rows["old_value"]))
    each = [*dict.fromkeys([group, *entry])]
    change = (rows["now"] - rows["before"]).groupby([rows[name] for name in each])
    rows["now"] -= change.transform("median")
    rows = rows[change.transform("size") >= FEW]
    off = (rows["now"] - rows["before"]).abs()
    usual = NORMAL * off.groupby([rows[name] for name in each]).transform("median")
    rows = rows.assign(off=off, strange=off / usual.clip(lower=1e-4))
    for keys in ([group], [group, "indicator"]):
        regions = rows.groupby([*keys, "region"])
        mean, size = regions[["off", "strange"]].transform("mean"), regions["off"].transform("size")
        odd = mean["off"].ge(LEAST) & mean["strange"].ge(STRANGE) & (size >= ENTRIES)
        for _, part in rows[odd].groupby(keys):
            part = part.astype({"region": str})
            part = part.assign(other=part["region"].map(_exchanged(part, entry))).dropna()
            rows = rows.drop(part.index)
            pairs = part[part["region"] < part["other"]]
            yield from finding_rows(
                "places", message, pairs, ["region", "other"], "old_value", ["other"]
            )


def _in_order(years: tuple[int, ...]) -> bool:
    steps = np.diff(years)
    return bool((steps > 0).all() or (steps < 0).all())


def _odd_year(years: tuple[int, ...]) -> tuple[int, int] | None:
    """Return the one year that is out of order or of another century, and the year meant or 0.

    years: as they stand in a table. Nothing where they are in order, or in none at all.
    """
    odd_years = []
    for place, year in enumerate(years):
        before, after = years[:place], years[place + 1 :]
        if not before + after or not _in_order(before + after):
            continue
        apart = np.subtract(before + after, year)
        for meant in (year - 100, year + 100):
            close = np.abs(apart).min() > ERA and np.abs(apart + year - meant).min() <= 2
            if close and _in_order((*before, meant, *after)):
                return year, meant
        odd_years += [(year, 0)] if len(years) > 3 and not _in_order(years) else []
    return odd_years[0] if odd_years else None


def _odd_years(frame: pd.DataFrame) -> Iterator[Finding]:
    """Years of a table out of order or a century off; not where its lines are in no order anyway.

    A line is what stands in one row or one column for one region and indicator.
    """
    table = ["vintage", "file", "sheet", "indicator"]
    cells = pd.DataFrame({"cell": frame["cell"].unique()})
    cells["letters"] = cells["cell"].str.rstrip("0123456789")
    number = cells["cell"].str.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cells["down"] = pd.to_numeric(number, errors="coerce")
    cells["width"] = cells["letters"].str.len()
    cells = cells.sort_values(["down", "width", "letters"], kind="stable").set_index("cell")
    line = frame.groupby([*table, "region"]).ngroup()
    order = np.lexsort([cells.index.get_indexer(frame["cell"]), line])
    rows, line = frame.iloc[order], line.iloc[order]
    step = rows["year"].groupby(line).diff()
    doubt = pd.DataFrame({"up": step > 0, "down": step < 0, "far": step.abs() > ERA})
    doubt = doubt.groupby(line).any()
    rows = rows[line.map((doubt["up"] & doubt["down"]) | doubt["far"])].assign(line=line)
    rows = rows.join(cells, on="cell")
    for _, part in rows.groupby(table, sort=False):
        lines = (one for _, one in part.groupby("line"))
        lines = (one for one in lines if one[["down", "letters"]].nunique().min() == 1)
        odd_years = {years: _odd_year(years) for years in {tuple(one["year"]) for one in lines}}
        if all(odd or _in_order(years) for years, odd in odd_years.items()):
            for year, meant in sorted({*filter(None, odd_years.values())}):
                row = part[part["year"] == year].iloc[0].to_dict()
                message = "year_of_another_century" if meant else "year_out_of_order"
                yield finding_row("places", row, message, year=year, meant=meant)


def place_findings(frame: pd.DataFrame) -> Iterator[Finding]:
    """Regions that changed places, in a newer vintage, from one year on or in one sheet; odd years.

    frame: observations of levels.
    """
    known = frame[frame["value"].notna()]
    yield from _changed_places(
        successive(known), "places_changed", "vintage", ["indicator", "year"]
    )
    rows = newest_known(known).sort_values([*LINE[1:], "year"], kind="stable")
    same = (rows[LINE[1:]] == rows[LINE[1:]].shift()).all(axis=1)
    rows = rows.assign(old_value=rows["value"].shift().where(same))
    yield from _changed_places(rows, "places_changed_from", "year", ["indicator"])
    rows = rows[(rows["value"] > 0) & sized(rows["unit"])]
    if rows["indicator"].nunique() > 2:
        rows = rows.assign(log=np.log10(rows["value"]))
        expected = 10 ** (rows["log"] - of_rows(off_their_region(rows), rows))
        rows = rows.assign(old_value=expected)
        yield from _changed_places(rows, "names_swapped", "indicator", ["year"])
        levels, _ = region_levels(rows)
        yield from shifted_findings(rows, levels)
    yield from _odd_years(known)
