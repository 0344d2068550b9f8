"""An archive of parts, as an xlsx workbook is one: checked whole before any reader sees it."""

import io
import zipfile
from collections import Counter
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from coevo.errors import StudyError
from coevo.observations.sheets import LARGEST

MOST_ENTRIES = 10_000
# XML of figures packs 5 to 20 times smaller; a bomb a thousand times.
HARMLESS, HIGHEST_RATIO = 20_000_000, 100
# Elements and attributes of all parts, each of a hundred bytes and more when read: a table has at
# most 5 to a byte as it is packed, with all cells down to row 65,536 alike; a bomb hundreds.
MOST_MARKS, MARKS_A_BYTE = 500_000, 8
CHUNK = 1_000_000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # all that Excel knows
STRICT = "{http://purl.oclc.org/ooxml/"  # names that openpyxl passes over without a word
AS_XLSX = "open it in Excel or LibreOffice and save it as xlsx"
PASSWORD = "is protected by a password; open it, remove the password and save it as xlsx"


def part_names(data: bytes, shown: str) -> list[str]:
    """Return the names of the entries, in small letters; `StudyError` if there is no list."""
    return [entry.filename.casefold() for entry in _open(data, shown).infolist()]


def check_archive(data: bytes, shown: str) -> None:
    """Check a workbook as an archive, before any reader sees it.

    Sizes and ratio of packing as declared, no name twice; then each part is unpacked, no further
    than it says: its checksum is as declared, and it declares no document type (entities could grow
    without end). Raises `StudyError`, or another error for a damaged archive.
    """
    archive = _open(data, shown)
    _check_declared(archive, len(data), shown)
    marks = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                marks += chunk.count(b"<") + chunk.count(b"=")
        _check_prolog(archive, entry, shown)
    if marks > max(MOST_MARKS, MARKS_A_BYTE * len(data)):
        raise StudyError(
            f"{shown}: would unpack from {len(data):,} bytes to {marks:,} cells and looks, which "
            "no table does; copy the tables into a new workbook"
        )


def _open(data: bytes, shown: str) -> zipfile.ZipFile:
    # the last record counts the entries; to list a hundred thousand of them takes its time
    last = data[-22:]
    said = int.from_bytes(last[10:12], "little") if last.startswith(b"PK\x05\x06") else 0
    archive = None if said > MOST_ENTRIES else zipfile.ZipFile(io.BytesIO(data))
    if archive is None or len(archive.infolist()) > MOST_ENTRIES:
        raise StudyError(
            f"{shown}: holds more than {MOST_ENTRIES:,} parts; copy the tables into a new workbook"
        )
    return archive


def _check_declared(archive: zipfile.ZipFile, packed: int, shown: str) -> None:
    """Check what the list of contents says, before anything is unpacked."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST or unpacked > max(HARMLESS, HIGHEST_RATIO * packed):
        raise StudyError(
            f"{shown}: would unpack from {packed:,} to {unpacked:,} bytes, which no table does "
            f"(limit {LARGEST:,} bytes, or {HIGHEST_RATIO} times its size); keep only the tables "
            "of figures in it"
        )
    # readers disagree on which of two equal names, or which list after a comment, they follow
    names = Counter(entry.filename.casefold() for entry in entries)
    twice = [name for name, count in names.items() if count > 1]
    if twice or archive.comment:
        reason = f"its part {twice[0]} is there twice" if twice else "a comment follows its parts"
        raise ValueError(reason)
    for entry in entries:
        if entry.flag_bits & 1:
            raise StudyError(f"{shown}: {PASSWORD}")
        if entry.compress_type not in METHODS:
            reason = f"its part {entry.filename} is packed in a way that Excel does not know"
            raise ValueError(reason)


def _check_prolog(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> None:
    """Refuse a document type, which stands before the first element, and the strict dialect.

    What is no XML passes: the reader says so if it needs the part.
    """
    try:
        with archive.open(entry) as part:
            _, root = next(iterparse(part, events=("start",), forbid_dtd=True))
    except DefusedXmlException as problem:
        raise StudyError(
            f"{shown}: its part {entry.filename} declares entities, which no workbook needs; "
            f"{AS_XLSX}"
        ) from problem
    except (ParseError, ValueError, LookupError, StopIteration):
        return
    if root.tag.startswith(STRICT):
        raise StudyError(
            f"{shown}: is a workbook in 'Strict Open XML', which is not read; {AS_XLSX}"
        )
