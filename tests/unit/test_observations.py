"""Raw files to observations: recognition, provenance, duplicates, and every kind of bad input."""

import random
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from benchmarks.reading_plants import NAMES, PLANTS, found, said_of, sound
from coevo.errors import StudyError
from coevo.observations import observe
from coevo.observations.sheets import hidden_remarks
from coevo.panel.audit import audit_table
from coevo.panel.vintages import revisions
from coevo.report.words.message_words import message_texts
from tests.sample import words_of
from tests.unit.readers_agree import assert_readers_agree

english = message_texts(words_of("phrases", "en"))
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


def read(raw, units_read_as=None, marks=None, indicators=INDICATORS, regions=REGIONS, **chosen):
    files = sorted(str(path) for path in raw.rglob("*") if path.is_file())
    given = (indicators, regions, units_read_as or {}, marks or {})
    observations, remarks = observe(files, str(raw), *given, **chosen)
    audit = audit_table(observations, remarks, indicators)
    return observations, audit, revisions(observations)


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
        "half_unit": 0.05,
    }
    staff = found[found["indicator"] == "staff"]
    assert staff["value"].tolist()[0] == 20_000  # 2 in 10 thousand persons
    assert np.isnan(staff["value"].tolist()[1])
    assert staff["flag"].tolist() == ["", "below_half_unit"]
    assert audit["check"].tolist() == ["note", "note"] and revisions.empty


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
    some = table(unit="万亿元", rows=[("浙江", "…", "2.5①")])
    workbook(raw / "2026-10/a.xlsx", some, table("就业人员", "人"))
    found, _, _ = read(raw, units_read_as={"万亿元": "100 million yuan"})
    assert found["flag"].tolist()[:2] == ["below_half_unit", "unit_read_as"]
    workbook(raw / "2026-10/a.xlsx", table(unit="万亿元"), table("就业人员", "人"))
    found, audit, _ = read(raw, units_read_as={"万亿元": "100 million yuan"})
    sales = found[found["indicator"] == "sales"]
    assert set(sales["flag"]) == {"unit_read_as"}
    assert set(sales["unit"]) == {"trillion yuan"}
    assert sorted(sales["value"]) == [1.5, 2, 3, 4]
    assert audit["check"].tolist() == ["note", "note", "unit"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (table(rows=[("浙江", "n.a", 2)]), '表1 › B5: "n.a" is not a number or a known mark'),
        (table(rows=[("浙江江", 1, 2)]), '表1 › A5: "浙江江" is not in the table of regions'),
        (table(unit="两"), "表1 › A3: unknown unit '两'; known: yuan, 元"),
        (table(unit="人"), "表1 › A3: figures in 'person' (persons) cannot become"),
        ([["", "2015年"], ["某地", 1.5]], "表1 › A1: is laid out in no known way"),
        (
            table(rows=[("浙江", 1, 2), ("浙江省", 9, 2)]),
            "表1 › B5: 1 figure differs from those for the same region, year and indicator in "
            "the same table: B5 = 1, there B6 = 9; keep the right ones",
        ),
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
        table(rows=[("浙江", "a", "b"), ("北京京", 1, 2)]),
        table("就业人员", "人"),
    )
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert len(problem.value.messages) == 3  # two cells, one name of a region
    assert [line.split(": ")[0][-2:] for line in problem.value.messages] == ["A6", "B5", "C5"]


def test_every_name_that_no_file_gives_is_named(raw):
    workbook(raw / "2026-10/a.xlsx", table("别的"), table("其他"))
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert problem.value.messages == [
        "raw: no file gives sales: its source_name '销售额' is not there; "
        "names in the files: 其他, 别的",
        "raw: no file gives staff: its source_name '就业人员' is not there; "
        "names in the files: 其他, 别的",
    ]


def test_the_nearest_names_in_the_files_are_proposed(raw):
    workbook(raw / "2026-10/a.xlsx", table("网络销售额"), table("就业人员", "人"))
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert problem.value.messages == [
        "raw: no file gives sales: its source_name '销售额' is not there (did you mean "
        "网络销售额?); names in the files: 就业人员, 网络销售额"
    ]
    also = INDICATORS.assign(source_name=["销售额|网络销售额", "就业人员"])
    assert len(read(raw, indicators=also)[0]) == 8


def test_a_name_without_figures_is_said_to_be_one(raw):
    workbook(raw / "2026-10/a.xlsx", table(rows=[("浙江", None, None)]), table("就业人员", "人"))
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert problem.value.messages == ["raw: no file gives sales: no figures stand beside '销售额'"]


def test_a_study_may_add_marks_for_missing(raw):
    workbook(raw / "2026-10/a.xlsx", table(rows=[("浙江", "n.a", 2)]), table("就业人员", "人"))
    found, _, _ = read(raw, marks={"n.a": "suppressed"})
    assert found["flag"].tolist()[0] == "suppressed"


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
        ("B4", "2015年（预）", 'B4: "2015年(预)" is not understood as a year; write it as 2015'),
        ("A5", None, "A5: is empty beside figures; write what they are"),
        ("B5", "36_8.1", 'B5: "36_8.1" is not a number'),
        ("A2", None, "no line 指标：… above the head names the indicator; add it"),
        ("A3", None, "states no unit; add a line 单位：… above the head, or a column 单位"),
        ("XFD1048576", 1, "has cells far beyond any table (as far as XFD1048576"),
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


def test_a_table_that_names_no_region_says_what_to_add(raw):
    rows = [["单位：人"], ["年份", "就业人员"], ["2015", 1.0]]
    workbook(raw / "2026-10/a.xlsx", rows)
    with pytest.raises(StudyError) as problem:
        read(raw)
    said = "raw/2026-10/a.xlsx › 表1: no line 地区：… above the head names the region; add it"
    assert problem.value.messages == [said]


def sales(raw, *rows, above=(), below=(), **options):
    """Read the rows of a table of sales beside one of staff; return figures of sales and audit."""
    sheet = table(rows=rows)[:4] + [list(row) for row in rows] + [list(row) for row in below]
    sheet[0:0] = [list(row) for row in above]
    workbook(raw / "2026-10/a.xlsx", sheet, table("就业人员", "人")[:-1])
    found, audit, _ = read(raw, **options)
    return found[found["indicator"] == "sales"], audit


def remarks(audit):
    """Return check, indicator, sheet, cell of the remarks in the audit, and what they say."""
    kept = audit[audit["check"] != "jump"]
    said = [english(*row) for row in kept[["message", "fields"]].to_numpy()]
    columns = ["check", "indicator", "sheet", "cell", "said"]
    return kept.assign(said=said)[columns].to_numpy().tolist()


def test_totals_and_groups_of_regions_are_set_aside_with_a_count(raw):
    found, audit = sales(
        raw,
        ("全  国", 9, 9),
        ("东部地区", 9, None),
        ("浙江", 1, 2),
        ("全国", 9, 9),
        ("合计", "…", "x"),
    )
    assert found["value"].tolist() == [1, 2]
    said = "is no single region and is not read"
    assert remarks(audit) == [
        ["set_aside", "sales", "表1", "A5", f"'全 国' {said}: 2 figures".replace(" 国", "  国")],
        ["set_aside", "sales", "表1", "A6", f"'东部地区' {said}: 1 figures"],
        ["set_aside", "sales", "表1", "A8", f"'全国' {said}: 2 figures"],
        ["set_aside", "sales", "表1", "A9", f"'合计' {said}: 0 figures"],
    ]
    assert audit["year"].isna().all() and (audit["region"] == "").all()


def test_a_wrong_form_of_a_name_is_read_with_a_remark(raw):
    regions = REGIONS.assign(traditional_zh="", variants=["浙省|两浙", "北平"])
    found, audit = sales(raw, ("两浙", 1, 2), ("北京", 1, 2), regions=regions)
    assert found["region"].tolist() == ["110000"] * 2 + ["330000"] * 2
    assert remarks(audit) == [["variant_name", "sales", "表1", "A5", "'两浙' is read as 浙江"]]


def test_a_wrong_region_is_said_once_and_only_beside_figures_that_are_wanted(raw):
    with pytest.raises(StudyError) as problem:
        sales(raw, ("浙江江", 1, 2), ("浙江江", 3, 4), ("华北平原", None, None))
    assert problem.value.messages == [
        'raw/2026-10/a.xlsx › 表1 › A5: "浙江江" is not in the table of regions (did you '
        "mean 浙江?); write its full or short name, or its code"
    ]
    other = table("别的", unit="两", rows=[("浙江江", "?", 2), (None, 1, 2)])
    workbook(raw / "2026-10/a.xlsx", other, table(), table("就业人员", "人"))
    found, audit, _ = read(raw)
    assert len(found) == 8
    assert audit["sheet"].tolist() == ["表2", "表3"]  # and no note of 表1


def test_names_that_are_no_regions_are_set_aside_in_one_line(raw):
    strangers = [(f"第{n}区", n, "？") for n in range(7)]
    found, audit = sales(raw, ("浙江", 1, 2), *strangers, ("北京", 3, 4))
    assert found["value"].tolist() == [3, 4, 1, 2]
    names = ", ".join(f"第{n}区" for n in range(5))
    said = f"7 names are no regions of the study and are not read ({names}): 14 figures"
    assert remarks(audit) == [["set_aside", "sales", "表1", "A6", said]]


def test_a_name_like_that_of_a_region_which_is_lacking_is_a_problem(raw):
    with pytest.raises(StudyError) as problem:
        sales(raw, ("浙江", 1, 2), ("北京京", 3, 4), ("华北平原", 5, 6))
    assert problem.value.messages == [
        'raw/2026-10/a.xlsx › 表1 › A6: "北京京" is not in the table of regions (did you mean '
        "北京?); write its full or short name, or its code"
    ]
    with pytest.raises(StudyError, match="A5: none of its 3 regions is in the table of regions"):
        sales(raw, ("一区", 1, 2), ("二区", 3, 4), ("三区", 5, 6))


def test_a_study_reads_its_own_regions_and_checks_no_other(raw):
    found, audit = sales(raw, ("浙江", 1, 2), ("北京", "?", "!"), wanted=["330000"])
    assert found["region"].tolist() == ["330000"] * 2 and remarks(audit) == []
    with pytest.raises(StudyError, match='A6: "北京京" is not in the table'):
        sales(raw, ("浙江", 1, 2), ("北京京", 3, 4), wanted=["330000", "110000"])
    sales(raw, ("浙江", 1, 2), ("北京京", 3, 4), wanted=["330000"])  # nobody asks for Beijing


def test_a_name_of_a_region_of_another_set_is_said_once(raw):
    cities = pd.DataFrame({"region": ["1", "2"], "name_en": ["Zhejiang Town", "Beijing"]})
    cities["variants"] = ["浙江", "北京"]
    found, audit = sales(raw, ("浙江", 1, 2), ("北京", 3, 4), sets={"cities": cities})
    assert len(found) == 4
    said = "'浙江' is read as 浙江; Zhejiang Town (cities) has that name too"
    assert remarks(audit) == [["homonym", "sales", "表1", "A5", said]]


def test_years_at_the_ends_without_figures_are_left_and_gaps_inside_are_kept(raw):
    rows = [
        ["指标：销售额(亿元)"],
        ["地区", "2013年", "2014年", "2015年", "2016年", "2017年"],
        ["浙江", None, 1, None, 2, " "],
        ["北京", None, None, None, 3, None],
    ]
    workbook(raw / "2026-10/a.xlsx", rows, table("就业人员", "人"))
    found, _, _ = read(raw)
    found = found[found["indicator"] == "sales"]
    assert found["year"].tolist() == [2014, 2015, 2016] * 2
    assert found["flag"].tolist() == ["not_available"] * 2 + ["", "", "not_available", ""]
    assert found["cell"].tolist() == ["C4", "D4", "E4", "C3", "D3", "E3"]


def test_figures_with_a_note_mark_are_flagged_and_counted(raw):
    found, audit = sales(raw, ("浙江", "12.5①", "1,234.5*"), ("北京", 1, 2))
    assert found["value"].tolist() == [1, 2, 12.5, 1234.5]
    assert found["flag"].tolist() == ["", "", "noted", "noted"]
    said = "2 figures carry a note mark; the first stands in B5"
    assert remarks(audit) == [["noted", "sales", "表1", "B5", said]]


@pytest.mark.parametrize("cell", ["12.3%", "12.3％", 12.3, "12.3", "１２.３①"])
def test_text_in_per_cent_is_exact(raw, cell):
    styled(raw / "2026-10/a.xlsx", ("B5", cell, "General"))
    found, _, _ = read(raw, indicators=SHARE)
    assert found["value"].tolist()[0] == 12.3


@pytest.mark.parametrize(("cell", "form"), [("12.3%", "General"), (0.123, "0.0%")])
def test_a_percentage_of_money_is_refused_at_its_cell(raw, cell, form):
    styled(raw / "2026-10/a.xlsx", ("B5", cell, form), ("A3", "单位：亿元", "General"))
    with pytest.raises(StudyError) as problem:
        read(raw, indicators=SHARE.assign(unit="100 million yuan"))
    assert problem.value.messages == [
        "raw/2026-10/a.xlsx › Sheet › B5: is a percentage, but the unit of '份额' is none; correct "
        "the figure or its format"
    ]


def test_a_unit_that_cannot_be_converted_is_said_once_at_its_cell(raw):
    rows = [
        ["地区", "年份", "销售额(万人)", "就业人员(千人)"],
        *(["浙江", year, 1, 2] for year in range(2000, 2010)),
    ]
    workbook(raw / "2026-10/a.xlsx", rows)
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert problem.value.messages == [
        "raw/2026-10/a.xlsx › 表1 › C1: figures in '10 thousand persons' (persons) cannot become "
        "'100 million yuan' (money)"
    ]
    rows[0][2] = "销售额(百万元)"
    workbook(raw / "2026-10/a.xlsx", rows)
    found, _, _ = read(raw)
    assert found["value"].tolist() == [0.01] * 10 + [2000] * 10


def test_many_refused_cells_are_counted(raw):
    rows = [["地区", "年份", "销售额(亿元)"], ["北京", 1999, 1]]
    rows += [["浙江", 1950 + year, "?"] for year in range(30)]
    workbook(raw / "2026-10/a.xlsx", rows, table("就业人员", "人"))
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert len(problem.value.messages) == 21
    assert problem.value.messages[-1] == (
        "raw/2026-10/a.xlsx › 表1: 10 more problems stand in this table; correct those that are "
        "listed first"
    )


def test_equal_figures_of_two_tables_count_once_with_a_note(raw):
    # 3,000 x 0.0001 is not 0.3 to the last bit
    wan = table(unit="万元", rows=[("北京", 3000, 40000), ("浙江", 15000, None)])
    yi = table(rows=[("浙江省", 1.5, 2), ("北京", 0.3, 4)])
    workbook(raw / "2026-10/a.xlsx", yi, wan, table("就业人员", "人"))
    found, audit, _ = read(raw)
    found = found[found["indicator"] == "sales"]
    assert found["sheet"].tolist() == ["表1"] * 4 and found["value"].tolist() == [0.3, 4, 1.5, 2]
    said = "3 figures stand in raw/2026-10/a.xlsx › 表2 too and are equal; they count once"
    (row,) = [row for row in remarks(audit) if row[0] == "duplicate"]
    assert row == ["duplicate", "", "表1", "B5", said]


def test_a_number_goes_before_a_missing_figure(raw):
    first = table(rows=[("浙江", None, "…")])
    workbook(raw / "2026-10/a.xlsx", first, table(), table("就业人员", "人"))
    found, audit, _ = read(raw)
    assert found["value"].tolist()[:4] == [3, 4, 1.5, 2]
    assert "duplicate" not in set(audit["check"])


def test_different_figures_of_two_tables_are_one_line_with_both(raw):
    rows = [(name, 1, 2) for name in ("浙江", "北京")]
    other = [(name, 5, 6.25) for name in ("北京", "浙江省")]
    workbook(raw / "2026-10/a.xlsx", table(rows=rows), table("就业人员", "人"))
    workbook(raw / "2026-10/b.xlsx", table(rows=other))
    with pytest.raises(StudyError) as problem:
        read(raw)
    assert problem.value.messages == [
        "raw/2026-10/a.xlsx › 表1 › B5: 4 figures differ from those for the same region, year and "
        "indicator in raw/2026-10/b.xlsx › 表1: B5 = 1, there B6 = 5; C5 = 2, there C6 = 6.25; "
        "B6 = 1, there B5 = 5; ...; keep the right ones"
    ]


def test_two_vintages_are_no_duplicates(raw):
    workbook(raw / "2026-10/a.xlsx", table(), table("就业人员", "人"))
    workbook(raw / "2026-11/a.xlsx", table(rows=[("浙江", 7, 8)]))
    found, _, _ = read(raw)
    assert found["vintage"].value_counts().to_dict() == {"2026-10": 8, "2026-11": 2}
    zhejiang = found[(found["indicator"] == "sales") & (found["region"] == "330000")]
    assert zhejiang["value"].tolist() == [1.5, 7, 2, 8]  # by year, then vintage


def test_a_guide_sheet_and_notes_are_remarked(raw):
    guide = [["填写说明"], ["1", "每行一个地区和年份"]]
    workbook(raw / "2026-10/a.xlsx", guide, table(), table("就业人员", "人"))
    _, audit, _ = read(raw)
    said = "the sheet holds no table of figures and is not read"
    assert remarks(audit) == [
        ["note", "sales", "表2", "A8", "注：2016年为初步核算数"],
        ["note", "staff", "表3", "A8", "注：2016年为初步核算数"],
        ["set_aside", "", "表1", "", said],
    ]


def test_more_names_than_one_may_serve_an_indicator_but_none_two(raw):
    table_ = INDICATORS.assign(source_name=["销售额 | 网络销售额", "就业人员"])
    rows = [["地区", "年份", "网络 销售额（亿元）", "就业人员①(人)"], ["浙江", 2015, 1, 2]]
    workbook(raw / "2026-10/a.xlsx", rows)
    found, _, _ = read(raw, indicators=table_)
    assert found["value"].tolist() == [1, 2] and found["cell"].tolist() == ["C2", "D2"]


def odd_workbook(path: Path, change) -> None:
    """Write a workbook of one table of sales, changed by a function of book, sheet and formats."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表1")
        for number, row in enumerate([*table()[:4], ("浙江省", 1.5, 2), ("北京", 3, 4)]):
            sheet.write_row(number, 0, row)
        change(book, sheet)


DATE = {"num_format": "yyyy-mm-dd"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda book, sheet: sheet.write_formula(4, 1, "=1/0", None, "#DIV/0!"),
            "B5: holds the error #DIV/0!; correct it in the workbook, or type the figure",
        ),
        (
            lambda book, sheet: sheet.write_boolean(4, 1, True),
            'B5: "TRUE" is not a number or a known mark for missing; correct the cell, leave it '
            "blank, use one of '..', '—', '——', '–', '-', '…', '……', '...', 'x', or add the mark "
            "under missing_marks in the config",
        ),
        (
            lambda book, sheet: sheet.write_datetime(
                4, 1, datetime(2015, 3, 1), book.add_format(DATE)
            ),
            'B5: holds the date "2015-03-01" where a figure should stand; type the figure and '
            "format the cell as a number",
        ),
        (
            lambda book, sheet: sheet.merge_range("B5:C5", 1.5),
            "B5: a figure stands in 2 merged cells, so it is not clear whose it is; undo the "
            "merging and write it where it belongs",
        ),
        (
            lambda book, sheet: sheet.merge_range("B5:B6", 1.5),
            "B5: a figure stands in 2 merged cells, so it is not clear whose it is; undo the "
            "merging and write it where it belongs",
        ),
    ],
)
def test_hazards_of_a_workbook_are_refused_at_their_cell(raw, change, said):
    odd_workbook(raw / "2026-10/a.xlsx", change)
    with pytest.raises(StudyError) as problem:
        read(raw, indicators=INDICATORS[:1])
    assert problem.value.messages == [f"raw/2026-10/a.xlsx › 表1 › {said}"]


def test_hazards_of_a_workbook_that_are_read_and_remarked(raw):
    def change(book, sheet):
        sheet.write_datetime(3, 1, datetime(2015, 12, 31), book.add_format(DATE))
        sheet.write_formula(4, 1, "=0.5+1", None, 1.5)
        sheet.write_number(4, 2, 2.0, book.add_format({"num_format": "0.000"}))
        sheet.write_string(5, 1, "３，０００.５")
        sheet.set_row(5, None, None, {"hidden": True})
        book.add_worksheet("草稿").hide()

    odd_workbook(raw / "2026-10/a.xlsx", change)
    found, audit, _ = read(raw, indicators=INDICATORS[:1])
    assert found["value"].tolist() == [3000.5, 4, 1.5, 2]
    assert found["year"].tolist() == [2015, 2016] * 2
    assert set(audit["check"]) == {"hidden", "jump"}
    assert_readers_agree(raw / "2026-10/a.xlsx")


def test_hidden_rows_are_told_as_runs_and_no_more_than_twenty_of_them():
    (remark,) = hidden_remarks([*range(0, 50, 2), 1], [26])
    assert remark.fields["rows"][:2] == ["1-3", "5"] and len(remark.fields["rows"]) == 20
    assert (remark.fields["more_rows"], remark.fields["columns"]) == (4, ["AA"])
    assert hidden_remarks([], []) == []


@pytest.mark.parametrize("kind", PLANTS)
def test_a_fault_in_the_form_of_a_file_is_found_where_it_is(kind, tmp_path):
    codes = [*NAMES][:12]
    made = [[round(1234.56 * (n + 2) * 1.07**year, 2) for year in range(5)] for n in range(12)]
    figures = pd.DataFrame(made, codes, range(2015, 2020))
    for seed in range(6):
        rng = random.Random(f"{kind} {seed}")
        with suppress(StudyError):  # a line that stops the build is no silence
            plant = PLANTS[kind](rng, figures, tmp_path / f"a{seed}")
            assert found(plant, said_of(tmp_path / f"a{seed}"))
        sound(rng, figures, tmp_path / f"b{seed}")
        assert said_of(tmp_path / f"b{seed}").empty


def test_what_is_doubtful_is_read_as_it_stands(raw):
    rows = table(rows=[("浙江省", "3012.55<sup>1</sup>", "2<sup>(1)</sup>"), ("北京", 3, "4²")])
    lines = ("".join(f"<td>{value}</td>" for value in row) for row in rows)
    page = raw / "2026-10" / "a.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"<table><tr>{'<tr>'.join(lines)}</table>", encoding="utf-8")
    only = INDICATORS[:1]
    read, remarks = observe([str(page)], str(raw), only, REGIONS, {}, {})
    assert read.set_index(["region", "year"])["value"].to_dict() == {
        ("110000", 2015): 3.0,
        ("110000", 2016): 4.0,
        ("330000", 2015): 3012.551,
        ("330000", 2016): 2.0,
    }
    (row,) = remarks[remarks["message"] == "raised_digit"].to_dict("records")
    place = (row["region"], row["year"], row["indicator"], row["cell"])
    assert place == ("330000", 2015, "sales", "B5")


@pytest.mark.parametrize(
    ("above", "head", "said"),
    [
        (["单位：亿元"], "销售额(亿元)", 0),
        (["单位：亿元"], "销售额(万元)", 1),
        (["各地区销售额(万元)", "单位：亿元"], "销售额", 1),
        (["各地区销售额(万元)", "单位：万元"], "销售额", 0),
        (["各地区销售额与人数(人)", "单位：亿元"], "销售额", 0),  # of another thing
        (["单位：亿元", "单位：万元"], "销售额", 1),
    ],
)
def test_a_unit_of_the_whole_table_that_no_figure_has(raw, above, head, said):
    file = raw / "2026-10" / "a.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join([*above, "年份：2015", f"地区,{head}", "浙江,1.5", "北京,3", ""])
    file.write_text(text, encoding="utf-8")
    _, remarks = observe([str(file)], str(raw), INDICATORS[:1], REGIONS, {}, {})
    assert (remarks["message"] == "units_contradict").sum() == said
