"""D of the region in focus by live formulas: from figures by z and weights to U, C, T and D."""

from coevo.coupling.forms import FORMS, contribution_shares
from coevo.report.tables.cell_address import Cell, absolute_address, span
from coevo.report.tables.formula_steps import WEIGHT, composite, untraced, weight_lines
from coevo.report.tables.workbook_case import EDGE, Entry, Line, SheetGrid, WorkbookCase, formulas

LARGEST, START = 4, 6  # rows from 0: the largest difference; where lines begin
GAP = Line("")
DIFFERENCE = ("largest difference from D in sheet coupling", "与coupling表中D的最大差异")


def trace_cells(case: WorkbookCase) -> list[Cell]:
    """Return the cells of the sheet: settings, weights, figures, z, and the way to D by year."""
    said = list(untraced(case))
    title = [
        f"D of {_name(case)} recomputed by formulas: figure → z → U → C, T → D. Filter the other "
        "sheets rather than sort them: formulas refer to their cells.",
        f"用公式逐步重算{_name(case)}的耦合协调度：原始数值→标准化值z→子系统综合发展指数U→耦合度C、"
        "综合协调指数T→耦合协调度D。其他工作表请筛选而勿排序，公式引用其单元格。",
    ]
    lines = [
        *(Line(f"untraced {k}", *texts, look="note") for k, texts in enumerate(said)),
        *_settings(case), GAP, *_indicators(case), GAP, *_goalposts(case), GAP,
        *_figures(case), GAP, *_normalised(case), GAP, *_result(case),
    ]  # fmt: skip
    grid = SheetGrid(case, {line.name: START + k for k, line in enumerate(lines)})
    cells = [Cell(0, 0, case.said(*title), look="note")]
    for line in (line for line in lines if line is not GAP):
        row, head = grid.at[line.name], {"heads": "head", "note": "note"}.get(line.look, "text")
        words = [(0, case.said(line.en, line.zh)), (2, line.year)]
        cells += [Cell(row, column, text, look=head) for column, text in words if text != ""]
        made = line.cells(grid) if callable(line.cells) else line.cells
        cells += [
            Cell(row, EDGE + k, value, formula, line.look)
            for k, (value, formula) in enumerate(made)
        ]
    return [*cells, *_largest(case, grid)]


def _name(case: WorkbookCase) -> str:
    coupling = case.tables["coupling"]
    return str(coupling.loc[coupling["region"] == case.region, "name"].iloc[0])


def _largest(case: WorkbookCase, grid: SheetGrid) -> list[Cell]:
    """The largest difference between D here and in the table, where a reader looks first."""
    column = EDGE + len(case.subsystems) + 4
    first, last = (absolute_address(grid.at[f"D {year}"], column) for year in _ends(case))
    return [
        Cell(LARGEST, 0, case.said(*DIFFERENCE), look="text"),
        Cell(LARGEST, EDGE, 0.0, f"=MAX({first}:{last})", "tiny"),
    ]


def _ends(case: WorkbookCase) -> tuple[int, int]:
    years = list(case.rows)
    return years[0], years[-1]


def _settings(case: WorkbookCase) -> list[Line]:
    """The range of normalised values."""
    words = (("lowest", "z的下限"), ("highest", "z的上限"))
    return [
        Line(name, f"{name} z", zh, look="amount", cells=[(end, "")])
        for (name, zh), end in zip(words, case.ends, strict=True)
    ]


def _indicators(case: WorkbookCase) -> list[Line]:
    """What the indicator table says of each indicator, and how its weight comes about."""
    given = [
        ("subsystem", "subsystem", "子系统"),
        (f"label_{case.study.language}", "label", "名称"),
        ("unit", "unit", "单位"),
        ("direction", "direction", "指标属性（正向+/负向-）"),
    ]
    return [
        Line("indicator", "indicator", "指标", look="heads",
             cells=[(name, "") for name in case.members]),
        *(Line(*line, look="wrapped", cells=case.given(line[0])) for line in given),
        *weight_lines(case),
    ]  # fmt: skip


def _groups(case: WorkbookCase) -> dict[int, str]:
    """Return the group of goalposts that holds for each year: the year, the region, or all."""
    groups = set(case.tables["goalposts"]["group"])
    return {
        year: next(group for group in (str(year), case.region, "") if group in groups)
        for year in case.rows
    }


def _goalposts(case: WorkbookCase) -> list[Line]:
    """Minimum and maximum of each indicator, of every group that the years need."""
    table = case.tables["goalposts"]
    places = {key: k for k, key in enumerate(zip(table["group"], table["indicator"], strict=True))}

    def line(group: str, column: str, en: str, zh: str) -> Line:
        return Line(
            f"{column} {group}", f"{en} (sheet goalposts)", f"{zh}（goalposts表）", group, "amount",
            [case.entry("goalposts", column, places[group, i]) for i in case.members],
        )  # fmt: skip

    ends = (("low", "minimum", "下限阈值"), ("high", "maximum", "上限阈值"))
    return [line(group, *end) for group in dict.fromkeys(_groups(case).values()) for end in ends]


def _figures(case: WorkbookCase) -> list[Line]:
    """The figures of the panel, a line per year."""
    return [
        Line(
            f"x {year}", "figure x (sheet panel)", "原始数值x（panel表）", year, "amount",
            case.figures("panel", "value", year),
        )
        for year in case.rows
    ]  # fmt: skip


def _normalised(case: WorkbookCase) -> list[Line]:
    """z by goalposts, range and direction, moved to the ends of the range where it lies beyond."""

    def line(year: int, group: str) -> Line:
        values = [float(value) for value, _ in case.figures("normalised", "z", year)]
        return Line(
            f"z {year}", "normalised value z", "标准化值z", year, "score",
            formulas(values, lambda grid, column: _score(grid, column, year, group)),
        )  # fmt: skip

    return [line(year, group) for year, group in _groups(case).items()]


def _score(grid: SheetGrid, column: int, year: int, group: str) -> str:
    """Return the formula of z."""
    bottom, top = (grid.cell(name, EDGE, "both") for name in ("lowest", "highest"))
    x = grid.cell(f"x {year}", column)
    low, high, sign = (
        grid.cell(name, column, "row") for name in (f"low {group}", f"high {group}", "direction")
    )
    distance = f'IF({sign}="+",{x}-{low},{high}-{x})'
    return f"MAX({bottom},MIN({top},{bottom}+({top}-{bottom})*{distance}/({high}-{low})))"


def _result(case: WorkbookCase) -> list[Line]:
    """Contributions, then U, C, T, D by year, and D as the table has it."""
    n, given = len(case.subsystems), case.config["coupling"]["contributions"]
    formula = f"=1/{n}" if isinstance(given, str) else ""
    shares: list[Entry] = [(float(a), formula) for a in contribution_shares(given, n)]
    heads = [*(f"U_{s}" for s in case.subsystems), "C", "T", "D", "D (coupling)", "|difference|"]
    return [
        Line("head", "index, degree", "指数与协调度", case.said("year", "年份"), "heads",
             [(head, "") for head in heads]),
        Line("share", "contribution of the subsystem", "子系统贡献系数", "", "score",
             shares),
        *(_year(case, year, place) for year, place in case.rows.items()),
    ]  # fmt: skip


def _year(case: WorkbookCase, year: int, place: int) -> Line:
    """The line of a year: each U from z and w, then C, T, D."""

    def cells(grid: SheetGrid) -> list[Entry]:
        row, n = grid.at[f"D {year}"], len(case.subsystems)
        c, t, d, stored = (absolute_address(row, EDGE + n + k) for k in range(4))
        indices, shares = (span(at, EDGE, EDGE + n - 1) for at in (row, grid.at["share"]))
        value = {name: case.entry("coupling", name, place) for name in ("C", "T", "D")}
        form = FORMS[case.config["coupling"]["form"]].cells
        degree = form and "=" + form.format(U=indices, n=n, k=case.config["coupling"]["k"])
        return [
            *_indices(case, grid, year, place),
            (value["C"][0], degree or value["C"][1]),
            (value["T"][0], f"=SUMPRODUCT({shares},{indices})"),
            (value["D"][0], f"=MIN(1,SQRT({c}*{t}))"),
            value["D"],
            (0.0, f"=ABS({d}-{stored})"),
        ]

    return Line(f"D {year}", "U, C, T, D", "U、C、T、D", year, "score", cells)


def _indices(case: WorkbookCase, grid: SheetGrid, year: int, place: int) -> list[Entry]:
    """Each U from z and w of its subsystem, or read from the table."""
    formula, entries = composite(case), []
    for subsystem, (first, _) in case.subsystems.items():
        value, read = case.entry("coupling", f"U_{subsystem}", place)
        parts = {"w": grid.own(WEIGHT[0], first, "both"), "z": grid.own(f"z {year}", first)}
        entries.append((value, f"={formula.format(**parts)}" if formula else read))
    return entries
