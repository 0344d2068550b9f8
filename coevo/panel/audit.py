"""Audit: what in the raw figures does not fit together. It reports and never repairs.

A printed derived figure (growth, total) is an indicator with both a source and a derivation. It is
a finding only if no unrounded levels compatible with the printed digits give it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.files import as_table
from coevo.messages import message_columns
from coevo.observations.units import UNITS
from coevo.panel.derivations import DERIVATIONS, derive, derive_interval, parse
from coevo.panel.vintages import withdrawn

RISE = 3.0  # a level that more than triples from one year to the next
FALL = 0.7  # or loses more than 30 %

PAIR = ["indicator", "derivation"]

Finding = dict[str, Any]  # a row of the audit by column, and what else the figure has


def _finding(
    check: str, row: Mapping[str, Any], message: str, computed: float = np.nan, **fields: Any
) -> Finding:
    """Return a row of the audit on a figure; fields: those of the message."""
    columns = {"check": check, "printed": row["value"], "computed": computed}
    return {**row, **columns, **message_columns(message, fields)}


def _wide(
    frame: pd.DataFrame, column: pd.Series, factors: Mapping[str, float]
) -> dict[str, pd.DataFrame]:
    """Return one frame (regions x years) in base units per indicator."""
    years = range(int(frame["year"].min()), int(frame["year"].max()) + 1)
    data = frame.assign(figure=column * frame["indicator"].map(factors))
    wide = data.pivot(index=["indicator", "region"], columns="year", values="figure")
    rows = wide.reindex(columns=years).groupby(level="indicator")
    return {str(indicator): part.droplevel("indicator") for indicator, part in rows}


def _printed(
    frame: pd.DataFrame, derived: pd.DataFrame, factors: Mapping[str, float]
) -> Iterator[Finding]:
    """Compare printed derived figures with what the printed levels of their vintage allow."""
    middle = _wide(frame, frame["value"], factors)
    low = _wide(frame, frame["value"] - frame["half_unit"], factors)
    high = _wide(frame, frame["value"] + frame["half_unit"], factors)
    for indicator, text in derived[PAIR].to_numpy():
        check, arguments = parse(text)
        figures = frame[(frame["indicator"] == indicator) & frame["value"].notna()]
        rows = figures.to_dict("records")
        if absent := [argument for argument in arguments if argument not in middle]:
            for row in rows:
                yield _finding("not_checkable", row, "no_such_figures", indicators=absent)
            continue
        given = (derive(text, middle), *derive_interval(text, low, high))
        for row in rows:
            place = (row["region"], row["year"])
            value, least, most = (part.at[place] / factors[indicator] for part in given)
            slack = row["half_unit"] * (1 + 1e-9) + 1e-12
            if np.isnan(value):
                yield _finding("not_checkable", row, "no_base_year", indicator=arguments[0])
            elif row["value"] + slack < least or row["value"] - slack > most:
                decimals = max(0, -round(math.log10(2 * row["half_unit"])))
                fields = {"value": row["value"], "decimals": decimals}
                fields |= {"given": value, "low": least, "high": most}
                yield _finding(check, row, "levels_differ", value, **fields)


def _jumps(frame: pd.DataFrame) -> Iterator[Finding]:
    """Rises above threefold and falls above 30 % between consecutive years of one vintage."""
    series = ["vintage", "indicator", "region"]
    rows = frame[frame["value"] > 0].sort_values([*series, "year"], kind="stable")
    before = rows.shift()
    follows = (rows[series] == before[series]).all(axis=1) & (rows["year"] == before["year"] + 1)
    rows["old"], rows["ratio"] = before["value"], rows["value"] / before["value"]
    for row in rows[follows & ~rows["ratio"].between(FALL, RISE)].to_dict("records"):
        what = "jump_rise" if row["ratio"] > 1 else "jump_fall"
        fields = {"old": row["old"], "year": row["year"] - 1, "new": row["value"]}
        fields |= {"unit": row["unit"], "ratio": row["ratio"]}
        yield _finding("jump", row, what, row["old"], **fields)


def _out_of_range(frame: pd.DataFrame) -> Iterator[Finding]:
    low = frame["unit"].map({name: unit.low for name, unit in UNITS.items()})
    high = frame["unit"].map({name: unit.high for name, unit in UNITS.items()})
    for row in frame[(frame["value"] < low) | (frame["value"] > high)].to_dict("records"):
        yield _finding("range", row, "out_of_range", value=row["value"], unit=row["unit"])


def _units(frame: pd.DataFrame, derived: pd.DataFrame) -> Iterator[Finding]:
    """One finding per sheet whose unit is read as another, with the figure that speaks for it."""
    calls = {indicator: parse(text) for indicator, text in derived[PAIR].to_numpy()}
    equals = {of[0]: indicator for indicator, (name, of) in calls.items() if name == "equal"}
    odd = frame[(frame["flag"] == "unit_read_as") & frame["value"].notna()]
    other = odd["indicator"].map(lambda name: equals.get(name, "")).astype(str)
    twins = odd.assign(indicator=other).reset_index()
    keys = ["indicator", "region", "year", "value"]
    witnesses = twins[["index", *keys]].merge(frame, on=keys).drop_duplicates("index")
    witnesses = witnesses.set_index("index")
    for _, rows in odd.groupby(["file", "sheet", "unit"]):
        confirmed = rows[rows.index.isin(witnesses.index)].sort_values("value", ascending=False)
        row = (confirmed if len(confirmed) else rows).iloc[0]
        if confirmed.empty:
            yield _finding("unit", row, "unit_unconfirmed", unit=row["unit"])
        else:
            witness = witnesses.loc[row.name]
            fields = {"unit": row["unit"], "value": witness["value"], "read_as": witness["unit"]}
            fields |= {name: witness[name] for name in ("file", "sheet", "cell")}
            yield _finding("unit", row, "unit_misprint", witness["value"], **fields)


def _withdrawn(frame: pd.DataFrame) -> Iterator[Finding]:
    """Figures that a newer vintage lists without giving them; the place is that of the blank."""
    for row in withdrawn(frame).to_dict("records"):
        fields = {name: row[name] for name in ("vintage", "flag", "old_vintage", "old_value")}
        yield _finding("withdrawn", {**row, "value": row["old_value"]}, "withdrawn", **fields)


def audit_findings(frame: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the findings in observations (with `half_unit`), in the order of the indicator table.

    Checks: printed derived figures (named after their derivation) and `not_checkable`; `jump` of a
    level (printed: the figure, computed: the year before); `range` by unit; `unit` read as another.
    """
    derived = indicators[(indicators["source_name"] != "") & (indicators["derivation"] != "")]
    levels = frame[~frame["indicator"].isin(derived["indicator"])]
    calls = {indicator: parse(text) for indicator, text in derived[PAIR].to_numpy()}
    rates = [indicator for indicator, (name, _) in calls.items() if DERIVATIONS[name].rate]
    factors = {i: UNITS[unit].factor for i, unit in indicators[["indicator", "unit"]].to_numpy()}
    findings = [*_jumps(levels), *_out_of_range(frame[~frame["indicator"].isin(rates)])]
    findings += [*_units(frame, derived), *_withdrawn(frame)]
    for _, rows in frame.groupby("vintage") if len(derived) else ():
        findings += _printed(rows, derived, factors)
    return _sorted(pd.DataFrame(findings), indicators)


def _sorted(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    order = {indicator: place for place, indicator in enumerate(indicators["indicator"])}
    return as_table("audit", rows).sort_values(
        ["check", "indicator", "region", "year"],
        key=lambda column: column.map(order) if column.name == "indicator" else column,
        ignore_index=True,
        kind="stable",
    )


def is_finding(audit: pd.DataFrame) -> pd.Series:
    """Whether a row of the audit doubts a figure; the others say how the files were read."""
    return audit["printed"].notna()


def with_remarks(
    findings: pd.DataFrame, remarks: pd.DataFrame, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Add what reading remarked (check, indicator, place, message, fields) to the findings.

    A remark is on a table or a sheet: region and year are empty, and so is the indicator unless
    the table has but one.
    """
    return _sorted(pd.concat([findings, remarks]), indicators)
