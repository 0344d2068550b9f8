"""The region in focus by live formulas: D from figures by z and weights to U, C and T; fitted E and
growth at theoretical points from coefficients.

A method whose entry in its registry has no formula is read from its table, and the sheet says so.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from coevo.coupling.formulas import contribution_shares
from coevo.files import rows_of
from coevo.normalisation import scaled_panel
from coevo.normalisation.directions import MODERATE, directions_under
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import column_of, in_words
from coevo.report.tables.traced_case import EDGE, Entry, FormulaSheet, TracedCase
from coevo.schema import column_rows, table_row

NAME = "theory_formulas"
COEFFICIENTS = ("a1", "b1", "a2", "d")
POINT = ["source", "share", "first_year", "last_year"]  # what says which point it is
FITTED, AT_POINT = (LAYOUT[name] for name in ("fitted", "at_point"))


def trace_sheet(case: TracedCase) -> FormulaSheet:
    """Settings, weights, figures, z, and the way to D by year."""
    study = case.study
    title = case.term("title", name=study.name(study.focus))
    sheet = FormulaSheet("trace", title, case.term)
    coupling = study.config["coupling"]
    index = coupling["preset"] or coupling["composite"]
    for step, name in {"weights": case.method, "U": index, "C": coupling["form"]}.items():
        if not case.formulas[step]:
            sheet.put(sheet.next, 0, case.term(f"untraced_{step}", name=name), "note")
            sheet.next += 1
    ends = scaled_panel(study.config["normalisation"]) or (0.0, 1.0)
    for line, end in zip(("lowest", "highest"), ends, strict=True):
        sheet.line(line, [(end, "")], "amount")
    sheet.next += 1
    _indicators(case, sheet)
    _weights(case, sheet)
    sheet.next += 1
    _scores(case, sheet)
    sheet.next += 1
    _degrees(case, sheet)
    return sheet


def _indicators(case: TracedCase, sheet: FormulaSheet) -> None:
    """What the indicator table says of each indicator."""
    sheet.line("indicator", [(case.study.label(name), "") for name in case.members], "heads")
    table = case.study.indicators.set_index("indicator").loc[case.members]
    lines = {
        "subsystem": map(case.study.label, table["subsystem"]),
        "unit": map(case.study.unit, case.members),
        "direction": table["direction"].replace(MODERATE, case.term(MODERATE)),
    }
    for line, texts in lines.items():
        sheet.line(line, [(str(text), "") for text in texts], "wrapped")
    if any(case.scales[name].direction == MODERATE for name in case.members):
        for place, line in enumerate(("best_low", "best_high")):
            ends = [case.scales[name].best[place] for name in case.members]
            sheet.line(line, [("" if math.isnan(end) else end, "") for end in ends], "amount")


def _weights(case: TracedCase, sheet: FormulaSheet) -> None:
    """How the weights come about and their difference from the table, else those of the table."""
    stored = case.of_members("weights", "weight", weighting=case.method)
    if not case.formulas["weights"]:
        sheet.line("weight", stored, "score")
        return

    def names(column: int) -> dict[str, str]:
        ends = next(e for e in case.subsystems.values() if e[0] <= column <= e[1])
        return {f"all_{line}": sheet.span(line, ends, "column") for line in sheet.lines}

    sheet.names = names
    for step in case.weighting.steps:
        sheet.line(step.name, case.known[step.name], step.look, formula=step.formula)
    weights = [(weight, "") for weight, _ in stored]
    sheet.line("weight", weights, "score", formula=case.formulas["weights"])
    sheet.line("stored", stored, "score")
    apart = [(0.0, "") for _ in case.members]
    sheet.line("difference", apart, "tiny", formula="ABS({weight}-{stored})")


def _scores(case: TracedCase, sheet: FormulaSheet) -> None:
    """Goalposts of every group that the years need; figures; z by goalposts, range and direction,
    moved to the ends of the range where it lies beyond.
    """
    table = case.tables["goalposts"]
    groups = {
        year: next(g for g in (str(year), case.study.focus, "") if g in set(table["group"]))
        for year in case.rows
    }
    for group in dict.fromkeys(groups.values()):
        for column in ("low", "high"):
            posts = case.of_members("goalposts", column, group=group)
            sheet.line(f"{column} {group}", posts, "amount", group)
    sheet.next += 1
    for year in case.rows:
        sheet.line(f"x {year}", case.of_year("panel", "value", year), "amount", year)
    sheet.next += 1
    for year, group in groups.items():
        cells = [
            (value, _score(case, sheet, column, year, group))
            for column, (value, _) in enumerate(case.of_year("normalised", "z", year), start=EDGE)
        ]
        sheet.line(f"z {year}", cells, "score", year)


def _score(case: TracedCase, sheet: FormulaSheet, column: int, year: int, group: str) -> str:
    """The formula of z: the share of its direction, as the cell of that says; moderate where the
    indicator has a best band.
    """
    bottom, top = (sheet.cell(name, EDGE, "row, column") for name in ("lowest", "highest"))
    lines = {"low": f"low {group}", "high": f"high {group}"}
    lines |= {end: end for end in ("best_low", "best_high") if end in sheet.lines}
    cells = {key: sheet.cell(line, column, "row") for key, line in lines.items()}
    cells["x"], sign = sheet.cell(f"x {year}", column), sheet.cell("direction", column, "row")
    known = ("+", "-", case.scales[case.members[column - EDGE]].direction)
    ways = directions_under(case.reference).items()
    *others, (_, share) = [(name, way.cells.format(**cells)) for name, way in ways if name in known]
    for name, other in reversed(others):
        share = f'IF({sign}="{name}",{other},{share})'
    return f"MAX({bottom},MIN({top},{bottom}+({top}-{bottom})*({share})))"


def _degrees(case: TracedCase, sheet: FormulaSheet) -> None:
    """Contributions, then U, C, T, D by year, D as the table has it, and the largest difference."""
    n, contributions = len(case.subsystems), case.study.config["coupling"]["contributions"]
    equal = f"1/{n}" if isinstance(contributions, str) else ""
    shares = [(float(a), equal) for a in contribution_shares(contributions, n)]
    names = [f"U: {case.study.label(name)}" for name in case.subsystems]
    heads = (*names, "C", "T", "D", case.term("stored_D"), case.term("distance"))
    sheet.line("head", [(head, "") for head in heads], "heads", case.term("year"))
    sheet.line("share", shares, "score")
    first, column = sheet.next, EDGE + len(heads) - 1
    for year, place in case.rows.items():
        sheet.line(f"D {year}", _degrees_of_year(case, sheet, year, place), "score", year)
    sheet.largest(case.term("largest"), [xl_range(first, column, sheet.next - 1, column)])


def _degrees_of_year(
    case: TracedCase, sheet: FormulaSheet, year: int, place: int
) -> Iterator[Entry]:
    """Each U from z and w of its subsystem, then C, T, D; or what is read from the table."""
    settings, n = case.study.config["coupling"], len(case.subsystems)
    C, T, D, stored = (xl_rowcol_to_cell(sheet.next, EDGE + n + k) for k in range(4))
    U, shares = xl_range(sheet.next, EDGE, sheet.next, EDGE + n - 1), (EDGE, EDGE + n - 1)
    formulas = {
        f"{SUBSYSTEM_PREFIX}{name}": case.formulas["U"].format(
            w=sheet.span("weight", ends, "row, column"), z=sheet.span(f"z {year}", ends, "column")
        )
        for name, ends in case.subsystems.items()
    }
    formulas["C"] = case.formulas["C"].format(U=U, n=n, k=settings["k"])
    formulas["T"] = f"SUMPRODUCT({sheet.span('share', shares)},{U})"
    formulas["D"] = f"MIN(1,SQRT({C}*{T}))"
    read = {name: case.entries("coupling", name, [place])[0] for name in formulas}
    yield from ((value, formulas[name] or own) for name, (value, own) in read.items())
    yield read["D"]
    yield 0.0, f"ABS({D}-{stored})"


def theory_sheets(case: TracedCase) -> list[FormulaSheet]:
    """Return the sheet of the region in focus and its own fit by the main estimator, if it has one.

    Points with a number that is not finite are left out.
    """
    study, tables = case.study, case.tables
    if not study.pair:
        return []
    main_fit = {"scope": study.focus, "effects": "none", "estimator": study.estimator}
    fitted = rows_of(tables["parameters"], model="classic", parameter=COEFFICIENTS, **main_fit)
    E = rows_of(tables["equilibria"], model="classic", source="fit", **main_fit)
    points = rows_of(tables["theory"], **main_fit)
    points = points[np.isfinite(points[["x1", "x2", "G1", "G2"]]).all(axis=1)]
    if fitted.empty or E.empty:
        return []
    labels = {c: column_of("theory", c, {}, study.language).head for c in column_rows("theory")}
    rows = column_rows("parameters") | column_rows(NAME)
    labels |= {name: row.words[study.language] for name, row in rows.items()}
    title = table_row(NAME).words[study.language]
    sheet = FormulaSheet(NAME, title, labels.__getitem__)
    _coefficients(case, sheet, fitted)
    ends = [_block(case, sheet, "equilibria", FITTED, E)]
    if len(points):
        which = in_words("theory", points[POINT].dropna(axis=1, how="all"), case.words)
        for name, texts in which.items():
            sheet.line(str(name), [("" if pd.isna(text) else text, "") for text in texts], "heads")
        ends.append(_block(case, sheet, "theory", AT_POINT, points))
    sheet.largest(labels["largest"], ends)
    return [sheet]


def _coefficients(case: TracedCase, sheet: FormulaSheet, fitted: pd.DataFrame) -> None:
    """Add coefficients with errors, and t of the intervals, which all formulas may name."""
    symbols = [(case.words.word("symbol", name), "") for name in fitted["parameter"]]
    sheet.line("coefficient", symbols, "heads")
    names = {}
    for line, end in (("estimate", ""), ("se", "_se"), ("df", "_df")):
        sheet.line(line, case.entries("parameters", line, fitted.index))
        for column, name in enumerate(fitted["parameter"], start=EDGE):
            names[f"fit_{name}{end}"] = sheet.cell(line, column, "row, column")
    level = float(case.study.config["interaction"]["confidence"])
    t = float(stdtrit(fitted["df"].iloc[0], (1 + level) / 2))
    sheet.line("confidence", [(level, "")])
    sheet.names = lambda column: names
    sheet.line("t", [(t, "")], "score", formula="TINV(1-{confidence},{fit_a1_df})")
    names["t"] = sheet.cell("t", EDGE, "row, column")
    sheet.next += 1


def _block(
    case: TracedCase, sheet: FormulaSheet, table: str, lines: Mapping[str, Sequence[str]],
    rows: pd.DataFrame,
) -> str:  # fmt: skip
    """Add lines, a column for each row of a table, and below them the largest relative difference
    of formulas from the table; return the cells of that.
    """
    apart: list[list[str]] = [[] for _ in rows.index]
    for line, (look, formula) in lines.items():
        held = case.entries(table, line.split()[-1], rows.index)
        cells = [("", "") if pd.isna(value) else (value, cell) for value, cell in held]
        sheet.line(line, cells, look, line.partition(" ")[2], formula)
        for column, (_, stored) in enumerate(cells if formula else (), start=EDGE):
            apart[column - EDGE].append(f"ABS({sheet.cell(line, column)}/{stored}-1)")
    largest = [(0.0, f"MAX({','.join(terms)})") for terms in apart]
    sheet.line("difference", largest, "tiny")
    sheet.next += 1
    return sheet.span("difference", (EDGE, EDGE + len(rows) - 1))
