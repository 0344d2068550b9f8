"""A study begun from downloads: what is proposed, what is written, what is left to a person."""

import csv
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.errors import StudyError
from coevo.study.found_regions import find_regions, nested_levels, parts_behind
from coevo.study.found_tables import indicator_name, survey
from coevo.study.new_study import Wish, begin_from_files, wish
from coevo.study.proposal import Indicator, find_years, size_of
from coevo.study.readiness import check_study
from tests.unit.cases import described, sections, sheets_of, write_workbook

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "我的 下载"
DOWNLOADS = ROOT / "tests" / "downloads"
CASES = sorted(path.parent.name for path in DOWNLOADS.glob("*/proposed.yaml"))
CITIES, STATES = "cities-of-a-workbook", "codes-of-states-and-a-head-like-a-unit"
TABLES = sections("from_files")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """An empty folder, but for a folder of downloads."""
    monkeypatch.chdir(tmp_path)
    Path(FOLDER).mkdir()
    return tmp_path


def download(case: str) -> None:
    """Put the files of a case into the folder of downloads."""
    for path in (DOWNLOADS / case).iterdir():
        if path.name.endswith(".xlsx.yaml"):
            write_workbook(Path(FOLDER, path.stem), sheets_of(path))
        elif path.name != "proposed.yaml":
            shutil.copy(path, FOLDER)


def begun(**wanted: str) -> list[str]:
    return begin_from_files(Wish("mine", 0, 0, "2026-11", FOLDER, **wanted))


def table() -> dict[str, dict[str, str]]:
    with Path("config/indicators.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_name"]: row for row in csv.DictReader(file)}


def config() -> dict:
    return yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))


def test_the_words_of_the_command_may_name_a_folder():
    assert wish("mine", "", "", "", "2026-11", FOLDER) == Wish("mine", 0, 0, "2026-11", FOLDER)
    assert wish("mine", "2001", "", "", "2026-11", "x").first == 2001


def proposed(said: list[str]) -> dict:
    """Return what was written and told, by the keys of `proposed.yaml`."""
    text = Path("config/config.yaml").read_text(encoding="utf-8")
    regions = Path("config/regions.csv").read_text(encoding="utf-8").splitlines()[1:]
    told = " ".join("\n".join(said).split())
    (unclear,) = re.findall(r"Not understood, or to be decided: (\d+)", told) or [0]
    return {
        "unclear": int(unclear),
        "said": told,
        "config": config(),
        "beside": text.replace("\n#   ", " "),
        "regions": regions if "written in config/regions.csv" in told else [],
        "indicators": table(),
    }


def assert_checked(step: dict) -> None:
    """Assert that a check, after a step of a person, refuses the study or reads its figures."""
    for path, texts in step.get("edit", {}).items():
        text = Path(path).read_text(encoding="utf-8")
        for old, new in texts.items():
            assert old in text
            text = text.replace(old, new)
        Path(path).write_text(text, encoding="utf-8")
    if "refused" in step:
        with pytest.raises(StudyError) as problem:
            check_study("config/config.yaml")
        lines = problem.value.messages
        assert all(part in line for part, line in zip(step["refused"], lines, strict=True))
        return
    study = check_study("config/config.yaml")
    seen = study.observations
    assert study.problems == ()
    assert len(seen) == step.get("figures", len(seen))
    sums = seen.groupby("indicator")["value"].sum()
    assert sums.to_dict() == pytest.approx(step.get("sums", sums.to_dict()))
    assert sorted(set(seen["name"])) == step.get("names", sorted(set(seen["name"])))
    assert set(study.audit["message"]) >= set(step.get("audit", ()))


@pytest.mark.parametrize("case", CASES)
def test_what_a_folder_holds_becomes_the_study_that_is_described(case):
    download(case)
    expected = {"unclear": 0, "regions": []} | described(DOWNLOADS / case / "proposed.yaml")
    found = proposed(begun())
    for key in ("unclear", "regions"):
        assert found[key] == expected[key]
    for key in ("said", "beside"):
        assert all(text in found[key] for text in expected.get(key, ()))
    made = found["config"]
    for key, value in expected.get("config", {}).items():
        assert (made[key] | value if isinstance(value, dict) else value) == made[key]
    if "indicators" in expected:
        assert [*found["indicators"]] == [*expected["indicators"]]
        for name, cells in expected["indicators"].items():
            assert found["indicators"][name].items() >= cells.items()
    for step in expected.get("then", ()):
        assert_checked(step)


def test_nothing_is_overwritten():
    download(CITIES)
    begun()
    assert not Path("data/raw/2026-11/a b.pdf").exists()
    path = Path("config/config.yaml")
    edited = path.read_text(encoding="utf-8") + "\n# mine\n"
    path.write_text(edited, encoding="utf-8")
    again = begun()
    assert "kept     config/config.yaml" in again and "kept     config/indicators.csv" in again
    assert path.read_text(encoding="utf-8") == edited


@pytest.mark.parametrize(("text", "said"), TABLES["no_study"])
def test_a_folder_that_suggests_no_study_is_refused(text, said):
    Path(FOLDER, "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=f"^{said}"):
        begun()
    assert not Path("config/config.yaml").exists()
    with pytest.raises(StudyError, match="from: there is no nowhere"):
        begin_from_files(Wish("mine", 0, 0, "2026-11", "nowhere"))


@pytest.mark.parametrize(("names", "known"), TABLES["sets"])
def test_the_set_that_knows_most_names_is_taken(names, known):
    assert find_regions(dict.fromkeys(names, "")).known == known


def test_a_set_is_taken_if_it_knows_more_than_half_of_the_names():
    some = find_regions(dict.fromkeys(["Germany", "FR", "Korea, Rep.", "Arab World"], ""))
    assert some.known == "countries" and some.strangers == ("Arab World",)
    assert some.groups == "group"
    own = find_regions(dict.fromkeys(["Germany", "Elbe", "Weser", "Main"], ""))
    assert own.known == "" and len(own.rows) == 4


def test_a_region_is_the_sum_of_those_behind_it_as_adding_them_up_shows():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 4, (2, 60)).astype(float)
    values[:, 7], values[:, 30] = values[:, 8:12].sum(axis=1), values[:, 31:55].sum(axis=1)
    added = [(n, np.cumsum(values[:, n + 1 :], axis=1) == values[:, [n]]) for n in range(60)]
    ends = [(n, np.flatnonzero(same.all(axis=0))) for n, same in added]
    expected = [(n, end[0] + 1) for n, end in ends if len(end) and end[0] > 0]
    assert [*parts_behind(values)] == expected and {7, 30} <= {n for n, _ in expected}


def test_a_few_sums_among_many_regions_are_chance():
    names = [f"r{place:02}" for place in range(20)]
    values = np.random.default_rng(1).integers(100, 900, (5, 20)).astype(float)
    values[:, 3], values[:, 11] = values[:, 4:6].sum(axis=1), values[:, 12:14].sum(axis=1)
    rows = [(n, y, "jobs", values[y, p]) for p, n in enumerate(names) for y in range(5)]
    figures = pd.DataFrame(rows, columns=["region", "year", "name", "value"])
    assert nested_levels({name: name for name in names}, figures) == []
    some = figures[figures["region"].isin(["r03", "r04", "r05", "r11", "r12", "r13"])]
    codes = {name: name for name in some["region"]}
    assert nested_levels(codes, some) == [["r03", "r11"], ["r04", "r05", "r12", "r13"]]


@pytest.mark.parametrize(("regions", "said"), TABLES["refused_sets"])
def test_a_set_of_regions_can_be_refused(regions, said):
    download(STATES)
    try:
        found = " ".join(" ".join(begun(regions=regions)).split())
    except StudyError as problem:
        found = str(problem)
    assert said in found


@pytest.mark.parametrize(("spans", "asked", "found"), TABLES["years"])
def test_years_are_those_that_give_most_figures(spans, asked, found):
    indicators = [Indicator({}, tuple(span), 1, 1) for span in spans]
    assert find_years(indicators, tuple(asked)) == tuple(found)


def test_names_of_indicators_leave_units_marks_and_english():
    assert indicator_name("地区生产总值(亿元)①") == ("地区生产总值", "")
    assert indicator_name("地区生产总值 Gross product (100 million yuan)") == (
        "地区生产总值",
        "Gross product",
    )
    assert indicator_name("GDP per head") == ("GDP per head", "")


@pytest.mark.parametrize(("name", "size"), sections("names")["sizes"])
def test_product_and_population_are_told_with_what_stands_behind_them(name, size):
    assert size_of(name) == size


def test_what_was_not_understood_is_said_once():
    for year in (2015, 2016, 2017):
        frame = pd.DataFrame({"what": ["x", "y"], "how much": [1.5, 2.5]})
        frame.to_csv(Path(FOLDER, f"{year}.csv"), index=False)
    (line,) = survey(Path(FOLDER)).unclear
    assert re.match(r"2015\.csv › A1 and 2 more: ", line)


def test_a_head_without_a_figure_is_set_aside():
    Path(FOLDER, "a.csv").write_text("地区,年份,GDP(亿元)\n从统计局下载,,\n", encoding="utf-8")
    found = survey(Path(FOLDER))
    assert found.tables == [] and "a head without a figure below it; set aside" in found.problems[0]
