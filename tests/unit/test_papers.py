"""Panels as papers keep them."""

from dataclasses import replace

import pytest

from tests.unit.cases import (
    BOTH,
    CHINA,
    CITY,
    COUNTRIES,
    COUNTS,
    ENGLISH,
    GDP,
    INTERNATIONAL,
    PEOPLE,
    VALUES,
    YEARS,
    Case,
    assert_reads,
    csv,
    observed,
    rows,
    said,
)

PAPERS = {
    "panel, id before year before city": Case(
        {
            "a.csv": csv(
                ("id", "年份", "城市", "年末常住人口(万人)", "地区生产总值(亿元)"),
                *((n + 1, y, CITY[n], p, g) for n, _, y, g, p in rows((VALUES, COUNTS))),
            )
        },
        CHINA,
        [GDP, PEOPLE],
        BOTH,
        ["E2", "E3", "E4"],
    ),
    "panel, province and code beside the city": Case(
        {
            "a.csv": csv(
                ("省份", "市", "行政区划代码", "年份", "地区生产总值（亿元）"),
                *(("浙江省", CITY[n], c, f"{y}年", g) for n, c, y, g in rows((VALUES,))),
            )
        },
        CHINA,
        [GDP],
        {"gdp": VALUES},
        ["E2", "E3", "E4"],
    ),
    "panel in English small letters, units in a row of their own": Case(
        {
            "a.csv": csv(
                ("year", "city", "gdp", "population"),
                ("", "", "100 million yuan", "10 000 persons"),
                *((y, ENGLISH[n], g, p) for n, _, y, g, p in rows((VALUES, COUNTS))),
            )
        },
        CHINA,
        [("gdp", "100 million yuan", "GDP", ""), ("people", "person", "population", "")],
        {"gdp": VALUES, "people": {c: [v * 1e4 for v in vs] for c, vs in COUNTS.items()}},
        ["C3", "C4", "C5"],
    ),
    "panel of counties by code, state beside": Case(
        {
            "a.csv": csv(
                ("YEAR", "State", "COUNTY", "FIPS", "Income (thousand USD)"),
                *((y, "Utah", f"no name {n}", c, g) for n, c, y, g in rows((VALUES,))),
            )
        },
        CHINA,
        [("income", "USD", "income", "")],
        {"income": {c: [v * 1e3 for v in vs] for c, vs in VALUES.items()}},
        ["E2", "E3", "E4"],
    ),
    "panel without units, which the config gives by name": Case(
        {
            "a.csv": csv(
                ("city", "year", "GDP", "Score"),
                *((ENGLISH[n], y, g, p) for n, _, y, g, p in rows((VALUES, COUNTS))),
            )
        },
        CHINA,
        [("gdp", "100 million yuan", "GDP", ""), ("score", "other: points", "score", "")],
        {"gdp": VALUES, "score": COUNTS},
        ["C2", "C3", "C4"],
        read_as={"GDP": "100 million yuan", "score": "other: points"},
    ),
    "a unit of the study's own in the brackets of a head": Case(
        {
            "a.csv": csv(
                ("city", "year", "GDP (bn RMB, nominal)", "score (points)"),
                *((ENGLISH[n], y, g, p) for n, _, y, g, p in rows((VALUES, COUNTS))),
            ).replace("GDP (bn RMB, nominal)", '"GDP (bn RMB, nominal)"')
        },
        CHINA,
        [("gdp", "100 million yuan", "GDP", ""), ("score", "other: points", "score", "")],
        {"gdp": {c: [v * 10 for v in vs] for c, vs in VALUES.items()}, "score": COUNTS},
        ["C2", "C3", "C4"],
        read_as={"bn RMB, nominal": "billion yuan"},
    ),
    "long, indicators and years down, a column of units": Case(
        {
            "a.csv": csv(
                ("Variable", "Unit", "Time", "City", "Value"),
                *(("GDP", "million EUR", y, ENGLISH[n], g) for n, _, y, g in rows((VALUES,))),
            )
        },
        CHINA,
        [("gdp", "million EUR", "GDP", "")],
        {"gdp": VALUES},
        ["E2", "E3", "E4"],
    ),
    "several rows of heads, years above indicators above units": Case(
        {
            "a.xlsx": {
                "表1": [
                    ["各市主要指标"],
                    ["市", *(x for y in YEARS for x in (f"{y}年", None))],
                    [None, *("地区生产总值", "年末常住人口") * 3],
                    [None, *("（亿元）", "（万人）") * 3],
                    *(
                        [
                            name,
                            *(x for pair in zip(VALUES[c], COUNTS[c], strict=True) for x in pair),
                        ]
                        for name, c in zip(CITY, VALUES, strict=True)
                    ),
                ],
                "说明": [["地区生产总值", "按当年价格计算", 2017.5], ["人口", "抽样调查", 1.0]],
            }
        },
        CHINA,
        [GDP, PEOPLE],
        BOTH,
        ["B5", "D5", "F5"],
    ),
    "the indicator in the name of the file": Case(
        {
            "地区生产总值（亿元）.csv": csv(
                ("城市", *YEARS), *((CITY[n], *VALUES[c]) for n, c in enumerate(VALUES))
            )
        },
        CHINA,
        [GDP],
        {"gdp": VALUES},
        ["B2", "C2", "D2"],
    ),
    "the indicator in the name of the sheet, the unit in a line": Case(
        {
            "a.xlsx": {
                "地区生产总值": [
                    ["单位：亿元"],
                    ["城市", *(f"{y}年" for y in YEARS)],
                    *([CITY[n], *VALUES[c]] for n, c in enumerate(VALUES)),
                ]
            }
        },
        CHINA,
        [GDP],
        {"gdp": VALUES},
        ["B3", "C3", "D3"],
    ),
    "one sheet a year, named after it": Case(
        {
            "a.xlsx": {
                str(y): [
                    ["城市", "地区生产总值(亿元)"],
                    *([CITY[n], VALUES[c][k]] for n, c in enumerate(VALUES)),
                ]
                for k, y in enumerate(YEARS)
            }
        },
        CHINA,
        [GDP],
        {"gdp": VALUES},
        ["B2", "B2", "B2"],
    ),
    "quarters across, added up": Case(
        {
            "a.csv": csv(
                ("city", *(f"{y}Q{q}" for y in YEARS for q in (1, 2, 3, 4))),
                *(
                    (ENGLISH[n], *(v / 4 for v in VALUES[c] for _ in range(4)))
                    for n, c in enumerate(VALUES)
                ),
            )
        },
        CHINA,
        [("gdp", "100 million yuan", "a", "sum")],
        {"gdp": VALUES},
        ["E2", "I2", "M2"],
        read_as={"a": "100 million yuan"},
    ),
    "months down in a column of their own, averaged": Case(
        {
            "a.csv": csv(
                ("city", "year", "month", "price index (index)"),
                *(
                    (ENGLISH[n], y, m, v + (m - 6.5))
                    for n, _, y, v in rows((VALUES,))
                    for m in range(1, 13)
                ),
            )
        },
        CHINA,
        [("prices", "index", "price index", "mean")],
        {"prices": VALUES},
        ["D13", "D25", "D37"],
    ),
}

PAPERS |= {
    "wide, the years in the heads, an index of rows before": Case(
        {
            "a.csv": csv(
                ("", "city", *(f"gdp{y}" for y in YEARS), *(f"{y}年人口(万人)" for y in YEARS)),
                *((n, ENGLISH[n], *VALUES[c], *COUNTS[c]) for n, c in enumerate(VALUES)),
            )
        },
        CHINA,
        [("gdp", "100 million yuan", "GDP", ""), ("people", "10 thousand persons", "人口", "")],
        BOTH,
        ["C2", "D2", "E2"],
        read_as={"GDP": "100 million yuan"},
    ),
    "years as R writes them, a corner of two words": Case(
        {
            "a.csv": csv(
                ("GDP (billion RMB)",),
                ("City/Year", *(f"X{y}" for y in YEARS)),
                *((ENGLISH[n], *VALUES[c]) for n, c in enumerate(VALUES)),
            )
        },
        CHINA,
        [("gdp", "billion yuan", "GDP", "")],
        {"gdp": VALUES},
        ["B3", "C3", "D3"],
    ),
}

PAPERS |= {
    "the last year in a second table below, which says no title of its own": Case(
        {
            "a.xlsx": {
                "Sheet1": [
                    ["地区生产总值"],
                    ["单位：亿元"],
                    ["城市", *YEARS[:2]],
                    *([CITY[n], *VALUES[c][:2]] for n, c in enumerate(VALUES)),
                    [],
                    ["城市", YEARS[2]],
                    *([CITY[n], VALUES[c][2]] for n, c in enumerate(VALUES)),
                ]
            }
        },
        CHINA,
        [GDP],
        {"gdp": VALUES},
        ["B4", "C4", "B9"],
    ),
    "a sheet for each region, named after it": Case(
        {
            "a.xlsx": {
                CITY[n]: [["指标", "单位", *YEARS], ["地区生产总值", "亿元", *VALUES[c]]]
                for n, c in enumerate(VALUES)
            }
        },
        CHINA,
        [GDP],
        {"gdp": VALUES},
        ["C2", "D2", "E2"],
    ),
    "provinces beside countries that have none": Case(
        {
            "a.csv": csv(
                ("Province/State", "Country/Region", "Year", "GDP (million USD)"),
                *(("", COUNTRIES["name_en"][n], y, v) for n, _, y, v in rows((INTERNATIONAL,))),
            )
        },
        COUNTRIES,
        [("gdp", "million USD", "GDP", "")],
        {"gdp": INTERNATIONAL},
        ["D2", "D3", "D4"],
    ),
}


def test_the_set_of_regions_says_which_column_names_them(tmp_path):
    lines = [("Utah", "杭州", 1), ("Utah", "宁波", 2), ("Utah", "温州", 3)]
    case = replace(
        PAPERS["panel, province and code beside the city"],
        files={"a.csv": csv(("country", "region", "year", "地区生产总值(亿元)"), *(
            (country, region, 2019, value) for country, region, value in lines
        ))},
    )  # fmt: skip
    found, _ = observed(case, tmp_path)
    assert found["region"].tolist() == ["330100", "330200", "330300"]


def test_codes_that_contradict_a_name_are_of_something_else(tmp_path):
    text = csv(
        ("城市", "代码", "年份", "地区生产总值(亿元)"),
        ("杭州", "330200", 2019, 1),
        ("不明", "330300", 2019, 2),
    )
    case = replace(PAPERS["panel, province and code beside the city"], files={"a.csv": text})
    found, remarks = observed(case, tmp_path)
    assert found["region"].tolist() == ["330100"]
    assert remarks["message"].tolist() == ["unknown_regions"]


def test_a_sheet_of_another_name_does_not_take_that_of_its_file(tmp_path):
    case = PAPERS["the indicator in the name of the sheet, the unit in a line"]
    ((_, sheets),) = case.files.items()
    lines = sheets["地区生产总值"]
    (line,) = said(replace(case, files={"地区生产总值.xlsx": {"人口": lines}}), tmp_path)
    assert "no line 指标：… above the head names the indicator; add it" in line
    found, remarks = observed(
        replace(case, files={"地区生产总值.xlsx": {"Sheet1": lines}}), tmp_path / "b"
    )
    assert len(found) == 9 and remarks["message"].tolist() == ["indicator_from_name"]


def test_an_unknown_layout_is_told_by_its_head_and_what_the_nearest_lacks(tmp_path):
    case = PAPERS["the indicator in the name of the file"]
    texts = {
        "名字,2017年,2018年\n杭州,1,2\n": (
            "a.csv › A1: is laid out in no known way; its head reads: 名字, 2017年, 2018年; "
            "nearest is 'regions down, years across', but no column is headed 地区, 省份, 城市, "
            "region, country or another word for regions; the layouts are listed in "
            "config/README.md"
        ),
        "城市,年份,,\n杭州,2017,1,2\n": (
            "a.csv › A1: is laid out in no known way; its head reads: 城市, 年份; nearest is "
            "'regions and years down, indicators across', but no indicators stand beside "
            "each other; the layouts are listed in config/README.md"
        ),
    }
    for number, (text, line) in enumerate(texts.items()):
        lines = said(replace(case, files={"a.csv": text}), tmp_path / str(number))
        assert lines[0].endswith(line)


@pytest.mark.parametrize("name", PAPERS)
def test_a_panel_of_a_paper_is_read_as_it_is(name, tmp_path):
    assert_reads(PAPERS[name], tmp_path)


def test_at_least_twelve_layouts_of_papers_are_held():
    assert len(PAPERS) >= 12
