"""Write a study that ships as a folder of its own."""

import errno
from argparse import Namespace
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

from coevo.command.folder import CITED, make_folder, write_frame
from coevo.errors import PROGRAM, StudyError
from coevo.files import write_bytes, write_text
from coevo.registry import left
from coevo.study.configuration import DEFAULT, complete_config, other_files, read_config
from coevo.study.new_study import RAW, REGIONS, TABLE
from coevo.study.raw_files import raw_paths, source_rows
from coevo.study.regions import regions_table


def main(chosen: Namespace) -> int:
    """Write the folder and say what comes next; return the exit code."""
    shipped = {str(config["study"]): (path, config["title"]["en"]) for path, config in _configs()}
    if not chosen.name:
        print(*(f"{name:16} {title}" for name, (_, title) in shipped.items()), sep="\n")
        return 0
    if reason := left("study", chosen.name):
        raise StudyError(f"coevo: {chosen.name}: {reason}")
    if chosen.name not in shipped:
        known = ", ".join(shipped)
        raise StudyError(f"coevo: there is no example '{chosen.name}'; known: {known}")
    path, _ = shipped[chosen.name]
    make_folder(chosen.name, lambda: copy_study(path))
    print(f"written  {chosen.name}", f"1. cd {chosen.name}", "2. coevo build", sep="\n")
    return 0


def _configs() -> list[tuple[Path, dict[str, Any]]]:
    for folder in (PROGRAM / "config", PROGRAM / RAW):
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "", str(folder))
    return [(path, read_config(path)) for path in sorted((PROGRAM / "config").glob("*.yaml"))]


def copy_study(path: Path, home: Path = PROGRAM, cited: Mapping[str, Any] = CITED) -> None:
    """Write the study of a config file into this folder, under the paths of a folder of its own.

    home: the folder that the paths in the config begin at; cited: as `write_frame` takes it.
    """
    with chdir(home):
        config = complete_config(path)
        regions = home / regions_table(config)
        raw = raw_paths(config["raw"], config["vintage"])
        listed = source_rows(config["raw"])
    places = {config["indicators"]: TABLE, config["regions_table"]: REGIONS}
    text = path.read_text(encoding="utf-8")
    for there, here in {**places, config["raw"]: RAW}.items():
        text = text.replace(there, here)
    if REGIONS not in text:
        text = text.replace(
            f"indicators: {TABLE}\n", f"indicators: {TABLE}\nregions_table: {REGIONS}\n"
        )
    write_text(text, DEFAULT)
    same = [*other_files(config).values()]
    same += [f"config/claims/{config['claims']}.csv"] if config["claims"] else []
    below = {file: Path(file).relative_to(config["raw"]).as_posix() for file in raw}
    places |= {file: file for file in same} | {
        file: f"{RAW}/{name}" for file, name in below.items()
    }
    for there, here in places.items():
        source = regions if here == REGIONS else home / there
        write_bytes(source.read_bytes(), here)
    write_frame({name: listed[file] for file, name in below.items()}, below.values(), cited)
