"""Build a study and pack it for a repository of data and programs: the deposit, a zip.

It is laid out as the folder of a study, so that the same commands build it wherever it is unpacked.
"""

import json
import tempfile
from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

import yaml

from coevo.arrays import Config
from coevo.command import build
from coevo.command.example import copy_study
from coevo.errors import Problems, StudyError, command
from coevo.files import write_bytes, write_text
from coevo.history import releases
from coevo.package import datapackage, deposit, readme
from coevo.package.wheel import version
from coevo.paths import read_small
from coevo.records import Jobs
from coevo.schema import study_reports, study_tables
from coevo.study.config_text import read_rows
from coevo.study.configuration import ASKED, complete_config
from coevo.study.new_study import RAW, REGIONS, TABLE
from coevo.study.raw_files import SOURCES, raw_paths, source_rows
from coevo.study.templates import filled
from coevo.study.terminal import shown

CITATION = "CITATION.cff"
SHARED = ("LICENSE", f"{RAW}/README.md")  # what stands beside studies
OWN = (*SHARED, CITATION, "workflow/Snakefile")  # beside one in a folder of its own


def main(chosen: Namespace) -> int:
    """Build the study and pack it; return the exit code.

    What forbids a deposit is told before anything is built.
    """
    config = complete_config(chosen.config)
    cited = read_citation()
    check_raw(config)
    return build.main(chosen, then=lambda: command(lambda: pack(chosen.config, cited)))


def check_raw(config: Config) -> None:
    """Raise `StudyError` with a line for each raw file that forbids a deposit."""
    raw, problems = raw_paths(config["raw"], config["vintage"]), Problems()
    problems.extend(deposit.name_problems(raw))
    problems.extend(deposit.size_problems(map(Path, raw)))
    problems.check()
    problems.extend(deposit.rights_problems(raw, source_rows(config["raw"]), f"{RAW}/{SOURCES}"))
    problems.check()


def pack(path: str, cited: Mapping[str, Any]) -> int:
    """Write the zip of the study of a config file, say where it is and what is not in it."""
    config = complete_config(path)
    study, reports = config["study"], Path("reports", config["study"])
    listed, raw = source_rows(config["raw"]), raw_paths(config["raw"], config["vintage"])
    left = [file for file in raw if listed[file]["pass_on"] != "yes"]
    outputs, jobs = _outputs(config, releases.latest(f"{reports}/releases")), Jobs(study)
    jobs.check(outputs)
    behind = jobs.behind(outputs)
    made = [file for record in behind for file in jobs.sides[record][1]]
    problems = Problems()
    problems.extend(deposit.size_problems(map(Path, made)))
    problems.check()
    top = f"{study}-{_release(config, outputs) or version()}"
    target = reports / f"{top}.zip"
    with tempfile.TemporaryDirectory(dir=reports, prefix=".") as place:
        folder = Path(place)
        _lay_out(folder, Path(path), config, cited, made)
        for file in left:
            (folder / RAW / Path(file).relative_to(config["raw"])).unlink()
        _describe(folder, top, config, cited, readme.steps(behind, study))
        deposit.write_zip(folder, top, target)
    print(f"coevo: {target.as_posix()}: {target.stat().st_size / 1e6:.1f} MB")
    if left:
        print(f"Not in it, as {SOURCES} does not say that they may be passed on: {shown(left)}")
        print(
            "What was read from them stands in tables and reports all the same (observations.csv)."
        )
    return 0


def _outputs(config: Config, release: releases.Release | None) -> list[str]:
    """Return the tables and reports, files alone, that a study has once it is built."""
    study = config["study"]
    tables = [*study_tables(config), *(["changes"] if release else [])]
    reports = [name for name in study_reports(config) if "." in name]
    return [f"data/processed/{study}/{table}.csv" for table in tables] + [
        f"reports/{study}/{name}" for name in reports
    ]


def read_citation() -> dict[str, Any]:
    """Return what CITATION.cff says.

    Raises `StudyError` where it does not say who made the study, and under which licence it is.
    """
    with suppress(
        FileNotFoundError, ValueError, yaml.YAMLError, LookupError, TypeError, AttributeError
    ):
        cited = yaml.safe_load(read_small(CITATION))
        said = [*map(datapackage.person, cited["authors"]), str(cited["license"] or "")]
        if all(said) and len(said) > 1 and ASKED not in " ".join(said):
            return {**cited, "license": said[-1]}
    raise StudyError(f"{CITATION}: does not say who made the study, or its licence; write them")


def _release(config: Config, outputs: Sequence[str]) -> str:
    """Return the name of the latest release if it keeps the tables as they stand, else ""."""
    newest = releases.latest(f"reports/{config['study']}/releases")
    now = {Path(file).name: Path(file) for file in outputs if Path(file).suffix == ".csv"}
    kept = [Path(file) for file in newest.files if Path(file).name in now] if newest else []
    same = all(file.read_bytes() == now[file.name].read_bytes() for file in kept)
    return newest.name if newest and same else ""


def _lay_out(
    folder: Path, path: Path, config: Config, cited: Mapping[str, Any], made: Sequence[str]
) -> None:
    """Write the study into a folder as one of its own, with what was built of it; in tables the raw
    files have their new paths.
    """
    home, releases_kept = Path.cwd(), Path("reports", config["study"], "releases")
    with chdir(folder):
        copy_study(home / path, home, {key: cited[key] for key in ("authors", "license")})
    own = OWN if config["raw"] == RAW else SHARED
    tables = f"data/processed/{config['study']}"
    built = [f for f in made if f.startswith("reports/") or f"{Path(f).parent}" == tables]
    for file in filter(Path.is_file, map(Path, (*own, *releases_kept.rglob("*"), *built))):
        data = file.read_bytes()
        if file.parent == Path(tables) and file.suffix == ".csv":
            data = data.replace(f"{config['raw']}/".encode(), f"{RAW}/".encode())
        write_bytes(data, folder / file)


def _describe(
    folder: Path, top: str, config: Config, cited: Mapping[str, Any], jobs: list[dict[str, Any]]
) -> None:
    """Write what tells of the files in a folder: data package, README, digests."""
    tables = sorted((folder / "data" / "processed" / config["study"]).glob("*.csv"))
    places = {file.stem: file.relative_to(folder).as_posix() for file in tables}
    places |= {"indicators": TABLE, "regions": REGIONS, "sources": f"{RAW}/{SOURCES}"}
    if config["claims"]:
        places["statements"] = f"config/claims/{config['claims']}.csv"
    resources = [datapackage.resource(name, folder, file) for name, file in places.items()]
    title = config["title"].get("en") or next(iter(config["title"].values()))
    raw = read_rows(folder / RAW / SOURCES)
    package = datapackage.descriptor(top, title, cited, [row["source"] for row in raw], resources)
    words = readme.words(folder, config, raw, resources, jobs)
    words |= {"package": top, "title": title, "licence": cited["license"]}
    words["authors"] = ", ".join(map(datapackage.person, cited["authors"]))
    text = json.dumps(package, ensure_ascii=False, indent=1)
    write_text(f"{text}\n", folder / "datapackage.json")
    write_text(filled("new/package/README.md", **words), folder / "README.md")
    write_text(deposit.manifest(folder), folder / deposit.MANIFEST)
