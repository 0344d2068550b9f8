"""Write a study that ships as a folder of its own."""

import errno
from argparse import Namespace
from contextlib import chdir
from pathlib import Path
from typing import Any

from coevo.command.folder import make_folder, write_frame
from coevo.errors import PROGRAM, StudyError
from coevo.files import write_bytes, write_text
from coevo.study.config_text import read_rows
from coevo.study.configuration import DEFAULT, complete, other_files, read_config, read_schema
from coevo.study.new_study import RAW, REGIONS, TABLE
from coevo.study.raw_files import SOURCES, raw_paths


def main(chosen: Namespace) -> int:
    """Write the folder and say what comes next; return the exit code."""
    shipped = {str(config["study"]): path for path, config in _configs()}
    if not chosen.name:
        print(
            *(f"{name:16} {read_config(shipped[name])['title']['en']}" for name in shipped),
            sep="\n",
        )
        return 0
    if chosen.name not in shipped:
        known = ", ".join(shipped)
        raise StudyError(f"coevo: there is no example '{chosen.name}'; known: {known}")
    make_folder(chosen.name, lambda: _write(shipped[chosen.name]))
    print(f"written  {chosen.name}", f"1. cd {chosen.name}", "2. coevo build", sep="\n")
    return 0


def _configs() -> list[tuple[Path, dict[str, Any]]]:
    for folder in (PROGRAM / "config", PROGRAM / RAW):
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "", str(folder))
    return [(path, read_config(path)) for path in sorted((PROGRAM / "config").glob("*.yaml"))]


def _write(path: Path) -> None:
    """Write the study of a config file that ships into this folder, under the paths of one."""
    with chdir(PROGRAM):
        config = complete(read_config(path), read_schema("config"), path.name)
        places = {config["indicators"]: TABLE, config["regions_table"]: REGIONS}
        raw = raw_paths(config["raw"], config["vintage"])
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
        write_bytes((PROGRAM / there).read_bytes(), here)
    listed = {f"{RAW}/{row['file']}": row for row in read_rows(PROGRAM / RAW / SOURCES)}
    write_frame({name: listed[file] for file, name in below.items()}, below.values())
