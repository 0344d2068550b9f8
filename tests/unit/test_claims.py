"""Verdicts follow the tables: change the evidence and the verdict changes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.files import as_table
from coevo.lotka_volterra import classic
from coevo.messages import unpacked
from coevo.sensitivity import claims
from coevo.sensitivity.claims import CHECKS, check_claims
from coevo.study_data import StudyData
from tests.unit.cases import with_tables

PARAMETERS = "scope model effects estimator scaling parameter low high".split()
RATE = pd.DataFrame({"indicator": ["rate"], "unit": "%"})
VERDICT_COLUMNS = ["scope", "question", "verdict", "period"]


def evidence(
    findings=(), p=0.5, regions=("1",), D=(0.4, 0.5, 0.6), values=(5.0, 30.0, 20.5), pooled=(),
    forms=(), wild=0.01,
):  # fmt: skip
    """The tables of claims; pooled: intervals of b1 and d, wild: p of both by the bootstrap; forms:
    verdicts weak and strong.
    """
    columns = "region year indicator value unit vintage file sheet flag half_unit".split()
    observations = pd.DataFrame(
        [
            ("1", year, "rate", values[k], "%", "2026-10", "f", "s", "", 0.05)
            for k, year in enumerate(range(2016, 2019))
        ],
        columns=columns,
    )
    columns = "check region year indicator printed computed unit file sheet message".split()
    coupling = pd.DataFrame(
        [(region, year, d) for region in regions for year, d in enumerate(D, start=2016)],
        columns=["region", "year", "D"],
    )
    fit = {"source": "fit", "scope": "1", "effects": "none", "model": "classic"}
    parameters = [
        ("pooled", "classic", "region+year", "trapezoid", "first", name, *ends)
        for name, ends in zip(("b1", "d"), pooled, strict=False)
    ]
    tests = [
        {"scope": "pooled", "effects": "region+year", "estimator": "trapezoid"}
        | {"errors": "region_wild", "parameter": name, "p": wild}
        for name in ("b1", "d")
    ]
    verdicts = [
        ("pooled", f"feedback_{form}", verdict, "")
        for form, verdict in zip(("weak", "strong"), forms, strict=False)
    ]
    tables = {
        "observations": observations,
        "audit": pd.DataFrame(findings, columns=columns),
        "coupling": coupling,
        "equilibria": pd.DataFrame([fit | {"estimator": "trapezoid", "p_predator_prey": p}]),
        "parameters": pd.DataFrame(parameters, columns=PARAMETERS),
        "slope_tests": pd.DataFrame(tests),
        "verdicts": pd.DataFrame(verdicts, columns=VERDICT_COLUMNS),
    }
    model = {"upstream": "x", "downstream": "y", "estimator": "trapezoid"}
    return StudyData({"focus_region": "1", "interaction": model}, RATE, tables)


BASE = ("not_checkable", "1", 2016, "rate", 5.0, np.nan, "%", "f", "s", "")
OTHER = ("growth", "1", 2018, "rate", 20.5, 23.07, "%", "f", "s", "")


def test_printed_figures_that_follow():
    found = claims.as_printed(evidence([BASE]), "rate")
    assert (found.verdict, found.computed) == ("agrees", "derived_figures")
    assert found.fields == {
        "differing": [], "agreeing": 2, "unchecked": [2016], "decimals": 2, "unit": "%",
    }  # fmt: skip
    message, fields = found.printed
    years = [(figure["year"], figure["value"]) for figure in fields["figures"]]
    assert message == "printed_figures" and years == [(2016, 5.0), (2017, 30.0), (2018, 20.5)]
    assert (fields["decimals"], fields["unit"]) == (1, "%")


def test_printed_figures_that_do_not_follow():
    found = claims.as_printed(evidence([BASE, OTHER]), "rate")
    assert found.fields["differing"] == [{"year": 2018, "value": 23.07}]
    assert (found.fields["agreeing"], found.fields["unchecked"]) == (1, [2016])
    assert found.verdict == "does_not_follow"


def test_figures_of_an_older_vintage_are_left_aside():
    new = evidence()
    older = new.tables["observations"].assign(vintage="2025-10", file="old", value=1.0)
    old_finding = (*OTHER[:7], "old", "s", "")
    findings = evidence([BASE, old_finding]).table("audit")
    both = with_tables(
        new, observations=pd.concat([older, new.tables["observations"]]), audit=findings
    )
    assert claims.as_printed(both, "rate") == claims.as_printed(evidence([BASE]), "rate")


def test_figures_have_the_unit_of_their_indicator():
    money = replace(evidence([BASE]), indicators=RATE.assign(unit="100 million yuan"))
    assert claims.as_printed(money, "rate").printed[1]["unit"] == "100 million yuan"


def test_nothing_to_check():
    assert claims.as_printed(evidence(), "absent").verdict == "not_testable"
    every = [("not_checkable", "1", year, *BASE[3:]) for year in (2016, 2017, 2018)]
    assert claims.as_printed(evidence(every), "rate").verdict == "not_testable"


def test_a_unit_needs_a_figure_that_speaks_for_it():
    row = ("unit", "1", 2016, "rate", 5.0, 5.0, "trillion yuan", "f", "s", "unit_misprint")
    found = claims.unit(evidence([row]), "rate")
    assert (found.verdict, found.computed) == ("probable_misprint", "unit_elsewhere")
    assert found.fields == {"read_as": "%", "value": 5.0, "year": 2016}
    assert found.printed == ("printed_unit", {"unit": "trillion yuan"})
    silent = (*row[:5], np.nan, *row[6:])
    assert claims.unit(evidence([silent]), "rate").verdict == "not_testable"
    assert claims.unit(evidence(), "rate").verdict == "agrees"


def test_signs_without_a_fit():
    bare = evidence()
    without = with_tables(bare, equilibria=bare.tables["equilibria"].iloc[:0])
    assert claims.supply_signs(without, "").verdict == "not_testable"


ABOVE = [(0.1, 0.2), (0.1, 0.3)]


@pytest.mark.parametrize(
    ("p", "pooled", "verdict"),
    [
        (0.96, [], "not_rejected"), (0.5, [], "undetermined"), (0.04, [], "undetermined"),
        (0.003, [], "not_in_these_data"), (0.96, ABOVE, "not_rejected"),
        (0.96, [(-0.1, 0.2), (0.1, 0.3)], "undetermined"), (0.5, ABOVE, "undetermined"),
        (0.003, [(0.1, 0.2), (-0.3, -0.1)], "not_in_these_data"),
    ],
)  # fmt: skip
def test_signs_of_the_region_and_of_the_pool_must_agree(p, pooled, verdict):
    found = claims.supply_signs(evidence(p=p, pooled=pooled), "")
    assert found.verdict == verdict
    own = {"probability": p, "ignorance": 1 / 16, "estimator": "trapezoid"}
    assert found.fields["own"] == own
    ends = [dict(zip(("low", "high"), pair, strict=True)) for pair in pooled]
    assert found.fields["pooled"] == (dict(zip(("b1", "d"), ends, strict=True)) if ends else None)


@pytest.mark.parametrize("pooled", [ABOVE, [(0.1, 0.2), (-0.3, -0.1)]])
def test_intervals_that_the_wild_bootstrap_does_not_confirm_decide_nothing(pooled):
    """One region may carry a slope, and errors clustered by region do not see it."""
    p = 0.96 if pooled == ABOVE else 0.003
    found = claims.supply_signs(evidence(p=p, pooled=pooled, wild=0.4), "")
    assert found.verdict == "undetermined"


@pytest.mark.parametrize(
    ("low", "verdict"), [(0.1, "not_rejected"), (-0.1, "some_choices"), (np.nan, "not_rejected")]
)
@pytest.mark.parametrize("quantity", ["b1", "d"])
def test_signs_that_one_year_carries_depend_on_choices(quantity, low, verdict):
    clear = evidence(p=0.96, pooled=ABOVE)
    fit = {"scope": "pooled", "effects": "region+year", "model": "classic"}
    fit |= {"estimator": "trapezoid", "without_growth": "2017", "quantity": quantity}
    rows = as_table("specifications", [fit | {"low": low, "high": 0.3}])
    found = claims.supply_signs(with_tables(clear, specifications=rows), "")
    assert (found.verdict, found.fields.get("years")) == (
        verdict,
        ["2017"] if verdict == "some_choices" else None,
    )


@pytest.mark.parametrize(
    ("forms", "verdict"),
    [
        (("yes", "yes"), "not_rejected"),
        (("yes", "undecidable"), "weaker_sense"),
        (("undecidable", "undecidable"), "undetermined"),
        (("no", "no"), "not_in_these_data"),
        ((), "not_testable"),
    ],
)
def test_feedback(forms, verdict):
    assert claims.feedback_claim(evidence(forms=forms), "").verdict == verdict


OTHER_FITS = {"scope": "2", "model": "general", "effects": "region", "estimator": "fod_iv"}


@pytest.mark.parametrize("other", [*OTHER_FITS.items(), ("scaling", "mean"), ("source", "given")])
def test_only_the_headline_of_the_pool_and_the_regions_own_fit_speak_for_signs(other):
    column, value = other
    clear = evidence(p=0.96, pooled=ABOVE)
    against = {"parameters": {"low": -0.3, "high": -0.1}, "equilibria": {"p_predator_prey": 0.01}}
    for name in against:
        table = clear.tables[name]
        if column in table or column in OTHER_FITS:
            contrary = table.assign(**against[name], **{column: value})
            both = pd.concat([contrary, table, contrary], ignore_index=True)
            found = claims.supply_signs(with_tables(clear, **{name: both}), "")
            assert found == claims.supply_signs(clear, "") and found.verdict == "not_rejected"


def test_a_pool_without_errors_does_not_speak_for_signs():
    bare = evidence(p=0.96, pooled=[(np.nan, np.nan), (np.nan, np.nan)])
    assert claims.supply_signs(bare, "") == claims.supply_signs(evidence(p=0.96), "")


def test_feedback_is_that_of_the_whole_period_of_the_pool():
    whole = evidence(forms=("no", "no"))
    rows = whole.tables["verdicts"]
    for other in ({"period": "2015-2019"}, {"scope": "1"}):
        both = pd.concat([rows, rows.assign(verdict="yes", **other)], ignore_index=True)
        found = claims.feedback_claim(with_tables(whole, verdicts=both), "")
        assert found == claims.feedback_claim(whole, "")
    only = with_tables(whole, verdicts=rows.assign(period="2015-2019"))
    assert claims.feedback_claim(only, "").verdict == "not_testable"


@pytest.mark.parametrize(
    ("D", "verdict"),
    [
        ((0.2, 0.3, 0.5, 0.51, 0.52), "agrees"),
        ((0.2, 0.21, 0.22, 0.4, 0.8), "not_in_these_data"),
    ],
)
def test_the_most_rapid_period_against_the_years_after(D, verdict):
    """The paper's years are those of its printed figures, 2016 to 2018."""
    found = claims.most_rapid(evidence(regions=("1", "2"), D=D), "rate")
    assert (found.verdict, found.computed) == (verdict, "growth_compared")
    during, after = found.fields["during"], found.fields["after"]
    assert (during["first"], during["last"]) == (2016, 2018)
    assert (after["first"], after["last"]) == (2018, 2020)
    assert during["rate"] == pytest.approx(100 * ((D[2] / D[0]) ** 0.5 - 1))


@pytest.mark.parametrize(
    ("kept", "verdict"),
    [
        ((0.2, 0.21, 0.22, 0.4, 0.7), "not_in_these_data"),
        ((0.2, 0.3, 0.4, 0.41, 0.42), "some_choices"),
    ],
)
def test_the_most_rapid_period_with_and_without_breaks(kept, verdict):
    whole = evidence(regions=("1", "2"), D=(0.2, 0.21, 0.22, 0.4, 0.8))
    own = whole.tables["coupling"][whole.tables["coupling"]["region"] == "1"].sort_values("year")
    breaks = as_table("coverage_breaks", own.assign(D=kept, variant="kept").iloc[::-1])
    growth = as_table("coverage_growth", [{"year": 2020, "verdict": "shown", "named": True}])
    named = RATE.assign(coverage_breaks="census 2020")
    both = replace(
        with_tables(whole, coverage_breaks=breaks, coverage_growth=growth), indicators=named
    )
    found = claims.most_rapid(both, "rate")
    assert (found.verdict, found.computed) == (verdict, "growth_compared")
    assert (found.fields["years"], found.fields["cause"]) == ([2020], "census")
    without = found.fields["without"]
    assert without["during"]["rate"] == pytest.approx(100 * ((kept[2] / kept[0]) ** 0.5 - 1))
    assert without["after"]["rate"] == pytest.approx(100 * ((kept[4] / kept[2]) ** 0.5 - 1))
    assert found.fields["after"] == claims.most_rapid(whole, "rate").fields["after"]
    hidden = with_tables(both, coverage_growth=as_table("coverage_growth", []))
    assert claims.most_rapid(hidden, "rate").fields["cause"] == "none"


def test_the_most_rapid_period_by_the_years_that_the_claim_names():
    """A study without the paper's figures compares all the same; without years it cannot."""
    row = ("9", "said", "most_rapid", "other", "2016-2017", "source")
    columns = ["claim", "paper", "check", "indicators", "years", "source"]
    table = pd.DataFrame([row], columns=columns)
    whole = evidence(regions=("1", "2"), D=(0.4, 0.5, 0.51))
    found = check_claims(table, whole).iloc[0]
    assert (found["verdict"], found["computed"]) == ("agrees", "growth_compared")
    during, after = unpacked(found["fields"])["during"], unpacked(found["fields"])["after"]
    assert during == {"rate": pytest.approx(25), "first": 2016, "last": 2017}
    assert after == {"rate": pytest.approx(2), "first": 2017, "last": 2018}
    assert check_claims(table.assign(years=""), whole)["computed"].tolist() == ["no_figures"]
    with pytest.raises(StudyError, match="years 'soon'; they are written as 2016-2020"):
        check_claims(table.assign(years="soon"), whole)


def test_the_most_rapid_period_reads_no_rate_from_one_region():
    found = claims.most_rapid(evidence(), "rate")
    assert (found.verdict, found.computed) == ("not_testable", "growth_of_one_region")
    assert found.fields == {"D": [0.4, 0.6], "printed": [5.0, 20.5]}
    several = claims.most_rapid(evidence(regions=("1", "2")), "rate")
    assert several.computed == "growth_alone"
    assert several.fields["D"]["rate"] == pytest.approx(100 * (1.5**0.5 - 1))
    elsewhere = claims.most_rapid(evidence(regions=("1", "2")), "other")
    assert (elsewhere.verdict, elsewhere.computed) == ("not_testable", "no_figures")


def test_what_is_said_of_the_model_follows_from_its_equations():
    draws = a1, b1, a2, b2 = np.exp(np.random.default_rng(1).uniform(-2.3, 2.3, (4, 1000)))
    x1, x2 = classic.equilibrium(*draws)
    assert np.abs([a1 - b1 * x2, b1 * b2 * x1 - a2]).max() < 1e-10
    assert (classic.kind(a1, b1, a2, b1 * b2) == "centre").all()
    found = {name: CHECKS[name](evidence(), "") for name in claims.GIVEN}
    doubled = classic.equilibrium(0.5, np.array([0.2, 0.4, 0.2]), 0.3, np.array([0.7, 0.7, 1.4]))
    for check, E in zip(("upstream_statics", "downstream_statics"), doubled, strict=True):
        E = np.broadcast_to(E, 3)  # at b1 and b2, with b1 doubled, with b2 doubled
        assert list(found[check].fields.values()) == pytest.approx(np.log2(E[1:] / E[0]))
    assert [answer.verdict for answer in found.values()] == [
        "agrees", "weaker_sense", "agrees", "not_in_the_model", "not_testable"
    ]  # fmt: skip


def test_the_table_keeps_the_order_and_refuses_an_unknown_check():
    rows = [
        ("b", "said", "feedback", "", "source"),
        ("a", "", "printed", "rate", "source"),
    ]
    table = pd.DataFrame(rows, columns=["claim", "paper", "check", "indicators", "source"])
    found = check_claims(table, evidence())
    assert found["claim"].tolist() == ["b", "a"]
    assert found["check"].tolist() == ["feedback", "printed"]
    assert found["conclusion"].tolist() == ["cannot_be_decided", "supported"]
    assert found["paper"].tolist() == ["said", ""]
    assert found["printed_message"].tolist() == ["", "printed_figures"]
    assert unpacked(found["printed_fields"].iloc[1])["figures"][1] == {"year": 2017, "value": 30.0}
    assert unpacked(found["fields"].iloc[1])["agreeing"] == 3
    with pytest.raises(StudyError, match="unknown check 'guess'; known: downstream_statics, "):
        check_claims(table.assign(check="guess"), evidence())


def test_a_study_without_index_or_model_is_asked_all_the_same():
    """Neither part: what needs one is not testable, what the paper prints or proves still is."""
    table = pd.read_csv("config/claims/qian.csv", keep_default_na=False)
    bare = StudyData({"focus_region": "1", "interaction": None}, RATE)
    found = check_claims(table, bare).set_index("check")["verdict"]
    assert found["stability"] == "weaker_sense" and found["interior_equilibrium"] == "agrees"
    assert set(found[["signs", "feedback", "most_rapid", "unit"]]) == {"not_testable"}
