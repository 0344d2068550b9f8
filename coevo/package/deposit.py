"""A deposit: what forbids one, and the zip, the same bytes each time."""

import re
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from coevo.files import DEVICE, sha256_of
from coevo.package.wheel import OLDEST, READABLE

MOST = 2_000_000_000  # bytes of a file that every depository and zip reader takes
BROKEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|^ |[ .]$')  # in a part of a path
MANIFEST = "manifest-sha256.txt"
RIGHTS = ("yes", "no", "unknown")  # whether a file may be passed on
TOLD = {  # column of the table of sources -> what is to stand there
    "source": "write who published it and where it was read",
    "licence": "write its licence or terms, or that none is recorded",
    "pass_on": "write yes, no or unknown",
    "accessed": "write the day on which it was read",
}


def name_problems(names: Iterable[str]) -> Iterator[str]:
    """Yield a line for each file whose name not every zip reader can write: signs, or letters that
    differ from those of another in case or accents alone.
    """
    seen: dict[str, str] = {}
    for name in names:
        parts = PurePosixPath(name).parts
        if any(BROKEN.search(part) or DEVICE.fullmatch(part.split(".")[0]) for part in parts):
            yield f"{name}: not every zip reader can write this name; rename it, and build again"
        other = seen.setdefault(normalize("NFC", name).casefold(), name)
        if other != name:
            yield f"{name}: not every disk tells it from {other}; rename it, and build again"


def size_problems(files: Iterable[Path]) -> Iterator[str]:
    """Yield a line for each file that is too large."""
    for file in files:
        if (size := file.stat().st_size) > MOST:
            yield (
                f"{file.as_posix()}: has {size / 1e9:.1f} GB, and a deposit takes files of up to "
                f"{MOST / 1e9:g} GB; part it into several"
            )


def rights_problems(
    raw: Iterable[str], listed: Mapping[str, Mapping[str, str]], sources: str
) -> Iterator[str]:
    """Yield a line for each raw file of which the rights are not told, or which is another by now.

    listed: rows of the table of sources, a file, by the path of the raw file.
    """
    if not listed:
        yield f"{sources}: is missing or empty; write a row for each raw file"
    for file in raw if listed else ():
        if file not in listed:
            yield f"{sources}: has no row for {file}; add one: source, licence, pass_on, sha256"
            continue
        row = listed[file]
        for column, advice in TOLD.items():
            if not row.get(column, "").strip():
                yield f"{sources}: {file}: {column} is empty; {advice}"
        if (given := row.get("pass_on", "").strip()) and given not in RIGHTS:
            yield f"{sources}: {file}: pass_on is '{given}'; {TOLD['pass_on']}"
        if row.get("sha256") and row["sha256"] != sha256_of(file):
            yield f"{sources}: {file}: is not the file of this sha256; put that one back"


def files_in(folder: Path) -> dict[str, Path]:
    """Return the files in a folder by their path there, sorted."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: found[name] for name in sorted(found) if found[name].is_file()}


def manifest(folder: Path) -> str:
    """Return the digests of all files in a folder, in the lines of `sha256sum`."""
    return "".join(f"{sha256_of(path)}  {name}\n" for name, path in files_in(folder).items())


def write_zip(folder: Path, top: str, target: Path) -> None:
    """Write the files of a folder as a zip, whole, all of them under the folder `top`."""
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for name, path in files_in(folder).items():
                entry = zipfile.ZipInfo(f"{top}/{name}", OLDEST)
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
                entry.external_attr, entry.file_size = READABLE, path.stat().st_size
                with path.open("rb") as source, archive.open(entry, "w") as held:
                    shutil.copyfileobj(source, held)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
