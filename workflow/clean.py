"""Remove what was built for a study: tables, reports and logs; releases and raw files stay.

    python workflow/clean.py study=NAME

Says what is removed. Nothing is, while a run is at work in this folder, and nothing outside the
study's own folders, wherever a link leads.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coevo.errors import StudyError, command
from coevo.study.configuration import name_problem

# of a folder of reports
BUILT = ("figures", "tables", "latex", "stata", "numbers.*", "report.*", "results.*")


def own_folders(study: str) -> list[Path]:
    """Return the folders of a study's tables, reports and logs, but none that leads elsewhere.

    Raises `StudyError` for what is no name of a study.
    """
    if problem := name_problem(study):
        raise StudyError(problem)
    folders = [Path("data", "processed", study), Path("reports", study), Path("logs", study)]
    home = Path.cwd().resolve()
    return [folder for folder in folders if folder.resolve() == home / folder]


def tidy(study: str) -> None:
    """Remove what a killed run left of files that it was writing."""
    for folder in own_folders(study):
        for part in folder.rglob(".*.part"):
            part.unlink(missing_ok=True)


def built(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield what was built, of a study's own folders."""
    for folder in folders:
        if folder.parts[0] == "reports":
            yield from (place for pattern in BUILT for place in sorted(folder.glob(pattern)))
        elif folder.is_dir():
            yield folder


def main(given: str = "") -> int:
    """Remove, say what, and return the exit code."""

    def told() -> int:
        from runner import alone

        folders = own_folders(given.removeprefix("study="))
        with alone():
            for place in built(folders):
                whole = place.is_dir() and not place.is_symlink()
                shutil.rmtree(place) if whole else place.unlink()
                print(f"removed {place.as_posix()}", flush=True)
        return 0

    return command(told)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
