"""Variants of D against the main specification, by hand and by what must not change."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.formulas import COMPOSITES, FORMS, PRESETS
from coevo.errors import StudyError
from coevo.sensitivity.choices import robustness_rows
from coevo.study_data import StudyData
from tests.panels import COUPLING, SCALE, indexed, long
from tests.sample import panel_config

CONFIG = {
    "normalisation": SCALE,
    "weighting": {"method": "entropy"},
    "coupling": COUPLING,
    **panel_config(regions="all", focus="2"),
}
INDICATORS = pd.DataFrame(
    {
        "indicator": list("abcd"),
        "subsystem": ["s", "s", "t", "t"],
        "direction": ["+"] * 4,
        "unit": "count",
        "label_en": list("abcd"),
        "source_name": list("abcd"),
        "derivation": "",
    }
)


def made(panel, observations, indicators, config, systems=None):
    tables = {"panel": panel, "observations": observations}
    return robustness_rows(StudyData(config, indicators, tables, systems=systems or {}))


def study(panel, method="entropy", **coupling):
    """Return the table of D of the study with these choices."""
    config = CONFIG | {"weighting": {"method": method}, "coupling": COUPLING | coupling}
    return indexed(panel, INDICATORS, config).tables["coupling"]


@pytest.fixture
def panel():
    x = np.random.default_rng(1).uniform(1, 9, (6, 5, 4))
    return long(x + np.arange(6)[:, None, None] + np.arange(5)[:, None])


@pytest.fixture
def observations(panel):
    return panel.assign(vintage="2026-10", flag="", unit="count")


def newer(observations, years, factor=1.5):
    """Return the observations with a second vintage that has indicator `a` in some years."""
    rows = observations[(observations["indicator"] == "a") & observations["year"].isin(years)]
    again = rows.assign(vintage="2026-11", value=rows["value"] * factor)
    return pd.concat([observations, again], ignore_index=True)


def test_the_main_row_is_the_study_itself(panel, observations):
    main = made(panel, observations, INDICATORS, CONFIG).iloc[0]
    assert (main["varied"], main["grades_changed"]) == ("main", 0)
    assert main["rank_correlation"] == pytest.approx(1)


def test_a_variant_is_what_the_study_would_be_with_that_choice(panel, observations):
    table = made(panel, observations, INDICATORS, CONFIG).set_index(["varied", "variant"])
    weightings = set(indexed(panel, INDICATORS, CONFIG).tables["weights"]["weighting"])
    assert set(table.loc["weighting"].index) == weightings - {"entropy"}
    equal, main = study(panel, "equal"), study(panel)
    row = table.loc["weighting", "equal"]
    assert row["D_mean"] == pytest.approx(equal["D"].mean())
    assert row["grades_changed"] == (equal["grade"] != main["grade"]).sum() > 0
    assert row["rank_correlation"] == pytest.approx(equal["D"].corr(main["D"], "spearman"))
    mine = equal[equal["region"] == "2"]
    assert row["focus_D_first"] == mine["D"].iloc[0]
    assert row["focus_D_last"] == mine["D"].iloc[-1]
    last = equal[equal["year"] == 2019].sort_values("D", ascending=False)["region"].tolist()
    assert row["focus_rank_last"] == last.index("2") + 1


def test_the_range_moves_the_bottom(panel, observations):
    table = made(panel, observations, INDICATORS, CONFIG).set_index("variant")
    assert table.loc["panel [0, 1]", "D_min"] < table.loc["main", "D_min"]
    bare = {**CONFIG, "normalisation": {**CONFIG["normalisation"], "range": [0, 1]}}
    assert "panel [0, 1]" not in set(made(panel, observations, INDICATORS, bare)["variant"])


def test_policies_vary_where_a_series_has_figures_of_two_vintages(panel, observations):
    both = newer(observations, [2018, 2019])
    table = made(panel, both, INDICATORS, CONFIG)
    assert table.loc[table["varied"] == "vintage", "variant"].tolist() == ["overlay", "splice"]
    one = made(panel, observations, INDICATORS, CONFIG)
    pd.testing.assert_frame_equal(table[table["varied"] != "vintage"], one)
    outside = observations.assign(vintage="2026-11", year=observations["year"] + 9)
    beyond = made(panel, pd.concat([observations, outside]), INDICATORS, CONFIG)
    pd.testing.assert_frame_equal(beyond, one)


def test_a_policy_is_what_the_study_would_be_with_it(panel, observations):
    both = newer(observations, [2018, 2019])
    table = made(panel, both, INDICATORS, CONFIG).set_index("variant")
    overlaid = panel.assign(
        value=panel["value"].where(
            (panel["indicator"] != "a") | (panel["year"] < 2018), panel["value"] * 1.5
        )
    )
    expected = made(overlaid, observations, INDICATORS, CONFIG).iloc[0]
    for column in ("D_mean", "D_min", "focus_D_first", "focus_D_last", "focus_grade_last"):
        assert table.at["overlay", column] == expected[column]
    # `a` is 1.5 times as large everywhere: normalised, nothing changes
    assert table.at["splice", "D_mean"] == pytest.approx(table.at["main", "D_mean"])
    assert table.at["splice", "grades_changed"] == 0


def test_another_main_policy_is_held_against_the_others(panel, observations):
    both = newer(observations, [2018, 2019])
    table = made(panel, both, INDICATORS, {**CONFIG, "vintage_policy": "splice"})
    assert table.loc[table["varied"] == "vintage", "variant"].tolist() == ["single", "overlay"]


def test_a_policy_that_does_not_cover_the_years_is_left_out(panel, observations):
    both = newer(observations, [2019], 1.0)
    old = (both["vintage"] == "2026-10") & (both["indicator"] == "a") & (both["year"] == 2019)
    config = {**CONFIG, "vintage_policy": "overlay"}
    table = made(panel, both[~old], INDICATORS, config)
    assert table.loc[table["varied"] == "vintage", "variant"].tolist() == ["splice"]


def test_only_region_years_that_both_have_are_compared(panel, observations):
    both = newer(observations, [2018, 2019])
    shorter = panel[(panel["region"] != "0") | (panel["year"] > 2015)]
    table = made(shorter, both, INDICATORS, CONFIG).set_index("variant")
    assert table.at["main", "n"] == 29 and table.at["overlay", "n"] == 29


def test_a_weighting_that_the_figures_do_not_allow_has_no_row(panel, observations):
    other = panel["indicator"].map({"a": "a", "b": "a", "c": "c", "d": "c"})
    key = panel["region"] + panel["year"].astype(str)
    first = dict(zip(key + panel["indicator"], panel["value"], strict=True))
    doubled = panel.assign(value=[first[k] for k in key + other])  # b equals a, d equals c
    allowed, sound = (
        set(indexed(frame, INDICATORS, CONFIG).tables["weights"]["weighting"])
        for frame in (doubled, panel)
    )
    left_out = sound - allowed
    assert left_out
    same = observations.assign(value=doubled["value"].to_numpy())
    table = made(doubled, same, INDICATORS, CONFIG)
    variants = set(table.loc[table["varied"] == "weighting", "variant"])
    assert variants == allowed - {"entropy"}
    with pytest.raises(StudyError):
        chosen = {**CONFIG, "weighting": {"method": left_out.pop()}}
        made(doubled, same, INDICATORS, chosen)


def test_every_other_choice_has_its_row(panel, observations):
    absolute = INDICATORS.assign(subsystem=["s", "t", "s", "t"])
    table = made(panel, observations, INDICATORS, CONFIG, {"absolute": absolute})
    rows = table.groupby("varied")["variant"].apply(set).to_dict()
    assert rows["composite"] == set(COMPOSITES) - {"linear"}
    assert rows["form"] == set(FORMS) - {"standard", "k"}
    assert rows["preset"] == set(PRESETS) and rows["system"] == {"absolute"}
    assert rows["scale"] == {"panel [0, 1]", "year [0.01, 0.99]", "year [0, 1]", "ratio"}
    row = table[table["variant"] == "topsis"].iloc[0]
    assert row["D_mean"] == pytest.approx(study(panel, composite="topsis")["D"].mean())
