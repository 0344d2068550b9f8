"""Formulas of the steps from z to D by name of the method; a step without one is read, not traced.

A new weighting is a function of the case that returns the lines which lead to its weights; a new
composite or form is a formula in braces of what it needs.
"""

from collections.abc import Callable, Iterator

from coevo.report.tables.cell_address import absolute_address
from coevo.report.tables.workbook_case import Entry, Line, SheetGrid, WorkbookCase, formulas
from coevo.report.tables.workbook_entropy import ENTROPY

WEIGHT = ("weight", "weight w", "权重w")  # name of the line, its words
# z: normalised figures of a row, w: their weights
COMPOSITES = {
    "linear": "SUMPRODUCT({w},{z})",
    "geometric": "IF(SUMPRODUCT(({w}>0)*({z}=0))>0,0,EXP(SUMPRODUCT({w},LN({z}+({z}=0)))))",
}
# U: indices of a row, n: their number, k: the exponent of the configuration
FORMS = {
    "standard": "IF(SUM({U})>0,MIN(1,{n}*PRODUCT({U})^(1/{n})/SUM({U})),0)",
    "k": "IF(SUM({U})>0,MIN(1,4*PRODUCT({U})/SUM({U})^2)^{k},0)",
    "fan": "IF(MAX({U})>0,1-2*STDEVP({U}),0)",
}


def weight_lines(case: WorkbookCase) -> list[Line]:
    """Return the lines that lead to the weights, and those that hold them against the table."""
    method = case.config["weighting"]["method"]
    if method not in WEIGHTS:
        return [Line(*WEIGHT, look="score", cells=lambda grid: _stored(case))]
    weights = [float(value) for value, _ in _stored(case)]
    stored, difference = "weight in sheet weights", "difference in weight"
    return [
        *WEIGHTS[method](case, weights),
        Line(stored, stored, "weights表中的权重", look="score", cells=lambda grid: _stored(case)),
        Line(
            difference, "difference", "差异", look="tiny",
            cells=formulas(
                [0.0] * len(weights),
                lambda grid, c: f"ABS({grid.cell('weight', c)}-{grid.cell(stored, c)})",
            ),
        ),
    ]  # fmt: skip


def untraced(case: WorkbookCase) -> Iterator[tuple[str, str]]:
    """Yield, in English and Chinese, which steps are read from a table since no formula is here."""
    coupling, method = case.config["coupling"], case.config["weighting"]["method"]
    if method not in WEIGHTS:
        yield (
            f"The weights ({method}) are not traced here: they are read from the sheet weights.",
            f"权重（{method}）未在此列出公式，直接取自weights表。",
        )
    if not composite(case):
        name = coupling["preset"] or coupling["composite"]
        yield (
            f"The indices U ({name}) are not traced here: they are read from the sheet coupling.",
            f"子系统综合发展指数U（{name}）未在此列出公式，直接取自coupling表。",
        )
    if coupling["form"] not in FORMS:
        yield (
            f"C ({coupling['form']}) is not traced here: it is read from the sheet coupling.",
            f"耦合度C（{coupling['form']}）未在此列出公式，直接取自coupling表。",
        )


def composite(case: WorkbookCase) -> str | None:
    """Return the formula of U; a preset, which looks at all rows, has none."""
    coupling = case.config["coupling"]
    return None if coupling["preset"] else COMPOSITES.get(coupling["composite"])


def _stored(case: WorkbookCase) -> list[Entry]:
    return [case.entry("weights", "weight", place) for place in case.weights["position"]]


def _entropy(case: WorkbookCase, weights: list[float]) -> list[Line]:
    """e from the sheet `entropy`, 1 - e, and its share within the subsystem."""
    e = [float(value) for value in case.weights["entropy"]]
    return [
        Line(
            "entropy", "entropy e (sheet entropy)", "信息熵e（entropy表）", look="score",
            cells=formulas(e, lambda grid, c: f"entropy!{absolute_address(ENTROPY, c)}"),
        ),
        Line(
            "spread", "1 − e", "信息效用值1−e", look="score",
            cells=formulas([1 - x for x in e], lambda grid, c: f"1-{grid.cell('entropy', c)}"),
        ),
        Line(
            *WEIGHT, look="score",
            cells=formulas(weights, lambda grid, c: _share(grid, "spread", c)),
        ),
    ]  # fmt: skip


def _equal(case: WorkbookCase, weights: list[float]) -> list[Line]:
    """One over the number of indicators of the subsystem."""
    cells = formulas(weights, lambda grid, c: f"1/COLUMNS({grid.own('subsystem', c)})")
    return [Line(*WEIGHT, look="score", cells=cells)]


def _given(case: WorkbookCase, weights: list[float]) -> list[Line]:
    """The numbers of the configuration, over their sum within the subsystem."""
    numbers = case.config["weighting"]["given"]
    return [
        Line(
            "number given", "number given", "给定数值", look="amount",
            cells=lambda grid: [(float(numbers[indicator]), "") for indicator in case.members],
        ),
        Line(
            *WEIGHT, look="score",
            cells=formulas(weights, lambda grid, c: _share(grid, "number given", c)),
        ),
    ]  # fmt: skip


def _share(grid: SheetGrid, line: str, column: int) -> str:
    """Return the formula of a cell over the sum of its subsystem in that line."""
    return f"{grid.cell(line, column)}/SUM({grid.own(line, column)})"


WEIGHTS: dict[str, Callable[[WorkbookCase, list[float]], list[Line]]] = {
    "entropy": _entropy,
    "equal": _equal,
    "given": _given,
}
