"""Variants of D against the main specification, by hand and by what must not change."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import couple
from coevo.normalisation import normalise
from coevo.robustness import robustness
from coevo.weighting import WEIGHTINGS, weigh

CONFIG = {
    "normalisation": {"reference": "panel", "range": [0.01, 0.99]},
    "weighting": {"method": "entropy"},
    "coupling": {"form": "standard", "contributions": "equal", "grades": "ten"},
    "focus_region": "2",
}
INDICATORS = pd.DataFrame(
    {"indicator": list("abcd"), "subsystem": ["s", "s", "t", "t"], "direction": ["+"] * 4}
)


@pytest.fixture
def panel():
    rng = np.random.default_rng(1)
    rows = [
        (str(r), f"R{r}", year, i, rng.uniform(1, 9) + r + year - 2015)
        for r in range(6)
        for year in range(2015, 2020)
        for i in "abcd"
    ]
    return pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])


def test_the_main_row_is_the_study_itself(panel):
    main = robustness(panel, INDICATORS, CONFIG).iloc[0]
    assert (main["varied"], main["grades_changed"]) == ("main", 0)
    assert main["rank_correlation"] == pytest.approx(1)


def test_a_variant_is_what_the_study_would_be_with_that_choice(panel):
    table = robustness(panel, INDICATORS, CONFIG).set_index("variant")
    assert set(table.index) == {"main", "[0, 1]", *WEIGHTINGS} - {"entropy"}
    normalised, _ = normalise(panel, INDICATORS)
    weights = weigh(normalised, panel, INDICATORS)
    equal, _ = couple(normalised, weights, "equal", "standard", "equal", "ten", 0.99)
    main, _ = couple(normalised, weights, "entropy", "standard", "equal", "ten", 0.99)
    row = table.loc["equal"]
    assert row["D_mean"] == pytest.approx(equal["D"].mean())
    assert row["grades_changed"] == (equal["grade"] != main["grade"]).sum() > 0
    assert row["rank_correlation"] == pytest.approx(equal["D"].corr(main["D"], "spearman"))
    mine = equal[equal["region"] == "2"]
    assert row["focus_D_first"] == mine["D"].iloc[0]
    assert row["focus_D_last"] == mine["D"].iloc[-1]
    last = equal[equal["year"] == 2019].sort_values("D", ascending=False)["region"].tolist()
    assert row["focus_rank_last"] == last.index("2") + 1


def test_the_range_moves_the_bottom(panel):
    table = robustness(panel, INDICATORS, CONFIG).set_index("variant")
    assert table.loc["[0, 1]", "D_min"] < table.loc["main", "D_min"]
    bare = {**CONFIG, "normalisation": {"reference": "panel", "range": [0, 1]}}
    assert "[0, 1]" not in set(robustness(panel, INDICATORS, bare)["variant"])
