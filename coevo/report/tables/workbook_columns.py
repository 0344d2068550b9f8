"""z of all regions and years side by side, and what a weighting computes from each indicator's."""

from coevo.report.tables.cell_address import Cell, absolute_address, of_table
from coevo.report.tables.workbook_case import EDGE, WorkbookCase
from coevo.weighting.method import Columns

START = 3  # row of the first line, from 0; below the lines a gap, the head, and z


def body(sheet: Columns) -> int:
    """Return the first row of z, from 0."""
    return START + len(sheet.lines) + 2


def line_addresses(sheet: Columns, column: int) -> dict[str, str]:
    """Return the addresses of the lines in a column, by their names in formulas elsewhere."""
    lines = enumerate(sheet.lines, start=START)
    return {f"column_{line.name}": absolute_address(row, column) for row, line in lines}


def column_cells(case: WorkbookCase, sheet: Columns) -> list[Cell]:
    """Return the cells of the sheet."""
    table, places, top = case.tables["normalised"], case.places, body(sheet)
    cells = [Cell(0, 0, case.said(*sheet.title), look="note")]
    for row, line in enumerate(sheet.lines, start=START):
        cells.append(Cell(row, 0, case.said(line.en, line.zh), look="text"))
    heads = ["region", "name", "year", *case.members]
    cells += [Cell(top - 1, k, text, look="head") for k, text in enumerate(heads)]
    for row, key in enumerate(places.index, start=top):
        cells += [Cell(row, c, part, look="text") for c, part in enumerate(key)]
    for row, own in enumerate(places.to_numpy(), start=top):
        for column, place in enumerate(own, start=EDGE):
            formula = of_table("normalised", table, "z", int(place))
            cells.append(Cell(row, column, float(table["z"].iloc[place]), formula, "score"))
    return cells + _lines(case, sheet)


def _lines(case: WorkbookCase, sheet: Columns) -> list[Cell]:
    """The lines of each column, from its z downwards."""
    cells, top = [], body(sheet)
    for place in range(len(case.members)):
        column = EDGE + place
        ends = (absolute_address(row, column) for row in (top, top + len(case.places) - 1))
        earlier = {"z": ":".join(ends)}
        for row, line in enumerate(sheet.lines, start=START):
            value = float(case.known[line.name][place])
            cells.append(Cell(row, column, value, f"={line.formula.format(**earlier)}", line.look))
            earlier[line.name] = absolute_address(row, column)
    return cells
