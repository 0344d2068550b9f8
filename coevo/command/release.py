"""Build a study, then keep its tables as a release that is never overwritten.

Without a name it has one of the newest vintage read and the last year. Both happen under the lock
of the folder, so that what is kept is what was built.
"""

from argparse import Namespace
from pathlib import Path

from coevo.command import build
from coevo.errors import command
from coevo.files import sha256_of
from coevo.history import releases
from coevo.package.wheel import version
from coevo.records import Jobs
from coevo.schema import study_tables
from coevo.study.configuration import complete_config
from coevo.study.raw_files import raw_paths


def kept(path: str, name: str) -> str:
    """Keep the tables of the study of `path` as they stand; return a line that says so."""
    config = complete_config(path)
    raw = raw_paths(config["raw"], config["vintage"])
    study, years = config["study"], config["years"]
    vintages = releases.vintage_files(config["raw"], raw)
    tables = [f"data/processed/{study}/{table}.csv" for table in study_tables(config)]
    Jobs(study).check(tables)
    files = {Path(table).name: Path(table).read_bytes() for table in tables}
    files["indicators.csv"] = Path(config["indicators"]).read_bytes()
    about = {
        "study": study,
        "vintages": vintages,
        "years": dict(years),
        "coevo": version(),
        "raw": {file: sha256_of(file) for file in raw},
        "config": config,
    }
    name = name or f"{vintages[-1]}-{years['last']}"
    return releases.keep(f"reports/{study}/releases", name, about, files)


def main(chosen: Namespace) -> int:
    """Build and keep; return the exit code."""
    if chosen.name:
        releases.check_name(chosen.name)
    return build.main(chosen, then=lambda: command(lambda: _keep(chosen)))


def _keep(chosen: Namespace) -> int:
    print(f"coevo: {kept(chosen.config, chosen.name)}")
    return 0
