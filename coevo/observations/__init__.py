"""From raw files to observations: every figure with its unit, vintage, file, sheet and cell."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coevo.errors import Problems, StudyError
from coevo.observations.audit import audit
from coevo.observations.cells import figure
from coevo.observations.layouts import LAYOUTS, Reading, Words, read_layout
from coevo.observations.sheets import Sheet, address, read_sheets
from coevo.units import NAMES, UNITS, Unit, conversion, find_unit
from coevo.vintages import revisions

COLUMNS = ["region", "name", "year", "indicator", "value", "unit", "vintage", "file", "sheet"]
COLUMNS += ["cell", "flag"]


@dataclass(frozen=True)
class Reader:
    """What a study knows before it reads: names of regions and indicators, units, marks."""

    regions: Mapping[str, str]  # any name of a region -> its code
    indicators: Mapping[str, str]  # name in the files -> indicator
    units: Mapping[str, str]  # indicator -> its unit
    units_read_as: Mapping[str, str]  # a unit as printed -> the unit it is read as
    marks: Mapping[str, str]  # a study's own marks for missing


def region_names(regions: pd.DataFrame) -> dict[str, str]:
    """Map code, short, long and English name of every region to its code."""
    columns = ["region", "name_zh", "long_zh", "name_en"]
    return {row[c]: row["region"] for row in regions.to_dict("records") for c in columns}


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Put the place before every line of a `StudyError` that is raised inside."""
    try:
        yield
    except StudyError as problem:
        raise StudyError(*(f"{place}: {message}" for message in problem.messages)) from None


def _region(sheet: Sheet, words: Words, known: Reader) -> str:
    """Return the code of a region that a cell names."""
    with _at(sheet.where(words.row, words.column)):
        if words.text not in known.regions:
            raise StudyError(
                f'"{words.text}" is not a region of config/regions.csv; write its full or short '
                "name, or its six-digit code"
            )
    return known.regions[words.text]


def _unit(sheet: Sheet, reading: Reading, wanted: Unit, known: Reader) -> tuple[str, float, bool]:
    """Return a unit as printed, the factor into the wanted unit, whether it is read as another."""
    text = reading.unit.text
    if not text:
        raise StudyError(
            f"{sheet.where()}: states no unit; add a line 单位：… above the head, or a column 单位"
        )
    with _at(sheet.where(reading.unit.row, reading.unit.column)):
        read_as = known.units_read_as.get(text)
        printed = find_unit(text) if read_as is None or text in NAMES else find_unit(read_as)
        # a percentage is stored as a ratio, whatever it shows
        stored = UNITS["ratio"] if reading.cell.percent else printed
        factor = conversion(find_unit(read_as) if read_as else stored, wanted)
    return printed.name if read_as else wanted.name, factor, read_as is not None


def _observation(sheet: Sheet, reading: Reading, vintage: str, known: Reader) -> dict:
    """Return one row of observations; `StudyError` with place and reason for what is not clear."""
    indicator = known.indicators[reading.indicator.text]
    region = _region(sheet, reading.region, known)
    wanted = UNITS[known.units[indicator]]
    unit, factor, read_as = _unit(sheet, reading, wanted, known)
    with _at(sheet.where(reading.row, reading.column)):
        seen = figure(reading.cell, known.marks)
    return {
        "region": region,
        "year": reading.year,
        "indicator": indicator,
        "value": seen.value if factor == 1 else seen.value * factor,
        "unit": unit,
        "vintage": vintage,
        "file": sheet.file,
        "sheet": sheet.name,
        "cell": address(reading.row, reading.column),
        "flag": seen.flag or ("unit_read_as" if read_as else ""),
        "half_unit": 0.5 * 10.0**-seen.decimals * factor,
    }


def _read_sheet(
    sheet: Sheet, vintage: str, known: Reader, seen: set[str], problems: Problems
) -> list[dict]:
    """Return the observations of a sheet; add the names it holds to `seen`."""
    if not any(cell.text for row in sheet.rows for cell in row):
        return []
    try:
        readings = read_layout(sheet)
    except StudyError as problem:
        problems.extend(problem.messages)
        return []
    if readings is None:
        problems.add(
            f"{sheet.where()}: is laid out in no known way ({'; '.join(LAYOUTS)}); the head needs "
            "地区 or 指标 in its first cell and years such as 2015年 beside it"
        )
        return []
    if any(not reading.indicator.text for reading in readings):
        problems.add(f"{sheet.where()}: no line 指标：… above the head names the indicator; add it")
    seen |= {reading.indicator.text for reading in readings}
    rows = []
    for reading in readings:
        if reading.indicator.text in known.indicators:  # a folder may serve several studies
            try:
                rows.append(_observation(sheet, reading, vintage, known))
            except StudyError as problem:
                problems.extend(problem.messages)
    return rows


def _merge_duplicates(frame: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    """Drop repeated equal figures of a vintage; two different ones are a problem."""
    key = ["vintage", "region", "indicator", "year"]
    for _, same in frame[frame.duplicated(key, keep=False)].groupby(key):
        if same["value"].nunique(dropna=False) > 1:
            places = [
                " › ".join(p for p in (r["file"], r["sheet"], r["cell"]) if p) + f" = {r['value']}"
                for r in same.to_dict("records")
            ]
            problems.add(
                f"{places[0]}: another figure for the same region, year and indicator stands in "
                f"{'; '.join(places[1:])}; keep the right one"
            )
    return frame.drop_duplicates(key)


def _check_sources(
    frame: pd.DataFrame, seen: set[str], known: Reader, folder: str, problems: Problems
) -> None:
    """Name every indicator that no file gives; but not where a file could not be read."""
    if problems.messages:
        return
    found = set(frame["indicator"])
    for name, indicator in known.indicators.items():
        if indicator not in found:
            problems.add(
                f"{folder}: no file gives {indicator}: its source_name '{name}' is not there; "
                f"names in the files: {', '.join(sorted(seen)) or 'none'}"
            )


def read_observations(
    files: Iterable[Path], raw: Path, indicators: pd.DataFrame, known: Reader
) -> pd.DataFrame:
    """Read the raw files `<raw>/<vintage>/...` into observations (and the digits they show).

    Returns the columns of observations.csv, without names, and `half_unit`: half a unit of the
    last digit printed, in the indicator's unit. Raises `StudyError` with all problems of all files.
    """
    problems, rows = Problems(), []
    seen: set[str] = set()
    for path in sorted(files):
        vintage = path.relative_to(raw).parts[0]
        try:
            sheets = read_sheets(path, path.as_posix())
        except StudyError as problem:
            problems.extend(problem.messages)
            continue
        for sheet in sheets:
            rows += _read_sheet(sheet, vintage, known, seen, problems)
    columns = [column for column in COLUMNS if column != "name"] + ["half_unit"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = _merge_duplicates(frame, problems)
    _check_sources(frame, seen, known, raw.as_posix(), problems)
    problems.check()
    order = {indicator: place for place, indicator in enumerate(indicators["indicator"])}
    return frame.sort_values(
        ["indicator", "region", "year", "vintage"],
        key=lambda column: column.map(order) if column.name == "indicator" else column,
        ignore_index=True,
    )


def observe(
    files: Iterable[str],
    raw: str,
    indicators: pd.DataFrame,
    regions: pd.DataFrame,
    units_read_as: Mapping[str, str],
    missing_marks: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read and audit the raw files of a study.

    Returns observations, audit and revisions as the tables of these names; figures are in the unit
    of the indicator table, `unit` is as printed where the config reads it as another.
    """
    sources = indicators[indicators["source_name"] != ""]
    known = Reader(
        regions=region_names(regions),
        indicators=dict(zip(sources["source_name"], sources["indicator"], strict=True)),
        units=dict(zip(indicators["indicator"], indicators["unit"], strict=True)),
        units_read_as=units_read_as,
        marks=missing_marks,
    )
    frame = read_observations([Path(file) for file in files], Path(raw), indicators, known)
    names = dict(zip(regions["region"], regions["name_en"], strict=True))
    frame.insert(1, "name", frame["region"].map(names))
    findings = audit(frame, indicators)
    return frame[COLUMNS], findings, revisions(frame)
