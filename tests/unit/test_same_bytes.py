"""What the version of Python must not change: sums of floats, and what is computed from figures.

Since Python 3.12 `sum` of floats keeps what it loses in rounding, and gives other last digits.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample import ROOT

# Counts of cells, bytes, characters, rivals, periods, years and rows, which are whole numbers; of
# each module.
COUNTS = {
    "coevo/messages.py": 1,
    "coevo/observations/blocks.py": 1,
    "coevo/observations/heads.py": 1,
    "coevo/observations/layouts.py": 2,
    "coevo/observations/sheets.py": 1,
    "coevo/observations/tables.py": 2,
    "coevo/observations/text_files.py": 2,
    "coevo/observations/workbooks.py": 1,
    "coevo/inference/wild_bootstrap.py": 1,
    "coevo/prediction/past_errors.py": 1,
    "coevo/printed_weights/__init__.py": 1,
    "coevo/report/documents/word.py": 2,
    "coevo/sensitivity/headline_statistics.py": 2,
    "coevo/study/proposal.py": 2,
    "coevo/study/terminal.py": 2,
}
# COEVO_PYTHONS=/a/bin/python3.12:/b/bin/python3.13, each with the packages of the lock
OTHERS = [path for path in os.environ.get("COEVO_PYTHONS", "").split(os.pathsep) if path]
NUMBERS = """
import hashlib, json, math, sys
sys.path.insert(0, ".")
from coevo.coupling import couple
from coevo.files import read_table
from coevo.normalisation import normalise, scaled_panel
from coevo.study.check import check_study
from coevo.weighting import weigh
made = check_study("config/zhejiang.yaml")
settings, method = made.config["normalisation"], made.config["weighting"]
normalised, goalposts = normalise(made.panel, made.indicators, settings)
weights = weigh(normalised, made.panel, made.indicators, method)
coupling, obstacles = couple(
    normalised, weights, method["method"], made.config["coupling"], scaled_panel(settings)
)
tables = dict(panel=made.panel, audit=made.audit, normalised=normalised, goalposts=goalposts,
              weights=weights, coupling=coupling, obstacles=obstacles)
print(json.dumps({n: hashlib.sha256(t.to_csv().encode()).hexdigest() for n, t in tables.items()}))
"""


def sums(path: Path) -> int:
    """Return how often a module calls the built-in `sum`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sum(isinstance(call.func, ast.Name) and call.func.id == "sum" for call in calls)


def test_nothing_but_counts_is_added_up_by_the_sum_of_python():
    paths = sorted((ROOT / "coevo").rglob("*.py"))
    found = {path.relative_to(ROOT).as_posix(): sums(path) for path in paths}
    assert {path: n for path, n in found.items() if n} == COUNTS, "of floats: math.fsum, or numpy"


@pytest.mark.slow
@pytest.mark.skipif(not OTHERS, reason="COEVO_PYTHONS names no other Python with the packages")
def test_tables_are_the_same_in_every_version_of_python():
    made = {}
    for python in (sys.executable, *OTHERS):
        run = [python, "-c", NUMBERS]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        made[python] = json.loads(done.stdout)
    assert all(found == made[sys.executable] for found in made.values())
