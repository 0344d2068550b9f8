"""Raw files to observations: layouts, cells, provenance, and every kind of bad input."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from coevo.errors import StudyError
from coevo.observations import observe
from coevo.observations.cells import figure, year
from coevo.observations.layouts import read_layout
from coevo.observations.sheets import Cell, address, read_sheets

REGIONS = pd.DataFrame(
    {
        "region": ["330000", "110000"],
        "name_en": ["Zhejiang", "Beijing"],
        "name_zh": ["浙江", "北京"],
        "long_zh": ["浙江省", "北京市"],
    }
)
INDICATORS = pd.DataFrame(
    [("sales", "100 million yuan", "销售额", ""), ("staff", "person", "就业人员", "")],
    columns=["indicator", "unit", "source_name", "derivation"],
)


def table(indicator="销售额", unit="亿元", rows=(("浙江省", 1.5, 2), ("北京", 3, 4))):
    return [
        [f"各地区{indicator}"],
        [f"指标：{indicator}"],
        [f"单位：{unit}"],
        ["地区", "2015年", "2016年"],
        *rows,
        ["数据来源：国家统计局"],
        ["注：2016年为初步核算数"],
    ]


def workbook(path: Path, *sheets):
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"表{number + 1}")
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture
def raw(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Path("raw")


def read(raw, units_read_as=None, marks=None, indicators=INDICATORS):
    files = sorted(str(path) for path in raw.rglob("*") if path.is_file())
    return observe(files, str(raw), indicators, REGIONS, units_read_as or {}, marks or {})


def test_a_workbook_keeps_value_vintage_and_cell(raw):
    workbook(raw / "2026-10/a.xlsx", table(), table("就业人员", "万人", [("浙江", 2, "…")]))
    found, audit, revisions = read(raw)
    zhejiang = found[(found["region"] == "330000") & (found["indicator"] == "sales")]
    assert zhejiang.iloc[0].to_dict() == {
        "region": "330000",
        "name": "Zhejiang",
        "year": 2015,
        "indicator": "sales",
        "value": 1.5,
        "unit": "100 million yuan",
        "vintage": "2026-10",
        "file": "raw/2026-10/a.xlsx",
        "sheet": "表1",
        "cell": "B5",
        "flag": "",
    }
    staff = found[found["indicator"] == "staff"]
    assert staff["value"].tolist()[0] == 20_000  # 2 in 10 thousand persons
    assert np.isnan(staff["value"].tolist()[1])
    assert staff["flag"].tolist() == ["", "below_half_unit"]
    assert audit.empty and revisions.empty


def test_a_csv_reads_like_a_workbook(raw):
    workbook(raw / "2026-10/a.xlsx", table(), table("就业人员", "人"))
    (raw / "2026-11").mkdir()
    from_book, _, _ = read(raw)
    (raw / "2026-10/a.xlsx").unlink()
    for name, rows in (("b", table()), ("c", table("就业人员", "人"))):
        text = "\r\n".join(",".join(str(cell) for cell in row) for row in rows)
        Path(raw, "2026-10", f"{name}.csv").write_text(text, encoding="utf-8-sig")
    from_csv, _, _ = read(raw)
    same = ["region", "year", "indicator", "value", "unit", "cell", "flag"]
    pd.testing.assert_frame_equal(from_csv[same], from_book[same])


def test_one_region_with_indicators_down(raw):
    rows = [
        ["浙江省主要指标"],
        ["地区：浙江省"],
        ["指标", "单位", "2015年", "2016年"],
        ["销售额", "万元", 10000, 20000],
        ["就业人员", "人", 5, None],
        ["数据来源：浙江统计年鉴"],
    ]
    workbook(raw / "2026-10/a.xlsx", rows)
    found, _, _ = read(raw)
    assert found["value"].tolist()[:3] == [1.0, 2.0, 5.0]
    assert found["cell"].tolist() == ["C4", "D4", "C5", "D5"]
    assert found["flag"].tolist() == ["", "", "", "not_available"]


def test_a_unit_read_as_another_is_flagged_and_audited(raw):
    workbook(raw / "2026-10/a.xlsx", table(unit="万亿元"), table("就业人员", "人"))
    with pytest.raises(StudyError) as problem:
        read(raw, units_read_as={"万亿元": "person"})
    assert "cannot become '100 million yuan' (money)" in problem.value.messages[0]
    found, audit, _ = read(raw, units_read_as={"万亿元": "100 million yuan"})
    sales = found[found["indicator"] == "sales"]
    assert set(sales["flag"]) == {"unit_read_as"}
    assert set(sales["unit"]) == {"trillion yuan"}
    assert sorted(sales["value"]) == [1.5, 2, 3, 4]
    assert audit["check"].tolist() == ["unit"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (table(rows=[("浙江", "n.a", 2)]), '表1 › B5: "n.a" is not a number or a known mark'),
        (table(rows=[("浙江江", 1, 2)]), '表1 › A5: "浙江江" is not a region'),
        (table(unit="两"), "表1 › A3: unknown unit '两'; known: yuan, 元"),
        (table(unit="人"), "表1 › A3: figures in 'person' (persons) cannot become"),
        ([["", "2015年"], ["浙江", 1]], "表1: is laid out in no known way"),
        (table(rows=[("浙江", 1, 2), ("浙江省", 9, 2)]), "B5 = 1.0: another figure for the same"),
        (table("别的"), "no file gives sales: its source_name '销售额' is not there; names in the"),
    ],
)
def test_bad_input_is_one_line_with_its_place(raw, rows, said):
    workbook(raw / "2026-10/a.xlsx", rows, table("就业人员", "人"))
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert said in problem.value.messages[0]
    assert problem.value.messages[0].startswith("raw")


def test_all_problems_of_a_file_come_at_once(raw):
    workbook(
        raw / "2026-10/a.xlsx",
        table(rows=[("浙江", "a", "b"), ("北平", 1, 2)]),
        table("就业人员", "人"),
    )
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert len(problem.value.messages) == 3  # two cells, one name of a region


def test_every_name_that_no_file_gives_is_named(raw):
    workbook(raw / "2026-10/a.xlsx", table("别的"), table("其他"))
    with pytest.raises(StudyError) as problem:
        read(raw)
    first, second = problem.value.messages
    assert "no file gives sales" in first and "no file gives staff" in second
    assert first.endswith("names in the files: 其他, 别的")


def test_a_study_may_add_marks_for_missing(raw):
    workbook(raw / "2026-10/a.xlsx", table(rows=[("浙江", "n.a", 2)]), table("就业人员", "人"))
    found, _, _ = read(raw, marks={"n.a": "suppressed"})
    assert found["flag"].tolist()[0] == "suppressed"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"not a workbook", "is not an xlsx workbook"),
        ("a.csv", "地区".encode("gb18030"), "is not UTF-8"),
        ("a.pdf", b"%PDF", "files of this kind are not read; known: .csv, .xlsx"),
    ],
)
def test_files_that_cannot_be_read(raw, name, content, said):
    (raw / "2026-10").mkdir(parents=True)
    (raw / "2026-10" / name).write_bytes(content)
    with pytest.raises(StudyError, match="raw/2026-10/a") as problem:
        read(raw)
    assert said in str(problem.value)


def test_the_digits_a_cell_shows_are_kept(raw):
    from openpyxl.styles import numbers

    book = Workbook()
    book.active["A1"] = 1023.0
    book.active["A1"].number_format = "0.0"
    book.active["B1"] = 274.41
    book.active["B1"].number_format = numbers.FORMAT_GENERAL
    raw.mkdir()
    book.save(raw / "a.xlsx")
    sheet = read_sheets(raw / "a.xlsx", "a.xlsx")[0]
    assert [cell.decimals for cell in sheet.rows[0]] == [1, 2]


def test_cells_and_years():
    assert address(6, 2) == "C7" and address(0, 26) == "AA1" and address(9, 701) == "ZZ10"
    assert year(Cell("2015年")) == 2015 and year(Cell(2016.0)) == 2016
    assert year(Cell("15年")) is None and year(Cell("2015-2016")) is None
    assert figure(Cell(True and "1.5", 1), {}).value == 1.5
    for odd in (True, "inf", "nan", "1,5"):
        with pytest.raises(StudyError):
            figure(Cell(odd), {})


def test_an_unknown_layout_has_no_readings(raw):
    raw.mkdir()
    workbook(raw / "a.xlsx", [["年份", "销售额"], [2015, 1]])
    assert read_layout(read_sheets(raw / "a.xlsx", "a")[0]) is None


def styled(path: Path, *cells):
    """Write a workbook of one wide table whose cells are given as (cell, value, number format)."""
    book = Workbook()
    for row in table("份额", "%", [("浙江", 10, 20)]):
        book.active.append(list(row))
    for cell, value, number_format in cells:
        book.active[cell] = value
        book.active[cell].number_format = number_format
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


SHARE = pd.DataFrame(
    [("share", "%", "份额", "")], columns=["indicator", "unit", "source_name", "derivation"]
)


def test_a_percentage_is_read_as_it_is_shown(raw):
    styled(raw / "2026-10/a.xlsx", ("B5", 0.12, "0.00%"))
    found, _, _ = read(raw, indicators=SHARE)
    assert found["value"].tolist() == [pytest.approx(12), 20]
    money = SHARE.assign(unit="100 million yuan")
    with pytest.raises(StudyError, match="A3: figures in"):
        read(raw, indicators=money)


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("B5", "=1+1", "B5: holds a formula without a stored value; open the file in Excel"),
        ("B4", "2015年（预）", 'B4: "2015年（预）" is not understood as a year; write it as 2015'),
        ("A5", None, "A5: is empty beside figures; write what they are"),
        ("B5", "36_8.1", 'B5: "36_8.1" is not a number'),
        ("A2", None, "no line 指标：… above the head names the indicator; add it"),
        ("A3", None, "states no unit; add a line 单位：… above the head, or a column 单位"),
        ("XFD1048576", 1, "has cells far beyond any table (row "),
    ],
)
def test_what_is_easily_overlooked_is_refused(raw, cell, value, said):
    styled(raw / "2026-10/a.xlsx", (cell, value, "General"))
    with pytest.raises(StudyError) as problem:
        read(raw, indicators=SHARE)
    assert said in problem.value.messages[0]


def test_a_year_may_stand_apart_from_its_sign_and_an_empty_sheet_is_no_table(raw):
    styled(raw / "2026-10/a.xlsx", ("B4", "2015 年", "General"))
    workbook(raw / "2026-10/b.xlsx", [])
    found, _, _ = read(raw, indicators=SHARE)
    assert found["year"].tolist() == [2015, 2016]


def test_line_ends_of_an_old_mac_are_read(raw):
    text = "\r".join(",".join(map(str, row)) for row in table("份额", "%", [("浙江", 10, 20)]))
    (raw / "2026-10").mkdir(parents=True)
    (raw / "2026-10" / "a.csv").write_bytes(text.encode())
    found, _, _ = read(raw, indicators=SHARE)
    assert found["value"].tolist() == [10, 20]
