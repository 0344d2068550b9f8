"""Built tables and files: read with the right types, written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

TEXT = frozenset(
    "region name indicator unit vintage file sheet cell flag check message old_vintage "
    "new_vintage reference sha256 weighting subsystem grade stage lagging measure scope effects "
    "model estimator scaling parameter source x1_set x2_set kind relation quantity claim paper "
    "verdict claim_zh paper_zh source_zh dimension dimension_zh direction label_en label_zh "
    "source_name derivation name_en name_zh long_zh traditional_zh variants abbreviation "
    "abbreviation_zh nbs_region neighbours varied variant focus_grade_last change old_words "
    "frozen_words new_words group guard other system range composite form focus_grade choice "
    "outcome pair dropped roles set".split()
)
WHOLE = frozenset({"year", "tile_row", "tile_column"})


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV table of this project.

    Text columns (`TEXT`) stay text, with "" for empty; codes keep their leading digits. Whole
    numbers (`WHOLE`) are nullable integers where a cell is empty. All else is read by pandas
    with only the empty cell as missing.
    """
    header = pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns
    text = [column for column in header if column in TEXT]
    frame = pd.read_csv(
        path,
        encoding="utf-8-sig",
        dtype=dict.fromkeys(text, str),
        keep_default_na=False,
        na_values={column: [""] for column in header if column not in TEXT},
    )
    for column in WHOLE.intersection(header):
        frame[column] = frame[column].astype("Int64" if frame[column].isna().any() else "int64")
    return frame


def rows_of(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """Return the rows whose columns hold what is wanted: a value, or one of a list or tuple."""
    for column, value in wanted.items():
        several = isinstance(value, list | tuple)
        table = table[table[column].isin(value) if several else table[column] == value]
    return table


def read_optional(path: str | Path | None) -> pd.DataFrame | None:
    """Read a table that a study may do without: None without a path."""
    return None if path is None else read_table(path)


def write_bytes(data: bytes, path: str | Path) -> None:
    """Write `data` beside `path` and move it there: a reader sees the old file or the new one."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(text: str, path: str | Path) -> None:
    """Write text as UTF-8 with LF, whole."""
    write_bytes(text.encode("utf-8"), path)


def write_files(files: Mapping[str, str | bytes], folder: str | Path) -> None:
    """Write several files by name into a folder, each whole; text as UTF-8 with LF."""
    for name, content in files.items():
        data = content.encode("utf-8") if isinstance(content, str) else content
        write_bytes(data, Path(folder) / name)


def write_folder(files: Mapping[str, bytes], folder: str | Path) -> None:
    """Write a new folder of files beside its place and move it there: it is whole or not there."""
    target = Path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as beside:
        whole = Path(beside, target.name)
        whole.mkdir()
        for name, data in files.items():
            write_bytes(data, whole / name)
        whole.rename(target)


def read_texts(*paths: str | Path) -> dict[str, str]:
    """Return the text of files, and of the files in folders, by file name."""
    files = [
        file
        for path in map(Path, paths)
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
    ]
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in files
        if file.is_file() and not file.name.startswith(".")
    }


def read_charts(folder: str | Path) -> dict[str, str | bytes]:
    """Return the files of the charts in a folder by name: text, images of dots as bytes."""
    return {
        file.name: file.read_bytes() if file.suffix == ".png" else file.read_text(encoding="utf-8")
        for file in sorted(Path(folder).iterdir())
        if file.suffix in (".json", ".svg", ".png")
    }


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV (UTF-8, LF, floats with all their digits)."""
    write_text(frame.to_csv(index=False, lineterminator="\n"), path)
