"""The regional pattern of the studies that ship: known answers of the default study, invariants."""

import numpy as np
import pytest
from scipy import stats

from coevo.files import read_table
from tests.projects import ROOT

pytestmark = pytest.mark.whole


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
    ("name", "slope", "low", "high", "t", "t_conley"),
    [
        ("beta", -0.0293, -0.038, -0.021, -7.0, -9.1),
        ("beta_check", -0.023, -0.034, -0.012, -4.2, -4.0),
    ],
)
def test_low_provinces_grew_faster(pattern, name, slope, low, high, t, t_conley):
    row, conley = pattern(name).loc[2023], pattern(f"{name}_conley").loc[2023]
    assert row["value"] == pytest.approx(slope, abs=5e-4 if name == "beta_check" else 5e-5)
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=5e-4)
    for own, known in ((row, t), (conley, t_conley)):
        error = (own["high"] - own["low"]) / 2 / stats.t.ppf(0.975, own["n"] - 2)
        assert own["value"] / error == pytest.approx(known, abs=0.05)
        assert own["p"] == pytest.approx(2 * stats.t.sf(-own["value"] / error, 29), rel=1e-6)


@pytest.mark.parametrize("name", ["beta", "beta_check"])
def test_residuals_of_growth_are_not_alike(pattern, results, name):
    """Cliff and Ord's normal moments of the regression, by dense matrices, agree with the draws."""
    table = results("provinces", "coupling")
    places = read_table(ROOT / "config/regions/provinces.csv", "regions")
    lnD = np.log(table.pivot(index="region", columns="year", values="D"))
    near = places.set_index("region")["neighbours"].reindex(lnD.index).str.split()
    W = np.array([[other in own for other in lnD.index] for own in near], dtype=float)
    W /= W.sum(axis=1, keepdims=True)
    since = 2016 if name == "beta_check" else 2015
    X = np.column_stack([np.ones(31), lnD[2015]])
    M = np.eye(31) - X @ np.linalg.pinv(X)
    u = M @ ((lnD[2023] - lnD[since]) / (2023 - since))
    I, MW = u @ W @ u / (u @ u), M @ W  # noqa: E741
    mean = np.trace(MW) / 29
    squares = np.trace(MW @ M @ W.T) + np.trace(MW @ MW) + np.trace(MW) ** 2
    z = (I - mean) / np.sqrt(squares / (29 * 31) - mean**2)
    row = pattern(f"{name}_residual_moran").loc[2023]
    assert abs(z) < 0.8 and row["p"] == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.05)
    assert (row["value"], row["expected"]) == pytest.approx((I, mean), abs=1e-9)


def test_neighbouring_provinces_are_alike_but_not_shown_to_be_beyond_their_level(pattern):
    plain, level = pattern("moran"), pattern("moran", "level_adjusted")
    assert (plain["p"] < 0.01).all() and (level["p"] > 0.05).all()
    assert len(plain) == len(level) == 9
    assert (plain["n"] == 31).all()  # Hainan is joined to Guangdong
    assert plain["expected"].to_numpy() == pytest.approx(-1 / 30)
    assert level["expected"].between(-0.049, -0.044).all()
    assert level["critical"].between(0.16, 0.19).all()
    assert level.loc[2017, "value"] == pytest.approx(0.12, abs=0.005)
    assert level.loc[2017, "p"] == pytest.approx(0.13, abs=0.01)


def test_no_single_province_passes_the_false_discovery_rate(results):
    table = results("provinces", "regional")
    local = table[table["statistic"] == "local_moran"]
    assert len(local) == 31 * 2 * 2
    assert (local["p_adjusted"] > 0.05).all() and (local["cluster"] == "").all()


def test_figure_and_table_take_the_level_out_alike(results):
    """The residual of the figure, of the last year by the slope within years, has the same I."""
    level, regional = results("provinces", "level"), results("provinces", "regional")
    own = level.query("measure == 'adjusted_lnD' and slope == 'year_centred'")["value"]
    spread = regional.query("statistic == 'sd_ln' and of == 'level_adjusted' and year == 2023")
    assert own.std() == pytest.approx(spread["value"].iloc[0], abs=1e-12)


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
