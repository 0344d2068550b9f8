"""What a reader would repeat, held against the tables: change them and the verdict changes."""

import pandas as pd
import pytest

from coevo.files import as_table
from coevo.messages import unpacked
from coevo.report.words.message_words import message_texts
from coevo.sensitivity.headline_claims import HEADLINES, claim_tables, headline_rows
from coevo.sensitivity.headlines import HEADLINES as OF_D
from coevo.study.configuration import LANGUAGES
from coevo.study_data import StudyData
from tests import variants
from tests.sample import words_of

INDICATORS = pd.DataFrame({"indicator": ["x", "y"], "unit": ["yuan", "yuan"]})
CONFIG = {
    "focus_region": "1",
    "comovement": {"size": ["product", "people"]},
    "interaction": {"upstream": "x", "downstream": "y", "estimator": "trapezoid"},
}
GRADES = ("primary coordination", "good coordination")
FOCUS = variants.FOCUS
ON_D = set(OF_D)
# what the sample has otherwise in combinations by Wang's form
WANG_AGREES = {"rose": 3, "sd_ln_last": 0.2, "r_p": 0.01}


def tables(located=(True, True), regions="123", **changed):
    """Tables of a study whose headlines all hold; changed: columns of the combinations by Wang."""
    coupling = pd.DataFrame(
        [(region, region, year, 0.4 + 0.1 * t, GRADES[t // 2])
         for region in regions for t, year in enumerate((2015, 2019, 2023))],
        columns=["region", "name", "year", "D", "grade"],
    )  # fmt: skip
    grid = variants.multiverse(coupling.assign(region=coupling["region"].replace("1", FOCUS)))
    grid = grid.assign(**WANG_AGREES, regions_all=len(regions))
    grid = grid.assign(**{c: grid[c].mask(grid["form"] == "wang", v) for c, v in changed.items()})
    headlines, parts = variants.headlines(grid)
    fits = [("fit", "1", effects, "classic", "trapezoid", here)
            for effects, here in zip(("none", "region+year"), located, strict=True)]  # fmt: skip
    fits.append(("fit", "1", "region", "classic", "trapezoid", True))  # common years mislead it
    equilibria = pd.DataFrame(
        fits, columns=["source", "scope", "effects", "model", "estimator", "located"]
    )
    return {
        "headlines": headlines,
        "headline_variants": parts,
        "coupling": coupling.assign(U_shops=0.5, U_plants=0.5),
        "equilibria": as_table("equilibria", equilibria),
    }


def asked(made, config=CONFIG):
    return headline_rows(StudyData(config, INDICATORS, made)).set_index("claim")


def test_what_a_claim_on_D_speaks_of():
    found = asked(tables())
    stated = unpacked(found.loc["rank_of_focus", "stated"])
    assert stated == {
        "systems": ["shops", "plants"], "regions": 3, "years": [2015, 2023], "size": "product",
        "region": "1", "D": [0.4, pytest.approx(0.6)], "rose": True, "grade": GRADES[1], "rank": 1,
    }  # fmt: skip
    assert set(found.loc[list(ON_D), "computed"]) == {"by_choices"}


def test_counts_and_the_choice_that_decides():
    found = asked(tables(rose=2)).loc["all_rose"]
    assert found["conclusion"] == "depends_on_choices"
    fields = unpacked(found["fields"])
    assert {key: fields[key] for key in ("agree", "contrary", "open", "n")} == {
        "agree": 72, "contrary": 36, "open": 0, "n": 108
    }  # fmt: skip
    assert fields["choice"] == "form" and fields["share"] == pytest.approx(1)
    sides = {side["variant"]: (side["agree"], side["n"]) for side in fields["sides"]}
    assert sides == {"standard": (36, 36), "wang": (0, 36), "fan": (36, 36)}
    assert not {"whole", "without", "curves"} & set(fields)


def test_a_zero_and_the_curve_have_fields_of_their_own():
    found = asked(tables(regions_ln=2))
    fields = unpacked(found.loc["gap_narrowed", "fields"])
    assert fields["whole"] == {"agree": 72, "contrary": 0, "n": 72} and fields["n"] == 108
    curves = unpacked(found.loc["systems_in_step", "fields"])["curves"]
    assert [(part["variant"], part["above"], part["sets"]) for part in curves] == [("main", 12, 12)]
    assert curves[0]["p"] == pytest.approx((1 + 499) / 1000)


@pytest.mark.parametrize(("verdict", "own", "hangs"), [
    ("supported", 1, False), ("depends_on_choices", 1, True), ("supported", -1, True),
])  # fmt: skip
def test_a_headline_that_hangs_on_a_year_of_changed_coverage(verdict, own, hangs):
    """Another verdict without it, or another answer by the study's own choices."""
    made = tables()
    counts = {"agree": 9, "contrary": 0, "open": 0, "combinations": 9}
    census = [
        {"headline": "all_rose", "pair": "", "choice": "census_year", "variant": variant, **counts,
         "verdict": said, "own": answer}
        for variant, said, answer in (("with", "supported", 1), ("without", verdict, own))
    ]  # fmt: skip
    parts = pd.concat([made["headline_variants"], as_table("headline_variants", census)])
    growth = [("x", 2018, "not_shown"), ("x", 2023, "shown"), ("x", 2016, "jump")]
    growth = pd.DataFrame(growth, columns=["indicator", "year", "verdict"])
    made |= {"headline_variants": parts, "coverage_growth": as_table("coverage_growth", growth)}
    fields = unpacked(asked(made).loc["all_rose", "fields"])
    assert fields["without"] == {"agree": 9, "contrary": 0, "n": 9}
    assert (fields["hangs"], fields["years"], fields["cause"]) == (hangs, [2023], "other")
    made["coverage_growth"] = made["coverage_growth"][:1]
    assert unpacked(asked(made).loc["all_rose", "fields"])["cause"] == "none"


def test_what_cannot_be_asked_says_why():
    found = asked(tables(regions_all=20) | _without("systems_in_step", "unbalanced_pairs"))
    row = found.loc["systems_in_step"]
    assert (row["verdict"], row["computed"]) == ("not_testable", "unbalanced_pairs")


def _without(headline, why):
    table = tables()["headlines"]
    row = table["headline"] == headline
    return {"headlines": table.assign(message=table["message"].mask(row, why))}


def test_each_pair_of_systems_is_asked():
    made = tables()
    further = made["headlines"].query("headline == 'systems_in_step'")
    made["headlines"] = pd.concat([made["headlines"], further.assign(pair="shops~parks")])
    found = asked(made).loc["systems_in_step"]
    systems = [unpacked(text)["systems"] for text in found["stated"]]
    assert systems == [["shops", "plants"], ["shops", "parks"]]


@pytest.mark.parametrize(
    ("located", "conclusion"),
    [((True, True), "supported"), ((False, True), "depends_on_choices"),
     ((False, False), "cannot_be_decided")],
)  # fmt: skip
def test_an_equilibrium_is_located_by_the_own_and_the_pooled_fit(located, conclusion):
    found = asked(tables(located=located)).loc["equilibrium_located"]
    assert found["conclusion"] == conclusion
    assert unpacked(found["fields"]) == dict(zip(("own", "pooled"), located, strict=True))


def test_one_region_has_an_equilibrium_but_no_headline_on_D():
    made = tables(regions="1")
    made["equilibria"] = made["equilibria"][made["equilibria"]["effects"] == "none"]
    found = asked(made)
    assert set(found.index) == set(HEADLINES) - ON_D - {"theory_at_rest_mean"}
    assert unpacked(found.loc["equilibrium_located", "fields"]) == {"own": True, "pooled": None}
    assert found.loc["equilibrium_located", "conclusion"] == "supported"


def test_a_part_that_the_study_lacks_is_not_asked_about():
    made = tables()
    assert set(asked(made, CONFIG | {"interaction": None}).index) == ON_D
    model = set(HEADLINES) - ON_D - {"theory_at_rest_mean"}  # no mean without a table of theory
    assert set(asked({"equilibria": made["equilibria"]}).index) == model
    assert asked({}, CONFIG | {"interaction": None}).empty
    assert set(asked(made).index) == set(HEADLINES) - {"theory_at_rest_mean"}


def test_both_tables_with_the_statements_of_a_paper():
    evidence = StudyData(CONFIG, INDICATORS, tables())
    rows = [("a", "said", "stability", "", "source")]
    statements = pd.DataFrame(rows, columns=["claim", "paper", "check", "indicators", "source"])
    assert set(claim_tables(evidence)) == {"headline_claims"}
    found = claim_tables(StudyData(CONFIG, INDICATORS, tables() | {"statements": statements}))
    assert found["claims"]["conclusion"].tolist() == ["depends_on_choices"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_words(language):
    message = message_texts(words_of("phrases", language))
    for made in (
        tables(), tables(regions="1"), tables(rose=2, regions_ln=2), tables(located=(True, False)),
        tables() | _without("systems_in_step", "no_level"),
        tables() | {"equilibria": tables()["equilibria"][:1]},
    ):  # fmt: skip
        for claim, row in asked(made).iterrows():
            said = (message(claim, row["stated"]), message(row["computed"], row["fields"]))
            assert all(said) and "None" not in " ".join(said), claim


THEORY = {"effects": ("none", "region", "region+year"), "errors": ("own", "year", "year")}


@pytest.mark.parametrize(
    ("verdict", "moved", "located", "mean", "own"),
    [
        ("contradicted", 0.001, True, "not_supported", "not_supported"),
        ("not_contradicted", 0.001, True, "cannot_be_decided", "supported"),
        ("not_contradicted", 0.001, False, "cannot_be_decided", "cannot_be_decided"),
        ("not_contradicted", 0.3, True, "cannot_be_decided", "cannot_be_decided"),
        ("cannot_say", 0.001, True, "cannot_be_decided", "cannot_be_decided"),
    ],
)
def test_the_equilibrium_of_theory_by_growth_there(verdict, moved, located, mean, own):
    row = {"source": "purchases", "estimator": "trapezoid", "n": 30, "verdict": verdict}
    row |= {"G1": 0.06, "G2": 0.11, "p_joint": 0.01}
    row |= {"p_joint_lower": moved, "p_joint_higher": moved}
    scopes = ("1", "mean", "mean")
    rows = [row | dict(zip(("scope", *THEORY), each, strict=True))
            for each in zip(scopes, *THEORY.values(), strict=True)]  # fmt: skip
    found = asked(tables(located=(located, True)) | {"theory": as_table("theory", rows)})
    assert found.loc["theory_at_rest_mean", "conclusion"] == mean
    assert found.loc["theory_at_rest", "conclusion"] == own
    fits = unpacked(found.loc["theory_at_rest_mean", "fields"])["fits"]
    assert [fit["effects"] for fit in fits] == ["region", "region+year"]
