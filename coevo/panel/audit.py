"""Audit: what in the raw figures does not fit together. It reports and never repairs.

A printed derived figure (growth, total) is an indicator with both a source and a derivation. It is
a finding only if no unrounded levels compatible with the printed digits give it.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.messages import message_columns
from coevo.observations.units import UNITS
from coevo.panel.derivations import DERIVATIONS, derive, derive_interval, parse
from coevo.panel.vintages import withdrawn

COLUMNS = ["check", "region", "name", "year", "indicator", "printed", "computed", "unit"]
COLUMNS += ["file", "sheet", "cell", "message", "fields"]
RISE = 3.0  # a level that more than triples from one year to the next
FALL = 0.7  # or loses more than 30 %

Finding = dict[str, Any]  # a row of the audit by column


def _finding(
    check: str,
    row: Mapping[str, Any],
    printed: float,
    computed: float,
    message: str,
    fields: Mapping[str, Any],
) -> Finding:
    """Return a row of the audit on a figure; fields: those of the message."""
    kept = {name: row[name] for name in ("region", "name", "year", "indicator", "unit")}
    kept |= {name: row[name] for name in ("file", "sheet", "cell")}
    numbers = {"printed": printed, "computed": computed}
    return {"check": check} | kept | numbers | message_columns(message, fields)


def _decimals(half_unit: float) -> int:
    """Return how many decimals a figure was printed with."""
    return max(0, -round(math.log10(2 * half_unit)))


def _wide(
    frame: pd.DataFrame, column: pd.Series, factors: Mapping[str, float]
) -> dict[str, pd.DataFrame]:
    """Return one frame (regions x years) in base units per indicator."""
    years = range(int(frame["year"].min()), int(frame["year"].max()) + 1)
    data = frame.assign(figure=column)
    return {
        indicator: group.pivot(index="region", columns="year", values="figure").reindex(
            columns=years
        )
        * factors[indicator]
        for indicator, group in data.groupby("indicator")
    }


def _printed(
    frame: pd.DataFrame, derived: pd.DataFrame, factors: Mapping[str, float]
) -> list[Finding]:
    """Compare printed derived figures with what the printed levels of their vintage allow."""
    return [
        finding
        for _, rows in frame.groupby("vintage", sort=True)
        for finding in _printed_together(rows, derived, factors)
    ]


def _printed_together(
    frame: pd.DataFrame, derived: pd.DataFrame, factors: Mapping[str, float]
) -> list[Finding]:
    middle = _wide(frame, frame["value"], factors)
    low = _wide(frame, frame["value"] - frame["half_unit"], factors)
    high = _wide(frame, frame["value"] + frame["half_unit"], factors)
    findings = []
    for indicator, text in zip(derived["indicator"], derived["derivation"], strict=True):
        check, arguments = parse(text)
        if absent := [argument for argument in arguments if argument not in middle]:
            rows = frame[(frame["indicator"] == indicator) & frame["value"].notna()]
            findings += [
                _not_checkable(row, "no_such_figures", {"indicators": absent})
                for row in rows.to_dict("records")
            ]
            continue
        computed = derive(text, middle) / factors[indicator]
        ends = [end / factors[indicator] for end in derive_interval(text, low, high)]
        for row in frame[frame["indicator"] == indicator].to_dict("records"):
            if np.isnan(row["value"]):
                continue
            place = (row["region"], row["year"])
            value = computed.at[place]
            if np.isnan(value):
                base = {"indicator": arguments[0]}
                findings.append(_not_checkable(row, "no_base_year", base))
                continue
            slack = row["half_unit"] * (1 + 1e-9) + 1e-12
            least, most = (end.at[place] for end in ends)
            if row["value"] + slack < least or row["value"] - slack > most:
                fields = {"value": row["value"], "decimals": _decimals(row["half_unit"])}
                fields |= {"given": value, "low": least, "high": most}
                findings.append(_finding(check, row, row["value"], value, "levels_differ", fields))
    return findings


def _not_checkable(row: Mapping[str, Any], message: str, fields: Mapping[str, Any]) -> Finding:
    return _finding("not_checkable", row, row["value"], np.nan, message, fields)


def _jumps(frame: pd.DataFrame) -> list[Finding]:
    """Rises above threefold and falls above 30 % between consecutive years of one vintage."""
    series = ["vintage", "indicator", "region"]
    rows = frame[frame["value"] > 0].sort_values([*series, "year"], kind="stable")
    before = rows.shift()
    follows = (rows[series] == before[series]).all(axis=1) & (rows["year"] == before["year"] + 1)
    ratio = rows["value"] / before["value"]
    chosen = follows & ~ratio.between(FALL, RISE)
    findings = []
    for row, was, change in zip(
        rows[chosen].to_dict("records"), before.loc[chosen, "value"], ratio[chosen], strict=True
    ):
        what = "jump_rise" if change > 1 else "jump_fall"
        fields = {"old": was, "year": row["year"] - 1, "new": row["value"], "unit": row["unit"]}
        fields |= {"ratio": change}
        findings.append(_finding("jump", row, row["value"], was, what, fields))
    return findings


def _out_of_range(frame: pd.DataFrame) -> list[Finding]:
    low = frame["unit"].map({name: unit.low for name, unit in UNITS.items()})
    high = frame["unit"].map({name: unit.high for name, unit in UNITS.items()})
    findings = []
    for row in frame[(frame["value"] < low) | (frame["value"] > high)].to_dict("records"):
        fields = {"value": row["value"], "unit": row["unit"]}
        findings.append(_finding("range", row, row["value"], np.nan, "out_of_range", fields))
    return findings


def _units(frame: pd.DataFrame, derived: pd.DataFrame) -> list[Finding]:
    """One finding per sheet whose unit is read as another, with the figure that speaks for it."""
    equals = {parse(t)[1][0]: i for i, t in derived[["indicator", "derivation"]].to_numpy()
              if parse(t)[0] == "equal"}  # fmt: skip
    findings = []
    odd = frame[(frame["flag"] == "unit_read_as") & frame["value"].notna()]
    for _, rows in odd.groupby(["file", "sheet", "unit"]):
        row, witness = rows.iloc[0], None
        for candidate in rows.sort_values("value", ascending=False).to_dict("records"):
            same = frame[
                (frame["indicator"] == equals.get(candidate["indicator"]))
                & (frame["region"] == candidate["region"])
                & (frame["year"] == candidate["year"])
                & (frame["value"] == candidate["value"])
            ]
            if len(same):
                row, witness = candidate, same.iloc[0]
                break
        what, fields, computed = "unit_unconfirmed", {"unit": row["unit"]}, np.nan
        if witness is not None:
            what, computed = "unit_misprint", witness["value"]
            fields |= {"value": computed, "read_as": witness["unit"]}
            fields |= {name: witness[name] for name in ("file", "sheet", "cell")}
        findings.append(_finding("unit", row, row["value"], computed, what, fields))
    return findings


def audit_findings(frame: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the findings in observations (with `half_unit`), in the order of the indicator table.

    Checks: printed derived figures (named after their derivation) and `not_checkable`; `jump` of a
    level (printed: the figure, computed: the year before); `range` by unit; `unit` read as another.
    """
    derived = indicators[(indicators["source_name"] != "") & (indicators["derivation"] != "")]
    levels = frame[~frame["indicator"].isin(derived["indicator"])]
    rates = {
        i
        for i, t in derived[["indicator", "derivation"]].to_numpy()
        if DERIVATIONS[parse(t)[0]].rate
    }
    factors = {
        indicator: UNITS[unit].factor
        for indicator, unit in zip(indicators["indicator"], indicators["unit"], strict=True)
    }
    findings = [
        *(_printed(frame, derived, factors) if len(derived) else []),
        *_jumps(levels),
        *_out_of_range(frame[~frame["indicator"].isin(rates)]),
        *_units(frame, derived),
        *withdrawn(frame),
    ]
    return _sorted(pd.DataFrame(findings, columns=COLUMNS), indicators)


def _sorted(findings: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    order = {indicator: place for place, indicator in enumerate(indicators["indicator"])}
    return findings.sort_values(
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
    if remarks.empty:
        return findings
    rows = remarks.assign(region="", name="", unit="", year=pd.NA, printed=np.nan, computed=np.nan)
    both = pd.DataFrame({column: [*findings[column], *rows[column]] for column in COLUMNS})
    both["year"] = both["year"].astype("Int64")
    return _sorted(both, indicators)
