"""Tables come back as they were written, and a file is whole or not there."""

import os
import pickle
import re

import numpy as np
import pandas as pd
import pytest

from coevo import files
from coevo.errors import StudyError
from coevo.report import tables
from tests.sample import ROOT


def test_codes_flags_digits_and_missing_values_survive(tmp_path):
    frame = pd.DataFrame(
        {
            "region": ["010000", "330000"],
            "year": [2015, 2016],
            "indicator": ["NA", "nan"],
            "value": [0.1 + 0.2, float("nan")],
            "flag": ["", ""],
        }
    )
    frame.insert(1, "name", "nan")
    files.write_table(frame, tmp_path / "deep" / "panel.csv")
    back = files.read_table(tmp_path / "deep" / "panel.csv")
    assert back["region"].tolist() == ["010000", "330000"]
    assert back["indicator"].tolist() == ["NA", "nan"]
    assert back["flag"].tolist() == ["", ""]
    assert back["value"].tolist()[0] == 0.1 + 0.2 and back["value"].isna().tolist()[1]
    assert b"\r" not in (tmp_path / "deep" / "panel.csv").read_bytes()


def test_a_year_may_be_empty(tmp_path):
    (tmp_path / "t.csv").write_text("year,value\n2015,1\n,2\n")
    back = files.read_table(tmp_path / "t.csv", "equilibria")
    assert back["year"].isna().tolist() == [False, True]


def test_a_column_has_the_type_of_its_table(tmp_path):
    (tmp_path / "t.csv").write_text("computed,own\n007,1\n")
    assert files.read_table(tmp_path / "t.csv", "claims").iloc[0].tolist() == ["007", 1]
    assert files.read_table(tmp_path / "t.csv", "audit").iloc[0].tolist() == [7.0, 1]


def test_a_number_that_is_none_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("indicator,low,high\na,0,much\n")
    with pytest.raises(StudyError, match=r"t\.csv: high: .*'much'; every cell must be a number"):
        files.read_table(tmp_path / "t.csv", "goalposts")


def test_a_table_is_written_with_its_columns_alone(tmp_path):
    frame = pd.DataFrame(columns=["region", "name", "year", "indicator", "z", "flag"])
    files.write_table(frame, tmp_path / "normalised.csv")
    for wrong in (frame.assign(more=1), frame.drop(columns="z"), frame[frame.columns[::-1]]):
        with pytest.raises(ValueError, match="normalised: columns"):
            files.write_table(wrong, tmp_path / "normalised.csv")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "t.txt"
    files.write_text("old", target)

    def broken(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        files.write_text("new", target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["t.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077])
def test_who_may_read_a_file_is_as_the_umask_says_or_as_it_was(tmp_path, umask):
    before = os.umask(umask)
    try:
        files.write_text("new", tmp_path / "t.txt")
        files.write_folder({"t.txt": b"new"}, tmp_path / "release")
        (tmp_path / "t.txt").chmod(0o640) if umask == 0o022 else None
        files.write_text("newer", tmp_path / "t.txt")
    finally:
        os.umask(before)
    modes = [(tmp_path / n).stat().st_mode & 0o777 for n in ("t.txt", "release/t.txt", "release")]
    kept = 0o640 if umask == 0o022 else 0o666 & ~umask
    assert modes == [kept, 0o666 & ~umask, 0o777 & ~umask]


def test_a_part_comes_back_as_it_was_and_runs_nothing(tmp_path):
    frame = pd.DataFrame({"a": ["x", None], "b": [0.1 + 0.2, float("nan")], "c": [1, 2]})
    frame["d"] = pd.array([1, None], dtype="Int64")
    wide = pd.DataFrame([[1.0, 2.0]], columns=pd.MultiIndex.from_tuples([("r", "R"), ("s", "S")]))
    array = np.arange(6, dtype="int32").reshape(2, 3)
    made = {("tables", 0): {"one": frame, "none": pd.DataFrame()}, ("drawn", 3): (wide, array, 1)}
    files.write_part(made, tmp_path / "vary.1-of-2.part")
    (back,) = files.read_parts([tmp_path / "vary.1-of-2.part"])
    assert list(back) == list(made)
    pd.testing.assert_frame_equal(back["tables", 0]["one"], frame)
    assert back["tables", 0]["none"].empty
    pd.testing.assert_frame_equal(back["drawn", 3][0], wide)
    np.testing.assert_array_equal(back["drawn", 3][1], array)
    assert back["drawn", 3][1].dtype == "int32"
    (tmp_path / "planted.part").write_bytes(pickle.dumps(Planted(tmp_path / "ran")))
    with pytest.raises(ValueError):
        files.read_parts([tmp_path / "planted.part"])
    assert not (tmp_path / "ran").exists()


class Planted:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (self.path.touch, ())


def test_excel_finds_its_mark(tmp_path):
    files.write_text(tables.for_excel(pd.DataFrame({"name": ["浙江"]})), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert files.read_table(tmp_path / "t.csv", "panel")["name"].tolist() == ["浙江"]


def test_text_that_looks_like_a_formula_stays_text_for_excel():
    frame = pd.DataFrame({"=sheet": ["=1+1", "表1", "＠x", None], "value": [-1.0, 2.0, 0.1, 3.0]})
    exported = tables.for_excel(frame)
    assert exported == "\ufeff'=sheet,value\n'=1+1,-1.0\n表1,2.0\n'＠x,0.1\n,3.0\n"


def test_the_page_and_the_tables_take_the_same_signs_for_a_formula():
    script = (ROOT / "workflow" / "report" / "tables.js").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"^const FORMULA = /(.*)/;$", script, re.MULTILINE)
    signs = [chr(point) for point in (*range(256), *range(0xFF00, 0xFFF0))]
    assert {s for s in signs if re.match(pattern, s)} == set(tables.FORMULA)
