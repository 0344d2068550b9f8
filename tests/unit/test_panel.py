"""The panel: gaps, derived figures, vintages, years and regions that are not there."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.messages import unpacked
from coevo.panel import build_panel, panel_tables
from coevo.panel.audit import is_finding
from coevo.study_data import StudyData
from tests.sample import panel_config
from tests.unit.cases import sections

TABLE = """\
indicator,subsystem,unit,label_en,source_name,derivation
per_head,s,10 thousand yuan per person,per head,,"per_capita(money, people)"
money,,100 million yuan,money,金额,
people,,10 thousand persons,people,人口,
"""
CASES = sections("panel")
INDICATORS = pd.read_csv(StringIO(TABLE), keep_default_na=False)


def with_rows(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.concat([INDICATORS, pd.DataFrame(rows, columns=INDICATORS.columns)])


def observations(money=(1.0, 2.0, 3.0, 4.0, 5.0), people=(10.0,) * 5, vintage="2026-10"):
    rows = [
        ("1", "A", 2015 + k, indicator, value, vintage, "" if np.isfinite(value) else "suppressed")
        for indicator, values in (("money", money), ("people", people))
        for k, value in enumerate(values)
    ]
    columns = ["region", "name", "year", "indicator", "value", "vintage", "flag"]
    return pd.DataFrame(rows, columns=columns)


def built(observations, indicators=INDICATORS, **choices):
    return build_panel(observations, indicators, panel_config(**{"focus": "1"} | choices))


def series(panel, indicator, column="value"):
    return panel.loc[panel["indicator"] == indicator, column].tolist()


@pytest.mark.parametrize("case", CASES["figures"], ids=lambda case: case["what"])
def test_figures_of_the_panel_and_their_flags(case):
    given = observations(**case.get("given", {}))
    given = restated() if case.get("restated") else given
    table = with_rows(*case["more"]) if "more" in case else INDICATORS
    panel = built(given, table, **case.get("choices", {}))
    for indicator, columns in case["found"].items():
        for column, expected in columns.items():
            wanted = expected if column == "flag" else pytest.approx(expected, nan_ok=True)
            assert series(panel, indicator, column) == wanted


@pytest.mark.parametrize(("flag", "filled"), [("below_half_unit", 1), ("not_available", 0)])
def test_a_mark_for_missing_that_is_filled_is_remarked_and_a_blank_is_not(flag, filled):
    gap = observations(money=(1.0, np.nan, 3.0, 4.0, np.nan), people=(1.0, np.nan, 1.0, 1.0, 1.0))
    gap["flag"] = np.where(gap["value"].isna() & (gap["indicator"] == "money"), flag, "")
    gap = gap.assign(unit="person", file="f", sheet="s", cell="B2", half_unit=0.5)
    study = {**panel_config(focus="1", last=2018), "accept": []}
    tables = {"observations": gap, "remarks": pd.DataFrame()}
    audit = panel_tables(StudyData(study, INDICATORS, tables))["audit"]
    said = audit[audit["message"] == "mark_filled"]
    assert len(said) == filled and not is_finding(said).any()
    for row in said.itertuples():
        assert (row.region, row.year, row.indicator) == ("1", 2016, "money")
        assert unpacked(row.fields) == {"flag": flag, "figures": 1}


def test_nothing_is_extrapolated():
    short = observations(money=(np.nan, 2.0, 3.0, 4.0, 5.0))
    other = short.assign(region="2", name="B", value=short["value"].fillna(1.0), flag="")
    panel = built(pd.concat([short, other]))
    assert np.isnan(series(panel[panel["region"] == "1"], "money")[0])


def test_a_price_index_may_begin_a_year_later_and_no_later():
    table = with_rows(
        ("index", "", "index", "prices", "物价指数", ""),
        ("real", "", "100 million yuan", "real", "", "deflate(money, index)"),
    )
    prices = observations(people=(np.nan, 110.0, 100.0, 125.0, 100.0)).query(
        "indicator == 'people'"
    )
    prices = prices.assign(indicator="index", flag="").dropna(subset="value")
    every = pd.concat([observations(), prices])
    panel = built(every, table)
    np.testing.assert_allclose(series(panel, "real"), [1, 2 / 1.1, 3 / 1.1, 4 / 1.375, 5 / 1.375])
    assert series(panel, "real", "flag") == [""] * 5
    late = every[(every["indicator"] != "index") | (every["year"] > 2016)]
    with pytest.raises(StudyError, match=r"years.first: 2016 is not covered .* prices \(index\)"):
        built(late, table)


def test_a_series_comes_whole_from_the_newest_vintage_that_covers_the_years():
    newer = observations(money=(7.0, 7.0, 7.0, 7.0, 7.0), vintage="2026-11")
    part = newer[(newer["indicator"] == "money") & (newer["year"] > 2016)]
    panel = built(pd.concat([observations(), part]))
    assert series(panel, "money") == [1, 2, 3, 4, 5]
    panel = built(pd.concat([observations(), newer]))
    assert series(panel, "money") == [7.0] * 5


def test_a_year_that_another_vintage_has_is_told_with_the_policy_that_takes_it():
    table = observations()
    later = table[(table["indicator"] == "money") & (table["year"] == 2019)]
    table = table.drop(later.index)
    with pytest.raises(StudyError, match="has 2019 in the vintage 2026-11, and 2015 to 2018 in"):
        built(pd.concat([table, later.assign(vintage="2026-11")]))


@pytest.mark.parametrize(("choices", "said"), CASES["refused"])
def test_what_the_files_do_not_have_is_refused_by_key(choices, said):
    with pytest.raises(StudyError) as problem:
        built(observations(), **choices)
    assert said in problem.value.messages[0]


def test_a_division_by_zero_is_named():
    empty = observations(people=(10.0, 0.0, 10.0, 10.0, 10.0))
    with pytest.raises(StudyError, match=r"per_head: A 2016: per_capita\(money, people\) divides"):
        built(empty)


def restated(region="1", name="A"):
    """Return observations in which 2026-11 has the money of 2017 to 2019, 10 % higher."""
    newer = observations(money=(1.1, 2.2, 3.3, 4.4, 5.5), vintage="2026-11")
    newer = newer[(newer["indicator"] == "money") & (newer["year"] >= 2017)]
    both = pd.concat([observations(), newer]).assign(unit="100 million yuan")
    return both.assign(region=region, name=name)


def test_a_break_in_one_region_breaks_what_sums_over_all():
    row = ("quotient", "s", "ratio", "quotient", "", "location_quotient(money, people)")
    indicators = with_rows(row)
    plain = observations().assign(region="2", name="B", unit="100 million yuan")
    both = pd.concat([restated(), plain])
    panel = built(both, indicators, policy="overlay")
    other = panel[panel["region"] == "2"]
    assert series(other, "quotient", "flag") == ["", "", "break", "", ""]
    assert series(other, "per_head", "flag") == [""] * 5


def test_filled_comes_before_break_and_break_before_spliced():
    gap = restated()
    gone = (gap["indicator"] == "people") & (gap["year"] == 2017)
    gap.loc[gone, "value"] = np.nan
    panel = built(gap, policy="overlay")
    assert series(panel, "per_head", "flag") == ["", "", "filled", "", ""]
    left = built(gap, gaps="none", policy="overlay")
    assert series(left, "per_head", "flag")[2] == "missing:not_available"
    # money is linked until 2016; people, here in a unit that is not linked, change vintage in 2016
    people = observations(people=(11.0,) * 5, vintage="2026-11").assign(unit="%")
    people = people[(people["indicator"] == "people") & (people["year"] > 2015)]
    both = restated()
    both.loc[both["indicator"] == "people", "unit"] = "%"
    both = pd.concat([both, people])
    panel = built(both, policy="splice")
    assert series(panel, "per_head", "flag") == ["spliced", "break", "", "", ""]
