"""What the version of Python must not change: what is computed from figures.

Since Python 3.12 `sum` of floats keeps what it loses in rounding, and gives other last digits.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.sample import ROOT

# COEVO_PYTHONS=/a/bin/python3.12:/b/bin/python3.13, each with the packages of the lock
OTHERS = [path for path in os.environ.get("COEVO_PYTHONS", "").split(os.pathsep) if path]
NUMBERS = """
import hashlib, json, math, sys
sys.path.insert(0, ".")
from coevo.coupling import couple
from coevo.files import read_table
from coevo.normalisation import normalise, scaled_panel
from coevo.study.readiness import check_study
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


@pytest.mark.whole
@pytest.mark.skipif(not OTHERS, reason="COEVO_PYTHONS names no other Python with the packages")
def test_tables_are_the_same_in_every_version_of_python():
    made = {}
    for python in (sys.executable, *OTHERS):
        run = [python, "-c", NUMBERS]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        made[python] = json.loads(done.stdout)
    assert all(found == made[sys.executable] for found in made.values())
