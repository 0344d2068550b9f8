"""Names of regions and indicators: by table and by what stands beside them, never by likeness."""

import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.files import read_table
from coevo.observations.names import (
    RegionMatch,
    Regions,
    aliases,
    compared,
    find_indicator,
    nearest_names,
)
from coevo.study.regions import SETS as SETS_SHIPPED
from coevo.study.regions import read_regions
from tests.unit.cases import sections

TABLE = read_table("config/regions/provinces.csv", "regions")
REGIONS = Regions(TABLE)
CASES = sections("names")
TRADITIONAL = (
    "北京 天津 河北 山西 內蒙古 遼寧 吉林 黑龍江 上海 江蘇 浙江 安徽 福建 江西 山東 河南 湖北 湖南 "
    "廣東 廣西 海南 重慶 四川 貴州 雲南 西藏 陝西 甘肅 青海 寧夏 新疆 臺灣 香港 澳門"
).split()


def test_every_region_by_every_form_of_its_name():
    for number, row in enumerate(TABLE.to_dict("records")):
        forms = [row[c] for c in ("region", "name_en", "name_zh", "long_zh")]
        assert aliases(row["traditional_zh"])[0] == TRADITIONAL[number]
        for name in (*forms, *aliases(row["traditional_zh"])):
            assert REGIONS.find(name) == RegionMatch(row["region"])
        for name in aliases(row["variants"]):
            assert REGIONS.find(name) == RegionMatch(row["region"], variant=True)


def test_long_traditional_forms_differ_from_the_simplified_only_where_characters_do():
    long = {row["long_zh"]: aliases(row["traditional_zh"])[1] for row in TABLE.to_dict("records")}
    assert all(len(name) == len(other) for name, other in long.items())
    assert long["广东省"] == "廣東省" and long["北京市"] == "北京市"
    assert long["内蒙古自治区"] == "內蒙古自治區" and long["西藏自治区"] == "西藏自治區"
    assert long["新疆维吾尔自治区"] == "新疆維吾爾自治區"
    assert long["澳门特别行政区"] == "澳門特別行政區"


@pytest.mark.parametrize(("text", "code"), CASES["beside"])
def test_what_stands_beside_a_name_does_not_matter(text, code):
    assert REGIONS.find(text) == RegionMatch(code)


@pytest.mark.parametrize("text", ["广西省", "内蒙", "新疆省", "西藏省", "宁夏省", "Tibet"])
def test_wrong_and_older_forms_are_variants(text):
    assert REGIONS.find(text).variant
    assert REGIONS.find("内蒙 Inner Mongolia") == RegionMatch("150000", variant=True)


@pytest.mark.parametrize(("text", "said"), CASES["nearest"])
def test_the_nearest_name_is_proposed_and_never_taken(text, said):
    with pytest.raises(StudyError) as problem:
        REGIONS.find(text)
    assert str(problem.value).startswith(f'"{text}" {said}')


def test_a_name_of_two_regions_asks_for_the_code():
    twice = pd.DataFrame(
        {
            "region": ["110105", "220104"],
            "name_zh": ["朝阳", "朝阳"],
            "long_zh": ["朝阳区", "长春朝阳区"],
            "name_en": ["Chaoyang", "Changchun Chaoyang"],
        }
    )
    regions = Regions(twice)
    assert regions.find("朝阳区") == RegionMatch("110105")
    with pytest.raises(StudyError) as problem:
        regions.find("朝阳")
    said = '"朝阳" names several regions (110105 220104); write the code instead'
    assert str(problem.value) == said


def test_a_region_may_bear_the_name_of_a_group():
    regions = pd.DataFrame(
        {"region": ["1"], "name_zh": ["东部"], "long_zh": [""], "name_en": ["East"]}
    )
    assert Regions(regions).find("东部") == RegionMatch("1")


@pytest.mark.parametrize(("text", "found"), CASES["indicators"])
def test_indicators_are_found_by_equality(text, found):
    names = {"电子商务销售额": "sales", "网络销售额": "sales", "R&D经费支出": "rd"}
    names |= {"比重（正文）": "share"}
    assert find_indicator(text, {compared(name): i for name, i in names.items()}) == found


def test_the_nearest_names_are_proposed():
    held = {"电子商务销售额合计", "年末常住人口", "电子商务采购额"}
    assert nearest_names("电子商务销售额", held, 2) == ["电子商务销售额合计", "电子商务采购额"]
    assert nearest_names("价格指数", held) == []


def test_a_table_of_regions_may_have_names_in_one_language_alone():
    known = Regions(pd.DataFrame({"region": ["hudson-bay"], "name_en": ["Hudson Bay"]}))
    assert known.find("HUDSON BAY") == known.find("hudson-bay") == RegionMatch("hudson-bay")
    assert known.short == {"hudson-bay": "Hudson Bay"}
    known = Regions(pd.DataFrame({"region": ["a.1"], "name_zh": ["甲县"]}))
    assert known.find("甲县").code == "a.1" and known.english == {"a.1": "甲县"}


SETS = {name: read_table(f"config/regions/{name}.csv", "regions") for name in SETS_SHIPPED}
KNOWN = {name: Regions(table, SETS) for name, table in SETS.items()}


@pytest.mark.parametrize(("text", "code"), CASES["countries"])
def test_countries_are_known_as_offices_spell_them(text, code):
    assert KNOWN["countries"].find(text).code == code


@pytest.mark.parametrize(("text", "code"), CASES["cities"])
def test_cities_are_known_by_full_and_short_names(text, code):
    assert KNOWN["cities"].find(text).code == code


def test_a_name_of_two_sets_is_that_of_the_study_and_says_so():
    city, province = KNOWN["cities"].find("吉林"), KNOWN["provinces"].find("吉林")
    assert (city.code, city.also) == ("220200", "Jilin (provinces)")
    assert (province.code, province.also) == ("220000", "Jilin City (cities)")
    assert KNOWN["provinces"].find("香港").also == KNOWN["cities"].find("北京").also == ""
    assert KNOWN["provinces"].find("浙江").also == ""
    with pytest.raises(StudyError, match="names several regions"):
        KNOWN["cities"].find("Suzhou")


def test_sets_that_ship_hold_codes_and_groups():
    assert len(SETS["countries"]) == 250 and SETS["countries"]["region"].str.len().eq(3).all()
    groups = set(SETS["countries"].set_index("region")["group"])
    assert groups == {"Africa", "Americas", "Asia", "Europe", "Oceania", ""}
    cities = SETS["cities"]
    assert cities["region"].str.fullmatch(r"[1-6]\d{3}00").all() and len(cities) == 339
    provinces = SETS["provinces"].set_index("region")
    upper = provinces.loc[cities["region"].str[:2] + "0000"]
    for column, own in (("name_en", "province"), ("name_zh", "province_zh")):
        assert cities[own].tolist() == upper[column].tolist()
    assert cities["nbs_region"].tolist() == upper["nbs_region"].tolist()
    for name in SETS_SHIPPED:
        assert len(read_regions(f"config/regions/{name}.csv")) == len(SETS[name])


@pytest.mark.parametrize(("text", "said"), CASES["tables"])
def test_what_is_wrong_in_a_table_of_regions_is_said(tmp_path, text, said):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as problem:
        read_regions(str(path))
    (line,) = problem.value.messages
    assert line.startswith(f"{path}: {said}")
