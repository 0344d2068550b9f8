"""What the real studies say first, through every choice: known answers, and flags that are told."""

import json
from itertools import product

import numpy as np
import pytest

from coevo.files import read_texts
from coevo.report.findings.study_tables import study_in_language
from coevo.report.tables.annex import report_tables
from coevo.report.tables.report_table import readable
from coevo.report.words.template_values import in_language
from coevo.sensitivity.headlines import CENSUS_YEAR, HEADLINES, PAIRED, WITHOUT
from tests.projects import ROOT
from tests.said import beside_exhibits, reported, words_in
from tests.sample import words_of

pytestmark = pytest.mark.whole
COUNTS = ["agree", "contrary", "open", "combinations"]
STUDIES = ("provinces", "provinces-scale", "provinces-three", "countries")
PAIRED_SYSTEMS = {"provinces", "countries"}  # relative indicators, and amounts beside them


def test_known_counts_of_the_default_study(results):
    """Computed apart from the program, from the tables of the study (methods, section 3)."""
    counts = results("provinces", "headlines").set_index(["headline", "system"])[COUNTS]
    for headline, own, absolute in (
        ("all_rose", [117, 30, 0, 147], [115, 32, 0, 147]),
        ("gap_narrowed", [14, 6, 34, 54], [36, 0, 18, 54]),
        ("gap_in_D_narrowed", [7, 47, 93, 147], [0, 147, 0, 147]),
        ("level_over_balance", [240, 0, 0, 240], [240, 0, 0, 240]),
        ("follows_product_per_head", [240, 0, 0, 240], [0, 240, 0, 240]),
        ("systems_in_step", [0, 60, 180, 240], [120, 0, 120, 240]),
    ):
        found = [counts.loc[(headline, system)].tolist() for system in ("main", "absolute", "")]
        assert found == [own, absolute, np.add(own, absolute).tolist()], headline
    table = results("provinces", "multiverse")
    assert len(table) == 540 and table["repeated"].sum() == 20 * 3
    comparable = table[table["comparable"].astype(bool)]
    for sd, p, narrowed, widened in (
        ("sd_ln", "morgan_p", (96, 79), (6, 8)), ("sd", "morgan_D_p", (8, 0), (48, 162))
    ):  # fmt: skip
        less = comparable[f"{sd}_last"] < comparable[f"{sd}_first"]
        for counted, said in ((narrowed, less), (widened, ~less)):
            of = (said & (comparable[p] < 0.05)).groupby(comparable["system"], sort=False).sum()
            assert tuple(of) == counted, sd
    assert (comparable["sd_last"] > comparable["sd_first"]).sum() == 285
    assert comparable["rose"].min() == 28 and (comparable["rose"] == 31).sum() == 257
    assert (comparable["regions_ln"] < 31).sum() == 66
    assert table["share_T"].min() == pytest.approx(0.665, abs=5e-4)
    for system, positive, whole, known in (("main", 75, 57, 234), ("absolute", 270, 126, 126)):
        own = table[table["system"] == system]
        kept = own[own["regions_r"] == 31]
        assert (own["r_ln"] > 0).sum() == positive
        assert ((kept["r_ln"] > 0).sum(), len(kept)) == (whole, known)


def test_known_answers_under_a_true_zero(results):
    key = {"system": "main", "scale": "ratio", "weighting": "entropy", "composite": "linear",
           "form": "standard"}  # fmt: skip
    table = results("provinces", "multiverse").set_index(list(key))
    row = table.loc[tuple(key.values())]
    assert (round(row["sd_ln_first"], 4), round(row["sd_ln_last"], 4)) == (0.2665, 0.2496)
    assert row["morgan_p"] == pytest.approx(0.16, abs=0.005)


def test_chance_prints_what_the_relative_system_does(results):
    table = results("provinces", "headline_variants")
    row = table.query("headline == 'systems_in_step' and variant == 'main' and choice == 'system'")
    assert row["p"].item() == pytest.approx(0.63, abs=0.04)


def test_what_an_ending_of_growth_says_is_said_without_census_years(results):
    rows = results("provinces", "headline_variants").query("choice == 'census_year'")
    each = set(product(HEADLINES, ("", "main", "absolute"), ("with", "without")))
    told = list(zip(rows["headline"], rows["system"], rows["variant"], strict=True))
    assert set(told) == each and len(told) == len(each)
    grade = rows.query("headline == 'grade_of_focus' and system == ''").set_index("variant")
    assert grade["own"].to_dict() == {"with": 1, "without": -1}


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_one_and_the_annex_contain_every_flag(shipped, results, study, language):
    """A deciding choice, or the years of changed coverage, that another verdict hangs on."""
    phrases = read_texts(*(ROOT / "workflow" / "report").glob("phrases.*"))
    words = in_language(shipped(study), language, phrases)
    short = {readable(row[0]): readable(row[4]) for row in _rows(words, "verdicts")}
    long = {readable(row[0]): readable(row[2]) for row in _rows(words, "stated")}
    claims = results(study, "headline_claims").query("computed == 'by_choices'")
    variants, flags = results(study, "headline_variants"), 0
    for row in claims.itertuples():
        stated, fields = json.loads(row.stated), json.loads(row.fields)
        claim = words.grammar.upper_first(words.message(row.claim, stated))
        if "system" in stated:  # its indicator systems are judged apart
            claim = words.grammar.noted(claim, words.message("named_system", stated))
        claim = readable(claim)
        pair = "~".join(stated["systems"])
        pair = pair if row.claim == PAIRED and pair in set(variants["pair"]) else ""
        own = variants[(variants["headline"] == row.claim) & (variants["pair"] == pair)]
        own = own[own["system"] == stated.get("system", "")]
        sides = own[own["choice"] == fields["choice"]]
        said = [long[claim], short.get(claim, long[claim])]  # some stand in their section alone
        if len(set(sides["verdict"])) > 1:
            flags += 1
            name = words.word("choice", fields["choice"])
            assert all(name in text for text in said), claim
        census = own[own["choice"] == CENSUS_YEAR]
        if len(set(census["verdict"])) > 1 or census["own"].nunique() > 1:
            flags += 1
            years = [str(year) for year in fields["years"]]
            assert all(year in text for text in said for year in years), claim
            agree = census.loc[census["variant"] == WITHOUT, "agree"].item()
            assert str(agree) in long[claim]
    assert flags >= 3


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_finding_names_what_it_hangs_on(shipped, results, study, language):
    """The least number that rose; of gaps and level what each indicator system says."""
    words = words_of("phrases", language)
    report = reported(study_in_language(shipped(study), language, words["words"]))
    told = beside_exhibits(report.sections["opening"])
    rows = results(study, "headlines").set_index(["headline", "system"])
    least = int(rows.loc[("all_rose", ""), "least"])
    assert str(least) in " ".join(report.said["opening/least/least"])
    systems = set(rows.index.get_level_values("system")) - {""}
    assert (len(systems) > 1) == ("opening/by/other" in report.said) == (study in PAIRED_SYSTEMS)
    for key in ("opening/by/main", "opening/by/other") if systems else ():
        answers = report.said[key]  # relative and absolute gap, level
        assert len(answers) >= 3 and all(answer in told for answer in answers), key
    assert words_in(told, language) <= {"en": 275, "zh": 505}[language]  # until it is an abstract


def _rows(words, key):
    return next(table.rows for table in report_tables(words) if table.key == key)
