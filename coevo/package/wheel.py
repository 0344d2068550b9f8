"""The wheel of coevo, made again from the repository or from what is installed of it.

`coevo new` and `coevo package` put it into the folder of a study: the same bytes each time. Nothing
in it is compressed, since not every machine compresses alike. Releases have the wheel of hatchling,
which holds the same files.
"""

import base64
import hashlib
import io
import re
import sys
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from coevo.errors import IS_CLONE, PROGRAM, ROOT
from coevo.paths import read_small

LOCK = "requirements.lock"
ABOUT = ("METADATA", "WHEEL", "entry_points.txt", "licenses/LICENSE")  # beside RECORD
OLDEST = (1980, 1, 1, 0, 0, 0)  # that a zip can hold
NUMBERS = r"(\d{1,4}(?:\.\d{1,4}){1,2})"  # of a version
HEAD = re.compile(rf"# coevo {NUMBERS}, Python >={NUMBERS},<{NUMBERS}")  # of a study's lock
READABLE = 0o100644 << 16


def project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((PROGRAM / "pyproject.toml").read_text("utf-8"))


def version() -> str:
    """Return the version of coevo."""
    return str(project()["project"]["version"])


def python_versions() -> str:
    """Return the versions of Python that coevo runs on: `>=3.11,<3.14`."""
    return str(project()["project"]["requires-python"])


def lock_head() -> str:
    """Return the first line of a study's lock: what made it, and what it is for."""
    return f"# coevo {version()}, Python {python_versions()}\n"


def lock_problem(path: str | Path) -> str:
    """Return why a study is not for this coevo or this Python, as its lock says; "" if it is."""
    if not Path(path).exists():
        return ""
    head = HEAD.fullmatch(read_small(path).partition("\n")[0].rstrip())
    if not head:
        return ""
    made, low, high = (tuple(map(int, part.split("."))) for part in head.groups())
    if made > tuple(map(int, version().split("."))):
        return (
            f"{path}: the study was made by coevo {head[1]}, and this is {version()}; install the "
            "newer one from where you have this one, not from a file of this folder"
        )
    if not low <= sys.version_info[:2] < high:
        running = ".".join(map(str, sys.version_info[:2]))
        return (
            f"{path}: is for Python {head[2]} and newer, below {head[3]}, and this is {running}; "
            "make the environment with one of them, as README.md says"
        )
    return ""


def wheel_name() -> str:
    """Return the file name of the wheel."""
    return f"coevo-{version()}-py3-none-any.whl"


def wheel_bytes() -> bytes:
    """Return the wheel; raises `FileNotFoundError` if a file of the program is gone."""
    kept = {f"{_about_folder()}/{name}" for name in ABOUT}
    files = _source_files() if IS_CLONE else _recorded(_is_code)
    return _zipped(files | _recorded(kept.__contains__))


def _source_files() -> dict[str, bytes]:
    """Return code and what ships beside it, from the repository, by name in the wheel."""
    settings = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    files = {}
    for place in map(ROOT.joinpath, [*settings["only-include"], *settings["force-include"]]):
        for file in [place] if place.is_file() else filter(_is_shipped, place.rglob("*")):
            name = file.relative_to(ROOT).as_posix()
            files[name if name.startswith("coevo/") else f"coevo/{name}"] = file.read_bytes()
    return files


def _is_shipped(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts and file.name[0] != "."


def _is_code(name: str) -> bool:
    return name.startswith("coevo/") and not name.endswith(".pyc")


def _recorded(is_kept: Callable[[str], bool]) -> dict[str, bytes]:
    """Return files as the RECORD of the installation lists them: code and what ships beside it, and
    what the installation says of itself, but for how it came here.
    """
    installed = distribution("coevo")
    names = [file.as_posix() for file in installed.files or ()]
    return {
        name: Path(str(installed.locate_file(name))).read_bytes() for name in names if is_kept(name)
    }


def _about_folder() -> str:
    return f"coevo-{version()}.dist-info"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a wheel, with its RECORD."""
    record = f"{_about_folder()}/RECORD"
    lines = [f"{name},sha256={_digest(files[name])},{len(files[name])}" for name in sorted(files)]
    whole = {name: files[name] for name in sorted(files)}
    whole[record] = "".join(f"{line}\n" for line in (*lines, f"{record},,")).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in whole.items():
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.external_attr, entry.create_system = READABLE, 3
            archive.writestr(entry, data)
    return buffer.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
