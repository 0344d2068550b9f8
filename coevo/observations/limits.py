"""How much a raw file may hold: far above any table of yearly figures, far below what harms."""

from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import StudyError

LARGEST = 200_000_000  # bytes of a file, packed or unpacked
MOST_CELLS, MOST_ROWS, MOST_COLUMNS = 10_000_000, 200_000, 16_384
# A rectangle above SPARSE cells with fewer than one in EMPTY_SHARE filled is a stray cell far out.
SPARSE, EMPTY_SHARE = 1_000_000, 100


def check_extent(rows: int, columns: int, filled: int, where: str, before: int = 0) -> None:
    """Raise `StudyError` for a table that is too large to be one.

    rows, columns: of the rectangle from A1 to the furthest cell, which is held whole; filled: cells
    in it that say something; before: cells of the rectangles of other tables of the file.
    """
    cells = rows * columns
    together = before + cells
    if (
        rows > MOST_ROWS
        or columns > MOST_COLUMNS
        or together > MOST_CELLS
        or (cells > SPARSE and cells > EMPTY_SHARE * filled)
    ):
        last = xl_rowcol_to_cell(rows - 1, columns - 1)
        raise StudyError(
            f"{where}: has cells far beyond any table (as far as {last}, {together:,} cells); "
            "delete what stands outside the table, or split the table"
        )
