"""Links in the folder of a study: what leads out of it is neither read, written, nor removed."""

import os
from pathlib import Path

from coevo.errors import Problems

FOLDERS = (".snakemake", "config", "data", "logs", "reports", "wheels", "workflow")
FILES = ("CITATION.cff", "LICENSE", "README.md", "Snakefile", "requirements.lock")


def check_links() -> None:
    """Raise `StudyError` with a line for each link that leads out of the folder of the study."""
    home, problems = Path.cwd().resolve(), Problems()
    places = [Path(name) for name in (*FOLDERS, *FILES)]
    for top in FOLDERS:
        for folder, folders, files in os.walk(top):
            places += [Path(folder, name) for name in (*folders, *files)]
    for place in filter(Path.is_symlink, places):
        if not place.resolve().is_relative_to(home):
            problems.add(
                f"{place.as_posix()}: is a link that leads out of the study's folder; remove it, "
                "or put there what it leads to"
            )
    problems.check()
