"""What a reader would repeat, held against the tables: change them and the verdict changes."""

import itertools

import numpy as np
import pandas as pd
import pytest

from coevo.files import as_table
from coevo.messages import unpacked
from coevo.report.words.message_words import message_texts
from coevo.sensitivity.claim_evidence import Evidence
from coevo.sensitivity.headline_claims import HEADLINES, by_share, claim_tables, headline_rows
from coevo.study.configuration import LANGUAGES
from tests.sample import words_of

INDICATORS = pd.DataFrame({"indicator": ["x", "y"], "unit": ["yuan", "yuan"]})
CONFIG = {
    "focus_region": "1",
    "interaction": {"upstream": "x", "downstream": "y", "estimator": "trapezoid"},
}
GRADES = ("primary coordination", "good coordination")


def tables(
    grades=(1,) * 40, ranks=None, first=0.4, r=0.5, p=0.01, located=(True, True), regions="123"
):
    """Tables of a study; grades, ranks: of the region by combination, the study's own first."""
    multiverse = pd.DataFrame(
        {
            "reference": ["panel", "year"] * (len(grades) // 2),
            "main": [True, *[False] * (len(grades) - 1)],
            "focus_D_first": first,
            "focus_D": [0.65 + 0.2 * k for k in grades],
            "focus_rank": [2.0] * len(grades) if ranks is None else ranks,
            "focus_grade": [GRADES[k] for k in grades],
        }
    )
    coupling = pd.DataFrame(
        [(region, region, year, 0.4 + 0.1 * t)
         for region in regions for t, year in enumerate((2015, 2019, 2023))],
        columns=["region", "name", "year", "D"],
    )  # fmt: skip
    moves = [("correlation_lnU", "levels", 0.9)]
    moves += [(measure, "within_regions_and_years", value) for measure, value in
              (("correlation_lnU", r), ("placebo_mean", 0.05), ("placebo_p", p))]  # fmt: skip
    comovement = pd.DataFrame(moves, columns=["measure", "scope", "value"])
    fits = [("fit", "1", effects, "classic", "trapezoid", here)
            for effects, here in zip(("none", "region+year"), located, strict=True)]  # fmt: skip
    fits.append(("fit", "1", "region", "classic", "trapezoid", True))  # common years mislead it
    equilibria = pd.DataFrame(
        fits, columns=["source", "scope", "effects", "model", "estimator", "located"]
    )
    return {
        "multiverse": as_table("multiverse", multiverse),
        "coupling": coupling.assign(U_shops=0.5, U_plants=0.5),
        "comovement": as_table("comovement", comovement.assign(pair="shops~plants")),
        "equilibria": as_table("equilibria", equilibria),
    }


def asked(made, config=CONFIG):
    return headline_rows(Evidence.of(made, INDICATORS, config)).set_index("claim")


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(1, "agrees"), (0.95, "agrees"), (0.94, "some_choices"), (0.01, "some_choices")],
)
def test_what_holds_under_nearly_all_choices_agrees(share, verdict):
    assert by_share(share) == verdict


@pytest.mark.parametrize(
    ("grades", "conclusion"),
    [((1,) * 40, "supported"), ((1,) * 38 + (0,) * 2, "supported"),
     ((1,) * 37 + (0,) * 3, "depends_on_choices"), ((1,) + (0,) * 39, "depends_on_choices")],
)  # fmt: skip
def test_the_grade_by_its_share_of_the_combinations(grades, conclusion):
    found = asked(tables(grades)).loc["grade_of_focus"]
    assert found["conclusion"] == conclusion
    assert unpacked(found["stated"]) == {"region": "1", "year": 2023, "grade": GRADES[1]}
    fields = unpacked(found["fields"])
    assert (fields["count"], fields["n"]) == (grades.count(1), 40)
    if grades.count(0):
        assert (fields["other"], fields["others"]) == (GRADES[0], grades.count(0))


def test_the_rank_by_its_share_of_the_combinations():
    found = asked(tables(ranks=[3.0] * 10 + [1.0] * 26 + [4.0] * 4)).loc["rank_of_focus"]
    assert found["verdict"] == "some_choices"
    assert unpacked(found["stated"]) == {"region": "1", "year": 2023, "rank": 3, "regions": 3}
    assert unpacked(found["fields"]) == {
        "count": 10, "n": 40, "most": 1, "mosts": 26, "low": 1, "high": 4
    }  # fmt: skip


def test_what_hangs_on_a_year_of_wider_coverage_depends_on_choices():
    rows = [("kept", "1", "1", year, D, grade, 2) for year, D, grade in
            ((2015, 0.4, GRADES[0]), (2023, 0.55, GRADES[0]))]  # fmt: skip
    rows.append(("anew", "1", "1", 2023, 0.9, GRADES[1], 1))
    columns = ["variant", "region", "name", "year", "D", "grade", "rank"]
    breaks = as_table("coverage_breaks", pd.DataFrame(rows, columns=columns))
    found = asked(tables() | {"coverage_breaks": breaks})
    assert found.loc["grade_of_focus", "verdict"] == "some_choices"
    assert unpacked(found.loc["grade_of_focus", "fields"])["without"] == GRADES[0]
    assert found.loc["rank_of_focus", "verdict"] == "agrees"
    assert unpacked(found.loc["rank_of_focus", "fields"])["without"] == 2
    assert found.loc["rise_of_focus", "verdict"] == "agrees"
    assert unpacked(found.loc["rise_of_focus", "fields"])["without"] == pytest.approx(0.15)
    assert asked(tables()).loc["grade_of_focus", "verdict"] == "agrees"


def test_the_rise_is_read_where_the_scale_is_that_of_every_year():
    """Under the reference `year` D of two years is not on one scale: those 20 do not count."""
    found = asked(tables(first=[0.4, 0.9] * 20)).loc["rise_of_focus"]
    assert found["verdict"] == "agrees"
    assert unpacked(found["stated"])["D"] == [0.4, pytest.approx(0.6)]
    assert unpacked(found["fields"])["count"] == unpacked(found["fields"])["n"] == 20
    fell = asked(tables(first=[0.4, 0.4, 0.9, 0.4] * 10)).loc["rise_of_focus"]
    assert fell["verdict"] == "some_choices" and unpacked(fell["fields"])["count"] == 10
    relative = tables()
    relative["multiverse"] = relative["multiverse"].assign(reference="year")
    assert asked(relative).loc["rise_of_focus", "computed"] == "no_comparable_choices"


@pytest.mark.parametrize(
    ("r", "p", "verdict"),
    [(0.41, 0.049, "agrees"), (0.41, 0.05, "undetermined"), (-0.5, 0.01, "not_in_these_data"),
     (0.04, 0.01, "not_in_these_data"), (-0.5, 0.3, "undetermined")],
)  # fmt: skip
def test_systems_are_in_step_only_beyond_random_pairings(r, p, verdict):
    """Where random pairings do as much neither co-movement nor its absence is shown."""
    found = asked(tables(r=r, p=p)).loc["systems_in_step"]
    assert found["verdict"] == verdict
    assert unpacked(found["stated"]) == {"systems": ["shops", "plants"]}
    assert unpacked(found["fields"]) == {"r": r, "raw": 0.9, "mean": 0.05, "p": p}


def test_without_random_pairings_nothing_is_said_of_step():
    made = tables()
    made["comovement"] = made["comovement"][made["comovement"]["measure"] == "correlation_lnU"]
    found = asked(made).loc["systems_in_step"]
    assert (found["verdict"], found["computed"]) == ("not_testable", "no_random_pairings")


def test_three_systems_are_asked_pair_by_pair():
    made = tables()
    made["coupling"] = made["coupling"].assign(U_parks=0.5)
    found = asked(made).loc["systems_in_step"]
    assert [unpacked(text)["systems"] for text in found["stated"]] == [
        list(pair) for pair in itertools.combinations(("shops", "plants", "parks"), 2)
    ]
    assert found["verdict"].tolist() == ["agrees", "not_testable", "not_testable"]


@pytest.mark.parametrize(
    ("located", "conclusion"),
    [((True, True), "supported"), ((False, True), "depends_on_choices"),
     ((False, False), "cannot_be_decided")],
)  # fmt: skip
def test_an_equilibrium_is_located_by_the_own_and_the_pooled_fit(located, conclusion):
    found = asked(tables(located=located)).loc["equilibrium_located"]
    assert found["conclusion"] == conclusion
    assert unpacked(found["fields"]) == dict(zip(("own", "pooled"), located, strict=True))


def test_one_region_has_an_equilibrium_but_no_grade_that_one_would_repeat():
    made = tables(regions="1")
    made["equilibria"] = made["equilibria"][made["equilibria"]["effects"] == "none"]
    found = asked(made)
    assert set(found.index) == {
        "systems_in_step", "feedback_exceeds_competition", "supply_relation", "equilibrium_located"
    }  # fmt: skip
    assert found.loc["systems_in_step", "computed"] == "one_region_in_step"
    assert unpacked(found.loc["equilibrium_located", "fields"]) == {"own": True, "pooled": None}
    assert found.loc["equilibrium_located", "conclusion"] == "supported"


def test_a_part_that_the_study_lacks_is_not_asked_about():
    made = tables()
    index_only = asked(made, CONFIG | {"interaction": None})
    assert set(index_only.index) == {
        "systems_in_step", "grade_of_focus", "rise_of_focus", "rank_of_focus"
    }  # fmt: skip
    model_only = asked({"equilibria": made["equilibria"]})
    assert set(model_only.index) == {
        "feedback_exceeds_competition", "supply_relation", "equilibrium_located"
    }  # fmt: skip
    assert asked({}, CONFIG | {"interaction": None}).empty
    assert set(asked(made).index) == set(HEADLINES)


def test_a_region_without_the_last_year_has_no_grade_to_repeat():
    made = tables()
    nothing = {"focus_D": np.nan, "focus_rank": np.nan, "focus_grade": ""}
    made["multiverse"] = made["multiverse"].assign(**nothing)
    assert not {"grade_of_focus", "rank_of_focus"} & set(asked(made).index)
    assert asked(made).loc["rise_of_focus", "verdict"] == "not_testable"


def test_both_tables_with_the_statements_of_a_paper():
    evidence = Evidence.of(tables(), INDICATORS, CONFIG)
    rows = [("a", "said", "stability", "", "source")]
    statements = pd.DataFrame(rows, columns=["claim", "paper", "check", "indicators", "source"])
    assert set(claim_tables(None, evidence)) == {"headline_claims"}
    found = claim_tables(statements, evidence)
    assert found["claims"]["conclusion"].tolist() == ["depends_on_choices"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_words(language):
    message = message_texts(words_of("phrases", language))
    rows = [("kept", "1", "1", year, 0.5, GRADES[0], 2) for year in (2015, 2023)]
    columns = ["variant", "region", "name", "year", "D", "grade", "rank"]
    breaks = as_table("coverage_breaks", pd.DataFrame(rows, columns=columns))
    unplaced = tables()["comovement"].query("measure == 'correlation_lnU'")
    relative = tables()["multiverse"].assign(reference="year")
    for made in (
        tables(), tables(regions="1"), tables((1,) + (0,) * 39, [1.0] + [2.0] * 39),
        tables(located=(True, False)), tables() | {"coverage_breaks": breaks},
        tables() | {"comovement": unplaced}, tables() | {"multiverse": relative},
        tables() | {"equilibria": tables()["equilibria"][:1]},
    ):  # fmt: skip
        for claim, row in asked(made).iterrows():
            said = (message(claim, row["stated"]), message(row["computed"], row["fields"]))
            assert all(said) and "None" not in " ".join(said), claim
