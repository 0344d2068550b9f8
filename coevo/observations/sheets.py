"""Raw files as grids of cells: workbooks and CSV files, checked before they are opened."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from coevo.errors import StudyError

LARGEST = 200_000_000  # bytes, unpacked; far above any table of yearly figures
MOST_CELLS, MOST_ROWS = 10_000_000, 200_000  # of a sheet, counted as it is read


@dataclass(frozen=True)
class Cell:
    """A cell's value as the file holds it, the decimals it shows (None for text), its form.

    `percent`: shown as a percentage (stored 0.12, shown 12 %); `formula`: without a stored value.
    """

    value: object
    decimals: int | None = None
    percent: bool = False
    formula: bool = False

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value).strip()


@dataclass(frozen=True)
class Sheet:
    """A table of cells: the file as it is named in messages, the sheet ("" in a CSV), the rows."""

    file: str
    name: str
    rows: list[list[Cell]]

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell at zero-based `row`, `column`; an empty one beyond the grid's edge."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else Cell(None)

    def where(self, row: int | None = None, column: int | None = None) -> str:
        """Return `file › sheet › C7` for a message."""
        parts = [self.file] + ([self.name] if self.name else [])
        if row is not None and column is not None:
            parts.append(address(row, column))
        return " › ".join(parts)


def address(row: int, column: int) -> str:
    """Return the A1 name of zero-based `row`, `column`: (6, 2) is C7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _decimals(value: object, number_format: str) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    shown = number_format.split(";")[0]
    beyond = 2 if "%" in shown else 0
    if "." in shown:
        return shown.split(".")[1].count("0") + beyond
    if shown.strip("#,%") == "0":
        return beyond
    text = repr(float(value))
    return 0 if text.endswith(".0") or "e" in text else len(text.split(".")[1])


def _workbook(path: Path, shown: str) -> list[Sheet]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise StudyError(
            f"{shown}: is not an xlsx workbook, whatever its name says; "
            "open it in Excel or LibreOffice and save it as xlsx"
        ) from None
    if unpacked > LARGEST:
        raise StudyError(
            f"{shown}: would unpack to {unpacked:,} bytes, above the limit of {LARGEST:,}; "
            "keep only the tables of figures in it"
        )
    try:
        values = load_workbook(path, read_only=True, data_only=True)
        formulas = load_workbook(path, read_only=True)
        return [
            Sheet(shown, sheet.title, _grid(sheet, formulas[sheet.title], shown))
            for sheet in values.worksheets
        ]
    except StudyError:
        raise
    except Exception as problem:  # whatever the parser trips over, the user's remedy is one
        raise StudyError(
            f"{shown}: the workbook cannot be read ({problem}); save it again as xlsx"
        ) from problem


def _grid(values, formulas, shown: str) -> list[list[Cell]]:
    """Return the cells of a sheet, which is read with its stored values and with its formulas."""
    rows: list[list[Cell]] = []
    count = 0
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # what the file says of its size may be wrong
    for row, plain in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        count += len(row)
        if count > MOST_CELLS or len(rows) >= MOST_ROWS:
            raise StudyError(
                f"{shown} › {values.title}: has cells far beyond any table (row {len(rows) + 1}); "
                "delete what stands outside the table"
            )
        rows.append(
            [
                Cell(
                    cell.value,
                    _decimals(cell.value, cell.number_format),
                    isinstance(cell.value, int | float) and "%" in cell.number_format,
                    cell.value is None and isinstance(other.value, str),
                )
                for cell, other in zip(row, plain, strict=True)
            ]
        )
    return rows


def _csv_value(text: str) -> Cell:
    try:
        float(text)
    except ValueError:
        return Cell(text)
    return Cell(text, len(text.partition(".")[2].strip()))


def _csv(path: Path, shown: str) -> list[Sheet]:
    if path.stat().st_size > LARGEST:
        raise StudyError(f"{shown}: is larger than {LARGEST:,} bytes; split it by indicator")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StudyError(f"{shown}: is not UTF-8 text; save it as 'CSV UTF-8'") from None
    try:
        lines = list(csv.reader(io.StringIO(text, newline=None)))
    except csv.Error as problem:
        raise StudyError(f"{shown}: is not a CSV table ({problem}); save it again") from None
    return [Sheet(shown, "", [[_csv_value(field) for field in row] for row in lines])]


READERS = {".xlsx": _workbook, ".csv": _csv}


def read_sheets(path: Path, shown: str) -> list[Sheet]:
    """Read every sheet of a raw file; `shown` is how messages name the file.

    Raises `StudyError` for a kind of file that is not read, too large a file, or a broken one.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise StudyError(
            f"{shown}: files of this kind are not read; known: {', '.join(sorted(READERS))}"
        )
    return reader(path, shown)
