"""Two builds from scratch have the same bytes; Snakemake's own report shows what they made."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest
import yaml

from coevo.report.documents import FORMATS
from tests.projects import CONFIG, ROOT, copied, copy_small, make_project, snapshot

pytestmark = pytest.mark.whole
LANGUAGES = ("en", "zh")
WORDS = yaml.safe_load((ROOT / "workflow" / "captions" / "words.yaml").read_text(encoding="utf-8"))
WHOLE = CONFIG | {"report": {"languages": [*LANGUAGES], "formats": [*FORMATS]}}
# Whatever reaches for the network fails.
OFFLINE = """\
import socket
def refuse(*_, **__): raise OSError("a test forbids the network")
socket.socket.connect = socket.getaddrinfo = refuse
"""
BUILD = [sys.executable, "-m", "coevo", "build", "--study", "small", "--cores", "2"]
SNAKEMAKE = [sys.executable, "-m", "snakemake", "--configfile", "config/small.yaml"]


def study(folder: Path) -> Path:
    """Let the small study be in every language and format, and no rule look beyond it."""
    text = yaml.safe_dump(WHOLE, allow_unicode=True)
    (folder / "config" / "small.yaml").write_text(text, encoding="utf-8")
    (folder / "offline").mkdir()
    (folder / "offline" / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    return folder


def environment(folder: Path, zone: str = "America/New_York") -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder / "offline"), "TZ": zone}


def within(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, encoding="utf-8",
        env=environment(folder, **more),
    )  # fmt: skip


def begun(folder: Path, *words: str) -> subprocess.Popen:
    """A run that has begun and holds the folder, in a group of processes of its own."""
    process = subprocess.Popen(
        words, cwd=folder, env=environment(folder), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not list(folder.glob(".snakemake/locks/*")):
        assert process.poll() is None
        time.sleep(0.02)
    return process


MOMENTS = 10


def kill_at(folder: Path, moment: int) -> None:
    """Begin a build and kill it, or at every third moment one of its jobs, as it goes on."""
    process = begun(folder, *BUILD)
    time.sleep(0.2 + moment)
    jobs = psutil.Process(process.pid).children(recursive=True)
    if moment % 3 == 2 and jobs:
        jobs[-1].kill()
    else:
        process.kill()
    process.wait()


@pytest.fixture(scope="module")
def straight(tmp_path_factory) -> Path:
    """The study built on one core by plain Snakemake, from a program in another folder, both with a
    space and Chinese characters in their names.
    """
    house = copied(tmp_path_factory.mktemp("one") / "数据 空格")
    folder = copy_small(house.parent / "研究 study")
    result = within(study(folder), *SNAKEMAKE, "--snakefile", f"{house}/workflow/Snakefile",
                    "--cores", "1", zone="Asia/Shanghai")  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="module")
def hindered(tmp_path_factory) -> tuple[Path, dict[str, subprocess.CompletedProcess]]:
    """The study built on two cores and elsewhere after much went wrong, and what was said then.

    Refused for its data, mended, run by hand and killed, run twice at once, killed at ten moments.
    """
    folder = study(make_project(tmp_path_factory.mktemp("two") / "study"))
    raw = folder / "data/raw/small/2026-10/产值.csv"
    text = raw.read_text(encoding="utf-8")
    raw.write_text(text.replace("产值", "产出"), encoding="utf-8")
    said = {"refused": within(folder, *BUILD)}
    raw.write_text(text, encoding="utf-8")
    hand = begun(folder, *SNAKEMAKE, "--cores", "2")
    said["beside hand"] = within(folder, *BUILD)
    os.killpg(hand.pid, signal.SIGKILL)
    hand.wait()
    first = begun(folder, *BUILD)
    said["beside"] = within(folder, *BUILD)
    first.kill()
    first.wait()
    for moment in range(MOMENTS):
        kill_at(folder, moment)
    said["at last"] = within(folder, *BUILD)
    return folder, said


def test_a_study_without_a_figure_is_refused_with_our_line_at_the_end(hindered):
    refused = hindered[1]["refused"]
    assert refused.returncode != 0
    said = "data/raw/small: no file gives output: its source_name '产值' is not"
    assert refused.stderr.splitlines()[-1].startswith(said)


@pytest.mark.parametrize("run", ["beside", "beside hand"])
def test_a_second_run_at_the_same_time_is_refused_in_one_line(hindered, run):
    beside = hindered[1][run]
    assert beside.returncode == 1
    assert beside.stderr == "coevo: another run is at work in this folder; wait for it\n"


def test_two_builds_have_the_same_bytes_whatever_hindered_one(straight, hindered):
    folder, said = hindered
    assert said["at last"].returncode == 0, said["at last"].stderr
    one, two = snapshot(straight), snapshot(folder)
    assert set(one) == set(two)
    assert [path for path in one if one[path] != two[path]] == []
    for language in LANGUAGES:
        assert {f"reports/small/report.{language}.{kind}" for kind in FORMATS} <= set(one)
    kinds = {Path(path).suffix for path in one}
    assert kinds == set(".csv .xlsx .html .pdf .docx .svg .png .json .tex .dta .js".split())


def test_nothing_is_written_beside_the_program_of_a_study_elsewhere(straight):
    house = straight.parent / "数据 空格"
    made = {path.name for path in house.iterdir()}
    assert made <= {path.name for path in ROOT.iterdir()} and "reports" not in made
    config = {path.name for path in (house / "config").iterdir()}
    assert config == {"regions", "indicators", "README.md"}


@pytest.fixture(scope="module")
def shown(hindered) -> tuple[Path, zipfile.ZipFile, dict]:
    """A built study, Snakemake's report of it, and the data that stand in its page."""
    folder, _ = hindered
    result = within(folder, *SNAKEMAKE, "--report", "own.zip")
    assert result.returncode == 0, result.stdout + result.stderr
    file = zipfile.ZipFile(folder / "own.zip")
    page = file.read("own/report.html").decode()
    data = {
        name: json.loads(
            re.search(rf'<script id="{name}">\s*var \w+ = (.*?);\s*</script>', page)[1]
        )
        for name in ("workflow-desc", "categories", "results")
    }
    return folder, file, data


def test_snakemakes_report_shows_reports_charts_and_the_workbook(shown):
    folder, file, data = shown
    drawn = {path.stem for path in (folder / "reports/small/figures/en").glob("*.svg")}
    charts = [name for name in WORDS["en"]["charts"] if name in drawn]
    assert len(charts) > 4
    parts, report = WORDS["en"]["parts"], "reports/small"
    expected = {parts[name]: {} for name in ("figures", "report", "results")}
    for language in LANGUAGES:
        name = WORDS[language]["language"]
        documents = {f"{report}/report.{language}.{kind}" for kind in FORMATS}
        expected[parts["report"]][name] = documents
        images = {f"{report}/figures/{language}/{chart}.svg" for chart in charts}
        expected[parts["figures"]][name] = images
        expected[parts["results"]][name] = {f"{report}/results.{language}.xlsx"}
    listed = {
        part: {n: {*files} for n, files in by.items()} for part, by in data["categories"].items()
    }
    assert listed == expected
    for path, result in data["results"].items():
        assert file.read(f"own/{result['data_uri']}") == (folder / path).read_bytes()


def test_captions_are_in_the_language_of_what_they_stand_under(shown):
    _, _, data = shown
    for path, result in data["results"].items():
        caption = re.sub(r"<[^>]+>", "", result["caption"])
        language = "zh" if re.search(r"[/.]zh[/.]", path) else "en"
        assert len(caption) > 20 and not re.search(r"[{}]|System Message|Undefined", caption)
        assert bool(re.search(r"[\u4e00-\u9fff]", caption)) == (language == "zh"), path
        if path.endswith(".svg"):
            assert WHOLE["sources"][language] in caption and f"{Path(path).stem}.csv" in caption
            words = WORDS[language]
            assert result["labels"] == {words["figure"]: words["charts"][Path(path).stem]}
        elif "report." in path:
            assert all(str(year) in caption for year in CONFIG["years"].values())
    assert WHOLE["title"]["en"] in data["workflow-desc"]
