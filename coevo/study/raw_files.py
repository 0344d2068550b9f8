"""The raw files of a study: which there are, and which of them are read."""

import errno
import os
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from coevo.errors import SYSTEM, Problems, StudyError
from coevo.files import sha256_of
from coevo.study.config_text import read_rows

LATEST = 253_000_000_000  # seconds: the year 9987
VINTAGE = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")  # year and month, whose order is that of time
AHEAD = 60  # seconds that the clocks of two machines may differ
SOURCES = "sources.csv"  # beside the vintages: of each raw file, where it is from
SYSTEM_FILES = {"Thumbs.db", "desktop.ini"}


def raw_paths(folder: str, vintage: str) -> list[str]:
    """Return the raw files of a study: `<folder>/<YYYY-MM>/...`, up to the vintage that is pinned.

    Hidden files, Office lock files, system files and READMEs are passed over. Raises `StudyError`
    for a folder that is no vintage, a file outside one, what is no file (`no_file`), a
    name that Snakemake cannot carry, no such vintage, one that `sources.csv` lists and that is not
    there, or no file at all.
    """
    problems, paths, vintages = Problems(), [], []
    if Path(folder).is_symlink():
        raise StudyError(f"raw: {folder} is a link; name the folder that it leads to")
    for path in sorted(_below(Path(folder), deep=False)):
        if path.is_symlink():
            problems.add(f"{path.as_posix()}: is a link; put the files themselves there")
        elif path.is_dir() and VINTAGE.fullmatch(path.name):
            vintages.append(path)
        elif not is_passed_over(path) and path.name != SOURCES:
            problems.add(
                f"{path.as_posix()}: stands outside a vintage; raw files go into folders named by "
                f"year and month, such as {folder}/2026-10"
            )
    known = [path.name for path in vintages]
    if vintage != "latest" and vintage not in known:
        problems.add(f"vintage: there is no folder {folder}/{vintage}; known: {', '.join(known)}")
    read = (place for place in vintages if vintage == "latest" or place.name <= vintage)
    for path in (path for place in read for path in sorted(_below(place))):
        if path.is_symlink() or not (path.is_dir() or is_passed_over(path)):
            if problem := no_file(path) or date_problem(path):
                problems.add(problem)
            else:
                paths.append(path.as_posix())
        if problem := path_problem(path.as_posix(), path.name):
            problems.add(problem)
    lacking = [*_lacking(folder, vintage)]
    problems.extend(lacking)
    if not (paths or lacking):
        problems.add(
            f"raw: there is no file in a vintage folder of {folder}; put the raw files into a "
            f"folder named by year and month, such as {folder}/2026-10"
        )
    problems.check()
    return paths


def _lacking(folder: str, vintage: str) -> Iterator[str]:
    """Yield a line on each file that is listed and not there, as a deposit leaves some out."""
    for path, row in source_rows(folder).items():
        inside = Path(folder) in Path(path).parents and not os.path.lexists(path)
        if inside and vintage in ("latest", max(vintage, Path(path).relative_to(folder).parts[0])):
            known = {column: row.get(column) or "not stated" for column in ("source", "sha256")}
            yield (
                f"{path}: is not there, and {sources_path(folder)} lists it; get it from: "
                f"{known['source']} (SHA-256: {known['sha256']}), or delete its row if the study "
                "is not to read it"
            )


def sources_path(folder: str) -> str:
    """Return the path of `sources.csv`, "" without one: in the folder of raw files, or in that of
    several studies above it.
    """
    places = (Path(place, SOURCES) for place in (folder, Path(folder).parent))
    return next((path.as_posix() for path in places if path.is_file()), "")


def source_rows(folder: str) -> dict[str, dict[str, str]]:
    """Return what `sources.csv` says of each raw file, by its path from here."""
    path = sources_path(folder)
    rows = read_rows(path, least=0) if path else []
    return {Path(path).parent.joinpath(row.get("file", "")).as_posix(): row for row in rows}


def changed_files(folder: str, files: Iterable[str]) -> Iterator[str]:
    """Yield a line on each raw file that is not the one whose check sum `sources.csv` has."""
    table, rows = sources_path(folder), source_rows(folder)
    for file in files:
        known = rows.get(file, {}).get("sha256")
        if known and known != sha256_of(file):
            yield (
                f"{file}: differs from the file that {table} records (SHA-256); restore that "
                "file, or see which figures changed and accept this one: coevo accept"
            )


def path_problem(path: str, name: str) -> str:
    """Return a line on a path with a name that Snakemake takes for a pattern or cannot carry."""
    if name.isprintable() and not set("{}<>") & set(name):
        return ""
    return f"{path}: has a line break or one of {{ }} < > in its name; rename it"


def no_file(path: Path) -> str:
    """Return a line on what stands in the place of a file that can be read, "" if one does.

    A link, which may lead out of the folder; a pipe, on which a reader waits without end, a socket
    or a device; a file of somebody else.
    """
    shown = path.as_posix()
    if path.is_symlink():
        return f"{shown}: is a link; put the file itself there"
    if not path.is_file():
        return f"{shown}: is a pipe, a socket or a device; remove it, or put a file there"
    if not os.access(path, os.R_OK):
        return f"{shown}: {SYSTEM[errno.EACCES]}"
    return ""


def date_problem(path: str | Path) -> str:
    """Return a line on a file that is dated in the future, of which nothing is ever up to date."""
    try:
        dated = Path(path).stat().st_mtime
    except OSError:
        return ""  # whoever reads it says so
    if dated <= time.time() + AHEAD:
        return ""
    when = f"{datetime.fromtimestamp(min(dated, LATEST)):%Y-%m-%d %H:%M}"
    return (
        f"{Path(path).as_posix()}: is dated {when}, in the future, so nothing made from it would "
        f"ever be up to date; see that the clock is right, then: touch '{Path(path).as_posix()}'"
    )


def _below(folder: Path, deep: bool = True) -> Iterator[Path]:
    """Yield the files and folders in a folder, and those below them unless it is not to go deep.

    Raises `StudyError` for one that cannot be opened, which `rglob` passes over.
    """

    def refuse(problem: OSError) -> None:
        why = problem.strerror or problem
        raise StudyError(f"{problem.filename}: cannot be opened ({why}); see that it can be read")

    for place, folders, files in os.walk(folder, onerror=refuse):
        yield from (Path(place, name) for name in (*folders, *files))
        if not deep:
            return


def is_passed_over(path: Path) -> bool:
    """Whether a file is none of a study: hidden, of the system or of Office, or a README."""
    return path.name.startswith((".", "~$", "README")) or path.name in SYSTEM_FILES
