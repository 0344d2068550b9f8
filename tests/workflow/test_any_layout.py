"""From files in many layouts to the report: two studies, no file edited by hand.

The files are cases of tests/publishers. Those of the first are written from the figures of the
study `provinces`, each indicator in another layout of an office or a paper of China. Six of the
second are real files made small: their heads, names, marks and figures are those of the publishers,
of seven countries and six years; the source stands in the config of each case, and where a copy of
the file had something else. Every observation must be what its cell holds.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.cases import CASES, Case
from tests.workflow.test_own_studies import begin, project, report

__all__ = ["project"]
pytestmark = pytest.mark.whole


def gathered(group: str, folder: Path) -> pd.DataFrame:
    """Write the files of a group of cases into one folder; return the figures to be read."""
    folder.mkdir()
    cases = [Case(name) for name in CASES if name.startswith(f"{group}/")]
    for case in cases:
        for file in case.write(folder.parent / group):
            assert not (folder / Path(file).name).exists()
            shutil.move(file, folder)
    expected = pd.concat([case.observations for case in cases])
    return expected[expected["value"].notna()]


def assert_as_written(project: Path, study: str, page: str, expected: pd.DataFrame) -> None:
    """Assert that the built study has these figures, each of its cell, and that the page names each
    file.
    """
    tables = project / study / "data" / "processed" / study
    found = pd.read_csv(tables / "observations.csv", dtype={"region": str}, keep_default_na=False)
    found = found[found["indicator"].isin(expected["indicator"]) & (found["value"] != "")]
    found = found.assign(
        value=found["value"].astype(float), file=[Path(file).name for file in found["file"]]
    )
    key = ["indicator", "region", "year"]
    columns = [*key, "value", "file", "sheet", "cell"]
    pd.testing.assert_frame_equal(
        found.sort_values(key, ignore_index=True)[columns],
        expected.sort_values(key, ignore_index=True)[columns],
        check_dtype=False,
        rtol=1e-12,
    )
    files = set(expected["file"])
    assert all(f"data/raw/2026-11/{name}" in page for name in files)
    degrees = pd.read_csv(tables / "coupling.csv", dtype={"region": str})
    assert len(degrees) == len(expected[["region", "year"]].drop_duplicates())
    assert degrees["D"].between(0, 1).all()


def test_files_of_thirteen_layouts_of_china(project):
    """Four subsystems over nine provinces, each indicator in another layout."""
    expected = gathered("thirteen-of-china", project / "十三种")
    assert expected["indicator"].nunique() == 13
    systems = "{a: {zh: 甲}, b: {zh: 乙}, c: {zh: 丙}, d: {zh: 丁}}"
    said = begin(project, "layouts", "十三种", subsystems=systems)
    assert "Regions: 9, known as provinces" in said
    path = project / "layouts" / "config" / "indicators.csv"
    proposed = pd.read_csv(path, dtype=str, keep_default_na=False)
    proposed["subsystem"] = ["abcd"[k % 4] for k in range(len(proposed))]
    proposed["direction"] = "+"
    proposed.to_csv(path, index=False)
    assert_as_written(project, "layouts", report(project, "layouts", "zh"), expected)


def test_files_of_eight_publishers_of_the_world(project):
    expected = gathered("eight-of-the-world", project / "the world")
    assert expected["indicator"].nunique() == 8
    said = begin(project, "world", "the world")
    assert "Regions: 7, known as countries" in said
    aside = "names are no regions of config/regions.csv and set aside: "
    assert aside + "Upper middle income" in said
    page = report(project, "world")
    assert "South Korea" in page and "North Korea" not in page
    assert_as_written(project, "world", page, expected)
