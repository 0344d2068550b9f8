"""Files as publishers and papers lay them out, of invented figures, read without a hand edit.

Each case is a file of a few regions and years, the study that reads it, and the figures that must
come back: their values in the unit of the study, and their cells.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from coevo.errors import StudyError
from coevo.observations import observe

CHINA = pd.DataFrame(
    [
        ("330100", "Hangzhou", "杭州", "杭州市"),
        ("330200", "Ningbo", "宁波", "宁波市"),
        ("330300", "Wenzhou", "温州", "温州市"),
    ],
    columns=["region", "name_en", "name_zh", "long_zh"],
)
PROVINCES = pd.DataFrame(
    [
        ("310000", "Shanghai", "上海", "上海市"),
        ("320000", "Jiangsu", "江苏", "江苏省"),
        ("330000", "Zhejiang", "浙江", "浙江省"),
    ],
    columns=["region", "name_en", "name_zh", "long_zh"],
)
COUNTRIES = pd.DataFrame(
    [("AUT", "Austria"), ("CZE", "Czechia"), ("EGY", "Egypt")], columns=["region", "name_en"]
)
NUTS = pd.DataFrame(
    [("AT11", "Burgenland"), ("AT12", "Niederösterreich"), ("AT13", "Wien")],
    columns=["region", "name_en"],
)
STATES = pd.DataFrame(
    [("06000", "California"), ("32000", "Nevada"), ("41000", "Oregon")],
    columns=["region", "name_en"],
)


@dataclass(frozen=True)
class Case:
    """Files by name (text, bytes, or sheets of rows), what the study says, and what it must read.

    expected: indicator -> region -> values of the years; cells: of the first region of the first
    indicator.
    """

    files: dict
    regions: pd.DataFrame
    indicators: list  # indicator, unit, source_name, frequency
    expected: dict
    cells: list
    years: tuple = (2017, 2018, 2019)
    read_as: dict = field(default_factory=dict)


GDP = ("gdp", "100 million yuan", "地区生产总值", "")
PEOPLE = ("people", "10 thousand persons", "年末常住人口", "")
VALUES = {"330100": [1.5, 2.5, 3.5], "330200": [10, 20, 30], "330300": [0.1, 0.2, 0.3]}
COUNTS = {"330100": [900, 910, 920], "330200": [800, 810, 820], "330300": [700, 710, 720]}
PROVINCIAL = dict(zip(PROVINCES["region"], VALUES.values(), strict=True))
INTERNATIONAL = dict(zip(COUNTRIES["region"], VALUES.values(), strict=True))
EUROPEAN = dict(zip(NUTS["region"], VALUES.values(), strict=True))
AMERICAN = dict(zip(STATES["region"], VALUES.values(), strict=True))
YEARS = (2017, 2018, 2019)


def rows(of, *sides):
    """Yield (region number, year, its figures) in the order of regions, then years."""
    for place, code in enumerate(of[0]):
        for number, year in enumerate(YEARS):
            yield place, code, year, *(values[code][number] for values in of)


def csv(*lines) -> str:
    return "\n".join(",".join(str(cell) for cell in line) for line in lines) + "\n"


CITY = ("杭州市", "宁波市", "温州市")
ENGLISH = ("Hangzhou", "Ningbo", "Wenzhou")
BOTH = {"gdp": VALUES, "people": COUNTS}


def written(files: dict, folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
            continue
        book = Workbook()
        book.remove(book.active)
        for title, lines in content.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(list(line))
        book.save(folder / name)
    return sorted(str(path) for path in folder.iterdir())


def observed(case: Case, folder: Path):
    table = pd.DataFrame(case.indicators, columns=["indicator", "unit", "source_name", "frequency"])
    files = written(case.files, folder / "2026-10")
    return observe(files, str(folder), table.assign(derivation=""), case.regions, case.read_as, {})


def assert_reads(case: Case, folder: Path) -> None:
    """Assert that the files give the figures of a case, each from its cell, and nothing odd."""
    found, remarks = observed(case, folder)
    figures = found.set_index(["indicator", "region", "year"])["value"].to_dict()
    expected = {
        (indicator, region, year): value
        for indicator, regions in case.expected.items()
        for region, values in regions.items()
        for year, value in zip(case.years, values, strict=True)
    }
    assert figures == pytest.approx(expected, rel=1e-12)
    first = next(iter(case.expected))
    own = found[(found["indicator"] == first)].sort_values(["region", "year"])
    region = next(iter(case.expected[first]))
    assert own.loc[own["region"] == region, "cell"].tolist() == case.cells
    assert set(remarks["check"]) <= {"note", "set_aside", "noted", "from_name", "parts"}


def said(case: Case, folder: Path) -> tuple[str, ...]:
    with pytest.raises(StudyError) as problem:
        observed(case, folder)
    return tuple(problem.value.messages)


def changed(case: Case, old: str, new: str, **study) -> Case:
    """Return a case whose one file reads otherwise."""
    ((file, text),) = case.files.items()
    assert old in text
    return replace(case, files={file: text.replace(old, new)}, **study)


def with_tables(study, **parts):
    """A `StudyData` with other tables by name, or another config or indicator table."""
    fields = {name: parts.pop(name) for name in ("config", "indicators") if name in parts}
    return replace(study, **fields, tables={**study.tables, **parts})
