"""Built tables and files: read with the right types, written whole or not at all.

Work in parts that several processes or machines share (docs/slurm.md) does not depend on the number
of parts: tasks are of a fixed size, each has what it draws from a seed of its own, and a part makes
some of them.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from itertools import chain
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coevo.errors import ROOT, StudyError, about
from coevo.paths import check_no_link, opened
from coevo.schema import HOLE, TEXTS, check_columns, column_row, column_rows

if TYPE_CHECKING:
    import pandas as pd

# type in `tables.csv` -> that of a column without empty cells, and with some
TYPES = {"whole": ("int64", "Int64"), "number": ("float64", "float64"), "flag": ("bool", "boolean")}
DEVICE = re.compile(r"CON|PRN|AUX|NUL|(COM|LPT)\d", re.IGNORECASE)  # names no file on Windows
PART = ".part"  # ends the name of what a part of a rule makes, for this run alone
# kind of task and its number -> the call that does it
Tasks = Mapping[tuple[str, Any], Callable[[], Any]]
Made = dict[tuple[str, Any], Any]
records: list[Path] = []  # of the job that a script is: what is written is added (records.py)


def read_table(path: str | Path, table: str = "") -> pd.DataFrame:
    """Read a CSV table of this project, each column by its type in `tables.csv`.

    Text stays text, with "" for empty; codes keep their leading digits. Whole numbers are nullable
    integers where a cell is empty. Only an empty cell is a missing number. A column that
    `tables.csv` does not know, such as one of an older release, is read as pandas finds it.

    table: its name, where the file is not called by it. Raises `StudyError` where a number is none.
    """
    import pandas as pd

    with opened(path) as file:
        header = pd.read_csv(file, nrows=0, encoding="utf-8-sig").columns
    rows = {column: column_row(table or Path(path).stem, column) for column in header}
    types = {column: row.type for column, row in rows.items() if row}
    text = [column for column, kind in types.items() if kind in TEXTS]
    with opened(path) as file:
        frame = pd.read_csv(
            file,
            encoding="utf-8-sig",
            dtype=dict.fromkeys(text, str),
            keep_default_na=False,
            na_values={column: [""] for column in header.difference(text)},
        )
    for column, kind in types.items():
        if kind in ("whole", "number"):
            try:
                frame[column] = _typed(frame[column], kind)
            except (TypeError, ValueError) as problem:
                why = f"{column}: {problem}; every cell must be a number"
                raise StudyError(f"{path}: {why}") from None
    return frame


def _typed(values: pd.Series, kind: str) -> pd.Series:
    """Return the cells of a column in their type; those of text that are empty as ""."""
    if kind in TEXTS:
        return values.astype(object).fillna("").astype(str)
    return values.astype(TYPES[kind][int(values.isna().any())])


def as_table(name: str, rows: pd.DataFrame | Iterable[Any]) -> pd.DataFrame:
    """Return rows as the table `name`: its columns in their order, each by its type.

    rows: a frame, or rows by column or in the order of the columns; what a row does not hold is
    empty, what is no column of the table is left out.
    """
    import pandas as pd

    known = column_rows(name).items()
    types = {column: row.type for column, row in known if not HOLE.search(column)}
    data = rows if isinstance(rows, pd.DataFrame) else list(rows)
    frame = pd.DataFrame(data, columns=list(types))
    for column, kind in types.items():
        frame[column] = _typed(frame[column], kind)
    return frame.reset_index(drop=True)


def rows_of(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """Return the rows whose columns hold what is wanted: a value, or one of a list or tuple."""
    held = [
        table[column].isin(value) if isinstance(value, list | tuple) else table[column] == value
        for column, value in wanted.items()
    ]
    return table[reduce(and_, held)] if held else table


def read_optional(path: str | Path | None, table: str = "") -> pd.DataFrame | None:
    """Read a table that a study may do without: None without a path."""
    return None if path is None else read_table(path, table)


def write_bytes(data: bytes, path: str | Path) -> None:
    """Write `data` beside `path` and move it there: a reader sees the old file or the new one.

    Who may read it is as the umask says; of a file that was there, as it was.
    """
    target = Path(path)
    check_no_link(target)
    with about(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.parent / f".{secrets.token_hex(8)}.part"
        try:
            with part.open("xb") as file:
                file.write(data)
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    for record in records if target.suffix != PART else ():
        with about(record), record.open("a", encoding="utf-8") as lines:
            lines.write(f"{sha256_of(data)} *{target.as_posix()}\n")


def sha256_of(file: str | Path | bytes) -> str:
    """Return the SHA-256 of a file, or of what stands in one."""
    if isinstance(file, bytes):
        return hashlib.sha256(file).hexdigest()
    with opened(file) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_text(text: str, path: str | Path) -> None:
    """Write text as UTF-8 with LF, whole."""
    write_bytes(text.encode("utf-8"), path)


def write_files(files: Iterable[tuple[str, str | bytes]], folder: str | Path) -> None:
    """Write files, pairs of name and content, into a folder as they come, each whole; text as UTF-8
    with LF.
    """
    for name, content in files:
        data = content.encode("utf-8") if isinstance(content, str) else content
        write_bytes(data, Path(folder) / name)


@contextmanager
def whole_folder(folder: str | Path) -> Iterator[Path]:
    """Give a new folder to fill beside its place, then move it there: it is whole or not there."""
    target = Path(folder).absolute()
    with about(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.")
    with beside as place:
        whole = Path(place, target.name)
        whole.mkdir()
        yield whole
        with about(folder):
            whole.rename(target)


def write_folder(files: Mapping[str, bytes], folder: str | Path) -> None:
    """Write a new folder of files, whole."""
    with about(folder), whole_folder(folder) as whole:
        write_files(files.items(), whole)


class Texts(dict[str, Any]):
    """Files of the report by name; one that is asked for and not there is said to be gone."""

    def __missing__(self, name: str) -> Any:
        raise FileNotFoundError(errno.ENOENT, "", str(ROOT / "workflow" / "report" / name))


def read_texts(*paths: str | Path) -> Texts:
    """Return the text of files, and of the files in folders, by file name."""
    folders = (sorted(p.iterdir()) if p.is_dir() else [p] for p in map(Path, paths))
    files = (file for file in chain(*folders) if file.is_file() and file.name[0] != ".")
    return Texts((file.name, file.read_text(encoding="utf-8")) for file in files)


def make_part(tasks: Tasks, part: str = "1-of-1") -> Made:
    """Return what the tasks of a part make; part: `2-of-8` takes every eighth from the second on.

    These names are those that Snakemake gives to the parts of a rule.
    """
    number, parts = map(int, part.split("-of-"))
    return {key: task() for key, task in list(tasks.items())[number - 1 :: parts]}


def together(parts: Iterable[Made]) -> dict[str, dict[Any, Any]]:
    """Return what all parts made by what it is about, each in the order of the tasks' keys."""
    tasks = {key: result for part in parts for key, result in part.items()}
    results: dict[str, dict[Any, Any]] = {}
    for topic, which in sorted(tasks):
        results.setdefault(topic, {})[which] = tasks[topic, which]
    return results


def make_all(tasks: Tasks) -> dict[str, dict[Any, Any]]:
    """Return what all tasks make, as `together` does of their parts."""
    return together([make_part(tasks)])


def write_part(made: Made, path: str | Path) -> None:
    """Write what a part of a rule made as JSON: numbers keep their digits, and nothing can run."""
    results = [[topic, which, result] for (topic, which), result in made.items()]
    write_text(json.dumps(results, default=_packed), path)


def read_parts(paths: Iterable[str]) -> list[Made]:
    """Return what `write_part` wrote; a sequence of any kind comes back as a list."""
    parts = (json.loads(Path(path).read_text("utf-8"), object_hook=_unpacked) for path in paths)
    return [{(topic, which): result for topic, which, result in part} for part in parts]


def _packed(value: Any) -> Any:
    """Return a table, an array or a number of numpy as JSON knows it."""
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return {"columns": [[name, str(one.dtype), one.tolist()] for name, one in value.items()]}
    if isinstance(value, np.ndarray):
        return {"array": value.ravel().tolist(), "shape": value.shape, "type": str(value.dtype)}
    return None if value is pd.NA else value.item()


def _unpacked(value: dict[str, Any]) -> Any:
    """Return what `_packed` was given."""
    import numpy as np
    import pandas as pd

    if "columns" in value:
        named = ((tuple(n) if isinstance(n, list) else n, *rest) for n, *rest in value["columns"])
        return pd.DataFrame({name: pd.Series(cells, dtype=kind) for name, kind, cells in named})
    if "array" in value:
        return np.array(value["array"], value["type"]).reshape(value["shape"])
    return value


def write_tables(frames: Mapping[str, pd.DataFrame], paths: Mapping[str, str]) -> None:
    """Write tables by name, each to the path of its name."""
    for name, frame in frames.items():
        write_table(frame, paths[name])


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV (UTF-8, LF, floats with all their digits).

    Raises `ValueError` where its columns are not those that `tables.csv` has for its name.
    """
    check_columns(Path(path).stem, map(str, frame.columns))
    write_text(frame.to_csv(index=False, lineterminator="\n"), path)
