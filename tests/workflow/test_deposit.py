"""A deposit as a stranger takes it: unpacked elsewhere, built by the commands of its README."""

import json
import os
import re
import shutil
import subprocess
import venv
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from coevo.package.wheel import version, wheel_name
from coevo.study.raw_files import SOURCES
from tests.projects import ROOT, called, make_project
from tests.workflow.test_installed import DOWNLOADS, coevo, make_environment, prose, python

pytestmark = pytest.mark.whole
COMMAND = re.compile("^    (.+)$", re.MULTILINE)
EXHIBIT = r"(?:Figure|Table) \d+"
CITED = "cff-version: 1.2.0\nlicense: CC-BY-4.0\nauthors:\n- name: Somebody\n"


def of_several(place: Path) -> Path:
    """Put the small study into a repository of several."""
    return make_project(place / "库 one")


def of_its_own(place: Path) -> Path:
    """Begin a study from files that somebody has, do the edits that it asks for."""
    shutil.copytree(DOWNLOADS, place / "downloads")
    words = ("new", "small", "--from", "downloads", "--vintage", "2026-11")
    assert called(place, *words, program=ROOT).returncode == 0
    folder = place / "small"
    for path in (folder / "config" / "config.yaml", folder / "config" / "indicators.csv"):
        text = path.read_text(encoding="utf-8").replace("CHANGE", "x")
        path.write_text(text.replace("[html, pdf, docx]", "[html]"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=[of_several, of_its_own], ids=lambda made: made.__name__)
def home(request, tmp_path_factory) -> Path:
    """A study that is built and packed."""
    folder = request.param(tmp_path_factory.mktemp("deposit"))
    (folder / "CITATION.cff").write_text(CITED, encoding="utf-8")
    raw = folder / "data" / "raw"
    rows = [
        f"{path.relative_to(raw).as_posix()},made up,CC0,yes,2026-11-30,"
        f"{sha256(path.read_bytes()).hexdigest()}\n"
        for path in sorted(raw.rglob("20*/*"))
    ]
    head = "file,source,licence,pass_on,accessed,sha256\n"
    (raw / SOURCES).write_text("".join([head, *rows]), encoding="utf-8")
    study = ("--study", "small") if request.param is of_several else ()
    for command in ("build", "package"):
        done = called(folder, command, *study, program=ROOT)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def unpacked(home) -> Path:
    place = home.parent / "别处 two"
    with zipfile.ZipFile(home / "reports" / "small" / f"small-{version()}.zip") as archive:
        archive.extractall(place)
    return place / f"small-{version()}"


@pytest.fixture(scope="session")
def frictionless(tmp_path_factory) -> str:
    """The interpreter of an environment that has frictionless."""
    place = tmp_path_factory.mktemp("frictionless")
    venv.create(place / "env", with_pip=True)
    words = [python(place), "-m", "pip", "install", "-q", "frictionless"]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"frictionless cannot be installed: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return python(place)


def test_frictionless_finds_the_data_package_valid(unpacked, frictionless):
    words = [frictionless, "-m", "frictionless", "validate", "datapackage.json", "--json"]
    done = subprocess.run(words, cwd=unpacked, capture_output=True, text=True, encoding="utf-8")
    report = json.loads(done.stdout)
    assert report["valid"], report
    assert report["stats"]["tasks"] > 30


def test_every_exhibit_of_the_report_is_listed_with_files_that_are_there(unpacked):
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    listed = readme.partition("## List of exhibits")[2]
    reports = unpacked / "reports" / "small"
    page = (reports / "report.en.html").read_text(encoding="utf-8")
    shown = re.findall(f"<strong>({EXHIBIT})\\.</strong>", page)
    assert set(shown) == set(re.findall(rf"^\| ({EXHIBIT}) \|", listed, re.MULTILINE))
    files = re.findall(r"`((?:figures|latex|stata)/[^`]+)`", listed)
    assert [name for name in files if not (reports / name).is_file()] == []
    tables = {
        unpacked / "data" / "processed" / "small" / n for n in re.findall(r"`(\w+\.csv)`", listed)
    }
    assert [table for table in tables if not table.is_file()] == []
    programs = set(re.findall(r"`(coevo/[^`]+)`, (\d+) \|", listed))
    for path, line in programs:
        assert (
            (ROOT / path).read_text("utf-8").splitlines()[int(line) - 1].startswith(("def ", "@"))
        )
    assert len(programs) > 10


def test_the_commands_of_the_readme_build_the_same_tables(unpacked):
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    lock, wheel, build = COMMAND.findall(readme)
    assert lock == "python -m pip install --require-hashes -r requirements.lock"
    assert wheel == f"python -m pip install --no-deps wheels/{wheel_name()}"
    assert build == "coevo build"
    tables = {path: path.read_bytes() for path in (unpacked / "data/processed").rglob("*.csv")}
    pages = [*(unpacked / "reports" / "small").glob("report.*.html")]
    told = [prose(page.read_text(encoding="utf-8")) for page in pages]
    for path in tables:
        path.write_text("overwritten", encoding="utf-8")
    make_environment(unpacked.parent)  # in the place of the first command
    words = [python(unpacked.parent), *wheel.split()[1:], "--no-index", "-q"]
    subprocess.run(words, cwd=unpacked, check=True)
    coevo(unpacked.parent, *build.split()[1:], within=unpacked.name)
    assert len(tables) > 30
    assert [path for path, data in tables.items() if path.read_bytes() != data] == []
    now = [prose(page.read_text(encoding="utf-8")) for page in pages]
    assert now == [text.replace("data/raw/small/", "data/raw/") for text in told] != []
