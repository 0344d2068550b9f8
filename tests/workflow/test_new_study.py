"""A newcomer's own study: begun, filled in, checked, built, and extended, with no edit of code."""

import csv
import subprocess
from pathlib import Path

import pytest
import yaml

from coevo.files import read_table
from tests.projects import ROOT as PROGRAM
from tests.projects import called, must_run

pytestmark = pytest.mark.whole
REGIONS = ("浙江", "Jiangsu")  # as it is written, and in English instead of 江苏
YEARS = range(2018, 2024)
BLANK = "data/raw/2026-11/mine.csv"
LABELS = 2  # columns of region and year


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The place of a study in a folder with a space and Chinese characters."""
    folder = tmp_path_factory.mktemp("work") / "我的 研究"
    folder.mkdir()
    return folder / "mine"


def begin(folder: Path) -> subprocess.CompletedProcess:
    years = ("--first", "2018", "--last", "2023", "--vintage", "2026-11")
    return called(folder.parent, "new", folder.name, *years, program=PROGRAM)


def check(folder: Path) -> subprocess.CompletedProcess:
    return called(folder, "check", program=PROGRAM)


def figure(column: int, region: int, year: int) -> float:
    """A made-up figure: rises by its own few per cent a year, and a little unevenly."""
    growth = 1.03 + 0.02 * column + 0.01 * region
    return round((3 + column + 2 * region) * growth**year * (1 + 0.02 * (year * column % 3)), 2)


def fill_in(folder: Path, changes: dict | None = None) -> list[str]:
    """Fill the table with figures for two regions and six years; return its head."""
    with (folder / BLANK).open(encoding="utf-8-sig", newline="") as file:
        head, *_ = rows = list(csv.reader(file))
    rows = [head]
    for region, year in ((r, y) for r in range(2) for y in range(6)):
        figures = [str(figure(column, region, year)) for column in range(len(head) - LABELS)]
        rows.append([REGIONS[region], str(YEARS[year]), *figures])
    for (row, column), value in (changes or {}).items():
        rows[row][column] = value
    with (folder / BLANK).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return head


@pytest.fixture(scope="module")
def filled(project):
    """The study begun and filled in; one figure is not there, one is in full-width digits."""
    result = begin(project)
    assert result.returncode == 0, result.stderr
    fill_in(project, {(3, 3): "—", (4, 4): "１２．５"})
    return project


def test_an_empty_table_is_told_from_a_filled_one(project):
    assert begin(project).returncode == 0
    result = check(project)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    said = result.stderr.splitlines()
    for indicator in ("ecommerce_sales", "rd_expenditure", "resident_population"):
        assert any(line.startswith(f"data/raw: no file gives {indicator}: ") for line in said), said
    assert all(line.startswith("data/raw") for line in said)
    (project / BLANK).unlink()


def written(folder: Path) -> dict[Path, int]:
    """Files and when they were written, but for Python's own."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path: path.stat().st_mtime_ns for path in files}


def test_check_finds_it_readable_and_writes_nothing(filled):
    before = written(filled)
    result = check(filled)
    assert result.returncode == 0, result.stdout + result.stderr
    assert written(filled) == before
    lines = result.stdout.splitlines()
    assert lines[-1] == "Ready: coevo build"
    assert "Region-years with every indicator of the subsystems: 12 of 12" in lines
    rows = {line.split()[0]: line.split()[-6:] for line in lines if "2018–2023" in line}
    assert rows["ecommerce_sales"] == ["2018–2023", "11", "1", "0", "1", "0"]
    assert rows["secondary_value_added"][:4] == ["2018–2023", "12", "0", "0"]


def test_the_filled_table_gives_a_report(filled):
    path = filled / "config" / "config.yaml"
    begun = path.read_text(encoding="utf-8")
    every = "languages: [en, zh], formats: [html, pdf, docx]"
    assert every in begun
    fewer = begun.replace(every, "languages: [en], formats: [html]")
    path.write_text(fewer, encoding="utf-8")
    must_run(filled, study="", program=PROGRAM)
    for name in ("report.en.html", "results.en.xlsx"):
        assert (filled / "reports" / "mine" / name).stat().st_size > 10_000
    seen = read_table(filled / "data/processed/mine/observations.csv")
    assert set(seen["region"]) == {"330000", "320000"}
    cells = seen.set_index("cell")[["indicator", "value", "flag"]]
    assert cells.loc["E5", "value"] == 12.5 and cells.loc["E5", "indicator"] == (
        "secondary_value_added"
    )
    assert cells.loc["D4", "flag"] == "not_applicable"
    assert cells.loc["H13", "value"] == figure(5, 1, 5)
    coupling = read_table(filled / "data/processed/mine/coupling.csv")
    assert len(coupling) == 12 and coupling["D"].between(0, 1).all()
    html = (filled / "reports/mine/report.en.html").read_text(encoding="utf-8")
    assert "Zhejiang" in html and "Jiangsu" in html


def test_a_further_indicator_comes_with_a_new_table(filled):
    table = filled / "config" / "indicators.csv"
    row = "jobs,cluster,output,产出,+,10 thousand persons,jobs,就业人员,就业人员,,\n"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    result = check(filled)
    assert result.returncode == 1
    assert result.stderr.startswith("data/raw: no file gives jobs: ")
    assert f"kept     {BLANK}" in begin(filled).stdout
    (filled / BLANK).unlink()
    assert f"written  {BLANK}" in begin(filled).stdout
    assert fill_in(filled)[-1] == "就业人员(万人)"
    assert check(filled).returncode == 0
    config = yaml.safe_load((filled / "config/config.yaml").read_text(encoding="utf-8"))
    assert config["indicators"] == "config/indicators.csv"
