"""The floor under a study: its arithmetic in one process, without workflow, files and rendering.

    python -m benchmarks.floor            # the default study, in a minute or two
    python -m benchmarks.floor --write    # and the result into docs/benchmarks.md

Its figures are read before the clock starts; then the functions that the rules call are called one
after the other, tables are handed on in memory, and nothing is written. Beside it the study is
built by the workflow, in a folder of its own; its tables have to be the same.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.scale import Cost, build
from coevo.coupling import couple, growth_contributions
from coevo.coupling.comovement import comovement_rows
from coevo.coupling.diagnostics import diagnostic_rows
from coevo.coupling.level import level_rows
from coevo.equilibria import estimate
from coevo.files import read_table, write_table
from coevo.normalisation import normalise, scaled_panel
from coevo.observations import observe
from coevo.panel import panel_tables
from coevo.prediction import predict
from coevo.regional import RegionalPanel, regional_tables
from coevo.sensitivity.coverage_breaks import coverage_rows, growth_rows
from coevo.sensitivity.headline_claims import claim_tables
from coevo.sensitivity.multiverse import choice_sensitivity, indicator_systems, multiverse_rows
from coevo.sensitivity.robustness import robustness_rows
from coevo.sensitivity.specifications import specification_tables
from coevo.sensitivity.uncertainty import monte_carlo
from coevo.study import configuration
from coevo.study.raw_files import raw_paths
from coevo.study_data import StudyData
from coevo.weighting import weigh

ROOT = Path(__file__).resolve().parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # one, as in the workflow
MARK = "<!-- floor -->"
Tables = dict[str, pd.DataFrame]


def read_study(config: dict[str, Any]) -> tuple[Tables, Tables]:
    """Return what is read before the clock starts: figures and tables, and indicator systems."""
    given = {
        "indicators": read_table(config["indicators"], "indicators"),
        "regions": read_table(config["regions_table"], "regions"),
        "statements": read_table(f"config/claims/{config['claims']}.csv", "statements"),
    }
    raw = raw_paths(config["raw"], config["vintage"])
    marks = (config["units_read_as"], config["missing_marks"])
    given["observations"], given["remarks"] = observe(
        raw, config["raw"], given["indicators"], given["regions"], *marks
    )
    systems = config["robustness"]["systems"].items()
    return given, {name: read_table(path, "indicators") for name, path in systems}


def arithmetic(config: dict[str, Any], given: Tables, systems: Tables) -> Tables:
    """Return the tables of a study with indices, a model and claims, as its rules make them."""
    indicators, seed = given["indicators"], config["robustness"]["seed"]
    size, method = config["comovement"]["size"], config["weighting"]["method"]
    t: Tables = {**given, **panel_tables(StudyData(config, indicators, given))}
    t["normalised"], t["goalposts"] = normalise(t["panel"], indicators, config["normalisation"])
    t["weights"] = weigh(t["normalised"], t["panel"], indicators, config["weighting"])
    span, weighed = scaled_panel(config["normalisation"]), (t["normalised"], t["weights"], method)
    t["coupling"], t["obstacles"] = couple(*weighed, config["coupling"], span)
    t["growth_split"] = growth_contributions(*weighed, config["coupling"])
    t["comovement"] = comovement_rows(t["coupling"], t["panel"], size, seed)
    t["level"] = level_rows(t["coupling"], t["panel"], size)
    groups = config["regional"]["groups"]
    study = RegionalPanel(t["coupling"], t["panel"], t["regions"], groups, size, seed)
    t |= regional_tables(study)
    t["robustness"] = robustness_rows(StudyData(config, indicators, t, systems=systems))
    t["coverage_breaks"] = coverage_rows(StudyData(config, indicators, t))
    t["coverage_growth"] = growth_rows(t["panel"], indicators)
    t["diagnostics"] = diagnostic_rows(StudyData(config, indicators, t))
    t["multiverse"] = multiverse_rows(indicator_systems(t["panel"], indicators, systems), config)
    t["sensitivity"] = choice_sensitivity(t["multiverse"])
    t["uncertainty"], t["grade_shares"] = monte_carlo(StudyData(config, indicators, t))
    t |= estimate(StudyData(config, indicators, t))
    t |= specification_tables(StudyData(config, indicators, t))
    t |= predict(StudyData(config, indicators, t))
    return t | claim_tables(StudyData(config, indicators, t))


def built(folder: Path, tables: Tables, study: str, cores: int) -> tuple[dict[str, Cost], float]:
    """Build the default study in a folder; return the cost of each rule, and the seconds it took.

    `AssertionError` where a table is another than that of the floor.
    """
    for part in ("config", "data/raw"):
        shutil.copytree(ROOT / part, folder / part)
    found = build(folder, cores)
    for file in sorted((folder / "data" / "processed" / study).glob("*.csv")):
        if file.stem in tables:
            again = folder / "floor" / file.name
            write_table(tables[file.stem], again)
            pd.testing.assert_frame_equal(
                read_table(file), read_table(again), rtol=1e-9, obj=file.stem
            )
    return found


def main() -> None:
    """Measure both, and print."""
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("--cores", type=int, default=2)
    words.add_argument("--write", action="store_true", help="put the lines into the document")
    said = words.parse_args()
    os.chdir(ROOT)
    if any(os.environ.get(name) != "1" for name in THREADS):
        words = [sys.executable, "-m", "benchmarks.floor", *sys.argv[1:]]
        os.execve(sys.executable, words, os.environ | dict.fromkeys(THREADS, "1"))
    raw = configuration.read_config("config/config.yaml")
    schema = configuration.read_schema("config", ROOT)
    config = configuration.complete(raw, schema, "config.yaml")
    given, systems = read_study(config)
    started = time.process_time()
    tables = arithmetic(config, given, systems)
    floor = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        rules, wall = built(Path(folder).resolve(), tables, config["study"], said.cores)
    drawn = rules["report"].cpu_s
    rest = sum(cost.cpu_s for cost in rules.values()) - drawn
    text = (
        f"| floor: the arithmetic in one process | {floor:.1f} s | |\n"
        f"| the same rules in the workflow | {rest:.1f} s | {rest / floor:.1f} × |\n"
        f"| and those that set tables, figures and reports | {rest + drawn:.1f} s | "
        f"{(rest + drawn) / floor:.1f} × |\n"
        f"| `make` on {said.cores} cores, by the clock | {wall:.1f} s | {wall / floor:.1f} × |\n"
    )
    print(text, end="")
    if said.write:
        place = ROOT / "docs" / "benchmarks.md"
        head = "| default study | time | of the floor |\n|---|---|---|\n"
        page = re.sub(
            f"{MARK}.*{MARK}",
            lambda _: f"{MARK}\n{head}{text}{MARK}",
            place.read_text("utf-8"),
            flags=re.DOTALL,
        )
        place.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
