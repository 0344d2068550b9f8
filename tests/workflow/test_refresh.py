"""The yearly refresh of a study: released, then a year more and three restated cells."""

import csv
import re
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from coevo.files import read_table, rows_of
from coevo.history.releases import COMPARED
from coevo.schema import study_tables
from tests.projects import (
    CONFIG,
    RULES,
    SMALL,
    called,
    make_project,
    must_run,
    snapshot,
    would_run,
    write_config,
)

pytestmark = pytest.mark.whole
TABLES, RAW = "data/processed/small", "data/raw/small"
FIRST, LAST = CONFIG["years"]["first"], CONFIG["years"]["last"]
RELEASE = f"reports/small/releases/2026-10-{LAST - 1}"
SEEN = {"changes", "export", "report"}  # what shows a release
# What is restated: the cell by file, region and year; of which region and indicator; how much.
RESTATED = {
    ("产值", "浙江省", FIRST + 1): ("330000", "output", 1.05),
    ("产值", "北京市", FIRST + 3): ("110000", "output", 0.96),
    ("销售额", "北京市", FIRST + 2): ("110000", "sales", 1.04),
}


def drop(project: Path, vintage: str, last: int, restated: bool = False) -> list[tuple]:
    """Write the figures up to a year into a vintage; return what is restated in it: region, year,
    indicator, figure before and after.
    """
    folder, cells = project / RAW / vintage, []
    folder.mkdir(parents=True, exist_ok=True)
    for path in (SMALL / RAW / "2026-10").glob("*.csv"):
        rows = list(csv.reader(path.read_text("utf-8").splitlines()))
        years = [int(text[:-1]) for text in rows[3][1:]]
        for row in rows:
            for place, year in enumerate(years[: len(row) - 1], start=1):
                if restated and (path.stem, row[0], year) in RESTATED:
                    region, indicator, times = RESTATED[path.stem, row[0], year]
                    old, new = float(row[place]), round(float(row[place]) * times, 1)
                    cells.append((region, year, indicator, old, new))
                    row[place] = str(new)
            del row[2 + last - years[0] :]
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    write_config(project, CONFIG | {"years": {"first": FIRST, "last": last}})
    return sorted(cells)


def release(project: Path, name: str = "", *targets: str):
    """What `coevo release` does; `targets`: only these are built before."""
    words = (name, "--study", "small", "--cores", "2", "--", *targets)
    return called(project, "release", *words)


def bytes_of(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """The refreshed project, and what was seen on the way there."""
    folder = make_project(tmp_path_factory.mktemp("work") / "数据 空格")
    drop(folder, "2026-10", LAST - 1)
    tables = [f"{TABLES}/{name}.csv" for name in study_tables(CONFIG)]
    seen = {"first": release(folder, "", *tables), "built": snapshot(folder), "tables": tables}
    assert seen["first"].returncode == 0, seen["first"].stdout + seen["first"].stderr
    seen["restated"] = drop(folder, "2027-10", LAST, restated=True)
    said = must_run(folder, "--verbose")
    seen["rules"] = set(re.findall(r"^Finished jobid.*\(Rule: (\w+)\)", said, re.MULTILINE))
    return folder, seen


@pytest.fixture(scope="module")
def changes(refreshed):
    return read_table(refreshed[0] / TABLES / "changes.csv")


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
    assert said["years"] == {"first": FIRST, "last": LAST - 1}
    assert said["config"]["normalisation"]["beyond"] == "cap"  # a default
    assert said["raw"].keys() == {
        path.relative_to(folder).as_posix() for path in (folder / RAW / "2026-10").iterdir()
    }
    for path, digest in said["raw"].items():
        assert sha256((folder / path).read_bytes()).hexdigest() == digest
    # The refresh left it as it was.
    released = {p: d for p, d in seen["built"].items() if p.startswith(RELEASE)}
    assert {p: d for p, d in snapshot(folder).items() if p.startswith(RELEASE)} == released


def test_only_what_must_reruns(refreshed):
    folder, seen = refreshed
    assert seen["rules"] - {"all", "everything"} == RULES | {"changes"}
    assert would_run(folder) == set()


def test_exactly_the_three_restated_figures_and_the_new_year(refreshed, changes):
    listed = rows_of(changes, change="figure_restated")
    cells = listed[["scope", "year", "indicator", "old", "new"]]
    assert [*cells.itertuples(index=False, name=None)] == refreshed[1]["restated"]
    added = rows_of(changes, change="year_added")
    assert set(added["year"]) == {LAST} and len(added) == len(CONFIG["regions"])
    others = {"year_removed", "region_added", "indicator", "figure_withdrawn"}
    assert not others & set(changes["change"])
    settings = rows_of(changes, change="setting")[["quantity", "old_words", "new_words"]]
    assert settings.to_numpy().tolist() == [["years.last", str(LAST - 1), str(LAST)]]


def test_under_frozen_goalposts_no_earlier_d_moves_but_that_of_a_restated_figure(
    refreshed, changes
):
    D = rows_of(changes, change="D")
    assert len(D) == len(CONFIG["regions"]) * (LAST - FIRST)
    moved = D[D["frozen"] != D["old"]]
    keys = [*zip(moved["scope"], moved["year"], strict=True)]
    assert sorted(keys) == [(code, year) for code, year, *_ in refreshed[1]["restated"]]
    rose = dict(zip(keys, moved["frozen"] > moved["old"], strict=True))
    assert rose == {(c, year): new > old for c, year, _, old, new in refreshed[1]["restated"]}
    # Its panel-wide goalposts and weights do move most of them.
    assert (D["new"] != D["old"]).mean() > 0.7
    page = (refreshed[0] / "reports/small/report.en.html").read_text(encoding="utf-8")
    assert f"Since release {Path(RELEASE).name}: figures restated: " in page


def test_a_name_is_never_used_twice_and_a_new_release_becomes_the_latest(refreshed):
    folder, _ = refreshed
    before = bytes_of(folder / RELEASE)
    bad = release(folder, "a/b")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("release: the name 'a/b' cannot be used; ")
    other = release(folder, f"2026-10-{LAST - 1}")
    assert other.returncode == 1
    assert other.stderr.splitlines()[-1].startswith(f"{RELEASE}: holds the study in another state")
    assert bytes_of(folder / RELEASE) == before
    again = release(folder)
    assert again.stdout.endswith(f"releases/2027-10-{LAST}: release 2 is kept\n"), again.stderr
    assert would_run(folder) == SEEN
    assert "is there already" in release(folder).stdout  # and what shows it is built
    latest = read_table(folder / TABLES / "changes.csv")
    name = latest[latest["quantity"] == "name"].iloc[0]
    assert name["old_words"] == f"2027-10-{LAST}"
    D = latest[latest["change"] == "D"]
    assert set(latest["change"]) == {"release", "D"} and (D["old"] == D["new"]).all()
    given = release(folder, "paper-1")
    assert given.stdout.endswith("releases/paper-1: release 3 is kept\n")
