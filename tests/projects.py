"""Copies of the workflow in folders of their own, the small study of `.test`, and their runs."""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import yaml

from coevo.records import RECORDS

ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / ".test"
CONFIG = yaml.safe_load((SMALL / "config" / "config.yaml").read_text("utf-8"))
# The rules of a study: every one has a script, those of chunks and of releases apart.
RULES = {path.stem for path in ROOT.glob("workflow/scripts/*.py")}
RULES -= {"changes", "estimate_part", "vary_part"}
PROGRAM = (
    *("coevo", "workflow", "profiles", "config/regions", "docs/simulation"),
    *("config/indicators/provinces.csv", "config/indicators/zhejiang.csv", "config/README.md"),
    *("Snakefile", "Makefile", "environment.yml", "requirements.lock", "pyproject.toml"),
    *("README.md", "LICENSE"),
)


def copied(folder: Path, *more: str) -> Path:
    """Copy the workflow without its studies, and more of the repository, into a new folder."""
    hidden = shutil.ignore_patterns("__pycache__", "processed")
    for part in (*PROGRAM, *more):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=hidden, dirs_exist_ok=True)
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def copy_small(folder: Path) -> Path:
    """Copy the small study into a folder, without what was built of it."""
    for part in ("config", "data/raw"):
        shutil.copytree(SMALL / part, folder / part, dirs_exist_ok=True)
    return folder


def make_project(folder: Path) -> Path:
    """Copy the workflow into a new folder, with the small study as its only one."""
    copy_small(copied(folder))
    (folder / "config" / "config.yaml").rename(folder / "config" / "small.yaml")
    return folder


def write_config(folder: Path, config: dict, name: str = "small") -> None:
    text = yaml.safe_dump(config, allow_unicode=True)
    (folder / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")


def called(
    folder: Path, command: str, *words: str, program: Path | None = None
) -> subprocess.CompletedProcess:
    """Give a command of coevo in a folder, as the Makefile does; return what it said.

    program: the copy of the workflow, where it is not the folder itself.
    """
    return subprocess.run(
        [sys.executable, "-m", "coevo", command, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(program or folder)},
    )


def run(
    folder: Path, *options: str, study: str = "small", program: Path | None = None
) -> subprocess.CompletedProcess:
    """Build a study in a folder on two cores; options: `--verbose`, and what Snakemake is told."""
    verbose = [option for option in options if option == "--verbose"]
    further = [option for option in options if option != "--verbose"]
    words = ("--study", study, "--cores", "2", *verbose, "--", *further)
    return called(folder, "build", *words, program=program)


def must_run(folder: Path, *options: str, study: str = "small", program: Path | None = None) -> str:
    """Build a study in a folder; it must end well. Return what was said."""
    result = run(folder, *options, study=study, program=program)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    return said


def asked_for(said: str) -> set[str]:
    """Return the rules that a dry run lists, but for the target."""
    stats = said.partition("Job stats:")[2].partition("total")[0]
    return set(re.findall(r"^(\w+) +\d+$", stats, re.MULTILINE)) - {"all", "everything"}


def would_run(folder: Path, study: str = "small") -> set[str]:
    """Return the rules that a run would execute now."""
    return asked_for(must_run(folder, "--dry-run", study=study))


def snapshot(folder: Path) -> dict[str, str]:
    """Return the digests of tables and reports by their path in the folder."""
    files = [path for part in ("data/processed", "reports") for path in (folder / part).rglob("*")]
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file() and path.name != ".snakemake_timestamp" and path.parent.name != RECORDS
    }
