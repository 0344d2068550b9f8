"""Layouts: the same figures, written in each of them and each kind of file, read back the same."""

import csv
import io
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import StudyError
from coevo.files import read_table
from coevo.observations import observe
from coevo.observations.blocks import table_blocks
from coevo.observations.cells import cell_figure, known_marks
from coevo.observations.heads import is_number
from coevo.observations.layouts import LAYOUTS, read_layout
from coevo.observations.names import Regions, find_indicator
from coevo.observations.sheets import Remark, Sheet, Span
from coevo.observations.units import is_unit
from coevo.panel.audit import audit_table
from tests.unit.readers_agree import assert_readers_agree

REGIONS = read_table("config/regions/provinces.csv", "regions")
INDICATORS = pd.DataFrame(
    [
        ("product", "100 million yuan", "地区生产总值", ""),
        ("population", "10 thousand persons", "年末常住人口", ""),
        ("revenue", "100 million yuan", "高技术制造业营业收入", ""),
    ],
    columns=["indicator", "unit", "source_name", "derivation"],
)
NAMES = dict(zip(INDICATORS["indicator"], INDICATORS["source_name"], strict=True))
UNITS = {"product": "亿元", "population": "万人", "revenue": "亿元"}
ENGLISH = {"product": "Gross Product", "population": "Population", "revenue": "Revenue"}
LONG = dict(zip(REGIONS["region"], REGIONS["long_zh"], strict=True))
SHORT = dict(zip(REGIONS["region"], REGIONS["name_zh"], strict=True))
IN_ENGLISH = dict(zip(REGIONS["region"], REGIONS["name_en"], strict=True))
Key = tuple[str, int, str]  # region, year, indicator


@pytest.fixture(scope="module")
def figures() -> dict[Key, float]:
    """The provinces' own figures, of three indicators; one of them has no figures for a year."""
    files = sorted(str(path) for path in Path("data/raw/provinces/2026-10").iterdir())
    found, _ = observe(files, "data/raw/provinces", INDICATORS, REGIONS, {}, {})
    assert len(found) == 31 * 9 * 3 and found["value"].isna().sum() == 31
    key = zip(found["region"], found["year"], found["indicator"], strict=True)
    return dict(zip(key, found["value"], strict=True))


class Page:
    """A sheet that is being written: rows, merged cells, and where each figure stands."""

    def __init__(self, *lines: list) -> None:
        self.rows: list[list] = [list(line) for line in lines]
        self.merged: list[Span] = []
        self.cells: dict[Key, str] = {}

    def add(self, *row) -> None:
        self.rows.append(list(row))

    def figures(self, labels: list, values: list[tuple[Key, float]]) -> None:
        """Add a row: its labels, then figures."""
        for place, (key, _) in enumerate(values):
            self.cells[key] = xl_rowcol_to_cell(len(self.rows), len(labels) + place)
        self.add(*labels, *(None if np.isnan(value) else value for _, value in values))


def axes(figures):
    """Return codes of regions, years and indicators, each sorted."""
    return (sorted({key[place] for key in figures}) for place in range(3))


def export(figures) -> list[Page]:
    """As the National Bureau of Statistics exports a yearly table: the newest year first."""
    pages, (regions, years, indicators) = [], axes(figures)
    for i in indicators:
        page = Page(
            ["数据库：分省年度数据"],
            [f"指标：{NAMES[i]}({UNITS[i]})"],
            ["时间：最近10年"],
            ["地区", *(f"{year}年" for year in [max(years) + 1, *reversed(years)])],
        )
        for r in regions:
            row = [((r, year, i), figures[r, year, i]) for year in reversed(years)]
            page.figures([LONG[r], None], row)
        page.add("注：1.地区生产总值按当年价格计算。")
        page.add("\u3000\u3000\u30002.2017年数据未公布。")
        page.add("数据来源：国家统计局")
        pages.append(page)
    return pages


def indicators_down(figures) -> list[Page]:
    pages, (regions, years, indicators) = [], axes(figures)
    for r in regions:
        page = Page([f"{LONG[r]}主要指标"], [f"地区：{LONG[r]}"], [])
        page.add("指标", "单位", *(float(year) for year in years))
        for i in indicators:
            page.figures([NAMES[i], UNITS[i]], [((r, y, i), figures[r, y, i]) for y in years])
        page.add("资料来源：国家统计局")
        pages.append(page)
    return pages


def years_down(figures) -> list[Page]:
    pages, (regions, years, indicators) = [], axes(figures)
    for r in regions:
        page = Page(
            [f"地区：{SHORT[r]}"], ["年份", *(f"{NAMES[i]}({UNITS[i]})" for i in indicators)]
        )
        for y in years:
            page.figures([f"{y}年"], [((r, y, i), figures[r, y, i]) for i in indicators])
        pages.append(page)
    return pages


def panel(figures) -> list[Page]:
    """As the workbook to fill in: English labels above the head, the unit in brackets."""
    regions, years, indicators = axes(figures)
    page = Page(["Region", "Year", *(ENGLISH[i] for i in indicators)])
    page.add("地区", "年份", *(f"{NAMES[i]}({UNITS[i]})" for i in indicators))
    for r in regions:
        for y in years:
            page.figures([SHORT[r], float(y)], [((r, y, i), figures[r, y, i]) for i in indicators])
    return [page]


def long(figures) -> list[Page]:
    page = Page(["指标", "年份", "单位", "地区", "数值"])
    for (r, y, i), value in figures.items():
        page.figures([NAMES[i], float(y), UNITS[i], r], [((r, y, i), value)])
    return [page]


def padded(name: str) -> str:
    return f"{name[0]}  {name[1]}" if len(name) == 2 else name


def two_levels(figures) -> list[Page]:
    """A yearbook's table: unit corner, merged years over indicators, continued below."""
    regions, years, indicators = axes(figures)
    money = [i for i in indicators if UNITS[i] == "亿元"]
    page = Page(["2-3 各地区生产总值和营业收入"])
    for number, part in enumerate((regions[:20], regions[20:])):
        if number:
            page.add("续表")
        else:
            page.add(*[None] * (2 * len(years) - 1), "单位：亿元 (100 million yuan)")
        top = len(page.rows)
        page.add(
            "地  区\nRegion", *(x for y in years for x in (f"{y}年", *[None] * (len(money) - 1)))
        )
        page.add(None, *(NAMES[i] for _ in years for i in money))
        page.add(None, *(ENGLISH[i] for _ in years for i in money))
        page.merged.append((top, 0, top + 2, 0))
        for place in range(len(years)):
            left = 1 + place * len(money)
            page.merged.append((top, left, top, left + len(money) - 1))
        if not number:
            page.add("全  国 National Total", *[1.0] * (len(years) * len(money)))
        for r in part:
            row = [((r, y, i), figures[r, y, i]) for y in years for i in money]
            page.figures([f"{padded(SHORT[r])} {IN_ENGLISH[r]}"], row)
    page.add("注：本表按当年价格计算。")
    page.add("资料来源：国家统计局")
    people = Page(["2-4 各地区人口"], ["单位：万人"], ["地区", "年末常住人口"])
    people.add(None, *(f"{y}年" for y in years))
    for r in regions:
        people.figures(
            [SHORT[r]], [((r, y, "population"), figures[r, y, "population"]) for y in years]
        )
    return [page, people]


def one_year(figures) -> list[Page]:
    """A yearbook's table: one year in the title; English in a second column; a row of units."""
    pages, (regions, years, indicators) = [], axes(figures)
    for y in years:
        page = Page([f"各地区主要指标 ({y}年)"], [f"Main Indicators by Region ({y})"])
        page.add("地区", "Region", *(NAMES[i] for i in indicators))
        page.add(None, None, *(f"({UNITS[i]})" for i in indicators))
        for r in regions:
            row = [((r, y, i), figures[r, y, i]) for i in indicators]
            page.figures([padded(SHORT[r]), IN_ENGLISH[r]], row)
        pages.append(page)
    return pages


def both_down(figures) -> list[Page]:
    regions, years, indicators = axes(figures)
    page = Page(["地区", "指标", *(f"{y}" for y in years)])
    for r in regions:
        for i in indicators:
            row = [((r, y, i), figures[r, y, i]) for y in years]
            page.figures([LONG[r], f"{NAMES[i]}({UNITS[i]})"], row)
    return [page]


def regions_across(figures) -> list[Page]:
    pages, (regions, years, indicators) = [], axes(figures)
    for i in indicators:
        page = Page(
            [f"指标：{NAMES[i]}", f"单位：{UNITS[i]}"], ["年份", *(SHORT[r] for r in regions)]
        )
        for y in years:
            page.figures([f"{y}年"], [((r, y, i), figures[r, y, i]) for r in regions])
        pages.append(page)
    return pages


def one_year_across(figures) -> list[Page]:
    pages, (regions, years, indicators) = [], axes(figures)
    for y in years:
        page = Page([f"年份：{y}"], ["指标", "单位", *(IN_ENGLISH[r] for r in regions)])
        for i in indicators:
            page.figures([NAMES[i], UNITS[i]], [((r, y, i), figures[r, y, i]) for r in regions])
        pages.append(page)
    return pages


def both_down_regions_across(figures) -> list[Page]:
    """As e-Stat exports a table: codes beside the years, the unit in brackets of its own kind."""
    regions, years, indicators = axes(figures)
    page = Page(["表題：", "指標"], ["時間軸（年度）コード", "時間軸（年度）", "項目", "/地域"])
    page.rows[-1] += [LONG[r] for r in regions]
    for y in years:
        for i in indicators:
            row = [((r, y, i), figures[r, y, i]) for r in regions]
            page.figures([f"{y}100000", f"{y}年度", f"{NAMES[i]}【{UNITS[i]}】", ""], row)
    return [page]


WRITERS: dict[str, Callable[[dict], list[Page]]] = {
    "regions down, years across": export,
    "one region, indicators down, years across": indicators_down,
    "one region, years down, indicators across": years_down,
    "regions and years down, indicators across": panel,
    "regions down, years and indicators across": two_levels,
    "one year, regions down, indicators across": one_year,
    "regions and indicators down, years across": both_down,
    "years down, regions across": regions_across,
    "one year, indicators down, regions across": one_year_across,
    "years and indicators down, regions across": both_down_regions_across,
    "long: region, year, indicator, value": long,
}


def text(page: Page) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [[f"{v:g}" if isinstance(v, float) and v.is_integer() else v for v in r] for r in page.rows]
    )
    return out.getvalue()


def write_gb18030(pages: list[Page], folder: Path) -> None:
    for number, page in enumerate(pages):
        (folder / f"{number}.csv").write_bytes(text(page).encode("gb18030"))


def write_utf8(pages: list[Page], folder: Path) -> None:
    for number, page in enumerate(pages):
        (folder / f"{number}.csv").write_bytes(text(page).encode("utf-8-sig"))


def write_xls(pages: list[Page], folder: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    for number, page in enumerate(pages):
        sheet = book.add_sheet(str(number))
        for row, line in enumerate(page.rows):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(row, column, value)
        for span in page.merged:
            sheet.merge(span[0], span[2], span[1], span[3])
    book.save(str(folder / "book.xls"))


def write_xlsx(pages: list[Page], folder: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(folder / "book.xlsx") as book:
        for number, page in enumerate(pages):
            sheet = book.add_worksheet(str(number))
            for span in page.merged:
                sheet.merge_range(*span, "")
            for row, line in enumerate(page.rows):
                for column, value in enumerate(line):
                    if value is not None:
                        sheet.write(row, column, value)


FORMATS = {"gb18030": write_gb18030, "utf-8": write_utf8, "xls": write_xls, "xlsx": write_xlsx}


def read(files, raw):
    observations, remarks = observe(files, raw, INDICATORS, REGIONS, {}, {})
    return observations, audit_table(observations, remarks, INDICATORS)


def test_every_layout_has_a_writer():
    assert list(WRITERS) == list(LAYOUTS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_figures_come_back_as_they_were_written(figures, layout, form, tmp_path):
    folder = tmp_path / "2026-10"
    folder.mkdir()
    pages = WRITERS[layout](figures)
    FORMATS[form](pages, folder)
    files = sorted(str(path) for path in folder.iterdir())
    found, audit = read(files, str(tmp_path))
    key = list(zip(found["region"], found["year"], found["indicator"], strict=True))
    assert len(key) == len(set(key))
    assert set(key) == set(figures)
    assert np.array_equal(found["value"], [figures[k] for k in key], equal_nan=True)
    assert set(found.loc[found["value"].isna(), "flag"]) == {"not_available"}
    cells = {
        k: (f"{number}", page.cells[k]) for number, page in enumerate(pages) for k in page.cells
    }
    sheets = [s if s else Path(f).stem for f, s in zip(found["file"], found["sheet"], strict=True)]
    assert list(zip(sheets, found["cell"], strict=True)) == [cells[k] for k in key]
    assert set(audit["check"]) <= {"jump", "note", "set_aside"}
    if form in ("xls", "xlsx"):
        for file in files:
            assert_readers_agree(Path(file))


def sheet(*rows, merged=()) -> Sheet:
    values = np.array([*zip(*itertools.zip_longest(*rows), strict=True)], dtype=object)
    return Sheet("f", "s", values, merged=tuple(merged))


def words(labels) -> list[str]:
    return [word.text for word in labels.flat]


HEAD = ("地区", "2015年", "2016年")
STATED = (("指标：销售额",), ("单位：亿元",))


def test_each_layout_is_chosen_by_its_own_content(figures):
    chosen = {}
    for name, write in WRITERS.items():
        page = write(figures)[0]
        values = sheet(*page.rows, merged=page.merged)
        block = table_blocks(values)[0]
        chosen[name] = [other for other, reader in LAYOUTS.items() if reader(block) is not None]
    assert chosen == {name: [name] for name in LAYOUTS}


def test_notes_are_kept_whole_with_their_cell_and_the_source_ends_the_table():
    found = read_layout(
        sheet(
            *STATED,
            HEAD,
            ("浙江", 1.0, 2.0),
            ("数据来源：国家统计局",),
            ("北京",),
            ("注：1.甲，乙。",),
            ("\u3000\u3000\u30002.丙。",),
            ("Note: revised",),
            ("* 初步数",),
            ("25",),
        )
    )
    (table,) = found.tables
    assert table.rows == (3,)
    assert table.remarks == (
        Remark("note", "note", {"text": "注：1.甲，乙。 2.丙。"}, 6, 0),
        Remark("note", "note", {"text": "Note: revised * 初步数"}, 8, 0),
    )
    rows = (*STATED, HEAD, ("浙江", 1.0, 2.0), ("①按当年价格计算",), ("注 初步数",))
    (table,) = read_layout(sheet(*rows)).tables
    assert [remark.fields["text"] for remark in table.remarks] == ["①按当年价格计算", "注 初步数"]
    assert table.rows == (3,)


def test_what_nothing_between_two_tables_says_is_taken_over_only_by_a_continuation():
    first = (*STATED, HEAD, ("浙江", 1.0, 2.0))
    for between in ((), (("续表 1",),), ((),)):
        _, second = read_layout(sheet(*first, *between, HEAD, ("北京", 3.0, 4.0))).tables
        assert (words(second.labels["indicator"]), words(second.labels["unit"])) == (
            ["销售额"],
            ["亿元"],
        )
    other = (("表2 采购额",), ("指标：采购额",))
    _, second = read_layout(sheet(*first, *other, HEAD, ("北京", 3.0, 4.0))).tables
    assert (words(second.labels["indicator"]), words(second.labels["unit"])) == (["采购额"], [""])
    assert second.rows == (7,)
    noted = (("注：2014年为初步数",), ("数据来源：局",))
    _, second = read_layout(sheet(*first, *noted, ("地区", "销售额(亿元)"), ("北京", 3.0))).tables
    said = "f › s › A7: no year is stated; add a line 年份：2020 above the head"
    assert second.problems == (said,)  # a note's year is not the year of the next table


@pytest.mark.parametrize(
    "line",
    [
        ["单位：亿元"],
        [None, None, "单位：亿元"],
        ["（单位：亿元）"],
        ["各地区销售额  单位：亿元"],
        ["单 位: 亿元"],
        ["单位：亿元 Unit: 100 million yuan"],
        ["Unit: 亿元"],
        ["计量单位：亿元"],
    ],
)
def test_the_unit_stands_anywhere_above_the_head(line):
    (table,) = read_layout(sheet(["指标：销售额"], line, HEAD, ["浙江", 1.0, 2.0])).tables
    assert words(table.labels["unit"]) == ["亿元"]


@pytest.mark.parametrize(
    ("head", "years", "names"),
    [
        ([["地区", "2019年", None, "2020年", None], [None, "甲", "乙", "甲", "乙"]],
         ["2019", "2019", "2020", "2020"], ["甲", "乙", "甲", "乙"]),
        ([["地区", "甲", None, "乙", None], [None, "2019年", "2020年", "2019年", "2020年"]],
         ["2019", "2020", "2019", "2020"], ["甲", "甲", "乙", "乙"]),
        ([[None, "2019年", None], ["地区", "甲", "乙"]], ["2019", "2019"], ["甲", "乙"]),
        ([["地区", "2019年"], [None, "工业", None], [None, "产值", "利润"]],
         ["2019", "2019"], ["工业 产值", "工业 利润"]),
        ([["地区", "2019"], ["Region", None], [None, "甲"], [None, "A"]], ["2019"], ["甲"]),
    ],
)  # fmt: skip
def test_heads_of_several_levels(head, years, names):
    width = len(names)
    (table,) = read_layout(sheet(["单位：亿元"], *head, ["浙江", *[1.0] * width])).tables
    assert (words(table.labels["year"]), words(table.labels["indicator"])) == (years, names)
    assert table.columns.tolist() == [*range(1, width + 1)]


def test_merged_heads_end_where_their_range_ends():
    merged = [(0, 0, 1, 0), (0, 1, 0, 2)]
    rows = (["地区", "2019年", None, None], [None, "甲", "乙", "面积"], ["浙江", 1.0, 2.0, 3.0])
    (table,) = read_layout(sheet(*rows, merged=merged)).tables
    assert words(table.labels["year"]) == [
        "2019",
        "2019",
        "2019",
    ]  # a blank goes on like its neighbour


def test_units_may_stand_in_brackets_in_a_row_of_their_own_or_above():
    body = ["浙江", "2015", 1.0, 2.0]
    inside = [["地区", "年份", "甲(亿元)", "乙(万人)"]]
    below = [["地区", "年份", "甲", "乙"], ["单位", None, "亿元", "万人"]]
    above = [["单位：亿元"], ["地区", "年份", "甲", "乙(万人)"]]
    for head in (inside, below, above):
        (table,) = read_layout(sheet(*head, body)).tables
        assert words(table.labels["unit"]) == ["亿元", "万人"]


@pytest.mark.parametrize(
    "columns", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1)], ids=str
)
def test_long_tables_in_any_order(columns):
    head, row = ["地区", "年份", "指标", "数值"], ["浙江", "2015", "销售额(亿元)", 1.5]
    found = read_layout(sheet([head[c] for c in columns], [row[c] for c in columns]))
    (table,) = found.tables
    assert table.columns == (columns.index(3),)
    assert [words(labels) for labels in table.labels.values()] == [
        ["浙江"], ["2015"], ["销售额(亿元)"], ["亿元"],
    ]  # fmt: skip


def test_names_merged_over_their_years_are_filled_down():
    rows = (["地区", "年份", "甲(亿元)"], ["浙江", "2015", 1.0], [None, "2016", 2.0])
    (table,) = read_layout(sheet(*rows, merged=[(1, 0, 2, 0)])).tables
    assert words(table.labels["region"]) == ["浙江", "浙江"] and not table.problems
    (table,) = read_layout(sheet(*rows)).tables
    assert table.problems == ("f › s › A3: is empty beside figures; write what they are",)
    assert table.rows == (1,)


@pytest.mark.parametrize(
    ("rows", "merged", "said"),
    [
        (
            [*STATED, ("地区", "2015年（预）", "2016年"), ("浙江", 1.0, 2.0)],
            [],
            's › B3: "2015年(预)" is not understood as a year; write it as 2015 or 2015年, and '
            "what is to be said of it in a line 注：… below the table",
        ),
        (
            [*STATED, HEAD, (None, 1.0, 2.0), ("浙江", 1.0, 2.0)],
            [],
            "s › A4: is empty beside figures; write what they are",
        ),
        (
            [*STATED, ("地区", "2015年", None), ("浙江", 1.0, 2.0)],
            [],
            "s › C3: is empty above figures; write what they are",
        ),
        (
            [*STATED, HEAD, ("浙江", 1.0, None)],
            [(3, 1, 3, 2)],
            "s › B4: a figure stands in 2 merged cells, so it is not clear whose it is; undo the "
            "merging and write it where it belongs",
        ),
        (
            [*STATED, HEAD, ("浙江", 1.0, 2.0), ("数据来源：局",), ("北京", 1.0, 2.0)],
            [],
            "s › A6: figures stand outside the table; give them a head of their own, "
            "or delete them",
        ),
        (
            [("各地区",), ("地区", "甲(亿元)"), ("浙江", 1.0)],
            [],
            "s › A2: no year is stated; add a line 年份：2020 above the head",
        ),
        (
            [("2015—2016年",), ("地区", "甲(亿元)"), ("浙江", 1.0)],
            [],
            "s › A2: several years stand above it (2015, 2016); add a line 年份：2020 above "
            "the head",
        ),
    ],
)
def test_a_form_that_leaves_something_open_is_a_problem_of_its_table(rows, merged, said):
    (table,) = read_layout(sheet(*rows, merged=merged)).tables
    assert table.problems == (f"f › {said}",)


def test_a_sheet_without_figures_is_set_aside_and_one_in_no_known_layout_refused():
    guide = read_layout(
        sheet(["填写说明"], [1.0, "选择地区"], ["指标", "单位", "含义"], ["甲", "亿元", "乙"])
    )
    assert guide.remarks == (Remark("set_aside", "no_table"),) and not guide.tables
    assert not guide.problems
    odd = read_layout(sheet(["名称", "2015年"], ["浙江", 1.5]))
    assert odd.problems == (
        "f › s › A1: is laid out in no known way; its head reads: 名称, 2015年; nearest is "
        "'regions down, years across', but no column is headed 地区, 省份, 城市, region, country "
        "or another word for regions; the layouts are listed in config/README.md",
    )
    beside = sheet(*STATED, ("地区", "2015年", "地区", "2015年"), ("浙江", 1.0, "北京", 2.0))
    assert read_layout(beside).problems == (
        "f › s › C3: is a second head in one row; put one table below the other",
    )
    empty = read_layout(sheet([None, " "], []))
    assert not (empty.tables or empty.remarks or empty.problems)


MANY = 50_000
LONG_TEXTS = [
    "北京" + "*" * MANY + "a",
    "1" * MANY + "a",
    "1," * MANY + "a",
    "指标: 甲" + " " * MANY + "乙",
    "注" + " " * MANY + "1",
    "a" * MANY + "1",
    "北京" + ")a" * MANY + "京",
    "亿元" + " /" * MANY + "(",
    "甲" + "(" * MANY,
    "甲 " + "( " * MANY + "a",
    "甲" + "①(元)" * MANY,
    "续" + "年份:" * MANY,
]


@pytest.mark.parametrize("text", LONG_TEXTS, ids=range(len(LONG_TEXTS)))
def test_a_long_text_is_read_once_and_not_again_from_each_of_its_characters(text):
    for row in range(5):
        for column in range(2):
            rows = [
                ["指标：甲", None],
                ["单位：亿元", None],
                ["地区", "2015年"],
                ["北京", 1.0],
                ["注", 2],
            ]
            rows[row][column] = text
            found = read_layout(sheet(*rows))
            assert len(found.tables) + len(found.problems) + len(found.remarks) > 0
    assert find_indicator(text, {}) is None and not is_number(text) and not is_unit(text)
    with pytest.raises(StudyError):
        Regions(REGIONS).find(text)
    with pytest.raises(StudyError):
        cell_figure(text, known_marks({}))


def test_columns_beside_years_are_set_aside_with_a_count():
    rows = (*STATED, ("地区", "2015年", "增速"), ("浙江", 1.0, 2.0), ("北京", 1.0, None))
    (table,) = read_layout(sheet(*rows)).tables
    fields = {"name": "增速", "figures": 1}
    assert table.remarks == (Remark("set_aside", "column_not_read", fields, 2, 2),)
    assert table.columns == (1,)


def test_dates_as_heads_are_their_year():
    from datetime import date

    head = ["地区", date(2015, 12, 31), "2016-12-31"]
    (table,) = read_layout(sheet(*STATED, head, ["浙江", 1.0, 2.0])).tables
    assert words(table.labels["year"]) == ["2015", "2016"]
