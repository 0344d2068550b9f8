"""A new study: names and years that are asked for, files that are never overwritten, a workbook."""

import csv
import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import yaml

from coevo.errors import StudyError
from coevo.study.fill_in import marks_in_words, source_name, unit_name, uses
from coevo.study.new_study import Wish, begin_study, wish

ROOT = Path(__file__).resolve().parents[2]
WANTED = Wish("mine", 2018, 2023, "2026-11")
BOOK = "data/raw/2026-11/mine.xlsx"
FILES = ["config/config.yaml", "config/indicators.csv", "config/regions.csv", BOOK]
TOLD = [f"{FILES[0]} (years 2018 to 2023)", *FILES[1:]]


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """An empty folder."""
    folder = tmp_path / "研究 空格"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def sheets():
    from openpyxl import load_workbook

    return load_workbook(BOOK)


def wished(study: str, first: str = "", last: str = "", vintage: str = "") -> Wish:
    return wish(study, first, last, vintage, "2026-11")


def test_the_vintage_is_the_month_and_the_years_are_the_six_before_it():
    assert wished("mine") == Wish("mine", 2020, 2025, "2026-11")
    assert wished("mine", vintage="2024-03") == Wish("mine", 2018, 2023, "2024-03")
    assert wished("mine", last="2010") == Wish("mine", 2005, 2010, "2026-11")
    assert wished("a-1", first="2001") == Wish("a-1", 2001, 2025, "2026-11")


@pytest.mark.parametrize("name", ["研究", "../x", "a b", "-a", "a.b", "", "con", "Lpt1", 41 * "a"])
def test_what_cannot_name_files_is_no_name_of_a_study(name):
    with pytest.raises(StudyError, match=f"^study: '{re.escape(name)}' cannot name files"):
        wished(name)


def test_what_is_not_understood_is_said_in_a_line_each():
    lines = ["vintage: '2026-13' is not a year", "first: '18' is not a", "last: '2023.0' is not a"]
    with pytest.raises(StudyError) as problem:
        wished("a", "18", "2023.0", "2026-13")
    said = zip(problem.value.messages, lines, strict=True)
    assert all(line.startswith(expected) for line, expected in said)


def test_a_new_study_is_four_files_and_what_to_do():
    assert begin_study(WANTED)[:4] == [f"written  {file}" for file in TOLD]
    text = Path("config/config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    assert config["study"] == "mine" and config["years"] == {"first": 2018, "last": 2023}
    assert config["title"].keys() == {"en", "zh"}
    marked = set(re.findall(r"^ *(\w+):.*# CHANGE", text, re.MULTILINE))
    assert marked == set(
        "en zh sources indicators ecommerce cluster focus_region years upstream downstream "
        "comovement".split()
    )


@pytest.mark.parametrize("name", ["2026-11", "true", "1e5", "null", "007"])
def test_a_name_that_looks_like_something_else_stays_a_name(name):
    begin_study(Wish(name, 2018, 2023, "2026-11"))
    config = yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))
    assert config["study"] == name
    assert Path(f"data/raw/2026-11/{name}.xlsx").is_file()


def test_nothing_is_written_for_years_that_cannot_be():
    with pytest.raises(StudyError, match=r"^config\.yaml: years: 2018 to 2021 are 4 years"):
        begin_study(Wish("mine", 2018, 2021, "2026-11"))
    with pytest.raises(StudyError, match=r"^config\.yaml: years: first \(2023\) comes after last"):
        begin_study(Wish("mine", 2023, 2018, "2026-11"))
    assert not Path("config/config.yaml").exists() and not Path("data").exists()


def test_nothing_is_overwritten_and_what_is_kept_is_named():
    begin_study(WANTED)
    before = {file: Path(file).read_bytes() for file in FILES}
    again = begin_study(Wish("mine", 2001, 2009, "2026-11"))
    assert again[:4] == [f"kept     {file}" for file in TOLD]
    assert {file: Path(file).read_bytes() for file in FILES} == before
    Path(BOOK).unlink()
    assert begin_study(WANTED)[3] == f"written  {BOOK}"
    assert Path(BOOK).read_bytes() == before[BOOK]  # the same study, the same bytes


def test_a_further_vintage_gets_a_workbook_of_its_own():
    begin_study(WANTED)
    lines = begin_study(Wish("mine", 2018, 2023, "2027-11"))
    assert lines[3] == "written  data/raw/2027-11/mine.xlsx"
    assert Path(BOOK).is_file()


def test_the_workbook_follows_an_edited_table_and_config():
    begin_study(WANTED)
    Path(BOOK).unlink()
    table = Path("config/indicators.csv")
    row = "jobs,cluster,output,产出,+,10 thousand persons,jobs,就业人员,就业人员|从业人员,,\n"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    config = Path("config/config.yaml")
    text = config.read_text(encoding="utf-8").replace("regions: all", 'regions: ["330000"]')
    config.write_text(text.replace("first: 2018", "first: 2014"), encoding="utf-8")
    begin_study(WANTED)
    book = sheets()
    assert [cell.value for cell in book.worksheets[0][2]][-1] == "就业人员(万人)"
    assert [cell.value for cell in book.worksheets[0][1]][-1] == "jobs (10 thousand persons)"
    checks = {str(c.sqref): c for c in book.worksheets[0].data_validations.dataValidation}
    assert (checks["B3:B12"].formula1, checks["B3:B12"].formula2) == ("2014", "2023")
    assert choices(book, checks["A3:A12"].formula1) == ["浙江"]  # one region, ten years


def test_an_indicator_table_that_is_not_right_is_refused():
    Path("config").mkdir()
    shutil.copy(ROOT / "config" / "indicators" / "provinces.csv", "config/indicators.csv")
    table = Path("config/indicators.csv")
    text = table.read_text(encoding="utf-8").replace("mobile internet users,", "", 1)
    table.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"^config/indicators\.csv: row \d+ \(mobile_inter"):
        begin_study(WANTED)
    assert not Path("data").exists()


def choices(book, formula: str) -> list[str]:
    sheet, cells = re.fullmatch(r"=?'(.+)'!(\$A\$\d+:\$A\$\d+)", formula).groups()
    return [row[0].value for row in book[sheet][cells.replace("$", "")]]


def test_the_sheet_of_figures_has_heads_with_units_and_checks_what_is_typed():
    begin_study(WANTED)
    book = sheets()
    assert book.sheetnames == ["数据 Data", "说明 Guide"]
    assert all(sheet.sheet_state == "visible" for sheet in book)
    sheet = book["数据 Data"]
    heads = [cell.value for cell in sheet[2]]
    assert heads[:3] == ["地区 Region", "年份 Year", "有电子商务交易活动的企业数比重(%)"]
    assert len(heads) == 8 and heads[-1] == "年末常住人口(万人)"
    assert sheet["C1"].value == "share of enterprises with e-commerce (%)"
    assert sheet["A1"].value is None and sheet.max_row == 2 and sheet.freeze_panes == "C3"
    checks = {str(check.sqref): check for check in sheet.data_validations.dataValidation}
    last = 2 + 34 * 6  # every region of the table in every year
    assert set(checks) == {f"{c}3:{c}{last}" for c in "ABCDEFGH"}
    names = choices(book, checks[f"A3:A{last}"].formula1)
    assert len(set(names)) == 34 and {"北京", "内蒙古", "黑龙江", "澳门"} < set(names)
    years = checks[f"B3:B{last}"]
    assert (years.type, years.formula1, years.formula2) == ("whole", "2018", "2023")
    figure = checks[f"H3:H{last}"]
    assert "缺数：留空 = 不详；— = 不适用" in figure.prompt
    assert "Missing: blank = not available; — = does not apply" in figure.prompt
    said = re.fullmatch(r"OR\(ISNUMBER\(H3\),ISNUMBER\(MATCH\(H3,(.+),0\)\)\)", figure.formula1)
    assert {"—", "-", "…", "...", "x"} <= set(choices(book, said[1]))
    assert all(len(c.prompt) <= 255 and len(c.promptTitle) <= 32 for c in checks.values())


def test_the_guide_holds_words_alone():
    begin_study(WANTED)
    said = [cell.value for row in sheets()["说明 Guide"].iter_rows() for cell in row if cell.value]
    assert said and all(isinstance(value, str) and "$" not in value for value in said)
    assert not [value for value in said if re.fullmatch(r"[\d.,% ]*\d[\d.,% ]*", value)]


def test_the_workbook_carries_no_time_and_no_formula():
    begin_study(WANTED)
    with zipfile.ZipFile(Path(BOOK)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "2000-01-01" in parts["docProps/core.xml"]
    assert not any("<f>" in text for name, text in parts.items() if "worksheets" in name)


def test_marks_are_said_once_per_type_the_study_s_own_among_them():
    chinese, english = marks_in_words({"缺": "suppressed", "·": "not_available"})
    assert chinese.startswith("留空 = 不详；— = 不适用；")
    assert english.startswith("blank = not available; — = does not apply; ")
    assert english.count(" = ") == chinese.count(" = ") == 4


def test_uses_name_subsystem_derivations_roles_and_size():
    text = "indicator,subsystem,label_en,label_zh,source_name,derivation,unit\n"
    text += "a,one,A,甲,甲数|甲,,%\nb,,B,乙,乙,equal(a),yuan\n"
    text += 'c,two,C,丙,,"ratio(a, b)",ratio\nd,two,D,丁,,growth(a),%\n'
    rows = list(csv.DictReader(io.StringIO(text)))
    config = {
        "subsystems": {"one": {"en": "first"}},
        "interaction": {"upstream": "a", "downstream": "b", "calibration": {"purchases": "a"}},
        "comovement": {"size": ["b"]},
    }
    assert list(uses(rows[0], rows, config)) == [
        ("子系统：one", "subsystem: first"),
        ("计算：丙、丁", "for: C, D"),
        ("种群模型的上游产出", "output of the upstream population"),
        ("均衡核算：采购", "calibration: purchases"),
    ]
    assert list(uses(rows[1], rows, {**config, "interaction": None})) == [
        ("计算：丙", "for: C"),
        ("地区规模", "size of a region"),
        ("核对", "audit"),
    ]
    assert [source_name(rows[0]), unit_name(rows[0]), unit_name(rows[1])] == ["甲数", "%", "元"]
