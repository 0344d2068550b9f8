"""Interaction, relation and feedback of the provinces: what may be said, and what may not."""

import pandas as pd
import pytest

from coevo.estimation.growth import ESTIMATORS
from coevo.files import rows_of
from coevo.messages import unpacked

pytestmark = pytest.mark.whole
ZHEJIANG, QINGHAI = "330000", "630000"


@pytest.fixture
def relations(results):
    """Return rows of the pool over all years by effects, estimator and quantity or check."""
    checks = results("provinces", "checks").rename(columns={"check": "quantity"})
    table = pd.concat([results("provinces", "relations"), checks])
    table = table[(table["scope"] == "pooled") & (table["period"] == "")]
    return table.set_index(["effects", "estimator", "quantity"]).sort_index()


@pytest.fixture
def parameters(results):
    """Return rows of the pool, scaled by the first year, by model, effects, estimator and name."""
    table = results("provinces", "parameters")
    table = table[(table["scope"] == "pooled") & (table["scaling"] == "first")]
    return table.set_index(["model", "effects", "estimator", "parameter"]).sort_index()


@pytest.fixture
def specifications(results):
    return results("provinces", "specifications")


@pytest.mark.parametrize(
    ("effects", "quantity", "value", "half"),
    [
        ("region+year", "bias_b1", -0.0000, 0.0002),
        ("region+year", "bias_d", 0.009, 0.004),
        ("region", "bias_b1", 0.0004, 0.0003),
        ("region", "bias_d", 0.022, 0.004),
    ],
)
def test_the_bias_of_short_panels(relations, effects, quantity, value, half):
    assert relations.at[(effects, "trapezoid", quantity), "value"] == pytest.approx(value, abs=half)


def test_short_panels_bend_less_than_one_standard_error(relations, parameters):
    for effects in ("region", "region+year"):
        for name in ("b1", "d"):
            bias = relations.at[(effects, "trapezoid", f"bias_{name}"), "value"]
            assert abs(bias) < 0.5 * parameters.at[("classic", effects, "trapezoid", name), "se"]


def test_one_region_turns_the_signs_where_the_years_are_taken_out(relations):
    for name in ("b1", "d"):
        kept = relations.loc[("region", "trapezoid", f"leave_one_out_{name}")]
        turned = relations.loc[("region+year", "trapezoid", f"leave_one_out_{name}")]
        assert 0 < kept["low"] < kept["high"]
        assert turned["low"] < 0 < turned["high"]


def test_the_signs_of_the_general_model_are_open(relations):
    shares = relations.loc["region+year", "fod_iv"].filter(regex=r"^p_.._12$", axis=0)["value"]
    assert len(shares) == 4 and shares.sum() == pytest.approx(1)
    assert shares.max() == shares["p_--_12"] == pytest.approx(0.67, abs=0.015)


@pytest.mark.parametrize(
    ("study", "effects", "t", "relation"),
    [
        ("provinces", "none", (-0.23, 0.94), ("undetermined", "")),
        ("provinces", "region+year", (-0.24, -0.10), ("undetermined", "")),
        ("lynx-hare", "none", (-8.96, 9.05), ("predator_prey", "x2_preys_on_x1")),
        ("chemostats", "region", (-3.5, 11.3), ("predator_prey", "x2_preys_on_x1")),
    ],
)
def test_effects_are_shown_where_the_relation_is_known(results, study, effects, t, relation):
    rows = rows_of(results(study, "effects"), effects=effects)
    each = rows.groupby("effect", sort=False)
    half = 0.005 if study != "chemostats" else 0.06
    assert each["t"].first().tolist() == pytest.approx(t, abs=half)
    assert each["world"].agg(list).tolist() == [["wandering", "own_limits"]] * 2
    is_named = relation[0] == "predator_prey"
    assert set(rows["shown"]) == {is_named}
    usable = rows["like_data"] >= 0.05
    assert usable.all() if study != "chemostats" else not usable.any()
    if usable.all():
        within = (rows["world_low"] < rows["t"]) & (rows["t"] < rows["world_high"])
        assert set(within) == {not is_named}
    (found,) = rows_of(results(study, "verdicts"), effects=effects, question="relation").to_dict(
        "records"
    )
    assert (found["verdict"], found["direction"]) == relation


def test_region_effects_alone_show_no_effect_either(results):
    """The interval of x1 on x2 is above zero; walks that share their years give as large a t."""
    rows = rows_of(results("provinces", "effects"), effects="region", effect="x1_on_x2")
    assert (rows["low"] > 0).all() and not rows["shown"].any()
    assert (rows["t"] < rows["world_high"]).all()


def test_worlds_of_hare_and_lynx_are_those_drawn_apart(results):
    """Of 300 panels; an end of 999 has an error of about .09."""
    ends = results("lynx-hare", "effects")[["world_low", "world_high"]]
    assert ends.abs().to_numpy() == pytest.approx(2.25, abs=0.35)


@pytest.mark.parametrize("period", ["", "2015-2019", "2019-2023"])
def test_feedback_cannot_be_decided(results, period):
    tables = (results("provinces", name) for name in ("verdicts", "relations"))
    said, rows = (table[table["period"] == period] for table in tables)
    verdicts = said.set_index("question")["verdict"]
    assert verdicts[["feedback_weak", "feedback_strong"]].tolist() == ["undecidable"] * 2
    assert verdicts["phi"] == "not_located"
    difference = rows[rows["quantity"] == "feedback_difference"].iloc[0]
    assert difference["low"] < 0 < difference["high"]


def supply(rows):
    """Return whether b1 and d are both clearly positive, by everything that tells fits apart."""
    key = ["pair", "vintage", "dropped", "effects", "estimator"]
    ends = rows.pivot(index=key, columns="quantity", values="low")
    return (ends[["b1", "d"]] > 0).all(axis=1)


def test_the_supply_pattern_is_the_common_path_of_the_years(specifications):
    """Clear by every estimator with effects of regions; gone by all once years have effects."""
    rows = specifications.query("roles == 'given' and scope == 'pooled' and model == 'classic'")
    rows = rows[rows["without_growth"] == ""]
    found = supply(rows).groupby(["pair", "effects"]).agg(["sum", "size"])
    assert found.loc["main", "region"].tolist() == [20, 20]  # 5 estimators, 4 cases
    assert found.loc["main", "region+year"].tolist() == [0, 24]  # and fod_iv
    # and yet three single years break it: tests/results/test_pooled_numbers.py
    others = found.drop("main")
    assert others["sum"].eq(0).all() and len(others) == 8


def test_counts_of_specifications_bear_what_chance_gives(results, specifications):
    """Counted anew from the specifications; p of the growth years in 999 other orders."""
    table = results("provinces", "specification_counts")
    assert table["message"].eq("").all() and set(table["draws"]) == {999}
    rows = specifications.query("roles == 'given' and scope == 'pooled' and model == 'classic'")
    rows = rows[rows["estimator"] != "fod_iv"]
    counts = table.set_index(["count", "pair", "effects"])
    for cut, count in ((False, "supply"), (True, "without_growth")):
        part = rows[rows["without_growth"].ne("") == cut]
        key = ["pair", "vintage", "dropped", "without_growth", "effects", "estimator"]
        ends = part.pivot(index=key, columns="quantity", values="low")
        shown = (ends[["b1", "d"]] > 0).all(axis=1).groupby(["pair", "effects"])
        for place, (k, n) in shown.agg(["sum", "size"]).iterrows():
            found = counts.loc[(count, *place)]
            assert (found["agree"], found["specifications"]) == (k, n)
    main = counts.xs("main", level="pair")
    assert 0.001 <= main.loc[("supply", "region"), "p"] <= 0.015
    assert main.loc[("supply", "region+year"), "p"] == 1
    assert 0.05 < main.loc[("clear", "region"), "p"] < 0.15  # of any sign
    assert counts.loc[("located", "", ""), ["agree", "specifications", "p"]].tolist() == [0, 80, 1]


def test_instruments_tell_no_effect_from_zero_in_any_specification(specifications):
    rows = specifications.query("model == 'general' and estimator == 'fod_iv'")
    assert len(rows) == 8 * 2 * 3
    assert ((rows["low"] < 0) & (rows["high"] > 0)).all()


def test_no_region_has_an_equilibrium_that_can_be_located_by_its_own_or_the_headline(results):
    fits = results("provinces", "equilibria").query("source == 'fit'")
    fits = fits.assign(located=fits["located"].astype(str).str.lower() == "true")
    counts = fits.groupby(["effects", "model", "estimator"])["located"].agg(["sum", "size"])
    assert counts.loc[("none", "classic", "trapezoid")].tolist() == [0, 31]
    assert counts.loc[("none", "general", "trapezoid")].tolist() == [0, 31]
    assert counts.drop("region")["sum"].eq(0).all()
    # with effects of regions alone, which the common path of the years carries, one is
    assert set(fits.loc[fits["located"], "scope"]) == {QINGHAI}


def test_nothing_but_theory_is_refused(results):
    table = results("provinces", "refusals")
    assert set(table["quantity"]) <= {"calibration", "theory", "strength"}


def test_the_case_of_one_region_has_no_pool(results):
    for name in ("parameters", "equilibria", "relations", "specifications"):
        assert set(results("zhejiang", name)["scope"]) == {ZHEJIANG}
    refused = results("zhejiang", "refusals").set_index("quantity")
    assert refused.at["general", "message"] == "too_few_general_rows"
    assert unpacked(refused.at["general", "fields"])["least"] == 6
    assert set(results("zhejiang", "fits")["n"]) == {4}
    table = results("zhejiang", "specifications")
    assert set(table["effects"]) == {"none"} and len(table) == len(ESTIMATORS) * 4 * 2
    assert pd.isna(table["low"]).sum() == (table["set"] == "line").sum()
