"""The longest rules in chunks: the same tables whatever their number and that of the cores."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.scale import write_study

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("multiverse", "uncertainty", "grade_shares", "sensitivity", "parameters", "relations")
pytestmark = pytest.mark.whole


def built(folder: Path, chunks: int, cores: int) -> tuple[dict[str, bytes], list[str]]:
    """Return the tables that chunks have a part in, and the logs of what was run."""
    draws = {"draws": 100, "seed": 1}
    write_study(folder, 70, 9, 6, chunks=chunks, robustness=draws)
    words = [sys.executable, "-m", "coevo", "build"]
    words += ["--cores", str(cores), "--"]
    data, logs = folder / "data/processed/counties", folder / "logs/counties"
    shutil.rmtree(logs, ignore_errors=True)
    words += [f"data/processed/counties/{table}.csv" for table in TABLES]
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(words, cwd=folder, env=known, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    steps = run.stderr.splitlines()  # a line for each job, also for each part of a rule
    assert steps[-1].split()[:3] == [str(len(steps)), "of", str(len(steps))]
    return (
        {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()},
        sorted(path.stem for path in logs.glob("*.log")),
    )


def test_chunks_give_the_same_bytes(tmp_path: Path) -> None:
    """Of 70 regions, two blocks of them and of each null; parts do not outlive the run."""
    tables, _ = built(tmp_path, 1, 1)
    assert {f"{table}.csv" for table in TABLES} <= tables.keys()
    for chunks in (2, 8):
        for table in TABLES:
            (tmp_path / "data/processed/counties" / f"{table}.csv").unlink()
        left = tmp_path / "data/processed/counties" / f"vary.1-of-{chunks}.part"
        left.write_bytes(b"of another run")
        found, told = built(tmp_path, chunks, 2)
        assert found == tables
        parts = [f"{rule}_part.{i + 1}-of-{chunks}"
                 for rule in ("estimate", "vary") for i in range(chunks)]  # fmt: skip
        assert [log for log in told if "_part" in log] == parts
