"""Remove what was built for a study: tables, reports and logs; releases and raw files stay.

Says what is removed. Nothing is, while a run is at work in this folder.
"""

import shutil
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

from coevo.errors import StudyError
from coevo.study.configuration import name_problem, read_config

# of a folder of reports
BUILT = ("figures", "tables", "latex", "stata", "numbers.*", "report.*", "results.*")


def own_folders(study: str) -> list[Path]:
    """Return the folders of a study's tables, reports and logs.

    Raises `StudyError` for what is no name of a study.
    """
    if problem := name_problem(study):
        raise StudyError(problem)
    return [Path("data", "processed", study), Path("reports", study), Path("logs", study)]


def tidy(study: str) -> None:
    """Remove what a killed run left of files that it was writing."""
    for folder in own_folders(study):
        remove(folder.rglob(".*.part"))


def built(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield what was built, of a study's own folders."""
    for folder in folders:
        if folder.parts[0] == "reports":
            yield from (place for pattern in BUILT for place in sorted(folder.glob(pattern)))
        elif folder.is_dir():
            yield folder


def remove(places: Iterable[Path]) -> None:
    """Remove files, and folders with all that is in them."""
    for place in [*places]:
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def main(chosen: Namespace) -> int:
    """Remove, say what, and return the exit code."""
    from coevo.command.runner import alone

    folders = own_folders(str(read_config(chosen.config).get("study")))
    with alone():
        for place in built(folders):
            remove([place])
            print(f"removed {place.as_posix()}", flush=True)
    return 0
