"""Variants of D against the main specification, by hand and by what must not change."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import couple
from coevo.errors import StudyError
from coevo.normalisation import normalise
from coevo.robustness import robustness
from coevo.weighting import weigh

CONFIG = {
    "normalisation": {
        "method": "minmax", "reference": "panel", "range": [0.01, 0.99], "beyond": "cap"
    },
    "weighting": {"method": "entropy"},
    "coupling": {
        "composite": "linear", "preset": None, "form": "standard", "k": 2.0,
        "contributions": "equal", "grades": "ten",
    },
    "focus_region": "2",
}  # fmt: skip
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
    normalised, _ = normalise(panel, INDICATORS, CONFIG["normalisation"])
    weights = weigh(normalised, panel, INDICATORS, CONFIG["weighting"])
    assert set(table.index) == {"main", "[0, 1]", *weights["weighting"]} - {"entropy"}
    equal, _ = couple(normalised, weights, "equal", CONFIG["coupling"], (0.01, 0.99))
    main, _ = couple(normalised, weights, "entropy", CONFIG["coupling"], (0.01, 0.99))
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
    bare = {**CONFIG, "normalisation": {**CONFIG["normalisation"], "range": [0, 1]}}
    assert "[0, 1]" not in set(robustness(panel, INDICATORS, bare)["variant"])


def test_a_weighting_that_the_figures_do_not_allow_has_no_row(panel):
    other = panel["indicator"].map({"a": "a", "b": "a", "c": "c", "d": "c"})
    key = panel["region"] + panel["year"].astype(str)
    first = dict(zip(key + panel["indicator"], panel["value"], strict=True))
    doubled = panel.assign(value=[first[k] for k in key + other])  # b equals a, d equals c
    settings = CONFIG["weighting"]
    normalised, _ = normalise(doubled, INDICATORS, CONFIG["normalisation"])
    allowed = set(weigh(normalised, doubled, INDICATORS, settings)["weighting"])
    left_out = set(weigh(*_sound(panel), settings)["weighting"]) - allowed
    assert left_out
    variants = set(robustness(doubled, INDICATORS, CONFIG)["variant"])
    assert variants == {"main", "[0, 1]", *allowed} - {"entropy"}
    with pytest.raises(StudyError):
        robustness(doubled, INDICATORS, {**CONFIG, "weighting": {"method": left_out.pop()}})


def _sound(panel):
    return normalise(panel, INDICATORS, CONFIG["normalisation"])[0], panel, INDICATORS
