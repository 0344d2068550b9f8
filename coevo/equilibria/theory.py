"""Theoretical equilibria: the closed form at parameters that no growth regression gave."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import Refusal
from coevo.estimation.pooled_rows import breaks
from coevo.lotka_volterra.calibration import calibrate, calibration_failures, period_equilibrium
from coevo.lotka_volterra.classic import equilibrium, kind
from coevo.messages import message_columns

Row = dict[str, Any]


def theoretical(
    pair: pd.DataFrame, calibration: Mapping[str, Any] | None
) -> tuple[list[Row], list[Row]]:
    """Return rows of the tables equilibria and refusals.

    pair: columns region, name, year, x1, x2, flag and, where `calibration` names them, purchases
    and sales; calibration: {purchases, sales}, the parameters {a1, b1, a2, b2}, or None.
    """
    equilibria: list[Row] = []
    refusals: list[Row] = []
    if calibration:
        last = last_states(pair)
        for code, part in pair.groupby("region", sort=True):
            label = {"scope": code, "effects": "none", "model": "classic"}
            if "purchases" in calibration:
                rows, refused = calibrated(part)
                if rows:
                    rows[-1] |= last[code]  # that of the period
                equilibria += [label | {"source": "calibration"} | row for row in rows]
                refusals += [label | {"quantity": "calibration"} | row for row in refused]
            else:
                equilibria.append(label | given(calibration) | last[code])
    return equilibria, refusals


def last_states(pair: pd.DataFrame) -> dict[str, Row]:
    """Return each region's observed x1, x2 in its last year."""
    last = pair.sort_values("year").groupby("region").tail(1)
    rows = zip(last["region"], last["x1"], last["x2"], strict=True)
    return {code: {"observed_x1": x1, "observed_x2": x2} for code, x1, x2 in rows}


def calibrated(part: pd.DataFrame) -> tuple[list[Row], list[Row]]:
    """Return one region's calibrated equilibria, and what was refused of them.

    part: columns year, x1, x2, flag, purchases, sales of one region. One row per year that has a
    next one of the same vintage, beside that year's observed state, `fails` and empty where the
    calibration makes no sense; and one for the period, over the years in which it holds, with their
    range as low and high. A region without such a year, or with a figure that is not positive, has
    none, and one refusal without a year.
    """
    known = part.set_index("year").sort_index()
    known = known.reindex(range(known.index.min(), known.index.max() + 1))
    series = known[["x1", "x2", "purchases", "sales"]].to_numpy(dtype=float).T
    try:
        parameters = np.array(calibrate(*series))
    except Refusal as refusal:
        return [], [message_columns(refusal.key, refusal.fields)]
    failures = calibration_failures(*series)
    crosses = known.index[1:].isin(breaks(part))
    there = np.isfinite(parameters).all(axis=0) & ~crosses
    if not there.any():
        return [], [message_columns("no_calibrated_years", {})]
    holds = there & ~np.any(list(failures.values()), axis=0)
    rows: list[Row] = []
    refused: list[Row] = []
    for i in np.flatnonzero(there).tolist():
        row: Row = {
            "year": known.index[i],
            "observed_x1": series[0, i],
            "observed_x2": series[1, i],
        }
        if holds[i]:
            x1, x2 = equilibrium(*parameters[:, i])
            rows.append(row | {"kind": "centre", "x1": x1, "x2": x2})
        else:
            rows.append(row | {"kind": "fails"})
            reasons = {"reasons": [name for name, at in failures.items() if at[i]]}
            refused.append({"year": row["year"]} | message_columns("calibration_fails", reasons))
    rows.append(_period(parameters[:, holds]))
    return rows, refused


def _period(parameters: npt.NDArray[np.float64]) -> Row:
    """Return the equilibrium of the period from the parameters of its years (4, years)."""
    if parameters.shape[1] == 0:
        return {"kind": "fails"}
    row: Row = {"kind": "centre"}
    both = zip(("x1", "x2"), period_equilibrium(*parameters), equilibrium(*parameters), strict=True)
    for name, period, yearly in both:
        row |= {name: period, f"{name}_set": "range"}
        row |= {f"{name}_low": yearly.min(), f"{name}_high": yearly.max()}
    return row


def given(values: Mapping[str, Any]) -> Row:
    """Return the equilibrium at the four parameters that the configuration gives."""
    a1, b1, a2, b2 = (float(values[name]) for name in ("a1", "b1", "a2", "b2"))
    x1, x2 = equilibrium(a1, b1, a2, b2)
    return {"source": "given", "x1": x1, "x2": x2, "kind": kind(a1, b1, a2, b1 * b2)}
