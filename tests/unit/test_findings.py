"""Findings: values by hand, and verdicts that follow the tables."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import grade
from coevo.report.figures import figure_names
from coevo.report.findings import Study, all_findings
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.choice_robustness import sign_survival_finding
from coevo.report.findings.coverage_years import coverage_finding
from coevo.report.findings.data_quality import data_finding, obstacles_finding
from coevo.report.findings.equilibrium import equilibrium_finding, last_observed
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.in_step import comovement_finding
from coevo.report.findings.interaction import interaction_finding, slope_intervals, slope_signs
from coevo.report.findings.level_control import level_finding, level_values
from coevo.report.findings.rise import focus_state, rise_finding
from coevo.report.findings.theory_against_fit import theory_finding
from tests import populations, variants
from tests.populations import specification_counts, specifications
from tests.sample import gap, stated, study, tables, unestimated, unplaced, without


def with_value(frame: pd.DataFrame, rows: pd.Series, column: str, value: object) -> pd.DataFrame:
    """Return a copy of a table with one column changed in some rows."""
    return frame.assign(**{column: frame[column].mask(rows, value)})


def test_every_region_rises() -> None:
    found = rise_finding(study())
    assert (found["verdict"], found["rose"], found["n"]) == ("all", 4, 4)
    assert found["rows"] == 24 and found["focus"]["years"] == (2015, 2020)
    assert found["focus"]["rank"] == (1, 1)


@pytest.mark.parametrize(("falling", "verdict"), [(1, "most"), (3, "some"), (4, "none")])
def test_fewer_rises_weaken_the_verdict(falling: int, verdict: str) -> None:
    table = tables()["coupling"]
    fallen = sorted(table["region"].unique())[:falling]
    rows = table["region"].isin(fallen) & table["year"].eq(2020)
    assert rise_finding(study(coupling=with_value(table, rows, "D", 0.01)))["verdict"] == verdict


def test_mean_is_the_mean_of_regions() -> None:
    table = tables()["coupling"]
    mean = table.loc[table["year"] == 2015, "D"].mean()
    assert rise_finding(study())["mean"][0] == pytest.approx(mean)


def correlated(value: float, p: float) -> pd.DataFrame:
    """The correlation of the logs within regions and years, and its p by random pairings."""
    table = tables()["comovement"]
    last = table["scope"].eq("within_regions_and_years")
    table = with_value(table, last & table["measure"].eq("correlation_lnU"), "value", value)
    logs = table["measure"].eq("placebo_p") & table["of"].eq("correlation_lnU")
    return with_value(table, last & logs, "value", p)


def test_no_comovement_where_random_pairings_do_as_much() -> None:
    found = comovement_finding(study())
    assert (found["verdict"], found["by"], found["pairings"]) == ("none", ["product"], 99_999)
    assert found["r"]["U"] == {
        "levels": 0.69, "within_regions": 0.64, "within_regions_and_years": 0.24,
    }  # fmt: skip
    assert found["place"]["lnU"] == {"mean": 0.05, "p": 0.09}
    assert found["place"]["U"]["p"] == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("value", "p", "verdict"),
    [(0.4, 0.049, "beyond"), (0.4, 0.05, "none"), (0.04, 0.01, "opposite"), (-0.4, 0.3, "none")],
)
def test_a_link_is_more_or_less_than_the_mean_of_pairings(
    value: float, p: float, verdict: str
) -> None:
    found = comovement_finding(study(comovement=correlated(value, p)))
    assert found["verdict"] == verdict


def test_without_random_pairings_nothing_is_judged() -> None:
    found = comovement_finding(study(**unplaced()))
    assert (found["verdict"], found["others"], found["place"]) == ("unplaced", {}, None)
    assert found["why"][0] == "too_few_regions_to_pair"
    assert found["r"]["lnU"]["within_regions_and_years"] == -0.18


@pytest.mark.parametrize("value", [None, np.nan])
def test_correlation_that_could_not_be_computed(value: float | None) -> None:
    table = tables()["comovement"]
    scope = "within_regions_and_years"
    if value is None:
        table = without(table, scope=scope)
    else:
        table = with_value(table, table["scope"].eq(scope), "value", value)
    chosen = study(comovement=table)
    assert comovement_finding(chosen)["verdict"] == "uncomputed"
    assert comovement_finding(chosen)["r"]["lnU"]["levels"] == 0.65
    assert f"scatter_{scope}" not in figure_names(charts_that_apply(chosen))


def test_nothing_in_comovement_leaves_no_verdict() -> None:
    chosen = study(comovement=tables()["comovement"].iloc[:0])
    assert comovement_finding(chosen)["verdict"] == "uncomputed"
    assert "correlations" not in figure_names(charts_that_apply(chosen))


def measured(**changed: float | None) -> dict:
    """What the sample's D measures, with the shares of C and T in its variance changed."""
    table = tables()["level"]
    for scope, value in changed.items():
        rows = table["measure"].eq("variance_share") & table["scope"].eq(scope)
        table = with_value(table, rows, "value", value)
    return level_finding(study(level=table))


@pytest.mark.parametrize(
    ("C", "T", "verdict"),
    [
        (0.03, 0.97, "level"),
        (0.1, 0.9, "level"),
        (0.2, 0.8, "mostly_level"),
        (0.95, 0.05, "balance"),
    ],
)
def test_D_is_level_or_balance_by_their_shares(C: float, T: float, verdict: str) -> None:
    found = measured(C=C, T=T)
    assert (found["verdict"], found["shares"]) == (verdict, {"C": C, "T": T})


def test_the_focus_has_its_ranks_by_every_slope() -> None:
    found = measured()
    assert found["levels"] == [("product", 0.4)] and found["by"] == "product"
    assert found["focus"]["rank"] == 1 and found["focus"]["n"] == 4
    ends = {"low": 2, "high": 4, "ranks": "several"}
    assert found["focus"].items() >= ends.items()
    rise = found["rise"]
    assert rise["lnD"] == pytest.approx(rise["C"] + rise["T"])


def test_without_size_indicators_the_rest_is_there() -> None:
    table = tables()["level"]
    kept = table[table["level"] == ""]
    why = table.iloc[[0]].assign(measure="R2", scope="", value=np.nan, message="no_size")
    chosen = study(level=pd.concat([kept, why], ignore_index=True))
    found = level_finding(chosen)
    assert (found["verdict"], found["levels"], found["focus"]) == ("level", [], None)
    assert found["why"] == ("no_size", "")
    assert "against_level" not in figure_names(charts_that_apply(chosen))


def test_size_per_head_is_money_per_person() -> None:
    chosen, heads = study(), tables()["panel"].query("indicator == 'product'")
    heads = heads.assign(indicator="heads", value=50.0)
    rows = chosen.indicators.set_index("indicator").loc[["product"]].reset_index()
    rows = rows.assign(indicator="heads", unit="10 thousand persons")
    panel = pd.concat([chosen.tables["panel"], heads])
    config = {**chosen.config, "comovement": {"size": ["product", "heads"]}}
    made = Study(config, {**chosen.tables, "panel": panel}, pd.concat([chosen.indicators, rows]))
    values, unit = level_values(made, "product_per_head")
    expected = made.series("product") * 1e8 / (50 * 1e4) / 1e4
    assert unit == "10 thousand yuan per person"
    pd.testing.assert_series_equal(values, expected, check_names=False)


VISIBLE = {2016: "jump", 2017: "not_shown", 2018: "usual", 2019: "usual", 2020: "shown"}


def covered(
    *lost: float, years: str = "census 2017 2020", told: Mapping[int, str] = VISIBLE
) -> Study:
    """The sample with years of changed coverage of orders, and what D loses without them."""
    chosen = study(
        coverage_breaks=variants.coverage(tables()["coupling"], list(lost)),
        coverage_growth=variants.coverage_growth("orders", told),
    )
    indicators = chosen.indicators.assign(
        coverage_breaks=np.where(chosen.indicators["indicator"] == "orders", years, "")
    )
    return Study(chosen.config, chosen.tables, indicators, places=chosen.places)


def test_no_wider_coverage_no_sentence() -> None:
    assert coverage_finding(study())["verdict"] == "none"


@pytest.mark.parametrize(("lost", "verdict"), [(0.001, "holds"), (0.15, "hangs")])
def test_a_grade_hangs_on_a_year_of_wider_coverage(lost: float, verdict: str) -> None:
    found = coverage_finding(covered(lost, lost))
    assert found["verdict"] == verdict
    assert (found["years"], found["indicators"]) == ([2017, 2020], ["orders"])
    assert found["with"]["D"][1] - found["kept"]["D"][1] == pytest.approx(lost)
    assert found["kept"]["above"] <= found["with"]["above"]
    assert found["with"]["grade"][1] == found["kept"]["grade"][1] or verdict == "hangs"


def test_only_years_that_show_are_the_break() -> None:
    found = coverage_finding(covered(0.1, 0.1))
    assert (found["shown"], found["hidden"], found["jumps"]) == ([2020], [2017], [2016])
    assert (found["seen"], found["cause"]) == ("shown", "census")
    growth = {"indicator": "orders", "years": [2020], "growth": 0.4}
    assert found["growth"] == growth | {"otherwise": pytest.approx((-0.2 + 0.05 + 0.05) / 3)}


@pytest.mark.parametrize("seen", ["not_shown", "too_few_years"])
def test_a_break_that_does_not_show_is_none(seen: str) -> None:
    found = coverage_finding(covered(0.1, 0.1, years="2017 2020", told={2017: seen, 2020: seen}))
    assert (found["shown"], found["hidden"], found["jumps"]) == ([], [], [])
    assert (found["seen"], found["cause"]) == (seen, "other")
    assert "growth" not in found and found["verdict"] != "none"


def test_why_there_is_no_D_without_wider_coverage() -> None:
    chosen = covered(0.1, 0.1)
    table = chosen.tables["coverage_breaks"]
    why = {"variant": "kept", "message": "coverage_alone", "fields": "{}"}
    table = pd.concat([table[table["variant"] == "with"], pd.DataFrame([why])])
    found = coverage_finding(
        Study(chosen.config, {**chosen.tables, "coverage_breaks": table}, chosen.indicators)
    )
    assert (found["verdict"], found["why"]) == ("refused", ("coverage_alone", "{}"))


@pytest.mark.parametrize(("year", "years"), [(2015, (2016, 2020)), (2020, (2015, 2019))])
def test_region_without_an_end_year_enters_with_its_own(year: int, years: tuple) -> None:
    chosen = study(**gap(year))
    state, found = focus_state(chosen, "330000"), rise_finding(chosen)
    assert state["years"] == years
    assert found["shorter"] == [("Zhejiang", *years)]
    d = tables()["coupling"].set_index(["region", "year"])["D"]
    assert state["D"] == (d["330000", years[0]], d["330000", years[1]])
    assert state["growth"] == pytest.approx((state["D"][1] / state["D"][0]) ** (1 / 4) - 1)
    assert (found["n"], found["verdict"]) == (4, "all")


def test_growth_spans_a_missing_year() -> None:
    state = focus_state(study(**gap(2017)), "330000")
    whole = focus_state(study(), "330000")
    assert state["growth"] == pytest.approx(whole["growth"])


def test_rate_from_zero_is_not_given() -> None:
    table = tables()["coupling"]
    rows = table["region"].eq("330000") & table["year"].eq(2015)
    state = focus_state(study(coupling=with_value(table, rows, "D", 0.0)), "330000")
    assert state["growth"] is None


def test_last_observed_state_is_of_the_last_year_with_both() -> None:
    assert last_observed(study(**gap(2020)))["year"] == 2019


def test_region_in_focus_that_is_not_estimated() -> None:
    chosen = study(**unestimated("330000"))
    found = all_findings(chosen)
    assert found["equilibrium"]["verdict"] == "not_estimated"
    assert found["equilibrium"]["reason"][0] == "not_positive"
    assert found["interaction"]["verdict"] == "supply_then_neither"
    assert "freedom" not in found["limits"]
    assert not {"fit"} & charts_that_apply(chosen)


def test_figures_read_are_those_that_are_there_and_missing_those_that_are_needed() -> None:
    chosen, made = study(), tables()
    seen = made["observations"]
    blank = with_value(seen, seen.index == seen.index[0], "value", np.nan)
    assert data_finding(replace(chosen, tables={**made, "observations": blank}))[
        "observations"
    ] == (seen["value"].notna().sum() - 1)
    rows = [
        ("prices", "", "", "", "index", "prices", "价格", "价格指数", ""),
        ("real", "", "", "", "yuan", "real", "实际", "", "deflate(product, prices)"),
    ]
    table = pd.concat([chosen.indicators, pd.DataFrame(rows, columns=chosen.indicators.columns)])
    index = made["panel"].iloc[:12].assign(indicator="prices", value=np.nan, flag="missing:x")
    index["year"] = [2015, *range(2016, 2021)] * 2
    panel = pd.concat([made["panel"], index], ignore_index=True)
    found = data_finding(replace(chosen, indicators=table, tables={**made, "panel": panel}))
    assert [group["years"] for group in found["missing"]] == [[*range(2016, 2021)]]


def test_current_prices_are_a_limit_unless_what_is_used_is_deflated() -> None:
    rows = [
        ("price_index", "", "", "index", "prices", "价格", "价格指数", ""),
        ("real", "", "", "100 million yuan", "real", "实际", "", "deflate(product, price_index)"),
        ("share", "", "", "ratio", "share", "比重", "", "ratio(real, output)"),
    ]
    chosen = study()
    columns = "indicator subsystem direction unit label_en label_zh source_name derivation".split()
    table = pd.concat([chosen.indicators, pd.DataFrame(rows, columns=columns)]).fillna("")
    assert "prices" in all_findings(replace(chosen, indicators=table))["limits"]  # not used
    used = table.assign(
        subsystem=table["subsystem"].where(table["indicator"] != "share", "cluster")
    )
    assert "prices" not in all_findings(replace(chosen, indicators=used))["limits"]
    downstream = table["indicator"] == chosen.config["interaction"]["downstream"]
    paired = with_value(table, downstream, "derivation", "sum(real, real)")
    paired = with_value(paired, downstream, "source_name", "")
    assert "prices" not in all_findings(replace(chosen, indicators=paired))["limits"]


def test_single_region_that_is_not_estimated() -> None:
    chosen = study(1, **unestimated("330000", 1))
    assert interaction_finding(chosen)["verdict"] == "not_estimated"
    assert not {"fit", "coefficients", "own_fits"} & charts_that_apply(chosen)


def test_given_parameters_are_no_calibration() -> None:
    found = theory_finding(study(**stated(50.0, 200.0)))
    assert (list(found["sources"]), found["main"]["x1"]) == (["given"], 50.0)
    assert found["slopes"] == "none"


def test_pooled_fits_without_intervals_are_no_pooled_fits() -> None:
    table = tables()["parameters"]
    rows = table["scope"].eq("pooled")
    assert not study(parameters=with_value(table, rows, "low", np.nan)).pooled
    assert study().pooled


def test_labels_fall_back_to_ids() -> None:
    chosen = study()
    bare = type(chosen)({**chosen.config, "subsystems": {}}, chosen.tables, chosen.indicators)
    assert [bare.label(s) for s in bare.subsystems] == ["shops", "plants"]
    other = type(chosen)(
        {**chosen.config, "subsystems": {"shops": {"zh": "店"}}}, chosen.tables, chosen.indicators
    )
    assert other.label("shops") == "shops"


@pytest.mark.parametrize(
    ("b1", "d", "verdict"),
    [
        ((0.1, 0.2), (0.1, 0.2), "supply"),
        ((-0.1, 0.2), (-0.1, 0.2), "neither"),
        ((0.1, 0.2), (-0.1, 0.2), "one"),
        ((-0.2, -0.1), (0.1, 0.2), "other"),
        ((0.0, 0.2), (0.1, 0.2), "one"),
    ],
)
def test_signs_of_two_intervals(b1: tuple, d: tuple, verdict: str) -> None:
    rows = [pd.Series({"low": low, "high": high}) for low, high in (b1, d)]
    assert slope_signs(*rows) == verdict


def test_year_effects_take_the_pattern_away() -> None:
    found = interaction_finding(study())
    assert found["verdict"] == "supply_then_neither"
    assert found["headline"] == "undecided"
    assert (found["zeros"], found["intervals"]) == (8, 8)  # three estimators, the mean group
    assert {name: row["p"] for name, row in found["by_year"].items()} == {"b1": 0.004, "d": 0.004}
    assert found["broken"] == []


def test_clusters_of_regions_alone_show_no_supply_pattern() -> None:
    """The bootstrap by year has to tell both slopes from zero, and no single year may decide."""
    table = tables()["slope_tests"]
    rows = table["errors"].eq("year_wild") & table["effects"].eq("region")
    late = with_value(table, rows & table["parameter"].eq("b1"), "p", 0.3)
    assert interaction_finding(study(slope_tests=late))["verdict"] == "fragile_then_neither"
    few = table[table["errors"] != "year_wild"]
    assert interaction_finding(study(slope_tests=few))["verdict"] == "fragile_then_neither"
    table = specifications(4, broken=("2017",))
    broken = study(specifications=table, specification_counts=specification_counts(table))
    found = interaction_finding(broken)
    assert found["verdict"] == "fragile_then_neither" and found["broken"] == ["2017"]
    survival = sign_survival_finding(broken)
    shown = {
        count: {
            e: (by["agree"], by["specifications"], by["p"]) for e, by in survival[count].items()
        }
        for count in ("without_growth", "all")
    }
    assert shown["without_growth"] == {
        "": (2, 6, 0.03), "region": (2, 3, 0.03), "region+year": (0, 3, 0.03)
    }  # fmt: skip
    assert shown["all"] == {
        "": (3, 6, 0.03), "region": (3, 3, 0.03), "region+year": (0, 3, 0.03)
    }  # fmt: skip


def test_region_effects_have_the_interval_by_year_and_none_without_it() -> None:
    rows = slope_intervals(study(), "b1").query("effects == 'region'")
    assert len(rows) == 3 and rows[["low", "high"]].to_numpy().tolist() == [[0.03, 0.2]] * 3
    table = tables()["slope_tests"]
    few = study(slope_tests=table[table["errors"] != "year_wild"])
    assert set(slope_intervals(few, "b1")["effects"]) == {"region+year"}
    assert interaction_finding(few)["by_year"] == {}


def instrumented(**ends: Any) -> Study:
    """The sample with an estimate by instruments; ends: of the set of b1."""
    table, relations = tables()["parameters"], tables()["relations"]
    fit = table.query("scope == 'pooled' and effects == 'region+year' and estimator == 'lag'")
    fit = fit.assign(estimator="fod_iv", low=0.05, high=0.2)
    hit = relations["quantity"].eq("anderson_rubin_b1")
    for column, value in ends.items():
        relations = with_value(relations, hit, column, value)
    return study(parameters=pd.concat([table, fit]), relations=relations)


@pytest.mark.parametrize(
    ("ends", "low", "high", "apart"),
    [
        ({"low": -0.1, "high": 0.3}, -0.1, 0.3, []),
        ({"low": 0.1, "high": 0.3}, 0.1, 0.3, [("b1", "anderson_rubin", "above")]),
        (
            {"low": np.nan, "high": -0.1, "set": "unbounded"},
            -np.inf,
            -0.1,
            [("b1", "anderson_rubin", "below")],
        ),
        ({"low": 0.1, "high": 0.3, "set": "complement"}, -np.inf, np.inf, []),
        ({"low": np.nan, "high": np.nan, "set": "line"}, -np.inf, np.inf, []),
    ],
)  # fmt: skip
def test_the_anderson_rubin_set_counts_in_place_of_the_interval(ends, low, high, apart) -> None:
    chosen = instrumented(**ends)
    rows = slope_intervals(chosen, "b1").query("effects == 'region+year'")
    assert (
        rows["estimator"].tolist()
        == "trapezoid fod_iv anderson_rubin lag logmean mean_group".split()
    )
    pair = rows.set_index("estimator")
    assert pair.loc["fod_iv", ["low", "high", "counts"]].tolist() == [0.05, 0.2, False]
    assert pair.loc["anderson_rubin", ["low", "high", "counts"]].tolist() == [low, high, True]
    found = interaction_finding(chosen)
    assert (found["apart"], found["intervals"]) == (apart, 10)
    assert found["zeros"] == 10 - len(apart)
    b1 = found["instruments"][0]
    columns = ("parameter", "estimate", "anderson_rubin_p", "J_df")
    assert [b1[column] for column in columns] == ["b1", 0.1, 0.3, 1]


def test_an_empty_set_leaves_the_interval() -> None:
    chosen = instrumented(low=np.nan, high=np.nan, set="empty")
    assert interaction_finding(chosen)["apart"] == [("b1", "fod_iv", "above")]


def test_the_mean_group_is_counted_and_told_with_its_contrast() -> None:
    relations = tables()["relations"]
    hit = relations["quantity"].eq("mean_group_d") & relations["effects"].eq("region+year")
    found = interaction_finding(study(relations=with_value(relations, hit, "high", -0.1)))
    assert found["apart"] == [("d", "mean_group", "below")] and found["zeros"] == 7
    mean, contrast = (found["groups"][kind][1] for kind in ("mean_group", "hausman"))
    assert (mean["parameter"], mean["value"], mean["high"], mean["p"]) == ("d", 0.1, -0.1, 0.4)
    assert (contrast["value"], contrast["low"], contrast["p"]) == (-0.1, -0.3, 0.4)


def test_narrow_intervals_keep_the_pattern() -> None:
    table = tables()["parameters"]
    rows = table["effects"].eq("region+year")
    found = interaction_finding(study(parameters=with_value(table, rows, "low", 0.01)))
    assert found["verdict"] == "supply_then_supply"
    assert found["headline"] == "supply"


def test_regional_slopes_are_per_first_year_output() -> None:
    chosen = study()
    first = chosen.series("sales").groupby(level="region").first()
    from coevo.report.findings.interaction import regional

    rows = regional(chosen, "b1").set_index("scope")["estimate"]
    np.testing.assert_allclose(rows, 0.1 * 0.001 * first.reindex(rows.index))


@pytest.mark.parametrize(
    ("x1_set", "x2_set", "located", "verdict"),
    [
        ("complement", "line", False, "unlocated"),
        ("interval", "line", False, "unlocated"),
        ("complement", "interval", False, "unlocated"),
        ("interval", "interval", True, "located"),
        ("interval", "interval", False, "not_positive"),
    ],
)
def test_unbounded_sets_are_named(x1_set: str, x2_set: str, located: bool, verdict: str) -> None:
    table = tables()["equilibria"]
    own = table["source"].eq("fit") & table["effects"].eq("none")
    for column, value in (("x1_set", x1_set), ("x2_set", x2_set), ("located", located)):
        table = with_value(table, own, column, value)
    assert equilibrium_finding(study(equilibria=table))["verdict"] == verdict


def test_failed_calibrations_are_counted() -> None:
    found = theory_finding(study())
    assert (list(found["sources"]), found["failed"], found["of"]) == (["purchases"], 5, 20)


def test_region_at_the_top_of_every_scale_has_no_obstacle() -> None:
    table = tables()["obstacles"]
    top = table["region"].eq("330000") & table["year"].eq(2020)
    found = obstacles_finding(study(obstacles=with_value(table, top, "obstacle", 0.0)))
    assert (found["verdict"], found["year"]) == ("earlier", 2019)


def test_one_region_has_no_pooled_findings() -> None:
    found = all_findings(study(1))
    assert found["far"]["verdict"] == found["step"]["verdict"] == "one_region"
    assert found["interaction"]["verdict"] == "region_neither"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4999, "0.50†"),
        (0.49996, "0.50†"),
        (0.5, "0.50"),
        (0.6995, "0.70†"),
        (0.123, "0.12"),
        (0.998, "1.00†"),
    ],
)
def test_printed_value_keeps_its_grade(value: float, text: str) -> None:
    assert grade_marks(value) == text


def test_printed_value_never_contradicts_its_grade() -> None:
    values = np.random.default_rng(1).uniform(0, 1, 2000)
    for value, shown in ((value, grade_marks(value)) for value in values):
        same = grade([float(shown[:4])])[0] == grade([value])[0]
        assert shown.endswith("†") != (same and shown[:4] != "1.00")


VERDICTS = [
    # own verdict of each point, that of the mean, moved points, located -> section, own, growth
    (["not_contradicted"], "contradicted", 0.3, False, "average", "not_contradicted", "told"),
    (["contradicted"], "not_contradicted", 0.3, False, "contradicted", "contradicted", "told"),
    (["not_contradicted"], "not_contradicted", 0.001, True, "confirmed", "confirmed", "told"),
    (["not_contradicted"] * 2, "cannot_say", 0.001, False, *["not_contradicted"] * 2, "told"),
    (["cannot_say"] * 2, "cannot_say", 0.3, False, "cannot_say", "cannot_say", "outside"),
    (["contradicted", "cannot_say"], "", 0.3, False, "differs", "differs", "differs"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("own", "mean", "moved", "located", "section", "alone", "growth"), VERDICTS
)
def test_theory_against_fit_says_no_more_than_its_verdicts(
    own, mean, moved, located, section, alone, growth
) -> None:
    made = tables()
    table = made["theory"].assign(p_joint_lower=moved, p_joint_higher=moved)
    table.loc[table["scope"].eq("mean"), "verdict"] = mean
    table = table[(table["scope"] != "mean") | bool(mean)]
    rows = table[table["scope"].eq("330000") & table["effects"].eq("none")]
    first = rows[rows["estimator"].eq("trapezoid")]
    steps = range(1, len(own) + 1) if len(own) > 1 else [np.nan]
    shares = [first.assign(verdict=v, share=0.1 * i) for i, v in zip(steps, own, strict=True)]
    changed = pd.concat([table.drop(rows.index), *shares], ignore_index=True)
    fits = made["equilibria"]
    main = fits["source"].eq("fit") & fits["effects"].eq("none")
    found = theory_finding(
        study(theory=changed, equilibria=with_value(fits, main, "located", located))
    )
    assert (found["verdict"], found["own"], found["growth"]) == (section, alone, growth)


@pytest.mark.parametrize(
    ("signs", "moves"), [((1, 1), "grow"), ((-1, -1), "shrink"), ((1, -1), "move")]
)
def test_what_growth_does_at_the_point_is_its_sign(signs, moves) -> None:
    table = tables()["theory"]
    for i, sign in enumerate(signs, start=1):
        table[f"G{i}"] = sign * table[f"G{i}"].abs()
    found = theory_finding(study(theory=table))
    assert (found["moves"], found["own_moves"]) == (moves, moves)


@pytest.mark.parametrize(
    ("b1", "d", "shown"),
    [((0.1, 0.2), (0.1, 0.2), "both"), ((0.1, 0.2), (-0.1, 0.2), "b1"),
     ((-0.1, 0.2), (0.1, 0.2), "d"), ((-0.1, 0.2), (-0.1, 0.2), "neither"),
     ((-0.2, -0.1), (0.1, 0.2), "contrary")],
)  # fmt: skip
def test_signs_of_comparative_statics_that_growth_shows(b1, d, shown) -> None:
    table = tables()["parameters"]
    for name, (low, high) in {"b1": b1, "d": d}.items():
        rows = table["parameter"].eq(name) & table["effects"].eq("none")
        table = with_value(with_value(table, rows, "low", low), rows, "high", high)
    assert theory_finding(study(parameters=table))["shown"] == shown


def test_a_region_without_a_theoretical_point_has_the_reason() -> None:
    made = tables()
    table = made["theory"][made["theory"]["scope"].ne("330000")]
    refused = populations.refused("330000", "", quantity="theory", message="theory_off", fields="")
    found = theory_finding(study(theory=table, refusals=refused))
    assert found["verdict"] == "no_equilibrium" and found["reasons"] == [("theory_off", "")]


@pytest.mark.parametrize("other", ["share", "estimator"])
def test_the_mean_counts_only_where_every_point_and_estimator_says_so(other: str) -> None:
    table = tables()["theory"]
    means = table[table["scope"].eq("mean")].assign(verdict="not_contradicted")
    changed = means.assign(**{other: 0.7 if other == "share" else "lag"})
    assert theory_finding(study(theory=table))["verdict"] == "average"
    found = theory_finding(study(theory=pd.concat([table, changed], ignore_index=True)))
    assert found["verdict"] == "not_contradicted"
