"""Wiring shared by all: the study's configuration, its paths, the code that it depends on."""

import errno
import json
import math
import os
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from contextlib import suppress
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
# One thread each, for the same bytes whatever the number of cores, on one type of processor. Beside
# a script, in the study's .snakemake, no module of the standard library is looked for.
for variable in "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS PYTHONSAFEPATH".split():
    os.environ[variable] = "1"
from coevo.errors import StudyError, plain_words
from coevo.files import changed_files, record_of, sha256_of, write_text
from coevo.history import releases
from coevo.history.releases import COMPARED
from coevo.schema import study_reports, study_tables
from coevo.study import configuration, raw_files, regions


def hold_shared(lock):
    """Hold the lock of `coevo build` beside others, as long as this process lives."""
    with suppress(ImportError, OSError):  # Windows has no such lock, and not every disk
        from fcntl import LOCK_SH, flock

        flock(lock, LOCK_SH)


# So that the runner sees a run started by hand, and knows the lock of a killed run. While the
# runner itself is at work, this waits beside.
if workflow.is_main_process:
    with suppress(OSError):
        os.makedirs(".snakemake", exist_ok=True)
        LOCK = open(".snakemake/once.lock", "a")
        threading.Thread(target=hold_shared, args=[LOCK], daemon=True).start()


@cache
def from_program(path):
    """Return the path from the working directory, the study's, to a file of the program."""
    file = os.path.abspath(PROGRAM / path)
    if not os.path.exists(file):  # Snakemake would take what is made from it for made already
        raise FileNotFoundError(errno.ENOENT, "", file)
    # On Windows there is no way from one drive to another.
    same = os.path.splitdrive(file)[0] == os.path.splitdrive(os.getcwd())[0]
    return Path(os.path.relpath(file) if same else file).as_posix()


# What each module imports, as it was listed: file -> time and size of it, names. And under `checked`
# what was found right last, so that a start without a change imports neither numpy nor pandas.
IMPORT = re.compile(
    r"^ *(?:from|import) (coevo[\w.]*)(?: import (\([^)]*\)|[^\n]*))?", re.MULTILINE
)
NAME_TAKEN = re.compile(r"\b[A-Za-z_]\w*")  # what is taken from a module may be one
LISTED = Path(".snakemake", "modules.json")
try:
    IMPORTS = json.loads(LISTED.read_text("utf-8"))
except (OSError, ValueError):
    IMPORTS = {}


@cache
def imported(file):
    """Return the files of coevo that a file imports itself, with their packages."""
    about = os.stat(file)
    stamp = [about.st_mtime_ns, about.st_size]
    if IMPORTS.get(file, [])[:1] != [stamp]:
        names = set()
        for module, taken in IMPORT.findall(Path(file).read_text("utf-8")):
            names |= {module, *(f"{module}.{name}" for name in NAME_TAKEN.findall(taken))}
        parts = [name.split(".") for name in names]
        names |= {".".join(part[:end]) for part in parts for end in range(1, len(part))}
        places = [str(MODULES / name.replace(".", "/")) for name in names]
        files = [file for place in places for file in (f"{place}/__init__.py", f"{place}.py")]
        IMPORTS[file] = [stamp, sorted(filter(os.path.isfile, files))]
    return IMPORTS[file][1]


@cache
def data_beside(folder):
    """Return the tables of a folder of modules, which these read."""
    return [entry.path for entry in os.scandir(folder) if entry.name.endswith((".csv", ".yaml"))]


KNOWN = dict(IMPORTS)


def keep_listed():
    """Keep what modules import for the next start, if one is new or has changed."""
    if workflow.is_main_process and IMPORTS != KNOWN:
        with suppress(OSError):
            write_text(json.dumps(IMPORTS), LISTED)


def traced(file):
    """Return the modules of coevo that a file imports, and the data beside them."""
    found, new = set(), {str(file)}
    while new:
        new = set().union(*map(imported, new)) - found
        found |= new
    folders = map(data_beside, {os.path.dirname(module) for module in found})
    return sorted(found.union(*folders))


def code(script):
    """Return the modules of coevo that a script imports, and the data beside them."""
    return [*map(from_program, traced(PROGRAM / "workflow" / "scripts" / f"{script}.py"))]


def regions_read():
    """Return the regions that are read from the files, None for all; check the tables that the
    config names first, unless nothing has changed since they were found right.
    """
    tables = [config["indicators"], REGIONS, *configuration.other_files(config).values()]
    tables += [f"config/claims/{config['claims']}.csv"] if config["claims"] else []
    modules = traced(MODULES / "coevo" / "study" / "config_tables.py")
    stamps = [
        (file, os.stat(file).st_mtime_ns) for file in (*tables, *modules) if os.path.isfile(file)
    ]
    digests = [sha256_of(file) for file in tables if os.path.isfile(file)]
    state = sha256_of(json.dumps([config, stamps, digests], sort_keys=True).encode())
    if IMPORTS.get("checked", [])[:1] != [state]:
        from coevo.study import config_tables

        rows = config_tables.check_indicators(config, REGIONS, NAME)
        IMPORTS["checked"] = [state, config_tables.regions_read(config, rows, REGIONS)]
    return IMPORTS["checked"][1]


try:
    if unfit := raw_files.path_problem(str(PROGRAM), str(PROGRAM)):
        raise StudyError(unfit)
    source = workflow.overwrite_configfiles or ["config/config.yaml"]
    NAME = Path(source[-1]).name
    if Path(source[-1]).is_file():  # Snakemake takes without a word what this refuses
        configuration.read_config(source[-1])
    config.update(configuration.complete(config, source[-1]))
    REGIONS = config["regions_table"]
    if (
        not Path(REGIONS).is_file() and (PROGRAM / REGIONS).is_file()
    ):  # a study in another folder may use a table that ships
        REGIONS = from_program(REGIONS)
    REGIONS_READ = regions_read()
    RAW = raw_files.raw_paths(config["raw"], config["vintage"])
    if changed := [*raw_files.changed_files(config["raw"], RAW)]:
        raise StudyError(*changed)
    SOURCED = [row for file, row in raw_files.source_rows(config["raw"]).items() if file in RAW]
    RELEASE = releases.latest(f"reports/{config['study']}/releases")
except (StudyError, OSError, MemoryError) as problem:
    # Snakemake would add lines of its own below ours.
    print(plain_words(problem), end="", file=sys.stderr, flush=True)
    sys.exit(1)


VERSION = tomllib.loads((PROGRAM / "pyproject.toml").read_text("utf-8"))["project"]["version"]
STUDY = config["study"]
DATA = f"data/processed/{STUDY}"
REPORT = f"reports/{STUDY}"
LOGS = f"logs/{STUDY}"
INDICATORS = config["indicators"]
# Sets of regions that names in the files may belong to as well.
SETS = {name: from_program(f"config/regions/{name}.csv") for name in regions.SETS}
# What the numbers and the look of the report depend on, besides our own code.
PACKAGES = {
    name: version(name)
    for name in "numpy pandas scipy statsmodels vl-convert-python pypandoc_binary typst".split()
} | {
    "coevo": VERSION
}  # not Python's, which shows in no number


# The configuration without what no result depends on.
SETTINGS = {key: value for key, value in config.items() if key != "chunks"}
# What a panel of samples depends on besides; nothing else does.
SAMPLED = {key: config[key] for key in ("period", "interaction") if config["period"]}
TABLES = study_tables(config)
# Populations may be indices of subsystems; without one, no estimate waits for D.
MODEL, PAIRS = config["interaction"] or {}, config["robustness"]["pairs"].values()
POPULATIONS = {
    MODEL.get("upstream"),
    MODEL.get("downstream"),
    *MODEL.get("others", ()),
    *chain(*PAIRS),
}
INDICES = {"coupling": f"{DATA}/coupling.csv"} if POPULATIONS & {*config["subsystems"]} else {}
# Goalposts that were kept, for the reference of that name.
KEPT = (
    {"kept": config["normalisation"]["goalposts"]} if config["normalisation"]["goalposts"] else {}
)
# What differs from the latest release is shown, once there is one.
REPORT_TABLES = [*TABLES, "changes"] if RELEASE else TABLES
REPORTS = [f"{REPORT}/{name}" for name in study_reports(config)]
# Words around what `snakemake --report` shows; a language without its own has the English ones.
CAPTION_WORDS = yaml.safe_load(
    (PROGRAM / "workflow" / "captions" / "words.yaml").read_text("utf-8")
)
LANGUAGES = {
    name: CAPTION_WORDS.get(name, CAPTION_WORDS["en"]) for name in config["report"]["languages"]
}
FIRST = next(iter(LANGUAGES.values()))


# By docs/benchmarks.md, Many regions: megabytes at least; megabytes and seconds of 1,000 region-years.
COSTS = {
    "estimate": (240, 14.5, 3.5),
    "specify": (165, 6.5, 0.4),
    "predict": (160, 22, 0.7),
    "vary": (180, 18.5, 2),
    "export": (260, 10, 0.4),
    "report": (455, 20.5, 1),
}
CHOSEN = regions.chosen_regions(config, regions.read_regions(REGIONS))
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


def as_made(rule):
    """Return an input function of a rule, which adds no file.

    It forces the job where a file is not as the job made or read it, by what stands in it: an older
    file may replace one, or an edited one have its old time.
    """

    def look(wildcards):
        outputs = [str(file.apply_wildcards(wildcards)) for file in rule.output]
        record = record_of(rule.log[0].apply_wildcards(wildcards))
        if workflow.is_main_process and any(map(os.path.exists, outputs)):
            if changed_files(record, outputs):
                workflow.dag.forcefiles.update(outputs)
        return []

    return look
