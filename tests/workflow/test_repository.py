"""One environment through three doors, one version, raw files as described."""

import io
import re
import subprocess
import tomllib
import zipfile
from hashlib import sha256

import pytest
import yaml

from coevo.package.wheel import wheel_bytes
from coevo.study.config_text import read_rows
from coevo.study.raw_files import SOURCES
from tests.projects import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = SETTINGS["project"], SETTINGS["dependency-groups"]


def name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-test.lock", PROJECT["optional-dependencies"]["test"]),
        ("requirements-slurm.lock", GROUPS["slurm"]),
    ],
)
def test_a_lock_holds_every_dependency_with_hashes_and_no_address(file, wanted):
    lock = (ROOT / file).read_text(encoding="utf-8")
    locked = {name(line) for line in re.findall(r"^[\w.-]+==", lock, re.MULTILINE)}
    assert {name(requirement) for requirement in wanted} <= locked
    assert "http" not in lock
    blocks = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def packages(lock: str) -> set[str]:
    """Return the packages of a lock with their versions, of which some are for a system alone."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {line.partition(" ")[0] for line in re.findall(r"^[\w.-]+==\S+ ", text, re.MULTILINE)}


def test_no_tool_of_tests_is_among_what_a_study_needs():
    tested = {name(needed) for needed in PROJECT["optional-dependencies"]["test"]}
    needed, further = packages("requirements.lock"), packages("requirements-test.lock")
    assert not tested & {name(package) for package in needed}
    assert {name(package) for package in needed & further} <= {"greenlet", "pyreadline3"}


def test_conda_installs_the_same_lock_on_the_same_pythons_with_no_file_beside():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, *_, pip = environment["dependencies"]
    assert python == f"python {PROJECT['requires-python']}"
    assert {line.partition(" ")[0] for line in pip["pip"]} == packages("requirements.lock")


def test_the_version_stands_in_one_place_and_is_cited():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {PROJECT['version']}" in changelog


def tracked(folder):
    """Return the files under a folder that belong to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_raw_files_are_those_whose_sources_are_told():
    raw = ROOT / "data" / "raw"
    described = {row["file"]: row["sha256"] for row in read_rows(raw / SOURCES)}
    files = {
        path.relative_to(raw).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in tracked("data/raw")  # a reader's own files are not the repository's
        if path.name not in ("README.md", SOURCES)
    }
    assert files == described


def test_the_wheel_holds_the_studies_that_ship_and_no_other():
    """A reader's own stand in the same folders."""
    shipped = {
        f"coevo/{path.relative_to(ROOT).as_posix()}"
        for folder in ("config", "data/raw", "workflow")
        for path in tracked(folder)
    }
    with zipfile.ZipFile(io.BytesIO(wheel_bytes())) as wheel:
        held = {file.filename: file.file_size for file in wheel.infolist()}
    places = ("coevo/config/", "coevo/data/", "coevo/workflow/")
    assert {file for file in held if file.startswith(places)} == shipped
    assert sum(held.values()) < 8e6
