"""Studies of people who have a file and no patience: from the raw file to the report, no hand edit.

Every study is begun with `coevo new ... --from ...`; of what it wrote, only what it marks as a
person's is changed. The figures are made up.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.projects import ROOT, called

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
