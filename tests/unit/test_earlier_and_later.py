"""Controls that can fail: the split, growth at the earlier point, and errors by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.stats.sandwich_covariance as sandwich
from scipy import stats

from coevo.equilibria.earlier_and_later import control_rows, newey_west, split_years
from coevo.estimation import fit
from coevo.lotka_volterra.classic import orbit
from tests.panels import walks


def cycle(years, first=1900):
    noise = np.exp(np.random.default_rng(2).normal(0, 0.05, (years, 2)))
    x = orbit(0.55, 0.028, 0.8, 0.857, (34, 5.9), np.arange(float(years))) * noise
    frame = pd.DataFrame(x, columns=["x1", "x2"])
    return frame.assign(region="r", name="R", year=range(first, first + years))


def rising(years, regions=1):
    """Return walks in which x1 only rises, so that it has no cycle."""
    panel = walks(regions, years, ("x1", "x2"))
    return panel.assign(x1=panel.groupby("region")["x1"].transform(np.sort))


def test_whole_cycles_stand_against_the_years_from_their_last_one_on():
    part = cycle(21)
    peaks = [
        year for year in range(1, 20) if part["x1"][year] == part["x1"][year - 1 : year + 2].max()
    ]
    short = part[part["year"] < 1900 + peaks[1] + 8]
    split = split_years(short)
    assert split.source == "cycle_mean"
    assert split.earlier["year"].tolist() == list(range(1900 + peaks[0], 1900 + peaks[1]))
    assert split.later["year"].iloc[0] == split.earlier["year"].iloc[-1]
    assert split.later["year"].iloc[-1] == short["year"].max()


@pytest.mark.parametrize(
    ("part", "earlier"),
    [
        (cycle(10), range(1900, 1905)),  # no whole cycle
        (rising(9), range(2000, 2004)),
        (rising(9).drop(index=[1, 2, 3]), [2000]),  # halves of time, not of rows
        (rising(9).assign(x2=lambda p: p["x2"].where(p["year"] > 2001)),
         range(2002, 2005)),
    ],
)  # fmt: skip
def test_without_whole_cycles_that_leave_a_third_halves_of_the_time_stand_against_each_other(
    part, earlier
):
    split = split_years(part.sample(frac=1, random_state=1))
    assert split.source == "first_half"
    assert split.earlier["year"].tolist() == list(earlier)
    known = part.dropna()["year"]
    assert split.later["year"].tolist() == [year for year in known if year > max(earlier)]


def test_growth_at_the_earlier_point_is_that_of_the_later_line():
    part = rising(13)
    one, higher = (row for row in control_rows(part))
    later = fit(part["year"][6:], part["x1"][6:], part["x2"][6:])
    point = part.iloc[:6][["x1", "x2"]].mean().tolist()
    for row, k in ((one, 1.0), (higher, 1.3)):
        assert [row["x1"], row["x2"], row["factor"]] == pytest.approx([*point, k])
        assert (row["first_year"], row["last_year"]) == (2000, 2005)
        assert (row["fit_first"], row["fit_last"]) == (2006, 2012)
        assert (row["n"], row["df"], row["errors"]) == (6, 4, "own")
        for i, j in ((0, 1), (1, 0)):
            line = sm.OLS(later.data.growth[:, i], sm.add_constant(later.data.regressor[:, j]))
            at = line.fit().get_prediction([[1, k * point[j]]])
            found = [row[f"G{i + 1}"], row[f"G{i + 1}_se"]]
            assert found == pytest.approx([at.predicted_mean[0], at.se_mean[0]])
            p = 2 * stats.t.sf(abs(at.predicted_mean[0] / at.se_mean[0]), 4)
            assert row[f"G{i + 1}_p"] == pytest.approx(p)
            assert row[("t_b1", "t_d")[i]] == pytest.approx(abs(line.fit().tvalues[1]))
        assert row["p_joint"] == pytest.approx(min(1, 2 * min(row["G1_p"], row["G2_p"])))
        assert [row["fit_x1"], row["fit_x2"]] == pytest.approx(
            [later.a2 / later.d, later.a1 / later.b1]
        )
        assert row["inside1"] == (part["x1"][6:].min() <= point[0] <= part["x1"][6:].max())


def test_many_rows_also_have_errors_that_allow_for_autocorrelation():
    part = rising(60)
    rows = [*control_rows(part)]
    assert [(row["errors"], row["factor"]) for row in rows] == [
        ("own", 1.0), ("own", 1.3), ("newey_west", 1.0), ("newey_west", 1.3)
    ]  # fmt: skip
    later = fit(part["year"][30:], part["x1"][30:], part["x2"][30:])
    found, n = newey_west(later), len(later.data.year)
    lags = int(4 * (n / 100) ** (2 / 9))
    for i in range(2):
        X = sm.add_constant(later.data.regressor[:, 1 - i])
        second = sandwich.cov_hac_simple(
            sm.OLS(later.data.growth[:, i], X).fit(), nlags=lags, use_correction=True
        )
        assert found[i] == pytest.approx(second)
        v = np.array([1, rows[2][f"x{2 - i}"]])
        assert rows[2][f"G{i + 1}_se"] == pytest.approx(np.sqrt(v @ second @ v))
        assert rows[2][f"G{i + 1}"] == rows[0][f"G{i + 1}"]


@pytest.mark.parametrize("years", [1, 5])
def test_a_region_with_too_few_years_says_so_and_stops_no_other(years):
    panel = rising(13, 2)
    short = panel[(panel["region"] == "r01") | (panel["year"] < 2000 + years)]
    rows = [*control_rows(short)]
    assert [row["scope"] for row in rows] == ["r00", "r01", "r01"]
    assert (rows[0]["quantity"], rows[0]["message"][:7]) == ("control", "too_few")
