"""Files as publishers lay them out, and the years and parts of years in them."""

from dataclasses import replace

import pytest

from coevo.observations.periods import Period, period_of, plain_periods
from coevo.observations.sheets import CellWords
from tests.unit.cases import (
    AMERICAN,
    BOTH,
    CHINA,
    CITY,
    COUNTRIES,
    COUNTS,
    ENGLISH,
    EUROPEAN,
    GDP,
    INTERNATIONAL,
    NUTS,
    PEOPLE,
    PROVINCES,
    PROVINCIAL,
    STATES,
    VALUES,
    YEARS,
    Case,
    assert_reads,
    changed,
    csv,
    observed,
    rows,
    said,
)
from tests.unit.test_papers import PAPERS

PUBLISHERS = {
    "IMF, World Economic Outlook": Case(
        {
            "WEO.xls": (
                "WEO Country Code\tISO\tWEO Subject Code\tCountry\tSubject Descriptor\t"
                "Units\tScale\tCountry/Series-specific Notes\t"
                "2017\t2018\t2019\tEstimates Start After\n"
                + "".join(
                    f"122\t{code}\tNGDPD\t{name}\tGross domestic product, current prices\t"
                    f"U.S. dollars\tBillions\tSource: a, b\t{values}\t2018\n"
                    for code, name, values in (
                        (code, COUNTRIES["name_en"][n], "\t".join(map(str, INTERNATIONAL[code])))
                        for n, code in enumerate(INTERNATIONAL)
                    )
                )
            )
        },
        COUNTRIES,
        [("gdp", "billion USD", "Gross domestic product, current prices", "")],
        {"gdp": INTERNATIONAL},
        ["I2", "J2", "K2"],
    ),
    "Eurostat, a workbook of the data browser": Case(
        {
            "nama_10r_2gdp.xlsx": {
                "Sheet 1": [
                    ["Data extracted on 01/10/2026 12:00:00 from [ESTAT]"],
                    ["Dataset: ", "Regional product [nama_10r_2gdp]"],
                    [],
                    ["Time frequency", None, "Annual"],
                    ["Unit of measure", None, "Million euro"],
                    [],
                    ["TIME", *(x for y in YEARS for x in (str(y), None))],
                    ["GEO (Labels)"],
                    *(
                        [NUTS["name_en"][n], *(x for v in values for x in (v, "b"))]
                        for n, values in enumerate(EUROPEAN.values())
                    ),
                    [],
                    ["Special value"],
                    [":", "not available"],
                    ["Available flags:"],
                    ["b", "break in time series"],
                ],
                "Structure": [
                    ["Dimension", "Position", "Label"],
                    ["Time frequency", "A", "Annual"],
                ],
            }
        },
        NUTS,
        [("gdp", "million EUR", "nama_10r_2gdp", "")],
        {"gdp": EUROPEAN},
        ["B9", "D9", "F9"],
    ),
    "World Bank, API": Case(
        {
            "API_NY.GDP.MKTP.CD_DS2_en_csv_v2.csv": (
                '"Data Source","World Development Indicators",\n\n'
                '"Last Updated Date","2026-10-01",\n\n'
                '"Country Name","Country Code","Indicator Name","Indicator Code",'
                '"2017","2018","2019",\n'
                + "".join(
                    f'"{name}","{code}","GDP (current US$)","NY.GDP.MKTP.CD",'
                    + ",".join(f'"{v}"' for v in INTERNATIONAL[code])
                    + ",\n"
                    for name, code in (
                        ("Austria", "AUT"),
                        ("Czech Republic", "CZE"),
                        ("Egypt, Arab Rep.", "EGY"),
                    )
                )
            ),
            "Metadata_Country_API_NY.GDP.MKTP.CD.csv": (
                '"Country Code","Region","IncomeGroup","SpecialNotes","TableName",\n'
                '"AUT","Europe","High income","","Austria",\n'
            ),
        },
        COUNTRIES,
        [("gdp", "USD", "GDP (current US$)", "")],
        {"gdp": INTERNATIONAL},
        ["E6", "F6", "G6"],
    ),
    "World Bank, DataBank": Case(
        {
            "Data_Extract_From_World_Development_Indicators.csv": (
                "Country Name,Country Code,Series Name,Series Code,"
                "2017 [YR2017],2018 [YR2018],2019 [YR2019]\n"
                + "".join(
                    f'{name},{code},"Population, total",SP.POP.TOTL,{",".join(map(str, vs))}\n'
                    for (name, code), vs in zip(
                        zip(COUNTRIES["name_en"], COUNTRIES["region"], strict=True),
                        COUNTS.values(),
                        strict=True,
                    )
                )
                + "\n\n\nData from database: World Development Indicators\n"
                "Last Updated: 10/01/2026\n"
            )
        },
        COUNTRIES,
        [("people", "thousand persons", "Population, total", "")],
        {
            "people": {
                code: [v / 1e3 for v in vs]
                for code, vs in zip(COUNTRIES["region"], COUNTS.values(), strict=True)
            }
        },
        ["E2", "F2", "G2"],
        read_as={"Population, total": "person"},
    ),
    "Eurostat, TSV with several units and flags": Case(
        {
            "estat_nama_10r_2gdp.tsv": (
                "freq,unit,geo\\TIME_PERIOD\t2017 \t2018 \t2019 \n"
                "A,EUR_HAB,AT11\t1 \t2 \t3 \n"
                "A,MIO_EUR,AT11\t1.5 \t2.5 b\t3.5 ep\n"
                "A,EUR_HAB,AT12\t: \t2 \t3 \n"
                "A,MIO_EUR,AT12\t10 \t20 \t30 \n"
                "A,MIO_EUR,AT13\t0.1 \t0.2 \t0.3 p\n"
            )
        },
        NUTS,
        [("gdp", "million EUR", "estat_nama_10r_2gdp; MIO_EUR", "")],
        {"gdp": EUROPEAN},
        ["B3", "C3", "D3"],
    ),
    "Eurostat, TSV with an item, quarterly": Case(
        {
            "estat_namq.tsv": (
                "freq,unit,na_item,geo\\TIME_PERIOD\t"
                + "\t".join(f"{y}-Q{q} " for y in YEARS for q in (1, 2, 3, 4))
                + "\n"
                + "".join(
                    f"Q,CP_MEUR,B1GQ,{code}\t"
                    + "\t".join(f"{v / 4} " for v in vs for _ in range(4))
                    + "\n"
                    for code, vs in EUROPEAN.items()
                )
            )
        },
        NUTS,
        [("gdp", "million EUR", "B1GQ", "sum")],
        {"gdp": EUROPEAN},
        ["E2", "I2", "M2"],
    ),
    "Eurostat, SDMX-CSV": Case(
        {
            "estat_nama_10_gdp.csv": csv(
                (
                    *("DATAFLOW", "LAST UPDATE", "freq", "unit", "na_item", "geo"),
                    *("TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"),
                ),
                *(
                    (
                        *("ESTAT:NAMA_10_GDP(1.0)", "25/09/26 23:00:00", "A"),
                        *("CP_MEUR", item, code, y, v * times, "p", ""),
                    )
                    for item, times in (("B1GQ", 1), ("P3", 0.5))
                    for _, code, y, v in rows((EUROPEAN,))
                ),
            )
        },
        NUTS,
        [("gdp", "million EUR", "B1GQ", ""), ("consumption", "million EUR", "P3", "")],
        {
            "gdp": EUROPEAN,
            "consumption": {c: [v / 2 for v in vs] for c, vs in EUROPEAN.items()},
        },
        ["H2", "H3", "H4"],
    ),
    "OECD, CSV with labels": Case(
        {
            "OECD.SDD.NAD,DSD_NAMAIN1.csv": csv(
                (
                    *("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "REF_AREA"),
                    *("Reference area", "FREQ", "Frequency of observation", "MEASURE", "Measure"),
                    *("UNIT_MEASURE", "Unit of measure", "TIME_PERIOD", "Time period"),
                    *("OBS_VALUE", "Observation value", "OBS_STATUS", "Observation status"),
                    *("UNIT_MULT", "Unit multiplier"),
                ),
                *(
                    (
                        *("DATAFLOW", "OECD:DF(1.0)", "Main aggregates", "I", code),
                        *(COUNTRIES["name_en"][n], "A", "Annual", "B1GQ", "Gross domestic product"),
                        *("USD", "US dollar", y, "", v, "", "A", "Normal value", 6, "Millions"),
                    )
                    for n, code, y, v in rows((INTERNATIONAL,))
                ),
            )
        },
        COUNTRIES,
        [("gdp", "million USD", "Gross domestic product", "")],
        {"gdp": INTERNATIONAL},
        ["O2", "O3", "O4"],
    ),
    "OECD, the older portal": Case(
        {
            "SNA_TABLE1.csv": (
                '"LOCATION","Country","TRANSACT","Transaction","MEASURE","Measure","TIME","Year",'
                '"Unit Code","Unit","PowerCode Code","PowerCode","Value","Flag Codes","Flags"\n'
                + "".join(
                    f'"{code}","{COUNTRIES["name_en"][n]}","B1_GA","Gross domestic product","C",'
                    f'"Current prices","{y}","{y}","EUR","Euro","6","Millions",{v},,\n'
                    for n, code, y, v in rows((INTERNATIONAL,))
                )
            )
        },
        COUNTRIES,
        [("gdp", "million EUR", "Gross domestic product; Current prices", "")],
        {"gdp": INTERNATIONAL},
        ["M2", "M3", "M4"],
    ),
    "OECD, a series by codes, its unit as a measure": Case(
        {
            "DP_LIVE.csv": csv(
                ("LOCATION", "INDICATOR", "SUBJECT", "MEASURE", "FREQUENCY", "TIME", "Value"),
                *(
                    (c, "RENEWABLE", "TOT", "KTOE", "A", y, v)
                    for _, c, y, v in rows((INTERNATIONAL,))
                ),
            )
        },
        COUNTRIES,
        [("renewable", "thousand tonnes of oil equivalent", "RENEWABLE", "")],
        {"renewable": INTERNATIONAL},
        ["G2", "G3", "G4"],
    ),
    "ILO, heads that end in label": Case(
        {
            "EMP_TEMP_SEX_AGE_NB_A.csv": csv(
                (
                    "ref_area.label",
                    "source.label",
                    "indicator.label",
                    "sex.label",
                    "time",
                    "obs_value",
                ),
                *(
                    (COUNTRIES["name_en"][n], "LFS", "Employment (thousands)", "Total", y, v)
                    for n, _, y, v in rows((INTERNATIONAL,))
                ),
            )
        },
        COUNTRIES,
        [("employment", "thousand", "Employment", "")],
        {"employment": INTERNATIONAL},
        ["F2", "F3", "F4"],
    ),
    "BEA, a table of all areas": Case(
        {
            "SAGDP2N__ALL_AREAS_2017_2019.csv": (
                "GeoFIPS,GeoName,Region,TableName,LineCode,IndustryClassification,Description,Unit,"
                "2017,2018,2019\n"
                + "".join(
                    f' "{code}","{STATES["name_en"][n]}", 8,SAGDP2N,{line},"...","{said} ",'
                    f'"Millions of current dollars",{",".join(map(str, cells))}\n'
                    for n, code in enumerate(AMERICAN)
                    for line, said, cells in (
                        (1, "All industry total", AMERICAN[code]),
                        (3, "  Agriculture", ["(D)", "(NA)", 1]),
                    )
                )
                + '"Note: See the included footnote file."\n"SAGDP2N: GDP by state"\n'
                '"Last updated: October 1, 2026-- new statistics for 2019."\n'
            )
        },
        STATES,
        [("gdp", "million USD", "All industry total", "")],
        {"gdp": AMERICAN},
        ["I2", "J2", "K2"],
    ),
    "BEA, long": Case(
        {
            "SAINC1.csv": csv(
                (
                    *("Code", "GeoFips", "GeoName", "TimePeriod", "Description"),
                    *("CL_UNIT", "UNIT_MULT", "DataValue", "NoteRef"),
                ),
                *(
                    (
                        *("SAINC1-1", code, STATES["name_en"][n], y, "Personal income"),
                        *("Millions of dollars", 6, v, ""),
                    )
                    for n, code, y, v in rows((AMERICAN,))
                ),
            )
        },
        STATES,
        [("income", "million USD", "Personal income", "")],
        {"income": AMERICAN},
        ["H2", "H3", "H4"],
    ),
    "NBS, the old portal": Case(
        {
            "分省年度数据.csv": csv(
                ("数据库：分省年度数据",),
                ("指标：地区生产总值(亿元)",),
                ("时间：2017-2019",),
                ("地区", "2019年", "2018年", "2017年"),
                *(
                    (PROVINCES["long_zh"][n], *reversed(PROVINCIAL[c]))
                    for n, c in enumerate(PROVINCIAL)
                ),
                ("注：按当年价格计算。",),
                ("数据来源：国家统计局",),
            )
        },
        PROVINCES,
        [GDP],
        {"gdp": PROVINCIAL},
        ["D5", "C5", "B5"],
    ),
    "NBS, the old portal without the line of the indicator": Case(
        {
            "地区生产总值(亿元)_分省年度数据.csv": csv(
                ("数据库：分省年度数据",),
                ("时间：2017-2019",),
                ("地区", "2019年", "2018年", "2017年"),
                *(
                    (PROVINCES["long_zh"][n], *reversed(PROVINCIAL[c]))
                    for n, c in enumerate(PROVINCIAL)
                ),
                ("数据来源：国家统计局",),
            )
        },
        PROVINCES,
        [GDP],
        {"gdp": PROVINCIAL},
        ["D4", "C4", "B4"],
    ),
    "NBS, the new portal": Case(
        {
            "分省年度数据-地区生产总值（亿元）.xlsx": {
                "分省年度数据": [
                    ["地区", "2019年", "2018年", "2017年"],
                    *(
                        [PROVINCES["long_zh"][n], *reversed(PROVINCIAL[c])]
                        for n, c in enumerate(PROVINCIAL)
                    ),
                ]
            }
        },
        PROVINCES,
        [GDP],
        {"gdp": PROVINCIAL},
        ["D2", "C2", "B2"],
    ),
    "NBS, indicators of one region, the newest year first": Case(
        {
            f"{name}.csv": csv(
                ("数据库：主要城市年度数据",),
                (f"地区：{name}",),
                ("指标", "2019年", "2018年", "2017年"),
                ("地区生产总值(亿元)", *reversed(VALUES[c])),
                ("年末常住人口(万人)", *reversed(COUNTS[c])),
                ("数据来源：国家统计局",),
            )
            for name, c in zip(CITY, VALUES, strict=True)
        },
        CHINA,
        [GDP, PEOPLE],
        BOTH,
        ["D4", "C4", "B4"],
    ),
    "NBS, cities of one year, the year in the name of the file": Case(
        {
            f"{y}年主要城市年度数据.csv": csv(
                ("城市", "地区生产总值(亿元)", "年末常住人口(万人)"),
                *((CITY[n], VALUES[c][k], COUNTS[c][k]) for n, c in enumerate(VALUES)),
            )
            for k, y in enumerate(YEARS)
        },
        CHINA,
        [GDP, PEOPLE],
        BOTH,
        ["B2", "B2", "B2"],
    ),
    "NBS, quarters, the year so far": Case(
        {
            "分省季度数据.csv": csv(
                ("数据库：分省季度数据",),
                ("指标：地区生产总值_累计值(亿元)",),
                ("时间：最近12季度",),
                ("地区", *(f"{y}年第{q}季度" for y in reversed(YEARS) for q in "四三二一")),
                *(
                    (
                        PROVINCES["long_zh"][n],
                        *(v * q / 4 for v in reversed(PROVINCIAL[c]) for q in (4, 3, 2, 1)),
                    )
                    for n, c in enumerate(PROVINCIAL)
                ),
                ("数据来源：国家统计局",),
            )
        },
        PROVINCES,
        [("gdp", "100 million yuan", "地区生产总值_累计值", "last")],
        {"gdp": PROVINCIAL},
        ["J5", "F5", "B5"],
    ),
    "a yearbook, cumulated months of a year": Case(
        {
            "a.xlsx": {
                "表1": [
                    ["2-1 各地区进出口总额"],
                    [None, None, None, None, "单位：万美元"],
                    ["地区", *(f"{y}.1-{m}" for y in YEARS for m in (3, 6, 9, 12))],
                    ["全  国", *[9.0] * 12],
                    *(
                        [PROVINCES["name_zh"][n], *(v * m / 12 for v in vs for m in (3, 6, 9, 12))]
                        for n, vs in enumerate(PROVINCIAL.values())
                    ),
                    ["资料来源：海关总署"],
                ]
            }
        },
        PROVINCES,
        [("trade", "million USD", "2-1 各地区进出口总额", "last")],
        {"trade": {c: [v / 100 for v in vs] for c, vs in PROVINCIAL.items()}},
        ["E5", "I5", "M5"],
    ),
    "a provincial yearbook, cities down, English beside": Case(
        {
            "a.xlsx": {
                f"{y}": [
                    [f"3-2 各市主要指标 ({y}年)"],
                    ["市 City", "地区生产总值(亿元)\nGRP (100 million yuan)", "年末常住人口(万人)"],
                    *(
                        [f"{CITY[n]} {ENGLISH[n]}", VALUES[c][k], COUNTS[c][k]]
                        for n, c in enumerate(VALUES)
                    ),
                ]
                for k, y in enumerate(YEARS)
            }
        },
        CHINA,
        [GDP, PEOPLE],
        BOTH,
        ["B3", "B3", "B3"],
    ),
}


def test_parts_of_a_year_are_never_years(tmp_path):
    quarters = PAPERS["quarters across, added up"]
    (line,) = said(
        changed(quarters, "2017Q1", "2017Q1", indicators=[("gdp", "yuan", "a", "")]), tmp_path
    )
    assert line.endswith(
        "a.csv › B2: gdp: has figures of parts of a year (2017.1-3); write under frequency in the "
        "indicator table how they make a year: sum, mean, last"
    )
    so_far = PUBLISHERS["NBS, quarters, the year so far"]
    text = so_far.files["分省季度数据.csv"]
    for quarter, months in (("一", "1-3"), ("二", "1-6"), ("三", "1-9"), ("四", "1-11")):
        text = text.replace(f"第{quarter}季度", f"{months}月")
    wrong = [(*so_far.indicators[0][:3], "sum")]
    (line,) = said(replace(so_far, files={"a.csv": text}, indicators=wrong), tmp_path / "b")
    assert line.endswith(
        "has figures from January on (2017.1-3), of which each holds those before; write last "
        "under frequency in the indicator table, not sum"
    )


def test_a_year_that_lacks_a_quarter_is_missing_and_one_that_is_printed_goes_before(tmp_path):
    case = changed(PAPERS["quarters across, added up"], "2018Q4", "2019")
    found, remarks = observed(case, tmp_path)
    own = found[found["region"] == "330100"].set_index("year")
    assert own["value"].to_dict() == {2017: 1.5, 2019: 2.5 / 4}  # as printed, not of its quarters
    assert own["cell"].to_dict() == {2017: "E2", 2019: "I2"}
    assert (remarks["message"] == "made_of_parts").sum() == 1


def test_months_and_quarters_in_every_spelling():
    spelled = {
        "2019Q4": (10, 12), "2019-Q1": (1, 3), "2019:Q1": (1, 3), "Q1-2019": (1, 3),
        "2019年第四季度": (10, 12), "2019年四季度": (10, 12), "2019年4季度": (10, 12),
        "2019年前三季度": (1, 9), "2019年上半年": (1, 6), "2019S2": (7, 12), "2019M01": (1, 1),
        "2019-01": (1, 1), "2019年1月": (1, 1), "2019年1-3月": (1, 3), "2019.1-3": (1, 3),
        "2019年1—12月": (1, 12), "Jan-2019": (1, 1), "2019 [YR2019]": (1, 12), "2019年": (1, 12),
        "2019-03-31": (1, 12),
    }  # fmt: skip
    assert {text: period_of(text) for text in spelled} == {
        text: Period(2019, *months) for text, months in spelled.items()
    }
    for text in ("2019.10", "2019.1", "201901", "2019-13", "2019Q5", "2019年(预)", "2019-2018"):
        assert period_of(text) is None


def test_dates_are_years_only_if_all_fall_in_one_month():
    def plain(*texts):
        return [words.text for words in plain_periods([CellWords(text) for text in texts])]

    assert plain("2018-12-31", "2019-12-31") == ["2018", "2019"]
    assert plain("2018-11-30", "2018-12-31", "x") == ["2018.11-11", "2018.12-12", "x"]


def test_the_year_of_an_issue_or_of_a_download_is_not_that_of_the_figures(tmp_path):
    case = PUBLISHERS["NBS, cities of one year, the year in the name of the file"]
    text = case.files["2017年主要城市年度数据.csv"]
    for number, name in enumerate(("中国城市统计年鉴2018", "cities 2026-10-01")):
        lines = said(replace(case, files={f"{name}.csv": text}), tmp_path / str(number))
        assert "no year is stated; add a line 年份：2020 above the head" in lines[0]


@pytest.mark.parametrize("name", PUBLISHERS)
def test_a_publisher_s_file_is_read_as_it_is(name, tmp_path):
    assert_reads(PUBLISHERS[name], tmp_path)


def test_at_least_six_layouts_of_publishers_are_held():
    assert len(PUBLISHERS) >= 6
