"""What a reader would repeat, held against the tables: change them and the verdict changes."""

import pandas as pd
import pytest

from coevo.files import as_table
from coevo.messages import unpacked
from coevo.report.words.message_words import message_texts
from coevo.schema import LANGUAGES
from coevo.sensitivity.headline_claims import HEADLINES, claim_tables, headline_rows
from coevo.sensitivity.headlines import HEADLINES as ON_D
from coevo.study_data import StudyData
from tests.sample import COUNT, FOCUS, config, indicators, picked, put, tables, words_of

MODEL = set(HEADLINES) - set(ON_D)


def asked(made, **keys):
    return headline_rows(StudyData(config() | keys, indicators(), made)).set_index("claim")


def fields_of(claim, made):
    return unpacked(asked(made).loc[claim, "fields"])


def counted(row, prefix=""):
    columns = {"agree": "agree", "contrary": "contrary", "n": "combinations"}
    return {key: row[prefix + column] for key, column in columns.items()}


def test_what_a_claim_on_D_speaks_of():
    found, D = asked(tables()), tables()["coupling"]
    own, last = D[D["region"] == FOCUS], D[D["year"] == 2020]
    ends = own["D"].iloc[[0, -1]].tolist()
    assert unpacked(found.loc["rank_of_focus", "stated"]) == {
        "systems": ["shops", "plants"], "regions": COUNT, "years": [2012, 2020], "size": "product",
        "region": FOCUS, "D": ends, "rose": True, "grade": own["grade"].iloc[-1],
        "rank": int(last["D"].gt(ends[1]).sum()) + 1, "ranked": len(last),
    }  # fmt: skip
    assert set(found.loc[list(ON_D), "computed"]) == {"by_choices", "rank_range"}


def test_counts_those_of_whole_figures_and_the_choice_that_decides():
    made = tables()
    row = made["headlines"].query("system == ''").set_index("headline").loc["gap_in_D_narrowed"]
    fields = fields_of("gap_in_D_narrowed", made)
    assert asked(made).loc["gap_in_D_narrowed", "conclusion"] == "depends_on_choices"
    assert fields.items() >= counted(row).items() and fields["open"] == row["open"]
    assert (fields["choice"], fields["share"]) == (row["deciding_choice"], row["share"])
    sides = made["headline_variants"]
    which = {"headline": "gap_in_D_narrowed", "system": "", "choice": row["deciding_choice"]}
    sides = sides[picked(sides, **which)]
    assert fields["sides"] == [
        {"variant": side["variant"], **counted(side), "open": side["open"]}
        for side in sides.to_dict("records")
    ]
    numbers = ["main", "least", "median", "most"]
    rose = made["headlines"].set_index("headline").loc["all_rose", numbers].iloc[0]
    assert {name: fields_of("all_rose", made)[name] for name in numbers} == rose.to_dict()
    assert not {"whole", "without", "curves"} & set(fields)


def test_the_curve_of_random_pairings_stands_by_system():
    made = tables()
    table = made["headline_variants"]
    systems = table[picked(table, headline="systems_in_step", system="", choice="system")]
    columns = ["variant", "above", "sets", "p"]
    told = [{column: row[column] for column in columns} for row in systems.to_dict("records")]
    claims = asked(made).loc["systems_in_step", "fields"]
    found = [curve for fields in claims for curve in unpacked(fields)["curves"]]
    assert len(told) == 2 and found == told


@pytest.mark.parametrize(
    ("verdict", "own", "hangs"),
    [("robust", 1, False), ("depends_on_choices", 1, True), ("robust", -1, True)],
)
def test_a_headline_that_hangs_on_a_year_of_changed_coverage(verdict, own, hangs):
    """Another verdict without it, or another answer by the study's own choices."""
    made = tables()
    counts = {"agree": 9, "contrary": 0, "open": 0, "combinations": 9}
    census = [
        {"headline": "all_rose", "choice": "census_year", "variant": variant, **counts,
         "verdict": said, "own": answer}
        for variant, said, answer in (("with", "robust", 1), ("without", verdict, own))
    ]  # fmt: skip
    parts = [made["headline_variants"], as_table("headline_variants", census)]
    made["headline_variants"] = pd.concat(parts, ignore_index=True)
    growth = [("sales", 2018, "not_shown"), ("sales", 2020, "shown"), ("sales", 2016, "jump")]
    growth = pd.DataFrame(growth, columns=["indicator", "year", "verdict"])
    for rows, years, cause in ((growth, [2020], "other"), (growth[:1], [], "none")):
        fields = fields_of(
            "all_rose", made | {"coverage_growth": as_table("coverage_growth", rows)}
        )
        assert fields["without"] == {"agree": 9, "contrary": 0, "n": 9}
        assert (fields["hangs"], fields["cause"]) == (hangs, cause)
        assert fields.get("years", []) == years


def refusing(message="unbalanced_pairs"):
    return put(tables(), "headlines", {"headline": "systems_in_step"}, message=message)


def test_what_cannot_be_asked_says_why():
    rows = asked(refusing()).loc[["systems_in_step"]]
    assert set(rows["verdict"]) == {"not_testable"}
    assert set(rows["computed"]) == {"unbalanced_pairs"}


def systems_say(headline, *verdicts, **changed):
    """Tables of two indicator systems of which each has its verdict on a headline."""
    made = put(tables(), "headlines", {"headline": headline}, **changed)
    for system, verdict in zip(("main", "per_head"), verdicts, strict=True):
        made = put(made, "headlines", {"headline": headline, "system": system}, verdict=verdict)
    return made


def test_a_claim_is_judged_by_indicator_system_where_their_verdicts_differ():
    one = asked(systems_say("level_over_balance", "robust", "robust", verdict="robust"))
    fields = unpacked(one.loc["level_over_balance", "fields"])
    assert one.loc["level_over_balance", "conclusion"] == "robust"
    assert [part["variant"] for part in fields["systems"]] == ["main", "per_head"]
    two = asked(systems_say("level_over_balance", "robust", "not_supported", own=-1))
    rows = two.loc["level_over_balance"]
    assert rows["conclusion"].tolist() == ["robust", "not_supported"]
    assert [unpacked(stated)["system"] for stated in rows["stated"]] == ["main", "per_head"]
    assert rows["contradicted"].all() and not two.loc["rise_of_focus", "contradicted"]


def test_a_rank_is_told_by_its_range_and_not_as_a_test_of_equality():
    made = put(tables(), "headlines", {"headline": "rank_of_focus"}, least=1, most=5, agree=0)
    row = asked(made).loc["rank_of_focus"]
    fields = unpacked(row["fields"])
    assert (fields["least"], fields["most"], row["computed"]) == (1, 5, "rank_range")
    assert row["conclusion"] == "depends_on_choices"


def test_each_pair_of_systems_is_asked():
    made = tables()
    rows = made["headlines"].query("headline == 'systems_in_step' and system == ''")
    others = made["headlines"].query("headline != 'systems_in_step'")
    further = rows.assign(pair="shops~parks")
    made["headlines"] = pd.concat([others, rows, further])
    stated = asked(made).loc["systems_in_step", "stated"]
    assert [unpacked(text)["systems"][1] for text in stated] == ["plants", "parks"]


def located(own, pooled):
    made = put(tables(), "equilibria", {"effects": "none", "source": "fit"}, located=own)
    return put(made, "equilibria", {"effects": "region+year", "source": "fit"}, located=pooled)


@pytest.mark.parametrize(
    ("own", "pooled", "conclusion"),
    [(True, True, "not_rejected"), (False, True, "depends_on_choices"),
     (False, False, "cannot_be_decided")],
)  # fmt: skip
def test_an_equilibrium_is_located_by_the_own_and_the_pooled_fit(own, pooled, conclusion):
    found = asked(located(own, pooled)).loc["equilibrium_located"]
    assert found["conclusion"] == conclusion
    assert unpacked(found["fields"]) == {"own": own, "pooled": pooled}


def test_one_region_has_an_equilibrium_but_no_headline_on_several():
    found = asked(put(tables(1), "equilibria", {"source": "fit"}, located=True))
    assert set(found.index) == MODEL - {"theory_strength_panel"}
    row = found.loc["equilibrium_located"]
    assert unpacked(row["fields"]) == {"own": True, "pooled": None}
    assert row["conclusion"] == "not_rejected"


def test_a_part_that_the_study_lacks_is_not_asked_about():
    made = tables()
    assert set(asked(made, interaction=None).index) == set(ON_D)
    alone = asked({"equilibria": made["equilibria"]})
    assert set(alone.index) == MODEL - {"theory_strength_panel"}
    assert asked({}, interaction=None).empty
    assert set(asked(made).index) == set(HEADLINES)


def test_both_tables_with_the_statements_of_a_paper():
    rows = [("a", "said", "stability", "", "source")]
    statements = pd.DataFrame(rows, columns=["claim", "paper", "check", "indicators", "source"])
    evidence = StudyData(config(), indicators(), tables())
    assert set(claim_tables(evidence)) == {"headline_claims"}
    evidence = StudyData(config(), indicators(), tables() | {"statements": statements})
    assert claim_tables(evidence)["claims"]["conclusion"].tolist() == ["depends_on_choices"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_words(language):
    message = message_texts(words_of("phrases", language))
    for made in (tables(), tables(1), located(True, False), refusing("no_level")):
        for claim, row in asked(made).iterrows():
            said = (message(claim, row["stated"]), message(row["computed"], row["fields"]))
            assert all(said) and "None" not in " ".join(said), claim


@pytest.mark.parametrize(
    ("b1", "d", "conclusion"),
    [
        (("as_theory", False), ("as_theory", False), "not_rejected"),
        (("weaker", True), ("as_theory", False), "not_supported"),
        (("cannot_be_told", False), ("as_theory", False), "cannot_be_decided"),
    ],
)
def test_the_interaction_is_as_strong_as_theory_unless_full_strength_is_excluded(b1, d, conclusion):
    made = tables()
    for effect, (verdict, excluded) in (("b1", b1), ("d", d)):
        values = {"verdict": verdict, "full_excluded": excluded}
        made = put(made, "strengths", {"effect": effect}, **values)
    found = asked(made)
    for claim in ("theory_strength_panel", "theory_strength"):
        assert found.loc[claim, "conclusion"] == conclusion
        rows = unpacked(found.loc[claim, "fields"])["rows"]
        assert [row["effect"] for row in rows] == ["b1", "d"]
