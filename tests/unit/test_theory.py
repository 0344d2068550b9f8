"""Theory against fit by hand: points, growth there, errors, verdicts, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from coevo.equilibria import estimate
from coevo.equilibria.result_rows import whole_cycles
from coevo.equilibria.theory import SHARES, by_year, calibrated, theoretical, theory_sources
from coevo.equilibria.theory_rows import adjusted, joint_verdict
from coevo.errors import Refusal
from coevo.estimation import fit, fit_pooled
from coevo.files import as_table
from coevo.inference.growth_at_point import growth_at, mean_by_region, yearly_growth
from coevo.messages import unpacked
from coevo.study_data import StudyData
from tests.panels import long, walks
from tests.unit.cases import sections

CASES = sections("theory")
YEARS = np.arange(2015, 2024)
PAIR = {"upstream": "output", "downstream": "sales", "estimator": "trapezoid", "confidence": 0.95}
MONEY = "100 million yuan"


def indicators(units=(MONEY, MONEY), label="e-commerce sales"):
    return pd.DataFrame(
        {
            "indicator": ["output", "sales"],
            "unit": units,
            "label_en": ["value added", label],
            "source_name": ["增加值", ""],
        }
    )


def study_of(panel, **changed):
    config = {"interaction": PAIR | changed, "robustness": {"seed": 1}}
    return StudyData(config, indicators(), {"panel": panel})


def asked_for(calibration, **table):
    own = PAIR if calibration == "absent" else PAIR | {"calibration": calibration}
    return theory_sources(StudyData({"interaction": own}, indicators(**table)))


def test_without_a_key_shares_of_sales_in_money_and_whole_cycles_count():
    found = asked_for("absent")
    assert (found.shares, found.cycles, found.purchases, found.refused) == (SHARES, True, False, ())
    assert asked_for({"share": [0.4]})[1:3] == ((0.4,), 1.0)
    thousand = asked_for("auto", units=(MONEY, "10 thousand yuan"))
    assert thousand.factor == pytest.approx(1e-4)


@pytest.mark.parametrize(("calibration", "table", "key"), CASES["no_shares"])
def test_what_has_no_shares_says_why(calibration, table, key):
    own = PAIR | {"downstream": "trade"} if key == "downstream_not_sales" else PAIR
    known = indicators(**table).replace({"indicator": {"sales": own["downstream"]}})
    config = {"interaction": own | {"calibration": calibration}}
    found = theory_sources(StudyData(config, known))
    assert [why.key for why in found.refused] == [key] and not found.shares


def test_a_share_moves_x2_alone_as_its_closed_form_says():
    x1, x2 = 100 * 1.05 ** np.arange(9.0), 20 * 1.2 ** np.arange(9.0)
    mean = [(x[1:] + x[:-1]) / 2 for x in (x1, x2)]
    for s in SHARES:
        point, *_ = calibrated(YEARS, np.stack([x1, x2, s * x2, x2]), np.zeros(8, bool))
        ratio, inverse = (mean[1] / mean[0]).mean(), (1 / mean[0]).mean()
        assert point["x1"] == pytest.approx((1 - np.log(1.2)) / inverse)
        assert point["x2"] == pytest.approx((ratio + np.log(1.05) / s) / inverse)
        assert (point["first_year"], point["last_year"]) == (2015, 2023)
        assert point["theory_d"] == pytest.approx(inverse)
        assert point["theory_b1"] == pytest.approx(s * inverse)


def points_of(frame, calibration, **more):
    pair = frame.assign(name="A", flag="") if "flag" not in frame else frame
    return theoretical(pair, asked_for(calibration, **more))


def region(x1, x2, **more):
    years = range(2000, 2000 + len(x1))
    return pd.DataFrame({"region": "A", "year": years, "x1": x1, "x2": x2, **more})


PURCHASES = {"purchases": "bought"}


@pytest.mark.parametrize(("columns", "calibration", "key"), CASES["no_point"])
def test_a_region_without_a_point_says_why(columns, calibration, key):
    table = {"units": ("person", "person")} if calibration == "auto" else {}
    frame = region(**{"x1": [9.0] * 6, "x2": [4.0] * 6} | columns)
    points, _, refused = points_of(frame, calibration, **table)
    told = [row["message"] for row in refused if row["quantity"] == "theory"]
    assert points == [] and key in told and told == list(dict.fromkeys(told))


def test_years_in_which_a_calibration_fails_are_left_out_and_the_point_stands():
    bought = np.array([3.0, 3, 3, 3, 40, 40, 3, 3])
    frame = region(9 * 1.02 ** np.arange(8.0), 4 * 1.1 ** np.arange(8.0), purchases=bought, sales=4)
    (point,), rows, refused = points_of(frame, PURCHASES)
    assert {row["year"] for row in refused} == {2003, 2004, 2005}
    assert sum(row["kind"] == "fails" for row in rows) == 3 and point["x2"] > 0
    years, figures = by_year(frame.drop(index=2))
    assert len(years) == 8 and np.isnan(figures[:, 2]).all()


def test_whole_cycles_are_named_by_their_peaks():
    assert whole_cycles(range(6), [1, 9, 1, 9, 1, 9]) == (1, 2)  # the last year is no peak
    assert whole_cycles(range(5), [9, 1, 9, 1, 9]) is None
    assert whole_cycles(range(9), np.exp(np.arange(9))) is None
    assert whole_cycles([0, 1, 3, 4, 5, 6], [1, 9, 1, 9, 1, 1]) is None
    assert whole_cycles(range(6), [1, 9, 0, 9, 1, 1]) is None


def test_growth_at_a_point_is_the_line_and_its_error():
    x1, x2 = np.exp(np.random.default_rng(1).normal(1, 0.3, (2, 9)))
    own = fit(YEARS, x1, x2)
    E = np.array([2.0, 3.0])
    found = growth_at(own.coefficients, own.covariance, own.df, E)
    assert found.growth == pytest.approx([own.a1 - own.b1 * 3, -own.a2 + own.d * 2])
    V = own.covariance[0]
    assert found.error[0] ** 2 == pytest.approx(V[0, 0] + 2 * 3 * V[0, 1] + 9 * V[1, 1])
    exact = growth_at(own.coefficients, 0 * own.covariance, own.df, E)
    assert np.isnan(exact.p).all()  # lines without error have none
    # at the own equilibrium nothing grows, and both p are 1
    rest = np.array([own.a2 / own.d, own.a1 / own.b1])
    at_rest = growth_at(own.coefficients, own.covariance, own.df, rest)
    assert at_rest.growth == pytest.approx(0, abs=1e-12) and at_rest.joint_p == pytest.approx(1)


@pytest.mark.parametrize("effects", ["region", "region+year"])
def test_pooled_growth_by_year_is_the_formula_of_the_methods(effects):
    panel = walks(7, 9, ("x1", "x2"))
    pooled = fit_pooled(panel, "x1", "x2", effects=effects)
    region, E = np.array([2, 5]), np.array([[1.1, 0.8], [2.0, 3.0]])
    (found, mean), data = yearly_growth(pooled, region, E), pooled.data
    for k, r in enumerate(region):
        for i, s in enumerate(pooled.slopes):
            j = 1 - i
            rows = data.region == r
            g, R = data.growth[rows, i], data.regressor[rows, j]
            ahead = E[k, j] / data.units[r, j] - R.mean()
            assert found.growth[k, i] == pytest.approx(g.mean() + s * ahead)
            e, left = pooled.residuals[:, i], pooled.moments.regressor[:, j]
            tau = np.zeros(len(g))
            if effects == "region+year":
                means = [
                    (data.growth[data.year == y, i] - s * data.regressor[data.year == y, j]).mean()
                    for y in sorted(set(data.year))
                ]
                tau = np.array(means) - np.mean(means)
            u = [
                (e[rows][t] + tau[t]) / len(g)
                + ahead * (left[data.year == y] @ e[data.year == y]) / (left @ left)
                for t, y in enumerate(sorted(set(data.year)))
            ]
            se = np.sqrt(len(u) / (len(u) - 1) * np.sum(np.square(u)))
            assert found.error[k, i] == pytest.approx(se)
    assert mean.growth[0] == pytest.approx(found.growth.mean(axis=0)) and mean.df == [7]
    alone = mean_by_region(pooled, region[:1], E[:1])
    line = pooled.at(pooled.regions[2])
    own = growth_at(line.coefficients, line.covariance, line.df, E[:1])
    assert alone.growth == pytest.approx(own.growth) and alone.error == pytest.approx(own.error)


def test_fewer_than_six_years_have_no_errors_by_year():
    pooled = fit_pooled(walks(7, 6, ("x1", "x2")), "x1", "x2", effects="region")
    with pytest.raises(Refusal) as refused:
        yearly_growth(pooled, np.array([0]), np.ones((1, 2)))
    assert refused.value.key == "too_few_years_of_growth"


def test_holm_is_that_of_statsmodels_within_a_family():
    p = np.random.default_rng(2).uniform(0, 0.2, 10)
    rows = [
        {"scope": str(i), "source": "share", "share": share, "effects": "none", "errors": "own",
         "estimator": "lag", "p_joint": value * share}
        for share in (0.3, 0.5) for i, value in enumerate(p)
    ]  # fmt: skip
    rows.append(rows[0] | {"scope": "mean", "p_joint": 1e-9})
    found = adjusted(as_table("theory", rows))
    for share in (0.3, 0.5):
        wanted = multipletests(p * share, method="holm")[1]
        part = found[(found["share"] == share) & (found["scope"] != "mean")]
        assert part["p_adjusted"].to_numpy() == pytest.approx(wanted)
    assert found.loc[found["scope"] == "mean", "p_adjusted"].isna().all()


@pytest.mark.parametrize(("verdicts", "moved", "located", "wanted"), CASES["joint"])
def test_theory_is_confirmed_only_where_another_point_would_be_seen(
    verdicts, moved, located, wanted
):
    ends = {"p_joint_lower": moved, "p_joint_higher": 0.001}
    rows = pd.DataFrame([{"verdict": verdict, **ends} for verdict in verdicts],
                        columns=["verdict", *ends])  # fmt: skip
    assert joint_verdict(rows, located) == wanted


def panel_of(x1, x2):
    return long(np.stack([x1, x2], axis=-1)[None], ("output", "sales")).assign(flag="")


def test_outside_the_observed_range_nothing_can_be_said():
    rng = np.random.default_rng(3)
    x1 = 100 * np.exp(np.cumsum(rng.normal(0.05, 0.01, 9)))
    x2 = 10 * np.exp(np.cumsum(rng.normal(0.3, 0.05, 9)))
    found = estimate(study_of(panel_of(x1, x2)), ("trapezoid",))
    rows = found["theory"]
    assert rows["share"].tolist() == list(SHARES) and set(rows["verdict"]) == {"cannot_say"}
    assert not rows[["inside1", "inside2"]].all(axis=None) and rows["G1"].notna().all()
    # what would have to be true, from the coefficients
    classic = found["parameters"].query("model == 'classic'").set_index("parameter")["estimate"]
    b1, a1 = classic["b1"], classic["a1"]
    assert rows["a1_needed"].to_numpy() == pytest.approx(b1 * rows["x2"].to_numpy())
    assert rows["b1_needed"].to_numpy() == pytest.approx(a1 / rows["x2"].to_numpy())
    assert np.sign(rows["a1_apart"]).tolist() == np.sign(rows["a1_needed"] - a1).tolist()


def test_a_point_that_no_line_fits_and_a_region_without_one_stand_in_the_table():
    three = estimate(study_of(panel_of([9.0, 8, 9], [4.0, 5, 4])))
    assert set(three["theory"]["verdict"]) == {"cannot_say"} and three["theory"]["G1"].isna().all()
    off = estimate(study_of(panel_of(YEARS - 2000.0, YEARS - 1990.0), calibration=None))
    assert off["theory"]["verdict"].tolist() == ["no_equilibrium"]
    (why,) = off["refusals"].query("quantity == 'theory'").to_dict("records")
    assert (why["message"], unpacked(why["fields"])) == ("theory_off", {})
