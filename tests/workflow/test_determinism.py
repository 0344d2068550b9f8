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

import pytest
import yaml

from coevo.report.documents import FORMATS
from coevo.report.figures import FIGURES
from tests.workflow.test_graph import (
    CONFIG,
    ROOT,
    broken,
    command,
    figures,
    make_project,
    snapshot,
    write_config,
    write_raw,
)

LANGUAGES = ("en", "zh")
WORDS = yaml.safe_load((ROOT / "workflow" / "captions" / "words.yaml").read_text(encoding="utf-8"))
WHOLE = CONFIG | {
    "title": {"en": "Do shops and plants develop in step?", "zh": "网店与工厂是否协同发展？"},
    "subsystems": {"east": {"en": "shops", "zh": "网店"}, "west": {"en": "plants", "zh": "工厂"}},
    "sources": {"en": "Made up", "zh": "虚构数据"},
    "report": {"languages": [*LANGUAGES], "formats": [*FORMATS]},
}
# Whatever reaches for the network fails.
OFFLINE = """\
import socket
def refuse(*_, **__): raise OSError("a test forbids the network")
socket.socket.connect = socket.getaddrinfo = refuse
"""


BUILD = command("config/small.yaml")


def project(folder: Path) -> Path:
    """The small study in every language and format, which no rule may look beyond."""
    make_project(folder)
    write_config(folder, WHOLE)
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


def begun(folder: Path) -> subprocess.Popen:
    """A run that has begun and holds the folder."""
    process = subprocess.Popen(
        BUILD, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment(folder),
    )  # fmt: skip
    lock, locks = folder / ".snakemake" / "once.lock", folder / ".snakemake" / "locks"
    while lock.read_text() != str(process.pid) or not (locks.is_dir() and any(locks.iterdir())):
        assert process.poll() is None
        time.sleep(0.02)
    return process


def by_hand(folder: Path) -> subprocess.Popen:
    """A run of plain Snakemake that has begun and holds the folder."""
    words = [sys.executable, "-m", "snakemake", "--configfile", "config/small.yaml"]
    process = subprocess.Popen(
        [*words, "--cores", "2"], cwd=folder, env=environment(folder), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not list(folder.glob(".snakemake/locks/*")):
        assert process.poll() is None
        time.sleep(0.02)
    return process


def killed(process: subprocess.Popen) -> None:
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def straight(tmp_path_factory) -> Path:
    """The study built on one core, in a folder with a space and Chinese characters."""
    folder = project(tmp_path_factory.mktemp("one") / "数据 空格")
    result = within(folder, *BUILD, "--cores", "1", zone="Asia/Shanghai")
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="module")
def hindered(tmp_path_factory) -> tuple[Path, dict[str, subprocess.CompletedProcess]]:
    """The study built on two cores and elsewhere after much went wrong, and what was said then.

    Refused for its data, mended, run by hand and killed, killed in the first rule, run twice at a
    time, killed later.
    """
    folder = project(tmp_path_factory.mktemp("two") / "study")
    broken(folder, 产值=lambda text: text.replace("产值", "产出"))
    said = {"refused": within(folder, *BUILD)}
    write_raw(folder / "data/raw/small/2026-10", "产值", figures("产值"))
    hand = by_hand(folder)
    said["beside hand"] = within(folder, *BUILD)
    os.killpg(hand.pid, signal.SIGKILL)
    hand.wait()
    killed(begun(folder))
    second = begun(folder)
    said["beside"] = within(folder, *BUILD)
    while not (folder / "data/processed/small/weights.csv").is_file():
        assert second.poll() is None
        time.sleep(0.02)
    killed(second)
    said["at last"] = within(folder, *BUILD)
    return folder, said


def test_a_study_without_a_figure_is_refused_with_our_line_at_the_end(hindered):
    refused = hindered[1]["refused"]
    assert refused.returncode != 0
    said = "data/raw/small: no file gives output: its source_name '产值' is not"
    assert refused.stderr.splitlines()[-1].startswith(said)


@pytest.mark.parametrize(("run", "which"), [("beside", r" \(process \d+\)"), ("beside hand", "")])
def test_a_second_run_at_the_same_time_is_refused_in_one_line(hindered, run, which):
    beside = hindered[1][run]
    assert beside.returncode == 1
    assert re.fullmatch(rf"coevo: another run{which} is at work in .*\n", beside.stderr)


def test_two_builds_have_the_same_bytes_whatever_hindered_one(straight, hindered):
    folder, said = hindered
    assert said["at last"].returncode == 0, said["at last"].stderr
    one, two = snapshot(straight), snapshot(folder)
    assert set(one) == set(two)
    assert [path for path in one if one[path] != two[path]] == []
    for language in LANGUAGES:
        assert {f"reports/small/report.{language}.{kind}" for kind in FORMATS} <= set(one)
    kinds = {Path(path).suffix for path in one}
    assert kinds == set(".csv .xlsx .html .pdf .docx .svg .png .json .tex .dta".split())


@pytest.fixture(scope="module")
def shown(hindered) -> tuple[Path, zipfile.ZipFile, dict]:
    """A built study, Snakemake's report of it, and the data that stand in its page."""
    folder, _ = hindered
    snakemake = [sys.executable, "-m", "snakemake", "--configfile", "config/small.yaml"]
    result = within(folder, *snakemake, "--report", "own.zip")
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
    assert len(charts) > 10
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
        chinese = bool(re.search(r"[/.]zh[/.]", path))
        assert len(caption) > 20 and not re.search(r"[{}]|System Message|Undefined", caption)
        assert bool(re.search(r"[\u4e00-\u9fff]", caption)) == chinese, path
        if path.endswith(".svg"):
            source = WHOLE["sources"]["zh" if chinese else "en"]
            assert source in caption and f"{Path(path).stem}.csv" in caption
            words = WORDS["zh" if chinese else "en"]
            assert result["labels"] == {words["figure"]: words["charts"][Path(path).stem]}
        elif "report." in path:
            assert "2016" in caption and "2022" in caption
    tables = len(list((shown[0] / "reports/small/tables").glob("*.csv")))
    assert f"The {tables} tables" in data["results"]["reports/small/results.en.xlsx"]["caption"]
    assert WHOLE["title"]["en"] in data["workflow-desc"]


def test_words_around_results_are_the_same_in_every_language():
    assert set(WORDS) == set(LANGUAGES)
    assert WORDS["en"]["charts"].keys() <= FIGURES.keys()
    for words in WORDS.values():
        assert words.keys() == WORDS["en"].keys()
        assert words["formats"].keys() == FORMATS.keys()
        assert words["charts"].keys() == WORDS["en"]["charts"].keys()
        assert words["parts"].keys() == WORDS["en"]["parts"].keys()
