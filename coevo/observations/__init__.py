"""From raw files to observations: every figure with its unit, vintage, file, sheet and cell."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from coevo.errors import Problems, StudyError, short
from coevo.files import as_table
from coevo.messages import message_columns
from coevo.observations.cells import plain_numbers
from coevo.observations.doubts import DOUBTS
from coevo.observations.layouts import read_layout
from coevo.observations.names import find_indicator, nearest_names
from coevo.observations.periods import whole_years
from coevo.observations.reading import FIGURES, READ_FLAGS, figures_of_table
from coevo.observations.recognition import StudyTerms, TableLines
from coevo.observations.sheets import MOST_TABLES, Remark, Sheet, check_count
from coevo.observations.times import nearest_samples

COLUMNS = ["region", "name", "year", "indicator", "value", "unit", "vintage", "file", "sheet"]
COLUMNS += ["cell", "flag", "half_unit"]
FIGURE, PLACE = ["region", "name", "year", "indicator"], ["file", "sheet", "cell"]
REMARKS = ["check", *FIGURE, *PLACE, "message", "fields"]
KEY = ["vintage", "region", "indicator", "year", "period"]  # of a figure that stands once
SAME = 1e-12  # relative; the same figure may come in 万元 and in 亿元
SHOWN = 3  # pairs of cells in a message
MOST_NAMES = 30  # of indicators in the files, in a message
MOST_COMPARED = 5000  # names among which the nearest is sought


class TableSource(NamedTuple):
    """Where a table stands."""

    vintage: str
    file: str
    sheet: str

    @property
    def shown(self) -> str:
        return " › ".join(part for part in (self.file, self.sheet) if part)


def _remark(remark: Remark, source: TableSource, indicator: str = "") -> dict[str, str]:
    cell = "" if remark.row is None else xl_rowcol_to_cell(remark.row, remark.column or 0)
    place = {"file": source.file, "sheet": source.sheet, "cell": cell}
    message = message_columns(remark.message, remark.fields)
    return {"check": remark.check, "indicator": indicator, **place, **message}


def _read_sheet(
    sheet: Sheet, source: TableSource, terms: StudyTerms, seen: set[str], problems: Problems
) -> tuple[list[pd.DataFrame], list[dict[str, str]]]:
    """Return the figures of a sheet by tables, and its remarks; add its names to `seen`."""
    sheet = replace(sheet, own_units=terms.own_units, places=terms.place_names)
    sheet = terms.times.headed(sheet) if terms.times else sheet
    try:
        layout = read_layout(sheet)
    except StudyError as problem:
        problems.extend(problem.messages)
        return [], []
    problems.extend(layout.problems)
    remarks = [_remark(remark, source) for remark in (*sheet.remarks, *layout.remarks)]
    tables: list[pd.DataFrame] = []
    about: list[dict[str, str]] = []
    ids = list(terms.units)
    for table in layout.tables:
        lines = TableLines(sheet, problems, seen)
        read = figures_of_table(table, terms, lines)
        lines.finish()
        read_of = [] if read is None else read["indicator"].unique().tolist()
        indicator = ids[read_of[0]] if len(read_of) == 1 else ""
        about += [_remark(remark, source, indicator) for remark in (*table.remarks, *lines.remarks)]
        tables += [read] if read is not None else []
    about += [_remark(remark, source) for remark in sheet.doubts]
    return tables, remarks + (about if tables else [])


def _check_sources(
    indicators_read: set[str], seen: set[str], terms: StudyTerms, folder: str, problems: Problems
) -> None:
    """Name every indicator that no file gives; but not where a file could not be read."""
    if problems:
        return
    folder += " (but for what aside names)" * bool(terms.aside)
    empty = {find_indicator(name, terms.names) for name in seen}
    listed = ", ".join(short(name, 40) for name in sorted(seen)[:MOST_NAMES]) or "none"
    compared = seen if len(seen) <= MOST_COMPARED else set[str]()
    listed += f" and {len(seen) - MOST_NAMES} more" if len(seen) > MOST_NAMES else ""
    for indicator, names in terms.sources.items():
        if indicator in indicators_read:
            continue
        quoted = " or ".join(f"'{name}'" for name in names)
        if indicator in empty:
            problems.add(f"{folder}: no file gives {indicator}: no figures stand beside {quoted}")
            continue
        near = dict.fromkeys(like for name in names for like in nearest_names(name, compared, 3))
        meant = f" (did you mean {' or '.join(near)}?)" if near else ""
        problems.add(
            f"{folder}: no file gives {indicator}: its source_name {quoted} is not there{meant}; "
            f"names in the files: {listed}"
        )


def _merged(
    reads: list[pd.DataFrame],
    sources: list[TableSource],
    years: tuple[float, float],
    problems: Problems,
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Return the figures of all tables, each once, by indicator, region and year, and remarks.

    `source` is the place of a figure's table in `sources`, which are sorted by vintage.
    """
    none = pd.DataFrame(columns=FIGURES, dtype=int)
    frame = pd.concat([read.assign(source=n) for n, read in enumerate(reads or [none])])
    keys = ("source", "period", "year", "region", "indicator")
    order = np.lexsort([frame[name] for name in keys])
    frame = frame.iloc[order].reset_index(drop=True)
    vintages = pd.factorize(np.array([source.vintage for source in sources], dtype=object))[0]
    frame["vintage"] = vintages[frame["source"]]
    places = [source.shown for source in sources]
    frame, doubles = _merge_duplicates(frame, places, years, problems)
    return frame, [_remark(remark, sources[source]) for source, remark in doubles]


def _cell(pair: Mapping[str, Any], end: str = "") -> str:
    place = xl_rowcol_to_cell(pair[f"row{end}"], pair[f"column{end}"])
    return f"{place} = {pair[f'value{end}']:.10g}"


def _merge_duplicates(
    frame: pd.DataFrame, places: list[str], years: tuple[float, float], problems: Problems
) -> tuple[pd.DataFrame, list[tuple[int, Remark]]]:
    """Keep one of the figures of a vintage for the same region, indicator and year.

    `frame` has `KEY`, value, row, column, and source: the place of its table in `places`. A number
    goes before a missing figure, then the first counts. Returns the frame and remarks, each with
    its source, one for each pair of tables with equal figures; for each pair with different ones
    in the years of the study there is a line in `problems`.
    """
    double = frame[frame.duplicated(KEY, keep=False)]
    double = double.assign(missing=double["value"].isna()).sort_values([*KEY, "missing"])
    groups = double.groupby(KEY, sort=False)
    first = groups[["value", "source", "row", "column"]].transform("first")
    further = groups.cumcount() > 0
    pairs = double.join(first.add_suffix("_kept"))[further & ~double["missing"]]
    apart = (pairs["value_kept"] - pairs["value"]).abs()
    pairs["equal"] = apart <= SAME * pairs["value_kept"].abs()
    pairs = pairs[pairs["equal"] | pairs["year"].between(*years)]
    pairs = pairs.sort_values(["row_kept", "column_kept"], kind="stable")
    remarks = []
    for (equal, source, other), part in pairs.groupby(["equal", "source_kept", "source"]):
        row, column = (int(part[name].iloc[0]) for name in ("row_kept", "column_kept"))
        if equal:
            elsewhere = {} if source == other else {"place": places[other]}
            message = "equal_elsewhere" if elsewhere else "equal_in_table"
            fields = {"figures": len(part)} | elsewhere
            remarks.append((source, Remark("duplicate", message, fields, row, column)))
            continue
        cells = "; ".join(
            f"{_cell(pair, '_kept')}, there {_cell(pair)}"
            for pair in part.head(SHOWN).to_dict("records")
        )
        more = "; ..." if len(part) > SHOWN else ""
        there = "in the same table" if source == other else f"in {places[other]}"
        figures = "1 figure differs" if len(part) == 1 else f"{len(part)} figures differ"
        problems.add(
            f"{places[source]} › {xl_rowcol_to_cell(row, column)}: {figures} from those for the "
            f"same region, year and indicator {there}: {cells}{more}; keep the right ones"
        )
    return frame.drop(index=double.index[further]), remarks


def _in_words(
    frame: pd.DataFrame, sources: list[TableSource], terms: StudyTerms
) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of observations.csv from the figures of tables."""
    columns = {name: frame[name].to_numpy() for name in ("year", "value", "half_unit")}
    vocabularies: dict[str, Iterable[str]] = {
        "region": terms.regions.codes,
        "name": (terms.regions.english[code] for code in terms.regions.codes),
        "indicator": terms.units,
        "unit": terms.unit_names,
        "flag": READ_FLAGS,
    }
    for name, words in vocabularies.items():
        places = frame["region" if name == "name" else name]
        columns[name] = np.array([*words], dtype=object)[places]
    for number, name in enumerate(TableSource._fields):
        columns[name] = np.array([s[number] for s in sources], dtype=object)[frame["source"]]
    letters = [xl_col_to_name(column) for column in range(frame["column"].max() + 1)]
    places = zip(frame["column"].tolist(), frame["row"].tolist(), strict=True)
    columns["cell"] = np.array([f"{letters[c]}{row + 1}" for c, row in places], dtype=object)
    return columns


def _of_figures(remarks: list[dict[str, str]], observations: pd.DataFrame) -> pd.DataFrame:
    """Return the remarks; those that doubt a figure say of which region, year and indicator."""
    files = {remark["file"] for remark in remarks if remark["message"] in DOUBTS}
    figures = observations[observations["file"].isin(files)] if files else observations[:0]
    places = figures[PLACE].itertuples(index=False, name=None)
    known = dict(zip(places, figures[FIGURE].to_dict("records"), strict=True))
    added = (
        known.get(tuple(remark[name] for name in PLACE), {}) if remark["message"] in DOUBTS else {}
        for remark in remarks
    )
    return as_table("remarks", [a | b for a, b in zip(remarks, added, strict=True)])


def observe(files: Iterable[str], raw: str, known: StudyTerms) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the raw files `<raw>/<vintage>/...` of a study.

    known: what the study knows before it reads, made for this reading alone.

    Returns observations and remarks as the tables of these names; figures are in the unit of the
    indicator table, `unit` is as printed where the config reads it as another, `half_unit` is half
    a unit of the last digit printed. Raises `StudyError` with all problems of all files.
    """
    # openpyxl takes long to start, and reports read units alone
    from coevo.observations.opening import read_sheets

    problems, seen, left = Problems(), set[str](), set(known.aside)
    reads: list[pd.DataFrame] = []
    sources: list[TableSource] = []
    remarks: list[dict[str, str]] = []
    for path in sorted(map(Path, files)):
        vintage, *below = path.relative_to(raw).parts
        read_before, name = len(reads), "/".join(below)
        if name in known.aside:
            left.discard(name)
            continue
        try:
            for sheet in read_sheets(path, path.as_posix()):
                if (place := f"{name} › {sheet.name}") in known.aside:
                    left.discard(place)
                    continue
                source = TableSource(vintage, sheet.file, sheet.name)
                plain = plain_numbers(sheet, known.decimal_mark)
                tables, about = _read_sheet(plain, source, known, seen, problems)
                reads += tables
                sources += [source] * len(tables)
                remarks += about
                check_count(len(reads) - read_before, MOST_TABLES, "tables", path.as_posix())
        except StudyError as problem:
            problems.extend(problem.messages)
    for place in sorted(left):
        problems.add(
            f"aside: there is no '{short(place)}' in a vintage folder of {raw}; correct it"
        )
    ids = list(known.units)
    frame, doubles = _merged(reads, sources, known.years, problems)
    places = [source.shown for source in sources]
    frame, of_parts = (
        nearest_samples(frame, known.times)
        if known.times
        else whole_years(frame, known.frequencies, places, problems)
    )
    doubles += [(_remark(remark, sources[source], ids[i])) for i, source, remark in of_parts]
    indicators_read = {ids[place] for place in frame["indicator"].unique()}
    _check_sources(indicators_read, seen, known, Path(raw).as_posix(), problems)
    problems.check()
    observations = pd.DataFrame(_in_words(frame, sources, known), columns=COLUMNS)
    return observations, _of_figures(remarks + doubles, observations)
