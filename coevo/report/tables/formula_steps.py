"""The lines from z to D that stand in the workbook, as the registries write their formulas.

A method whose entry has no formula is read from its table, and the sheet says so.
"""

from collections.abc import Iterator

from coevo.coupling.composites import COMPOSITES
from coevo.coupling.forms import FORMS
from coevo.report.tables.workbook_case import Entry, Line, SheetGrid, WorkbookCase, formulas
from coevo.report.tables.workbook_columns import line_addresses
from coevo.weighting.method import Step

WEIGHT = ("weight", "weight w", "权重w")  # name of the line, its words


def weight_lines(case: WorkbookCase) -> list[Line]:
    """Return the lines that lead to the weights, and those that hold them against the table."""
    method, known = case.weighting, case.known
    if not method.cells:
        return [Line(*WEIGHT, look="score", cells=_stored(case))]
    stored, difference = "weight in sheet weights", "difference in weight"
    return [
        *(_line(case, step) for step in (*method.steps, Step(*WEIGHT, method.cells))),
        Line(stored, stored, "weights表中的权重", look="score", cells=_stored(case)),
        Line(
            difference, "difference", "差异", look="tiny",
            cells=formulas(
                [0.0] * len(known["weight"]),
                lambda grid, c: f"ABS({grid.cell('weight', c)}-{grid.cell(stored, c)})",
            ),
        ),
    ]  # fmt: skip


def _line(case: WorkbookCase, step: Step) -> Line:
    """Return a line of the sheet: numbers, or formulas with the values that they must give."""
    values, columns = case.known[step.name].tolist(), case.weighting.columns
    if not step.formula:
        return Line(*step[:3], "", step.look, [(value, "") for value in values])

    def formula(grid: SheetGrid, column: int) -> str:
        names = {"subsystem", *(earlier.name for earlier in case.weighting.steps)} & set(grid.at)
        cells = {name: grid.cell(name, column) for name in names}
        cells |= {f"all_{name}": grid.own(name, column) for name in names}
        sheet = case.config["weighting"]["method"]
        there = line_addresses(columns, column) if columns else {}
        cells |= {name: f"{sheet}!{address}" for name, address in there.items()}
        return step.formula.format(**cells)

    return Line(*step[:3], "", step.look, formulas(values, formula))


def untraced(case: WorkbookCase) -> Iterator[tuple[str, str]]:
    """Yield, in English and Chinese, which steps are read from a table since no formula is here."""
    coupling, method = case.config["coupling"], case.config["weighting"]["method"]
    index, form = coupling["preset"] or coupling["composite"], coupling["form"]
    not_here = "not traced here: {} read from the sheet"
    they, it = (not_here.format(words) for words in ("they are", "it is"))
    for formula, name, en, zh, sheet in (
        (case.weighting.cells, method, f"The weights ({method}) are {they}", "权重", "weights"),
        (
            composite(case),
            index,
            f"The indices U ({index}) are {they}",
            "子系统综合发展指数U",
            "coupling",
        ),
        (FORMS[form].cells, form, f"C ({form}) is {it}", "耦合度C", "coupling"),
    ):
        if not formula:
            yield f"{en} {sheet}.", f"{zh}（{name}）未在此列出公式，直接取自{sheet}表。"


def composite(case: WorkbookCase) -> str:
    """Return the formula of U; a preset, which looks at all rows, has none."""
    coupling = case.config["coupling"]
    return "" if coupling["preset"] else COMPOSITES[coupling["composite"]].cells


def _stored(case: WorkbookCase) -> list[Entry]:
    return [case.entry("weights", "weight", place) for place in case.weights["position"]]
