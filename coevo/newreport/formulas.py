"""Rows with live formulas: z and D of the region in focus, E and strengths of every region.

A method whose entry in its registry has no formula is read from its table, and the sheet says so.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from coevo.coupling.formulas import COMPOSITES, FORMS, contribution_shares
from coevo.files import rows_of
from coevo.newreport.language import Language
from coevo.newreport.steps import steps
from coevo.newreport.study import SUBSYSTEM_PREFIX, Study
from coevo.normalisation import scaled_panel
from coevo.normalisation.directions import directions_under
from coevo.schema import column_rows

FIRST = 1  # row of a sheet, from 0, where the data begin, below the heads
FITTED = {name: f"{name}_fit" for name in ("a1", "b1", "a2", "d")}
BY_REGION = {
    "E_x1": "{a2_fit}/{d_fit}",
    "E_x2": "{a1_fit}/{b1_fit}",
    "G1": "{a1_fit}-{b1_fit}*{x2}",
    "G2": "{d_fit}*{x1}-{a2_fit}",
    "strength_b1": "{b1_fit}/{b1}",
    "strength_d": "{d_fit}/{d}",
}


class Formula(NamedTuple):
    """A formula of a cell, and its value for programs that do not compute."""

    text: str
    value: float


def scored_steps(study: Study, language: Language) -> pd.DataFrame:
    """Return the steps of the region in focus, each z as a formula of its figure and limits."""
    rows = steps(study, language, [study.focus]).drop(columns=["region", "where", "raw"])
    settings = study.config["normalisation"]
    low, high = scaled_panel(settings) or (0.0, 1.0)
    ways = directions_under(settings["reference"])
    directions = study.indicators.set_index("indicator")["direction"]
    formulas: list[Any] = []
    for row, (indicator, z) in enumerate(zip(rows["indicator"], rows["z"], strict=True), FIRST):
        cells = {column: xl_rowcol_to_cell(row, k) for k, column in enumerate(rows)}
        share = ways[directions[indicator]].cells.format(x=cells["value"], **cells)
        text = f"MAX({low!r},MIN({high!r},{low!r}+{high - low!r}*({share})))"
        formulas.append(None if np.isnan(z) else Formula(text, z))
    return rows.assign(z=pd.Series(formulas, rows.index, dtype=object))


def untraced(study: Study) -> dict[str, str]:
    """Return the steps, `U` or `C`, that no formula follows, with the key of their method."""
    settings = study.config["coupling"]
    found = {}
    if settings["preset"] or not COMPOSITES[settings["composite"]].cells:
        found["U"] = settings["preset"] or settings["composite"]
    if not FORMS[settings["form"]].cells:
        found["C"] = settings["form"]
    return found


def degrees(study: Study, rows: pd.DataFrame, sheet: str) -> pd.DataFrame:
    """Return U, C, T and D of the region in focus by year, computed from the steps in a sheet.

    Columns: year, U of each subsystem, C, T, D, stored (D of its table), difference.
    """
    settings, n, absent = study.config["coupling"], len(study.subsystems), untraced(study)
    place = {column: k for k, column in enumerate(rows)}
    shares = contribution_shares(settings["contributions"], n).tolist()
    found = rows.groupby(["year", "subsystem"]).indices
    names = [SUBSYSTEM_PREFIX + name for name in study.subsystems]

    def span(year: int, subsystem: str, column: str) -> str:
        first, last = found[year, subsystem][[0, -1]] + FIRST
        return f"'{sheet}'!{xl_range(first, place[column], last, place[column])}"

    lines: list[dict[str, Any]] = []
    states = rows_of(study.tables["coupling"], region=study.focus)
    for row, state in enumerate(states[["year", *names, *"CTD"]].to_dict("records"), FIRST):
        C, T, D, stored = (xl_rowcol_to_cell(row, n + k) for k in range(1, 5))
        U = [xl_rowcol_to_cell(row, k) for k in range(1, n + 1)]
        texts = {}
        for name in study.subsystems if "U" not in absent else ():
            z, w = (span(state["year"], name, column) for column in ("z", "weight"))
            cells = COMPOSITES[settings["composite"]].cells
            texts[SUBSYSTEM_PREFIX + name] = cells.format(z=z, w=w)
        if "C" not in absent:
            cells = FORMS[settings["form"]].cells
            texts["C"] = cells.format(U=f"{U[0]}:{U[-1]}", n=n, k=settings["k"])
        texts["T"] = "+".join(f"{a!r}*{cell}" for a, cell in zip(shares, U, strict=True))
        texts["D"] = f"MIN(1,SQRT({C}*{T}))"
        formulas = {name: Formula(text, state[name]) for name, text in texts.items()}
        difference = Formula(f"ABS({D}-{stored})", 0.0)
        lines.append(state | formulas | {"stored": state["D"], "difference": difference})
    return pd.DataFrame(lines, dtype=object)


def theory_by_region(study: Study) -> pd.DataFrame:
    """Return each region's own fit beside its theoretical points: E, growth at the point and the
    strength of both effects as formulas of the coefficients. Empty without fits.
    """
    own = {"effects": "none", "estimator": study.estimator}
    fits = study.rows("parameters", model="classic", scaling="none", **own)
    fits = fits.pivot(index="scope", columns="parameter", values="estimate")
    fits = fits.reindex(columns=list(FITTED)).rename(columns=FITTED).dropna()
    rows = fits.reset_index().merge(study.rows("theory", **own), "left", on="scope")
    if rows.empty:
        return rows
    for column, text in BY_REGION.items():
        rows[column] = rows.eval(text.replace("{", "").replace("}", ""))
    rows = rows[list(column_rows("theory_formulas"))]
    table = rows.astype(object)
    for column, text in BY_REGION.items():
        formulas: list[Any] = []
        for row, value in enumerate(rows[column], FIRST):
            cells = {name: xl_rowcol_to_cell(row, k) for k, name in enumerate(rows)}
            formulas.append(Formula(text.format(**cells), value) if np.isfinite(value) else None)
        table[column] = pd.Series(formulas, table.index, dtype=object)
    return table
