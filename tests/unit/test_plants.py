"""Wrong figures planted by seed into real ones."""

import pytest

from benchmarks.plants import PLANTS, audited, real
from benchmarks.reading_plants import said_of
from coevo.panel.audit import SERIOUS_MESSAGES

pytestmark = pytest.mark.whole


@pytest.mark.parametrize("kind", PLANTS)
def test_the_audit_finds_what_is_planted(kind):
    assert [PLANTS[kind](f"test {place}") for place in range(2)] == ["found"] * 2


def test_the_figures_that_ship_hold_none_of_it():
    found = audited(real())
    assert len(real()) > 4000 and not found["message"].isin(SERIOUS_MESSAGES).any()
    assert not found["check"].isin(["scale", "copy", "places", "total_as_region"]).any()


def test_a_total_that_is_not_the_sum_of_its_regions_is_told_at_its_cell(tmp_path):
    """The row is that sum in other years. A row of averages never is, so that it is no total."""
    path = tmp_path / "2026-10" / "a.bin"
    path.parent.mkdir()
    rows = ["北京,1,2,3,4", "天津,3,4,5,6", "河北,5,6,7,8", "{total}"]
    head = "指标：销售额\n单位：亿元\n地区,2015,2016,2017,2018\n"
    across = ["2015,1,3,5,9", "2016,2,4,6,12", "2017,3,5,7,15", "2018,4,6,8,28"]
    cases = {
        head + "\n".join(rows).format(total="合计,9,12,15,28"): ["E7"],
        head + "\n".join(rows).format(total="合计,9,12,15,18"): [],
        head + "\n".join(rows).format(total="平均,3,4,5,6"): [],
        "指标：销售额\n单位：亿元\n年份,北京,天津,河北,总计\n" + "\n".join(across): ["E7"],
    }
    for text, cells in cases.items():
        path.write_text(text, encoding="utf-8")
        found = said_of(tmp_path)
        assert found.loc[found["message"].eq("total_differs"), "cell"].tolist() == cells
    assert "total_differs" in SERIOUS_MESSAGES


def test_a_code_beside_another_name_is_remarked_at_its_cell(tmp_path):
    path = tmp_path / "2026-10" / "a.bin"
    path.parent.mkdir()
    rows = ["110000,北京,1,2", "120000,天津,3,4", "{code},河北,5,6", "140000,山西,7,8"]
    text = "指标：销售额\n单位：亿元\n代码,地区,2015,2016\n" + "\n".join(rows)
    for code, said in (("130000", []), ("310000", [["code_contradicts_name", "A6"]])):
        path.write_text(text.format(code=code), encoding="utf-8")
        assert said_of(tmp_path)[["message", "cell"]].to_numpy().tolist() == said
