"""Wrong figures planted by seed into real ones: a small share of the attacks."""

import pytest
from pandas import DataFrame

from benchmarks.plants import APART, PLANTS, audited, outcome, read, real
from coevo.observations import REMARKS
from coevo.panel.audit import SERIOUS_MESSAGES


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLANTS)
def test_the_audit_finds_what_is_planted(kind):
    assert [outcome(PLANTS[kind], f"test {place}") for place in range(2)] == ["found"] * 2


@pytest.mark.parametrize("kind", APART)
def test_what_nothing_tells_is_not_found(kind):
    """They are counted apart; one that can be told after all belongs among the others."""
    assert outcome(APART[kind], "test") != "found"


def test_the_figures_that_ship_hold_none_of_it():
    found = audited(real(), DataFrame(columns=REMARKS))
    assert len(real()) > 4000 and not found["message"].isin(SERIOUS_MESSAGES).any()
    assert not found["check"].isin(["scale", "copy", "places", "total_as_region"]).any()


def test_a_code_beside_another_name_is_remarked_and_changes_no_figure(tmp_path):
    path = tmp_path / "2026-10" / "a.csv"
    path.parent.mkdir()
    rows = ["110000,北京,1,2", "120000,天津,3,4", "{code},河北,5,6", "140000,山西,7,8"]
    text = "指标：地区生产总值\n单位：亿元\n代码,地区,2015,2016\n" + "\n".join(rows)
    figures = []
    for code in ("130000", "310000"):
        path.write_text(text.format(code=code), encoding="utf-8")
        observations, remarks = read(tmp_path, ("gross_regional_product",))
        figures.append(observations)
    assert figures[0].equals(figures[1])
    found = audited(observations, remarks)
    assert found["message"].tolist() == ["code_contradicts_name"]
    assert "code_contradicts_name" in SERIOUS_MESSAGES
    assert remarks[["cell"]].to_numpy().tolist() == [["A6"]]
