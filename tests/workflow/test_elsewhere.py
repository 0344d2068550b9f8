"""The workflow through workflow/Snakefile, for a study that stands in another folder."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STUDY = Path("data", "raw", "small", "2026-10")


def snakemake(*options: str | Path, folder: Path = ROOT) -> str:
    """Run plain Snakemake in `folder` and return what it said."""
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", *map(str, options)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def asked_for(said: str) -> set[str]:
    """Return the rules of a dry run, but for the target."""
    stats = said.partition("Job stats:")[2].partition("total")[0]
    return set(re.findall(r"^(\w+) +\d+$", stats, re.MULTILINE)) - {"all", "everything"}


RULES = set(
    re.findall(
        r"^ *rule (\w+):",
        "\n".join(path.read_text("utf-8") for path in ROOT.glob("workflow/rules/*.smk")),
        re.MULTILINE,
    )
)
# what a study asks for once it has a release, or several chunks
LATER = {"changes", "estimate_part", "vary_part"}


@pytest.fixture
def study(tmp_path):
    """A copy of the small study alone, in a folder of another name."""
    hidden = shutil.ignore_patterns(".snakemake", "processed", "reports", "logs", "__pycache__")
    return Path(shutil.copytree(ROOT / ".test", tmp_path / "研究 study", ignore=hidden))


def test_the_figures_are_as_they_were_made_up():
    made = runpy.run_path(str(ROOT / ".test" / "make_up.py"))
    files = {path.stem: path.read_text("utf-8") for path in (ROOT / ".test" / STUDY).iterdir()}
    assert files == made["tables"]()


def test_the_second_snakefile_asks_for_what_the_first_does(study):
    options = ("--directory", study, "--dry-run", "--cores", "1")
    first, second = (
        snakemake("--snakefile", ROOT / name, *options, folder=study.parent)
        for name in ("Snakefile", "workflow/Snakefile")
    )
    assert asked_for(first) == asked_for(second) == RULES - LATER
    _code_comes_from_the_repository_and_figures_from_the_folder(second, study)


def test_a_study_without_indices_asks_for_no_rule_of_them():
    options = ("--configfile", "config/lynx-hare.yaml", "--forceall", "--dry-run", "--cores", "1")
    rules = (ROOT / "workflow" / "rules" / "coupling.smk").read_text("utf-8")
    of_indices = set(re.findall(r"^rule (\w+):", rules, re.MULTILINE))
    assert "couple" in of_indices
    assert asked_for(snakemake(*options)) == RULES - of_indices - LATER


def _code_comes_from_the_repository_and_figures_from_the_folder(said: str, study: Path) -> None:
    listed = re.findall(r"^    input: (.*)$", said, re.MULTILINE)
    inputs = {file for line in listed for file in line.split(", ")}
    ours = {(study / file).resolve() for file in inputs if file.startswith("..")}
    assert ours >= {ROOT / "config/regions/provinces.csv", ROOT / "docs/simulation/coverage.csv"}
    assert all(file.is_file() and file.is_relative_to(ROOT) for file in ours)
    theirs = {file for file in inputs if not file.startswith("..")}
    assert {(STUDY / "产值.csv").as_posix(), "config/indicators/small.csv"} <= theirs
    assert all((study / file).is_file() or "/small/" in file for file in theirs)


@pytest.mark.slow
def test_the_small_study_builds_in_its_own_folder(study, tmp_path):
    house = tmp_path / "数据 空格"
    for part in ("coevo", "workflow", "profiles", "docs"):
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("Snakefile", "environment.yml", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / part, house / part)
    shutil.copytree(ROOT / "config" / "regions", house / "config" / "regions")
    study = study.rename(house / ".test")
    before = {path for path in house.iterdir()}
    command = ("--snakefile", "workflow/Snakefile", "--directory", ".test", "--cores", "2")
    snakemake(*command, folder=house)
    report = (study / "reports/small/report.en.html").read_text(encoding="utf-8")
    assert "<title>Do shops and plants develop in step?" in report
    assert (study / "data/processed/small/coupling.csv").stat().st_size > 1000
    assert {path for path in house.iterdir()} - before <= {house / ".snakemake"}
    assert "Nothing to be done" in snakemake(*command, folder=house)
