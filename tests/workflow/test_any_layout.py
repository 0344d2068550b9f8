"""From files in many layouts to the report: two studies, no file edited by hand.

The files of the first are written from the figures of the study `provinces`, each indicator in
another layout of an office or a paper of China. Those of the second have the heads of publishers
of the world as these describe them, with figures made up. Every observation must be what its cell
holds.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import coordinate_from_string

from coevo.study.check import check_study
from tests.workflow.test_own_studies import ROOT, begin, paths, project, report

__all__ = ["project"]
pytestmark = pytest.mark.slow
Lines = list[list]
Figures = dict[str, list[float]]  # region as a file calls it -> a figure a year

YEARS = range(2015, 2024)
PLACES = {
    "310000": ("上海市", "Shanghai"), "320000": ("江苏省", "Jiangsu"),
    "330000": ("浙江省", "Zhejiang"), "340000": ("安徽省", "Anhui"), "350000": ("福建省", "Fujian"),
    "360000": ("江西省", "Jiangxi"), "370000": ("山东省", "Shandong"),
    "440000": ("广东省", "Guangdong"),
}  # fmt: skip
ENGLISH = dict(PLACES.values())
SHORT = {name: name.removesuffix("省").removesuffix("市") for name in ENGLISH}


def text(lines: Lines, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """Return lines as a file of text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(lines)
    return out.getvalue().encode(encoding)


def book(sheets: Mapping[str, Lines]) -> bytes:
    """Return sheets as a workbook."""
    made, out = Workbook(), io.BytesIO()
    made.remove(made.active)
    for title, lines in sheets.items():
        sheet = made.create_sheet(title)
        for line in lines:
            sheet.append(line)
    made.save(out)
    return out.getvalue()


def down(figures: Figures) -> Iterator[tuple[str, int, float]]:
    """Yield region, year and figure, region by region."""
    for name, values in figures.items():
        for year, value in zip(YEARS, values, strict=True):
            yield name, year, value


def old_portal(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    head = [["数据库：分省年度数据"], [f"指标：{name}({unit})"], ["时间：最近10年"]]
    head.append(["地区", *(f"{year}年" for year in reversed(YEARS))])
    lines = [[place, *reversed(values)] for place, values in own.items()]
    foot = [["注：按现行口径。"], ["数据来源：国家统计局"]]
    return {"分省年度数据.csv": text(head + lines + foot, encoding="gb18030")}


def new_portal(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    head = ["地区", *(f"{year}年" for year in reversed(YEARS))]
    lines = [head, *([place, *reversed(values)] for place, values in own.items())]
    return {f"分省年度数据-{name}（{unit}）.xlsx": book({"分省年度数据": lines})}


def yearbook_of_years(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    sheets = {
        f"{year}": [
            [f"3-2 各地区主要指标 ({year}年)"],
            ["地区 Region", f"{name}({unit})", "位次"],
            ["全 国 National Total", sum(v[k] for v in own.values()), ""],
            *([f"{SHORT[p]} {ENGLISH[p]}", v[k], 1 + n] for n, (p, v) in enumerate(own.items())),
        ]
        for k, year in enumerate(YEARS)
    }
    return {"统计年鉴.xlsx": book(sheets)}


def heads_in_three_rows(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    lines = [[f"表2-7 {name}"], ["地区", *(x for y in YEARS for x in (f"{y}年", None))]]
    lines += [[None, *(name, "比上年增长") * len(YEARS)]]
    lines += [[None, *(f"（{unit}）", "（%）") * len(YEARS)]]
    lines += [
        [SHORT[p], *(x for k, v in enumerate(values) for x in (v, 0.5 * k))]
        for p, values in own.items()
    ]
    return {"表2-7.xlsx": book({"表2-7": lines})}


def panel(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    head = ["id", "省份", "行政区划代码", "年份", f"{name}（{unit}）"]
    codes = {place: code for code, (place, _) in PLACES.items()}
    lines = [[n, p, codes[p], y, v] for n, (p, y, v) in enumerate(down(own))]
    return {"面板数据.csv": text([head, *lines])}


def long(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    lines = [[name, unit, f"{y}年", p, v] for p, y, v in down(own)]
    return {"长表.csv": text([["指标", "单位", "时间", "地区", "数值"], *lines])}


def regions_across(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    lines = [[f"{name}（{unit}）"], ["年份", *own, "全国"]]
    lines += [
        [f"{year}年", *(v[k] for v in own.values()), sum(v[k] for v in own.values())]
        for k, year in enumerate(YEARS)
    ]
    return {"各省历年.xlsx": book({name: [*lines, ["资料来源：各省统计年鉴"]]})}


def wide(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    head = ["", "province", *(f"{year}年{name}({unit})" for year in YEARS)]
    lines = [[n, ENGLISH[p], *values] for n, (p, values) in enumerate(own.items())]
    return {"wide.csv": text([head, *lines])}


def sheet_a_region(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    head = ["指标", "单位", *YEARS]
    return {"分省.xlsx": book({p: [head, [name, unit, *values]] for p, values in own.items()})}


def tabs_with_statistics(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    lines = [["id", "省份", "年份", f"{name}({unit})"], *(["1", *row] for row in down(own))]
    lines += [["", "均值", "", "900"], ["", "标准差", "", "10"]]
    return {"stata导出.txt": text(lines, "\t", "utf-16")}


def file_a_year(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    return {
        f"{year}年分省数据.csv": text(
            [["地区", f"{name}({unit})"], *([p, values[k]] for p, values in own.items())]
        )
        for k, year in enumerate(YEARS)
    }


def file_a_region(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    head = [["数据库：分省年度数据"]]
    years = ["指标", *(f"{year}年" for year in reversed(YEARS))]
    return {
        f"{p}.csv": text(
            [*head, [f"地区：{p}"], years, [f"{name}({unit})", *reversed(v)], ["数据来源：统计局"]]
        )
        for p, v in own.items()
    }


def two_blocks(name: str, unit: str, own: Figures) -> dict[str, bytes]:
    """Half of the years, and below them the other half, as printed pages have them."""
    lines = [[f"{name}"], [None, None, f"单位：{unit}"]]
    for part in (slice(0, 5), slice(5, None)):
        lines.append(["地区", *(f"{year}年" for year in YEARS[part])])
        lines += [[SHORT[p], *values[part]] for p, values in own.items()]
        lines.append([])
    return {"续表.xlsx": book({"Sheet1": lines})}


# Heads as the publishers describe them, for the second study.
WORLD = {
    "AUT": "Austria", "CZE": "Czechia", "DEU": "Germany", "FRA": "France", "JPN": "Japan",
    "KOR": "South Korea", "TUR": "Turkey", "USA": "United States",
}  # fmt: skip
RECENT = range(2014, 2021)
# what publishers call a country otherwise
BANK = {"KOR": "Korea, Rep.", "TUR": "Turkiye"}
NATIONS = {"KOR": "Republic of Korea", "USA": "United States of America", "TUR": "Türkiye"}


def called(names: Mapping[str, str]) -> dict[str, str]:
    return WORLD | dict(names)


def each(own: Figures) -> Iterator[tuple[str, int, float]]:
    """Yield code, year and figure, country by country."""
    for code, values in own.items():
        for year, value in zip(RECENT, values, strict=True):
            yield code, year, value


def world_bank(own: Figures) -> dict[str, bytes]:
    series = ["GDP (current US$)", "NY.GDP.MKTP.CD"]
    head = [["Data Source", "World Development Indicators", ""], []]
    head += [["Last Updated Date", "2026-07-13", ""], []]
    head += [["Country Name", "Country Code", "Indicator Name", "Indicator Code", *RECENT, ""]]
    lines = [[called(BANK)[code], code, *series, *values, ""] for code, values in own.items()]
    for name, code in (("World", "WLD"), ("Euro area", "EMU")):
        lines.append([name, code, *series, *(sum(v) for v in zip(*own.values(), strict=True)), ""])
    lines.append(["Korea, Dem. People's Rep.", "PRK", *series, *[""] * len(RECENT), ""])
    return {"API_NY.GDP.MKTP.CD_DS2_en_csv_v2_1.csv": text(head + lines)}


def world_bank_tables(own: Figures) -> dict[str, bytes]:
    head = ["Country Name", "Country Code", "Series Name", "Series Code"]
    head += [f"{year} [YR{year}]" for year in RECENT]
    lines = [
        [called(BANK)[code], code, "Population, total", "SP.POP.TOTL", *values]
        for code, values in own.items()
    ]
    foot = [[], [], ["Data from database: World Development Indicators"]]
    foot += [["Last Updated: 07/13/2026"]]
    return {"P_Data_Extract.csv": text([head, *lines, *foot])}


def outlook(own: Figures) -> dict[str, bytes]:
    head = ["WEO Country Code", "ISO", "WEO Subject Code", "Country", "Subject Descriptor"]
    head += ["Subject Notes", "Units", "Scale", "Country/Series-specific Notes", *RECENT]
    lines = [
        ["1", code, "GGR", WORLD[code], "General government revenue", "Revenue consists of taxes.",
         "National currency", "Billions", "Source: Ministry of Finance", *values, 2020]
        for code, values in own.items()
    ]  # fmt: skip
    foot = [[], ["International Monetary Fund, World Economic Outlook Database, October 2024"]]
    return {"WEOOct2024all.xls": text([[*head, "Estimates Start After"], *lines, *foot], "\t",
                                      "utf-16")}  # fmt: skip


def oecd_of_codes(own: Figures) -> dict[str, bytes]:
    head = ["LOCATION", "INDICATOR", "SUBJECT", "MEASURE", "FREQUENCY", "TIME", "Value"]
    lines = [[code, "RENEWABLE", "TOT", "KTOE", "A", *row, ""] for code, *row in each(own)]
    return {"DP_LIVE_01102023.csv": text([[*head, "Flag Codes"], *lines])}


def oecd_explorer(own: Figures) -> dict[str, bytes]:
    head = ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "REF_AREA", "Reference area"]
    head += ["FREQ", "Frequency of observation", "MEASURE", "Measure", "UNIT_MEASURE"]
    head += ["Unit of measure", "TIME_PERIOD", "Time period", "OBS_VALUE", "Observation value"]
    head += ["OBS_STATUS", "Observation status", "UNIT_MULT", "Unit multiplier"]
    lines = [
        ["DATAFLOW", "OECD:DF(1.0)", "Main aggregates", "I", code, WORLD[code], "A", "Annual",
         "P3", "Final consumption expenditure", "USD_PPP", "US dollars, PPP converted", year, "",
         value, "", "A", "Normal value", 6, "Millions"]
        for code, year, value in each(own)
    ]  # fmt: skip
    return {"OECD.SDD.NAD,DSD_NAMAIN10.csv": text([head, *lines])}


def world_in_data(own: Figures) -> dict[str, bytes]:
    column = "Share of the population using the Internet"
    lines = [[WORLD[code], code, year, value] for code, year, value in each(own)]
    lines += [["Africa", "", year, 9.9] for year in RECENT]
    return {"share-of-individuals-using-the-internet.csv": text(
        [["Entity", "Code", "Year", column], *lines]
    )}  # fmt: skip


def food_and_agriculture(own: Figures) -> dict[str, bytes]:
    head = ["Domain Code", "Domain", "Area Code (M49)", "Area", "Element Code", "Element"]
    head += ["Item Code (CPC)", "Item", "Year Code", "Year", "Unit", "Value", "Flag"]
    lines = [
        ["QCL", "Crops and livestock products", 100 + [*WORLD].index(code),
         called(NATIONS)[code], 5510, "Production", "F1717", "Cereals, primary", year, year, "t",
         value, "E", "Estimated value"]
        for code, year, value in each(own)
    ]  # fmt: skip
    return {"FAOSTAT_data_en_10-1-2024.csv": text([[*head, "Flag Description"], *lines])}


def nations(own: Figures) -> dict[str, bytes]:
    head = ["Country or Area", "Year", "Item", "Value"]
    lines = [
        [called(NATIONS)[code], year, "Gross fixed capital formation", value]
        for code, year, value in each(own)
    ]
    return {"UNdata_Export_20241001.csv": text([head, *lines])}


def labour(own: Figures) -> dict[str, bytes]:
    head = ["ref_area.label", "source.label", "indicator.label", "sex.label", "classif1.label"]
    head += ["time", "obs_value", "obs_status.label", "note_source.label"]
    lines = [
        [called(NATIONS)[code], "LFS - Labour Force Survey",
         "Employment by sex and age (thousands)", "Total", "Age (Youth, adults): 15+", year, value,
         "", "Repository: ILO-STATISTICS"]
        for code, year, value in each(own)
    ]  # fmt: skip
    return {"EMP_TEMP_SEX_AGE_NB_A-filtered-2024-10-01.csv": text([head, *lines])}


def penn(own: Figures) -> dict[str, bytes]:
    head = ["countrycode", "country", "currency_unit", "year", "rgdpe", "pop", "emp", "avh", "hc"]
    lines = [
        [code, called(NATIONS)[code], "a currency", year, "", "", "", "", value]
        for code, year, value in each(own)
    ]
    return {"pwt100.xlsx": book({"Info": [["Penn World Table version 10.0"]],
                                 "Data": [head, *lines]})}  # fmt: skip


Layout = Callable[[str, str, Figures], dict[str, bytes]]
# indicator, as its proposal calls it -> the layout of its file
PUBLISHED: dict[str, Callable[[Figures], dict[str, bytes]]] = {
    "gdp": world_bank,
    "population_total": world_bank_tables,
    "general_government_revenue": outlook,
    "renewable": oecd_of_codes,
    "final_consumption_expenditure": oecd_explorer,
    "share_of_the_population_using": world_in_data,
    "cereals_primary": food_and_agriculture,
    "gross_fixed_capital_formation": nations,
    "employment_by_sex_and_age": labour,
    "hc": penn,
}
# indicator of `provinces` -> the layout of its file
CHINESE: dict[str, Layout] = {
    "broadband_subscribers": old_portal,
    "mobile_internet_users": new_portal,
    "gross_regional_product": yearbook_of_years,
    "secondary_value_added": heads_in_three_rows,
    "ecommerce_sales": panel,
    "ecommerce_purchases": long,
    "rd_expenditure": regions_across,
    "hightech_revenue": wide,
    "manufacturing_employment": sheet_a_region,
    "eight_industry_employment": tabs_with_statistics,
    "resident_population": file_a_year,
    "ecommerce_enterprises": file_a_region,
    "ecommerce_enterprise_share": two_blocks,
}


def cell_of(path: Path, sheet: str, cell: str) -> float:
    """Return what a cell of a file holds, read by another program than ours."""
    if path.suffix == ".xlsx":
        return float(load_workbook(path, read_only=False)[sheet][cell].value)
    raw = path.read_bytes()
    codec = "utf-16" if raw[:2] == b"\xff\xfe" else "utf-8-sig"
    try:
        words = raw.decode(codec)
    except UnicodeDecodeError:
        words = raw.decode("gb18030")
    head = words.splitlines()[0]
    rows = [*csv.reader(words.splitlines(), delimiter="\t" if "\t" in head else ",")]
    column, row = coordinate_from_string(cell)
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return float(rows[row - 1][number - 1])


def assert_as_written(
    project: Path, study: str, page: str, files: set[str], expected: Mapping[tuple, float]
) -> None:
    """Assert that the built study has these figures, each of its cell, and that the page names each
    file; expected: indicator, region, year -> figure.
    """
    tables = project / "data" / "processed" / study
    found = pd.read_csv(tables / "observations.csv", dtype={"region": str}, keep_default_na=False)
    found = found[found["indicator"].isin({key[0] for key in expected}) & (found["value"] != "")]
    read = found.set_index(["indicator", "region", "year"])["value"].astype(float)
    assert read.to_dict() == pytest.approx(dict(expected), rel=1e-12)
    ends = found.groupby("file", sort=False).nth([0, 1, -1])  # an opened workbook takes its time
    for row in ends.to_dict("records"):
        assert cell_of(project / row["file"], row["sheet"], row["cell"]) == float(row["value"]), row
    assert {Path(file).name for file in found["file"]} == files
    assert all(f"data/raw/{study}/2026-11/{name}" in page for name in files)
    degrees = pd.read_csv(tables / "coupling.csv", dtype={"region": str})
    assert len(degrees) == len({key[1:] for key in expected}) and degrees["D"].between(0, 1).all()


def test_files_of_thirteen_layouts_of_china(project, monkeypatch):
    monkeypatch.chdir(ROOT)
    ours = check_study("config/config.yaml")
    monkeypatch.undo()
    table = pd.read_csv(project / "config/indicators/provinces.csv", dtype=str)
    rows = table.set_index("indicator").loc[list(CHINESE)]
    kept = ours.observations.drop_duplicates(["indicator", "region", "year"], keep="last")
    kept = kept[kept["region"].isin(PLACES) & kept["indicator"].isin(CHINESE)]
    figures = kept.pivot(index="year", columns=["indicator", "region"], values="value")
    figures = figures.astype(object).where(figures.notna(), None)  # a year was never published
    units = {"%": "%", "100 million yuan": "亿元", "10 thousand households": "万户",
             "person": "人", "10 thousand persons": "万人", "count": "个"}  # fmt: skip
    folder, names = project / "十三种", set()
    folder.mkdir()
    for indicator, layout in CHINESE.items():
        own = {name: figures[indicator, code].tolist() for code, (name, _) in PLACES.items()}
        name = rows["source_name"][indicator].split("|")[0]
        for file, content in layout(name, units[rows["unit"][indicator]], own).items():
            assert file not in names
            names.add(file)
            (folder / file).write_bytes(content)
    systems = "{a: {zh: 甲}, b: {zh: 乙}, c: {zh: 丙}, d: {zh: 丁}}"
    said = begin(project, "layouts", "十三种", subsystems=systems)
    assert "Regions: 8, known in config/regions/provinces.csv" in said
    path = project / "config" / "indicators" / "layouts.csv"
    proposed = pd.read_csv(path, dtype=str, keep_default_na=False)
    proposed["subsystem"] = ["abcd"[k % 4] for k in range(len(proposed))]
    proposed["direction"] = "+"
    proposed.to_csv(path, index=False)
    page = report(project, "layouts", "zh")
    expected = {
        (i, code, year): value
        for (i, code), of in figures.items()
        for year, value in of.dropna().items()
    }
    assert_as_written(project, "layouts", page, names, expected)


def test_files_of_ten_publishers_of_the_world(project):
    folder, names = project / "the world", set()
    folder.mkdir()
    made = paths(len(WORLD), len(RECENT), len(PUBLISHED), seed=3)
    expected = {}
    for place, (indicator, layout) in enumerate(PUBLISHED.items()):
        own = dict(zip(WORLD, made[:, :, place].tolist(), strict=True))
        expected |= {(indicator, code, year): value for code, year, value in each(own)}
        for name, content in layout(own).items():
            names.add(name)
            (folder / name).write_bytes(content)
    said = begin(project, "world", "the world")
    assert "Regions: 8, known in config/regions/countries.csv" in said
    assert "names are no regions of config/regions/countries.csv and set aside: World" in said
    page = report(project, "world")
    assert "South Korea" in page and "North Korea" not in page
    assert_as_written(project, "world", page, names, expected)
