"""Fitted E and growth at theoretical points by live formulas from the coefficients of a region."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.files import rows_of
from coevo.report.tables.cell_words import in_words
from coevo.report.tables.columns import column_of
from coevo.report.tables.formula_sheet import EDGE, FormulaSheet
from coevo.report.tables.traced_case import TracedCase
from coevo.report.tables.workbook_trace import LARGEST
from coevo.schema import column_rows, table_row

NAME = "theory_formulas"
COEFFICIENTS = ("a1", "b1", "a2", "d")
POINT = ["source", "share", "first_year", "last_year"]  # what says which point it is
# line, after a space a column of its table -> the look of its numbers, their formula; without one
# they are read
FITTED = {"E x1": ("amount", "{a2}/{d}"), "E x2": ("amount", "{a1}/{b1}")}
AT_POINT = {
    "x1": ("amount", ""), "x2": ("amount", ""),
    "G1": ("score", "{a1}-{b1}*{x2}"), "G1_se": ("score", ""),
    "G1_low": ("score", "{G1}-{t}*{G1_se}"), "G1_high": ("score", "{G1}+{t}*{G1_se}"),
    "G2": ("score", "{d}*{x1}-{a2}"), "G2_se": ("score", ""),
    "G2_low": ("score", "{G2}-{t}*{G2_se}"), "G2_high": ("score", "{G2}+{t}*{G2_se}"),
    "a1_needed": ("", "{b1}*{x2}"), "a1_apart": ("score", "({a1_needed}-{a1})/{a1_se}"),
    "b1_needed": ("", "{a1}/{x2}"), "b1_apart": ("score", "({b1_needed}-{b1})/{b1_se}"),
    "a2_needed": ("", "{d}*{x1}"), "a2_apart": ("score", "({a2_needed}-{a2})/{a2_se}"),
    "d_needed": ("", "{a2}/{x1}"), "d_apart": ("score", "({d_needed}-{d})/{d_se}"),
}  # fmt: skip


def theory_sheets(case: TracedCase) -> list[FormulaSheet]:
    """Return the sheet of the region in focus and its own fit by the main estimator, if it has one.

    Points with a number that is not finite are left out.
    """
    study, tables = case.study, case.tables
    if study.pair is None:
        return []
    own = {"scope": study.focus, "effects": "none", "estimator": study.estimator}
    fitted = rows_of(tables["parameters"], model="classic", parameter=COEFFICIENTS, **own)
    E = rows_of(tables["equilibria"], model="classic", source="fit", **own)
    points = rows_of(tables["theory"], errors="own", **own)
    points = points[np.isfinite(points[list(AT_POINT)]).all(axis=1)]
    if fitted.empty or E.empty:
        return []
    said = {name: case.words.word("symbol", name) for name in COEFFICIENTS}
    said |= {c: column_of("theory", c, {}, study.language).head for c in column_rows("theory")}
    rows = column_rows("parameters") | column_rows(NAME)
    said |= {name: row.words[study.language] for name, row in rows.items()}
    title = table_row(NAME).words[study.language]
    sheet = FormulaSheet(NAME, title, said.__getitem__, LARGEST + 2)
    names = _coefficients(case, sheet, fitted)
    ends = [_block(case, sheet, names, "equilibria", FITTED, E)]
    if len(points):
        which = in_words("theory", points[POINT].dropna(axis=1, how="all"), case.words)
        for name, texts in which.items():
            sheet.line(str(name), [("" if pd.isna(text) else text, "") for text in texts], "heads")
        ends.append(_block(case, sheet, names, "theory", AT_POINT, points))
    sheet.put(LARGEST, 0, said["largest"], "text")
    sheet.put(LARGEST, EDGE, 0.0, "tiny", f"=MAX({','.join(ends)})")
    return [sheet]


def _coefficients(case: TracedCase, sheet: FormulaSheet, fitted: pd.DataFrame) -> dict[str, str]:
    """Add coefficients with errors, and t of the intervals; return their cells by name."""
    sheet.line("coefficient", [(sheet.term(name), "") for name in fitted["parameter"]], "heads")
    names = {}
    for line, end in (("estimate", ""), ("se", "_se"), ("df", "_df")):
        sheet.line(line, case.entries("parameters", line, fitted.index))
        for column, name in enumerate(fitted["parameter"], start=EDGE):
            names[f"{name}{end}"] = sheet.cell(line, column, "row, column")
    level = float(case.study.config["interaction"]["confidence"])
    t = float(stdtrit(fitted["df"].iloc[0], (1 + level) / 2))
    sheet.line("confidence", [(level, "")])
    sheet.line("t", [(t, f"=TINV(1-{sheet.cell('confidence', EDGE)},{names['a1_df']})")], "score")
    sheet.next += 1
    return names | {"t": sheet.cell("t", EDGE, "row, column")}


def _block(
    case: TracedCase, sheet: FormulaSheet, names: dict[str, str], table: str,
    lines: dict[str, tuple[str, str]], rows: pd.DataFrame,
) -> str:  # fmt: skip
    """Add lines, a column for each row of a table, and below them the largest relative difference
    of formulas from the table; return the cells of that.
    """
    columns = range(EDGE, EDGE + len(rows))
    apart: dict[int, list[str]] = {column: [] for column in columns}
    for line, (look, formula) in lines.items():
        cells = case.entries(table, line.split()[-1], rows.index)
        for k, column in enumerate(columns if formula else ()):
            value, stored = cells[k]
            known = {name: sheet.cell(name, column) for name in sheet.lines} | names
            cells[k] = value, f"={formula.format(**known)}"
            own = xl_rowcol_to_cell(sheet.next, column)
            apart[column].append(f"ABS({own}/{stored.removeprefix('=')}-1)")
        sheet.line(line, cells, look, line.partition(" ")[2])
    largest = [f"=MAX({','.join(terms)})" for terms in apart.values()]
    sheet.line("difference", [(0.0, formula) for formula in largest], "tiny")
    sheet.next += 1
    return sheet.span("difference", (columns[0], columns[-1]))
