"""Another field, other regions: figures as they were handed over, numbers computed apart."""

import numpy as np
import pandas as pd
import pytest

from coevo.report.findings.interaction import interaction_finding
from coevo.report.findings.study_tables import study_in_language
from tests.sample import words_of

pytestmark = pytest.mark.whole
SUMS = {  # over 97 countries and 2010-2022, in the units of the study
    "internet_users": 77583.43165,
    "broadband_per_100": 22772.78822,
    "mobile_phones_per_100": 146387.8799,
    "hightech_exports": 15069.25424,
    "product_per_employee": 50002.90953,
    "industry_share": 32644.59332,
    "product_per_head": 23507.31156795,
    "product": 624451.13572866,
}
COUNTS = {  # agree, contrary, combinations: computed from the raw files without the program
    "all_rose": (139, 185, 324),
    "gap_narrowed": (183, 36, 324),
    "gap_in_D_narrowed": (107, 162, 324),
    "low_caught_up": (203, 36, 324),
    "level_over_balance": (540, 0, 540),
    "follows_product_per_head": (270, 270, 540),
    "rise_of_focus": (324, 0, 324),
    "grade_of_focus": (125, 415, 540),
    "rank_of_focus": (6, 534, 540),
}
OF_RATIOS = {"gap_narrowed", "low_caught_up"}  # asked on the scale with a true zero alone


def test_figures_are_those_handed_over(results):
    table = results("countries", "observations")
    whole = table.groupby("indicator")["value"].agg(["sum", "size"])
    assert whole["sum"].to_dict() == pytest.approx(SUMS, rel=1e-9)
    assert set(whole["size"]) == {97 * 13}


def test_d_of_vietnam_and_the_weights(results):
    table = results("countries", "coupling").set_index(["region", "year"])["D"]
    assert len(table) == 97 * 13 and table.mean() == pytest.approx(0.498011, abs=1e-6)
    assert table.loc["VNM"].loc[[2010, 2022]].tolist() == pytest.approx(
        [0.390476, 0.636642], abs=1e-6
    )
    weights = results("countries", "weights").query("weighting == 'entropy'")["weight"]
    expected = [0.644628, 0.2442, 0.111172, 0.422177, 0.466785, 0.111038]
    assert np.sort(weights) == pytest.approx(np.sort(expected), abs=1e-6)


def counted(t: pd.DataFrame, headline: str) -> tuple[int, int, int]:
    """Return how many combinations say a headline and the contrary, of how many."""
    narrowed = ((t[f"sd{d}_first"] > t[f"sd{d}_last"]) * 2 - 1 for d in ("_ln", ""))
    said = {
        "all_rose": t["rose"] == 97,
        "gap_narrowed": (t["morgan_p"] < 0.05) * next(narrowed),
        "gap_in_D_narrowed": (t["morgan_D_p"] < 0.05) * next(narrowed),
        "low_caught_up": 1 * (t["beta_high"] < 0) - (t["beta_low"] > 0),
        "level_over_balance": t["share_T"] > 0.5,
        "follows_product_per_head": t.filter(like="R2_").idxmax(axis=1) == "R2_per_head",
        "rise_of_focus": t["focus_D"] > t["focus_D_first"],
        "grade_of_focus": t["focus_grade"] == "primary coordination",
        "rank_of_focus": t["focus_rank"] == 30,
    }[headline]
    said = said * 2 - 1 if said.dtype == bool else said
    return int((said > 0).sum()), int((said < 0).sum()), len(said)


@pytest.mark.parametrize("headline", COUNTS)
def test_headlines_are_those_computed_apart(results, headline):
    """All combinations are as counted from the raw files; of those that enter each counts once."""
    rows = results("countries", "multiverse")
    rows = rows[rows["comparable"].astype(bool) | (COUNTS[headline][2] == 540)]
    assert counted(rows, headline) == COUNTS[headline]
    rows = rows[~rows["repeated"].astype(bool)]
    rows = rows[rows["scale"].eq("ratio") | (headline not in OF_RATIOS)]
    found = results("countries", "headlines").query("headline == @headline")
    assert list(found["system"]) == ["", "main", "amounts"]
    for row in found.itertuples():
        of_system = rows[rows["system"].eq(row.system) | (row.system == "")]
        assert (row.agree, row.contrary, row.combinations) == counted(of_system, headline)


def test_outputs_in_different_units_have_no_theoretical_point_but_in_cycles(results):
    """Three of 97 go through a whole cycle; the mean of so few is none of countries."""
    theory = results("countries", "theory")
    assert set(theory.loc[theory["source"] != "", "scope"]) == {"BFA", "SGP", "TGO"}
    refused = results("countries", "refusals").query("scope == 'VNM' and quantity == 'theory'")
    assert set(refused["message"]) == {"outputs_not_money", "no_whole_cycle"}


def test_one_country_carries_the_slope_of_value_added(shipped):
    study = study_in_language(shipped("countries"), "en", words_of("phrases", "en")["words"])
    found = interaction_finding(study)
    (row,) = found["carried"]
    assert (row["slope"], row["output"], row["name"]) == ("d", "x1", "Tanzania")
    assert round(row["share"], 3) == 0.941
    assert set(found["points"]) == {"b1"} and found["headline"] == "undecided"


def test_no_relation_is_named_where_nothing_is_known(results):
    verdicts = results("countries", "verdicts")
    named = verdicts[(verdicts["question"] == "relation") & (verdicts["period"].fillna("") == "")]
    assert len(named) and set(named["verdict"]) == {"undetermined"}
