"""A study begun from downloads: what is proposed, what is written, what is left to a person."""

import csv
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from openpyxl import Workbook, load_workbook

from coevo.errors import StudyError
from coevo.study.check import check_lines, check_study
from coevo.study.found_tables import indicator_name, survey
from coevo.study.new_study import Wish, begin_from_files, wish
from coevo.study.proposal import SIZE, Indicator, find_regions, find_years
from coevo.study.terminal import NEEDED

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "我的 下载"
CITIES = ("杭州", "宁波市", "吉林", "全国")
COUNTIES = (("330110", "余杭区"), ("330122", "桐庐县"), ("330127", "淳安县"))
NAMES = ("GDP(亿元)", "快递业务量(万件)", "专利数", "常住人口(万人)")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A project without studies, and a folder of downloads."""
    for part in ("workflow", "config/regions"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "config" / "config.yaml", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    Path(FOLDER).mkdir()
    return tmp_path


def figure(region: int, year: int, column: int) -> float:
    return 100.5 + 37 * region + 11 * column + (3 + region + column**2) * (year - 2010)


def panel(
    name: str = "城市 数据.xlsx", regions=CITIES, names=NAMES, years=range(2012, 2020)
) -> None:
    """Write a panel: region and year down, indicators across."""
    book = Workbook()
    book.active.append(["地区", "年份", *names])
    for r, region in enumerate(regions):
        for year in years:
            book.active.append([region, year, *(figure(r, year, c) for c in range(len(names)))])
    book.save(Path(FOLDER, name))


def begun(**words) -> list[str]:
    return begin_from_files(Wish("mine", 0, 0, "2026-11", FOLDER, **words))


def table() -> dict[str, dict[str, str]]:
    with Path("config/indicators/mine.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_name"]: row for row in csv.DictReader(file)}


def config() -> dict:
    return yaml.safe_load(Path("config/mine.yaml").read_text(encoding="utf-8"))


def test_the_words_of_the_command_may_name_a_folder():
    assert wish(["study=mine", "from=我的 下载"], "2026-11") == Wish(
        "mine", 0, 0, "2026-11", FOLDER
    )
    assert wish(["study=mine", "from=x", "first=2001"], "2026-11").first == 2001


def test_what_a_folder_holds_becomes_a_study():
    panel()
    Path(FOLDER, "说明.txt").write_text("从统计局下载。\n", encoding="utf-8")
    Path(FOLDER, "a b.pdf").write_bytes(b"%PDF-1.4")
    said = begun()
    text = "\n".join(said)
    assert (
        "Regions: 3, known in config/regions/cities.csv" in said and "Years: 2012 to 2019" in said
    )
    assert "regions and years down" in text or "regions down, years down" in text
    assert '"吉林" is read as cities; Jilin (provinces) has that name too' in text
    assert "a b.pdf: is a PDF" in text and "说明.txt: no table of figures; set aside" in text
    assert Path("data/raw/mine/2026-11/城市 数据.xlsx").is_file()
    assert not Path("data/raw/mine/2026-11/a b.pdf").exists()
    made = config()
    assert made["regions_table"] == "config/regions/cities.csv"
    assert made["years"] == {"first": 2012, "last": 2019} and made["report"]["languages"] == ["zh"]
    assert made["focus_region"] in ("330100", "330200", "220200")
    rows = table()
    assert [row["subsystem"] for row in rows.values()] == ["first", "second", "", ""]
    assert rows["快递业务量"]["unit"] == "10 thousand" and rows["专利数"]["unit"].startswith(
        "other: "
    )
    assert made["comovement"]["size"] == [rows["GDP"]["indicator"], rows["常住人口"]["indicator"]]
    assert said[-3:][0].startswith("1. Edit config/mine.yaml, the lines marked CHANGE")


def test_check_refuses_it_until_a_person_has_decided():
    panel(names=("GDP(亿元)", "快递业务量(万件)", "专利数(件)", "常住人口(万人)"))
    begun()
    with pytest.raises(StudyError) as problem:
        check_study("config/mine.yaml")
    assert [line.split(": ")[1] for line in problem.value.messages] == [
        "title.zh",
        "subsystems.first.zh",
        "subsystems.second.zh",
    ]
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", ""), encoding="utf-8")
    checked = check_study("config/mine.yaml")
    assert checked.problems == () and checked.complete == (24, 24)
    assert "homonym" in set(checked.remarks["check"])


def test_regions_that_no_set_knows_get_a_table_of_their_own():
    names = ("online sales (million yuan)", "workshops")
    panel("a.xlsx", ("North Shore", "Südufer", "DE-11", "Total"), names)
    said = begun()
    assert "Regions: 3, written in config/regions/mine.csv" in said
    with Path("config/regions/mine.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"region": "North-Shore", "name_en": "North Shore"},
        {"region": "Südufer", "name_en": "Südufer"},
        {"region": "DE-11", "name_en": "DE-11"},
    ]
    assert config()["report"]["languages"] == ["en"]
    assert list(table()) == ["online sales", "workshops"]
    assert table()["online sales"]["indicator"] == "online_sales"


def test_regions_that_lack_an_indicator_are_left_out_by_name():
    panel(regions=("杭州", "宁波", "温州"), names=NAMES[:2])
    panel("b.xlsx", regions=("杭州", "宁波"), names=NAMES[2:])
    said = begun()
    assert "  1 regions lack an indicator altogether and are left out: 温州" in said
    assert config()["regions"] == ["330100", "330200"]


def test_series_of_one_file_are_told_apart_by_what_stands_beside_them():
    lines = ["freq,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{y} " for y in range(2012, 2020))]
    for place, unit in enumerate(("MIO_EUR", "PC_HH")):
        for region in ("AT11", "AT12"):
            cells = (f"{10 + place + 1.5 * year} b" for year in range(8))
            lines.append(f"A,{unit},{region}\t" + "\t".join(cells))
    Path(FOLDER, "estat_x.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    begun()
    assert {name: row["unit"] for name, row in table().items()} == {
        "estat_x; MIO_EUR": "million EUR",
        "estat_x; PC_HH": "other: PC_HH",
    }


def test_the_unit_that_no_file_states_is_given_by_the_config():
    panel(names=("销售额(亿元)", "能耗(吨标准煤/万元)", "得分"))
    begun()
    assert config()["units_read_as"] == {"得分": "other: 未注明"}
    assert table()["能耗"]["unit"] == "other: 吨标准煤/万元"
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", ""), encoding="utf-8")
    assert check_study("config/mine.yaml").problems == ()


def test_codes_totals_and_places_of_two_levels():
    for name in ("财政收入", "零售额"):
        rows = [
            f"浙江省部分县(市、区){name}",
            "单位：亿元",
            "代码,县(市、区)," + "2014年,2015年,2016年,2017年,2018年",
        ]
        rows += [f"{code},{place},1,2,{k},4,5.5" for k, (code, place) in enumerate(COUNTIES)]
        text = "\n".join([*rows, "合计,,1,2,3,4,5"]) + "\n"
        Path(FOLDER, f"{name}.csv").write_text(text, encoding="gb18030")
    rows = ["省份,县(市、区),年份,专利(件)"]
    rows += [f"浙江省,{p},{2014 + t},{t + 5.5 * t}" for _, p in COUNTIES for t in range(5)]
    Path(FOLDER, "专利.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    said = begun()
    assert not any("Not understood" in line for line in said)
    with Path("config/regions/mine.csv").open(encoding="utf-8", newline="") as file:
        assert [tuple(row.values()) for row in csv.DictReader(file)] == list(COUNTIES)
    assert list(table()) == ["专利", "财政收入", "零售额"]
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", ""), encoding="utf-8")
    assert check_study("config/mine.yaml").problems == ()


def test_quarters_ask_how_a_year_is_made_of_them():
    quarters = [f"{year}Q{quarter}" for year in range(2014, 2020) for quarter in (1, 2, 3, 4)]
    rows = ["地区,指标,单位," + ",".join(quarters)]
    for name in ("甲", "乙"):
        for place, region in enumerate(("杭州", "宁波")):
            rows.append(f"{region},{name},亿元," + ",".join(str(5 + place + k) for k in range(24)))
    Path(FOLDER, "q.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    begun()
    assert {row["frequency"] for row in table().values()} == {"CHANGE"}
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", ""), encoding="utf-8")
    with pytest.raises(StudyError, match=r"frequency: unknown frequency 'CHANGE'; known:.*sum"):
        check_study("config/mine.yaml")


def test_nothing_is_overwritten():
    panel()
    begun()
    kept = {p: p.read_bytes() for p in Path().rglob("mine*") if p.is_file()}
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    again = begun()
    assert "kept     config/mine.yaml" in again and "kept     config/indicators/mine.csv" in again
    assert path.read_bytes() == kept[path] + b"\n# mine\n"


def test_files_that_stand_in_the_study_already_are_not_copied():
    panel()
    Path("data/raw/mine").mkdir(parents=True)
    Path(FOLDER).rename("data/raw/mine/2026-10")
    said = begin_from_files(Wish("mine", 0, 0, "2026-11", "data/raw/mine/2026-10"))
    assert not Path("data/raw/mine/2026-11").exists()
    assert [line for line in said if "data/raw" in line and line.startswith("written")] == []


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda: None, "from: no table of figures was found"),
        (lambda: panel(names=NAMES[:1]), "from: 1 of 1 indicators have figures for 2012 to 2019"),
    ],
)
def test_a_folder_that_suggests_no_study_is_refused(write, said):
    write()
    with pytest.raises(StudyError) as problem:
        begun()
    assert problem.value.messages[0].startswith(said)
    assert not Path("config/mine.yaml").exists()
    with pytest.raises(StudyError, match="from: there is no nowhere"):
        begin_from_files(Wish("mine", 0, 0, "2026-11", "nowhere"))


def test_the_set_that_knows_most_names_is_taken_if_it_knows_more_than_half():
    assert (
        find_regions(dict.fromkeys(["Zhejiang", "吉林", "上海"], ""), "x").path
        == "config/regions/provinces.csv"
    )
    assert (
        find_regions(dict.fromkeys(["吉林", "长春", "四平"], ""), "x").path
        == "config/regions/cities.csv"
    )
    some = find_regions(dict.fromkeys(["Germany", "FR", "Korea, Rep.", "Arab World"], ""), "x")
    assert some.path == "config/regions/countries.csv" and some.strangers == ("Arab World",)
    assert some.groups == "group"
    own = find_regions(dict.fromkeys(["Germany", "Elbe", "Weser", "Main"], ""), "x")
    assert own.path == "config/regions/x.csv" and len(own.rows) == 4


def spans(*years: tuple[int, int]) -> list[Indicator]:
    return [Indicator({}, span, 1, 1) for span in years]


def test_years_are_those_that_give_most_figures():
    assert find_years(spans((2000, 2010), (2002, 2012)), (0, 0)) == (2002, 2010)
    assert find_years(spans((2000, 2010), (2000, 2010), (2009, 2020)), (0, 0)) == (2000, 2010)
    assert find_years(spans((2000, 2010), (2002, 2012)), (2003, 0)) == (2003, 2010)
    assert find_years(spans((2018, 2020)), (0, 0)) == (2018, 2020)


def test_names_of_indicators_leave_units_marks_and_english():
    assert indicator_name("地区生产总值(亿元)①") == ("地区生产总值", "")
    assert indicator_name("地区生产总值 Gross product (100 million yuan)") == (
        "地区生产总值",
        "Gross product",
    )
    assert indicator_name("GDP per head") == ("GDP per head", "")


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("Gross domestic product, current prices", "gross_regional_product"),
        ("GROSS STATE DOMESTIC PRODUCT", "gross_regional_product"),
        ("GROSS STATE PRODUCT (CURRENT PRICES)", "gross_regional_product"),
        ("Producto interno bruto por entidad federativa", "gross_regional_product"),
        ("Produto interno bruto a preços correntes", "gross_regional_product"),
        ("県内総生産額", "gross_regional_product"),
        ("População residente estimada", "resident_population"),
        ("GDP per capita", ""),
        ("Population in towns", ""),
    ],
)
def test_product_and_population_are_told_with_what_stands_behind_them(name, size):
    assert next((key for key, like in SIZE.items() if like.fullmatch(name)), "") == size


def test_what_was_not_understood_is_said_once():
    for year in (2015, 2016, 2017):
        frame = pd.DataFrame({"what": ["x", "y"], "how much": [1.5, 2.5]})
        frame.to_csv(Path(FOLDER, f"{year}.csv"), index=False)
    (line,) = survey(Path(FOLDER)).unclear
    assert re.match(r"2015\.csv › A1 and 2 more: ", line)


def told() -> list[str]:
    """Return the lines on what was not understood, each in one line."""
    text = "\n".join(begun()).replace("\n    ", " ")
    part = text.partition("Not understood")[2].partition("\n\n")[0]
    return [line.strip() for line in part.split("\n")[1:]]


def states(name: str, unit: str, times: int, total: str) -> None:
    """Write a table of three states and their total, points for thousands."""
    rows = [[f"{name} ({unit})"], ["Bundesland", *range(2012, 2020)]]
    values = [[times * (r + 2) * (100 + y) for y in range(8)] for r in range(4)]
    for state, row in zip(("Hessen", "Bayern", "Berlin", "Bremen"), values, strict=True):
        rows.append([state, *(f"{v:,}".replace(",", ".") for v in row)])
    rows.append([total, *(f"{sum(c):,}".replace(",", ".") for c in zip(*values, strict=True))])
    text = "\n".join(";".join(map(str, row)) for row in rows)
    Path(FOLDER, f"{name}.csv").write_text(f"{text}\n", encoding="cp1252")


def test_a_total_is_known_by_its_figures_and_a_doubtful_mark_is_asked_for():
    states("Betriebe", "Anzahl", 20, "Deutschland")
    states("Umsatz", "Mill. EUR", 30, "Deutschland")
    lines = told()
    assert "the whole of the regions, and none of them: Deutschland" in lines
    assert sum("nothing in the table shows which" in line for line in lines) == 2
    codes = Path("config/regions/mine.csv").read_text(encoding="utf-8").split("\n")[1:-1]
    assert codes == ["Hessen,Hessen", "Bayern,Bayern", "Berlin,Berlin", "Bremen,Bremen"]
    assert [row["unit"] for row in table().values()] == ["count", "million EUR"]
    assert config()["decimal_mark"] == "CHANGE"
    with pytest.raises(StudyError, match="decimal_mark: unknown decimal mark 'CHANGE'"):
        check_study("config/mine.yaml")
    path = Path("config/mine.yaml")
    said = path.read_text(encoding="utf-8").replace("mark: CHANGE", 'mark: ","')
    path.write_text(said.replace("CHANGE", "x"), encoding="utf-8")
    found = check_study("config/mine.yaml").observations
    assert found["value"].min() == 20 * 2 * 100 and len(found) == 64


def test_ranks_are_left_out_and_shared_heads_are_told_apart_by_their_titles():
    for number, name in enumerate(("进出口总额", "零售额")):
        panel(f"{name}.xlsx", names=("总量(亿元)", f"{name}位次"))
        path = Path(FOLDER, f"{name}.xlsx")
        book = load_workbook(path)
        for row in book.active.iter_rows(min_row=2, min_col=3, max_col=3):
            row[0].value *= 1 + number
        book.save(path)
    lines = told()
    assert "进出口总额位次: a rank; left out" in lines and "零售额位次: a rank; left out" in lines
    assert [*table()] == ["进出口总额; 总量", "零售额; 总量"]
    assert table()["零售额; 总量"]["label_zh"] == "零售额 总量"


def test_a_sheet_or_a_file_may_be_called_after_its_region_and_its_indicator():
    book = Workbook()
    for city in ("杭州市", "宁波市"):
        sheet = book.create_sheet(city)
        sheet.append(["指标", "单位", *range(2012, 2020)])
        for name in ("总产值", "企业数"):
            sheet.append(
                [name, "个", *(figure(len(city), y, len(name)) for y in range(2012, 2020))]
            )
    book.remove(book.active)
    book.save(Path(FOLDER, "分市.xlsx"))
    book = Workbook()
    book.active.title = "分市年度数据"
    book.active.append(["地区", *range(2012, 2020)])
    for row, city in enumerate(("杭州市", "宁波市")):
        book.active.append([city, *(figure(row, year, 1) for year in range(2012, 2020))])
    book.save(Path(FOLDER, "分市年度数据-专利授权量（件）.xlsx"))
    text = "\n".join(begun())
    assert "Regions: 2, known in config/regions/cities.csv" in text
    assert "Not understood" not in text
    assert [*table()] == ["总产值", "企业数", "专利授权量"]
    assert table()["专利授权量"]["unit"] == "count"


def test_compass_points_are_regions_where_they_are_not_those_of_china():
    names = ("North East", "South West", "Wales", "Scotland")
    panel("gva.xlsx", regions=names, names=("GVA (£ million)", "Jobs (persons)", "Firms (number)"))
    begun()
    rows = Path("config/regions/mine.csv").read_text(encoding="utf-8")
    assert all(name in rows for name in names)


def test_files_that_name_no_region_are_read_as_of_one():
    for name, unit in (("SALES", "dollars"), ("SHOPS", "number")):
        text = f"observation_date,{name} ({unit})\n"
        text += "".join(f"{y}-01-01,{y * 3 - 5000}\n" for y in range(2012, 2020))
        Path(FOLDER, f"{name}.csv").write_text(text, encoding="utf-8")
    lines = told()
    assert "SALES.csv and 1 more: names no region" in lines
    assert "no file names a region: write that of the one in config/regions/mine.csv" in lines
    assert any(line.startswith('"dollars" is money of several countries') for line in lines)
    assert table()["SALES"]["unit"] == "other: dollars"
    for name in ("config/mine.yaml", "config/regions/mine.csv"):
        path = Path(name)
        path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", "x"), encoding="utf-8")
    checked = check_study("config/mine.yaml")
    assert len(checked.observations) == 16 and set(checked.observations["name"]) == {"x"}
    assert set(checked.audit["message"]) >= {"only_region"}


@pytest.mark.parametrize(("whole", "unit"), [("Canada", "million CAD"), ("", "other: Dollars")])
def test_dollars_are_those_of_the_country_that_stands_as_the_total(whole, unit):
    lines = ["GEO,REF_DATE,Series,UOM,SCALAR_FACTOR,VALUE"]
    places = {"Quebec": 3, "Ontario": 5, "Alberta": 4, "Nunavut": 1} | (
        {whole: 13} if whole else {}
    )
    for place, size in places.items():
        for year in range(2012, 2020):
            value = size * (year - 2000)
            lines.append(f"{place},{year},Trade,Dollars,{'millions' if whole else ''},{value}")
            lines.append(f"{place},{year},Shops,Number,units,{value * 7}")
    Path(FOLDER, "x.csv").write_text("\n".join(lines), encoding="utf-8")
    begun()
    assert table()["Trade"]["unit"] == unit
    rows = pd.read_csv("config/indicators/mine.csv", dtype=str, keep_default_na=False)
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", "x"), encoding="utf-8")
    for meant in (unit, "thousand CAD"):  # as it is proposed, and as a person may write it
        rows.assign(unit=[meant, "count"]).to_csv("config/indicators/mine.csv", index=False)
        found = check_study("config/mine.yaml").observations
        own = found[(found["region"] == "Quebec") & (found["year"] == 2012)].set_index("indicator")
        times = {"million CAD": 1, "other: Dollars": 1, "thousand CAD": 1e3 if whole else 1e-3}
        assert own.loc["trade", "value"] == pytest.approx(36 * times[meant])


def test_names_that_no_font_holds_may_be_written_anew():
    panel("a.xlsx", regions=("서울", "부산", "대구"), names=("GVA (£ million)", "Jobs (persons)"))
    assert told() == [
        "3 names are in signs that no font of the reports has; write them in Latin or Chinese "
        "signs in the column name_en of config/regions/mine.csv: 서울, 부산, 대구"
    ]
    path = Path("config/regions/mine.csv")
    rows = path.read_text(encoding="utf-8").split("\n")
    assert rows[:3] == ["region,name_en,codes", "r,CHANGE 서울,서울", "r-2,CHANGE 부산,부산"]
    new = "\n".join([rows[0], "r,Seoul,서울", "r-2,Busan,부산", "r-3,Daegu,대구"])
    Path("config/mine.yaml").write_text(
        Path("config/mine.yaml").read_text(encoding="utf-8").replace("CHANGE", "x"),
        encoding="utf-8",
    )
    with pytest.raises(StudyError, match=r"name_en: still says CHANGE \(r and 2 more\)"):
        check_study("config/mine.yaml")
    path.write_text(f"{new}\n", encoding="utf-8")
    assert set(check_study("config/mine.yaml").observations["name"]) == {"Seoul", "Busan", "Daegu"}


def test_a_series_without_a_name_is_called_by_what_stands_beside_it_or_asked_for():
    def series(file: str, text: str) -> None:
        lines = ["REF_DATE,GEO,DGUID,Characteristic,UOM,VECTOR,VALUE"]
        lines += [
            f"{year},{place},2021A,{text},Number,v{k},{year * (k + 1) - 4000 * k}"
            for k, place in enumerate(("Quebec", "Ontario"))
            for year in range(2012, 2020)
        ]
        Path(FOLDER, file).write_text("\n".join(lines), encoding="utf-8")

    series("22100059.csv", "Firms with a website")
    series("22100060.csv", "")
    series("22100061.csv", "총생산")
    lines = told()
    assert [*table()] == ["Firms with a website", "22100060", "총생산"]
    said = [row["label_en"] for row in table().values()]
    assert said == ["Firms with a website", "CHANGE 22100060", "CHANGE 총생산"]
    assert any(
        line.startswith("22100060, 총생산: no name that reports can print") for line in lines
    )
    path = Path("config/mine.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("CHANGE", "x"), encoding="utf-8")
    with pytest.raises(StudyError) as problem:
        check_study("config/mine.yaml")
    assert sum("label_en: still says CHANGE" in line for line in problem.value.messages) == 2


LANDS = ("Hessen", "Bayern", "Berlin")


def test_foreign_files_have_the_model_at_once():
    """Two outputs among shares: named as those of the model, and check has nothing to say of it."""
    names = ("Online (%)", "Umsatz (million EUR)", "Web (% of firms)", "Personal (persons)")
    panel("a.xlsx", LANDS, names)
    assert "Model of two populations: umsatz, personal" in begun()
    made = config()
    assert made["interaction"] == {"upstream": "umsatz", "downstream": "personal"}
    path = Path("config/mine.yaml")
    text = path.read_text(encoding="utf-8")
    assert "outputs could be: umsatz, personal; a share, rate or index: online, web\n" in text
    assert re.search(r"^interaction: {.*}  # CHANGE to ", text, re.MULTILINE)
    path.write_text(text.replace("CHANGE", "x"), encoding="utf-8")
    checked = check_study("config/mine.yaml")
    assert checked.problems == () and checked.config["interaction"]["upstream"] == "umsatz"
    assert not [line for line in check_lines(checked, lambda *_: "") if "populations" in line]


def test_files_of_shares_are_told_what_the_model_needs():
    panel("a.xlsx", LANDS, ("Online (%)", "Shops", "Web (% of firms)", "GDP per head (EUR/person)"))
    assert f"Model of two populations: off; {NEEDED}" in begun()
    assert config()["interaction"] is None
    text = Path("config/mine.yaml").read_text(encoding="utf-8")
    assert re.search(r"^interaction: null  # CHANGE to ", text, re.MULTILINE)
    text = text.replace("\n#   ", " ")
    assert (
        f"# The model of two populations: {NEEDED}; a share, rate or index: online, web, " in text
    )
    assert "gdp_per_head; unit not known: shops\n" in text


def test_a_zero_keeps_an_indicator_from_being_an_output():
    panel("a.xlsx", LANDS, ("Sales (million EUR)", "Firms (number)", "Jobs (persons)"))
    book = load_workbook(Path(FOLDER, "a.xlsx"))
    book.active["C5"].value = 0
    book.save(Path(FOLDER, "a.xlsx"))
    begun()
    assert config()["interaction"] == {"upstream": "firms", "downstream": "jobs"}
    text = Path("config/mine.yaml").read_text(encoding="utf-8")
    assert "outputs could be: firms, jobs; has figures of zero or below: sales" in text
