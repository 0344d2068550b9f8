"""From raw files to observations: every figure with its unit, vintage, file, sheet and cell."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from coevo.errors import Problems, StudyError, short
from coevo.files import as_table
from coevo.messages import message_columns
from coevo.observations.cells import plain_numbers
from coevo.observations.doubts import DOUBTS
from coevo.observations.layouts import read_layout
from coevo.observations.names import find_indicator, nearest_names
from coevo.observations.periods import nearest_samples, whole_years
from coevo.observations.reading import FIGURES, READ_FLAGS, figures_of_table
from coevo.observations.recognition import StudyTerms, TableLines
from coevo.observations.sheets import MOST_TABLES, Remark, Sheet, check_count

FIGURE, PLACE = ["region", "name", "year", "indicator"], ["file", "sheet", "cell"]
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


class Reading:
    """What is read of a study's files: figures by tables, remarks, problems, what is named."""

    def __init__(self, terms: StudyTerms) -> None:
        self.terms, self.problems, self.names = terms, Problems(), set[str]()
        self.tables: list[pd.DataFrame] = []
        self.sources: list[TableSource] = []  # of the tables
        self.remarks: list[dict[str, str]] = []

    def remark(self, remark: Remark, source: TableSource, indicator: str = "") -> None:
        """Keep a remark on a table."""
        cell = "" if remark.row is None else xl_rowcol_to_cell(remark.row, remark.column or 0)
        place = {"file": source.file, "sheet": source.sheet, "cell": cell}
        message = message_columns(remark.message, remark.fields)
        self.remarks.append({"check": remark.check, "indicator": indicator, **place, **message})

    def read_sheet(self, sheet: Sheet, source: TableSource) -> None:
        """Read the tables of a sheet; what is to be said of them counts where one has figures."""
        terms = self.terms
        sheet = replace(sheet, own_units=terms.own_units, places=terms.place_names)
        sheet = terms.times.headed(sheet) if terms.times else sheet
        try:
            layout = read_layout(sheet)
        except StudyError as problem:
            self.problems.extend(problem.messages)
            return
        self.problems.extend(layout.problems)
        for remark in (*sheet.remarks, *layout.remarks):
            self.remark(remark, source)
        before, ids = len(self.tables), list(terms.units)
        about: list[tuple[Remark, str]] = []
        for table in layout.tables:
            lines = TableLines(sheet, terms, self.problems, self.names)
            read = figures_of_table(table, lines)
            lines.finish()
            read_of = [] if read is None else read["indicator"].unique().tolist()
            indicator = ids[read_of[0]] if len(read_of) == 1 else ""
            about += [(remark, indicator) for remark in (*table.remarks, *lines.remarks)]
            if read is not None:
                self.tables.append(read)
                self.sources.append(source)
        about += [(remark, "") for remark in sheet.doubts]
        for remark, indicator in about if len(self.tables) > before else ():
            self.remark(remark, source, indicator)

    def check_indicators(self, read: set[str], folder: str) -> None:
        """Name every indicator that no file gives; but not where a file could not be read."""
        if self.problems:
            return
        names = sorted(self.names)
        folder += " (but for what aside names)" * bool(self.terms.aside)
        empty = {find_indicator(name, self.terms.names) for name in names}
        listed = ", ".join(short(name, 40) for name in names[:MOST_NAMES]) or "none"
        listed += f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        known = self.names if len(names) <= MOST_COMPARED else set[str]()
        for indicator, called in self.terms.sources.items():
            if indicator in read:
                continue
            quoted = " or ".join(f"'{name}'" for name in called)
            near = dict.fromkeys(like for name in called for like in nearest_names(name, known, 3))
            meant = f" (did you mean {' or '.join(near)}?)" if near else ""
            self.problems.add(
                f"{folder}: no file gives {indicator}: no figures stand beside {quoted}"
                if indicator in empty
                else f"{folder}: no file gives {indicator}: its source_name {quoted} is not there"
                f"{meant}; names in the files: {listed}"
            )

    def figures(self) -> pd.DataFrame:
        """Return the figures of all tables, each once, by indicator, region and year.

        `source` is the place of a figure's table in `sources`, which are sorted by vintage.
        """
        none = pd.DataFrame(columns=FIGURES, dtype=int)
        frame = pd.concat([read.assign(source=n) for n, read in enumerate(self.tables or [none])])
        order = ["indicator", "region", "year", "period", "source"]
        frame = frame.sort_values(order, kind="stable", ignore_index=True)
        vintages = pd.factorize(np.array([s.vintage for s in self.sources], dtype=object))[0]
        frame["vintage"] = vintages[frame["source"]]
        return _merge_duplicates(frame, self)


def _cell(pair: Mapping[str, Any], end: str = "") -> str:
    place = xl_rowcol_to_cell(pair[f"row{end}"], pair[f"column{end}"])
    return f"{place} = {pair[f'value{end}']:.10g}"


def _merge_duplicates(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Keep one of the figures of a vintage for the same region, indicator and year.

    `frame` has `KEY`, value, row, column, and source: the place of its table in the reading. A
    number goes before a missing figure, then the first counts. Each pair of tables with equal
    figures is remarked, each with different ones in the years of the study is a problem.
    """
    double = frame[frame.duplicated(KEY, keep=False)]
    double = double.assign(missing=double["value"].isna()).sort_values([*KEY, "missing"])
    groups = double.groupby(KEY, sort=False)
    first = groups[["value", "source", "row", "column"]].transform("first")
    further = groups.cumcount() > 0
    pairs = double.join(first.add_suffix("_kept"))[further & ~double["missing"]]
    apart = (pairs["value_kept"] - pairs["value"]).abs()
    pairs["equal"] = apart <= SAME * pairs["value_kept"].abs()
    pairs = pairs[pairs["equal"] | pairs["year"].between(*reading.terms.years)]
    pairs = pairs.sort_values(["row_kept", "column_kept"], kind="stable")
    for (equal, *places), part in pairs.groupby(["equal", "source_kept", "source"]):
        source, other = (reading.sources[place] for place in places)
        row, column = map(int, part[["row_kept", "column_kept"]].iloc[0])
        same = places[0] == places[1]
        if equal:
            message = "equal_in_table" if same else "equal_elsewhere"
            fields = {"figures": len(part)} | ({} if same else {"place": other.shown})
            reading.remark(Remark("duplicate", message, fields, row, column), source)
            continue
        cells = "; ".join(
            f"{_cell(pair, '_kept')}, there {_cell(pair)}"
            for pair in part.head(SHOWN).to_dict("records")
        )
        more = "; ..." if len(part) > SHOWN else ""
        there = "in the same table" if same else f"in {other.shown}"
        figures = "1 figure differs" if len(part) == 1 else f"{len(part)} figures differ"
        reading.problems.add(
            f"{source.shown} › {xl_rowcol_to_cell(row, column)}: {figures} from those for the "
            f"same region, year and indicator {there}: {cells}{more}; keep the right ones"
        )
    return frame.drop(index=double.index[further])


def _in_words(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Return the columns of observations.csv from the figures of tables."""
    terms, codes = reading.terms, reading.terms.regions.codes
    vocabularies: dict[str, tuple[str, Iterable[str]]] = {
        "region": ("region", codes),
        "name": ("region", [terms.regions.english[code] for code in codes]),
        "indicator": ("indicator", terms.units),
        "unit": ("unit", terms.unit_names),
        "flag": ("flag", READ_FLAGS),
    }
    for number, name in enumerate(TableSource._fields):
        vocabularies[name] = "source", [source[number] for source in reading.sources]
    columns = {
        name: np.array([*words], dtype=object)[frame[of]]
        for name, (of, words) in vocabularies.items()
    }
    letters = [xl_col_to_name(column) for column in range(frame["column"].max() + 1)]
    places = zip(frame["column"].tolist(), frame["row"].tolist(), strict=True)
    cells = [f"{letters[column]}{row + 1}" for column, row in places]
    return frame.assign(**columns, cell=cells)


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

    reading, met = Reading(known), set[str]()
    for path in sorted(map(Path, files)):
        vintage, *below = path.relative_to(raw).parts
        before, name = len(reading.tables), "/".join(below)
        met.add(name)
        try:
            for sheet in () if name in known.aside else read_sheets(path, path.as_posix()):
                met.add(place := f"{name} › {sheet.name}")
                if place not in known.aside:
                    plain = plain_numbers(sheet, known.decimal_mark)
                    reading.read_sheet(plain, TableSource(vintage, sheet.file, sheet.name))
                    read = len(reading.tables) - before
                    check_count(read, MOST_TABLES, "tables", path.as_posix())
        except StudyError as problem:
            reading.problems.extend(problem.messages)
    for place in sorted(known.aside - met):
        reading.problems.add(
            f"aside: there is no '{short(place)}' in a vintage folder of {raw}; correct it"
        )
    frame, ids = reading.figures(), list(known.units)
    if known.times:
        frame, of_parts = nearest_samples(frame, known.times)
    else:
        places = [source.shown for source in reading.sources]
        frame, of_parts = whole_years(frame, known.frequencies, places, reading.problems)
    for indicator, source, remark in of_parts:
        reading.remark(remark, reading.sources[source], ids[indicator])
    read_of = {ids[place] for place in frame["indicator"].unique()}
    reading.check_indicators(read_of, Path(raw).as_posix())
    reading.problems.check()
    observations = as_table("observations", _in_words(frame, reading))
    return observations, _of_figures(reading.remarks, observations)
