"""Layouts: the same figures, written in each of them and each kind of file, read back the same."""

import csv
import io
import itertools
import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlwt
from openpyxl.utils import range_boundaries

from coevo.errors import StudyError
from coevo.files import read_table
from coevo.observations.blocks import table_blocks
from coevo.observations.cells import cell_figure, known_marks
from coevo.observations.heads import is_number
from coevo.observations.layouts import LAYOUTS, read_layout
from coevo.observations.names import Regions, find_indicator
from coevo.observations.opening import read_sheets
from coevo.observations.sheets import Remark, Sheet
from coevo.observations.units import is_unit
from tests.unit.cases import CASES, Case, sheets_of
from tests.unit.readers_agree import assert_readers_agree

REGIONS = read_table("config/regions/provinces.csv", "regions")
FOLDERS = {layout: "layouts/" + re.sub(r"\W+", "-", layout) for layout in LAYOUTS}


def text(rows: list[list], encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def write_texts(sheets: dict[str, dict], folder: Path, encoding: str) -> None:
    for title, parts in sheets.items():
        (folder / f"{title}.csv").write_bytes(text(parts["rows"], encoding))


def write_xls(sheets: dict[str, dict], folder: Path) -> None:
    book = xlwt.Workbook()
    for title, parts in sheets.items():
        sheet = book.add_sheet(title)
        for row, line in enumerate(parts["rows"]):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(row, column, value)
        for span in parts.get("merged", ()):
            left, top, right, bottom = range_boundaries(span)
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
    book.save(str(folder / "book.xls"))


FORMATS = {  # beside the workbook, as which tests/unit/test_publishers.py reads them
    "gb18030": partial(write_texts, encoding="gb18030"),
    "utf-8": partial(write_texts, encoding="utf-8-sig"),
    "xls": write_xls,
}


def test_every_layout_has_a_case():
    assert [name for name in CASES if name.startswith("layouts/")] == sorted(FOLDERS.values())


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_figures_are_the_same_in_every_kind_of_file(layout, form, tmp_path):
    case, folder = Case(FOLDERS[layout]), tmp_path / "2026-10"
    folder.mkdir()
    FORMATS[form](sheets_of(case.folder / "book.xlsx.yaml"), folder)
    files = sorted(path.as_posix() for path in folder.iterdir())
    found, remarks = case.observe(files, tmp_path)
    sheets = [s if s else Path(f).stem for f, s in zip(found["file"], found["sheet"], strict=True)]
    expected = case.observations
    columns = ["indicator", "region", "year", "value", "sheet", "cell", "flag"]
    pd.testing.assert_frame_equal(
        found.assign(sheet=sheets)[columns].sort_values(columns[:3], ignore_index=True),
        expected[columns].sort_values(columns[:3], ignore_index=True),
        check_dtype=False,
        check_exact=True,
    )
    assert set(remarks["check"]) <= {"note", "set_aside"}
    if form == "xls":
        assert_readers_agree(folder / "book.xls")


def sheet(*rows, merged=()) -> Sheet:
    values = np.array([*zip(*itertools.zip_longest(*rows), strict=True)], dtype=object)
    return Sheet("f", "s", values, merged=tuple(merged))


def words(labels) -> list[str]:
    return [word.text for word in labels.flat]


HEAD = ("地区", "2015年", "2016年")
STATED = (("指标：销售额",), ("单位：亿元",))


def test_each_layout_is_chosen_by_its_own_content(tmp_path):
    chosen = {}
    for name, folder in FOLDERS.items():
        (book,) = Case(folder).write(tmp_path)
        block = table_blocks(read_sheets(Path(book), "a")[0])[0]
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
