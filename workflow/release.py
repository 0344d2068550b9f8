"""Build a study, then keep its tables as a release that is never overwritten.

    python workflow/release.py study=NAME|config/config.yaml name [snakemake options]

An empty name is taken from the newest vintage read and the last year. Both happen under the lock of
`once.py`, so that what is kept is what was built.
"""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import once

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from coevo.errors import command  # noqa: E402
from coevo.files import sha256_of  # noqa: E402
from coevo.history import releases  # noqa: E402
from coevo.schema import study_tables  # noqa: E402
from coevo.study import configuration, raw_files  # noqa: E402


def kept(path: str, name: str) -> str:
    """Keep the tables of the study of `path` as they stand; return a line that says so."""
    path = configuration.config_file(path)
    given, schema = configuration.read_config(path), configuration.read_schema("config", ROOT)
    config = configuration.complete(given, schema, Path(path).name)
    raw = raw_files.raw_paths(config["raw"], config["vintage"])
    study, years = config["study"], config["years"]
    vintages = releases.vintage_files(config["raw"], raw)
    tables = [f"data/processed/{study}/{table}.csv" for table in study_tables(config)]
    releases.check_chain(tables)
    files = {Path(table).name: Path(table).read_bytes() for table in tables}
    files["indicators.csv"] = Path(config["indicators"]).read_bytes()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    about = {
        "study": study,
        "vintages": vintages,
        "years": dict(years),
        "coevo": project["version"],
        "raw": {file: sha256_of(file) for file in raw},
        "config": config,
    }
    name = name or f"{vintages[-1]}-{years['last']}"
    return releases.keep(f"reports/{study}/releases", name, about, files)


def spoken(step: Callable[[], None]) -> int:
    """Take a step; return 0, or say its problem in our words and return 1."""
    return command(lambda: step() or 0)


def main(path: str, name: str, *options: str) -> int:
    """Build and keep; return the exit code."""

    def keep() -> int:
        return spoken(lambda: print(f"coevo: {kept(path, name)}"))

    refused = spoken(lambda: releases.check_name(name)) if name else 0
    return refused or once.main(path, *options, then=keep)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
