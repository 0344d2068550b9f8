"""Verdicts follow the tables: change the evidence and the verdict changes."""

import numpy as np
import pandas as pd
import pytest

from coevo import lotka_volterra
from coevo.errors import StudyError
from coevo.sensitivity import claims
from coevo.sensitivity.claims import CHECKS, VERDICTS, Evidence, check_claims

PARAMETERS = "scope model effects estimator scaling parameter low high".split()
RELATIONS = ["scope", "quantity", "relation"]


def evidence(
    findings=(),
    p=0.5,
    regions=("1",),
    D=(0.4, 0.5, 0.6),
    values=(5.0, 30.0, 20.5),
    pooled=(),
    forms=(),
):
    """The tables of claims; pooled: intervals of b1 and d; forms: verdicts weak and strong."""
    years = range(2016, 2019)
    observations = pd.DataFrame(
        [
            ("1", year, "rate", values[k], "%", "2026-10", "f", "s", "")
            for k, year in enumerate(years)
        ],
        columns=[
            "region",
            "year",
            "indicator",
            "value",
            "unit",
            "vintage",
            "file",
            "sheet",
            "flag",
        ],
    )
    columns = ["check", "region", "year", "indicator", "printed", "computed", "unit"]
    columns += ["file", "sheet", "message"]
    coupling = pd.DataFrame(
        [(region, year, d) for region in regions for year, d in enumerate(D, start=2016)],
        columns=["region", "year", "D"],
    )
    equilibria = pd.DataFrame(
        [("fit", "1", "none", "classic", "trapezoid", p)],
        columns=["source", "scope", "effects", "model", "estimator", "p_predator_prey"],
    )
    parameters = [
        ("pooled", "classic", "region+year", "trapezoid", "first", name, *ends)
        for name, ends in zip(("b1", "d"), pooled, strict=False)
    ]
    relations = [
        ("pooled", f"feedback_{form}", verdict)
        for form, verdict in zip(("weak", "strong"), forms, strict=False)
    ]
    return Evidence(
        observations,
        pd.DataFrame(findings, columns=columns),
        coupling,
        equilibria,
        pd.DataFrame(parameters, columns=PARAMETERS),
        pd.DataFrame(relations, columns=RELATIONS).astype({"quantity": str}),
        {"rate": "%"},
        "1",
        "trapezoid",
    )


BASE = ("not_checkable", "1", 2016, "rate", 5.0, np.nan, "%", "f", "s", "")
OTHER = ("growth", "1", 2018, "rate", 20.5, 23.07, "%", "f", "s", "")


def test_printed_figures_that_follow():
    assert claims.as_printed(evidence([BASE]), "rate") == (
        "2016: 5.0; 2017: 30.0; 2018: 20.5 %",
        "as printed; 2016 not checkable: its base year is not in the files",
        "agrees",
    )


def test_printed_figures_that_do_not_follow():
    _, computed, verdict = claims.as_printed(evidence([BASE, OTHER]), "rate")
    assert computed.startswith("the levels give 23.07 %; the others as printed; 2016 not")
    assert verdict == "does not follow from the printed levels"


def test_figures_of_an_older_vintage_are_left_aside():
    new = evidence()
    older = new.observations.assign(vintage="2025-10", file="old", value=1.0)
    old_finding = (*OTHER[:7], "old", "s", "")
    findings = pd.DataFrame([BASE, old_finding], columns=list(evidence([BASE]).audit.columns))
    both = Evidence(
        **{**new.__dict__, "observations": pd.concat([older, new.observations]), "audit": findings}
    )
    assert claims.as_printed(both, "rate") == claims.as_printed(evidence([BASE]), "rate")


def test_amounts_stand_apart_from_their_unit():
    money = Evidence(**{**evidence([BASE]).__dict__, "units": {"rate": "100 million yuan"}})
    assert claims.as_printed(money, "rate")[0].endswith("2018: 20.5 (100 million yuan)")


def test_nothing_to_check():
    assert claims.as_printed(evidence(), "absent")[2] == "not testable here"
    every = [("not_checkable", "1", year, *BASE[3:]) for year in (2016, 2017, 2018)]
    assert claims.as_printed(evidence(every), "rate")[2] == "not testable here"


def test_a_unit_needs_a_figure_that_speaks_for_it():
    row = ("unit", "1", 2016, "rate", 5.0, 5.0, "trillion yuan", "f", "s", "the sheet states ...")
    assert claims.unit(evidence([row]), "rate") == (
        "trillion yuan",
        "elsewhere 5 of 2016 is printed in %",
        "probable misprint",
    )
    silent = (*row[:5], np.nan, *row[6:])
    assert claims.unit(evidence([silent]), "rate")[2] == "not testable here"
    assert claims.unit(evidence(), "rate")[2] == "agrees"


@pytest.mark.parametrize(
    ("p", "verdict"),
    [
        (0.96, "agrees"),
        (0.5, "tested, undetermined"),
        (0.04, "tested, undetermined"),
        (0.003, "does not hold in these data"),
    ],
)
def test_signs(p, verdict):
    _, computed, found = claims.supply_signs(evidence(p=p), "")
    assert found == verdict and f"{p:.2f}" in computed


def test_signs_without_a_fit():
    bare = evidence()
    without = Evidence(**{**bare.__dict__, "equilibria": bare.equilibria.iloc[:0]})
    assert claims.supply_signs(without, "")[2] == "not testable here"


@pytest.mark.parametrize(
    ("p", "pooled", "verdict"),
    [
        (0.96, [(0.1, 0.2), (0.1, 0.3)], "agrees"),
        (0.96, [(-0.1, 0.2), (0.1, 0.3)], "tested, undetermined"),
        (0.5, [(0.1, 0.2), (0.1, 0.3)], "tested, undetermined"),
        (0.003, [(0.1, 0.2), (-0.3, -0.1)], "does not hold in these data"),
    ],
)
def test_signs_of_the_region_and_of_the_pool_must_agree(p, pooled, verdict):
    _, computed, found = claims.supply_signs(evidence(p=p, pooled=pooled), "")
    assert found == verdict
    assert f"b1 from {pooled[0][0]:.2g} to {pooled[0][1]:.2g}" in computed


@pytest.mark.parametrize(
    ("forms", "verdict"),
    [
        (("yes", "yes"), "agrees"),
        (("yes", "undecidable"), "holds in a weaker sense"),
        (("undecidable", "undecidable"), "tested, undetermined"),
        (("no", "no"), "does not hold in these data"),
        ((), "not testable here"),
    ],
)
def test_feedback(forms, verdict):
    assert claims.feedback_claim(evidence(forms=forms), "")[2] == verdict


def with_rows(one, table, **columns):
    """Return the evidence with the rows of a table repeated under other labels."""
    rows = getattr(one, table)
    both = pd.concat([rows, rows.assign(**columns)], ignore_index=True)
    return Evidence(**{**one.__dict__, table: both})


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "2"},
        {"model": "general"},
        {"effects": "region"},
        {"estimator": "fod_iv"},
        {"scaling": "mean"},
    ],
)
def test_only_the_headline_of_the_pool_speaks_for_signs(other):
    clear = evidence(p=0.96, pooled=[(0.1, 0.2), (0.1, 0.3)])
    against = clear.parameters.assign(low=-0.3, high=-0.1, **other)
    both = pd.concat([against, clear.parameters, against], ignore_index=True)
    found = claims.supply_signs(Evidence(**{**clear.__dict__, "parameters": both}), "")
    assert found == claims.supply_signs(clear, "") and found[2] == "agrees"


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "2"},
        {"model": "general"},
        {"effects": "region"},
        {"estimator": "trajectory"},
        {"source": "given"},
    ],
)
def test_only_the_regions_own_classic_fit_speaks_for_signs(other):
    clear = evidence(p=0.96)
    against = clear.equilibria.assign(p_predator_prey=0.01, **other)
    both = pd.concat([against, clear.equilibria], ignore_index=True)
    found = claims.supply_signs(Evidence(**{**clear.__dict__, "equilibria": both}), "")
    assert found[2] == "agrees" and "0.96" in found[1]


def test_a_pool_without_errors_does_not_speak_for_signs():
    bare = evidence(p=0.96, pooled=[(np.nan, np.nan), (np.nan, np.nan)])
    assert claims.supply_signs(bare, "") == claims.supply_signs(evidence(p=0.96), "")


def test_feedback_is_that_of_the_whole_period_of_the_pool():
    whole = evidence(forms=("no", "no"))
    parts = whole.relations["quantity"] + "_2015_2019"
    for other in ({"quantity": parts}, {"scope": "1"}):
        both = with_rows(whole, "relations", relation="yes", **other)
        assert claims.feedback_claim(both, "") == claims.feedback_claim(whole, "")
    only = whole.relations.assign(quantity=parts)
    found = claims.feedback_claim(Evidence(**{**whole.__dict__, "relations": only}), "")
    assert found[2] == "not testable here"


@pytest.mark.parametrize(
    ("D", "verdict"),
    [
        ((0.2, 0.3, 0.5, 0.51, 0.52), "agrees"),
        ((0.2, 0.21, 0.22, 0.4, 0.8), "does not hold in these data"),
    ],
)
def test_the_most_rapid_period_against_the_years_after(D, verdict):
    """The paper's years are those of its printed figures, 2016 to 2018."""
    _, computed, found = claims.most_rapid(evidence(regions=("1", "2"), D=D), "rate")
    assert found == verdict
    assert "over 2016–2018, against D grew by" in computed and computed.endswith("over 2018–2020")


def test_the_most_rapid_period_reads_no_rate_from_one_region():
    _, computed, verdict = claims.most_rapid(evidence(), "rate")
    assert computed.startswith("D of one region runs from 0.40 to 0.60 by construction")
    assert "printed growth goes from 5 to 20.5 %" in computed and verdict == "not testable here"
    several = claims.most_rapid(evidence(regions=("1", "2")), "rate")[1]
    assert several.startswith("D grew by 22.5 % a year over 2016–2018")


def test_claims_on_the_model_follow_the_model(monkeypatch):
    found = {
        name: CHECKS[name](evidence(), "")[2] for name in CHECKS if name not in ("printed", "unit")
    }
    assert found["interior_equilibrium"] == "agrees"
    assert found["stability"] == "holds in a weaker sense"
    assert found["upstream_statics"] == "agrees"
    assert found["downstream_statics"] == "does not hold in the model"
    # another model, another verdict
    monkeypatch.setattr(lotka_volterra, "elasticities", lambda *_: np.ones((2, 4)))
    monkeypatch.setattr(lotka_volterra, "equilibrium", lambda *_: (np.ones(1000), np.ones(1000)))
    monkeypatch.setattr(lotka_volterra, "jacobian", lambda *_: np.eye(2)[None])
    changed = {name: CHECKS[name](evidence(), "")[2] for name in found}
    assert changed["interior_equilibrium"] == "does not hold in the model"
    assert changed["stability"] == "does not hold in the model"
    assert changed["upstream_statics"] == "does not hold in the model"
    assert changed["downstream_statics"] == "agrees"


def test_the_table_keeps_the_order_and_refuses_an_unknown_check():
    rows = [
        ("b", "said", "feedback", "", "source"),
        ("a", "", "printed", "rate", "source"),
    ]
    table = pd.DataFrame(rows, columns=["claim", "paper", "check", "indicators", "source"])
    found = check_claims(table, evidence())
    assert found["claim"].tolist() == ["b", "a"]
    assert found["paper"].tolist() == ["said", "2016: 5.0; 2017: 30.0; 2018: 20.5 %"]
    assert set(found["verdict"]) <= set(VERDICTS)
    with pytest.raises(StudyError, match="unknown check 'guess'; known: downstream_statics, "):
        check_claims(table.assign(check="guess"), evidence())
