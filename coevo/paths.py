"""Paths of a study's folder: which files may stand there, and how they are opened.

A study may come from elsewhere. A link could lead a command out of the folder, a reader would wait
on a pipe without end, and a huge file in place of a small one would fill the memory.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from coevo.errors import Problems, StudyError, about

FOLDERS = ("config", "data", "logs", "reports", "wheels", "workflow", ".snakemake")
FILES = ("CITATION.cff", "LICENSE", "README.md", "Snakefile", "requirements.lock")
SMALL = (*FILES, "config", "workflow")  # texts that a person writes
FOREIGN = {"conda", "conda-archive", "singularity", "storage"}  # of Snakemake, below .snakemake
LARGEST, LARGEST_TEXT = 2_000_000_000, 10_000_000  # bytes


def check_folder() -> None:
    """Check every path of the working folder that a command reads, writes or packs.

    Raises
    ------
    StudyError
        A line for each path that is neither a file nor a folder, or a text that is too large.
    """
    problems = Problems()
    for path in _paths_below():
        limit = LARGEST_TEXT if path.parts[0] in SMALL else None
        problems.extend(_path_problems(path.as_posix(), path.lstat(), limit))
    problems.check()


def _paths_below() -> Iterator[Path]:
    yield from (path for path in map(Path, (*FOLDERS, *FILES)) if os.path.lexists(path))
    for top in FOLDERS:
        for folder, folders, files in os.walk(top):
            yield from (Path(folder, name) for name in (*folders, *files))
            if folder == ".snakemake":
                folders[:] = [name for name in folders if name not in FOREIGN]


def _path_problems(shown: str, found: os.stat_result, limit: int | None) -> Iterator[str]:
    """Yield why a path is neither a folder nor a file of at most so many bytes."""
    if stat.S_ISLNK(found.st_mode):
        yield f"{shown}: is a link; remove it, or put there what it leads to"
    elif not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        yield f"{shown}: is a pipe, a socket or a device; remove it, or put a file there"
    elif limit and found.st_size > limit and not stat.S_ISDIR(found.st_mode):
        yield (
            f"{shown}: has {found.st_size:,} bytes, above the limit of {limit:,} for such a file; "
            "put the right file there"
        )


@contextmanager
def opened(path: str | Path, largest: int = LARGEST) -> Iterator[BufferedReader]:
    """Open a regular file of at most `largest` bytes; raise `StudyError` for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with about(path):
        number = os.open(path, flags)
    with os.fdopen(number, "rb") as file:
        for problem in _path_problems(str(path), os.fstat(number), largest):
            raise StudyError(problem)
        yield file


def read_small(path: str | Path) -> str:
    """Return a small text of a study; raises `StudyError` as `opened` does, and for other bytes."""
    with opened(path, LARGEST_TEXT) as file:
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise StudyError(f"{path}: is no text in UTF-8; save it as UTF-8") from None


def check_no_link(path: str | Path) -> None:
    """Raise `StudyError` where a path from the working folder leads through a link."""
    place = Path(path)
    for part in (place, *place.parents):
        if not place.is_absolute() and part.is_symlink():
            raise StudyError(*_path_problems(part.as_posix(), part.lstat(), None))
