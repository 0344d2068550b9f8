"""Studies of people who have a file and no patience: from the raw file to the report, no hand edit.

Every study is begun with `make new study=... from=...`; of what it wrote, only what it marks as a
person's is changed. The figures are made up.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
CITIES = (
    "北京 天津 石家庄 太原 呼和浩特 沈阳 大连 长春 哈尔滨 上海 南京 杭州 宁波 合肥 福州 厦门 南昌 "
    "济南 青岛 郑州 武汉 "
    "长沙 广州 深圳 南宁 海口 重庆 成都 贵阳 昆明 西安 兰州 西宁 银川 乌鲁木齐"
).split()


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The workflow with the sets of regions and no study."""
    folder = tmp_path_factory.mktemp("own") / "研究 one"
    ignore = shutil.ignore_patterns("__pycache__")
    for part in ("coevo", "workflow", "profiles", "config/regions"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    (folder / "config" / "indicators").mkdir()
    for part in ("Snakefile", "environment.yml", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / part, folder / part)
    shutil.copy(ROOT / "config" / "config.yaml", folder / "config")
    shutil.copy(ROOT / "config" / "indicators" / "provinces.csv", folder / "config" / "indicators")
    return folder


def call(folder: Path, script: str, *words: str) -> str:
    """Run a command of the Makefile and return what it printed; it must end well."""
    done = subprocess.run(
        [sys.executable, f"workflow/{script}.py", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
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
    said = call(folder, "new", f"study={study}", f"from={source}", "vintage=2026-11")
    path = folder / "config" / f"{study}.yaml"
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
    call(folder, "check", f"config/{study}.yaml")
    target = f"reports/{study}/report.{language}.html"
    call(folder, "once", f"config/{study}.yaml", "--cores", "2", target)
    return (folder / target).read_text(encoding="utf-8")


def test_cities_with_a_sheet_a_year(project):
    """35 cities, 2016-2022, a sheet for each year, in a folder with a space."""
    names = [
        "地区生产总值(亿元)",
        "常住人口(万人)",
        "电商销售额(亿元)",
        "快递业务量(万件)",
        "R&D经费(亿元)",
        "专利授权量(件)",
    ]
    values, book = paths(len(CITIES), 7, len(names)), Workbook()
    book.remove(book.active)
    for k, year in enumerate(range(2016, 2023)):
        sheet = book.create_sheet(f"{year}年")
        for row in ([f"主要城市统计（{year}年）"], ["城市", *names]):
            sheet.append(row)
        for city, figures in zip(CITIES, values[:, k], strict=True):
            sheet.append([city, *figures.tolist()])
    (project / "我的 下载").mkdir()
    book.save(project / "我的 下载" / "城市 数据.xlsx")
    said = begin(project, "big-cities", "我的 下载")
    assert "Regions: 35, known in config/regions/cities.csv" in said
    assert "Years: 2016 to 2022" in said and "Tables read: 7" in said
    page = report(project, "big-cities", "zh")
    assert "乌鲁木齐" in page and "group_dots" in page and "fig-tiles" not in page


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
    assert "Regions: 2, written in config/regions/shores.csv" in said
    page = report(project, "shores")
    assert "North Shore" in page


def test_many_cities(project):
    """280 cities, 18 years, 10 indicators in one panel of the encoding of old spreadsheets."""
    cities = pd.read_csv(project / "config/regions/cities.csv", dtype=str)["name_zh"].tolist()[:280]
    values = paths(len(cities), 18, 10)
    names = [f"指标{n}(亿元)" for n in "甲乙丙丁戊己庚辛壬癸"]
    index = pd.MultiIndex.from_product([cities, range(2003, 2021)], names=["城市", "年份"])
    frame = pd.DataFrame(values.reshape(-1, 10), index=index, columns=names)
    frame.to_csv(project / "panel.csv", encoding="gb18030")
    said = begin(project, "all-cities", "panel.csv")
    assert "Regions: 280, known in config/regions/cities.csv" in said
    page = report(project, "all-cities", "zh")
    assert "北京" in page and len(page.encode()) < 8e6
    coupling = pd.read_csv(project / "data/processed/all-cities/coupling.csv")
    assert len(coupling) == 5040 and coupling["D"].between(0, 1).all()


COUNTRIES = {
    "Austria": "AUT", "Czechia": "CZE", "Egypt, Arab Rep.": "EGY", "Korea, Rep.": "KOR",
    "China": "CHN", "United States": "USA", "Viet Nam": "VNM", "Turkiye": "TUR", "Germany": "DEU",
    "France": "FRA", "Brazil": "BRA", "India": "IND",
}  # fmt: skip
SERIES = {
    "NY.GDP.MKTP.CD": "GDP (current US$)",
    "SP.POP.TOTL": "Population, total",
    "IT.NET.BBND.P2": "Fixed broadband subscriptions (per 100 people)",
    "IT.NET.SECR": "Secure Internet servers",
    "NV.IND.MANF.CD": "Manufacturing, value added (current US$)",
    "TX.VAL.TECH.CD": "High-technology exports (current US$)",
}


def test_countries_from_files_of_the_world_bank(project):
    """Twelve countries among groups of countries and one without a figure, a file a series."""
    folder, years = project / "world bank", range(2010, 2022)
    folder.mkdir()
    values = paths(len(COUNTRIES) + 2, len(years), len(SERIES), seed=3)
    places = [*COUNTRIES.items(), ("World", "WLD"), ("Euro area", "EMU")]
    for s, (code, name) in enumerate(SERIES.items()):
        head = ["Country Name", "Country Code", "Indicator Name", "Indicator Code", *years]
        rows = [["Data Source", "World Development Indicators"], [], head]
        rows += [[n, c, name, code, *values[k, :, s]] for k, (n, c) in enumerate(places)]
        rows.append(["Korea, Dem. People's Rep.", "PRK", name, code, *[""] * len(years)])
        text = "\n".join(",".join(f'"{cell}"' for cell in row) + "," for row in rows)
        path = folder / f"API_{code}_DS2_en_csv_v2.csv"
        path.write_text(text + "\n", encoding="utf-8-sig")
    said = begin(project, "world", "world bank")
    assert "Regions: 12, known in config/regions/countries.csv" in said
    assert "2 names are no regions of config/regions/countries.csv and set aside: World" in said
    page = report(project, "world")
    assert "South Korea" in page and "Arab Rep" not in page and "North Korea" not in page


def test_european_regions_from_tsv(project):
    """Nine regions of NUTS 2 in files of Eurostat, with flags and two units in one file."""
    folder, years = project / "eurostat", range(2012, 2022)
    folder.mkdir()
    codes = [f"AT{n}" for n in (11, 12, 13, 21, 22, 31, 32, 33, 34)]
    files = {"nama_10r_2gdp": ("MIO_EUR", "EUR_HAB"), "rd_e_gerdreg": ("MIO_EUR",)}
    files["isoc_r_iacc_h"] = ("PC_HH",)
    for f, (name, units) in enumerate(files.items()):
        lines = ["freq,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{year} " for year in years)]
        values = paths(len(codes), len(years), len(units), seed=f)
        for u, unit in enumerate(units):
            for k, code in enumerate(codes):
                cells = (f"{v / 20} {'b' if t == 4 else ''}" for t, v in enumerate(values[k, :, u]))
                lines.append(f"A,{unit},{code}\t" + "\t".join(cells))
        (folder / f"estat_{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = begin(project, "nuts", "eurostat")
    assert "Regions: 9, written in config/regions/nuts.csv" in said
    page = report(project, "nuts")
    assert "AT34" in page
