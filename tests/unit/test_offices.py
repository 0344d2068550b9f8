"""Files of offices in many countries: their languages, encodings, signs of decimals and years."""

from dataclasses import replace

import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.observations.cells import plain_numbers, readings
from coevo.observations.periods import Period, period_of, plain_periods
from coevo.observations.sheets import CellWords, Sheet
from coevo.observations.text_files import decoded, text_sheets
from coevo.observations.units import find_unit, of_currency
from tests.unit.cases import YEARS, Case, assert_reads, csv, observed, said

FIGURES = ([1234.5, 2234.5, 3234.5], [45.5, 46.5, 47.5], [1234567.5, 1234568.5, 1234569.5])
WHOLE = ([1234, 2234, 3234], [455, 465, 475], [1234567, 1234568, 1234569])


def places(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"region": ["a", "b", "c"], "name_en": names})


def expected(figures, times=1.0):
    return {
        code: [value * times for value in values]
        for code, values in zip("abc", figures, strict=True)
    }


def lines(names, figures):
    """Yield name, year and figure, region by region."""
    for name, values in zip(names, figures, strict=True):
        for year, value in zip(YEARS, values, strict=True):
            yield name, year, value


def with_comma(value: float, thousands: str = ".") -> str:
    return f"{value:,}".translate(str.maketrans({",": thousands, ".": ","}))


def indian(value: int) -> str:
    head, tail = f"{value:,}".replace(",", "")[:-3], f"{value}"[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])


CANADA = ("Quebec", "Ontario", "Alberta")
LAND = ("Hessen", "Baden-Württemberg", "Bayern")
STATE = ("Pará", "São Paulo", "Goiás")
JAPAN = ("北海道", "青森県", "東京都")
KOREA = ("서울특별시", "부산광역시", "경기도")
INDIA = ("Bihar", "Punjab", "Kerala")
WORLD = ("Chile", "Peru", "Brazil")
AMERICA = ("Alabama", "Georgia", "New York")
ITALY = ("Piemonte", "Lazio", "Puglia")
BRITAIN = ("North East", "Wales", "London")
MEXICO = ("Colima", "Coahuila de Zaragoza", "Ciudad de México")
TAIWAN = ("新北市", "臺北市", "宜蘭縣")
FRANCE = ("Bretagne", "Île-de-France", "Normandie")
CHINA = ("杭州市", "宁波市", "温州市")

OFFICES = {
    "Canada, long, a multiplier in words, a column called Value": Case(
        {
            "36100402.csv": "\ufeff"
            + csv(
                ("REF_DATE", "GEO", "DGUID", "NAICS", "Value", "UOM", "UOM_ID", "SCALAR_FACTOR",
                 "SCALAR_ID", "VECTOR", "VALUE", "STATUS"),
                *(
                    (y, n, "2016A0002", industry, "Current", "Dollars", 81, "millions ", 6, "v1",
                     v + more, "")
                    for n, y, v in lines(CANADA, FIGURES)
                    for industry, more in (("All industries", 0), ("Information", 1))
                ),
            )
        },
        places(*CANADA),
        [("product", "thousand CAD", "All industries", "")],
        {"product": expected(FIGURES, 1e3)},
        ["K2", "K4", "K6"],
    ),
    "Germany, points for thousands, a comma for decimals": Case(
        {
            "BIP.csv": "BIP (Mill. EUR)\nBundesland;2017;2018;2019\n"
            + "".join(
                f"{n};{';'.join(map(with_comma, values))}\n"
                for n, values in zip(LAND, FIGURES, strict=True)
            )
        },
        places(*LAND),
        [("product", "million EUR", "BIP", "")],
        {"product": expected(FIGURES)},
        ["B3", "C3", "D3"],
    ),
    "Germany, a table of GENESIS whose first columns have no head": Case(
        {
            "82111-01-05-4.csv": (
                "GENESIS-Tabelle: 82111-01-05-4\nBIP, Erwerbstätige - Jahressumme -;;;;\n"
                "VGR der Länder;;;;\n;;;BIP;Erwerbstätige\n;;;Tsd. EUR;Tsd. Pers.\n"
                + "".join(
                    f"{y};{code:02d};  {n};{v};{code}\n"
                    for k, y in enumerate(YEARS)
                    for code, n, v in (
                        (6, LAND[0], WHOLE[0][k]), (8, LAND[1], WHOLE[1][k]),
                        (9, LAND[2], WHOLE[2][k]),
                    )
                )
                + "__________\n© Statistisches Bundesamt (Destatis), 2026\n"
            ).encode("cp1252")
        },
        places(*LAND),
        [("product", "thousand EUR", "BIP", "")],
        {"product": expected(WHOLE)},
        ["D6", "D9", "D12"],
    ),
    "Germany, days in the heads of GENESIS": Case(
        {
            "12411-0010.csv": (
                "Tabelle: 12411-0010\nBevölkerung: Bundesländer, Stichtag;;;\n"
                "Bevölkerungsstand (Anzahl);;;\nBundesländer;Stichtag;;\n"
                ";31.12.2017;31.12.2018;31.12.2019\n"
                + "".join(
                    f"{n};{';'.join(map(str, values))}\n"
                    for n, values in zip(LAND, WHOLE, strict=True)
                )
            ).encode("cp1252")
        },
        places(*LAND),
        [("people", "count", "Bevölkerungsstand", "")],
        {"people": expected(WHOLE)},
        ["B6", "C6", "D6"],
    ),
    "Germany, the flat file of GENESIS": Case(
        {
            "82111_flat.csv": csv(
                ("statistics_label", "time_code", "time_label", "time", "1_variable_label",
                 "1_variable_attribute_code", "1_variable_attribute_label", "value", "value_unit",
                 "value_variable_code", "value_variable_label"),
                *(("VGR", "JAHR", "Jahr", y, "Bundesländer", "06", n, v, "Mill. EUR", "BIP",
                   "Bruttoinlandsprodukt") for n, y, v in lines(LAND, FIGURES)),
            )
        },
        places(*LAND),
        [("product", "million EUR", "Bruttoinlandsprodukt", "")],
        {"product": expected(FIGURES)},
        ["H2", "H3", "H4"],
    ),
    "Brazil, the word for years above them": Case(
        {
            "tabela5938.csv": '\ufeff"Tabela 5938 - PIB"\n"Variável - PIB (Mil Reais)"\n'
            '"Unidade da Federação";"Ano";;\n"";"2017";"2018";"2019"\n'
            + "".join(
                f'"{n}";{";".join(map(str, values))}\n'
                for n, values in zip(STATE, WHOLE, strict=True)
            )
            + '"Fonte: IBGE"\n"Notas"\n"1 - Os dados são preliminares"\n'
        },
        places(*STATE),
        [("product", "thousand BRL", "Variável - PIB", "")],
        {"product": expected(WHOLE)},
        ["B5", "C5", "D5"],
    ),
    "Japan, Shift-JIS, codes beside labels, years called 年度": Case(
        {
            "FEH.csv": (
                '"STAT_NAME","00400501","基礎データ"\n'
                '"cat01_code","Ａ　経済基盤","area_code","地域","調査年","unit","value"\n'
                + "".join(
                    f'"C1101","C1101_総生産","01000","{n}","{y}年度","百万円","{v}"\n'
                    for n, y, v in lines(JAPAN, WHOLE)
                )
            ).encode("cp932")
        },
        places(*JAPAN),
        [("product", "million JPY", "C1101_総生産", "")],
        {"product": expected(WHOLE)},
        ["G3", "G4", "G5"],
    ),
    "Korea, CP949, the indicator over every year": Case(
        {
            "a.csv": (
                '"시도별","2017","2018","2019"\n"시도별"'
                + ',"총생산(시장가격) (백만원)"' * 3
                + "\n"
                + "".join(
                    f'"{n}",{",".join(map(str, values))}\n'
                    for n, values in zip(("전국", *KOREA), ([9, 9, 9], *WHOLE), strict=True)
                )
            ).encode("cp949")
        },
        places(*KOREA),
        [("product", "million KRW", "총생산(시장가격)", "")],
        {"product": expected(WHOLE)},
        ["B4", "C4", "D4"],
    ),
    "India, fiscal years, lakhs and crores, the unit alone in a line": Case(
        {
            "GSDP.xlsx": {
                "Sheet1": [
                    ["Statement: GSDP of States"],
                    ["(Rs. Crore)"],
                    ["S.No.", "State/UT", "2010-11", "2011-12", "2012-13"],
                    *(
                        [k, n, *map(indian, values)]
                        for k, (n, values) in enumerate(zip(INDIA, WHOLE, strict=True))
                    ),
                    ["Source: MOSPI"],
                ]
            }
        },
        places(*INDIA),
        [("product", "10 million INR", "GSDP", "")],
        {"product": expected(WHOLE)},
        ["C4", "D4", "E4"],
        years=(2010, 2011, 2012),
    ),
    "Our World in Data, groups of countries without a code": Case(
        {
            "share.csv": csv(
                ("Entity", "Code", "Year", "Share of people online (%)"),
                *((n, n[:3].upper(), y, v / 1e5) for n, y, v in lines(WORLD, WHOLE)),
                *(("Africa", "", y, 22.2) for y in YEARS),
            )
        },
        places(*WORLD),
        [("online", "%", "Share of people online", "")],
        {"online": expected(WHOLE, 1e-5)},
        ["D2", "D3", "D4"],
    ),
    "the United States, points before names, commas in numbers": Case(
        {
            "nst.xlsx": {
                "NST01": [
                    ["table with row headers in column A and column headers in rows 3 and 4"],
                    ["Annual Estimates of the Resident Population: 2017 to 2019"],
                    ["Geographic Area", "Population Estimate (as of July 1)"],
                    [None, *YEARS],
                    ["United States", "9,000,000", "9,000,000", "9,000,000"],
                    *(
                        [f".{n}", *(f"{v:,}" for v in values)]
                        for n, values in zip(AMERICA, WHOLE, strict=True)
                    ),
                    [],
                    ["Note: The estimates are based on the 2020 Census."],
                ]
            }
        },
        places(*AMERICA),
        [("people", "person", "Population Estimate (as of July 1)", "")],
        {"people": expected(WHOLE)},
        ["B6", "C6", "D6"],
        read_as={"Population Estimate (as of July 1)": "person"},
    ),
    "the United States, a title and its unit in lines": Case(
        {
            "Table.csv": '"SAGDP2 GDP by state 1/"\n"Millions of current dollars"\n'
            "Bureau of Economic Analysis\nState or DC\nGeoFips,GeoName,2017,2018,2019\n"
            + "".join(
                f'"{k:02d}000","{n}",{",".join(map(str, values))}\n'
                for k, (n, values) in enumerate(zip(AMERICA, FIGURES, strict=True))
            )
            + "Legend / Footnotes:\n1/ in millions of current dollars.\n"
        },
        places(*AMERICA),
        [("product", "million USD", "SAGDP2 GDP by state", "")],
        {"product": expected(FIGURES)},
        ["C6", "D6", "E6"],
    ),
    "Italy, a code beside every label": Case(
        {
            "DCCN.csv": "\ufeff"
            + csv(
                ("ITTER107", "Territorio", "TIPO_DATO_CN", "Tipo aggregato", "TIME",
                 "Seleziona periodo", "Value", "Flags"),
                *(("ITC1", n, "B1GQ", "prodotto lordo", y, y, v, "")
                  for n, y, v in lines(ITALY, FIGURES)),
            )
        },
        places(*ITALY),
        [("product", "million EUR", "prodotto lordo", "")],
        {"product": expected(FIGURES)},
        ["G2", "G3", "G4"],
        read_as={"prodotto lordo": "million EUR"},
    ),
    "Britain, a numbered title with its unit, a note beside a year": Case(
        {
            "gva.xlsx": {
                "Cover sheet": [["Regional gross value added"], ["Contact: x@ons.gov.uk"]],
                "Table 1": [
                    ["Table 1: Gross value added, current prices, £ million"],
                    ["This worksheet contains one table. Some cells refer to notes."],
                    ["ITL", "ITL code", "Region name", 2017, 2018, "2019 [note 1]"],
                    *(
                        ["ITL1", f"TL{k}", n, *values]
                        for k, (n, values) in enumerate(zip(BRITAIN, FIGURES, strict=True))
                    ),
                    ["Other", "TLZ", "Extra-Regio", "[x]", "[x]", "[x]"],
                ],
            }
        },
        places(*BRITAIN),
        [("gva", "million GBP", "Gross value added, current prices", "")],
        {"gva": expected(FIGURES)},
        ["D4", "E4", "F4"],
    ),
    "Mexico, Windows-1252, the unit in the last column": Case(
        {
            "inegi.csv": (
                "cve_entidad,desc_entidad,id_indicador,indicador,2017,2018,2019,unidad_medida\n"
                + "".join(
                    f"{k:02d},{n},1001,Población,{','.join(map(str, values))},Número de personas\n"
                    for k, (n, values) in enumerate(zip(MEXICO, WHOLE, strict=True))
                )
            ).encode("cp1252")
        },
        places(*MEXICO),
        [("people", "person", "Población", "")],
        {"people": expected(WHOLE)},
        ["E2", "F2", "G2"],
    ),
    "Mexico, marks behind the years, money in brackets in a line": Case(
        {
            "PIBE.xlsx": {
                "Tabulado": [
                    ["INEGI. Sistema de Cuentas Nacionales de México"],
                    ["Producto interno bruto"],
                    ["(Millones de pesos a precios corrientes)"],
                    [],
                    ["Entidad federativa", "2017", "2018R", "2019P"],
                    ["Estados Unidos Mexicanos", 9, 9, 9],
                    *([n, *values] for n, values in zip(MEXICO, FIGURES, strict=True)),
                    ["P Cifras preliminares."],
                ]
            }
        },
        places(*MEXICO),
        [("product", "million MXN", "Producto interno bruto", "")],
        {"product": expected(FIGURES)},
        ["B7", "C7", "D7"],
    ),
    "Brazil, what is turned is called above it": Case(
        {
            "tabela1757.csv": (
                '"Tabela 1757 - Empresas"\n"Unidade da Federação";"Variável x Ano";;\n'
                '"";"Número de empresas (Unidades)";;\n"";"2017";"2018";"2019"\n'
                + "".join(
                    f'"{n}";{";".join(map(str, values))}\n'
                    for n, values in zip(STATE, WHOLE, strict=True)
                )
            )
        },
        places(*STATE),
        [("firms", "count", "Número de empresas", "")],
        {"firms": expected(WHOLE)},
        ["B5", "C5", "D5"],
    ),
    "Sweden, the unit between name and year": Case(
        {
            "0000016B.csv": (
                '"Regional accounts by region"\n\n"region"'
                + "".join(f',"GRP, current prices, SEK million {y}"' for y in YEARS)
                + "\n"
                + "".join(
                    f'"0{k} {n}",{",".join(map(str, values))}\n'
                    for k, (n, values) in enumerate(zip(LAND, FIGURES, strict=True))
                )
            ).encode("cp1252")
        },
        places(*(f"0{k} {n}" for k, n in enumerate(LAND))),
        [("grp", "million SEK", "GRP, current prices", "")],
        {"grp": expected(FIGURES)},
        ["B4", "C4", "D4"],
    ),
    "India, the unit at the right above the head, columns that are counted": Case(
        {
            "01T_20.xlsx": {
                "T_20": [
                    [None, "TABLE 20: GROSS STATE DOMESTIC PRODUCT"],
                    [None, None, None, None, "(₹ Lakh)"],
                    [None, "State/Union Territory", "2010-11", "2011-12", "2012-13"],
                    [None, "1", "2", "3", "4"],
                    *([None, n, *values] for n, values in zip(INDIA, WHOLE, strict=True)),
                    [None, "Note : Data are provisional."],
                ]
            }
        },
        places(*INDIA),
        [("product", "100 thousand INR", "GROSS STATE DOMESTIC PRODUCT", "")],
        {"product": expected(WHOLE)},
        ["C5", "D5", "E5"],
        years=(2010, 2011, 2012),
    ),
    "Taiwan, Big5, years of the republic": Case(
        {
            "a.csv": csv(
                ("縣市", "年度", "營業收入(百萬元)"),
                *((n, f"民國{y - 1911}年", v) for n, y, v in lines(TAIWAN, WHOLE)),
            ).encode("big5")
        },
        places(*TAIWAN),
        [("sales", "other: NT$", "營業收入(百萬元)", "")],
        {"sales": expected(WHOLE)},
        ["C2", "C3", "C4"],
        read_as={"營業收入(百萬元)": "other: NT$"},
    ),
    "France, spaces for thousands, a comma for decimals": Case(
        {
            "PIB.csv": "PIB (en millions d'euros)\nRégion;2017;2018;2019\n"
            + "".join(
                f"{n};{';'.join(with_comma(v, chr(0x202F)) for v in values)}\n"
                for n, values in zip(FRANCE, FIGURES, strict=True)
            )
            + "Source : Insee\n"
        },
        places(*FRANCE),
        [("product", "million EUR", "PIB", "")],
        {"product": expected(FIGURES)},
        ["B3", "C3", "D3"],
    ),
    "a sheet for each indicator, regions across, told by their names": Case(
        {
            "a.xlsx": {
                "快递业务量": [
                    ["快递业务量（万件）"],
                    ["年份", *CHINA, "全省"],
                    *([f"{y}年", *(v[k] for v in WHOLE), 9] for k, y in enumerate(YEARS)),
                    ["资料来源：各市统计年鉴"],
                ]
            }
        },
        places(*CHINA),
        [("parcels", "10 thousand", "快递业务量", "")],
        {"parcels": expected(WHOLE)},
        ["B3", "B4", "B5"],
    ),
    "heads that several files share: the title tells them apart": Case(
        {
            f"{name}.xlsx": {
                "Sheet1": [
                    [f"表 {name}"],
                    [None, None, "单位：亿元"],
                    ["地区", *(x for y in YEARS for x in (f"{y}年", None))],
                    [None, *("总量", "比上年增长(%)") * 3],
                    *(
                        [n, *(x for v in values for x in (v + more, 3.1))]
                        for n, values in zip(CHINA, WHOLE, strict=True)
                    ),
                ]
            }
            for name, more in (("进出口总额", 0), ("网络零售额", 1))
        },
        places(*CHINA),
        [("trade", "100 million yuan", "进出口总额; 总量", "")],
        {"trade": expected(WHOLE)},
        ["B5", "D5", "F5"],
    ),
    "a panel with the statistics of its columns below": Case(
        {
            "面板.txt": (
                "id\t城市\t年份\t增加值(亿元)\n"
                + "".join(f"1\t{n}\t{y}\t{v}\n" for n, y, v in lines(CHINA, WHOLE))
                + "\t均值\t\t900\n\t标准差\t\t10\n"
            ).encode("utf-16")
        },
        places(*CHINA),
        [("value", "100 million yuan", "增加值", "")],
        {"value": expected(WHOLE)},
        ["D2", "D3", "D4"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OFFICES)
def test_a_file_of_an_office_is_read_as_it_is(name, tmp_path):
    assert_reads(OFFICES[name], tmp_path)


def numbers(*texts: str, delimiter: str = ";", mark: str = "") -> tuple[list, str]:
    text = delimiter.join(["x", *(f'"{text}"' for text in texts)])
    (sheet,) = text_sheets(f"{text}\n".encode(), "a")
    plain = plain_numbers(sheet, mark)
    return plain.values[0, 1:].tolist(), plain.unclear.text if plain.unclear else ""


def test_the_decimal_mark_is_what_the_sheet_shows():
    assert numbers("1.234", "12,5") == (["1234", "12.5"], "")
    assert numbers("1.234", "1.234.567") == (["1234", "1234567"], "")
    assert numbers("1.234", "1.234,50①") == (["1234", "1234.50①"], "")
    assert numbers("1.234", "12.5") == (["1.234", "12.5"], "")
    assert numbers("1.234", "0.5") == (["1.234", "0.5"], "")
    assert numbers("1,234", "1,234,567") == (["1,234", "1,234,567"], "")
    assert numbers("1 234", "5 678,9") == (["1 234", "5678.9"], "")
    assert numbers("1.234", "567", "01.02", delimiter=",") == (["1.234", "567", "01.02"], "")


def test_a_number_that_may_be_read_in_two_ways_is_asked_for(tmp_path):
    assert numbers("567", "1.234") == (["567", "1.234"], "1.234")
    assert numbers("567", "1,234") == (["567", "1,234"], "1,234")
    assert numbers("567", "1,234", delimiter="\t") == (["567", "1,234"], "")
    assert numbers("1.234", "12.5", "12,5")[1] == "1.234"
    assert numbers("1,234", "1,23", delimiter="\t")[1] == "1,234"  # a slip, or a decimal comma
    assert numbers("1.234", "5", mark=",") == (["1234", "5"], "")
    assert numbers("1.234", "5", mark=".") == (["1.234", "5"], "")
    assert readings("1.234") == ("1.234", "1234") and readings("1,234") == ("1234", "1.234")
    case = OFFICES["Germany, points for thousands, a comma for decimals"]
    text = "BIP (Mill. EUR)\nBundesland;2017;2018\nHessen;1.234;2.345\n"
    (line,) = said(replace(case, files={"BIP.csv": text}), tmp_path)
    assert line.endswith(
        'BIP.csv › B3: "1.234" may be 1.234 or 1234, and nothing in the table shows which; write '
        'decimal_mark: "." or "," in the config'
    )


def test_fiscal_years_are_no_months():
    def plain(*texts):
        return [words.text for words in plain_periods([CellWords(text) for text in texts])]

    assert plain("2010-11", "2011-12") == ["2010", "2011"]
    assert plain("2011-12") == ["2011-12"] and period_of("2011-12") == Period(2011, 12, 12)
    assert plain("2010-10", "2011-12") == ["2010-10", "2011-12"]
    assert {period_of(text) for text in ("2012-13", "2012/13", "2012–2013")} == {Period(2012)}
    assert period_of("2012-14") is None and period_of("2012-2014") is None


def test_years_of_eras():
    spelled = {"民國105年": 2016, "民国105年": 2016, "令和元年": 2019, "平成28年度": 2016}
    spelled |= {"2016年度": 2016, "2016년": 2016, "2016 [note 2]": 2016}
    assert {text: period_of(text) for text in spelled} == {
        text: Period(year) for text, year in spelled.items()
    }
    assert period_of("105年") is None


def test_the_audit_says_how_fiscal_years_are_read(tmp_path):
    case = OFFICES["India, fiscal years, lakhs and crores, the unit alone in a line"]
    _, remarks = observed(case, tmp_path)
    assert (remarks["message"] == "fiscal_years").sum() == 1


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("city,year\n杭州,2016\n温州,2016\n", "gb18030"),
        ("地区;2016\n江苏;1\n", "gb18030"),
        ("region,year\n서울,2016\n부산,2016\n", "cp949"),
        ("県;2016\n東京都;1\n", "cp932"),
        ("縣市;2016\n新北市;1\n", "big5"),
        ("region;2016\nKöln;1\nMünchen;2\n", "cp1252"),
        ("Région;2016\nÎle-de-France;1\n", "cp1252"),
    ],
)
def test_the_encoding_is_told_by_the_characters(text, encoding):
    assert decoded(text.encode(encoding), "a") == text


def test_a_text_that_may_be_in_several_encodings_is_refused():
    with pytest.raises(StudyError, match=r"^a: may be text in GB18030, CP949.*nothing in it shows"):
        decoded("x,y\n馈馈馈馈,1\n".encode("gb18030"), "a")


def test_units_in_other_languages():
    said_so = {
        "Mill. EUR": "million EUR", "£ million": "million GBP", "₹ Crore": "10 million INR",
        "₹ Lakh": "100 thousand INR", "백만원": "million KRW", "百万円": "million JPY",
        "Mil Reais": "thousand BRL", "milioni di euro": "million EUR", "Personen": "person",
        "millions d'euros": "million EUR", "명": "person", "Anzahl": "count",
        "en milliers": "thousand", "in millions of US dollars": "million USD",
    }  # fmt: skip
    assert {text: find_unit(text).name for text in said_so} == said_so
    with pytest.raises(StudyError):
        find_unit("Millones de pesos")  # of which country is not said
    assert find_unit(of_currency("Millones de pesos", "MXN")).name == "million MXN"
    with pytest.raises(StudyError):
        find_unit("百萬元")  # of Taiwan or of Hong Kong, and not yuan


def test_plain_numbers_leave_a_workbook_s_own_numbers_alone():
    for cells, other in ((["2017", 2018.0], "1.5"), ([1.5, None], "1,5")):  # years are no figures
        values = pd.DataFrame([["a", *cells], ["b", "1,5", None]], dtype=object).to_numpy()
        assert plain_numbers(Sheet("a", "", values)).values[1, 1] == other
