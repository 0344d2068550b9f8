"""Raw files to observations: what a workbook hides, and faults that were planted.

What files hold and what is read of them stands in tests/publishers.
"""

import random
from contextlib import suppress
from datetime import datetime

import pandas as pd
import pytest
import xlsxwriter

from benchmarks.reading_plants import NAMES, PLANTS, found, said_of, sound
from coevo.errors import StudyError
from coevo.observations.sheets import hidden_remarks
from tests.unit.cases import Case
from tests.unit.readers_agree import assert_readers_agree


def test_hazards_of_a_workbook_that_are_read_and_remarked(tmp_path):
    path = tmp_path / "2026-10" / "a.xlsx"
    path.parent.mkdir()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表1")
        lines = [
            ["指标：销售额"],
            ["单位：亿元"],
            [],
            ["地区", "", "2016年"],
            ["浙江省"],
            ["北京", "", 4],
        ]
        for number, row in enumerate(lines):
            sheet.write_row(number, 0, row)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(3, 1, datetime(2015, 12, 31), day)
        sheet.write_formula(4, 1, "=0.5+1", None, 1.5)
        sheet.write_number(4, 2, 2.0, book.add_format({"num_format": "0.000"}))
        sheet.write_string(5, 1, "３，０００.５")
        sheet.set_row(5, None, None, {"hidden": True})
        book.add_worksheet("草稿").hide()
    found, remarks = Case("sales/an-error-of-excel").observe([path.as_posix()], tmp_path)
    assert found["value"].tolist() == [3000.5, 4, 1.5, 2]
    assert found["year"].tolist() == [2015, 2016] * 2
    assert set(remarks["check"]) == {"hidden"}
    assert_readers_agree(path)


def test_hidden_rows_are_told_as_runs_and_no_more_than_twenty_of_them():
    (remark,) = hidden_remarks([*range(0, 50, 2), 1], [26])
    assert remark.fields["rows"][:2] == ["1-3", "5"] and len(remark.fields["rows"]) == 20
    assert (remark.fields["more_rows"], remark.fields["columns"]) == (4, ["AA"])
    assert hidden_remarks([], []) == []


@pytest.mark.parametrize("kind", PLANTS)
def test_a_fault_in_the_form_of_a_file_is_found_where_it_is(kind, tmp_path):
    codes = [*NAMES][:12]
    made = [[round(1234.56 * (n + 2) * 1.07**year, 2) for year in range(5)] for n in range(12)]
    figures = pd.DataFrame(made, codes, range(2015, 2020))
    for seed in range(3):
        rng = random.Random(f"{kind} {seed}")
        with suppress(StudyError):  # a line that stops the build is no silence
            plant = PLANTS[kind](rng, figures, tmp_path / f"a{seed}")
            assert found(plant, said_of(tmp_path / f"a{seed}"))
        sound(rng, figures, tmp_path / f"b{seed}")
        assert said_of(tmp_path / f"b{seed}").empty
