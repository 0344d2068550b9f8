"""Invariants of the real results: the provincial studies and the paper's case."""

import json

import numpy as np
import pytest

from coevo.messages import unpacked
from coevo.sensitivity.headlines import HEADLINES

pytestmark = pytest.mark.whole
ZHEJIANG = "330000"
SUMS = {  # over the 31 provinces, 100 million yuan and persons, from the compilations' own totals
    ("ecommerce_sales", 2015): 91724.1,
    ("ecommerce_sales", 2019): 169325.9,
    ("ecommerce_sales", 2020): 189334.5,
    ("ecommerce_sales", 2023): 363802.0,
    ("secondary_value_added", 2015): 298296.6,
    ("secondary_value_added", 2020): 382893.2,
    ("secondary_value_added", 2023): 479035.6,
    ("rd_expenditure", 2015): 14170.0,
    ("rd_expenditure", 2023): 33356.8,
    ("manufacturing_employment", 2015): 50687000,
    ("manufacturing_employment", 2023): 35782000,
    ("resident_population", 2020): 141013,
}


@pytest.mark.parametrize(("key", "total"), SUMS.items())
def test_provinces_sum_to_the_known_totals(results, key, total):
    table = results("provinces", "observations")
    first = table["vintage"] == table["vintage"].min()
    rows = table[first & (table["indicator"] == key[0]) & (table["year"] == key[1])]
    assert len(rows) == 31
    assert rows["value"].sum() == pytest.approx(total, abs=0.051)


def test_every_figure_has_its_cell(results):
    for study in ("provinces", "provinces-scale", "zhejiang"):
        table = results(study, "observations")
        assert table["cell"].str.fullmatch(r"[A-Z]+\d+").all()
        assert table["file"].str.startswith("data/raw/").all()
        assert not table.duplicated(["region", "year", "indicator", "vintage"]).any()


def test_the_audit_finds_the_known_jumps_of_ecommerce_sales(results):
    table = results("provinces", "audit")
    jumps = table[(table["check"] == "jump") & (table["indicator"] == "ecommerce_sales")]
    up = jumps["printed"] > jumps["computed"]
    assert jumps.loc[up, ["name", "year"]].to_numpy().tolist() == [["Qinghai", 2021]]
    ratio = (jumps["printed"] / jumps["computed"])[up].item()
    assert ratio == pytest.approx(3.3, abs=0.05)
    falls = set(jumps.loc[~up, ["name", "year"]].itertuples(index=False, name=None))
    assert falls == {
        ("Qinghai", 2016),
        ("Qinghai", 2017),
        ("Qinghai", 2023),
        ("Yunnan", 2016),
        ("Xinjiang", 2016),
        ("Heilongjiang", 2016),
        ("Xizang", 2020),
        ("Chongqing", 2023),
    }


def test_the_audit_of_table_1(results):
    table = results("zhejiang", "audit")
    counts = table.loc[table["printed"].notna(), "check"].value_counts().to_dict()
    assert counts == {"growth": 7, "not_checkable": 3, "total": 2, "unit": 1}
    growth = table[table["check"] == "growth"]
    assert set(growth[["indicator", "year"]].itertuples(index=False, name=None)) == {
        *(("online_retail_total_growth", year) for year in (2017, 2018, 2019)),
        *(("online_retail_import_growth", year) for year in (2017, 2018, 2019, 2020)),
    }
    assert sorted(table.loc[table["check"] == "total", "printed"]) == [1124.1, 4256.0]
    assert set(table.loc[table["check"] == "not_checkable", "year"]) == {2016}


@pytest.mark.parametrize(
    ("study", "mean", "first", "last", "grade"),
    [
        ("provinces", 0.4645, 0.5778, 0.7310, "intermediate coordination"),
        ("provinces-scale", 0.3653, 0.5045, 0.6987, "primary coordination"),
    ],
)
def test_the_degree_of_zhejiang_and_of_all(results, study, mean, first, last, grade):
    table = results(study, "coupling")
    assert table["D"].mean() == pytest.approx(mean, abs=5.1e-5)
    own = table[table["region"] == ZHEJIANG].set_index("year").loc[[2015, 2023]]
    assert own["D"].to_numpy() == pytest.approx([first, last], abs=5.1e-5)
    assert own["grade"].tolist() == ["barely coordinated", grade]


@pytest.mark.parametrize("study", ["provinces", "provinces-scale", "zhejiang"])
def test_degrees_obey_their_identities(results, study):
    table = results(study, "coupling")
    U = table[["U_ecommerce", "U_cluster"]].to_numpy()
    np.testing.assert_allclose(table["D"], U.prod(axis=1) ** 0.25, atol=1e-12)
    np.testing.assert_allclose(table["D"] ** 2, table["C"] * table["T"], atol=1e-12)
    obstacles = results(study, "obstacles").groupby(["region", "year"])["obstacle"].sum()
    assert ((abs(obstacles - 1) < 1e-12) | (obstacles == 0)).all()


@pytest.mark.parametrize(
    ("study", "scale", "expected"),
    [
        ("provinces", "lnU", (0.65, 0.55, -0.18)),
        ("provinces", "sqrtU", (0.70, 0.63, -0.03)),
        ("provinces", "U", (0.69, 0.64, 0.24)),
        ("provinces-scale", "lnU", (0.95, 0.82, 0.31)),
    ],
)
def test_the_sign_of_what_is_left_hangs_on_the_scale(results, study, scale, expected):
    table = results(study, "comovement").set_index(["measure", "scope"])["value"]
    np.testing.assert_allclose(table[f"correlation_{scale}"], expected, atol=0.005)


def test_regions_of_similar_level_do_as_much(results):
    table = results("provinces", "comovement").query("scope == 'within_regions_and_years'")
    table = table.assign(of=table["of"].str.removeprefix("correlation_"))
    found = table.set_index(["paired_by", "of", "measure"])["value"].sort_index()
    by = ["gross_regional_product_per_head", "gross_regional_product"]
    assert [name for name in dict.fromkeys(table["paired_by"]) if name] == by
    for name, of, p in ((by[0], "lnU", 0.088), (by[1], "lnU", 0.14),
                        (by[0], "U", 0.47), (by[1], "U", 0.19)):  # fmt: skip
        assert found[name, of, "placebo_p"] == pytest.approx(p, abs=0.01)
    ends = found[by[0], "lnU"][["placebo_mean", "placebo_low", "placebo_high"]]
    assert ends.to_numpy() == pytest.approx([0.04, -0.20, 0.30], abs=0.01)


def test_what_D_measures(results):
    table = results("provinces", "level")
    parts = table[table["measure"] == "variance_share"].set_index("scope")["value"]
    assert parts.to_dict() == pytest.approx({"C": 0.022, "T": 0.978}, abs=5e-4)
    R2 = table[table["measure"] == "R2"].set_index(["scope", "level"])["value"]
    assert R2["T", ""] == pytest.approx(0.990, abs=5e-4)
    assert R2["", "gross_regional_product_per_head"] == pytest.approx(0.816, abs=5e-4)
    assert R2["", "gross_regional_product"] == pytest.approx(0.438, abs=5e-4)
    own = table[table["scope"] == ZHEJIANG]
    rise = own[own["measure"].str.startswith("rise")].set_index("measure")["value"]
    expected = {"rise_lnD": 0.235, "rise_C": 0.002, "rise_T": 0.233}
    assert rise.to_dict() == pytest.approx(expected, abs=5e-4)


def test_zhejiang_with_the_level_taken_out(results):
    table = results("provinces", "level")
    slopes = table[table["measure"] == "slope_lnD"].set_index("slope")["value"]
    expected = {"pooled": 0.620, "year_centred": 0.657, "last_year": 0.595}
    assert slopes.to_dict() == pytest.approx(expected, abs=5e-4)
    own = table[table["scope"] == ZHEJIANG]
    ranks = own[own["measure"] == "rank_adjusted_D"].set_index("slope")["value"]
    assert ranks.to_dict() == {"pooled": 9, "year_centred": 12, "last_year": 8}
    assert own.loc[own["measure"] == "rank_D", "value"].item() == 5


def test_without_the_census_years(results):
    last = results("provinces", "coverage_breaks").query("year == 2023")
    own = last[last["region"] == ZHEJIANG].set_index("variant")
    assert own["D"].to_dict() == pytest.approx(
        {"with": 0.731, "kept": 0.691, "anew": 0.685}, abs=5e-4
    )
    primary, above = "primary coordination", "intermediate coordination"
    assert own["grade"].to_dict() == {"with": above, "kept": primary, "anew": primary}
    assert set(own["rank"]) == {5}
    reach = last[last["D"] >= 0.5].groupby("variant").size()
    assert reach.to_dict() == {"with": 17, "kept": 14, "anew": 14}


def test_one_census_year_shows_itself(results):
    growth = results("provinces", "coverage_growth").set_index(["indicator", "year"])
    own = growth.loc["ecommerce_enterprises_per_capita"]
    told = [0.22, -0.15, 0.02, 0.09, 0.14, 0.12, 0.00, 0.39]
    assert own["growth"].tolist() == pytest.approx(told, abs=5e-3)
    for indicator in growth.index.unique("indicator"):
        rows = growth.loc[indicator]
        assert rows.index[rows["named"]].tolist() == [2018, 2023]
        verdicts = rows.loc[[2016, 2017, 2018, 2023], "verdict"].tolist()
        assert verdicts == ["jump", "jump", "not_shown", "shown"]
        assert set(rows.loc[2019:2022, "verdict"]) == {"usual"}


def test_the_years_after_the_paper_with_and_without_the_census_year(results):
    claim = results("provinces", "claims").query("check == 'most_rapid'").iloc[0]
    fields = unpacked(claim["fields"])
    assert fields["without"]["after"]["rate"] == pytest.approx(2.9, abs=0.05)
    assert (fields["years"], fields["cause"]) == ([2023], "census")
    assert claim["verdict"] == "not_in_these_data"  # in either case


def test_what_was_filled_is_only_the_year_that_was_never_published(results):
    panel = results("provinces", "panel")
    filled = panel[panel["flag"] == "filled"]
    assert set(filled["indicator"]) == {"hightech_revenue", "hightech_revenue_per_capita"}
    assert set(filled["year"]) == {2017} and len(filled) == 62
    missing = panel[panel["flag"] == "missing:not_available"]
    assert set(missing["indicator"]) == {"consumer_price_index", "gross_regional_product_index"}
    assert set(missing["year"]) == {2015} and len(missing) == 62  # an index on the year before
    assert set(panel["flag"]) == {"", "filled", "missing:not_available"}


@pytest.mark.parametrize("study", ["provinces", "provinces-three"])
def test_zhejiang_at_prices_of_2015(results, study):
    panel = results(study, "panel").query("region == '330000'")
    wide = panel.pivot(index="year", columns="indicator", values="value")
    prices = np.prod([1.019, 1.021, 1.023, 1.029, 1.023, 1.015, 1.022, 1.003])
    real = wide["ecommerce_sales_real"]
    assert real[2015] == wide["ecommerce_sales"][2015]
    assert real[2023] == pytest.approx(wide["ecommerce_sales"][2023] / prices)
    volume = np.prod([1.077, 1.078, 1.073, 1.07, 1.038, 1.089, 1.034, 1.062])
    share = wide["secondary_value_added"] / wide["gross_regional_product"]
    expected = share[2023] * wide["gross_regional_product"][2015] * volume
    assert wide["secondary_value_added_real"][2023] == pytest.approx(expected)


def test_the_claims_of_the_paper(results):
    claims = results("zhejiang", "claims")
    verdicts = dict(zip(claims["claim"].str.split().str[0], claims["verdict"], strict=True))
    assert verdicts == {
        "1": "probable_misprint",
        "2a": "does_not_follow",
        "2b": "agrees",
        "2c": "does_not_follow",
        "3a": "agrees",
        "3b": "does_not_follow",
        "3c": "does_not_follow",
        "4": "agrees",
        "5a": "agrees",
        "5b": "weaker_sense",
        "6a": "agrees",
        "6b": "not_in_the_model",
        "7": "undetermined",
        "8": "not_testable",
        "9": "not_testable",
        "10": "not_testable",
    }
    conclusions = claims["conclusion"].value_counts().to_dict()
    assert conclusions == {
        "supported": 5, "not_supported": 6, "depends_on_choices": 1, "cannot_be_decided": 4
    }  # fmt: skip


@pytest.mark.parametrize("study", ["provinces", "provinces-scale", "provinces-three"])
def test_the_claims_of_the_paper_in_the_provinces(results, study):
    """The paper's own figures are not in the files; its model and its signs are tested."""
    claims = results(study, "claims")
    keys = claims["claim"].str.split().str[0]
    verdicts = dict(zip(keys, claims["verdict"], strict=True))
    printed = ("1", "2a", "2b", "2c", "3a", "3b", "3c", "4", "10")
    assert {verdicts.pop(key) for key in printed} == {"not_testable"}
    fastest = json.loads(claims.set_index(keys).loc["9", "fields"])
    rates = {name: round(fastest[name]["rate"], 1) for name in ("during", "after")}
    assert study != "provinces" or (rates, verdicts["9"]) == (
        {"during": 1.4, "after": 4.8}, "not_in_these_data"
    )  # fmt: skip
    assert verdicts.pop("9") in {"agrees", "not_in_these_data"}
    assert verdicts == {
        "5a": "agrees",
        "5b": "weaker_sense",
        "6a": "agrees",
        "6b": "not_in_the_model",
        "7": "undetermined",
        "8": "undetermined",
    }


def test_what_a_reader_would_repeat(results):
    def conclusions(study):
        table = results(study, "headline_claims")
        return sorted(zip(table["claim"], table["conclusion"], strict=True))

    model = {
        "feedback_exceeds_competition": "cannot_be_decided",
        "supply_relation": "cannot_be_decided",
        "equilibrium_located": "cannot_be_decided",
        "theory_strength": "not_supported",
    }
    panel = {"theory_strength_panel": "not_supported"}
    robust = ("level_over_balance", "neighbours_alike", "rise_of_focus", "follows_product_per_head")
    on_D = dict.fromkeys(HEADLINES, "depends_on_choices") | dict.fromkeys(robust, "robust")
    # of absolute amounts
    amounts = [
        (name, "not_supported") for name in ("follows_product_per_head", "gap_in_D_narrowed")
    ]
    assert conclusions("provinces") == sorted([*(model | panel | on_D).items(), *amounts])
    assert conclusions("zhejiang") == sorted(model.items())
    assert dict(conclusions("lynx-hare")) == {
        "feedback_exceeds_competition": "cannot_be_decided",  # one region
        "supply_relation": "not_rejected",
        "equilibrium_located": "not_rejected",
        "theory_strength": "cannot_be_decided",  # no slopes
    }
    claims = set(results("provinces-three", "headline_claims")["claim"])
    assert claims == set(model | panel) | set(HEADLINES)
