"""Wiring that every rule shares: the study's configuration, its paths, the code it depends on."""

import hashlib
import os
import shlex
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import yaml

sys.path.insert(0, workflow.basedir)
# Snakemake does not quote the interpreter's path; without this no script runs in "a folder".
if Path(sys.executable).exists():
    sys.executable = shlex.quote(sys.executable)
# One thread per rule: the same bytes whatever the number of cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from coevo import configuration
from coevo.errors import StudyError


def schema(name):
    """Return a schema of workflow/schemas."""
    path = Path(workflow.basedir, "workflow", "schemas", f"{name}.schema.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def code(script):
    """Return the modules of coevo that a script imports, directly or through others."""
    finder = ModuleFinder(path=[workflow.basedir])
    finder.run_script(str(Path(workflow.basedir, "workflow", "scripts", f"{script}.py")))
    files = (module.__file__ for name, module in finder.modules.items() if name != "__main__")
    return sorted(os.path.relpath(file, workflow.basedir) for file in files if file)


def raw_files():
    """Return the raw files of the study, up to its vintage."""
    return configuration.raw_files(config["raw"], config["vintage"])


def digest(files):
    """Return one hash over the content of files: an older file put in place of another is noticed."""
    parts = (hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in sorted(files))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


try:
    source = workflow.overwrite_configfiles or ["config/config.yaml"]
    config = configuration.complete(config, schema("config"), Path(source[-1]).name)
    configuration.check_indicators(config, schema("indicators"), "config/regions.csv")
    RAW = raw_files()
except StudyError as problem:
    # Snakemake would add lines of its own below ours.
    print(problem, file=sys.stderr, flush=True)
    sys.exit(1)


STUDY = config["study"]
DATA = f"data/processed/{STUDY}"
REPORT = f"reports/{STUDY}"
LOGS = f"logs/{STUDY}"
INDICATORS = config["indicators"]
REGIONS = "config/regions.csv"
