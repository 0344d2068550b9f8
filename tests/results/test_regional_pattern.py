"""The regional pattern of the studies that ship: known answers of the default study, invariants."""

import numpy as np
import pytest
from scipy import stats


@pytest.fixture
def pattern(results):
    """`pattern(statistic, of, scope)`: rows of the default study by year."""
    table = results("provinces", "regional")

    def rows(statistic, of="D", scope="all"):
        found = table[(table["statistic"] == statistic) & (table["of"] == of)]
        return found[found["scope"] == scope].set_index("year")

    return rows


ENDS = {  # first and last year
    "sd_ln": (0.307, 0.242),
    "cv": (0.323, 0.251),
    "theil": (0.0479, 0.0294),
    "theil_between": (0.0266, 0.0149),
    "moran": (0.438, 0.385),
}


@pytest.mark.parametrize("statistic", ENDS)
def test_the_gap_between_provinces(pattern, statistic):
    known = ENDS[statistic]
    digits = 5e-5 if statistic.startswith("theil") else 5e-4
    found = pattern(statistic)["value"]
    assert (found[2015], found[2023]) == pytest.approx(known, abs=digits)


def test_the_spread_of_D_itself_rose(pattern):
    sd = pattern("sd")["value"]
    assert sd[2023] > sd[2015]
    ratio = pattern("sd_ln_ratio").loc[2023]
    assert ratio["value"] == pytest.approx(0.242 / 0.307, abs=0.003) and ratio["p"] < 0.001


@pytest.mark.parametrize(
    ("name", "slope", "t"), [("beta", -0.0293, -7.0), ("beta_check", -0.023, -4.2)]
)
def test_low_provinces_grew_faster(pattern, name, slope, t):
    row = pattern(name).loc[2023]
    assert row["value"] == pytest.approx(slope, abs=5e-4 if name == "beta_check" else 5e-5)
    error = (row["high"] - row["low"]) / 2 / stats.t.ppf(0.975, row["n"] - 2)
    assert row["value"] / error == pytest.approx(t, abs=0.05)


def test_neighbouring_provinces_are_alike_but_not_beyond_their_level(pattern):
    plain, level = pattern("moran"), pattern("moran", "level_adjusted")
    assert (plain.loc[[2015, 2023], "p"] < 0.01).all()
    assert (level.loc[[2015, 2023], "p"] > 0.05).all()
    assert (plain["n"] == 31).all()  # Hainan is joined to Guangdong


def test_parts_add_up_in_every_year(pattern):
    for whole, parts in (
        ("theil", ("between", "within")),
        ("gini", ("within", "between", "transvariation")),
    ):
        total = sum(pattern(f"{whole}_{part}")["value"] for part in parts)
        np.testing.assert_allclose(total, pattern(whole)["value"], atol=1e-12)


def test_moves_of_provinces(results):
    moves = results("provinces", "mobility")
    own = moves[moves["lag_class"].isna()]
    assert own["count"].sum() == 31 * 8
    share = own.groupby("from")["probability"].sum()
    np.testing.assert_allclose(share, 1.0)
    assert len(moves) == 16 * 5


@pytest.mark.parametrize("study", ["provinces", "provinces-scale", "provinces-three", "zhejiang"])
def test_what_is_missing_has_its_reason(results, study):
    table = results(study, "regional")
    missing = table["value"].isna()
    assert (table.loc[missing, "message"] != "").all()
    assert (table.loc[~missing, "message"] == "").all()
    if study == "zhejiang":
        assert set(table.loc[missing, "message"]) >= {"too_few_regions_known"}
    else:
        assert "too_few_years_known" in set(table.loc[missing, "message"])
