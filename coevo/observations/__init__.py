"""From raw files to observations: every figure with its unit, vintage, file, sheet and cell."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.errors import Problems, StudyError
from coevo.messages import message_columns
from coevo.observations.cells import known_marks
from coevo.observations.duplicates import merge_duplicates
from coevo.observations.layouts import read_layout
from coevo.observations.names import Regions, aliases, compared, find_indicator, nearest_names
from coevo.observations.opening import read_sheets
from coevo.observations.reading import FIGURES, READ_FLAGS, figures_of_table
from coevo.observations.recognition import StudyTerms, TableLines
from coevo.observations.sheets import Remark, Sheet, cell_name, cell_text
from coevo.observations.units import UNITS

COLUMNS = ["region", "name", "year", "indicator", "value", "unit", "vintage", "file", "sheet"]
COLUMNS += ["cell", "flag", "half_unit"]
REMARKS = ["check", "indicator", "file", "sheet", "cell", "message", "fields"]
MOST_NAMES = 30  # of indicators in the files, in a message


class TableSource(NamedTuple):
    """Where a table stands."""

    vintage: str
    file: str
    sheet: str

    @property
    def shown(self) -> str:
        return " › ".join(part for part in (self.file, self.sheet) if part)


def _remark(remark: Remark, source: TableSource, indicator: str = "") -> dict[str, str]:
    cell = "" if remark.row is None else cell_name(remark.row, remark.column or 0)
    place = {"file": source.file, "sheet": source.sheet, "cell": cell}
    said = message_columns(remark.message, remark.fields)
    return {"check": remark.check, "indicator": indicator, **place, **said}


def _read_sheet(
    sheet: Sheet, source: TableSource, known: StudyTerms, seen: set[str], problems: Problems
) -> tuple[list[pd.DataFrame], list[dict[str, str]]]:
    """Return the figures of a sheet by tables, and its remarks; add its names to `seen`."""
    try:
        layout = read_layout(sheet)
    except StudyError as problem:
        problems.extend(problem.messages)
        return [], []
    problems.extend(layout.problems)
    remarks = [_remark(remark, source) for remark in (*sheet.remarks, *layout.remarks)]
    tables: list[pd.DataFrame] = []
    about: list[dict[str, str]] = []
    ids = list(known.units)
    for table in layout.tables:
        lines = TableLines(sheet, problems, seen)
        read = figures_of_table(table, known, lines)
        lines.finish()
        read_of = [] if read is None else read["indicator"].unique().tolist()
        indicator = ids[read_of[0]] if len(read_of) == 1 else ""
        about += [_remark(remark, source, indicator) for remark in (*table.remarks, *lines.remarks)]
        tables += [read] if read is not None else []
    return tables, remarks + (about if tables else [])


def _check_sources(
    found: set[str], seen: set[str], known: StudyTerms, folder: str, problems: Problems
) -> None:
    """Name every indicator that no file gives; but not where a file could not be read."""
    if problems.messages:
        return
    empty = {find_indicator(name, known.names) for name in seen}
    listed = ", ".join(sorted(seen)[:MOST_NAMES]) or "none"
    listed += f" and {len(seen) - MOST_NAMES} more" if len(seen) > MOST_NAMES else ""
    for indicator, text in known.sources.items():
        if indicator in found:
            continue
        names = aliases(text)
        said = " or ".join(f"'{name}'" for name in names)
        if indicator in empty:
            problems.add(f"{folder}: no file gives {indicator}: no figures stand beside {said}")
            continue
        near = dict.fromkeys(like for name in names for like in nearest_names(name, seen, 3))
        meant = f" (did you mean {' or '.join(near)}?)" if near else ""
        problems.add(
            f"{folder}: no file gives {indicator}: its source_name {said} is not there{meant}; "
            f"names in the files: {listed}"
        )


def _frame(reads: list[pd.DataFrame], sources: list[TableSource]) -> pd.DataFrame:
    """Return the figures of all tables; `source` is the place of a figure's table."""
    tables = [read.assign(source=place) for place, read in enumerate(reads)]
    none = pd.DataFrame(columns=[*FIGURES, "source"], dtype=int)
    frame = pd.concat(tables or [none], ignore_index=True).astype({"year": "int64"})
    vintages = sorted({source.vintage for source in sources})
    of_source = np.array([vintages.index(source.vintage) for source in sources], dtype=np.int32)
    frame["vintage"] = of_source[frame["source"]] if len(reads) else 0
    order = np.lexsort([frame[name] for name in ("vintage", "year", "region", "indicator")])
    return frame.iloc[order].reset_index(drop=True)


def _texts(names: Iterable[str], places: pd.Series) -> np.ndarray:
    texts: np.ndarray = np.array([*names, ""], dtype=object)[places.to_numpy()]
    return texts


def _cells(frame: pd.DataFrame) -> list[str]:
    """Return the address of each figure's cell."""
    letters = [cell_name(0, column)[:-1] for column in range(int(frame["column"].max()) + 1)]
    places = zip(frame["column"].tolist(), frame["row"].tolist(), strict=True)
    return [f"{letters[column]}{row + 1}" for column, row in places]


def read_observations(
    files: Iterable[Path], raw: Path, known: StudyTerms
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the raw files `<raw>/<vintage>/...` into observations, and remarks on reading them.

    Observations: the columns of observations.csv, without names, and `half_unit`: half a unit of
    the last digit printed, in the indicator's unit. Remarks: check, indicator (of a table that has
    one), file, sheet, cell, message. Raises `StudyError` with all problems of all files.
    """
    problems, seen = Problems(), set[str]()
    reads: list[pd.DataFrame] = []
    sources: list[TableSource] = []
    remarks: list[dict[str, str]] = []
    for path in sorted(files):
        vintage = path.relative_to(raw).parts[0]
        try:
            sheets = read_sheets(path, path.as_posix())
        except StudyError as problem:
            problems.extend(problem.messages)
            continue
        for sheet in sheets:
            source = TableSource(vintage, sheet.file, sheet.name)
            tables, about = _read_sheet(sheet, source, known, seen, problems)
            reads += tables
            sources += [source] * len(tables)
            remarks += about
    frame = _frame(reads, sources)
    frame, doubles = merge_duplicates(frame, [source.shown for source in sources], problems)
    remarks += [_remark(remark, sources[source]) for source, remark in doubles]
    ids = list(known.units)
    found = {ids[place] for place in frame["indicator"].unique()}
    _check_sources(found, seen, known, raw.as_posix(), problems)
    problems.check()
    vintages = sorted({source.vintage for source in sources})
    observations = pd.DataFrame(
        {
            "region": _texts(known.regions.codes, frame["region"]),
            "year": frame["year"].to_numpy(),
            "indicator": _texts(ids, frame["indicator"]),
            "value": frame["value"].to_numpy(),
            "unit": _texts(UNITS, frame["unit"]),
            "vintage": _texts(vintages, frame["vintage"]),
            "file": _texts((source.file for source in sources), frame["source"]),
            "sheet": _texts((source.sheet for source in sources), frame["source"]),
            "cell": _cells(frame),
            "flag": _texts(READ_FLAGS, frame["flag"]),
            "half_unit": frame["half_unit"].to_numpy(),
        }
    )
    return observations, pd.DataFrame(remarks, columns=REMARKS)


def study_terms(
    indicators: pd.DataFrame,
    regions: pd.DataFrame,
    units_read_as: Mapping[str, str],
    missing_marks: Mapping[str, str],
) -> StudyTerms:
    """Return what a study knows before it reads, from its tables and its config."""
    units = dict(zip(indicators["indicator"], indicators["unit"], strict=True))
    named = indicators[indicators["source_name"] != ""]
    sources = dict(zip(named["indicator"], named["source_name"], strict=True))
    return StudyTerms(
        regions=Regions(regions),
        names={compared(name): i for i, text in sources.items() for name in aliases(text)},
        sources=sources,
        units=units,
        units_read_as={cell_text(unit): read_as for unit, read_as in units_read_as.items()},
        marks=known_marks(missing_marks),
    )


def observe(
    files: Iterable[str],
    raw: str,
    indicators: pd.DataFrame,
    regions: pd.DataFrame,
    units_read_as: Mapping[str, str],
    missing_marks: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the raw files of a study.

    Returns observations and remarks as the tables of these names; figures are in the unit of the
    indicator table, `unit` is as printed where the config reads it as another, `half_unit` is half
    a unit of the last digit printed.
    """
    known = study_terms(indicators, regions, units_read_as, missing_marks)
    frame, remarks = read_observations([Path(file) for file in files], Path(raw), known)
    names = dict(zip(regions["region"], regions["name_en"], strict=True))
    frame.insert(1, "name", frame["region"].map(names))
    return frame[COLUMNS], remarks
