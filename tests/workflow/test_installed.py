"""The wheel in an environment of its own, far from the repository: from command to report."""

import io
import os
import re
import shutil
import subprocess
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from coevo.package.wheel import wheel_bytes, wheel_name
from tests.projects import ROOT, copied, must_run

pytestmark = pytest.mark.whole
DOWNLOADS = ROOT / "tests" / "downloads" / "two-outputs-among-shares"
# What Windows has not; and no shell finds a program.
LACKING = """\
import os, signal
del os.symlink, os.link, os.killpg, os.fork, signal.SIGHUP
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with an environment that has coevo by its wheel, all else from that of the tests."""
    folder = tmp_path_factory.mktemp("far") / "数据 空格"
    folder.mkdir()
    shutil.copytree(ROOT, folder / "source", ignore=left_out)
    make_environment(folder)
    pip = [python(folder), "-m", "pip"]
    for words in (["wheel", "--no-deps", "-w", "made", "./source"],  # by hatchling, which pip gets
                  ["install", "--no-deps", "--no-index", f"made/{wheel_name()}"]):  # fmt: skip
        subprocess.run([*pip, *words, "-q"], cwd=folder, check=True)
    shutil.rmtree(folder / "source")
    return folder


def make_environment(folder: Path) -> None:
    """Make an environment in a folder, with the packages of that of the tests."""
    venv.create(folder / "env", with_pip=True)
    shared = sysconfig.get_path("purelib")
    (packages,) = (folder / "env").glob("[Ll]ib/**/site-packages")
    (packages / "shared.pth").write_text(f"{shared}\n", encoding="utf-8")


def left_out(folder: str, names: list[str]) -> set[str]:
    """What of the repository no wheel is made of."""
    known = {"coevo", "config", "data", "docs", "profiles", "workflow"}
    files = {name for name in names if Path(folder, name).is_file()}
    return {"__pycache__", "processed"} | (
        {*names} - files - known if Path(folder) == ROOT else set()
    )


def python(folder: Path) -> str:
    (found,) = (folder / "env").glob("[bS]*/python*[3e]")
    return str(found)


def coevo(folder: Path, *words: str, within: str = "", ends: int = 0, **more: str) -> str:
    """Give a command in a folder, which must end so; return what it printed, or what went wrong."""
    (command,) = (folder / "env").glob("[bS]*/coevo*")
    known = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COEVO"))}
    done = subprocess.run(
        [command, *words], cwd=folder / within, capture_output=True, text=True, encoding="utf-8",
        env=known | {"HOME": str(folder / "home"), "PYTHONUTF8": "1"} | more,
    )  # fmt: skip
    assert done.returncode == ends, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stderr if ends else done.stdout


@pytest.fixture(scope="module")
def example(place) -> Path:
    coevo(place, "example", "lynx-hare")
    said = coevo(place, "build", "--cores", "2", within="lynx-hare")
    assert "open reports/lynx-hare/report.en.html" in said
    return place / "lynx-hare"


def test_the_wheel_is_packed_anew_from_what_is_installed(place, example):
    """With the files of the wheel that was built; its RECORD lists them in another order."""
    own = (example / "wheels" / wheel_name()).read_bytes()
    assert own == wheel_bytes()
    with (
        zipfile.ZipFile(io.BytesIO(own)) as one,
        zipfile.ZipFile(place / "made" / wheel_name()) as other,
    ):
        names = set(one.namelist())
        assert names == set(other.namelist())
        assert all(one.read(n) == other.read(n) for n in names if not n.endswith("/RECORD"))


def test_an_example_equals_the_study_of_the_repository_but_for_paths(example, tmp_path):
    house = copied(tmp_path / "house", "config", "data/raw")
    must_run(house, study="lynx-hare")

    def told(folder: Path) -> dict[str, str]:
        tables = (folder / "data" / "processed" / "lynx-hare").glob("*.csv")
        texts = (folder / "reports" / "lynx-hare").glob("numbers.*")
        pages = (folder / "reports" / "lynx-hare").glob("report.*.html")
        found = {path.name: path.read_text(encoding="utf-8") for path in (*tables, *texts)}
        found |= {path.name: prose(path.read_text(encoding="utf-8")) for path in pages}
        return {
            name: text.replace("data/raw/lynx-hare/", "data/raw/") for name, text in found.items()
        }

    ours, theirs = told(house), told(example)
    assert ours.keys() == theirs.keys() and len(ours) > 20
    assert [name for name in ours if ours[name] != theirs[name]] == []


def prose(page: str) -> str:
    """Return the paragraphs of a page."""
    return "\n".join(re.findall(r"<p>(.*?)</p>", page, re.DOTALL))


def test_nothing_is_called_that_windows_lacks(place, example, tmp_path):
    """Neither make, nor links, nor groups of processes and their signals."""
    (tmp_path / "sitecustomize.py").write_text(LACKING, encoding="utf-8")
    (tmp_path / "programs").mkdir()
    lacking = {"PYTHONPATH": str(tmp_path), "PATH": str(tmp_path / "programs")}
    config = place / "lynx-hare" / "config" / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("1920", "1919"), encoding="utf-8")
    said = coevo(place, "build", "--cores", "2", within="lynx-hare", **lacking)
    assert "coevo: done in" in said and "open reports" in said


def test_plain_snakemake_builds_the_folder_of_a_study(place, example):
    words = [python(place), "-m", "snakemake", "--dry-run", "--cores", "1"]
    done = subprocess.run(words, cwd=example, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "part", ["config", "data", "workflow", "pyproject.toml", "requirements.lock"]
)
def test_a_wheel_without_its_data_says_so_and_leaves_nothing(place, part):
    (packages,) = (place / "env").glob("[Ll]ib/**/site-packages/coevo")
    aside = (packages / part).rename(packages / "aside")
    said = coevo(place, "example", "zhejiang", ends=1)
    aside.rename(packages / part)
    assert said.count("\n") == 1 and f"coevo/{part}" in said, said
    assert "is part of the program and is gone; install coevo anew" in said
    assert not (place / "zhejiang").exists()
