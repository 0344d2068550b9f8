"""The folder of a stranger: no code that it brings along is run, no result of its is believed."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.projects import called, make_project, must_run

TARGET = "data/processed/small/observations.csv"


@pytest.fixture
def folder(tmp_path):
    """The small study, with a module under a name of the standard library beside the scripts."""
    made = make_project(tmp_path / "别人 study")
    scripts = made / ".snakemake" / "scripts"
    scripts.mkdir(parents=True)
    for name in ("pickle", "json"):
        (scripts / f"{name}.py").write_text(f"open({str(made / 'ran')!r}, 'w')\n", "utf-8")
    return made


def test_no_job_loads_a_module_of_the_folder(folder) -> None:
    """Neither of the command, which empties `.snakemake`, nor of plain Snakemake."""
    config = ["--configfile", "config/small.yaml", "--cores", "1"]
    plain = subprocess.run(
        [sys.executable, "-m", "snakemake", *config, TARGET],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert plain.returncode == 0 and (folder / TARGET).is_file(), plain.stderr
    assert not (folder / "ran").exists()
    must_run(folder, TARGET)
    assert not (folder / "ran").exists() and not (folder / ".snakemake/scripts/json.py").exists()


def test_what_was_built_elsewhere_is_built_anew(folder) -> None:
    must_run(folder, TARGET)
    before = (folder / TARGET).read_bytes()
    said = called(folder, "build", "--study", "small", "--", TARGET)
    assert "built anew" not in said.stdout
    there = shutil.copytree(folder, folder.parent / "copy")
    (there / TARGET).write_bytes(before.replace(b"2015", b"2016"))
    said = called(there, "build", "--study", "small", "--", TARGET)
    assert "small was not built in this folder on this machine; it is built anew" in said.stdout
    assert (there / TARGET).read_bytes() == before


def test_plain_snakemake_refuses_a_link_too(folder) -> None:
    (folder / "private").mkdir()
    (folder / "logs").symlink_to(folder / "private")
    words = [sys.executable, "-m", "snakemake", "--configfile", "config/small.yaml", "--cores", "1"]
    known = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run([*words, TARGET], cwd=folder, capture_output=True, text=True, env=known)
    assert done.returncode == 1 and "logs: is a link; remove it" in done.stderr
    assert not [*(folder / "private").iterdir()]
