"""The workflow through workflow/Snakefile, for a study that stands in another folder."""

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.projects import ROOT, RULES, SMALL, asked_for, copy_small

STUDY = Path("data", "raw", "small", "2026-10")


def snakemake(*options: str | Path, folder: Path = ROOT) -> str:
    """Run plain Snakemake in `folder` and return what it said."""
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", *map(str, options)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},  # as if coevo were installed
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture
def study(tmp_path):
    """A copy of the small study alone, in a folder of another name."""
    return copy_small(tmp_path / "研究 study")


def test_the_figures_are_as_they_were_made_up():
    made = runpy.run_path(str(SMALL / "make_up.py"))["tables"]()
    kept = {path.stem: path.read_text(encoding="utf-8") for path in (SMALL / STUDY).iterdir()}
    assert kept == made


def test_the_second_snakefile_asks_for_what_the_first_does(study):
    options = ("--directory", study, "--dry-run", "--cores", "1")
    first, second = (
        snakemake("--snakefile", ROOT / name, *options, folder=study.parent)
        for name in ("Snakefile", "workflow/Snakefile")
    )
    assert asked_for(first) == asked_for(second) == RULES
    _code_comes_from_the_repository_and_figures_from_the_folder(second, study)


def test_a_start_imports_neither_pandas_nor_scipy(study):
    words = [sys.executable, "-X", "importtime", "-m", "snakemake", "--dry-run", "--cores", "1"]
    words += ["--snakefile", ROOT / "workflow" / "Snakefile"]
    done = subprocess.run(words, cwd=study, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert not re.search(
        r"\| +(pandas|scipy|coevo\.study\.config_tables)$", done.stderr, re.MULTILINE
    )


def imported(file: Path) -> set[Path]:
    """Return the modules of coevo that a file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
    places = [ROOT / name.replace(".", "/") for name in names if name.startswith("coevo.")]
    files = [file for place in places for file in (place / "__init__.py", place.with_suffix(".py"))]
    return {file for file in files if file.is_file()}


@pytest.mark.parametrize("rule", sorted(RULES | {"changes"}))
def test_the_rooms_of_a_rule_are_those_that_its_script_imports(rule):
    wiring = (ROOT / "workflow" / "rules" / "common.smk").read_text(encoding="utf-8")
    (mapping,) = re.findall(r"^INDEX_ROOMS = .*?^\}\n", wiring, re.MULTILINE | re.DOTALL)
    known: dict = {}
    exec(mapping, known)
    found, new = set(), {ROOT / "workflow" / "scripts" / f"{rule}.py"}
    while new:
        new = set().union(*map(imported, new)) - found
        found |= new
    rooms = {path.parent.relative_to(ROOT / "coevo").parts[0] for path in found
             if path.parent != ROOT / "coevo"}  # fmt: skip
    assert rooms <= set(known["ROOMS"][rule].split())


OF_INDICES = {"couple", "describe", "vary"}


def test_a_study_without_indices_asks_for_no_rule_of_them():
    options = ("--configfile", "config/lynx-hare.yaml", "--forceall", "--dry-run", "--cores", "1")
    assert asked_for(snakemake(*options)) == RULES - OF_INDICES


def _code_comes_from_the_repository_and_figures_from_the_folder(said: str, study: Path) -> None:
    listed = re.findall(r"^    input: (.*)$", said, re.MULTILINE)
    inputs = {file for line in listed for file in line.split(", ")}
    ours = {(study / file).resolve() for file in inputs if file.startswith("..")}
    assert ours >= {ROOT / "config/regions/provinces.csv", ROOT / "docs/simulation/chance.csv"}
    assert all(file.is_file() and file.is_relative_to(ROOT) for file in ours)
    theirs = {file for file in inputs if not file.startswith("..")} - {"<TBD>"}
    assert {(STUDY / "产值.csv").as_posix(), "config/indicators/small.csv"} <= theirs
    assert all((study / file).is_file() or "/small/" in file for file in theirs)


PAPER = """
rule paper:
    default_target: True
    input: "reports/small/report.en.html", rules.coevo_export.output
"""


def test_another_snakefile_uses_it_as_a_module(study):
    """As the page on how it is built writes it."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^    from coevo.+?(?=^\S)", page, re.MULTILINE | re.DOTALL)
    (study / "Snakefile").write_text(dedent(lines) + PAPER, encoding="utf-8")
    asked = asked_for(snakemake("--dry-run", "--cores", "1", folder=study))
    assert asked - {"paper"} == {f"coevo_{rule}" for rule in RULES}
