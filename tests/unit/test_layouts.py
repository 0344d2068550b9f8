"""Layouts: the same figures, written in each of them and each kind of file, read back the same."""

import csv
import itertools
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlwt
from openpyxl.utils import range_boundaries

from coevo.errors import StudyError
from coevo.files import read_table
from coevo.observations.blocks import table_blocks
from coevo.observations.cells import cell_figure, is_number, known_marks
from coevo.observations.layouts import axes_of, read_layout
from coevo.observations.names import Regions, find_indicator
from coevo.observations.opening import read_sheets
from coevo.observations.sheets import Sheet
from coevo.observations.tables import FigureTable
from coevo.observations.units import is_unit
from tests.unit.cases import CASES, Case, sections, sheets_of
from tests.unit.readers_agree import assert_readers_agree

REGIONS = read_table("config/regions/provinces.csv", "regions")
SECTIONS = sections("layouts")
LAYOUTS = [name for name in CASES if name.startswith("layouts/")]


def write_texts(sheets: dict[str, dict], folder: Path, encoding: str) -> None:
    for title, parts in sheets.items():
        with (folder / f"{title}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(parts["rows"])


def write_xls(sheets: dict[str, dict], folder: Path) -> None:
    book = xlwt.Workbook()
    for title, parts in sheets.items():
        sheet = book.add_sheet(title)
        for row, line in enumerate(parts["rows"]):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(row, column, value)
        for span in parts.get("merged", ()):
            left, top, right, bottom = range_boundaries(span)
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
    book.save(str(folder / "book.xls"))


FORMATS = {  # beside the workbook, as which tests/unit/test_publishers.py reads them
    "gb18030": partial(write_texts, encoding="gb18030"),
    "utf-8": partial(write_texts, encoding="utf-8-sig"),
    "xls": write_xls,
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_figures_are_the_same_in_every_kind_of_file(layout, form, tmp_path):
    case, folder = Case(layout), tmp_path / "2026-10"
    folder.mkdir()
    FORMATS[form](sheets_of(case.folder / "book.xlsx.yaml"), folder)
    files = sorted(path.as_posix() for path in folder.iterdir())
    found, remarks = case.observe(files, tmp_path)
    sheets = [s if s else Path(f).stem for f, s in zip(found["file"], found["sheet"], strict=True)]
    expected = case.observations
    columns = ["indicator", "region", "year", "value", "sheet", "cell", "flag"]
    pd.testing.assert_frame_equal(
        found.assign(sheet=sheets)[columns].sort_values(columns[:3], ignore_index=True),
        expected[columns].sort_values(columns[:3], ignore_index=True),
        check_dtype=False,
        check_exact=True,
    )
    assert set(remarks["check"]) <= {"note", "set_aside"}
    if form == "xls":
        assert_readers_agree(folder / "book.xls")


def sheet(*rows, merged=()) -> Sheet:
    values = np.array([*zip(*itertools.zip_longest(*rows), strict=True)], dtype=object)
    return Sheet("f", "s", values, merged=tuple(merged))


def said(table: FigureTable) -> dict:
    """Return what a table says, as tests/unit/tables/layouts.yaml has it."""
    labels = {name: [word.text for word in words.flat] for name, words in table.labels.items()}
    plain = {"rows": [*table.rows], "columns": [*table.columns], "problems": [*table.problems]}
    return {**plain, **labels, "remarks": [[*remark] for remark in table.remarks]}


@pytest.mark.parametrize("case", SECTIONS["sheets"], ids=lambda case: case["what"])
def test_a_sheet_is_read_as_tables(case):
    found = read_layout(sheet(*case["rows"], merged=map(tuple, case.get("merged", ()))))
    for table, keys in zip(found.tables, case.get("tables", ()), strict=True):
        expected = {"problems": [], "remarks": []} | keys
        assert {key: said(table)[key] for key in expected} == expected
    assert [*found.problems] == case.get("problems", [])
    assert [[*remark] for remark in found.remarks] == case.get("remarks", [])


def test_every_way_to_lay_a_table_out_has_a_case(tmp_path):
    found = []
    for name in LAYOUTS:
        (book,) = Case(name).write(tmp_path)
        found.append(axes_of(table_blocks(read_sheets(Path(book), "a")[0])[0]))
    # of regions, years, indicators; regions and indicators never stand in one head
    ways = itertools.product(("row", "column", None), repeat=3)
    crossed = {way for way in ways if {"row", "column"} <= {*way}} - {("column", "row", "column")}
    assert {*found} == crossed | {("row", "row", "row")} and len(found) == 12


@pytest.mark.parametrize(("before", "piece", "behind"), SECTIONS["long"])
def test_a_long_text_is_read_once_and_not_again_from_each_of_its_characters(before, piece, behind):
    text = f"{before}{piece * 50_000}{behind}"
    rows = [["指标：甲", None], ["单位：亿元", None], ["地区", "2015年"], ["北京", 1.0], ["注", 2]]
    for row, column in itertools.product(range(5), range(2)):
        changed = [[*line] for line in rows]
        changed[row][column] = text
        found = read_layout(sheet(*changed))
        assert len(found.tables) + len(found.problems) + len(found.remarks) > 0
    assert find_indicator(text, {}) is None and not is_number(text) and not is_unit(text)
    with pytest.raises(StudyError):
        Regions(REGIONS).find(text)
    with pytest.raises(StudyError):
        cell_figure(text, known_marks({}))
