"""Releases of a study: its tables as they stood, kept under a name and never overwritten."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from coevo.errors import StudyError
from coevo.files import DEVICE, sha256_of, write_folder
from coevo.paths import read_small
from coevo.records import OUTPUT_MARK, changed, read_record

# The tables that are compared; of other tables the report says nothing here.
COMPARED = (
    "observations", "panel", "goalposts", "normalised", "weights", "coupling", "parameters",
    "equilibria", "verdicts", "claims", "headline_claims",
)  # fmt: skip
MANIFEST = "release.yaml"
CHECKSUMS = "sha256sums.txt"  # of all that is kept, in the lines of `sha256sum`
AS_IT_WAS = "put the release back as it was, or move its folder out of releases"
NAMES = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Release(NamedTuple):
    """A release that is there: its running number, its name, its folder and the files in it."""

    number: int
    name: str
    folder: str
    files: list[str]


def vintage_files(raw: str, files: Iterable[str]) -> list[str]:
    """Return the vintages that raw files `<raw>/<YYYY-MM>/...` come from, the newest last."""
    return sorted({Path(file).relative_to(raw).parts[0] for file in files})


def check_name(name: str) -> None:
    """Raise `StudyError` for a name that could not be a folder on every system."""
    if not NAMES.fullmatch(name) or DEVICE.fullmatch(name.partition(".")[0]):
        raise StudyError(
            f"release: the name '{name}' cannot be used; write letters, digits and . - _ between "
            "them, such as 2026-10-2022"
        )


def manifest(folder: str | Path) -> dict[str, Any]:
    """Return what `release.yaml` of a release says. Raises `StudyError` if it cannot be read."""
    path = Path(folder, MANIFEST)
    try:
        content: dict[str, Any] = yaml.safe_load(read_small(path))
        if isinstance(content["number"], int) and isinstance(content["config"], dict):
            return content
    except FileNotFoundError:
        raise StudyError(f"{path}: is missing; {AS_IT_WAS}") from None
    except (yaml.YAMLError, KeyError, TypeError):
        pass
    raise StudyError(f"{path}: does not describe a release; {AS_IT_WAS}")


def kept_releases(root: str | Path) -> list[Release]:
    """Return the releases under `root` by their number.

    Raises `StudyError` for a folder there that is no release.
    """
    folders = [path for path in Path(root).glob("*") if path.is_dir() and path.name[0] != "."]
    releases = (
        Release(
            manifest(path)["number"],
            path.name,
            path.as_posix(),
            sorted(file.as_posix() for file in path.iterdir() if file.name[0] != "."),
        )
        for path in folders
    )
    return sorted(releases)


def latest(root: str | Path) -> Release | None:
    """Return the release with the highest number under `root`, or None without any.

    Raises `StudyError` for a file in it that is not as it was kept; older ones have no checksums.
    """
    newest = next(reversed(kept_releases(root)), None)
    folder = Path(newest.folder) if newest else Path(root)
    if found := changed(read_record(folder / CHECKSUMS)[1], within=folder):
        raise StudyError(*(f"{file}: is not as it was kept; {AS_IT_WAS}" for file in found))
    return newest


def keep(root: str | Path, name: str, about: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """Write a release whole, with `about` as its `release.yaml`; return a line that says so.

    A name that is there already is left as it is: with the same content the line says so, with
    another `StudyError` is raised.
    """
    check_name(name)
    known = {release.name: release.number for release in kept_releases(root)}
    number = known.get(name, max(known.values(), default=0) + 1)
    text = yaml.safe_dump({"number": number, **about}, allow_unicode=True, sort_keys=False)
    content = {**files, MANIFEST: text.encode("utf-8")}
    sums = [f"{sha256_of(data)}{OUTPUT_MARK}{file}\n" for file, data in sorted(content.items())]
    content[CHECKSUMS] = "".join(sums).encode("utf-8")
    folder = Path(root, name)
    if not folder.exists():
        write_folder(content, folder)
        return f"{folder.as_posix()}: release {number} is kept"
    if _content(folder) == content:
        return f"{folder.as_posix()}: is there already, with the same content"
    raise StudyError(
        f"{folder.as_posix()}: holds the study in another state, and a release is never "
        "overwritten; give this one a name of its own: coevo release NAME"
    )


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.iterdir() if path.name[0] != ".")
    return {path.name: path.read_bytes() for path in files if path.is_file()}
