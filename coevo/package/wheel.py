"""The wheel of coevo, from the repository or from what is installed: the same bytes each time.

The repository names this module as its build backend: `pip wheel .` needs nothing besides the
standard library, and `coevo new` puts the same wheel into the study's folder. Nothing in it is
compressed, since not every machine compresses alike.
"""

import base64
import hashlib
import io
import re
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from coevo.errors import IS_CLONE, PROGRAM, ROOT

PACKAGE = ROOT / "coevo"
LOCK = "requirements.lock"
ABOUT = ("METADATA", "WHEEL", "entry_points.txt", "licenses/LICENSE")  # beside RECORD
OLDEST = (1980, 1, 1, 0, 0, 0)  # that a zip can hold
HEAD = re.compile(r"# coevo ([\d.]+), Python >=([\d.]+),<([\d.]+)")  # of a study's lock
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
    try:
        with Path(path).open(encoding="utf-8") as lock:
            head = HEAD.fullmatch(lock.readline().rstrip())
    except OSError:
        return ""
    if not head:
        return ""
    made, low, high = (tuple(map(int, part.split("."))) for part in head.groups())
    if made > tuple(map(int, version().split("."))):
        return (
            f"{path}: the study was made by coevo {head[1]}, and this is {version()}; install the "
            f"newer one: python -m pip install --no-deps wheels/coevo-{head[1]}-py3-none-any.whl"
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
    return _zipped(_source_files() if IS_CLONE else _installed_files())


def _source_files() -> dict[str, bytes]:
    """Return what is installed, by name, from the repository: code, and what ships beside it."""
    files = {}
    for place in (PACKAGE, *(ROOT / name for name in project()["tool"]["coevo"]["ships"])):
        for file in [place] if place.is_file() else filter(_is_shipped, place.rglob("*")):
            name = file.relative_to(PACKAGE if place == PACKAGE else ROOT).as_posix()
            files[f"coevo/{name}"] = file.read_bytes()
    return files | _about()


def _is_shipped(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts and file.name[0] != "."


def _about() -> dict[str, bytes]:
    """Return what a wheel says of itself."""
    settings = project()["project"]
    head = [
        "Metadata-Version: 2.4",
        f"Name: {settings['name']}",
        f"Version: {settings['version']}",
        f"Summary: {settings['description']}",
        f"License-Expression: {settings['license']}",
        "License-File: LICENSE",
        f"Requires-Python: {settings['requires-python']}",
        *(f"Requires-Dist: {needed}" for needed in settings["dependencies"]),
        "Description-Content-Type: text/markdown",
    ]
    readme = (ROOT / settings["readme"]).read_text("utf-8")
    commands = (f"{name} = {call}\n" for name, call in settings["scripts"].items())
    texts = (
        "\n".join([*head, "", readme]),
        "Wheel-Version: 1.0\nGenerator: coevo\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "".join(["[console_scripts]\n", *commands]),
        (ROOT / "LICENSE").read_text("utf-8"),
    )
    return {f"{_about_folder()}/{n}": t.encode() for n, t in zip(ABOUT, texts, strict=True)}


def _about_folder() -> str:
    return f"coevo-{version()}.dist-info"


def _installed_files() -> dict[str, bytes]:
    """Return what was installed, by name, as the RECORD of the installation lists it."""
    installed = distribution("coevo")
    names = [file.as_posix() for file in installed.files or ()]
    kept = {f"{_about_folder()}/{name}" for name in ABOUT}
    return {
        name: Path(str(installed.locate_file(name))).read_bytes()
        for name in names
        if name in kept or (name.startswith("coevo/") and not name.endswith(".pyc"))
    }


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


def build_wheel(wheel_directory: str, *_: object) -> str:
    """Write the wheel into a folder, as PEP 517 has it; return its name."""
    Path(wheel_directory, wheel_name()).write_bytes(wheel_bytes())
    return wheel_name()


def build_editable(wheel_directory: str, *_: object) -> str:
    """Write a wheel that leads to this repository, as PEP 660 has it; return its name."""
    files = {"coevo.pth": f"{ROOT}\n".encode(), **_about()}
    Path(wheel_directory, wheel_name()).write_bytes(_zipped(files))
    return wheel_name()
