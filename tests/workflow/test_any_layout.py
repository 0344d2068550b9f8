"""From files in many layouts to the report: two studies, no file edited by hand.

The files of the first are written from the figures of the study `provinces`, each indicator in
another layout of an office or a paper of China. Six of the second are real files made small: their
heads, names, marks and figures are those of the publishers, of seven countries and six years; the
source stands at each, and where a copy of the file had something else. In two more, of the United
Nations and the Penn World Table, the heads are from memory and the figures made up. Every
observation must be what its cell holds.
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
    "420000": ("湖北省", "Hubei"), "440000": ("广东省", "Guangdong"),
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


# The second study.
WORLD = {
    "AUS": "Australia", "AUT": "Austria", "BEL": "Belgium", "JPN": "Japan", "KOR": "South Korea",
    "TUR": "Turkey", "USA": "United States",
}  # fmt: skip
RECENT = range(2015, 2021)
GROUP = {"UMC": "Upper middle income"}  # countries together, no country
# what publishers call a country otherwise
BANK = {"KOR": "Korea, Rep.", "TUR": "Turkiye"}
FUND = {"KOR": "Korea", "TUR": "Türkiye"}
NATIONS = {"KOR": "Republic of Korea", "USA": "United States of America", "TUR": "Türkiye"}
Printed = dict[str, list]  # code of a country -> a figure a year, as a file prints it


def called(names: Mapping[str, str]) -> dict[str, str]:
    return WORLD | GROUP | dict(names)


def each(own: Printed) -> Iterator[tuple[str, int, str | float]]:
    """Yield code, year and figure, country by country."""
    for code, values in own.items():
        for year, value in zip(RECENT, values, strict=True):
            yield code, year, value


def transcribed(table: str) -> Printed:
    """Return figures as they are printed; table: a code and its figures, country by country."""
    own: Printed = {}
    for word in table.split():
        if word.isalpha():
            own[word] = []
        else:
            own[[*own][-1]].append(word)
    return own


def quoted(*lines: list) -> bytes:
    """Return lines as a file of text with each cell in quotation marks."""
    words = "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)
    return words.encode("utf-8-sig")


# World Bank, World Development Indicators, NY.GDP.MKTP.CD as data.worldbank.org gave it as CSV in
# December 2022 (API_NY.GDP.MKTP.CD_DS2_en_csv_v2_4770391.csv). The lines above the head, which the
# copy lacked, are those of other exports of the same form and month.
GDP = transcribed("""
AUS 1350615691821.28 1206535157956.03 1326516328531.56
    1428288504767.07 1392227864397.08 1326901059123.21
AUT 381971148530.543 395837353031.499 417261151844.977
    454991174096.102 444621176100.548 435225238000.437
BEL 462335574841.484 476062757356.927 502764720556.354
    543299066998.902 535830876745.097 525211810652.608
JPN 4444930651964.18 5003677627544.24 4930837369151.42
    5037835383110.97 5123318151510.62 5040107754084.11
KOR 1465773245547.15 1500111596236.37 1623901496835.79
    1724845615629.26 1651422932447.77 1644312831906.17
TUR 864316670330.882 869692960365.551 858996263095.858
    778471900960.981 759937390496.669 720289368333.191
UMC 19663539084053 19549824626203.8 21644841419480.9
    23304501933943.9 23681744716187.8 22851374975033.8
USA 18206020741000 18695110842000 19477336549000 20533057312000 21380976119000 21060473613000
""")
# World Bank, World Development Indicators, SP.DYN.LE00.IN as databank.worldbank.org gave it as CSV,
# last updated 10/07/2025; of its ten years and sixteen series, those of the study.
LIFE = transcribed("""
AUS 82.4 82.4487804878049 82.5 82.7487804878049 82.9 83.2
AUT 81.190243902439 81.6414634146342 81.6439024390244
    81.6926829268293 81.8951219512195 81.1926829268293
BEL 80.9926829268293 81.4390243902439 81.4926829268293
    81.5951219512195 81.9951219512195 80.6951219512195
JPN 83.7939024390244 83.9848780487805 84.099756097561 84.2109756097561 84.3563414634146 84.56
KOR 82.0243902439024 82.2756097560976 82.6268292682927
    82.6268292682927 83.2268292682927 83.4268292682927
TUR 76.539 76.595 77.037 77.454 77.737 76.525
USA 78.690243902439 78.5390243902439 78.5390243902439
    78.6390243902439 78.7878048780488 76.9804878048781
UMC 75.1754691734539 75.3404185539197 75.4810427213008
    75.8220642064272 76.029480770985 75.2315516201179
""")
# IMF, World Economic Outlook Database, October 2022: gross domestic product in current prices
# (NGDPD), as www.imf.org gives a choice of series; of a copy saved as CSV, which cuts figures above
# a thousand to two decimals. A table of October 2019 had tabs and no quotation marks; since October
# 2020 these tables are UTF-16.
OUTLOOK = transcribed("""
AUS 1,233.11 1,263.83 1,381.99 1,416.82 1,386.70 1,357.64
AUT 382.01 395.728 417.114 455.374 445.061 432.912
BEL 462.383 475.931 502.587 543.593 535.437 521.26
JPN 4,444.93 5,003.68 4,930.84 5,040.89 5,120.31 5,031.62
KOR 1,466.04 1,499.36 1,623.07 1,725.37 1,651.42 1,644.68
TUR 864.071 869.28 858.932 779.694 759.45 720.11
USA 18,206.03 18,695.10 19,479.63 20,527.15 21,372.60 20,893.75
""")
# OECD, Health spending (indicator), doi:10.1787/8643de7e-en, as data.oecd.org gave it as CSV on
# 9 June 2023 (DP_LIVE_09062023031048950.csv), with its flags.
HEALTH = transcribed("""
AUS 4777.388 5037.334 5075.384 5193.845 5130.234 5627.315
AUT 4943.516 5195.532 5315.355 5518.538 5624.014 5882.745
BEL 4807.4 4998.998 5121.186 5315.194 5352.871 5406.979
JPN 4515.556 4295.858 4412.852 4554.276 4610.794 4665.641
KOR 2491.691 2664.734 2802.355 3078.831 3277.225 3582.313
TUR 1040.108 1128.754 1175.655 1205.305 1231.634 1304.709
USA 9355.118 9717.649 10046.472 10451.386 10855.517 11859.179
""")
FLAGS = {("AUS", 2020): '"E"', ("JPN", 2020): '"P"'}
# Our World in Data, ourworldindata.org/grapher/share-of-individuals-using-the-internet, from ITU by
# way of the World Bank, with the years to 2020. The copy had another name for the last column; this
# one is from a program that reads the file as published.
ONLINE = transcribed("""
AUS 84.56051636 86.54000092 86.54505157 87.59999847 88.59999847 89.59999847
AUT 83.94013977 84.32374573 87.93558502 87.47913361 87.7522049 87.52942657
BEL 85.05294037 86.51647949 87.67967987 88.6473465 90.27542877 91.52641296
JPN 91.05802917 93.182724 91.72654724 91.27999878 92.73040009 90.21945953
KOR 89.89625549 92.84302521 95.06941986 96.02285767 96.15757751 96.50505829
TUR 53.74497986 58.34773254 64.68461609 71.04276276 73.97669983 77.66999817
USA 74.55419922 85.54441833 87.27488708 88.49890137 89.43028259 90.90000153
UMC 52.61857986 56.08361435 58.68130493 63.11425781 67.65450287 73.37981415
""")
# FAO, FAOSTAT, Food Balances (2010-), food supply of animal products, as www.fao.org/faostat gave
# it as CSV (FBS) with the years to 2022; of its elements, the first.
FOOD = transcribed("""
AUS 1139 1142 1112 1127 1118 1124
AUT 1170 1191 1173 1197 1198 1217
BEL 1247 1226 1249 1230 1389 1418
JPN 525 527 538 546 552 558
KOR 621 622 642 677 666 670
TUR 602 593 635 661 656 731
USA 1023 1034 1039 1081 1094 1090
""")
M49 = {"AUS": "036", "AUT": "040", "BEL": "056", "JPN": "392", "KOR": "410", "TUR": "792",
       "USA": "840"}  # fmt: skip


def world_bank(own: Printed) -> dict[str, bytes]:
    series = ["GDP (current US$)", "NY.GDP.MKTP.CD"]
    head = [["Data Source", "World Development Indicators", ""], []]
    head += [["Last Updated Date", "2022-12-22", ""], []]
    head += [["Country Name", "Country Code", "Indicator Name", "Indicator Code", *RECENT, ""]]
    lines = [[called(BANK)[code], code, *series, *values, ""] for code, values in own.items()]
    lines.append(["Korea, Dem. People's Rep.", "PRK", *series, *[""] * len(RECENT), ""])
    return {"API_NY.GDP.MKTP.CD_DS2_en_csv_v2_4770391.csv": quoted(*head, *lines)}


def world_bank_tables(own: Printed) -> dict[str, bytes]:
    head = ["Country Name", "Country Code", "Series Name", "Series Code"]
    head += [f"{year} [YR{year}]" for year in RECENT]
    series = ["Life expectancy at birth, total (years)", "SP.DYN.LE00.IN"]
    lines = [[called(BANK)[code], code, *series, *values] for code, values in own.items()]
    gap = [[""] * len(head)] * 3
    foot = [["Data from database: World Development Indicators", *gap[0][1:]]]
    foot += [["Last Updated: 10/07/2025", *gap[0][1:]]]
    return {"WDI_Data.csv": text([head, *lines, *gap, *foot])}


def outlook(own: Printed) -> dict[str, bytes]:
    head = ["ISO", "Country", "Subject Descriptor", "Units", "Scale"]
    head += ["Country/Series-specific Notes", *map(str, RECENT), "Estimates Start After"]
    notes = "See notes for:  Gross domestic product, current prices (National currency)."
    lines = [
        [code, called(FUND)[code], "Gross domestic product, current prices", "U.S. dollars",
         "Billions", notes, *values, "2021"]
        for code, values in own.items()
    ]  # fmt: skip
    foot = [[], ["International Monetary Fund, World Economic Outlook Database, October 2022"]]
    tabs = "\n".join("\t".join(line) for line in [head, *lines, *foot])
    return {"WEO_Data.xls": tabs.encode("utf-16")}


def oecd_of_codes(own: Printed) -> dict[str, bytes]:
    head = '"LOCATION","INDICATOR","SUBJECT","MEASURE","FREQUENCY","TIME","Value","Flag Codes"'
    lines = [
        f'"{code}","HEALTHEXP","TOT","USD_CAP","A","{year}",{value},{FLAGS.get((code, year), "")}'
        for code, year, value in each(own)
    ]
    return {"DP_LIVE_09062023031048950.csv": "\n".join([head, *lines]).encode("utf-8-sig")}


def world_in_data(own: Printed) -> dict[str, bytes]:
    head = ["Entity", "Code", "Year", "Individuals using the Internet (% of population)"]
    lines = [
        [called({})[code], "" if code in GROUP else code, year, value]
        for code, year, value in each(own)
    ]
    return {"share-of-individuals-using-the-internet.csv": text([head, *lines])}


def food_and_agriculture(own: Printed) -> dict[str, bytes]:
    head = ["Domain Code", "Domain", "Area Code (M49)", "Area", "Element Code", "Element"]
    head += ["Item Code (FBS)", "Item", "Year Code", "Year", "Unit", "Value", "Flag"]
    lines = [
        ["FBS", "Food Balances (2010-)", M49[code], called(NATIONS)[code], "664",
         "Food supply (kcal/capita/day)", "S2941", "Animal Products", year, year, "kcal/cap/d",
         value, "E", "Estimated value", ""]
        for code, year, value in each(own)
    ]  # fmt: skip
    words = ",".join([*head, "Flag Description", "Note"]).encode("utf-8-sig")
    return {"FAOSTAT_data.csv": words + b"\n" + quoted(*lines).removeprefix(b"\xef\xbb\xbf")}


def nations(own: Printed) -> dict[str, bytes]:
    head = ["Country or Area", "Year", "Item", "Value"]
    lines = [
        [called(NATIONS)[code], year, "Gross fixed capital formation", value]
        for code, year, value in each(own)
    ]
    return {"UNdata_Export_20241001.csv": text([head, *lines])}


def penn(own: Printed) -> dict[str, bytes]:
    head = ["countrycode", "country", "currency_unit", "year", "rgdpe", "pop", "emp", "avh", "hc"]
    lines = [
        [code, called(NATIONS)[code], "a currency", year, "", "", "", "", value]
        for code, year, value in each(own)
    ]
    return {"pwt100.xlsx": book({"Info": [["Penn World Table version 10.0"]],
                                 "Data": [head, *lines]})}  # fmt: skip


Layout = Callable[[str, str, Figures], dict[str, bytes]]
# indicator, as its proposal calls it -> its figures and the layout of its file
PUBLISHED: dict[str, tuple[Printed, Callable[[Printed], dict[str, bytes]]]] = {
    "gdp": (GDP, world_bank),
    "life_expectancy_at_birth_total": (LIFE, world_bank_tables),
    "gross_domestic_product_current": (OUTLOOK, outlook),
    "healthexp_usd_cap": (HEALTH, oecd_of_codes),
    "individuals_using_the_internet": (ONLINE, world_in_data),
    "animal_products": (FOOD, food_and_agriculture),
}
# likewise, where the figures are made up
DESCRIBED: dict[str, Callable[[Printed], dict[str, bytes]]] = {
    "gross_fixed_capital_formation": nations,
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
    return float(rows[row - 1][number - 1].replace(",", ""))


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
    """Four subsystems over nine provinces, each indicator in another layout."""
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
    assert "Regions: 9, known in config/regions/provinces.csv" in said
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


def test_files_of_eight_publishers_of_the_world(project):
    folder, names = project / "the world", set()
    folder.mkdir()
    made = paths(len(WORLD), len(RECENT), len(DESCRIBED), seed=3)
    files = dict(PUBLISHED)
    for place, (indicator, layout) in enumerate(DESCRIBED.items()):
        files[indicator] = dict(zip(WORLD, made[:, :, place].tolist(), strict=True)), layout
    expected = {}
    for indicator, (own, layout) in files.items():
        for code, year, value in each(own):
            if code in WORLD:
                expected[indicator, code, year] = float(str(value).replace(",", ""))
        for name, content in layout(own).items():
            names.add(name)
            (folder / name).write_bytes(content)
    said = begin(project, "world", "the world")
    assert "Regions: 7, known in config/regions/countries.csv" in said
    aside = "names are no regions of config/regions/countries.csv and set aside: "
    assert aside + "Upper middle income" in said
    page = report(project, "world")
    assert "South Korea" in page and "North Korea" not in page
    assert_as_written(project, "world", page, names, expected)
