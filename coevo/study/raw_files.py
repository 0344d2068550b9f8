"""The raw files of a study: which there are, and which of them are read."""

import re
from pathlib import Path

from coevo.errors import Problems

SYSTEM_FILES = {"Thumbs.db", "desktop.ini"}


def raw_paths(folder: str, vintage: str) -> list[str]:
    """Return the raw files of a study: `<folder>/<YYYY-MM>/...`, up to the vintage that is pinned.

    Hidden files, Office lock files, system files and READMEs are passed over. Raises `StudyError`
    for a folder that is no vintage, a file outside one, a link (it could lead out of the folder), a
    name that Snakemake cannot carry, no such vintage, or no file at all.
    """
    problems, kept = Problems(), []
    vintages = []
    for path in sorted(Path(folder).iterdir()):
        if path.is_symlink():
            problems.add(f"{path.as_posix()}: is a link; put the files themselves there")
        elif path.is_dir() and re.fullmatch(r"\d{4}-\d{2}", path.name):
            vintages.append(path.name)
        elif not _passed_over(path):
            problems.add(
                f"{path.as_posix()}: stands outside a vintage; raw files go into folders named by "
                f"year and month, such as {folder}/2026-10"
            )
    if vintage != "latest" and vintage not in vintages:
        problems.add(
            f"vintage: there is no folder {folder}/{vintage}; known: {', '.join(vintages)}"
        )
    for name in vintages:
        if vintage == "latest" or name <= vintage:
            for path in sorted(Path(folder, name).rglob("*")):
                if path.is_symlink():
                    problems.add(f"{path.as_posix()}: is a link; put the file itself there")
                elif path.is_file() and not _passed_over(path):
                    kept.append(path.as_posix())
                if set("{}<>") & set(path.name) or not path.name.isprintable():
                    problems.add(
                        f"{path.as_posix()}: has a line break or one of {{ }} < > in its name; "
                        "rename it"
                    )
    if not kept:
        problems.add(
            f"raw: there is no file in a vintage folder of {folder}; put the raw files into a "
            f"folder named by year and month, such as {folder}/2026-10"
        )
    problems.check()
    return kept


def _passed_over(path: Path) -> bool:
    return path.name.startswith((".", "~$", "README")) or path.name in SYSTEM_FILES
