"""Sheets of live formulas: z of the figures and D of the region in focus; E and the strength of
interaction of every region.

A method whose entry in its registry has no formula is read from its table, and the sheet says so.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from coevo.coupling.formulas import COMPOSITES, FORMS, contribution_shares
from coevo.files import rows_of
from coevo.normalisation import scaled_panel
from coevo.normalisation.directions import directions_under
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables.report_table import ReportTable, in_words, results_table
from coevo.report.tables.steps import steps
from coevo.report.words.report_text import ReportText
from coevo.schema import column_rows

FIRST = 1  # row of a sheet, from 0, where the data begin, below the heads
FITTED = {name: f"{name}_fit" for name in ("a1", "b1", "a2", "d")}
FORMULAS = {
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


def degree_sheets(words: ReportText) -> list[ReportTable]:
    """Return the steps of the region in focus with z as formulas, and by year U, C, T and D from
    them, D as its table has it, and the difference.
    """
    study = words.study
    rows = steps(words, [study.focus]).drop(columns="region")
    return [results_table(words, "steps", _scored(words, rows)), _degrees(words, rows)]


def _scored(words: ReportText, rows: pd.DataFrame) -> pd.DataFrame:
    """The steps in words, with the formula of each z: the share that the direction gives, on the
    range of normalised values, whose ends it does not leave.
    """
    study, place = words.study, {column: k for k, column in enumerate(rows)}
    settings = study.config["normalisation"]
    low, high = scaled_panel(settings) or (0.0, 1.0)
    ways = directions_under(settings["reference"])
    directions = study.indicators.set_index("indicator")["direction"]
    formulas: list[Any] = []
    for row, (indicator, z) in enumerate(zip(rows["indicator"], rows["z"], strict=True), FIRST):
        cells = {column: xl_rowcol_to_cell(row, k) for column, k in place.items()}
        share = ways[directions[indicator]].cells.format(x=cells["value"], **cells)
        text = f"MAX({low!r},MIN({high!r},{low!r}+{high - low!r}*({share})))"
        formulas.append(None if np.isnan(z) else Formula(text, z))
    return in_words("steps", rows, words).assign(z=pd.Series(formulas, rows.index, dtype=object))


def _degrees(words: ReportText, rows: pd.DataFrame) -> ReportTable:
    """U of each subsystem from z and w of its steps, then C, T and D, by year."""
    study, settings = words.study, words.study.config["coupling"]
    sheet, place = words.sheet("steps"), {column: k for k, column in enumerate(rows)}
    names = {"U": settings["preset"] or settings["composite"], "C": settings["form"]}
    U_cells = "" if settings["preset"] else COMPOSITES[settings["composite"]].cells
    cells = {"U": U_cells, "C": FORMS[settings["form"]].cells}
    n = len(study.subsystems)
    shares = contribution_shares(settings["contributions"], n).tolist()
    found = rows.groupby(["year", "subsystem"]).indices

    def span(year: int, subsystem: str, column: str) -> str:
        first, last = found[year, subsystem][[0, -1]] + FIRST
        return f"'{sheet}'!{xl_range(first, place[column], last, place[column])}"

    states = rows_of(study.tables["coupling"], region=study.focus)
    columns = ["year", *(SUBSYSTEM_PREFIX + name for name in study.subsystems), *"CTD"]
    lines: list[dict[str, Any]] = []
    for row, state in enumerate(states[columns].to_dict("records"), FIRST):
        C, T, D, stored = (xl_rowcol_to_cell(row, n + k) for k in range(1, 5))
        texts = {}
        for name in study.subsystems:
            ends = {"z": span(state["year"], name, "z"), "w": span(state["year"], name, "weight")}
            texts[SUBSYSTEM_PREFIX + name] = cells["U"].format(**ends)
        texts["C"] = cells["C"].format(U=xl_range(row, 1, row, n), n=n, k=settings["k"])
        terms = (f"{share!r}*{xl_rowcol_to_cell(row, k)}" for k, share in enumerate(shares, 1))
        texts |= {"T": "+".join(terms), "D": f"MIN(1,SQRT({C}*{T}))"}
        formulas = {name: Formula(text, state[name]) for name, text in texts.items() if text}
        difference = Formula(f"ABS({D}-{stored})", 0.0)
        lines.append(state | formulas | {"stored": state["D"], "difference": difference})
    table = pd.DataFrame(lines, dtype=object)
    untraced = [step for step, text in cells.items() if not text]
    notes = [words.term("untraced", step).format(name=names[step]) for step in untraced]
    return results_table(words, "trace", table, notes)


def theory_sheet(words: ReportText) -> list[ReportTable]:
    """Return the sheet of each region's own fit beside its theoretical points, if there are fits:
    E, growth at the point and the strength of both effects by formulas.
    """
    study = words.study
    if not study.pair:
        return []
    own = {"effects": "none", "estimator": study.estimator}
    fits = study.rows("parameters", model="classic", scaling="none", **own)
    fits = fits.pivot(index="scope", columns="parameter", values="estimate")
    fits = fits.reindex(columns=list(FITTED)).rename(columns=FITTED).dropna()
    points = study.rows("theory", **own)
    rows = fits.reset_index().merge(points, "left", on="scope")
    if rows.empty:
        return []
    for column, text in FORMULAS.items():
        rows[column] = rows.eval(text.replace("{", "").replace("}", ""))
    rows = rows[list(column_rows("theory_formulas"))]
    table, place = in_words("theory_formulas", rows, words), {c: k for k, c in enumerate(rows)}
    for column, text in FORMULAS.items():
        formulas: list[Any] = []
        for row, value in enumerate(rows[column], FIRST):
            cells = {name: xl_rowcol_to_cell(row, k) for name, k in place.items()}
            formulas.append(Formula(text.format(**cells), value) if np.isfinite(value) else None)
        table[column] = pd.Series(formulas, table.index, dtype=object)
    return [results_table(words, "theory_formulas", table)]
