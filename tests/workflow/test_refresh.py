"""The yearly refresh on real figures: released to 2022, then 2023 and three restated cells."""

import csv
import html
import io
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
import yaml

from coevo.history.changes import COMPARED
from coevo.schema import study_tables
from tests.workflow.test_graph import ALL_RULES, ROOT, make_project, run, snapshot, would_run

RAW = ROOT / "data" / "raw" / "provinces" / "2026-10"
CONFIG = "config/provinces.yaml"
TABLES = "data/processed/provinces"
RELEASE = "reports/provinces/releases/2026-10-2022"
# None of these enters a location quotient, so that no other region moves with them.
RESTATED = {
    ("浙江省", "2021年", "电子商务销售额"): ("330000", 2021, "ecommerce_sales", 14913.5, 16000.0),
    ("河南省", "2018年", "年末常住人口"): ("410000", 2018, "resident_population", 9864.0, 9900.0),
    ("广东省", "2019年", "R&D经费支出"): ("440000", 2019, "rd_expenditure", 3098.5, 3200.0),
}
SEEN = {"changes", "report"}  # what shows a release


def sheets() -> list[list[list]]:
    """Every sheet of the provinces' first vintage, as rows of cells."""
    found = []
    for path in sorted(RAW.iterdir()):
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            found += [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]
        else:
            found.append(list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))))
    return found


def drop(project: Path, vintage: str, last: int, restated: dict) -> None:
    """Put the figures up to a year into a vintage, in the layout of their sheets."""
    folder = project / "data" / "raw" / "provinces" / vintage
    folder.mkdir(parents=True)
    for rows in sheets():
        name = rows[1][0].removeprefix("指标：")
        head = rows[3]
        kept = [k for k, text in enumerate(head) if k == 0 or int(text[:4]) <= last]
        lines = []
        for row in rows:
            wide = row is head or (len(row) == len(head) and row[1] is not None)
            cells = [row[k] for k in kept] if wide else row[:1]
            for place, k in enumerate(kept if wide else []):
                cells[place] = restated.get((row[0], head[k], name), cells[place])
            lines.append(["" if cell is None else cell for cell in cells])
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)


def configure(project: Path, last: int) -> None:
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    config |= {"vintage": "latest", "years": {"first": 2015, "last": last}}
    config["report"] = {"languages": ["en"], "formats": ["html"]}
    config["robustness"] |= {"pairs": {}, "deflated": None, "drop": []}
    (project / CONFIG).write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


def release(project: Path, name: str = "", *targets: str) -> subprocess.CompletedProcess:
    """What `make release` runs; `targets`: only these are built before."""
    return subprocess.run(
        [sys.executable, "workflow/release.py", CONFIG, name, "--cores", "2", *targets],
        cwd=project, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        path.name: sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.*")
    }  # fmt: skip


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """The refreshed project, and what was seen on the way there."""
    folder = make_project(tmp_path_factory.mktemp("work") / "数据 空格")
    for name in ("provinces.csv", "provinces-scale.csv"):
        shutil.copy(ROOT / "config" / "indicators" / name, folder / "config" / "indicators")
    shutil.copytree(ROOT / "config" / "claims", folder / "config" / "claims")
    drop(folder, "2026-10", 2022, {})
    configure(folder, 2022)
    names = study_tables(yaml.safe_load((folder / CONFIG).read_text(encoding="utf-8")))
    tables = [f"{TABLES}/{name}.csv" for name in names]
    seen = {"first": release(folder, "", *tables), "built": snapshot(folder), "tables": tables}
    assert seen["first"].returncode == 0, seen["first"].stdout + seen["first"].stderr
    drop(folder, "2027-10", 2023, {cell: row[-1] for cell, row in RESTATED.items()})
    configure(folder, 2023)
    result = run(folder, "--verbose", config=CONFIG)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    seen["rules"] = set(re.findall(r"^Finished jobid.*\(Rule: (\w+)\)", said, re.MULTILINE)) - {
        "all"
    }
    return folder, seen


@pytest.fixture(scope="module")
def rows(refreshed) -> list[dict[str, str]]:
    """The table `changes` as text: a number is compared digit by digit."""
    with (refreshed[0] / TABLES / "changes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of(rows: list[dict[str, str]], change: str) -> list[dict[str, str]]:
    return [row for row in rows if row["change"] == change]


def test_the_release_holds_the_tables_as_they_were_built(refreshed):
    folder, seen = refreshed
    assert f"coevo: {RELEASE}: release 1 is kept\n" in seen["first"].stdout
    kept = bytes_of(folder / RELEASE)
    tables = {Path(path).name: seen["built"][path] for path in seen["tables"]}
    assert {name: kept[name] for name in tables} == tables
    assert set(kept) - set(tables) == {"indicators.csv", "release.yaml", "sha256sums.txt"}
    assert {f"{name}.csv" for name in COMPARED} <= set(kept)
    said = yaml.safe_load((folder / RELEASE / "release.yaml").read_text(encoding="utf-8"))
    assert (said["number"], said["vintages"]) == (1, ["2026-10"])
    assert said["years"] == {"first": 2015, "last": 2022}
    assert said["config"]["normalisation"]["beyond"] == "cap"  # a default
    assert len(said["raw"]) == len(sheets())
    for path, digest in said["raw"].items():
        assert sha256((folder / path).read_bytes()).hexdigest() == digest
    # The refresh left it as it was.
    released = {p: d for p, d in seen["built"].items() if p.startswith(RELEASE)}
    assert {p: d for p, d in snapshot(folder).items() if p.startswith(RELEASE)} == released


def test_only_what_must_reruns(refreshed):
    folder, seen = refreshed
    assert seen["rules"] == ALL_RULES | {"changes"}
    assert would_run(folder, CONFIG) == set()


def test_exactly_the_three_restated_figures_and_the_new_year(rows):
    listed = [
        (r["scope"], int(r["year"]), r["indicator"], float(r["old"]), float(r["new"]))
        for r in of(rows, "figure_restated")
    ]
    assert listed == sorted(RESTATED.values())
    assert {r["change"] for r in rows if r["change"].startswith("figure_")} == {"figure_restated"}
    added = of(rows, "year_added")
    assert {row["year"] for row in added} == {"2023"} and len(added) == 31
    assert not of(rows, "year_removed") + of(rows, "region_added") + of(rows, "indicator")
    assert [(r["quantity"], r["old_words"], r["new_words"]) for r in of(rows, "setting")] == [
        ("years.last", "2022", "2023")
    ]


def test_under_frozen_goalposts_no_earlier_d_moves_but_that_of_a_restated_figure(rows):
    D = of(rows, "D")
    assert len(D) == 31 * 8
    moved = {(row["scope"], int(row["year"])) for row in D if row["frozen"] != row["old"]}
    assert moved == {(region, year) for region, year, *_ in RESTATED.values()}
    # Its panel-wide goalposts and weights do move most of them.
    assert sum(row["new"] != row["old"] for row in D) > 200
    for row in D:
        assert row["frozen_words"] == row["old_words"] or row["frozen"] != row["old"]
    up = {row["scope"]: float(row["frozen"]) > float(row["old"]) for row in D
          if row["frozen"] != row["old"]}  # fmt: skip
    # More sales, more research; but more residents for the same output.
    assert up == {"330000": True, "440000": True, "410000": False}


def test_the_report_says_so(refreshed, rows):
    page = (refreshed[0] / "reports/provinces/report.en.html").read_text(encoding="utf-8")
    section = page[page.index('id="changes"') : page.index('id="annex"')]
    said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", section)).split())
    assert "Since release 2026-10-2022: figures restated: 3; new: 2023; " in said
    assert re.search(
        r"Zhejiang 2021 E-commerce sales \(.*?\) restated 14,913.5 16,000 \+7.3 %", said
    )
    effect = max(abs(float(row["frozen"]) - float(row["old"])) for row in of(rows, "D"))
    assert 0 < effect < 0.01 and f"today’s figures change D by at most {effect:.2g}" in said
    graded = sum(row["old_words"] != row["new_words"] for row in of(rows, "D"))
    assert f"grades that differ: {graded} of 248" in said
    assert "Settings that differ: years.last (2022 → 2023)." in said


def test_a_name_is_never_used_twice_and_a_new_release_becomes_the_latest(refreshed):
    folder, _ = refreshed
    before = bytes_of(folder / RELEASE)
    bad = release(folder, "a/b")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("release: the name 'a/b' cannot be used; ")
    other = release(folder, "2026-10-2022")
    assert other.returncode == 1
    assert other.stderr.splitlines()[-1].startswith(f"{RELEASE}: holds the study in another state")
    assert bytes_of(folder / RELEASE) == before
    again = release(folder)
    assert again.stdout.endswith("releases/2027-10-2023: release 2 is kept\n"), again.stderr
    assert would_run(folder, CONFIG) == SEEN
    assert "is there already" in release(folder).stdout
    page = (folder / "reports/provinces/report.en.html").read_text(encoding="utf-8")
    assert "Nothing has changed since release 2027-10-2023" in page
    given = release(folder, "paper-1")
    assert given.stdout.endswith("releases/paper-1: release 3 is kept\n")
