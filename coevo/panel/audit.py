"""Audit: what in the raw figures does not fit together. It reports and never repairs.

A printed derived figure (growth, total) is an indicator with both a source and a derivation. It is
a finding only if no unrounded levels compatible with the printed digits give it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from coevo.files import as_table
from coevo.messages import message_columns
from coevo.observations.doubts import DOUBTS
from coevo.observations.units import unit_of
from coevo.panel.audit_rows import FAR, FEWEST, LINE, Finding, finding_row, finding_rows, in_lines
from coevo.panel.copy_checks import copy_findings
from coevo.panel.derivations import DERIVATIONS, derive, derive_interval, parse
from coevo.panel.place_checks import place_findings
from coevo.panel.scale_checks import scale_findings, sized
from coevo.panel.vintages import withdrawn
from coevo.panel.whole_checks import alternating_findings, part_findings, per_head_findings

RISE = 3.0  # a level that more than triples from one year to the next
FALL = 0.7  # or loses more than 30 %
OTHERS = 0.1  # of the other regions' figures that may be zero, or negative, as well
COUNTED = ["zero", "negative", "positive", "far", "one"]
# Messages of findings by which results may be wrong by an order, a year or a region: they end a
# check with an error, and stand first among the limits that the report names.
SERIOUS_MESSAGES = DOUBTS | frozenset({
    "scale_restated", "scale_of_past", "scale_of_regions", "shares_for_percentages",
    "places_changed", "year_out_of_order", "year_of_another_century",
    "code_contradicts_name", "fewer_regions",
    "part_above_whole", "per_head_outside", "total_differs",
})  # fmt: skip

# What a row of the audit is: how files were read, a doubt, a doubt that is serious, one accepted.
REMARK, FINDING, SERIOUS, ACCEPTED = "remark", "finding", "serious", "accepted"
PLACE = ("indicator", "region", "year")  # of a finding, by which a study accepts it


def _wide(frame: pd.DataFrame, half_units: int) -> dict[str, pd.DataFrame]:
    """Return the figures, so many half units off, one frame (regions x years) per indicator."""
    years = range(int(frame["year"].min()), int(frame["year"].max()) + 1)
    value = frame["value"] + half_units * frame["half_unit"]
    data = frame.assign(figure=value * frame["factor"])
    wide = data.pivot(index=["indicator", "region"], columns="year", values="figure")
    rows = wide.reindex(columns=years).groupby(level="indicator")
    return {str(indicator): part.droplevel("indicator") for indicator, part in rows}


def _printed(frame: pd.DataFrame, derivations: Mapping[str, str]) -> Iterator[Finding]:
    """Compare printed derived figures with what the printed levels of their vintage allow.

    frame: observations with `factor`, the size of the unit in base units.
    """
    low, middle, high = (_wide(frame, half_units) for half_units in (-1, 0, 1))
    for indicator, text in derivations.items():
        check, arguments = parse(text)
        figures = frame[(frame["indicator"] == indicator) & frame["value"].notna()]
        rows = figures.to_dict("records")
        if absent := [argument for argument in arguments if argument not in middle]:
            for row in rows:
                yield finding_row("not_checkable", row, "no_such_figures", indicators=absent)
            continue
        computed = (derive(text, middle), *derive_interval(text, low, high))
        for row in rows:
            place = (row["region"], row["year"])
            value, least, most = (part.at[place] / row["factor"] for part in computed)
            slack = row["half_unit"] * (1 + 1e-9) + 1e-12
            if np.isnan(value):
                yield finding_row("not_checkable", row, "no_base_year", indicator=arguments[0])
            elif row["value"] + slack < least or row["value"] - slack > most:
                decimals = max(0, -round(math.log10(2 * row["half_unit"])))
                fields = {"value": row["value"], "decimals": decimals}
                fields |= {"given": value, "low": least, "high": most}
                yield finding_row(check, row, "levels_differ", value, **fields)


def _jumps(frame: pd.DataFrame) -> Iterator[Finding]:
    """Rises above threefold and falls above 30 % between consecutive years of one vintage."""
    rows = in_lines(frame[frame["value"] > 0])
    rows["ratio"] = rows["value"] / rows["before"]
    odd = rows["before"].notna() & ~rows["ratio"].between(FALL, RISE)
    for row in rows[odd].to_dict("records"):
        what = "jump_rise" if row["ratio"] > 1 else "jump_fall"
        fields = {"old": row["before"], "year": row["year"] - 1, "new": row["value"]}
        fields |= {"unit": row["unit"], "ratio": row["ratio"]}
        yield finding_row("jump", row, what, row["before"], **fields)


def _signs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the known figures line by line, with their signs as `COUNTED`."""
    rows = in_lines(frame)
    value, far = rows["value"], rows["value"] >= FAR * rows["half_unit"]
    return rows.assign(zero=value == 0, negative=value < 0, positive=value > 0, far=far, one=1)


def _odd_signs(frame: pd.DataFrame) -> Iterator[Finding]:
    """Zeros beside figures far from zero, and single negative figures of a positive series.

    A zero is far off if a known neighbour is positive and `FAR` half units of its last digit or
    more: a missing figure that was typed as 0. A negative figure is odd if it is the only one of
    its series and two or more are positive.
    """
    rows = _signs(frame)
    series = rows.groupby(LINE, sort=False)
    count = series[["negative", "positive"]].transform("sum")
    alone = rows["negative"] & (count["negative"] == 1) & (count["positive"] >= 2)
    before, after = (series[["value", "year", "half_unit"]].shift(step) for step in (1, -1))
    near = before.where(before["value"].gt(0), after)
    far = near["value"] >= FAR * near["half_unit"]
    both = ~(before["value"] <= 0) & ~(after["value"] <= 0)
    odd = alone & near["value"].notna() | rows["zero"] & far & both
    beside = near.loc[odd, ["value", "year"]].rename(columns={"value": "near", "year": "when"})
    for row in rows[odd].join(beside).to_dict("records"):
        what = "negative_alone" if row["value"] < 0 else "zero_alone"
        fields = {"value": row["value"], "near": row["near"], "year": int(row["when"])}
        yield finding_row("sign", row, what, row["near"], **fields, unit=row["unit"])


def _more_odd_signs(frame: pd.DataFrame) -> Iterator[Finding]:
    """Regions of zeros, and few negative figures of positive series, where others have none.

    A zero counts if its whole series is zero, or if a figure before it is far from zero, or, of an
    amount, a later one, and the others of its indicator and year are positive. Negative figures
    count if the series has twice as many positive ones. One finding a region of zeros, one a series
    of negative figures.
    """
    rows = _signs(frame)
    zero, negative = rows["zero"], rows["negative"]
    series, every = (rows.groupby(keys)[COUNTED].transform("sum") for keys in (LINE, LINE[:2]))
    year = rows.groupby([*LINE[:2], "year"])[COUNTED].transform("sum")
    whole = (series["zero"] == series["one"]) & (series["one"] > 1)
    far = rows.groupby(LINE)["far"]
    none = zero & (whole | far.cummax() | (far.transform("any") & sized(rows["unit"])))
    none &= (year["far"] >= FEWEST) & (year["zero"] - 1 <= OTHERS * year["one"])
    none &= none.groupby([rows["vintage"], rows["region"]]).transform("sum") > 1
    yield from finding_rows("sign", "zeros_of_region", rows[none], ["vintage", "region"])
    few = negative & (series["negative"] > 1) & (2 * series["negative"] <= series["positive"])
    few &= every["negative"] - series["negative"] <= OTHERS * (every["one"] - series["one"])
    yield from finding_rows("sign", "negatives_few", rows[few], LINE)


def _out_of_range(frame: pd.DataFrame) -> Iterator[Finding]:
    units = frame["unit"].map({name: unit_of(name) for name in frame["unit"].unique()})
    low, high = ([getattr(unit, end) for unit in units] for end in ("low", "high"))
    for row in frame[(frame["value"] < low) | (frame["value"] > high)].to_dict("records"):
        yield finding_row("range", row, "out_of_range", value=row["value"], unit=row["unit"])


def _units(frame: pd.DataFrame, derivations: Mapping[str, str]) -> Iterator[Finding]:
    """One finding per sheet whose unit is read as another, with the figure that speaks for it."""
    calls = {indicator: parse(text) for indicator, text in derivations.items()}
    equals = {of[0]: indicator for indicator, (name, of) in calls.items() if name == "equal"}
    odd = frame[(frame["flag"] == "unit_read_as") & frame["value"].notna()]
    twins = odd.assign(indicator=[equals.get(name, "") for name in odd["indicator"]])
    keys = ["indicator", "region", "year", "value"]
    witnesses = twins[keys].reset_index().merge(frame, on=keys).drop_duplicates("index")
    witnesses = witnesses.set_index("index")
    for _, rows in odd.groupby(["file", "sheet", "unit"]):
        confirmed = rows[rows.index.isin(witnesses.index)].sort_values("value", ascending=False)
        if confirmed.empty:
            row = rows.iloc[0]
            yield finding_row("unit", row, "unit_unconfirmed", unit=row["unit"])
            continue
        row = confirmed.iloc[0]
        witness = witnesses.loc[row.name]
        fields = {"unit": row["unit"], "value": witness["value"], "read_as": witness["unit"]}
        fields |= {name: witness[name] for name in ("file", "sheet", "cell")}
        yield finding_row("unit", row, "unit_misprint", witness["value"], **fields)


def _withdrawn(frame: pd.DataFrame) -> Iterator[Finding]:
    """Figures that a newer vintage lists without giving them; the place is that of the blank."""
    for row in withdrawn(frame).to_dict("records"):
        fields = {name: row[name] for name in ("vintage", "flag", "old_vintage", "old_value")}
        yield finding_row("withdrawn", {**row, "value": row["old_value"]}, "withdrawn", **fields)


def _fewer_regions(frame: pd.DataFrame) -> Iterator[Finding]:
    """Indicators whose newer vintage lacks regions that the one before has, in the years of both.

    So looks a file that was cut off between two rows. A vintage of at most half of the regions, and
    not of the first, is a supplement and no finding. Without years of both the last before counts.
    """
    known = frame[frame["value"].notna()].sort_values("vintage", kind="stable")
    for _, rows in known.groupby("indicator", sort=False):
        vintages = [part for _, part in rows.groupby("vintage")]
        for old, new in pairwise(vintages):
            years = {*new["year"]} & {*old["year"]} or {old["year"].max()}
            before = sorted({*old.loc[old["year"].isin(years), "region"]})
            there = {*new["region"]}
            lost = old[old["year"].isin(years) & ~old["region"].isin(there)]
            first = len(there) > 1 and there == {*before[: len(there)]}
            if len(lost) and (first or 2 * len(there) > len(before)):
                row = lost.iloc[0].to_dict()
                names = {"vintage": new["vintage"].iloc[0], "old_vintage": row["vintage"]}
                fields = names | {"regions": lost["region"].drop_duplicates().tolist()}
                yield finding_row("fewer_regions", row, "fewer_regions", **fields)


def audit_findings(
    frame: pd.DataFrame, indicators: pd.DataFrame, size: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the findings in observations (with `half_unit`), in the order of the indicator table.

    Checks: printed derived figures (named after their derivation) and `not_checkable`; `jump` of a
    level (printed: the figure, computed: the year before); `sign` of one figure; `same_figures`
    of two indicators; `range` by unit; `unit` read as another; `fewer_regions` than before;
    `part` of a whole; product `per_head`; `alternates`: every other year is lower.
    """
    frame = frame.astype({"region": "category", "vintage": "category"})  # grouped over and over
    derived = indicators[(indicators["source_name"] != "") & (indicators["derivation"] != "")]
    derivations = dict(derived[["indicator", "derivation"]].to_numpy())
    levels = frame[~frame["indicator"].isin(derivations)]
    rates = [name for name, text in derivations.items() if DERIVATIONS[parse(text)[0]].rate]
    factors = {i: unit_of(unit).factor for i, unit in indicators[["indicator", "unit"]].to_numpy()}
    findings = [*_jumps(levels), *_odd_signs(levels), *_more_odd_signs(levels)]
    findings += [*scale_findings(levels), *copy_findings(levels, indicators)]
    findings += [*place_findings(levels), *part_findings(levels, indicators)]
    findings += [*alternating_findings(levels), *per_head_findings(levels, size)]
    findings += _out_of_range(frame[~frame["indicator"].isin(rates)])
    findings += [*_units(frame, derivations), *_withdrawn(frame), *_fewer_regions(frame)]
    frame = frame.assign(factor=frame["indicator"].map(factors))
    for _, rows in frame.groupby("vintage") if derivations else ():
        findings += _printed(rows, derivations)
    return _sorted(pd.DataFrame(findings), indicators)


def _sorted(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    order = {indicator: place for place, indicator in enumerate(indicators["indicator"])}
    return as_table("audit", rows).sort_values(
        ["check", "indicator", "region", "year"],
        key=lambda column: column.map(order) if column.name == "indicator" else column,
        ignore_index=True,
        kind="stable",
    )


def audit_table(
    observations: pd.DataFrame,
    remarks: pd.DataFrame,
    indicators: pd.DataFrame,
    accept: Iterable[Mapping[str, Any]] = (),
    size: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the findings in observations and what reading remarked, each with its `standing`.

    remarks: check, indicator, place, message and fields; one is on a table or a sheet: region and
    year are empty, and so is the indicator unless the table has but one. accept: findings that are
    meant, as `acceptance` names them; one that fits no finding is a remark itself. size: the
    indicators of product and population (`comovement.size`).
    """
    audit = pd.concat([audit_findings(observations, indicators, size), remarks])
    audit = _sorted(audit, indicators)
    serious = audit["message"].isin(SERIOUS_MESSAGES)
    audit["standing"] = np.where(audit["printed"].notna(), FINDING, REMARK)
    audit.loc[serious, "standing"] = SERIOUS
    meant = pd.Series([acceptance(row) for row in audit.to_dict("records")], audit.index)
    unused = []
    for entry in accept:
        fits = is_finding(audit) & (meant == entry)
        audit.loc[fits, "standing"] = ACCEPTED
        if not fits.any():
            message = message_columns("accepts_nothing", {"given": [*map(str, entry.values())]})
            unused.append({"check": "accept", "standing": REMARK, **message})
    return _sorted(pd.concat([audit, pd.DataFrame(unused)]), indicators) if unused else audit


def acceptance(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in `accept` of the config for a finding: its check and place.

    The place is all that it has of indicator, region and year, or else file and cell.
    """
    known = {name: row[name] for name in PLACE if not (pd.isna(row[name]) or row[name] == "")}
    known |= {"year": int(known["year"])} if "year" in known else {}
    return {
        "check": row["check"],
        **(known or {name: row[name] for name in ("file", "cell") if row[name]}),
    }


def is_finding(audit: pd.DataFrame) -> pd.Series:
    """Whether a row of the audit doubts a figure; the others say how the files were read."""
    return audit["standing"] != REMARK


def is_serious(audit: pd.DataFrame) -> pd.Series:
    """Whether a row doubts figures so that nothing should be concluded before it is looked at."""
    return audit["standing"] == SERIOUS
