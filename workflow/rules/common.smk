"""Wiring shared by all: the study's configuration, its paths, the code that rules depend on."""

import errno
import math
import os
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import yaml

# The program, a repository or what is installed of one: studies may stand in another folder.
PROGRAM = Path(os.path.abspath(workflow.current_basedir)).parent.parent
MODULES = PROGRAM if (PROGRAM / "coevo").is_dir() else PROGRAM.parent
sys.path.insert(0, str(MODULES))
# Snakemake does not quote the interpreter's path; without this no script runs in "a folder".
if Path(sys.executable).exists():
    quoted = subprocess.list2cmdline if os.name == "nt" else shlex.join
    sys.executable = quoted([sys.executable])
# One thread each, for the same bytes whatever the number of cores. Beside a script, in the study's
# .snakemake, no module of the standard library is looked for.
for variable in "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS PYTHONSAFEPATH".split():
    os.environ[variable] = "1"
# of libraries; what concerns the reader is in the tables
os.environ.update(PYTHONWARNINGS="ignore")
from coevo.command.runner import share_folder
from coevo.errors import StudyError, plain_words
from coevo.files import sha256_of
from coevo.history import releases
from coevo.history.releases import COMPARED
from coevo.paths import check_folder
from coevo.schema import study_reports, study_tables
from coevo.study import configuration, raw_files, regions


def stop(problem):
    """Say in plain words why the workflow cannot be read; Snakemake would add lines of its own."""
    print(plain_words(problem), end="", file=sys.stderr, flush=True)
    sys.exit(1)


def from_program(path):
    """Return the path from the working directory, the study's, to a file of the program."""
    file = os.path.abspath(PROGRAM / path)
    if not os.path.exists(file):  # Snakemake would take what is made from it for made already
        stop(FileNotFoundError(errno.ENOENT, "", file))
    # On Windows there is no way from one drive to another.
    same = os.path.splitdrive(file)[0] == os.path.splitdrive(os.getcwd())[0]
    return Path(os.path.relpath(file) if same else file).as_posix()


# The rooms of coevo whose code a rule runs; the modules beside the rooms belong to every rule.
INDEX_ROOMS = "observations panel normalisation weighting coupling"
MODEL_ROOMS = "observations panel estimation lotka_volterra inference strengths equilibria"
ANALYSES = f"{INDEX_ROOMS} {MODEL_ROOMS} regional sensitivity"
ROOMS = {
    "observe": f"{ANALYSES} study",
    "panel": "observations panel",
    "couple": INDEX_ROOMS,
    "describe": f"{INDEX_ROOMS} estimation regional sensitivity",
    "vary": f"{INDEX_ROOMS} estimation regional sensitivity",
    "estimate": MODEL_ROOMS,
    "specify": f"{INDEX_ROOMS} {MODEL_ROOMS} sensitivity",
    "predict": f"{INDEX_ROOMS} {MODEL_ROOMS} prediction",
    "claims": ANALYSES,
    "changes": f"{INDEX_ROOMS} history",
    "library": "report",
    "export": f"{ANALYSES} prediction history report",
    "report": f"{ANALYSES} prediction history report",
}


def code(rule):
    """Return the digest of the code that a rule runs, a parameter whose change reruns it."""
    folders = [MODULES / "coevo" / room for room in ROOMS[rule].split()]
    files = [*(MODULES / "coevo").glob("*.*"), *chain(*(place.rglob("*.*") for place in folders))]
    if absent := [str(folder) for folder in folders if not folder.is_dir()]:
        stop(FileNotFoundError(errno.ENOENT, "", absent[0]))
    kept = [file for file in sorted(files) if file.suffix in (".py", ".csv", ".yaml")]
    return sha256_of("".join(map(digest_of, kept)).encode())


digest_of = cache(sha256_of)

try:
    if unfit := raw_files.path_problem(str(PROGRAM), str(PROGRAM)):
        raise StudyError(unfit)
    if workflow.is_main_process:
        share_folder()
        check_folder()
    source = workflow.overwrite_configfiles or ["config/config.yaml"]
    NAME = Path(source[-1]).name
    if Path(source[-1]).is_file():  # Snakemake takes without a word what this refuses
        configuration.read_config(source[-1])
    config.update(configuration.complete(config, source[-1]))
    REGIONS = regions.regions_table(config)
    REGIONS = from_program(REGIONS) if Path(REGIONS).is_absolute() else REGIONS
    CHOSEN = regions.chosen_regions(config, regions.read_regions(REGIONS))
    RAW = raw_files.raw_paths(config["raw"], config["vintage"])
    if changed := [*raw_files.changed_files(config["raw"], RAW)]:
        raise StudyError(*changed)
    SOURCED = [row for file, row in raw_files.source_rows(config["raw"]).items() if file in RAW]
    RELEASE = releases.latest(f"reports/{config['study']}/releases")
except (StudyError, OSError, MemoryError) as problem:
    stop(problem)


VERSION = tomllib.loads((PROGRAM / "pyproject.toml").read_text("utf-8"))["project"]["version"]
STUDY = config["study"]
DATA = f"data/processed/{STUDY}"
REPORT = f"reports/{STUDY}"
LOGS = f"logs/{STUDY}"
INDICATORS = config["indicators"]
# What the numbers and the look of the report depend on, besides our own code.
PACKAGES = {
    name: version(name)
    for name in "numpy pandas scipy statsmodels vl-convert-python pypandoc_binary typst".split()
}
PACKAGES["coevo"] = VERSION  # not Python's, which shows in no number
# The configuration without what no result depends on.
SETTINGS = {key: value for key, value in config.items() if key != "chunks"}
# Of `robustness` the seed alone: a change of another key makes no estimate anew.
SEED = {"seed": config["robustness"]["seed"]}
# What a panel depends on; one of samples also on the outputs.
PANEL_KEYS = "regions focus_region years panel vintage_policy"
PANEL_KEYS += " period interaction" if config["period"] else ""
# Goalposts that were kept, for the reference of that name.
GOALPOSTS = config["normalisation"]["goalposts"]
KEPT = {"kept": GOALPOSTS} if GOALPOSTS else {}
TABLES = study_tables(config)
# What differs from the latest release is shown, once there is one.
REPORT_TABLES = [*TABLES, "changes"] if RELEASE else TABLES
REPORTS = [f"{REPORT}/{name}" for name in study_reports(config)]


def settings(keys):
    """Return keys of the configuration with what they say."""
    return {key: config[key] for key in keys.split()}


def after_panel(file):
    """Return an input function for a file of the checkpoint `panel`.

    Snakemake then looks anew at what has changed, so that a rule does not run whose part of the
    panel is the same as before.
    """

    def found(wildcards):
        checkpoints.panel.get()
        return file

    return found


def table(name):
    """Return a table of the study, as an input."""
    file = f"{DATA}/{name}.csv"
    return after_panel(file) if name in ("panel", "audit", "revisions") else file


# Words around what `snakemake --report` shows; a language without its own has the English ones.
CAPTION_WORDS = yaml.safe_load(
    (PROGRAM / "workflow" / "captions" / "words.yaml").read_text("utf-8")
)
LANGUAGES = {
    name: CAPTION_WORDS.get(name, CAPTION_WORDS["en"]) for name in config["report"]["languages"]
}
FIRST = next(iter(LANGUAGES.values()))


def around(wildcards):
    """Return the words around results of a language."""
    return LANGUAGES[wildcards.language]


def shown(file, part, **more):
    """Mark a result for Snakemake's own report."""
    return report(
        file,
        caption=f"../captions/{part}.rst",
        category=FIRST["parts"][part],
        subcategory=lambda wildcards: around(wildcards)["language"],
        **more,
    )


TABLE_FILES = {name: table(name) for name in REPORT_TABLES}
# By docs/benchmarks.md, Many regions: megabytes at least; megabytes and seconds of 1,000 region-years.
COSTS = {
    "estimate": (240, 14.5, 3.5),
    "specify": (165, 6.5, 0.4),
    "predict": (160, 22, 0.7),
    "vary": (180, 18.5, 2),
    "export": (260, 10, 0.4),
    "report": (455, 20.5, 1),
}
ROWS = len(CHOSEN) * (config["years"]["last"] - config["years"]["first"] + 1) / 1000


def needs(rule):
    """Return the memory and the minutes of a rule, with half as much again, for a cluster.

    Of the minutes five are for a node that is slow to begin: a job that takes longer is ended.
    """
    least, megabytes, seconds = COSTS[rule]
    memory, time = least + megabytes * ROWS, 300 + seconds * ROWS
    return {"mem_mb": math.ceil(1.5 * memory), "runtime": math.ceil(1.5 * time / 60)}


def parts(rule):
    """Return what the chunks of a rule make; with a single one, the rule makes all itself."""
    several = gather.chunks(f"{DATA}/{rule}.{{scatteritem}}.part")
    return several if config["chunks"] > 1 else []
