"""A new study: names and years that are asked for, files that are never overwritten, a CSV."""

import csv
import re
import shutil
from pathlib import Path

import pytest
import yaml

from coevo.errors import StudyError
from coevo.study.new_study import Wish, begin_study, wish

ROOT = Path(__file__).resolve().parents[2]
WANTED = Wish("mine", 2018, 2023, "2026-11")
BLANK = "data/raw/2026-11/mine.csv"
FILES = ["config/config.yaml", "config/indicators.csv", "config/regions.csv", BLANK]
TOLD = [f"{FILES[0]} (years 2018 to 2023)", *FILES[1:]]


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """An empty folder."""
    folder = tmp_path / "研究 空格"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def rows_to_fill_in() -> list[list[str]]:
    with Path(BLANK).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


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
    assert Path(f"data/raw/2026-11/{name}.csv").is_file()


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
    Path(BLANK).unlink()
    assert begin_study(WANTED)[3] == f"written  {BLANK}"
    assert Path(BLANK).read_bytes() == before[BLANK]  # the same study, the same bytes


def test_a_further_vintage_gets_a_table_of_its_own():
    begin_study(WANTED)
    lines = begin_study(Wish("mine", 2018, 2023, "2027-11"))
    assert lines[3] == "written  data/raw/2027-11/mine.csv"
    assert Path(BLANK).is_file()


def test_the_table_to_fill_in_follows_an_edited_table_and_config():
    begin_study(WANTED)
    Path(BLANK).unlink()
    table = Path("config/indicators.csv")
    row = "jobs,cluster,output,产出,+,10 thousand persons,jobs,就业人员,就业人员|从业人员,,\n"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    config = Path("config/config.yaml")
    text = config.read_text(encoding="utf-8").replace("regions: all", 'regions: ["330000"]')
    config.write_text(text.replace("first: 2018", "first: 2014"), encoding="utf-8")
    begin_study(WANTED)
    head, *rows = rows_to_fill_in()
    assert head[-1] == "就业人员(万人)"  # the first of its names
    assert [row[:2] for row in rows] == [["浙江", str(year)] for year in range(2014, 2024)]


def test_an_indicator_table_that_is_not_right_is_refused():
    Path("config").mkdir()
    shutil.copy(ROOT / "config" / "indicators" / "provinces.csv", "config/indicators.csv")
    table = Path("config/indicators.csv")
    text = table.read_text(encoding="utf-8").replace("mobile internet users,", "", 1)
    table.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"^config/indicators\.csv: row \d+ \(mobile_inter"):
        begin_study(WANTED)
    assert not Path("data").exists()


def test_the_table_has_a_row_for_each_region_and_year_and_heads_with_units():
    begin_study(WANTED)
    head, *rows = rows_to_fill_in()
    assert head[:3] == ["地区 Region", "年份 Year", "有电子商务交易活动的企业数比重(%)"]
    assert len(head) == 8 and head[-1] == "年末常住人口(万人)"
    assert len(rows) == 34 * 6 and len({row[0] for row in rows}) == 34
    assert {"北京", "内蒙古", "黑龙江", "澳门"} < {row[0] for row in rows}
    assert all(row[2:] == [""] * 6 for row in rows)
