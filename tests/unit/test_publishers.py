"""Every case of tests/publishers: its files are read as they are, or refused in these words."""

import re
from itertools import zip_longest
from pathlib import Path

import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.panel.audit import audit_table
from tests.unit.cases import CASES, PLACE, Case, table
from tests.unit.readers_agree import assert_readers_agree

KEY = ["indicator", "region", "year"]
QUIET = {"note", "set_aside", "noted", "from_name", "parts"}  # checks of remarks on nothing odd


def is_line(said: str, expected: str) -> bool:
    """Whether a line is the expected one, in which […] stands for anything."""
    return bool(re.fullmatch(".*".join(map(re.escape, expected.split("[…]"))), said))


@pytest.mark.parametrize("name", CASES)
def test_files_are_read_as_they_are(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case, raw = Case(name), Path("raw")
    files = case.write(raw)
    if case.is_refused:
        with pytest.raises(StudyError) as problem:
            case.observe(files, raw)
        expected = (case.folder / "problems.txt").read_text(encoding="utf-8").splitlines()
        lines = zip_longest(problem.value.messages, expected, fillvalue="")
        assert [e if is_line(said, e) else said for said, e in lines] == expected
        return
    found, remarks = case.observe(files, raw)
    expected = case.observations
    order = [column for column in (*KEY, "vintage") if column in expected]
    columns = [column for column in found if column in expected]
    pd.testing.assert_frame_equal(
        found.assign(file=[Path(file).name for file in found["file"]])[columns].sort_values(
            order, ignore_index=True
        ),
        expected[columns].sort_values(order, ignore_index=True),
        check_dtype=False,
        rtol=1e-12,
        atol=0,
    )
    if (case.folder / "remarks.csv").is_file():
        audit = audit_table(found, remarks, case.indicators)
        wanted = table(case.folder / "remarks.csv")
        audit = audit.loc[audit["check"] != "jump", [*wanted]].astype(object)
        assert audit.fillna("").map(str).to_numpy().tolist() == wanted.to_numpy().tolist()
    else:
        assert set(remarks["check"]) <= QUIET
    for file in files:
        if file.endswith(".xlsx"):
            assert_readers_agree(Path(file))


def test_every_folder_is_a_case_that_is_read_or_refused():
    folders = {path.relative_to(PLACE).as_posix() for path in PLACE.glob("*/*") if path.is_dir()}
    assert len(CASES) == len({*CASES}) and {*CASES} == folders
