"""A study's folder: the study, and all that makes of it a repository that builds itself."""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import chdir
from typing import Any, TypeVar

import yaml

from coevo.errors import PROGRAM, StudyError
from coevo.files import sha256_of, whole_folder, write_bytes, write_text
from coevo.package.wheel import LOCK, lock_head, wheel_bytes, wheel_name
from coevo.schema import column_rows
from coevo.study.configuration import ASKED, DEFAULT, read_config
from coevo.study.new_study import RAW, as_csv
from coevo.study.raw_files import SOURCES
from coevo.study.templates import filled

# a template of workflow/new/folder -> its place in a study
PLACES = {
    "README.md": "README.md",
    "CITATION.cff": "CITATION.cff",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
    "Snakefile": "workflow/Snakefile",
    "build.yml": ".github/workflows/build.yml",
}
KEYS = "config/README.md"
OUTWARD = re.compile(r"\[([^\]]*)\]\(\.\./[^)]*\)")  # a link to what stands beside `config`
CITED = {"authors": [{"family-names": ASKED, "given-names": ASKED}], "license": ASKED}
Made = TypeVar("Made")


def make_folder(name: str, begin: Callable[[], Made]) -> Made:
    """Make a folder, in which `begin` writes a study; it is whole or not there.

    Raises `StudyError` where something has its name.
    """
    if os.path.lexists(name):
        raise StudyError(f"{name}: is there already; choose another name, or move it away")
    with whole_folder(name) as folder, chdir(folder):
        return begin()


def write_frame(
    known: Mapping[str, Mapping[str, str]], files: Iterable[str], cited: Mapping[str, Any] = CITED
) -> None:
    """Write into the folder of a study what stands around it.

    files: raw files of which the bytes are known, below `data/raw`; known: what else is known of
    them, by file; cited: authors and licence of the study.
    """
    config = read_config(DEFAULT)
    title = next(iter(config["title"].values()))
    words = {
        "study": config["study"],
        "title": title,
        "quoted_title": json.dumps(title, ensure_ascii=False),
        "cited": yaml.safe_dump(dict(cited), allow_unicode=True, sort_keys=False).rstrip(),
    }
    for name, place in PLACES.items():
        write_text(filled(f"new/folder/{name}", **words), place)
    keys = (PROGRAM / KEYS).read_text(encoding="utf-8")
    write_text(OUTWARD.sub(r"\1", keys), KEYS)
    write_text(lock_head() + (PROGRAM / LOCK).read_text(encoding="utf-8"), LOCK)
    write_bytes(wheel_bytes(), f"wheels/{wheel_name()}")
    digests = {file: sha256_of(f"{RAW}/{file}") for file in files}
    rows = [{**known.get(f, {}), "file": f, "sha256": digest} for f, digest in digests.items()]
    write_text(as_csv(rows, [*column_rows("sources")]), f"{RAW}/{SOURCES}")
