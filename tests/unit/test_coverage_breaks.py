"""D without the years in which coverage changed: figures by hand, refusals by key."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coevo.errors import Refusal
from coevo.panel.derivations import breaks_in_coverage, cause_of_breaks
from coevo.sensitivity.coverage_breaks import (
    coverage_rows,
    growth_rows,
    panel_without_breaks,
    without_breaks,
    years_with_verdict,
)
from tests.panels import COUPLING, SCALE, indexed
from tests.unit.cases import with_tables

YEARS = list(range(2015, 2021))


@pytest.mark.parametrize(
    ("growth", "breaks", "expected"),
    [
        ([1.1, 1.8, 1.2, 1.1], [2017], [1.1, np.sqrt(1.1 * 1.2), 1.2, 1.1]),  # the mean of logs
        ([1.1, 1.05, 1.8], [2018], [1.1, 1.05, 1.05]),  # at the end as the year before
        ([1.1, 1.8, 1.9, 1.2], [2017, 2018], [1.1, 1.1, 1.2, 1.2]),  # they look past each other
    ],
)
def test_a_break_grows_as_the_years_beside_it(growth, breaks, expected):
    x = 100 * np.cumprod([1, *growth])
    found = without_breaks(x, range(2015, 2016 + len(growth)), breaks)
    np.testing.assert_allclose(found, 100 * np.cumprod([1, *expected]))


@pytest.mark.parametrize("breaks", [[], [2015], [2014], [2030]])
def test_a_break_in_or_before_the_first_year_changes_nothing(breaks):
    x = np.array([3.0, 5, 4])
    assert (without_breaks(x, [2015, 2016, 2017], breaks) == x).all()


@pytest.mark.parametrize(
    ("x", "years", "breaks", "key"),
    [
        ([1.0, 0.0, 2.0], [2015, 2016, 2017], [2017], "coverage_not_positive"),
        ([1.0, 2.0, 3.0], [2015, 2017, 2018], [2017], "coverage_in_gap"),
        ([1.0, 2.0, 3.0], [2015, 2017, 2018], [2016], "coverage_in_gap"),
        ([1.0, 2.0], [2015, 2016], [2016], "coverage_alone"),
    ],
)
def test_what_no_growth_can_replace_is_refused(x, years, breaks, key):
    with pytest.raises(Refusal) as refused:
        without_breaks(x, years, breaks)
    assert refused.value.key == key


def table(own="", raw="2018"):
    rows = [
        ("a", "one", "+", "", "ratio(raw, size)", own),
        ("b", "two", "+", "b", "", ""),
        ("raw", "", "", "raw", "", raw),
        ("size", "", "", "size", "", ""),
    ]
    columns = ["indicator", "subsystem", "direction", "source_name", "derivation"]
    return pd.DataFrame(rows, columns=[*columns, "coverage_breaks"])


def test_a_derived_indicator_has_the_breaks_of_what_it_derives_from():
    assert breaks_in_coverage(table()) == {"a": [2018]}
    assert breaks_in_coverage(table(own="2017")) == {"a": [2017]}
    assert breaks_in_coverage(table(raw="2018 2016")) == {"a": [2016, 2018]}
    assert breaks_in_coverage(table(raw="").drop(columns="coverage_breaks")) == {}


def test_a_cause_is_that_of_every_break():
    assert breaks_in_coverage(table(raw="census 2018")) == {"a": [2018]}
    assert cause_of_breaks(table(raw="census 2018 2023")) == "census"
    assert cause_of_breaks(table(raw="census 2018", own="census 2017")) == "census"
    for other in (table(), table(raw="census 2018", own="2017"), table(raw="")):
        assert cause_of_breaks(other) == "other"


def case(jump=2.0, reference="panel"):
    """A study of three regions whose `a` doubles for good in 2018, beside its growth of 5 %."""
    rows = []
    for k, region in enumerate(("1", "2", "3")):
        for t, year in enumerate(YEARS):
            a = (2 + k) * 1.05**t * (jump if year >= 2018 else 1)
            rows += [(region, region, year, "a", a), (region, region, year, "b", 1.0 + k + t)]
    panel = pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])
    config = {"normalisation": SCALE | {"reference": reference}, "coupling": COUPLING}
    config |= {"weighting": {"method": "equal"}}
    return indexed(panel.assign(flag=""), table(), config)


@pytest.mark.parametrize("reference", ["panel", "year", "region"])
def test_without_the_break_D_is_that_of_a_panel_that_never_had_it(reference):
    D = coverage_rows(case(reference=reference)).set_index(["variant", "region", "year"])["D"]
    own, never = (
        case(jump, reference).tables["coupling"].set_index(["region", "year"])["D"]
        for jump in (2.0, 1.0)
    )
    np.testing.assert_allclose(D["anew"], never.loc[D["anew"].index], atol=1e-12)
    assert (D["with"] == own.loc[D["with"].index]).all()
    same = D["kept"].loc[:, :2017], D["with"].loc[:, :2017]
    np.testing.assert_allclose(*same, atol=1e-12)  # an unchanged ruler
    later = [D[name].loc[:, 2018:] for name in ("kept", "with")]
    assert (later[0] <= later[1] + 1e-12).all()
    assert reference == "year" or (later[0] < later[1]).any()


def test_ranks_and_grades_are_those_of_each_year():
    rows = coverage_rows(case())
    assert set(rows["variant"]) == {"with", "kept", "anew"}
    for _, own in rows.groupby(["variant", "year"]):
        assert own.sort_values("D", ascending=False)["rank"].tolist() == [1, 2, 3]


def test_no_breaks_no_rows_and_a_refusal_leaves_the_studys_own_rows():
    chosen, panel = case(), case().tables["panel"]
    unbroken = replace(chosen, indicators=chosen.indicators.drop(columns="coverage_breaks"))
    assert coverage_rows(unbroken).empty
    zero = panel.assign(value=panel["value"].mask(panel.index.isin([0]), 0.0))
    rows = coverage_rows(with_tables(chosen, panel=zero))
    refused = rows[rows["message"] != ""]
    assert refused["variant"].tolist() == ["kept", "anew"]
    assert set(refused["message"]) == {"coverage_not_positive"}
    assert '"region": "1"' in refused["fields"].iloc[0]
    assert len(rows) - 2 == len(chosen.tables["coupling"])


def test_a_panel_without_breaks_has_the_same_rows_and_other_figures_of_one_indicator():
    """`a` grows by 5 % a year and doubles in 2018: without the break it grows by 5 % always."""
    panel, indicators = case().tables["panel"], table()
    mixed = panel.sample(frac=1, random_state=1)
    found = panel_without_breaks(mixed, indicators)
    assert found.drop(columns="value").equals(mixed.drop(columns="value"))
    never = case(jump=1.0).tables["panel"].loc[mixed.index]
    np.testing.assert_allclose(found["value"], never["value"], rtol=1e-12)
    before = mixed["indicator"].ne("a") | mixed["year"].lt(2018)
    assert found["value"][before].equals(mixed["value"][before])
    # of another system, whose break is that of `b`
    other = indicators.assign(coverage_breaks=["", "2017", "", ""])
    changed = panel_without_breaks(panel, other)["value"].ne(panel["value"])
    assert set(panel.loc[changed, "indicator"]) == {"b"}
    with pytest.raises(Refusal) as refused:
        panel_without_breaks(panel.assign(value=0.0), indicators)
    assert refused.value.key == "coverage_not_positive"


def grown(*growth, regions=2, breaks="2018", **cells):
    """The growth table of regions whose `a` grows by these logarithms, give or take .1."""
    signs = np.linspace(-0.1, 0.1, regions)
    rows = []
    for r in range(regions):
        path = np.exp(np.cumsum([0.0, *(g + signs[r] for g in growth)]))
        rows += [(str(r), str(r), 2015 + t, "a", x, "") for t, x in enumerate(path)]
    columns = ["region", "name", "year", "indicator", "value", "flag"]
    panel = pd.DataFrame(rows, columns=columns)
    for column, value in cells.items():
        panel.loc[3, column] = value  # 2018 of the first region
    return growth_rows(panel, table(raw=breaks)).set_index("year")


def test_a_break_shows_itself_beyond_one_and_a_half_deviations_of_the_other_years():
    """Others .1, .2, .1, .2: mean .15, sd .0577. The break is .3: z 2.6; it is .2: z .87."""
    for third, z, verdict in ((0.3, 2.598, "shown"), (0.2, 0.866, "not_shown")):
        found = grown(0.1, 0.2, third, 0.1, 0.2)
        np.testing.assert_allclose(found["growth"], [0.1, 0.2, third, 0.1, 0.2], rtol=1e-12)
        assert found.loc[2018, "z"] == pytest.approx(z, abs=1e-3)
        assert found.loc[2018, "verdict"] == verdict
        assert found["named"].tolist() == [False, False, True, False, False]
        assert set(found["regions"]) == {2}
    assert years_with_verdict(grown(0.1, 0.2, 0.3, 0.1, 0.2).reset_index(), "shown") == [2018]


def test_an_odd_year_is_a_jump_of_two():
    """Neither is held against the other: .4 and -.2 against .1, .2, .1, .2, mean .15, sd .0577."""
    found = grown(0.4, -0.2, 0.15, 0.1, 0.2, 0.1, 0.2)
    assert found["verdict"].tolist() == ["jump", "jump", "not_shown", *["usual"] * 4]
    assert found.loc[[2016, 2017], "z"].tolist() == pytest.approx([4.330, -6.062], abs=1e-3)


def test_what_can_not_show():
    few = grown(0.1, 0.2, 0.9, 0.1, breaks="2018")
    assert few.loc[2018, "verdict"] == "shown"  # three others
    fewer = grown(0.1, 0.2, 0.9)
    assert set(fewer["verdict"]) == {"too_few_years"} and fewer["z"].isna().all()
    steady = grown(0.1, 0.1, 0.1, 0.1, 0.1)
    assert steady.loc[2018, "verdict"] == "not_shown"
    for gone in ({"flag": "filled"}, {"value": np.nan}, {"value": 0.0}):
        found = grown(0.1, 0.2, 0.3, 0.1, 0.2, **gone)
        assert found["regions"].tolist() == [2, 2, 1, 1, 2]
        assert found.loc[2018, "growth"] == pytest.approx(0.3 + 0.1)  # of the other region
    assert grown(0.1, 0.2, breaks="2015").empty
