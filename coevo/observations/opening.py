"""Raw files to sheets: the kind of a file is told by its content, never by its name."""

from collections.abc import Callable
from pathlib import Path

from coevo.errors import StudyError, one_line
from coevo.observations.sheets import LARGEST, Sheet
from coevo.observations.text_files import BOMS, html_sheets, text_sheets
from coevo.observations.workbooks import (
    AS_XLSX,
    PASSWORD,
    old_workbook_sheets,
    part_names,
    workbook_sheets,
)

SheetReader = Callable[[bytes, str], list[Sheet]]

ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of xls, doc and protected workbooks
OLD_NAMES = ("Workbook", "Book", "WORKBOOK", "BOOK")  # of streams of xls
OLD_STREAM = b"\x09\x08"  # xls without the container
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
TAGS = ("<html", "<table", "<!doctype html", "<head", "<body")
UNPACK = "is an archive; unpack it and put the files of figures in its place"
PDF = "is a PDF; copy its tables into a workbook and compare them figure by figure"
OFFICE = f"is an Office file without a workbook in it, or damaged; {AS_XLSX}"
AS_TABLES = "is a Word document; copy its tables into a workbook and save that as xlsx"


class FileContent:
    """The bytes of a file, and what is told by looking into them."""

    def __init__(self, data: bytes, shown: str) -> None:
        self.data = data
        self.starts = data.startswith
        self.parts = set(part_names(data, shown)) if data.startswith(ARCHIVE) else set[str]()
        encoding = next((BOMS[mark] for mark in BOMS if data.startswith(mark)), "latin-1")
        head = data[:4096].decode(encoding, errors="ignore")
        # the first characters in small letters, as far as they are Latin letters and signs
        self.text = head.lstrip("\ufeff \t\r\n").lower()

    def stream(self, *names: str) -> bool:
        """Return whether a compound file has a stream of one of the names."""
        return self.starts(COMPOUND) and any(n.encode("utf-16-le") in self.data for n in names)

    def is_old_xml(self) -> bool:
        """Return whether it is a workbook as Excel 2003 wrote it in XML."""
        office = "schemas-microsoft-com:office" in self.text and "<html" not in self.text
        return self.text.startswith("<?xml") and office


# Kind of a file -> whether content is of it; how it is read, or why it is not and what to do. The
# first that knows a file reads it; what no other knows is text.
KINDS: dict[str, tuple[Callable[[FileContent], bool], SheetReader | str]] = {
    "empty": (lambda c: not c.data.strip(b"\x00 \t\r\n"), "is empty; download it again"),
    "xlsx": (lambda c: "xl/workbook.xml" in c.parts, workbook_sheets),
    "xlsb": (lambda c: "xl/workbook.bin" in c.parts, f"is a binary workbook; {AS_XLSX}"),
    "ods": (lambda c: "content.xml" in c.parts, f"is an OpenDocument file; {AS_XLSX}"),
    "docx": (lambda c: any(name.startswith("word/") for name in c.parts), AS_TABLES),
    "zip": (lambda c: c.starts(ARCHIVE), UNPACK),
    "encrypted": (lambda c: c.stream("EncryptedPackage", "EncryptionInfo"), PASSWORD),
    "xls": (lambda c: c.stream(*OLD_NAMES) or c.starts(OLD_STREAM), old_workbook_sheets),
    "doc": (lambda c: c.stream("WordDocument"), AS_TABLES),
    "compound": (lambda c: c.starts(COMPOUND), OFFICE),
    "pdf": (lambda c: c.starts(b"%PDF"), PDF),
    "picture": (lambda c: c.starts(PICTURES), "is a picture; type its figures into a workbook"),
    "packed": (lambda c: c.starts(PACKED), UNPACK),
    "xml": (FileContent.is_old_xml, f"is a workbook in the XML of Excel 2003; {AS_XLSX}"),
    "mhtml": (lambda c: c.text.startswith("mime-version:"), f"is a web archive; {AS_XLSX}"),
    "html": (lambda c: c.text.startswith("<") and any(tag in c.text for tag in TAGS), html_sheets),
    "text": (lambda c: True, text_sheets),
}


def read_sheets(path: Path, shown: str) -> list[Sheet]:
    """Read every sheet of a raw file; `shown` is how messages name the file.

    Hidden and empty sheets are none. Raises `StudyError`, and nothing else, for a kind of file that
    is not read, for one that is too large, protected or broken.
    """
    try:
        if not path.is_file():
            raise StudyError(f"{shown}: is not a file; put the file itself there")
        if (size := path.stat().st_size) > LARGEST:
            raise StudyError(
                f"{shown}: has {size:,} bytes, above the limit of {LARGEST:,}; split it by "
                "indicator"
            )
        data = path.read_bytes()
    except OSError as problem:
        raise StudyError(
            f"{shown}: cannot be opened ({problem.strerror or problem}); see that it can be read"
        ) from problem
    try:
        content = FileContent(data, shown)
        read = next(read for holds, read in KINDS.values() if holds(content))
        if isinstance(read, str):
            raise StudyError(f"{shown}: {read}")
        return read(data, shown)
    except StudyError:
        raise
    except MemoryError as problem:
        raise StudyError(
            f"{shown}: needs more memory than there is; close other programs, or split the file"
        ) from problem
    # Readers of damaged files fail in every way there is; whatever they trip over, the remedy is
    # the same.
    except Exception as problem:
        reason = " ".join(one_line(str(problem)).split()) or type(problem).__name__
        raise StudyError(
            f"{shown}: cannot be read ({reason[:200]}); download it again, or {AS_XLSX}"
        ) from problem
