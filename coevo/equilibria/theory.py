"""Theoretical equilibria: the closed form at parameters that no growth regression gave."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.lotka_volterra import (
    calibrate,
    calibration_failures,
    equilibrium,
    kind,
    period_equilibrium,
)

Row = dict[str, Any]


def calibrated(part: pd.DataFrame, label: Row) -> tuple[list[Row], Row]:
    """Return one region's calibrated equilibria and its row for the relations table.

    part: columns year, x1, x2, purchases, sales of one region. One row per year that has a next one,
    beside that year's observed state, `fails` and empty where the calibration makes no sense; and
    one for the period, over the years in which it holds, with the yearly range as low and high.
    """
    known = part.set_index("year").sort_index()
    known = known.reindex(range(known.index.min(), known.index.max() + 1))
    series = [known[name].to_numpy(float) for name in ("x1", "x2", "purchases", "sales")]
    try:
        parameters = np.array(calibrate(*series))
    except StudyError as error:
        return [], label | {"quantity": "not_calibrated", "relation": str(error)}
    failures = calibration_failures(*series)
    there = np.isfinite(parameters).all(axis=0)
    fails = np.any(list(failures.values()), axis=0)
    yearly, reasons = [], []
    for i in np.flatnonzero(there):
        year = int(known.index[i])
        observed = {"observed_x1": series[0][i], "observed_x2": series[1][i]}
        if fails[i]:
            reasons.append(f"{year}: {', '.join(name for name, at in failures.items() if at[i])}")
            yearly.append({"year": year, "kind": "fails", **observed})
        else:
            x1, x2 = equilibrium(*parameters[:, i])
            yearly.append({"year": year, "kind": "centre", "x1": x1, "x2": x2, **observed})
    summary = {"value": len(reasons), "relation": "; ".join(reasons)}
    period = _period(parameters[:, there & ~fails])
    last = {"observed_x1": series[0][-1], "observed_x2": series[1][-1]}
    rows = [*yearly, period | last] if yearly else []
    return (
        [label | {"source": "calibration"} | row for row in rows],
        label | {"quantity": "calibration_fails"} | summary,
    )


def _period(parameters: np.ndarray) -> Row:
    """Return the period's equilibrium with the range of its years (4, years)."""
    if parameters.shape[1] == 0:
        return {"kind": "fails"}
    period, yearly = period_equilibrium(*parameters), equilibrium(*parameters)
    row: Row = {"kind": "centre"}
    for name, value, values in zip(("x1", "x2"), period, yearly, strict=True):
        row |= {name: value, f"{name}_low": values.min(), f"{name}_high": values.max()}
        row[f"{name}_set"] = "range"
    return row


def given(values: Mapping[str, float], label: Row) -> Row:
    """Return the equilibrium at the four parameters that the configuration gives."""
    a1, b1, a2, b2 = (float(values[name]) for name in ("a1", "b1", "a2", "b2"))
    x1, x2 = equilibrium(a1, b1, a2, b2)
    return label | {"source": "given", "x1": x1, "x2": x2, "kind": kind(a1, b1, a2, b1 * b2)}


def theoretical(
    pair: pd.DataFrame, calibration: Mapping[str, Any] | None
) -> Iterator[tuple[list[Row], Row | None]]:
    """Yield, per region, the theoretical equilibria and a row for the relations table or None."""
    for (code, name), part in pair.groupby(["region", "name"], sort=True):
        label = {"scope": code, "name": name, "effects": "none"}
        if calibration and "purchases" in calibration:
            yield calibrated(part, label)
        elif calibration:
            last = part.sort_values("year").iloc[-1]
            row = given(calibration, label)
            yield [row | {"observed_x1": last["x1"], "observed_x2": last["x2"]}], None
