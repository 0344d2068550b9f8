"""Remove what was built for a study: tables, reports and logs; releases and raw files stay.

    python workflow/clean.py study=NAME

Says what is removed. Nothing is, while a run is at work in this folder, and nothing outside the
study's own folders, wherever a link leads.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import once

from coevo.errors import StudyError, command
from coevo.study.configuration import name_problem, own_folders

BUILT = ("figures", "tables", "latex", "stata", "report.*", "results.*")  # of a folder of reports


def built(study: str) -> Iterator[Path]:
    """Yield what was built for a study."""
    for folder in own_folders(study):
        if folder.parts[0] == "reports":
            yield from (place for pattern in BUILT for place in sorted(folder.glob(pattern)))
        elif folder.is_dir():
            yield folder


def main(given: str = "") -> int:
    """Remove, say what, and return the exit code."""

    def told() -> int:
        study = given.removeprefix("study=")
        if problem := name_problem(study):
            raise StudyError(problem)
        with once.alone():
            for place in built(study):
                whole = place.is_dir() and not place.is_symlink()
                shutil.rmtree(place) if whole else place.unlink()
                print(f"removed {place.as_posix()}", flush=True)
        return 0

    return command(told)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
