"""Studies of people who have files and no patience: from the raw file to the report, no hand edit.

Every study is begun with `coevo new ... --from ...`; of what it wrote, only what it marks as a
person's is changed. Figures are made up, or those of cases of tests/publishers, in many layouts:
then every observation must be what its cell holds.
"""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.projects import ROOT, called
from tests.unit.cases import CASES, Case

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A folder that knows nothing of the program."""
    folder = tmp_path_factory.mktemp("own") / "研究 one"
    folder.mkdir()
    return folder


def call(folder: Path, command: str, *words: str) -> str:
    """Give a command, which must end well; return what it printed."""
    done = called(folder, command, *words, program=ROOT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def paths(regions: int, years: int, indicators: int, seed: int = 1) -> np.ndarray:
    """Return made-up figures (regions, years, indicators): growth with shocks, to two decimals."""
    rng = np.random.default_rng(seed)
    growth = rng.normal(0.06, 0.06, (regions, years, indicators)).cumsum(axis=1)
    return np.round(rng.uniform(50, 900, (regions, 1, indicators)) * np.exp(growth), 2)


def begin(folder: Path, study: str, source: str, **config: str) -> str:
    """Begin a study from files and decide what it asks for; return what was printed.

    config: further keys, as their line of the config; the draws are few and the report is a page.
    """
    said = call(folder, "new", study, "--from", source, "--vintage", "2026-11")
    path = folder / study / "config" / "config.yaml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"CHANGE[:：]? ?(first|second)?", r"\1 ", text.replace("# CHANGE", "#"))
    text = text.replace("formats: [html, pdf, docx]", "formats: [html]")
    text = text.replace("draws: 2000", "draws: 100")
    for key, value in config.items():
        text = re.sub(rf"^{key}: .*(\n  .*)*", f"{key}: {value}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    return said


def report(folder: Path, study: str, language: str = "en") -> str:
    """Build a study's report and return its page."""
    call(folder, "check", "--study", study)
    target = f"reports/{study}/report.{language}.html"
    call(folder, "build", "--study", study, "--cores", "2", "--", target)
    return (folder / study / target).read_text(encoding="utf-8")


def test_two_regions_and_one_indicator_each(project):
    """Two regions that no set knows, two indicators: no weights that vary, no correlation."""
    values = paths(2, 10, 2)
    rows = [
        [region, year, *values[k, t]]
        for k, region in enumerate(("North Shore", "South Shore"))
        for t, year in enumerate(range(2012, 2022))
    ]
    head = ["region", "year", "online sales (million yuan)", "workshops (count)"]
    pd.DataFrame(rows, columns=head).to_csv(project / "shores.csv", index=False)
    said = begin(project, "shores", "shores.csv")
    assert "Regions: 2, written in config/regions.csv" in said
    page = report(project, "shores")
    assert "North Shore" in page


def test_many_cities(project):
    """280 cities, 18 years, 10 indicators in one panel of the encoding of old spreadsheets."""
    cities = pd.read_csv(ROOT / "config/regions/cities.csv", dtype=str)["name_zh"].tolist()[:280]
    values = paths(len(cities), 18, 10)
    names = [f"指标{n}(亿元)" for n in "甲乙丙丁戊己庚辛壬癸"]
    index = pd.MultiIndex.from_product([cities, range(2003, 2021)], names=["城市", "年份"])
    frame = pd.DataFrame(values.reshape(-1, 10), index=index, columns=names)
    frame.to_csv(project / "panel.csv", encoding="gb18030")
    said = begin(project, "all-cities", "panel.csv")
    assert "Regions: 280, known as cities" in said
    page = report(project, "all-cities", "zh")
    assert "北京" in page and len(page.encode()) < 8e6
    coupling = pd.read_csv(project / "all-cities/data/processed/all-cities/coupling.csv")
    assert len(coupling) == 5040 and coupling["D"].between(0, 1).all()


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
    file of an index.
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
    table = pd.read_csv(project / study / "config" / "indicators.csv", keep_default_na=False)
    of_index = table.loc[table["subsystem"] != "", "indicator"]
    files = set(expected.loc[expected["indicator"].isin(of_index), "file"])
    assert len(files) > 4
    assert all(f"2026-11/{name}" in page for name in files)
    degrees = pd.read_csv(tables / "coupling.csv", dtype={"region": str})
    assert len(degrees) == len(expected[["region", "year"]].drop_duplicates())
    assert degrees["D"].between(0, 1).all()


def test_files_of_thirteen_layouts_of_china(project):
    """Four subsystems over nine provinces; the figures are those of the study `provinces`, each
    indicator in another layout of an office or a paper of China.
    """
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
    """Six are real files made small: their heads, names, marks and figures are those of publishers,
    of seven countries and six years; the source stands in the config of each case, and where a copy
    of the file had something else.
    """
    expected = gathered("eight-of-the-world", project / "the world")
    assert expected["indicator"].nunique() == 8
    said = begin(project, "world", "the world")
    assert "Regions: 7, known as countries" in said
    aside = "names are no regions of config/regions.csv and set aside: "
    assert aside + "Upper middle income" in said
    page = report(project, "world")
    assert "South Korea" in page and "North Korea" not in page
    assert_as_written(project, "world", page, expected)
