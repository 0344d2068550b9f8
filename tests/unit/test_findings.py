"""Findings: values by hand, and verdicts that follow the tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import grade
from coevo.inference.slope_errors import BY_YEAR
from coevo.report.findings import Study, all_findings
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.coverage_years import coverage_finding
from coevo.report.findings.data_quality import data_finding
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.interaction import interaction_finding
from coevo.report.findings.level_control import level_values
from coevo.report.findings.regional_pattern import standings
from coevo.report.findings.rise import far_finding, focus_state
from coevo.report.findings.theory_against_fit import control_finding, theory_fit_finding
from tests.sample import (
    COUNT,
    FAILING,
    FOCUS,
    Tables,
    config,
    covered,
    gap,
    picked,
    put,
    stated,
    study,
    tables,
    unestimated,
)

D = tables()["coupling"].pivot(index="region", columns="year", values="D")
FIRST, LAST = D.columns[[0, -1]]
BOTH = "region+year"
POOLED = {"scope": "pooled", "model": "classic", "scaling": "first"}


# --- how far ------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "years"), [(FIRST, (FIRST + 1, LAST)), (LAST, (FIRST, LAST - 1))])
def test_region_without_an_end_year_is_told_with_its_own_and_not_compared(
    year: int, years: tuple
) -> None:
    chosen = study(**gap(year))
    state, found = focus_state(chosen, FOCUS), far_finding(chosen)
    assert state["years"] == years and found["shorter"] == ["Zhejiang"]
    assert state["D"] == tuple(D.loc[FOCUS, list(years)])
    growth = (state["D"][1] / state["D"][0]) ** (1 / (years[1] - years[0])) - 1
    assert state["growth"] == pytest.approx(growth)
    assert (found["n"], found["uncompared"], found["verdict"]) == (COUNT - 1, 1, "all")
    assert found["mean"] == pytest.approx(tuple(D.drop(index=FOCUS)[[FIRST, LAST]].mean()))
    assert COUNT - 1 in found["ranked"] or found["ranked"] == [COUNT]


def test_size_per_head_is_money_per_person() -> None:
    values, unit = level_values(study(), "product_per_head")
    expected = study().series("product") * 1e8 / (study().series("people") * 1e4) / 1e4
    assert unit == "10 thousand yuan per person"
    pd.testing.assert_series_equal(values, expected, check_names=False)


# --- years of changed coverage ------------------------------------------------------------


@pytest.mark.parametrize(("lost", "hangs"), [(0.001, False), (0.15, True)])
def test_a_grade_hangs_on_a_year_of_wider_coverage(lost: float, hangs: bool) -> None:
    assert coverage_finding(study()) == {"shown": []}
    found = coverage_finding(covered(lost, {2014: "shown", 2017: "not_shown"}))
    assert found["hangs"] == hangs
    assert (found["years"], found["indicators"]) == ([2014, 2017], ["orders"])
    assert found["with"]["D"][1] - found["kept"]["D"][1] == pytest.approx(lost)
    assert found["kept"]["above"] <= found["with"]["above"]
    assert (found["with"]["grade"][1] != found["kept"]["grade"][1]) == hangs


def test_only_years_that_show_are_the_break() -> None:
    chosen = covered(0.1, {2014: "not_shown", 2016: "jump", 2017: "shown"})
    found = coverage_finding(chosen)
    assert (found["shown"], found["hidden"], found["jumps"]) == ([2017], [2014], [2016])
    assert (found["seen"], found["cause"]) == ("shown", "census")
    growth = chosen.tables["coverage_growth"].set_index("year")["growth"]
    told = {"indicator": "orders", "years": [2017], "growth": growth[2017]}
    assert found["growth"] == told | {"otherwise": pytest.approx(growth.drop([2014, 2017]).mean())}


# --- figures ------------------------------------------------------------------------------


def with_indicators(chosen: Study, *rows: tuple[str, str, str]) -> pd.DataFrame:
    """The indicator table with further rows: id, unit, derivation."""
    more = pd.DataFrame(rows, columns=["indicator", "unit", "derivation"])
    more["source_name"] = more["indicator"].where(more["derivation"] == "", "")
    return pd.concat([chosen.indicators, more]).fillna("").reset_index(drop=True)


def test_missing_figures_are_those_that_are_needed() -> None:
    """An index of prices of the first year is not: levels follow from the years after."""
    chosen, panel = study(), tables()["panel"]
    rows = ("prices", "index", ""), ("real", "yuan", "deflate(product, prices)")
    index = panel[picked(panel, indicator="product", region=[FOCUS, FAILING])]
    index = index.assign(indicator="prices", value=np.nan, flag="missing:x")
    told = chosen.tables | {"panel": pd.concat([panel, index], ignore_index=True)}
    found = data_finding(replace(chosen, indicators=with_indicators(chosen, *rows), tables=told))
    assert [group["years"] for group in found["missing"]] == [[*range(FIRST + 1, LAST + 1)]]


def test_current_prices_are_a_limit_unless_what_is_used_is_deflated() -> None:
    chosen, money = study(), "100 million yuan"
    table = with_indicators(
        chosen, ("price_index", "index", ""), ("real", money, "deflate(product, price_index)"),
        ("share", "ratio", "ratio(real, output)"),
    )  # fmt: skip
    downstream = table["indicator"] == chosen.config["interaction"]["downstream"]
    used = table.assign(subsystem=table["subsystem"].mask(table["indicator"] == "share", "plants"))
    paired = table.assign(derivation=table["derivation"].mask(downstream, "sum(real, real)"))
    paired["source_name"] = paired["source_name"].mask(downstream, "")
    for told, limit in ((table, True), (used, False), (paired, False)):
        found = all_findings(replace(chosen, indicators=told))["limits"]
        assert ("prices" in found) == limit


def test_labels_fall_back_to_ids() -> None:
    chosen = study()
    bare = replace(chosen, config=chosen.config | {"subsystems": {}})
    assert [bare.label(s) for s in bare.subsystems] == ["shops", "plants"]
    other = replace(chosen, config=chosen.config | {"subsystems": {"shops": {"zh": "店"}}})
    assert other.label("shops") == "shops"


def test_printed_value_never_contradicts_its_grade() -> None:
    for value in np.random.default_rng(1).uniform(0, 1, 2000):
        shown = grade_marks(value)
        same = grade([float(shown[:4])])[0] == grade([value])[0]
        assert shown.endswith("†") != (same and shown[:4] != "1.00")


# --- two populations ----------------------------------------------------------------------


def supplying(*effects: str, broken: str = "") -> Tables:
    """Tables with both slopes positive under these effects, and without a year `broken` not."""
    made, above = tables(), {"low": 0.03, "high": 0.2}
    for e in effects:
        made = put(made, "parameters", POOLED | {"effects": e}, **above)
    made = put(made, "slope_tests", {"errors": BY_YEAR}, p=0.004, **above)
    given = {"pair": "main", "roles": "given", "quantity": ["b1", "d"], "effects": list(effects)}
    made = put(made, "specifications", given, **above)
    if broken:
        made = put(made, "specifications", {"without_growth": broken}, low=-0.1)
    return made


def shown(study_tables: Tables, direction: str) -> Tables:
    """Return tables in which the panel with both effects shows a predator-prey relation."""
    here = {"scope": "pooled", "effects": BOTH}
    made = put(study_tables, "effects", here, shown=True, low=0.1, high=0.3)
    row = here | {"question": "relation"}
    return put(made, "verdicts", row, verdict="predator_prey", direction=direction)


@pytest.mark.parametrize(
    ("direction", "headline", "drive"),
    [("x2_preys_on_x1", "supply", "supply"), ("x1_preys_on_x2", "other", "named")],
)
def test_what_drives_what_follows_the_relation_that_is_shown(
    direction: str, headline: str, drive: str
) -> None:
    found = all_findings(study(**shown(tables(), direction)))
    assert found["interaction"]["headline"] == headline
    assert found["opening"]["drive"] == drive
    assert all_findings(study())["opening"]["drive"] == "undecided"


def test_effects_are_told_for_a_tenth_of_the_first_year_in_points_of_growth() -> None:
    chosen = study()
    found = interaction_finding(chosen)
    fit = POOLED | {"effects": BOTH, "estimator": "trapezoid", "scaling": "first"}
    columns = ["estimate", "low", "high"]
    for name, sign, order in (("b1", -10, ["estimate", "high", "low"]), ("d", 10, columns)):
        row = chosen.rows("parameters", parameter=name, **fit).iloc[0]
        np.testing.assert_allclose(found["points"][name][columns], sign * row[order].astype(float))


def test_a_slope_that_one_region_carries_decides_nothing_and_is_told_as_such() -> None:
    """In units of its first year the output of one region varies most."""
    made = shown(supplying("region", BOTH), "x2_preys_on_x1")
    panel, x1 = made["panel"], config()["interaction"]["upstream"]
    of_one = picked(panel, indicator=x1, region=FOCUS)
    grown = panel["value"].where(~of_one, panel["value"] * 9.0 ** (panel["year"] - 2012))
    every = all_findings(study(**made | {"panel": panel.assign(value=grown)}))
    found, relation = every["interaction"], every["relation"]
    (row,) = found["carried"]
    assert (row["slope"], row["output"], found["headline"]) == ("d", "x1", "undecided")
    assert row["share"] > 0.85
    assert set(found["points"]) == {"b1"}
    assert (relation["headline"], relation["seen"]) == ("rests", ["x2_on_x1"])
    assert every["opening"]["drive"] == "half"


@pytest.mark.parametrize(
    ("agree", "contrary", "moved"),
    [(60, 30, ("narrowed", "most")), (30, 96, ("widened", "nearly")), (50, 40, ("undecided", ""))],
)
def test_a_gap_of_each_indicator_system_moved_where_most_combinations_say_so(
    agree, contrary, moved
) -> None:
    counts = {"agree": agree, "contrary": contrary, "combinations": 100}
    made = put(tables(), "headlines", {"headline": "gap_narrowed", "system": "main"}, **counts)
    (own, *others), absolute = (
        all_findings(study(**made))["opening"][gap] for gap in ("gaps", "itself")
    )
    assert own == ("main", "main", *moved)
    assert [gap[0] for gap in others] == ["other"] and len(absolute) == 2


def test_an_indicator_that_nearly_is_the_level_is_told_as_such() -> None:
    """What it explains of D it is part of."""
    assert all_findings(study())["opening"]["near"] == ""
    made, (size, heads) = tables(), config()["comovement"]["size"]
    by = ["region", "year"]
    figures = made["panel"].pivot_table(index=by, columns="indicator", values="value")
    used = study().indicators.dropna(subset="subsystem")["indicator"].iloc[0]
    level = all_findings(study())["opening"]["goes"][0][2]
    near = figures[size] / (figures[heads] if level.endswith("_per_head") else 1)
    rows = made["panel"].set_index(by)
    rows["value"] = rows["value"].mask(rows["indicator"] == used, near.reindex(rows.index))
    found = all_findings(study(**made | {"panel": rows.reset_index()}))["opening"]
    assert found["near"] == "one" and found["alike"]["r"] == pytest.approx(1)
    assert (found["alike"]["indicators"], found["alike"]["of"]) == ([used], level)


def test_page_one_tells_of_filled_figures_from_a_tenth_on() -> None:
    assert all_findings(study())["opening"]["filled"] is None
    panel = tables()["panel"]
    indicator = study().indicators.query("subsystem != ''")["indicator"].iloc[0]
    filled = panel.assign(flag=panel["flag"].mask(panel["indicator"] == indicator, "filled"))
    share = all_findings(study(panel=filled))["opening"]["filled"]
    assert share is not None and share > 0.1


def test_a_region_without_the_last_year_has_no_rank_in_it() -> None:
    coupling = tables()["coupling"]
    gone = (coupling["region"] == coupling["region"].iloc[-1]) & (coupling["year"] == 2020)
    chosen = study(coupling=coupling[~gone])
    ranks = standings(chosen)["rank"]
    assert ranks.isna().sum() == 1 and np.isnan(ranks[coupling["region"].iloc[-1]])
    assert all_findings(chosen)["where"]["counted"]


def test_region_in_focus_that_is_not_estimated() -> None:
    chosen = study(**unestimated(FOCUS))
    found = all_findings(chosen)
    assert found["equilibrium"]["verdict"] == "not_estimated"
    assert found["equilibrium"]["reason"][0] == "not_positive"
    assert found["interaction"]["by"] == "pooled" and "freedom" not in found["limits"]
    assert not {"fit"} & charts_that_apply(chosen)


def test_one_region_has_no_pooled_findings_and_none_where_it_is_not_estimated() -> None:
    found = all_findings(study(1))
    assert found["far"]["verdict"] == found["step"]["verdict"] == "one_region"
    assert found["interaction"]["verdict"] == "region_neither"
    chosen = study(1, **unestimated(FOCUS, 1))
    assert interaction_finding(chosen)["verdict"] == "not_estimated"
    assert not {"fit", "own_fits"} & charts_that_apply(chosen)


# --- equilibria ---------------------------------------------------------------------------


def test_growth_at_the_point_is_a_yearly_rate_over_the_regions_that_take_part() -> None:
    found, theory = theory_fit_finding(study()), tables()["theory"]
    own = tables()["strengths"].query("effects == 'none'")["scope"].unique()
    rows = theory[picked(theory, scope=list(own), effects=BOTH, estimator="trapezoid")]
    for name, rate in found["at_point"].items():
        assert rate == pytest.approx(np.expm1(rows[name].mean()))


def test_given_parameters_are_no_calibration_and_leave_no_strength_to_measure() -> None:
    found = theory_fit_finding(study(**stated(50.0, 200.0)))
    assert (list(found["sources"]), found["main"]["x1"]) == (["given"], 50.0)
    assert (found["verdict"], found["measured"]) == ("no_slopes", False)


@pytest.mark.parametrize(("p", "told"), [(0.2, "agrees"), (0.01, "contradicts")])
def test_the_control_says_whether_later_growth_contradicts_earlier_means(
    p: float, told: str
) -> None:
    made = put(tables(1), "controls", {"factor": 1.0}, p_joint=p)
    found = all_findings(study(1, **made))
    assert found["control"]["told"] == "one" and found["opening"]["control"] == told
    many = control_finding(study(**put(tables(), "controls", {"factor": 1.0}, p_joint=p)))
    assert many["rejected"] == (many["n"] if p < 0.05 else 0)
